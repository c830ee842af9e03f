"""Verifying what others have computed, with nothing of what computes it.

across    a set-off across currencies, from the obligations and the fixing
"""
