"""Leaves and nodes of the tree in lanes: what `leaf_hashes` and `parents` give, in a tenth of the time.

What is hashed begins with one byte that tells a leaf from a node (RFC 9162, section 2.1.1), so that no word
of it lies at a word's place. A stream has the words as they were before that byte, behind a row for the byte
itself; `_hash_stream` shifts them into place as it lays out each block.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from setfair.engine.layout import INSTRUCTION, RECORD
from setfair.journal.leaves import SALTS, salts_of
from setfair.journal.page import Page
from setfair.journal.sha256 import DIGEST_LENGTH, Rows
from setfair.journal.sha256_lanes import CHAINING, LANES, SCRATCH_LENGTH, Words, compress, cut, start, swapped
from setfair.journal.tree import NODE_LENGTH
from setfair.journal.tree import parents as parents_by_hashlib
from setfair.kernel import inlined, kernel
from setfair.proof.leaf import LEAF_LENGTH, OPEN_LENGTH, SALT_LENGTH

FEW = 8
"""So few nodes are hashed one by one, which is quicker than empty lanes."""

_WORD = 4
_RECORD_WORDS = RECORD.itemsize // _WORD
_AFTER = RECORD.fields["debtor_after"][1] // _WORD if RECORD.fields else 0
_TIME = RECORD.fields["time"][1] // _WORD if RECORD.fields else 0
_SUBJECT = RECORD.fields["subject"][1] // 8 if RECORD.fields else 0
_IDENTITY_HIGH = INSTRUCTION.fields["identity_high"][1] // 8 if INSTRUCTION.fields else 0
_IDENTITY_LOW = INSTRUCTION.fields["identity_low"][1] // 8 if INSTRUCTION.fields else 0

_SALT_WORDS = SALT_LENGTH // _WORD
_DIGEST_WORDS = DIGEST_LENGTH // _WORD
_BLOCK_WORDS = 16
_LEAF_BLOCKS, _LEAF_WORDS = 3, (LEAF_LENGTH - 1) // _WORD
_NODE_BLOCKS, _NODE_WORDS = 2, (NODE_LENGTH - 1) // _WORD
_BALANCE_BITS = 8 * (SALT_LENGTH + 8)
_STREAM_LENGTH = (_LEAF_BLOCKS * _BLOCK_WORDS + 1) * LANES
# Rows of a leaf's stream: below them the byte that begins it.
_OPEN = 1 + _SALT_WORDS
_IDENTITY = _OPEN + OPEN_LENGTH // _WORD
_BALANCES = _IDENTITY + 4
_END = cut(0x8000_0000)
"""The bit behind the last of a message."""


class Places(NamedTuple):
    """Where a kernel writes."""

    digests: Words
    """Eight words a digest."""
    stream: Words
    """`_STREAM_LENGTH` words."""
    scratch: Words
    """`SCRATCH_LENGTH` words."""


@inlined
def _begin_stream(stream: Words, byte: int, words: int, blocks: int) -> None:
    """Lay out what is the same in every stream: the byte that begins it and what follows the words."""
    for lane in range(LANES):
        stream[lane] = cut(byte)
        stream[(words + 1) * LANES + lane] = _END
    for i in range((words + 2) * LANES, (blocks * _BLOCK_WORDS + 1) * LANES):
        stream[i] = cut(0)


@inlined
def _hash_stream(stream: Words, blocks: int, bits: int, scratch: Words) -> None:
    """Hash the streams of all lanes; the digests stand in the chaining values."""
    start(scratch)
    for block in range(blocks):
        for i in range(_BLOCK_WORDS):
            at = (block * _BLOCK_WORDS + i) * LANES
            for lane in range(LANES):
                before, behind = stream[at + lane], stream[at + LANES + lane]
                scratch[i * LANES + lane] = cut(cut(before << cut(24)) | cut(behind >> cut(8)))
        if block == blocks - 1:
            for lane in range(LANES):
                scratch[(_BLOCK_WORDS - 1) * LANES + lane] = cut(bits)
        compress(scratch)


@inlined
def _give_digests(scratch: Words, digests: Words, first: int, count: int) -> None:
    for lane in range(min(LANES, count - first)):
        for i in range(_DIGEST_WORDS):
            digests[(first + lane) * _DIGEST_WORDS + i] = swapped(scratch[CHAINING + i * LANES + lane])


@inlined
def _hash_balances(records: Words, salts: Words, first: int, place: int, scratch: Words) -> None:
    """Hash one of the two balances of all lanes, each behind its salt."""
    count = records.shape[0] // _RECORD_WORDS
    start(scratch)
    for lane in range(LANES):
        at = min(first + lane, count - 1)
        salt = (at * SALTS + 1 + place) * _SALT_WORDS
        for i in range(_SALT_WORDS):
            scratch[i * LANES + lane] = swapped(salts[salt + i])
        for i in range(2):
            word = records[at * _RECORD_WORDS + _AFTER + 2 * place + i]
            scratch[(_SALT_WORDS + i) * LANES + lane] = swapped(word)
        scratch[(_SALT_WORDS + 2) * LANES + lane] = _END
        for i in range(_SALT_WORDS + 3, _BLOCK_WORDS - 1):
            scratch[i * LANES + lane] = cut(0)
        scratch[(_BLOCK_WORDS - 1) * LANES + lane] = cut(_BALANCE_BITS)
    compress(scratch)


@inlined
def _lay_leaf(stream: Words, lane: int, records: Words, salts: Words, at: int, high: Any, low: Any) -> None:
    """Lay out a leaf but for its balances: salt, open fields, identity."""
    for i in range(_SALT_WORDS):
        stream[(1 + i) * LANES + lane] = swapped(salts[at * SALTS * _SALT_WORDS + i])
    for i in range(_AFTER):
        stream[(_OPEN + i) * LANES + lane] = swapped(records[at * _RECORD_WORDS + i])
    for i in range(_TIME, _RECORD_WORDS):
        stream[(_OPEN + _AFTER + i - _TIME) * LANES + lane] = swapped(records[at * _RECORD_WORDS + i])
    stream[_IDENTITY * LANES + lane] = cut(high >> np.uint64(32))
    stream[(_IDENTITY + 1) * LANES + lane] = cut(high)
    stream[(_IDENTITY + 2) * LANES + lane] = cut(low >> np.uint64(32))
    stream[(_IDENTITY + 3) * LANES + lane] = cut(low)


@kernel
def _hash_leaves(
    records: Words,
    subjects: NDArray[np.int64],
    instructions: NDArray[np.uint64],
    first_instruction: int,
    salts: Words,
    places: Places,
) -> None:
    """Hash all leaves: rules 1 and 2 of `setfair.proof.leaf`.

    Parameters
    ----------
    records, subjects
        RECORD as words one after the other, and as rows of int64.
    instructions
        INSTRUCTION as rows of uint64.
    first_instruction
        The number of the first.
    salts
        `SALTS` a record, one after the other.
    places
        Where to.
    """
    stream, scratch = places.stream, places.scratch
    count = records.shape[0] // _RECORD_WORDS
    _begin_stream(stream, 0, _LEAF_WORDS, _LEAF_BLOCKS)
    for first in range(0, count, LANES):
        for lane in range(LANES):
            at = min(first + lane, count - 1)  # lanes behind the last leaf repeat it
            high, low = np.uint64(0), np.uint64(0)
            place = subjects[at, _SUBJECT] - first_instruction
            if 0 <= place < instructions.shape[0]:
                high, low = instructions[place, _IDENTITY_HIGH], instructions[place, _IDENTITY_LOW]
            _lay_leaf(stream, lane, records, salts, at, high, low)
        for place in range(2):
            _hash_balances(records, salts, first, place, scratch)
            for i in range(_DIGEST_WORDS * LANES):
                stream[(_BALANCES + place * _DIGEST_WORDS) * LANES + i] = scratch[CHAINING + i]
        _hash_stream(stream, _LEAF_BLOCKS, 8 * LEAF_LENGTH, scratch)
        _give_digests(scratch, places.digests, first, count)


@kernel
def _hash_parents(nodes: Words, places: Places) -> None:
    """Hash pairs of nodes, 16 words each."""
    stream, scratch = places.stream, places.scratch
    count = nodes.shape[0] // _NODE_WORDS
    _begin_stream(stream, 1, _NODE_WORDS, _NODE_BLOCKS)
    for first in range(0, count, LANES):
        for lane in range(LANES):
            at = min(first + lane, count - 1)
            for i in range(_NODE_WORDS):
                stream[(1 + i) * LANES + lane] = swapped(nodes[at * _NODE_WORDS + i])
        _hash_stream(stream, _NODE_BLOCKS, 8 * NODE_LENGTH, scratch)
        _give_digests(scratch, places.digests, first, count)


def leaves_in_lanes(page: Page) -> Rows:
    """Return the hashes of the leaves of a page: uint8, shape (n, 32)."""
    count = len(page.records)
    digests = np.empty((count, DIGEST_LENGTH), np.uint8)
    if count:
        records = np.ascontiguousarray(page.records)
        _hash_leaves(
            records.view(np.uint32),
            records.view(np.int64).reshape(count, -1),
            np.ascontiguousarray(page.instructions).view(np.uint64).reshape(len(page.instructions), -1),
            page.first_instruction,
            salts_of(page, 0, count).reshape(-1).view(np.uint32),
            _places(digests),
        )
    return digests


def parents_in_lanes(nodes: Rows) -> Rows:
    """Return the nodes over pairs of nodes; their number is even."""
    if len(nodes) < 2 * FEW:
        return parents_by_hashlib(nodes)
    digests = np.empty((len(nodes) // 2, DIGEST_LENGTH), np.uint8)
    _hash_parents(np.ascontiguousarray(nodes).reshape(-1).view(np.uint32), _places(digests))
    return digests


def _places(digests: Rows) -> Places:
    stream, scratch = np.empty(_STREAM_LENGTH, np.uint32), np.empty(SCRATCH_LENGTH, np.uint32)
    return Places(digests.reshape(-1).view(np.uint32), stream, scratch)
