"""Quittances: what became of one instruction, with the proof, for whoever it concerns.

Rules
-----
1. Every record about the instruction that a signed checkpoint covers is in it, in order.
2. The checkpoint is the newest that somebody cosigned and that covers them; if there is none, the newest.
3. Balances after a payment are hidden; a participant who asks as such sees its own. What remains of an
   obligation is known to both sides, and shown.
4. Nothing else of other instructions is in it than hashes, and the number of the instruction that caused a
   record.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from setfair.errors import HouseError
from setfair.explain.choose import Query, choose
from setfair.journal.leaves import open_leaf
from setfair.journal.tree import inclusion_path
from setfair.proof.quittance import ProvenRecord, Quittance, identity_from
from setfair.proof.words import Names
from setfair.prove.checkpoints import newest
from setfair.prove.journal_tree import JournalTree

_PAYMENT = "SELECT * FROM payment WHERE payment_number = ?"
_BY_UETR = "SELECT payment_number FROM payment_row WHERE uetr = ? ORDER BY payment_number LIMIT 1"
_SPAN = """
SELECT i.page_number, i.decided_page, g.first_record, h.first_record + h.record_count - 1 AS last_record
FROM {} i JOIN page g USING (page_number) JOIN page h ON h.page_number = i.decided_page WHERE {} = ?
"""
_RECORDS = """
SELECT record_number FROM record_row WHERE record_number BETWEEN ? AND ? AND subject_number = ?
ORDER BY record_number
"""
_WORD = {"CANCELLATION": "cancellation", "PAYMENT_RETURN": "return"}


def make_quittance(query: Query, reference: str, asking: str | None) -> Quittance:
    """Make the quittance of a payment or an obligation.

    Parameters
    ----------
    query
        Returns the rows of one query over the tables.
    reference
        UETR of a payment, number of an instruction, or the creditor's id of an obligation.
    asking
        The participant of a payment, or the party of an obligation, that asks; None: nobody in particular.

    Raises
    ------
    HouseError
        If there is no such instruction (of whoever asks), or no signed checkpoint covers it yet.
    """
    payment = _find_payment(query, reference)
    if payment is None:
        return _of_obligation(query, reference, asking)
    return _of_payment(query, payment, asking)


class Quittances:
    """Quittances of many payments for whoever sent them, from one view of the journal."""

    def __init__(self, query: Query) -> None:
        self._query = query
        self._tree = JournalTree(query)

    def of_payment(self, asking: str, number: int) -> Quittance | None:
        """Return the quittance of a payment; None where nothing identifies it, as of one that was refused.

        Parameters
        ----------
        asking
            Id of the participant that sent it: if it is a side of it, its balances are shown.
        number
            Of the instruction.

        Raises
        ------
        HouseError
            If no signed checkpoint covers it yet.
        """
        row = self._query(_PAYMENT, (number,))[0]
        if not (row["uetr"] or row["instruction_id"]):
            return None
        sides = (row["debtor_participant"], row["creditor_participant"])
        return _of_payment(self._query, row, asking if asking in sides else None, self._tree)


def _find_payment(query: Query, reference: str) -> dict[str, Any] | None:
    """Return the row of a payment by UETR or number, or None: then it is to be an obligation."""
    number = -1
    if reference.isascii() and reference.isdigit() and len(reference) <= 18:
        number = int(reference)
    elif uetr := _uetr(reference):
        rows = query(_BY_UETR, (uetr,))
        if not rows:
            raise HouseError(f"there is no payment with the UETR {reference}")
        number = int(rows[0]["payment_number"])
    found = query(_PAYMENT, (number,))
    return found[0] if found else None


def _uetr(reference: str) -> bytes | None:
    try:
        return UUID(reference).bytes if len(reference) == 36 else None
    except ValueError:
        return None


def _of_payment(
    query: Query, row: dict[str, Any], asking: str | None, tree: JournalTree | None = None
) -> Quittance:
    number, debtor, creditor = (
        int(row["payment_number"]),
        row["debtor_participant"],
        row["creditor_participant"],
    )
    if asking is not None and asking not in (debtor, creditor):
        raise HouseError(f"there is no payment {number} of {asking}")
    instruction: dict[str, object] = {"number": number, "kind": row["kind"]}
    if row["uetr"]:
        instruction["uetr"] = row["uetr"]
    else:
        word = _WORD.get(row["kind"], "payment")
        instruction["identified_by"] = [word, row["sender"], row["instruction_id"]]
    shown = (asking is not None and asking == debtor, asking is not None and asking == creditor)
    span = query(_SPAN.format("payment_row", "payment_number"), (number,))[0]
    tree = tree or JournalTree(query)
    return _prove(query, tree, instruction, Names("payment", debtor, creditor), span=span, shown=shown)


def _of_obligation(query: Query, reference: str, asking: str | None) -> Quittance:
    chosen = choose(query, reference, asking)
    words = chosen.words
    instruction: dict[str, object] = {
        "number": chosen.number,
        "kind": "OBLIGATION",
        "identified_by": ["obligation", words["creditor"], words["obligation_id"]],
    }
    span = query(_SPAN.format("obligation_row", "obligation_number"), (chosen.number,))[0]
    names = Names("obligation", words["debtor"], words["creditor"])
    return _prove(query, JournalTree(query), instruction, names, span=span, shown=(True, False))


def _prove(
    query: Query,
    tree: JournalTree,
    instruction: dict[str, object],
    names: Names,
    *,
    span: dict[str, Any],
    shown: tuple[bool, bool],
) -> Quittance:
    decided = int(span["decided_page"])
    found = newest(query, decided, cosigned=True) or newest(query, decided)
    if found is None:
        raise HouseError(
            "no signed checkpoint covers this yet: the house signs one at the end of its command"
        )
    bounds = (span["first_record"], span["last_record"], instruction["number"])
    size, records = found.checkpoint.size, []
    for row in query(_RECORDS, bounds):
        number = int(row["record_number"])
        page = tree.page_of(number)
        leaf = open_leaf(page, number - page.first_record, debtor_shown=shown[0], creditor_shown=shown[1])
        path = inclusion_path(number - 1, size, tree.node)
        records.append(ProvenRecord(number, leaf, tuple(path)))
    if not records or records[0].leaf.identity != identity_from(instruction):
        raise HouseError(
            f"instruction {instruction['number']} has no identity that others could check: it had none"
        )
    return Quittance(instruction, names, tuple(records), found.note.to_text())
