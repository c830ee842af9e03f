"""Offsetting of a table without a house: queue and balances are read, offset, and what settles is written.

rows    lines of a CSV file with their numbers, and what is wrong with one
read    both files to columns
run     the run, its figures, and the table of what settles
"""
