"""Leaves and nodes of the tree, four at a time, by the processor's own instructions (`sha256_fours`)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from setfair.engine.layout import INSTRUCTION, RECORD
from setfair.journal.leaves import SALTS
from setfair.journal.sha256 import DIGEST_LENGTH
from setfair.journal.sha256_fours import BLOCK_BYTES, CHAINING_WORDS, FOUR, compress, give_digest, start
from setfair.journal.sha256_lanes import Words
from setfair.journal.tree import NODE_LENGTH
from setfair.kernel import inlined, kernel
from setfair.proof.leaf import (
    BALANCE_LENGTH,
    IDENTITY_LENGTH,
    LEAF_LENGTH,
    OPEN_LENGTH,
    SALT_LENGTH,
)
from setfair.raw_bytes import copy_bytes, put_eight_bytes

Bytes = NDArray[np.uint8]


class Places(NamedTuple):
    """Where a kernel writes."""

    digests: Bytes
    """32 bytes a digest."""
    stream: Bytes
    """Four messages, and four blocks behind them."""
    scratch: Words
    """Chaining values."""


_LEAF_BLOCKS, _NODE_BLOCKS = 3, 2
_LEAF_BYTES, _NODE_BYTES = _LEAF_BLOCKS * BLOCK_BYTES, _NODE_BLOCKS * BLOCK_BYTES
_LEAF_STREAMS, _NODE_STREAMS = FOUR * _LEAF_BYTES, FOUR * _NODE_BYTES
LENGTHS = (_LEAF_STREAMS + FOUR * BLOCK_BYTES, CHAINING_WORDS)
"""Bytes of the stream, and words of the scratch, that kernels take: leaves are followed by blocks with one
balance each."""

_AFTER = RECORD.fields["debtor_after"][1] if RECORD.fields else 0
_TIME = RECORD.fields["time"][1] if RECORD.fields else 0
_SUBJECT = RECORD.fields["subject"][1] // 8 if RECORD.fields else 0
_IDENTITY_HIGH = INSTRUCTION.fields["identity_high"][1] // 8 if INSTRUCTION.fields else 0
_IDENTITY_LOW = INSTRUCTION.fields["identity_low"][1] // 8 if INSTRUCTION.fields else 0
_RECORD_BYTES, _PAIR_BYTES = RECORD.itemsize, 2 * DIGEST_LENGTH
_OPEN = 1 + SALT_LENGTH
_IDENTITY = _OPEN + OPEN_LENGTH
_BALANCES = _IDENTITY + IDENTITY_LENGTH
_BALANCE_LENGTH = SALT_LENGTH + BALANCE_LENGTH
_END = 0x80
"""The byte behind the last of a message."""


@inlined
def _pad(streams: Bytes, begin: int, length: int, stride: int) -> None:
    """Lay out what is the same in four messages of so many bytes: all behind them, as FIPS 180-4 has it."""
    for message in range(FOUR):
        at = begin + message * stride
        streams[at + length] = _END
        for i in range(length + 1, stride):
            streams[at + i] = 0
        streams[at + stride - 2] = 8 * length >> 8
        streams[at + stride - 1] = 8 * length & 0xFF


@inlined
def _hash_all(streams: Bytes, blocks: int, chaining: Words) -> None:
    """Hash four messages of so many blocks, which begin the streams."""
    start(chaining)
    for block in range(blocks):
        compress(chaining, streams, block * BLOCK_BYTES, blocks * BLOCK_BYTES)


@inlined
def _hash_balances(records: Bytes, salts: Bytes, first: int, place: int, places: Places) -> None:
    """Hash one of the two balances of four leaves, each behind its salt, into the leaves."""
    streams, count = places.stream, records.shape[0] // _RECORD_BYTES
    for message in range(FOUR):
        at, to = min(first + message, count - 1), _LEAF_STREAMS + message * BLOCK_BYTES
        copy_bytes(streams, to, salts, (at * SALTS + 1 + place) * SALT_LENGTH, SALT_LENGTH)
        balance = at * _RECORD_BYTES + _AFTER + place * BALANCE_LENGTH
        copy_bytes(streams, to + SALT_LENGTH, records, balance, BALANCE_LENGTH)
    start(places.scratch)
    compress(places.scratch, streams, _LEAF_STREAMS, BLOCK_BYTES)
    for message in range(FOUR):
        to = message * _LEAF_BYTES + _BALANCES + place * DIGEST_LENGTH
        give_digest(places.scratch, message, streams, to)


@inlined
def _lay_leaf(streams: Bytes, begin: int, records: Bytes, salts: Bytes, at: int) -> None:
    """Lay out a leaf but for its identity and balances: salt and open fields."""
    record = at * _RECORD_BYTES
    streams[begin] = 0
    copy_bytes(streams, begin + 1, salts, at * SALTS * SALT_LENGTH, SALT_LENGTH)
    copy_bytes(streams, begin + _OPEN, records, record, _AFTER)
    copy_bytes(streams, begin + _OPEN + _AFTER, records, record + _TIME, _RECORD_BYTES - _TIME)


@kernel
def hash_leaves(
    records: Bytes,
    subjects: NDArray[np.int64],
    instructions: NDArray[np.uint64],
    first_instruction: int,
    salts: Bytes,
    places: Places,
) -> None:
    """Hash all leaves: as `tree_lanes.hash_leaves`, with bytes in the place of words."""
    streams = places.stream
    count = records.shape[0] // _RECORD_BYTES
    _pad(streams, 0, LEAF_LENGTH, _LEAF_BYTES)
    _pad(streams, _LEAF_STREAMS, _BALANCE_LENGTH, BLOCK_BYTES)
    for first in range(0, count, FOUR):
        for message in range(FOUR):
            at, begin = min(first + message, count - 1), message * _LEAF_BYTES
            high, low = np.uint64(0), np.uint64(0)
            place = subjects[at, _SUBJECT] - first_instruction
            if 0 <= place < instructions.shape[0]:
                high, low = instructions[place, _IDENTITY_HIGH], instructions[place, _IDENTITY_LOW]
            _lay_leaf(streams, begin, records, salts, at)
            put_eight_bytes(streams, begin + _IDENTITY, np.int64(high))
            put_eight_bytes(streams, begin + _IDENTITY + 8, np.int64(low))
        for place in range(2):
            _hash_balances(records, salts, first, place, places)
        _hash_all(streams, _LEAF_BLOCKS, places.scratch)
        for message in range(min(FOUR, count - first)):  # behind the last leaf it came again
            give_digest(places.scratch, message, places.digests, (first + message) * DIGEST_LENGTH)


@kernel
def hash_parents(nodes: Bytes, places: Places) -> None:
    """Hash pairs of nodes, 64 bytes each."""
    streams, count = places.stream, nodes.shape[0] // _PAIR_BYTES
    _pad(streams, 0, NODE_LENGTH, _NODE_BYTES)
    for first in range(0, count, FOUR):
        for message in range(FOUR):
            at, begin = min(first + message, count - 1), message * _NODE_BYTES
            streams[begin] = 1
            copy_bytes(streams, begin + 1, nodes, at * _PAIR_BYTES, _PAIR_BYTES)
        _hash_all(streams, _NODE_BLOCKS, places.scratch)
        for message in range(min(FOUR, count - first)):
            give_digest(places.scratch, message, places.digests, (first + message) * DIGEST_LENGTH)
