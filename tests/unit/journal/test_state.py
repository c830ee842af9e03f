"""Checkpoints as bytes and back; what is damaged is passed over."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from setfair.engine.books import Books
from setfair.engine.layout import ACCOUNT
from setfair.journal import state
from setfair.journal.state import FORMAT_VERSION, pieces_of, state_from_pieces

DTYPES = {"numbers": np.dtype("<i8"), "accounts": ACCOUNT}

Found = tuple[int, dict[str, Any], dict[str, bytes]]


def example(balance: int = 5) -> list[bytes]:
    """Return the pieces of a small state: head, numbers, accounts, end."""
    accounts = np.zeros(3, ACCOUNT)
    accounts["balance"] = (balance, -7, 2)
    accounts["head"] = -1
    return list(pieces_of(12, {"numbers": np.arange(40), "accounts": accounts}, {"about": b"{}"}))


def read(pieces: Iterable[bytes], dtypes: dict[str, np.dtype[Any]] = DTYPES) -> Found | None:
    """Read pieces into arrays that are as long as they have to be."""
    return state_from_pieces(pieces, dtypes, lambda name, rows: np.zeros(rows, dtypes[name]))


PIECES = example()


def signed(piece: bytes) -> bytes:
    """Give a damaged piece a digest that fits it."""
    return piece[:-32] + hashlib.sha256(piece[:-32]).digest()


@given(st.integers(0, 2**63 - 1), st.binary(max_size=300), st.binary(max_size=300), st.binary(max_size=200))
def test_any_state_comes_back(number: int, numbers: bytes, accounts: bytes, document: bytes) -> None:
    """Structured arrays, any bytes, none too, in as many pieces as their rows ask for."""
    arrays = {
        "numbers": np.frombuffer(numbers[: len(numbers) // 8 * 8], "<i8"),
        "accounts": np.frombuffer(accounts[: len(accounts) // 64 * 64], ACCOUNT),
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(state, "PIECE_ROWS", 3)
        pieces = list(pieces_of(number, arrays, {"document": document}))
        found = read(pieces)
    assert len(pieces) == 2 + sum(-(-len(array) // 3) for array in arrays.values())
    assert found is not None
    assert found[0] == number
    assert {name: array.tobytes() for name, array in found[1].items()} == {
        name: array.tobytes() for name, array in arrays.items()
    }
    assert found[2] == {"document": document}


def test_books_come_back() -> None:
    """Every array of the books has its type and place in a checkpoint."""
    snapshot = Books().snapshot()
    found = read(pieces_of(3, snapshot, {}), {name: array.dtype for name, array in snapshot.items()})
    assert found is not None
    restored = Books.restore(found[1]).snapshot()
    assert {name: array.tobytes() for name, array in restored.items()} == {
        name: array.tobytes() for name, array in snapshot.items()
    }


def test_what_did_not_change_has_the_same_bytes() -> None:
    """Between two saves only the pieces differ whose rows do, and the end."""
    assert [one == other for one, other in zip(PIECES, example(6), strict=True)] == [True, True, False, False]


@pytest.mark.parametrize("piece", range(4))
@pytest.mark.parametrize("length", [0, 3, 15, 16, 31, 32, 47, 60, -1])
def test_a_truncated_piece_is_passed_over(piece: int, length: int) -> None:
    """Every length class of every piece: no header, no digest, half a section, half a digest."""
    cut = PIECES[piece][: min(length, len(PIECES[piece]) - 1)]
    assert read([*PIECES[:piece], cut, *PIECES[piece + 1 :]]) is None


@given(st.integers(0, sum(map(len, PIECES)) - 1), st.integers(1, 255))
def test_any_flipped_byte_is_noticed(place: int, flip: int) -> None:
    """Each byte of each piece counts."""
    damaged = [bytearray(piece) for piece in PIECES]
    for piece in damaged:
        if place < len(piece):
            piece[place] ^= flip
            break
        place -= len(piece)
    assert read(map(bytes, damaged)) is None


@pytest.mark.parametrize("number", range(4))
def test_pieces_that_do_not_belong_together_are_passed_over(number: int) -> None:
    """One left out, one twice, one of another save: each has its digest, and the end tells."""
    assert read([*PIECES[:number], *PIECES[number + 1 :]]) is None
    other = example(6)
    if other[number] != PIECES[number]:
        assert read([*PIECES[:number], other[number], *PIECES[number + 1 :]]) is None
    assert read([PIECES[0], PIECES[2], PIECES[1], PIECES[3]]) is None
    assert read(PIECES) is not None


def test_another_magic_and_another_version_are_passed_over() -> None:
    """A later version's checkpoint is not guessed at."""
    head = PIECES[0]
    assert read([signed(b"SFPG" + head[4:]), *PIECES[1:]]) is None
    later = signed(head[:4] + struct.pack("<H", FORMAT_VERSION + 1) + head[6:])
    assert read([later, *PIECES[1:]]) is None


def test_other_arrays_than_expected_are_passed_over() -> None:
    """One that is missing, and one that nobody knows."""
    assert read(PIECES, {**DTYPES, "limits": np.dtype("<i8")}) is None
    assert read(PIECES, {"accounts": ACCOUNT}) is None
