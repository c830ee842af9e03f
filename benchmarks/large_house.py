"""A house with many millions of records: batches that are already arrays go in where the engine decides.

Reading a file and screening names would take most of the time, and neither changes what a page is: the texts
of a few batches are used again and again, identities, parties and amounts are new in every one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from benchmarks.houses import BANKS, make_house, open_day
from benchmarks.scenario import batches_of, texts_of
from setfair.draft import Draft
from setfair.engine.layout import Array
from setfair.intake.payments import Taken

ROWS = 8_192
"""Payments of a batch."""
_KINDS_OF_TEXTS = 8


def make_large_house(parent: Path, records: int, *, tables: bool, accounts: int = len(BANKS)) -> Path:
    """Make a house on an open day that has decided so many payments, in pages of `ROWS`.

    Parameters
    ----------
    parent
        Folder in which it is made.
    records
        How many payments; each makes one record.
    tables
        Whether its tables are brought up to date.
    accounts
        How many banks it has, with an account each.
    """
    folder = make_house(parent, accounts=accounts)
    with open_day(folder) as house:
        if not tables:
            house.clearing_house.journal.on_page = None
        clearing_house = house.clearing_house
        about = {"screening": json.dumps({"list_set": clearing_house.state.list_set}).encode()}
        for draft in _drafts(records, accounts, about):
            page = clearing_house._decide(draft).page
            if page is None:
                raise RuntimeError("a batch repeated what is on record: the bench measures something else")
            clearing_house.journal.begin(page, clearing_house.state.directory.agreement)
        clearing_house.journal.finish()
    return folder


def _drafts(records: int, accounts: int, documents: dict[str, bytes]) -> Iterator[Draft]:
    texts = [texts_of(ROWS, 1 + place * ROWS) for place in range(_KINDS_OF_TEXTS)]
    for number, batch in enumerate(_batches(records, accounts)):
        taken = Taken(
            batch, {name: column[: len(batch)] for name, column in texts[number % len(texts)].items()}
        )
        yield Draft(taken, dict(documents))


def _batches(records: int, accounts: int) -> Iterator[Array]:
    at_once = 64
    for first in range(0, -(-records // ROWS), at_once):
        for place, batch in enumerate(batches_of(at_once, ROWS, accounts, seed=first)):
            left = records - (first + place) * ROWS
            if left <= 0:
                return
            # The first account is the settlement agent's.
            batch["debtor"] += 1
            batch["creditor"] += 1
            yield batch[:left]
