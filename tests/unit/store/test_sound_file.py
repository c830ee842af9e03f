"""Trees of a database file, looked through: what is called sound, SQLite finds sound."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from setfair.store.row_kernel import PAGE_BYTES
from setfair.store.sound_file import is_sound

HEADER = 100


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A file with every kind of page: trees of both kinds, overflow pages, free pages and free blocks."""
    path = tmp_path_factory.mktemp("sound") / "good.db"
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA page_size={PAGE_BYTES}")
    connection.execute("CREATE TABLE many (a INTEGER PRIMARY KEY, b)")
    connection.execute("CREATE TABLE keyed (a BLOB PRIMARY KEY, b) WITHOUT ROWID")
    connection.execute("CREATE TABLE empty (a, b)")
    connection.executemany("INSERT INTO many VALUES (?, ?)", ((i, bytes(i % 900)) for i in range(-50, 900)))
    connection.executemany(
        "INSERT INTO many VALUES (?, ?)", [(2**40, bytes(200_000)), (2**41, b"x" * 70_000)]
    )
    keys = np.random.default_rng(1).bytes(16 * 700)
    rows = ((keys[16 * i : 16 * i + 16], bytes(i)) for i in range(700))
    connection.executemany("INSERT INTO keyed VALUES (?, ?)", rows)
    connection.execute("INSERT INTO keyed VALUES (x'00', zeroblob(150000))")
    connection.execute("DELETE FROM many WHERE a BETWEEN 300 AND 650 OR a % 7 = 0")
    connection.commit()
    connection.close()
    return path.read_bytes()


def roots_of(path: Path) -> list[int]:
    """Return the first page of each tree."""
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT rootpage FROM sqlite_master WHERE rootpage > 0").fetchall()
    connection.close()
    return [row[0] for row in rows]


def told(path: Path, roots: list[int]) -> bool:
    """Tell whether a file is called sound."""
    file = os.open(path, os.O_RDONLY)
    try:
        return is_sound(file, roots)
    finally:
        os.close(file)


def said(path: Path) -> str:
    """Return what SQLite's check says first."""
    connection = sqlite3.connect(path)
    try:
        return str(connection.execute("PRAGMA integrity_check(1)").fetchone()[0])
    except sqlite3.DatabaseError as error:
        return str(error)
    finally:
        connection.close()


def shape_of(raw: bytes) -> Iterator[int]:
    """Yield the places that say how pages lie and lead to each other: headers, pointers, heads of cells."""
    yield from range(28, 40)
    for page in range(len(raw) // PAGE_BYTES):
        begin = page * PAGE_BYTES + (HEADER if page == 0 else 0)
        kind, cells = raw[begin], int.from_bytes(raw[begin + 3 : begin + 5], "big")
        if kind in (2, 5, 10, 13):
            pointers = begin + (12 if kind < 10 else 8)
            yield from range(begin, pointers + 2 * cells)
            for cell in range(cells):
                at = pointers + 2 * cell
                yield page * PAGE_BYTES + int.from_bytes(raw[at : at + 2], "big")
        else:
            yield from range(begin, begin + 16)


def test_a_sound_file(tmp_path: Path, good: bytes) -> None:
    """It is called sound, whatever kinds of pages it has; not without a tree, or with one twice."""
    path = tmp_path / "good.db"
    path.write_bytes(good)
    roots = roots_of(path)
    assert said(path) == "ok"
    assert int.from_bytes(good[36:40], "big") > 0
    assert {good[at] for at in range(0, len(good), PAGE_BYTES)} >= {0, 2, 5, 10, 13}
    assert told(path, roots)
    assert not told(path, roots[:-1])
    assert not told(path, [*roots, roots[0]])
    assert not told(path, [*roots, 10_000])


@pytest.mark.parametrize("change", [lambda raw: raw[:-1], lambda raw: raw[:-PAGE_BYTES], lambda raw: b""])
def test_a_file_of_another_length(tmp_path: Path, good: bytes, change: object) -> None:
    """It is not called sound."""
    path = tmp_path / "short.db"
    path.write_bytes(good)
    roots = roots_of(path)
    path.write_bytes(change(good))  # type: ignore[operator]
    assert not told(path, roots)


def test_a_bit_of_the_shape(tmp_path: Path, good: bytes) -> None:
    """Whichever bit is another of what says how pages lie, what is called sound SQLite finds sound."""
    path = tmp_path / "bits.db"
    path.write_bytes(good)
    roots, sound = roots_of(path), 0
    places = np.random.default_rng(7).choice(list(shape_of(good)), 1_500, replace=False)
    for place in places.tolist():
        other = good[place] ^ 1 << place % 8
        path.write_bytes(good[:place] + bytes([other]) + good[place + 1 :])
        if told(path, roots):
            assert said(path) == "ok", place
            sound += 1
    assert sound < 100


def test_a_page_in_the_place_of_another(tmp_path: Path, good: bytes) -> None:
    """What is called sound is so, but for the order of rows without a number: that SQLite is asked for."""
    path = tmp_path / "pages.db"
    path.write_bytes(good)
    roots, pages = roots_of(path), len(good) // PAGE_BYTES
    for page in range(pages):
        other = (page + 1) % pages * PAGE_BYTES
        begin = page * PAGE_BYTES
        path.write_bytes(good[:begin] + good[other : other + PAGE_BYTES] + good[begin + PAGE_BYTES :])
        if told(path, roots):
            assert said(path) in ("ok", "row not in PRIMARY KEY order for keyed"), page
