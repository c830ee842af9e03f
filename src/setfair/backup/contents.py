"""What a backup consists of: a plain tar file, which any tool can open.

Rules
-----
1. `about.json` comes first: the format, the house, how many pages and records, the last root, when it was
   made.
2. `checkpoint` is the newest signed checkpoint: whoever keeps it can tell this backup from any other state.
3. `house.pub` is the house's public key; `lists/` has its screening lists. The private key is in no backup.
4. `setfair.db` comes last: the truth alone, as a database of its own that an audit can read. The tables that
   people query are made of it again.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from setfair.errors import SetfairError

FORMAT = "setfair-backup-1"
ABOUT, CHECKPOINT, PUBLIC_KEY, LISTS = "about.json", "checkpoint", "house.pub", "lists/"
SMALL_BYTES_MAX = 64 * 1024
"""Largest `about.json`, `checkpoint` and `house.pub`."""


@dataclass(frozen=True, slots=True)
class About:
    """What a backup says of itself."""

    house: str
    """Id of the house."""
    pages: int
    records: int
    root: str
    """Of the tree over all records, hexadecimal."""
    made_utc: str
    format: str = FORMAT


def about_bytes(about: About) -> bytes:
    """Write it as JSON."""
    return json.dumps(asdict(about), indent=2).encode() + b"\n"


def read_about(raw: bytes) -> About:
    """Read it.

    Raises
    ------
    SetfairError
        If it is of no backup that is read here.
    """
    try:
        told = json.loads(raw)
        about = About(**told)
    except (ValueError, TypeError) as error:
        raise SetfairError(f"this is no backup of a house: {error}") from None
    if about.format != FORMAT:
        raise SetfairError(f"the backup has the format {about.format!r}; {FORMAT!r} is read here")
    return about
