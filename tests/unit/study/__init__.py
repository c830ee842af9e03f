"""The study on real trade, part by part."""
