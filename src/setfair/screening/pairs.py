"""Good-guy pairs: a party that two people found to be another than a listed one it is called like.

Rules
-----
1. A pair binds a party to an entry: the name as given and what the party is identified by (the agent through
   which it pays or is paid, or its id in an obligation), the list, the entry, and the hash of the entry's
   content.
2. One person proposes it and another confirms it; until then it does nothing.
3. It passes a hit only for that very party, until the day that it expires, and only while the entry says what
   it said: another hash, and the hit counts again. Names in other places, texts and identifiers are never
   passed.
4. Every hit that a pair passes goes on record with the number of the pair.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from setfair.domain.codes import Screening
from setfair.domain.instruction import Family
from setfair.screening.match import Hit
from setfair.screening.screen_batch import ScreeningResult

DAYS_MAX = 366
"""Days that a pair can last."""
IDENTITIES = {
    Family.PAYMENT: (("debtor_name", "debtor_agent"), ("creditor_name", "creditor_agent")),
    Family.OBLIGATION: (("debtor_name", "debtor"), ("creditor_name", "creditor")),
}
"""Which columns name a party, and which identify it."""

Key = tuple[str, str, str, str]
"""Name, identity, list and entry."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One good-guy pair."""

    number: int
    """Instruction number of its proposal."""
    name: str
    identity: str
    list_id: str
    entry_id: str
    entry_hash: str
    expires: str
    """Last day on which it holds, YYYY-MM-DD."""
    proposed_by: str
    confirmed_by: str = ""
    """Empty: it is only proposed."""

    @property
    def key(self) -> Key:
        """What it is found by."""
        return (self.name, self.identity, self.list_id, self.entry_id)

    def holds_on(self, day: date) -> bool:
        """Tell whether it is confirmed and has not expired."""
        return bool(self.confirmed_by) and day <= date.fromisoformat(self.expires)

    def plain(self) -> dict[str, Any]:
        """Return it for the journal."""
        return asdict(self)


def parties_of(rows: pa.RecordBatch, family: Family, row: int) -> Iterator[tuple[str, str]]:
    """Yield name and identity of the parties of a row that a pair can be about."""
    others = rows.column("other_names")[row].as_py().split("\n") if family in IDENTITIES else ()
    for name_column, identity_column in IDENTITIES.get(family, ()):
        name, identity = (
            rows.column(name_column)[row].as_py(),
            rows.column(identity_column)[row].as_py().strip(),
        )
        if name and identity and name not in others:
            yield name, identity


def pass_pairs(
    rows: pa.RecordBatch, family: Family, screened: ScreeningResult, pairs: Mapping[Key, Pair], day: date
) -> ScreeningResult:
    """Return the result without the hits that a pair passes, and with which they were.

    Parameters
    ----------
    rows
        The batch that was screened.
    family
        Its family.
    screened
        What was found.
    pairs
        The pairs on record.
    day
        The house's date.
    """
    if not pairs or not screened.hits or family not in IDENTITIES:
        return screened
    left: list[tuple[int, Hit]] = []
    passed: list[tuple[int, int]] = []
    for row, hit in screened.hits:
        pair = _pair_for(rows, family, row, hit, pairs)
        if pair is not None and pair.holds_on(day):
            passed.append((row, pair.number))
        else:
            left.append((row, hit))
    outcome = np.full(rows.num_rows, Screening.CLEAR, np.uint8)
    outcome[[row for row, _ in left]] = Screening.HIT
    return ScreeningResult(outcome, left, screened.list_version, tuple(passed))


def _pair_for(
    rows: pa.RecordBatch, family: Family, row: int, hit: Hit, pairs: Mapping[Key, Pair]
) -> Pair | None:
    """Return the pair that is about a hit, if every party of its name in the row has one."""
    identities = [identity for name, identity in parties_of(rows, family, row) if name == hit.name]
    found = [pairs.get((hit.name, identity, hit.list_id, hit.entry_id)) for identity in identities]
    if not found or any(pair is None or pair.entry_hash != hit.entry_hash for pair in found):
        return None
    return found[0]
