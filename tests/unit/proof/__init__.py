"""Proofs, checked offline."""
