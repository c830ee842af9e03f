"""Verifying what others have computed, with nothing of what computes it: NumPy and Arrow alone.

set_off       a certificate proves the set-off of these obligations, each currency on its own
limits        objectives in stages and limits of such a run
money         what was put into such a run, and that it discharges the most
across        a set-off across currencies, from the obligations and the fixing
across_file   a certificate proves a set-off across the currencies of a table
cleared_csv   a table of results says what the certificate says
table         a certificate is of this table
"""
