"""Proof of what is in a journal, checked offline: notes, trees, quittances. No engine, no store, no arrays.

note        a text that is signed, and by whom
checkpoint  what a house signs: size and root of its tree; what others cosign
tree        hashes of leaves and nodes; inclusion and consistency
leaf        a record as a leaf, and what is shown of it
words       a record in plain words
trust       what a verifier brings along, and what it makes of a checkpoint
quittance   one file that proves what became of one instruction
consistency two checkpoints of a journal that has only grown
command     `setfair verify`
"""
