"""Everything that a house keeps in memory, and how it is read back.

Rules
-----
1. The state is what the pages make of nothing. `replay` decides a page's instructions again and compares:
   records that differ from the page's are a broken invariant. What a search chose is in the page, and only
   checked.
2. A checkpoint only saves time; a damaged one is passed over.
3. A later version of the agreement is of the same house, has a higher number, keeps every currency whose day
   is not closed, and leaves nobody further below zero than it allows.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, Protocol

import numpy as np

from setfair.domain.agreement import Agreement, canonical_bytes, read_agreement
from setfair.domain.codes import Phase
from setfair.domain.money import find_currency, format_amount
from setfair.domain.signing import AgreementSignature, missing_consent
from setfair.engine.books import Books, restored_array
from setfair.engine.decide import decide
from setfair.engine.invariants import check_books
from setfair.engine.layout import LEG_TERMS, TIMES, Array, are_same_rows
from setfair.engine.room import MEMORY, Room
from setfair.errors import AgreementError, BrokenInvariantError, SetfairError
from setfair.intake.cycle import check_agreed, cycle_terms_of
from setfair.intake.directory import AccountName, Directory, currency_number
from setfair.intake.money import MONEY_DOCUMENT, money_terms
from setfair.journal.page import LEGS_DOCUMENT, OFFSETTING_DOCUMENT, TIMES_DOCUMENT, Page, page_from_bytes
from setfair.journal.state import pieces_of, state_from_pieces
from setfair.screening.pairs import Pair

READ_AHEAD_PAGES = 2
"""Pages that are decoded ahead of the one that is decided, when the books are read back."""


class Pages(Protocol):
    """What the books are read back from."""

    def read_checkpoint(self) -> tuple[int, Iterator[bytes]] | None:
        """Return the newest checkpoint, its page and its pieces, or None."""

    def pages_after(self, number: int) -> Iterator[tuple[int, bytes]]:
        """Yield (number, bytes) of the pages after `number`, in order."""


SAVE_PAGES_MIN, SAVE_PAGES_MAX = 512, 2_048
"""Pages after which books are saved: of a house that remembers little, and at the latest."""
_RECORDS_OF_A_PAGE = 1_000
"""So many records take as long to decide again as a page takes to read."""
_ROWS_OF_A_PAGE = 2_500
"""So many remembered payments take as long to save as a page takes to read and decide again."""


class Place(NamedTuple):
    """A place in the journal."""

    pages: int
    """Pages so far."""
    records: int
    """Records in them."""


JOURNAL_BEGIN = Place(0, 0)


@dataclass(slots=True)
class HouseState:
    """Books, names, and the place in the journal."""

    books: Books = field(default_factory=Books)
    directory: Directory = field(default_factory=Directory)
    list_set: str = ""
    """Version of the screening lists that is on record."""
    screening_rules: str = ""
    """Version of the rules of comparing under which these lists were adopted."""
    listed: dict[str, dict[str, str]] = field(default_factory=dict)
    """Short hash of every listed entry that is on record, by list and entry id."""
    pairs: dict[int, Pair] = field(default_factory=dict)
    """Good-guy pairs by number."""
    page_number: int = 0
    """The last page; 0: none yet."""
    record_count: int = 0
    """Records in all pages."""
    last_time: int = 0
    """Time of the last page, nanoseconds since 1970-01-01 UTC."""

    saved: Place = JOURNAL_BEGIN
    """Where the books that are kept on disk end."""

    @property
    def work_since_save(self) -> int:
        """What is read again if the house starts now, in pages of few records."""
        records = self.record_count - self.saved.records
        return self.page_number - self.saved.pages + records // _RECORDS_OF_A_PAGE

    @property
    def is_save_due(self) -> bool:
        """Whether books are to be saved: a payment waits while they are, the longer the more they remember.

        So it is done when reading again what came since would take as long, and while a start is quick.
        """
        as_long = self.books.payment_count // _ROWS_OF_A_PAGE
        return self.work_since_save >= min(max(SAVE_PAGES_MIN, as_long), SAVE_PAGES_MAX)

    @property
    def is_save_worthwhile(self) -> bool:
        """Whether reading again what came since the last save would make a start slower."""
        return self.work_since_save >= SAVE_PAGES_MIN // 16

    def note_save(self) -> None:
        """Note that the books as they are now are on disk."""
        self.saved = Place(self.page_number, self.record_count)

    def advance(self, page: Page) -> None:
        """Note that a page was made durable."""
        self.page_number = page.number
        self.record_count += len(page.records)
        self.last_time = page.time_ns
        if "lists" in page.documents:
            about = json.loads(page.documents["lists"])
            self.list_set, self.screening_rules = str(about["list_set"]), str(about.get("rules", ""))
        if "list_change" in page.documents:
            self._change_lists(json.loads(page.documents["list_change"]))
        if "pair" in page.documents:
            pair = Pair(**json.loads(page.documents["pair"]))
            self.pairs[pair.number] = pair

    def _change_lists(self, change: dict[str, dict[str, Any]]) -> None:
        for list_id, said in change.items():
            entries = self.listed.setdefault(list_id, {})
            entries.update(said["set"])
            for entry_id in said["removed"]:
                entries.pop(entry_id, None)


def replay(state: HouseState, page: Page) -> None:
    """Apply one page that is on record.

    Raises
    ------
    BrokenInvariantError
        If the page does not follow the last one, or the records come out differently.
    """
    if page.number != state.page_number + 1 or page.first_instruction != state.books.next_number:
        raise BrokenInvariantError(f"page {page.number} does not follow page {state.page_number}")
    if not are_same_rows(decide_again(state, page), page.records):
        raise BrokenInvariantError(
            f"page {page.number}: its instructions decided again give other records than it holds"
        )
    state.advance(page)


def recover_state(pages: Pages) -> HouseState:
    """Read the books back: the checkpoint, then the pages after it."""
    state = restore_state(pages.read_checkpoint())
    state.note_save()
    for page in _read_ahead(pages.pages_after(state.page_number)):
        replay(state, page)
    return state


def _read_ahead(bodies: Iterator[tuple[int, bytes]]) -> Iterator[Page]:
    """Yield pages in order; while one is decided another thread decodes the next."""
    waiting: deque[Future[Page]] = deque()
    with ThreadPoolExecutor(1, "setfair-reading") as pool:
        for _, body in bodies:
            waiting.append(pool.submit(page_from_bytes, body, texts=False))
            if len(waiting) > READ_AHEAD_PAGES:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def decide_again(state: HouseState, page: Page) -> Array:
    """Decide the instructions of a page on the books before it, which change; return the records."""
    terms = None
    if "agreement" in page.documents:
        terms = state.directory.adopt(read_agreement(page.documents["agreement"]))
    if "parties" in page.documents:
        state.directory.set_parties(json.loads(page.documents["parties"]))
    accounts = state.directory.accounts_for(page.instructions[0])
    try:
        check_agreed(state.directory.agreement, page.documents, page.time_ns)
    except SetfairError as error:
        raise BrokenInvariantError(f"page {page.number}: {error}") from error
    said = said_beside(page.documents, state.directory)
    return decide(state.books, page.instructions, page.time_ns, terms, accounts, **said).records


def said_beside(documents: Mapping[str, bytes], directory: Directory) -> dict[str, Any]:
    """Return what a page says beyond its instructions, as `decide` takes it."""
    kinds = {
        "leg_terms": (LEGS_DOCUMENT, LEG_TERMS),
        "times": (TIMES_DOCUMENT, TIMES),
        "searched": (OFFSETTING_DOCUMENT, np.dtype("<i8")),
    }
    said: dict[str, Any] = {
        name: np.frombuffer(documents[document], dtype).copy()
        for name, (document, dtype) in kinds.items()
        if document in documents
    }
    terms = cycle_terms_of(documents)
    if MONEY_DOCUMENT in documents:
        terms = replace(terms, money=money_terms(documents[MONEY_DOCUMENT], directory))
    return said | {"cycle_terms": terms}


def state_pieces(state: HouseState) -> Iterator[bytes]:
    """Write the state as a checkpoint, piece by piece."""
    directory = state.directory
    about = {
        "list_set": state.list_set,
        "screening_rules": state.screening_rules,
        "listed": state.listed,
        "pairs": [pair.plain() for pair in state.pairs.values()],
        "record_count": state.record_count,
        "last_time": state.last_time,
        "participants": directory.participants,
        "accounts": directory.accounts,
        "officers": directory.officers,
        "users": directory.users,
    }
    parties = [[number, *data] for number, data in enumerate(directory.party_data)]
    documents = {
        "about": json.dumps(about, ensure_ascii=False).encode(),
        "parties": json.dumps(parties, ensure_ascii=False).encode(),
    }
    if directory.agreement is not None:
        documents["agreement"] = canonical_bytes(directory.agreement)
    return pieces_of(state.page_number, state.books.snapshot(), documents)


def restore_state(checkpoint: tuple[int, Iterable[bytes]] | None, room: Room = MEMORY) -> HouseState:
    """Read a checkpoint; without one, or with a damaged one, start from nothing."""
    dtypes = {name: array.dtype for name, array in Books().snapshot().items()}

    def allocate(name: str, rows: int) -> Any:
        return restored_array(name, rows, dtypes[name], room)

    found = state_from_pieces(checkpoint[1], dtypes, allocate) if checkpoint is not None else None
    if found is None:
        return HouseState(Books(room=room))
    page_number, arrays, documents = found
    about = json.loads(documents["about"])
    directory = Directory()
    directory.participants = list(about["participants"])
    directory.accounts = [AccountName(*each) for each in about["accounts"]]
    directory.officers = list(about["officers"])
    directory.users = list(about["users"])
    directory.set_parties(json.loads(documents["parties"]))
    if "agreement" in documents:
        directory.adopt(read_agreement(documents["agreement"]))
    books = Books.restore(arrays, room)
    check_books(books)
    return HouseState(
        books,
        directory,
        about["list_set"],
        about["screening_rules"],
        about["listed"],
        {pair["number"]: Pair(**pair) for pair in about["pairs"]},
        page_number,
        about["record_count"],
        about["last_time"],
    )


def check_adoption(state: HouseState, agreement: Agreement, signatures: Sequence[AgreementSignature]) -> None:
    """Check that a version of the agreement can follow the one in force: rule 3.

    Raises
    ------
    AgreementError
        Naming each problem and what to do about it.
    """
    current = state.directory.agreement
    if current is None:
        return
    header, before = agreement.agreement, current.agreement
    if header.id != before.id:
        raise AgreementError(f"agreement {header.id} is another house's: this one's is {before.id}")
    if header.version <= before.version:
        raise AgreementError(
            f"version {header.version} is not newer than version {before.version}, which is in force"
        )
    missing = missing_consent(agreement, signatures, current)
    if missing:
        raise AgreementError(
            f"version {header.version} lacks the consent of {', '.join(missing)}: all who signed version "
            f"{before.version} sign the next one too, with the keys they had "
            "(`setfair agreement sign --before` for who leaves or gets another key)"
        )
    problems = (*_dropped_while_open(state, current, agreement), *_overdrawn(state, agreement))
    if problems:
        raise AgreementError(f"version {header.version} does not fit the books as they are", problems)


def _dropped_while_open(state: HouseState, current: Agreement, agreement: Agreement) -> list[str]:
    kept = {rules.code for rules in agreement.currencies}
    return [
        f"{rules.code}: its day is not closed; close it before a version that drops the currency"
        for rules in current.currencies
        if rules.code not in kept and state.books.phases[currency_number(rules.code)] != Phase.CLOSED
    ]


def _overdrawn(state: HouseState, agreement: Agreement) -> list[str]:
    agreed = {
        AccountName(row.participant_id, row.currency, row.sub_account): row
        for row in agreement.settlement_accounts()
    }
    problems = []
    for place, key in enumerate(state.directory.accounts):
        account = agreed.get(key)
        balance = int(state.books.accounts[place]["balance"])
        if key.sub_account and balance and account is None:
            problems.append(f"{key.label}: money is set aside on it; give it back before it is left out")
        line = account.credit_line_minor if account is not None else 0
        if line == state.books.agreed["credit_line"][place]:
            line = int(state.books.accounts["credit_line"][place])  # what this version does not change stays
        if balance < -line and not (account is not None and account.is_settlement_agent):
            found = find_currency(key[1])
            amount = format_amount(balance, found.decimals if found is not None else 0)
            problems.append(
                f"{key[0]} {key[1]}: the balance is {amount}, below the credit line of this version; "
                "fund the account first, or keep the line"
            )
    return problems
