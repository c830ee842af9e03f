"""Everything that a house keeps in memory, and how it is read back.

Rules
-----
1. The state is what the pages make of nothing. `replay` decides a page's instructions again and compares:
   records that differ from the page's are a broken invariant.
2. A checkpoint only saves time; a damaged one is passed over.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import numpy as np

from setfair.domain.agreement import Agreement, canonical_bytes
from setfair.engine.books import Books
from setfair.engine.decide import decide
from setfair.engine.invariants import check_books
from setfair.errors import BrokenInvariantError
from setfair.intake.directory import Directory
from setfair.journal.page import Page
from setfair.journal.state import state_from_bytes, state_to_bytes


@dataclass(slots=True)
class HouseState:
    """Books, names, and the place in the journal."""

    books: Books = field(default_factory=Books)
    directory: Directory = field(default_factory=Directory)
    list_set: str = ""
    """Version of the screening lists that is on record."""
    page_number: int = 0
    """The last page; 0: none yet."""
    record_count: int = 0
    """Records in all pages."""
    last_time: int = 0
    """Time of the last page, nanoseconds since 1970-01-01 UTC."""

    def advance(self, page: Page) -> None:
        """Note that a page was made durable."""
        self.page_number = page.number
        self.record_count += len(page.records)
        self.last_time = page.time_ns
        if "lists" in page.documents:
            self.list_set = str(json.loads(page.documents["lists"])["list_set"])


def replay(state: HouseState, page: Page) -> None:
    """Apply one page that is on record.

    Raises
    ------
    BrokenInvariantError
        If the page does not follow the last one, or the records come out differently.
    """
    if page.number != state.page_number + 1 or page.first_instruction != state.books.next_number:
        raise BrokenInvariantError(f"page {page.number} does not follow page {state.page_number}")
    terms = None
    if "agreement" in page.documents:
        terms = state.directory.adopt(Agreement.model_validate_json(page.documents["agreement"]))
    if "parties" in page.documents:
        state.directory.set_parties(json.loads(page.documents["parties"]))
    accounts = state.directory.accounts_for(page.instructions[0])
    decided = decide(state.books, page.instructions, page.time_ns, terms, accounts)
    if not np.array_equal(decided.records, page.records):
        raise BrokenInvariantError(
            f"page {page.number}: its instructions decided again give other records than it holds"
        )
    state.advance(page)


def state_bytes(state: HouseState) -> bytes:
    """Write the state as a checkpoint."""
    directory = state.directory
    about = {
        "list_set": state.list_set,
        "record_count": state.record_count,
        "last_time": state.last_time,
        "participants": directory.participants,
        "accounts": directory.accounts,
    }
    parties = [[number, *data] for number, data in enumerate(directory.party_data)]
    documents = {
        "about": json.dumps(about, ensure_ascii=False).encode(),
        "parties": json.dumps(parties, ensure_ascii=False).encode(),
    }
    if directory.agreement is not None:
        documents["agreement"] = canonical_bytes(directory.agreement)
    return state_to_bytes(state.page_number, state.books.snapshot(), documents)


def restore_state(checkpoint: tuple[int, bytes] | None) -> HouseState:
    """Read a checkpoint; without one, or with a damaged one, start from nothing."""
    dtypes = {name: array.dtype for name, array in Books().snapshot().items()}
    found = state_from_bytes(checkpoint[1], dtypes) if checkpoint is not None else None
    if found is None:
        return HouseState()
    page_number, arrays, documents = found
    about = json.loads(documents["about"])
    directory = Directory()
    directory.participants = list(about["participants"])
    directory.accounts = [(participant, currency) for participant, currency in about["accounts"]]
    directory.set_parties(json.loads(documents["parties"]))
    if "agreement" in documents:
        directory.adopt(Agreement.model_validate_json(documents["agreement"]))
    books = Books.restore(arrays)
    check_books(books)
    return HouseState(
        books, directory, about["list_set"], page_number, about["record_count"], about["last_time"]
    )
