"""Backups of a house: one file made while it works, and a house made of one, as it is or as it was at a time.

contents  what a backup consists of
make      `make_backup`
restore   `restore_backup`
"""
