"""Screening: nothing settles that was not compared with the lists, and the lists cannot be switched off.

normalise       when two spellings are the same name
lists/          readers of published lists: a list is read whole or refused
gate            which lists are in force today, or why nothing settles
match           the matcher's interface, and exact matching behind it
fuzzy           the matcher of the house: listed names, and those that are near enough
spelling        Latin tokens of a name, legal forms left out, one spelling for many (words)
index           listed names as arrays; listed_names: all that is computed from a list
derived         what was computed, kept on disk; slots: tokens that were looked up
token_kernels, slot_kernel, name_arrays, name_kernels, pair_kernels    the compiled rules
explain         why a hit is one; qualifiers: what else is known of a party
cache           what was decided before, for as long as the lists are the same
screen_batch    the columns of a batch against a matcher
"""
