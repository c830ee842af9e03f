"""Faults of the medium: bits that turn, pages that are lost, stale or another's, in the file of a closed day.

Whatever is damaged is named by the audit, or lies in space that says nothing.
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from random import Random

import numpy as np

from setfair.errors import SetfairError
from setfair.store.sqlite import DATABASE_NAME
from tests.torture.layout import Layout
from tests.torture.play import audit, must
from tests.torture.played import DayOnDisk

DAMAGES = ("zeros", "noise", "another page", "an older page", "half of an older page")


def closed_layout(day: DayOnDisk) -> Layout:
    """Lay the closed house out and return what its file consists of."""
    must(list(day.after) == [DATABASE_NAME], f"a closed house has {list(day.after)}")
    return Layout(day.lay_out(day.after) / DATABASE_NAME)


def flipped_bit(day: DayOnDisk, random: Random) -> str:
    """One bit of the file turned."""
    layout = closed_layout(day)
    bit = random.randrange(8 * len(layout.raw))
    if random.random() < 0.5:
        # Most of a small file is unused: every other time, a byte that says something.
        bit = 8 * int(random.choice(np.flatnonzero(layout.used).tolist())) + random.randrange(8)
    return flip(day, layout, bit)


def flip(day: DayOnDisk, layout: Layout, bit: int, *, audited: bool = True) -> str:
    """Turn one bit and look who sees it.

    Parameters
    ----------
    day, layout, bit
        Which bit of the file of which day.
    audited
        Whether the audit is asked even where the layout shows that nothing says anything with this bit.
    """
    if not audited and not layout.used[bit // 8]:
        return "shown to be of unused space"
    damaged = bytearray(layout.raw)
    damaged[bit // 8] ^= 1 << bit % 8
    return seen(day, layout, bytes(damaged))


def bad_page(day: DayOnDisk, random: Random) -> str:
    """A page of the file holds something else: nothing, noise, another page, or what it held before."""
    layout = closed_layout(day)
    size = layout.page_size
    page, way = random.randrange(len(layout.raw) // size), random.choice(DAMAGES)
    old = layout.raw[page * size : (page + 1) * size]
    older = [
        each.data
        for each in day.log
        if each.kind == "write" and each.file == DATABASE_NAME and each.offset == page * size
    ]
    before = random.choice(older) if older and len(older[0]) == size else bytes(size)
    other = random.randrange(len(layout.raw) // size) * size
    new = {
        "zeros": bytes(size),
        "noise": random.randbytes(size),
        "another page": layout.raw[other : other + size],
        "an older page": before,
        "half of an older page": before[: size // 2] + old[size // 2 :],
    }[way]
    damaged = layout.raw[: page * size] + new + layout.raw[(page + 1) * size :]
    return f"{way}: {seen(day, layout, damaged, is_older='older' in way)}"


def seen(day: DayOnDisk, layout: Layout, damaged: bytes, *, is_older: bool = False) -> str:
    """Put a damaged file in the place of the sound one, and say how the damage is seen.

    What a page held before may be the same rows in other places: then nothing is lost.
    """
    house = day.lay_out({DATABASE_NAME: damaged})
    try:
        finding = audit(house).finding
    except SetfairError as error:
        must(bool(str(error).strip()), "the file cannot be read, and nothing says why")
        return "cannot be read"
    if finding is not None:
        return f"named: {_kind_of(finding.what)}"
    differs = np.frombuffer(damaged, np.uint8) != np.frombuffer(layout.raw, np.uint8)
    places = np.flatnonzero(differs & layout.used)
    if is_older and len(places) and _rows(damaged) == _rows(layout.raw):
        return "the same rows, laid out as they were before"
    must(not len(places), f"bytes {places[:8].tolist()} say something, and nobody saw that they changed")
    return "in unused space, and the audit finds nothing" if differs.any() else "the same"


def _rows(file: bytes) -> dict[str, list[tuple[object, ...]]]:
    """Return the rows of every table, and its definition."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(file[:18] + b"\x01\x01" + file[20:])  # memory has no write-ahead log
        tables = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall()
        return {
            f"{name}: {sql}": connection.execute(f'SELECT * FROM "{name}"').fetchall() for name, sql in tables
        }


def _kind_of(what: str) -> str:
    """Return what a finding is about, without numbers and values."""
    return re.sub(r"(, row with .*|\d+| \d.*)", "", what).strip()
