"""Screening: nothing settles that was not compared with the lists, and the lists cannot be switched off.

normalise       when two spellings are the same name
lists/          readers of published lists: a list is read whole or refused
gate            which lists are in force today, or why nothing settles
match           the matcher's interface, and exact matching behind it
cache           what was decided before, for as long as the lists are the same
screen_batch    the columns of a batch against a matcher
"""
