"""Which obligation is meant, and who asks: found in the tables, without the engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from setfair.domain.money import format_amount
from setfair.errors import HouseError

Query = Callable[[str, tuple[object, ...]], list[dict[str, Any]]]
"""Returns the rows of one query over the tables: `House.query` or `Tables.query`."""

CANDIDATES_SHOWN_MAX = 20
"""Obligations of one id that are named when a number has to be given."""

_FIND = """
SELECT b.obligation_number, b.debtor, b.creditor, d.party AS debtor_id, e.party AS creditor_id
FROM obligation_row b JOIN party d ON d.party_number = b.debtor JOIN party e ON e.party_number = b.creditor
WHERE b.kind = 6 AND (b.obligation_number = ? OR b.obligation_id = ?) ORDER BY b.obligation_number
"""
_WORDS = "SELECT * FROM obligation WHERE obligation_number = ?"
_PARTY = "SELECT party_number FROM party WHERE party = ?"


@dataclass(frozen=True, slots=True)
class Chosen:
    """The obligation that is explained, and for whom."""

    number: int
    debtor: int
    creditor: int
    party: int | None
    """Number of the party that asks; None: the overseer."""
    words: dict[str, Any]
    """Its row of the view `obligation`."""

    def amount(self, amount_minor: int) -> str:
        """Write an amount in units of the currency."""
        return format_amount(amount_minor, int(self.words["decimals"]))


def choose(query: Query, reference: str, party_id: str | None) -> Chosen:
    """Find the obligation that is meant.

    Parameters
    ----------
    query
        Returns the rows of one query over the tables: `House.query` or `Tables.query`.
    reference
        Its number in the house, or the creditor's number of the document.
    party_id
        The party that asks; None: the overseer.

    Raises
    ------
    HouseError
        If there is no such party, no such obligation (of this party), or more than one.
    """
    party = None
    if party_id is not None:
        found = query(_PARTY, (party_id,))
        if not found:
            raise HouseError(f"{party_id} is no party of this house")
        party = int(found[0]["party_number"])
    is_number = reference.isascii() and reference.isdigit() and len(reference) <= 18
    rows = query(_FIND, (int(reference) if is_number else -1, reference))
    rows = [row for row in rows if party is None or party in (row["debtor"], row["creditor"])]
    whose = "" if party_id is None else f" of {party_id}"
    if not rows:
        raise HouseError(
            f"there is no obligation {reference}{whose}: give its number or the creditor's id of it"
        )
    if len(rows) > 1:
        each = [
            f"{row['obligation_number']} ({row['debtor_id']} to {row['creditor_id']})"
            for row in rows[:CANDIDATES_SHOWN_MAX]
        ]
        raise HouseError(
            f"{len(rows)} obligations{whose} are called {reference}; give a number: {', '.join(each)}"
        )
    row = rows[0]
    words = query(_WORDS, (row["obligation_number"],))[0]
    return Chosen(int(row["obligation_number"]), int(row["debtor"]), int(row["creditor"]), party, words)
