"""Verifying what others have computed, with nothing of what computes it: NumPy and Arrow alone.

set_off       a certificate proves the set-off of these obligations
cleared_csv   a table of results says what the certificate says
across        a set-off across currencies, from the obligations and the fixing
"""
