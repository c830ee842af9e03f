"""What a verifier brings along, and what it makes of a checkpoint.

Rules, in this order
--------------------
1. The checkpoint is signed by the house: a signed note under its name and the key that the verifier has.
2. It is cosigned by everybody whom the verifier names.
3. It is no older than the checkpoint that the verifier knows, if it knows one, and no other of the same size.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

from setfair.domain.instants import NANOSECONDS, format_utc
from setfair.errors import NotProvenError
from setfair.proof.checkpoint import Checkpoint, checkpoint_of
from setfair.proof.note import Key, check_cosigned, check_signed, read_note


@dataclass(frozen=True, slots=True)
class Trust:
    """What a verifier brings along: whom it believes, and what it knows."""

    house: Key
    cosigners: tuple[Key, ...] = ()
    """Who must have cosigned."""
    known: Checkpoint | None = None
    """A checkpoint of this house that the verifier has seen before."""


def verify_checkpoint(text: str, trust: Trust) -> Generator[str, None, Checkpoint]:
    """Check rules 1 to 3 of a checkpoint; yield what holds, and return the checkpoint."""
    note = read_note(text)
    checkpoint = checkpoint_of(note)
    if checkpoint.origin != trust.house.name:
        raise NotProvenError(f"the checkpoint is of {checkpoint.origin}, not of {trust.house.name}")
    check_signed(note, trust.house)
    yield f"{checkpoint.origin} signed that its journal has {checkpoint.size} records and one root over them"
    for cosigner in trust.cosigners:
        time_s = check_cosigned(note, cosigner)
        yield f"{cosigner.name} cosigned the same journal at {format_utc(time_s * NANOSECONDS)}"
    if trust.known is not None:
        check_newer(checkpoint, trust.known)
        yield f"the checkpoint is no older than the one of {trust.known.size} records that you know"
    return checkpoint


def check_newer(checkpoint: Checkpoint, known: Checkpoint) -> None:
    """Check rule 3; NotProvenError where it does not hold."""
    if known.origin != checkpoint.origin:
        raise NotProvenError(f"the checkpoint that you know is of {known.origin}, not of {checkpoint.origin}")
    if checkpoint.size < known.size:
        raise NotProvenError(
            f"the checkpoint is an old one: it has {checkpoint.size} records, you know one of {known.size}"
        )
    if checkpoint.size == known.size and checkpoint.root != known.root:
        raise NotProvenError(
            f"the house signed two journals of {known.size} records: this checkpoint and the one that you "
            "know have different roots. Keep both: together they prove it"
        )
