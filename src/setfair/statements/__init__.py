"""What the house gives out at the end of a business day: messages, statements, notices and fees.

`write_day` is the way in. `day` says which pages belong to a day, `members` who takes part, `gather` reads
the day's records once, the others write files.
"""
