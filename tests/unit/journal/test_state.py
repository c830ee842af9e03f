"""Checkpoints as bytes and back; what is damaged is passed over."""

from __future__ import annotations

import hashlib
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from setfair.engine.books import Books
from setfair.engine.layout import ACCOUNT
from setfair.journal.state import FORMAT_VERSION, state_from_bytes, state_to_bytes

DTYPES = {"numbers": np.dtype("<i8"), "accounts": ACCOUNT}


def example() -> bytes:
    accounts = np.zeros(3, ACCOUNT)
    accounts["balance"] = (5, -7, 2)
    accounts["head"] = -1
    return state_to_bytes(12, {"numbers": np.arange(40), "accounts": accounts}, {"about": b"{}"})


BODY = example()


def signed(body: bytes) -> bytes:
    """Give damaged bytes a digest that fits them."""
    return body[:-32] + hashlib.sha256(body[:-32]).digest()


@given(st.integers(0, 2**63 - 1), st.binary(max_size=300), st.binary(max_size=300), st.binary(max_size=200))
def test_any_state_comes_back(number: int, numbers: bytes, accounts: bytes, document: bytes) -> None:
    """Structured arrays, any bytes, none too."""
    arrays = {
        "numbers": np.frombuffer(numbers[: len(numbers) // 8 * 8], "<i8"),
        "accounts": np.frombuffer(accounts[: len(accounts) // 64 * 64], ACCOUNT),
    }
    found = state_from_bytes(state_to_bytes(number, arrays, {"document": document}), DTYPES)
    assert found is not None
    assert found[0] == number
    assert {name: array.tobytes() for name, array in found[1].items()} == {
        name: array.tobytes() for name, array in arrays.items()
    }
    assert found[2] == {"document": document}


def test_books_come_back() -> None:
    """Every array of the books has its type and place in a checkpoint."""
    snapshot = Books().snapshot()
    found = state_from_bytes(
        state_to_bytes(3, snapshot, {}), {name: array.dtype for name, array in snapshot.items()}
    )
    assert found is not None
    restored = Books.restore(found[1]).snapshot()
    assert {name: array.tobytes() for name, array in restored.items()} == {
        name: array.tobytes() for name, array in snapshot.items()
    }


@pytest.mark.parametrize("length", [0, 3, 15, 16, 47, 48, 60, len(BODY) // 2, len(BODY) - 1])
def test_a_truncated_state_is_passed_over(length: int) -> None:
    """Every length class: no header, no digest, half a section, half a digest."""
    assert state_from_bytes(BODY[:length], DTYPES) is None


@given(st.integers(0, len(BODY) - 1), st.integers(1, 255))
def test_any_flipped_byte_is_noticed(place: int, flip: int) -> None:
    """Each byte counts."""
    damaged = bytearray(BODY)
    damaged[place] ^= flip
    assert state_from_bytes(bytes(damaged), DTYPES) is None


def test_another_magic_and_another_version_are_passed_over() -> None:
    """A later version's checkpoint is not guessed at."""
    assert state_from_bytes(signed(BODY), DTYPES) is not None
    assert state_from_bytes(signed(b"SFPG" + BODY[4:]), DTYPES) is None
    assert (
        state_from_bytes(signed(BODY[:4] + struct.pack("<H", FORMAT_VERSION + 1) + BODY[6:]), DTYPES) is None
    )


def test_other_arrays_than_expected_are_passed_over() -> None:
    """One that is missing, and one that nobody knows."""
    assert state_from_bytes(BODY, {**DTYPES, "limits": np.dtype("<i8")}) is None
    assert state_from_bytes(BODY, {"accounts": ACCOUNT}) is None
