"""Consistency of two checkpoints: that a journal has only grown.

Rules
-----
1. The older checkpoint is a signed note that the verifier kept. The newer one is what the house made of it
   (`setfair checkpoint consistency`): JSON with the newer signed note and the proof of RFC 9162, 2.1.4.
2. Both are signed by the house; the newer one is cosigned by whom the verifier names; the proof leads from
   the root of the older to that of the newer.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from setfair.errors import NotProvenError, SetfairError
from setfair.proof.checkpoint import Checkpoint, checkpoint_of
from setfair.proof.note import check_signed, read_note
from setfair.proof.tree import EMPTY_ROOT, HASH_LENGTH, PATH_MAX, roots_of_consistency
from setfair.proof.trust import Trust, check_newer, verify_checkpoint

FORMAT = "setfair consistency v1"
CONSISTENCY_BYTES_MAX = 2 << 20


def to_json(old_size: int, new_note: str, path: Sequence[bytes]) -> bytes:
    """Write a newer checkpoint with its proof."""
    document = {
        "format": FORMAT,
        "old_size": old_size,
        "path": [step.hex() for step in path],
        "checkpoint": new_note,
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def from_json(raw: bytes) -> tuple[int, str, tuple[bytes, ...]]:
    """Read a newer checkpoint: size of the older one, signed note, path; SetfairError where it is none."""
    try:
        document = json.loads(raw)
        if document["format"] != FORMAT:
            raise ValueError(f'"format" is not "{FORMAT}"')
        path = tuple(bytes.fromhex(step) for step in document["path"])
        if len(path) > PATH_MAX + 1 or any(len(step) != HASH_LENGTH for step in path):
            raise ValueError("a hash is not 32 bytes, or there are more than any tree has")
        return int(document["old_size"]), str(document["checkpoint"]), path
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise SetfairError(
            f"the file is no checkpoint with its proof, made by `setfair checkpoint consistency`: {error}"
        ) from None


def verify_consistency(old_note: str, newer: bytes, trust: Trust) -> Iterator[str]:
    """Check that the journal of the older checkpoint is the beginning of the newer one's; yield what holds.

    Raises
    ------
    NotProvenError
        At the first thing that does not hold.
    """
    old_size, new_note, path = from_json(newer)
    old = read_note(old_note)
    before = checkpoint_of(old)
    if before.origin != trust.house.name:
        raise NotProvenError(f"the older checkpoint is of {before.origin}, not of {trust.house.name}")
    check_signed(old, trust.house)
    yield f"{before.origin} signed the older checkpoint: {before.size} records"
    after = yield from verify_checkpoint(new_note, trust)
    check_newer(after, before)
    if old_size != before.size:
        raise NotProvenError(
            f"the proof is for a checkpoint of {old_size} records, yours has {before.size}: ask for its own"
        )
    check_consistent(before, after, path)
    yield (
        f"the {after.size} records begin with the {before.size} of the older checkpoint: nothing of them was "
        "changed, taken out or put in between"
    )


def check_consistent(before: Checkpoint, after: Checkpoint, path: Sequence[bytes]) -> None:
    """Check a consistency proof between two checkpoints; NotProvenError where it does not hold."""
    if before.size == 0:
        if before.root != EMPTY_ROOT or path:
            raise NotProvenError("a journal without records has one root, and needs no hashes")
        return
    try:
        roots = roots_of_consistency(before.size, after.size, before.root, path)
    except ValueError as error:
        raise NotProvenError(f"the two checkpoints are not shown to be consistent: {error}") from None
    if roots != (before.root, after.root):
        raise NotProvenError(
            f"the journal of {after.size} records does not begin with that of {before.size}: records "
            "that the older checkpoint covers were changed, or the proof was"
        )
