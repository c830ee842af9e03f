"""Explaining set-off: why an obligation was cancelled by this much, and in which loops.

`choose` finds what is asked about, `cycle` makes the loops of a cycle again from its page, `due` shows what
the cycle had before it, `obligation` answers for one obligation in one of two views, `loops_table` writes
loops as CSV. Loops are derived and not on record: the same records give the same loops.
"""
