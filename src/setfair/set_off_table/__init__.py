"""Set-off of a table without a house: what takes part is read, set off by currency, and given out.

read    a file of obligations to columns, and why a row is left out
clear   the set-off of each currency, its table and its certificate
"""
