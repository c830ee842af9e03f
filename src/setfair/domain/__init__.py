"""The field's words: money, codes, agreement, calendar, instructions. No I/O, imports nothing of ours
but `setfair.errors`."""
