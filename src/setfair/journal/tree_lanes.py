"""Leaves and nodes of the tree in lanes (`sha256_lanes`): kernels for every processor.

What is hashed begins with one byte that tells a leaf from a node (RFC 9162, section 2.1.1), so that no word
of it lies at a word's place. A stream has the words as they were before that byte, behind a row for the byte
itself; `_hash_stream` shifts them into place as it lays out each block.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from setfair.engine.layout import INSTRUCTION, RECORD
from setfair.journal.leaves import SALTS
from setfair.journal.sha256 import DIGEST_LENGTH
from setfair.journal.sha256_lanes import CHAINING, LANES, SCRATCH_LENGTH, Words, compress, cut, start, swapped
from setfair.journal.tree import NODE_LENGTH
from setfair.kernel import inlined, kernel
from setfair.proof.leaf import LEAF_LENGTH, OPEN_LENGTH, SALT_LENGTH

_WORD = 4
_RECORD_WORDS = RECORD.itemsize // _WORD
_AFTER = RECORD.fields["debtor_after"][1] // _WORD if RECORD.fields else 0
_TIME = RECORD.fields["time"][1] // _WORD if RECORD.fields else 0
_SUBJECT = RECORD.fields["subject"][1] // 8 if RECORD.fields else 0
_IDENTITY_HIGH = INSTRUCTION.fields["identity_high"][1] // 8 if INSTRUCTION.fields else 0
_IDENTITY_LOW = INSTRUCTION.fields["identity_low"][1] // 8 if INSTRUCTION.fields else 0

_SALT_WORDS = SALT_LENGTH // _WORD
_DIGEST_WORDS = DIGEST_LENGTH // _WORD
_LEAF_BLOCKS, _LEAF_WORDS = 3, (LEAF_LENGTH - 1) // _WORD
_NODE_BLOCKS, _NODE_WORDS = 2, (NODE_LENGTH - 1) // _WORD
_BALANCE_BITS = 8 * (SALT_LENGTH + 8)
_BLOCK_WORDS = 16
# Rows of a leaf's stream: below them the byte that begins it.
_OPEN = 1 + _SALT_WORDS
_IDENTITY = _OPEN + OPEN_LENGTH // _WORD
_BALANCES = _IDENTITY + 4
_END = cut(0x8000_0000)
"""The bit behind the last of a message."""
_STREAM_LENGTH = (_LEAF_BLOCKS * _BLOCK_WORDS + 1) * LANES
LENGTHS = (_STREAM_LENGTH, SCRATCH_LENGTH)
"""Words of the stream and the scratch that kernels take."""


class Places(NamedTuple):
    """Where a kernel writes."""

    digests: Words
    """Eight words a digest."""
    stream: Words
    """A message of each lane."""
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
def hash_leaves(
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
def hash_parents(nodes: Words, places: Places) -> None:
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
