"""Arrangements as they exist in the world, as agreements that run."""
