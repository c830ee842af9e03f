"""The day's report: one HTML file that needs no network. Start at `write.py`."""
