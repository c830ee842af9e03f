"""What was signed: every checkpoint of the house, and every cosignature under it.

Rules
-----
1. A signed checkpoint is of a page that is there, says its size and root, and has the house's signature.
2. A cosignature is by a key of an agreement that was in force, under its name, and valid.
"""

from __future__ import annotations

from setfair.audit.finding import check_same, differ
from setfair.errors import NotProvenError, SetfairError
from setfair.explain.choose import Query
from setfair.proof.checkpoint import Checkpoint, checkpoint_of, cosigner_name, origin_of
from setfair.proof.note import (
    COSIGNATURE,
    ED25519,
    Key,
    Note,
    check_cosigned,
    check_signed,
    read_key,
    read_line,
    read_note,
)

_NOTES = """
SELECT s.page_number, s.note, coalesce(g.first_record + g.record_count - 1, -1) AS size,
       coalesce(g.root, x'') AS root
FROM signed_checkpoint s LEFT JOIN page g USING (page_number)
WHERE s.page_number > ? ORDER BY s.page_number LIMIT 1
"""
_LINES = """
SELECT c.page_number, c.key_name, c.line, coalesce(s.note, '') AS note
FROM cosignature c LEFT JOIN signed_checkpoint s USING (page_number)
WHERE c.page_number > ? ORDER BY c.page_number, c.key_name
"""


def audit_notes(query: Query, house_id: str, key_text: str, after: int) -> int:
    """Check rule 1 for the checkpoints after a page; return how many there are.

    Raises
    ------
    DifferenceFound
        At the first difference.
    """
    origin, count = origin_of(house_id), 0
    key = read_key(key_text, origin, ED25519)
    while rows := query(_NOTES, (after,)):
        row = rows[0]
        after = int(row["page_number"])
        try:
            note = read_note(row["note"])
            said = checkpoint_of(note)
            if not row["root"]:
                differ(after, "signed checkpoint", "a page that was signed", "no such page")
            check_same(after, "signed checkpoint", Checkpoint(origin, int(row["size"]), row["root"]), said)
            check_signed(note, key)
            check_same(after, "signed checkpoint", note.to_text(), row["note"])
            check_same(after, "signatures of the checkpoint that are not the house's", 0, _foreign(note, key))
        except NotProvenError as error:
            differ(after, "signed checkpoint", "the house's signature", error)
        count += 1
    return count


def _foreign(note: Note, key: Key) -> int:
    return sum((line.name, line.key_id) != (key.name, key.id) for line in note.lines)


def audit_cosignatures(query: Query, house_id: str, keys: dict[tuple[str, str], None], after: int) -> int:
    """Check rule 2 for the cosignatures after a page; return how many there are.

    Parameters
    ----------
    query
        Returns the rows of one query.
    house_id
        Id of the house.
    keys
        Id and public key of everybody who could cosign under any agreement so far.
    after
        The page.

    Raises
    ------
    DifferenceFound
        At the first difference.
    """
    origin = origin_of(house_id)
    known = [read_key(text, cosigner_name(origin, who), COSIGNATURE) for who, text in keys]
    rows = query(_LINES, (after,))
    for row in rows:
        number = int(row["page_number"])
        try:
            line = read_line(row["line"])
            fits = [key for key in known if (key.name, key.id) == (line.name, line.key_id)]
            if not fits or line.name != row["key_name"]:
                differ(number, "cosignature", "a cosigner of the agreement", row["key_name"])
            check_same(number, "cosignature", line.to_text(), row["line"])
            check_cosigned(Note(read_note(row["note"]).text, (line,)), fits[0])
        except SetfairError as error:
            differ(number, "cosignature", f"the signature of {row['key_name']}", error)
    return len(rows)
