"""Texts that were seen and found clear, by value: whole columns are looked up without a Python string.

Rules
-----
1. A text is the bytes that came in; one that differs in a byte is another.
2. Texts stand in two generations: one that is seen again moves to the young one; `turn` forgets the old one
   and makes the young one old. It is called here where a bound is given, else by who keeps it.
3. A text longer than `seen_kernels.LENGTH_MAX` bytes is never remembered.
"""

from __future__ import annotations

import secrets

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from setfair.screening.seen_kernels import (
    LENGTH_MAX,
    NUMBER_MAX,
    SEEN_LONG_AGO,
    UNSEEN,
    SeenTable,
    add_seen,
    fill_slots,
    find_seen,
)

_TEXTS_FIRST = 1 << 10
_BYTES_EACH = 24


class SeenTexts:
    """Two generations of texts."""

    def __init__(self, generation_max: int | None = None) -> None:
        """Make an empty one.

        Parameters
        ----------
        generation_max
            Texts with which the young generation is full; None: whoever adds texts turns them.
        """
        self._generation_max = generation_max
        self._seed = secrets.randbits(64)
        self._young = _empty(self._seed)
        self._old = _empty(self._seed)

    def __len__(self) -> int:
        """Return how many texts there are, one that is in both generations twice."""
        return self.young + int(self._old.texts[0])

    @property
    def young(self) -> int:
        """How many texts there are in the young generation."""
        return int(self._young.texts[0])

    def unseen(self, texts: pa.StringArray) -> NDArray[np.int64]:
        """Return the rows whose text was not seen, in order.

        Parameters
        ----------
        texts
            Text, without nulls, not dictionary encoded.
        """
        if not len(texts):
            return np.zeros(0, np.int64)
        data, offsets = _buffers(texts)
        state = np.zeros(len(texts), np.uint8)
        unseen, long_ago = find_seen(data, offsets, self._young, self._old, state)
        if long_ago:
            self._add(data, offsets, np.flatnonzero(state == SEEN_LONG_AGO))
        return np.flatnonzero(state == UNSEEN) if unseen else np.zeros(0, np.int64)

    def add(self, texts: pa.StringArray, rows: NDArray[np.int64] | None = None) -> None:
        """Remember the texts of some rows, or of all."""
        if len(texts):
            self._add(*_buffers(texts), np.arange(len(texts)) if rows is None else rows)
        if self._generation_max is not None and self.young >= self._generation_max:
            self.turn()

    def turn(self) -> None:
        """Forget the old generation; the young one is old now."""
        self._old, self._young = self._young, _empty(self._seed)

    def _add(self, data: NDArray[np.uint8], offsets: NDArray[np.int32], rows: NDArray[np.int64]) -> None:
        sizes = (offsets[1:] - offsets[:-1])[rows]
        rows, sizes = rows[sizes <= LENGTH_MAX], sizes[sizes <= LENGTH_MAX]
        for begin in range(0, len(rows), _TEXTS_FIRST):
            part = rows[begin : begin + _TEXTS_FIRST]
            count = self.young
            if count + len(part) > NUMBER_MAX:
                return
            self._make_room(count + len(part), int(sizes[begin : begin + _TEXTS_FIRST].sum()))
            add_seen(data, offsets, part, self._young)

    def _make_room(self, texts: int, more_bytes: int) -> None:
        """Let the young generation have room for so many texts in all, and so many bytes more."""
        table = self._young
        if texts > len(table.digests):
            grown = _empty(self._seed, 1 << (texts - 1).bit_length())
            grown.digests[: len(table.digests)] = table.digests
            grown.start[: len(table.start)] = table.start
            grown.texts[:] = table.texts
            table = self._young = grown._replace(data=table.data)
            fill_slots(table)
        used = int(table.start[table.texts[0]])
        if used + more_bytes > len(table.data):
            data = np.zeros(max(2 * len(table.data), used + more_bytes), np.uint8)
            data[:used] = table.data[:used]
            self._young = table._replace(data=data)


def _empty(seed: int, texts: int = _TEXTS_FIRST) -> SeenTable:
    return SeenTable(
        slots=np.zeros(2 * texts, np.uint64),
        digests=np.zeros(texts, np.uint64),
        start=np.zeros(texts + 1, np.int64),
        data=np.zeros(_BYTES_EACH * _TEXTS_FIRST, np.uint8),
        texts=np.zeros(1, np.int64),
        seed=np.array([seed], np.uint64),
    )


def _buffers(texts: pa.StringArray) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    _, offsets, data = texts.buffers()
    bounds = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    chars = np.frombuffer(b"\0" if data is None else data, np.uint8)
    bounds.flags.writeable = chars.flags.writeable = False  # kernels are compiled for one sort of arrays
    return chars, bounds
