"""Measurements of Setfair: seeded, a table for people and JSON for machines.

python -m benchmarks [--quick] [--only NAME] [--json PATH]

measure      runs, samples, medians
machine      on what it was measured
scenario     seeded books, batches, pages and houses
registry     the benches by name; each is a module with one subject
"""
