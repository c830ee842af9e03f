"""Setfair: an open clearing house for cross-border trade in local currencies.

Open `setfair.clearing_house` first: it tells the story of one batch, and each verb in it is a room.
"""

__version__ = "0.1.0"
