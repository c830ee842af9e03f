"""The checkpoints of a house: the newest, cosigning it, taking cosignatures, comparing with what others have.

Rules
-----
1. Who may cosign stands in the agreement in force: signatories and witnesses, each under its key.
2. A cosigner signs only what continues the checkpoint that it cosigned last: it keeps that one itself.
3. A cosignature counts for the text that it is under. The house keeps one of each cosigner for each
   checkpoint.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from setfair.domain.agreement import Agreement
from setfair.errors import HouseError, NotProvenError
from setfair.explain.choose import Query
from setfair.journal.tree import consistency_path
from setfair.proof.checkpoint import Checkpoint, checkpoint_of, cosigner_name
from setfair.proof.consistency import check_consistent, to_json
from setfair.proof.note import (
    COSIGNATURE,
    ED25519,
    Key,
    Line,
    Note,
    check_cosigned,
    check_signed,
    cosign,
    key_of,
    read_key,
    read_line,
    read_note,
)
from setfair.proof.trust import check_newer
from setfair.prove.journal_tree import JournalTree

_NOTES = (
    "SELECT page_number, note FROM signed_checkpoint WHERE page_number >= ? ORDER BY page_number DESC LIMIT 1"
)
_COSIGNED = """
SELECT s.page_number, s.note FROM signed_checkpoint s
WHERE s.page_number >= ? AND EXISTS (SELECT * FROM cosignature c WHERE c.page_number = s.page_number)
ORDER BY s.page_number DESC LIMIT 1
"""
_LINES = "SELECT line FROM cosignature WHERE page_number = ? ORDER BY key_name"
_OF_SIZE = """
SELECT s.page_number, s.note FROM signed_checkpoint s JOIN page g USING (page_number)
WHERE g.first_record + g.record_count - 1 = ?
"""
_AGREEMENT = "SELECT document FROM agreement ORDER BY version DESC LIMIT 1"


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint of the house, with what others signed of it."""

    page_number: int
    note: Note

    @property
    def checkpoint(self) -> Checkpoint:
        """What it says."""
        return checkpoint_of(self.note)


def newest(query: Query, since_page: int = 0, *, cosigned: bool = False) -> SignedCheckpoint | None:
    """Return the newest signed checkpoint after page `since_page` or a later one; None: there is none.

    Parameters
    ----------
    query
        Returns the rows of one query.
    since_page
        The page that it must cover.
    cosigned
        Whether somebody must have cosigned it.
    """
    rows = query(_COSIGNED if cosigned else _NOTES, (since_page,))
    if not rows:
        return None
    number, note = int(rows[0]["page_number"]), read_note(rows[0]["note"])
    lines = [read_line(row["line"]) for row in query(_LINES, (number,))]
    return SignedCheckpoint(number, Note(note.text, (*note.lines, *lines)))


def newest_of(query: Query) -> SignedCheckpoint:
    """Return the newest signed checkpoint; HouseError where nothing was signed yet."""
    found = newest(query)
    if found is None:
        raise HouseError("the house has signed no checkpoint yet: its next command does")
    return found


def house_key(folder: Path, origin: str) -> Key:
    """Return the house's public key as `HOUSE/keys/house.pub` has it."""
    return read_key((folder / "keys" / "house.pub").read_text(encoding="utf-8"), origin, ED25519)


def cosigner_keys(query: Query, origin: str) -> dict[str, Key]:
    """Return by id the keys under which checkpoints may be cosigned: rule 1."""
    agreement = Agreement.model_validate_json(query(_AGREEMENT, ())[0]["document"])
    return {
        one: read_key(public, cosigner_name(origin, one), COSIGNATURE)
        for one, public in agreement.cosigners().items()
    }


@dataclass(frozen=True, slots=True)
class Cosigner:
    """Who cosigns."""

    id: str
    key: Ed25519PrivateKey
    last: str | None
    """The note that it cosigned last; None: none yet."""


def cosign_newest(query: Query, house: Key, cosigner: Cosigner, time_s: int) -> tuple[SignedCheckpoint, Line]:
    """Cosign the newest checkpoint.

    Parameters
    ----------
    query
        Returns the rows of one query.
    house
        The house's key as the cosigner has it.
    cosigner
        Who cosigns.
    time_s
        Seconds since 1970-01-01 UTC.

    Raises
    ------
    HouseError
        If it may not cosign, or with another key.
    NotProvenError
        If the house's signature does not fit, or the journal does not continue the checkpoint cosigned last.
    """
    found = newest_of(query)
    now = found.checkpoint
    allowed = cosigner_keys(query, now.origin)
    mine = key_of(cosigner_name(now.origin, cosigner.id), COSIGNATURE, cosigner.key)
    if allowed.get(cosigner.id) != mine:
        who = ", ".join(sorted(allowed))
        raise HouseError(
            f"{cosigner.id} may not cosign with this key: the agreement has keys of {who} in [[signatories]] "
            "and journal.witnesses"
        )
    check_signed(found.note, house)
    tree = JournalTree(query)
    if tree.root(now.size) != now.root:
        raise NotProvenError("the records of the house do not give the root of its checkpoint: do not cosign")
    if cosigner.last is not None:
        old = read_note(cosigner.last)
        check_signed(old, house)
        before = checkpoint_of(old)
        check_newer(now, before)
        check_consistent(before, now, consistency_path(before.size, now.size, tree.node))
    return found, cosign(found.note.text, mine.name, cosigner.key, time_s)


def cosignatures_of(query: Query, given: str) -> tuple[SignedCheckpoint, list[Line]]:
    """Return the valid cosignatures of a note under the house's checkpoint of the same text.

    Raises
    ------
    HouseError
        If the house has no such checkpoint.
    NotProvenError
        If nobody of the agreement cosigned it, or a cosignature is forged.
    """
    note = read_note(given)
    checkpoint = checkpoint_of(note)
    found = _signed_with_text(query, note.text, checkpoint.size)
    if found is None:
        raise HouseError("this house signed no such checkpoint: compare it with `setfair checkpoint compare`")
    lines = []
    for key in cosigner_keys(query, checkpoint.origin).values():
        own = [line for line in note.lines if (line.name, line.key_id) == (key.name, key.id)]
        if own:
            check_cosigned(note, key)
            lines.append(own[-1])
    if not lines:
        raise NotProvenError("nobody whom the agreement names cosigned this checkpoint")
    return found, lines


def _signed_with_text(query: Query, text: str, size: int) -> SignedCheckpoint | None:
    for row in query(_OF_SIZE, (size,)):
        note = read_note(row["note"])
        if note.text == text:
            return SignedCheckpoint(int(row["page_number"]), note)
    return None


def compare(query: Query, given: str, house: Key) -> str:
    """Compare a checkpoint that somebody else has with the journal; return in words how they stand.

    Raises
    ------
    NotProvenError
        If the house signed it and its journal is another one.
    """
    note = read_note(given)
    other, tree = checkpoint_of(note), JournalTree(query)
    if other.origin != house.name:
        raise NotProvenError(f"the checkpoint is of {other.origin}, not of {house.name}")
    check_signed(note, house)
    if other.size > tree.size:
        raise NotProvenError(
            f"the checkpoint has {other.size} records, this journal {tree.size}: the house signed more than "
            "is here. Is this an old copy?"
        )
    if tree.root(other.size) != other.root:
        raise NotProvenError(
            f"the house signed another journal: its first {other.size} records here have another root. Keep "
            "the checkpoint: with this house's own it proves that two journals were shown"
        )
    more = tree.size - other.size
    return f"the checkpoint is this journal's after {other.size} records; {more} have come since"


def consistency_file(query: Query, old_note: str) -> bytes:
    """Return the newest checkpoint with the proof that its journal continues an older one.

    Raises
    ------
    NotProvenError
        If the older checkpoint is not of this journal.
    """
    found, tree = newest_of(query), JournalTree(query)
    before, now = checkpoint_of(read_note(old_note)), found.checkpoint
    check_newer(now, before)
    path = consistency_path(before.size, now.size, tree.node) if before.size else []
    check_consistent(before, now, path)
    return to_json(before.size, found.note.to_text(), path)
