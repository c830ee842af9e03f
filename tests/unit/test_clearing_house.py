"""The one way in: all or nothing, what is repeated, the clock, phases, lists, checkpoints."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from setfair.clearing_house import ClearingHouse
from setfair.domain.codes import PHASE_MOVES, InstructionKind, Phase, Reason, Status
from setfair.domain.instants import to_instant
from setfair.domain.instruction import Family
from setfair.errors import (
    BrokenInvariantError,
    HouseError,
    PhaseError,
    ScreeningUnavailableError,
    StoreError,
)
from setfair.house_state import SAVE_PAGES_MIN
from setfair.journal.page import page_from_bytes
from setfair.screening.in_force import FileLists
from setfair.store.memory import MemoryStore
from setfair.store.protocol import StoredPage
from tests.houses import (
    DAY,
    REMEMBER_FROM,
    adopt_text,
    balances_of,
    batch_of,
    funding,
    lists_in,
    obligation,
    obligations,
    open_clearing_house,
    payment,
    payments,
    ticking_clock,
    usual_agreement,
)
from tests.screening.samples import write_un_xml


class FailingStore(MemoryStore):
    """A store whose disk can be full: appending and checkpoints fail while `full`."""

    def __init__(self) -> None:
        super().__init__()
        self.full = False

    def append(self, *pages: StoredPage) -> None:
        """Append pages, or say that there is no room."""
        if self.full:
            raise StoreError(f"page {pages[0].meta.number} could not be written: no room")
        super().append(*pages)

    def write_checkpoint(self, page_number: int, pieces: Iterable[bytes]) -> None:
        """Keep a checkpoint, or say that there is no room."""
        if self.full:
            raise StoreError("the checkpoint was not written: no room")
        super().write_checkpoint(page_number, pieces)


@pytest.fixture
def store() -> FailingStore:
    """An empty store."""
    return FailingStore()


@pytest.fixture
def house(lists: FileLists, store: FailingStore) -> ClearingHouse:
    """A house with both days open and money in two accounts."""
    opened = open_clearing_house(lists, store)
    opened.submit(payments(funding(900, "KE01", 1_000_000), funding(901, "UG01", 500_000)))
    return opened


def seen(house: ClearingHouse) -> dict[str, Any]:
    """Return all that a house knows, to compare before and after."""
    state = house.state
    return {
        "books": {name: array.tobytes() for name, array in state.books.snapshot().items()},
        "parties": list(state.directory.party_data),
        "accounts": list(state.directory.accounts),
        "officers": list(state.directory.officers),
        "version": state.directory.agreement and state.directory.agreement.agreement.version,
        "place": (state.page_number, state.record_count, state.last_time, state.list_set),
    }


def statuses(house: ClearingHouse, *rows: dict[str, object]) -> list[Status]:
    """Submit payments and return their statuses."""
    return [Status(int(code)) for code in house.submit(payments(*rows)).rows["status"]]


# All or nothing.

NEW_VERSION = usual_agreement(
    version="2", currencies=("KES", "UGX", "TZS"), banks=("KE01", "UG01", "TN01", "RW01")
)
CHANGES: dict[str, Callable[[ClearingHouse], object]] = {
    "payments": lambda house: house.submit(
        payments(payment(1, "KE01", "UG01", 5), payment(2, "UG01", "KE01", 7))
    ),
    "obligations": lambda house: house.submit(obligations(obligation("I", "new", "other", 5))),
    "a party": lambda house: house.submit(
        batch_of(Family.PARTY, [{"party_id": "X1", "name": "Firm X", "country": "KE", "participant": "KE01"}])
    ),
    "an agreement": lambda house: adopt_text(house, NEW_VERSION),
    "a phase": lambda house: house.change_phase("KES", Phase.CUSTOMER_CUTOFF),
    "a cycle": lambda house: house.run_cycle("KES", DAY),
    "a decision": lambda house: house.decide_held(1, "amara", "seen the passport", release=True),
}


@pytest.mark.parametrize("what", CHANGES)
def test_nothing_happened_when_the_store_fails(house: ClearingHouse, store: FailingStore, what: str) -> None:
    """The books in memory are those before it, down to the byte, and the same works once there is room."""
    before = seen(house)
    store.full = True
    with pytest.raises(StoreError, match="no room"):
        CHANGES[what](house)
    assert seen(house) == before
    assert len(list(store.pages_after(0))) == house.state.page_number
    store.full = False
    CHANGES[what](house)
    assert house.state.page_number == before["place"][0] + 1
    assert seen(ClearingHouse(store, FileLists(Path()), ticking_clock())) == seen(house)


def test_a_page_is_durable_before_it_is_told_of(house: ClearingHouse, store: FailingStore) -> None:
    """Who listens hears of a page when the store has it, and hears of none that failed."""
    heard: list[tuple[int, int]] = []
    house.journal.on_page = lambda page: heard.append((page.number, store.last_page().number))  # type: ignore[union-attr]
    house.submit(payments(payment(1, "KE01", "UG01", 5)))
    store.full = True
    with pytest.raises(StoreError):
        house.submit(payments(payment(2, "KE01", "UG01", 5)))
    assert heard == [(house.state.page_number, house.state.page_number)]


def test_a_listener_that_fails_leaves_the_books_at_the_page(house: ClearingHouse) -> None:
    """The page is on record although the caller got an error: the same batch is answered as a repetition."""

    def fail(page: object) -> None:
        raise StoreError("the tables could not be written")

    house.journal.on_page = fail
    with pytest.raises(StoreError, match="the tables"):
        house.submit(payments(payment(1, "KE01", "UG01", 5)))
    house.journal.on_page = None
    outcome = house.submit(payments(payment(1, "KE01", "UG01", 5)))
    assert outcome.page is None
    assert outcome.rows["repeated"].tolist() == [1]
    assert balances_of(house)["KE01", "KES"] == 1_000_000 - 5


def test_a_broken_invariant_keeps_the_evidence(house: ClearingHouse, store: FailingStore) -> None:
    """Money out of nothing stops the house before a page is written, and the books stay as they are."""
    house.state.books.accounts["balance"][1] += 1
    before = len(list(store.pages_after(0)))
    with pytest.raises(BrokenInvariantError, match="sum to 1, not to zero"):
        house.submit(payments(payment(1, "KE01", "UG01", 5)))
    assert len(list(store.pages_after(0))) == before
    assert int(house.state.books.accounts["balance"].sum()) == 1


# Repeated submissions.


def test_the_same_batch_twice_is_answered_and_nothing_is_written(house: ClearingHouse) -> None:
    """The outcomes are those of the first time, and there is no page."""
    batch = payments(
        payment(1, "KE01", "UG01", 5), payment(2, "UG01", "KE01", 7), payment(3, "KE01", "NOBODY", 1)
    )
    first = house.submit(batch)
    before = seen(house)
    again = house.submit(batch)
    assert again.page is None
    assert again.rows["repeated"].tolist() == [1, 1, 1]
    for name in ("number", "status", "reason"):
        assert again.rows[name].tolist() == first.rows[name].tolist()
    assert seen(house) == before


def test_a_batch_that_is_partly_known_has_only_the_rest_in_its_page(house: ClearingHouse) -> None:
    """Instructions and texts of what is new; what is known is answered."""
    house.submit(payments(payment(1, "KE01", "UG01", 5)))
    outcome = house.submit(payments(payment(1, "KE01", "UG01", 5), payment(2, "KE01", "UG01", 6)))
    assert outcome.page is not None
    assert outcome.rows["repeated"].tolist() == [1, 0]
    assert outcome.page.instructions["amount"].tolist() == [6]
    assert outcome.page.texts["instruction_id"].to_pylist() == ["P2"]


def test_the_same_identity_with_another_amount_is_a_duplicate(house: ClearingHouse) -> None:
    """AM05; the first stays as it was, and the other one's repetition is answered too."""
    house.submit(payments(payment(1, "KE01", "UG01", 5)))
    for page_expected in (True, False):
        outcome = house.submit(payments(payment(1, "KE01", "UG01", 6)))
        assert Reason(int(outcome.rows[0]["reason"])) is Reason.DUPLICATE
        assert (outcome.page is not None) is page_expected
    assert balances_of(house)["UG01", "KES"] == 500_005


def test_repeated_obligations_leave_no_party_behind_that_no_page_names(
    lists: FileLists, store: FailingStore
) -> None:
    """A row whose currency came into the agreement later names no party when it is only repeated."""
    house = open_clearing_house(lists, store)
    batch = obligations(obligation("I-1", "A", "B", 5, currency="TZS"))
    assert house.submit(batch).rows["status"].tolist() == [Status.RJCT]
    adopt_text(house, usual_agreement(version="2", currencies=("KES", "UGX", "TZS")))
    assert house.submit(batch).page is None
    assert house.state.directory.parties == {}
    house.submit(obligations(obligation("I-2", "C", "D", 5)))
    again = ClearingHouse(store, lists, ticking_clock())
    assert again.state.directory.parties == house.state.directory.parties == {"C": 0, "D": 1}


# The clock.


class SetClock:
    """A clock that shows what it is set to."""

    def __init__(self, hour: int, minute: int = 0) -> None:
        self.set(hour, minute)

    def set(self, hour: int, minute: int = 0, second: int = 0) -> None:
        """Set it to a time of the day."""
        self.now = to_instant(datetime(2026, 1, 5, hour, minute, second, tzinfo=UTC))

    def __call__(self) -> int:
        return self.now


def test_a_clock_set_back_is_refused(lists: FileLists) -> None:
    """More than ten minutes behind the last page nothing goes on; within them time stands still."""
    clock = SetClock(9)
    house = ClearingHouse(MemoryStore(), lists, clock)
    adopt_text(house, usual_agreement())
    last = house.state.last_time
    clock.set(8, 50)
    assert house.open_day("KES", DAY, REMEMBER_FROM).page.time_ns == last  # type: ignore[union-attr]
    clock.set(8, 49, 59)
    before = seen(house)
    with pytest.raises(
        HouseError, match=r"the clock says 2026-01-05T08:49:59.*2026-01-05T09:00:00.*set the clock right"
    ):
        house.submit(payments(funding(1, "KE01", 5)))
    assert seen(house) == before
    clock.set(9, 1)
    assert house.submit(payments(funding(1, "KE01", 5))).page.time_ns == clock.now  # type: ignore[union-attr]


def test_today_is_the_houses_own(lists: FileLists) -> None:
    """Late in the evening of UTC it is the next day in Nairobi."""
    clock = SetClock(21, 30)
    house = ClearingHouse(MemoryStore(), lists, clock)
    adopt_text(house, usual_agreement())
    assert house.today() == date(2026, 1, 6)


# Phases.

NEXT_DAY = date(2026, 1, 6)
ALL_MOVES = [(before, after) for before in Phase for after in Phase]
WAY_TO = {
    Phase.CLOSED: (Phase.OPEN, Phase.INTERBANK_CUTOFF, Phase.CLOSED),
    Phase.OPEN: (Phase.OPEN,),
    Phase.CUSTOMER_CUTOFF: (Phase.OPEN, Phase.CUSTOMER_CUTOFF),
    Phase.INTERBANK_CUTOFF: (Phase.OPEN, Phase.INTERBANK_CUTOFF),
}


@pytest.mark.parametrize(("before", "after"), ALL_MOVES, ids=lambda phase: phase.name)
def test_only_the_moves_of_the_table_are_allowed(lists: FileLists, before: Phase, after: Phase) -> None:
    """Every pair of phases: allowed, or refused with what is allowed instead and no page."""
    house = ClearingHouse(MemoryStore(), lists, ticking_clock())
    adopt_text(house, usual_agreement())
    for phase in WAY_TO[before]:
        if phase is Phase.OPEN:
            house.open_day("KES", DAY, REMEMBER_FROM)
        else:
            house.change_phase("KES", phase)
    pages = house.state.page_number

    def move() -> object:
        if after is Phase.OPEN:
            return house.open_day("KES", NEXT_DAY if before is Phase.CLOSED else DAY, REMEMBER_FROM)
        return house.change_phase("KES", after)

    if after in PHASE_MOVES[before]:
        move()
        assert house.state.books.phases[404] == after
    else:
        with pytest.raises(PhaseError, match=rf"KES is {before.name}: .*, not to {after.name}"):
            move()
        assert house.state.page_number == pages


def test_a_day_opens_once_and_none_before_it(lists: FileLists) -> None:
    """Business days go forward; days that are none are refused by the calendar."""
    house = ClearingHouse(MemoryStore(), lists, ticking_clock())
    adopt_text(house, usual_agreement())
    house.open_day("KES", NEXT_DAY, REMEMBER_FROM)
    house.change_phase("KES", Phase.INTERBANK_CUTOFF)
    house.change_phase("KES", Phase.CLOSED)
    for day in (DAY, NEXT_DAY):
        with pytest.raises(PhaseError, match=f"KES was open on {day}, or on a later day, already"):
            house.open_day("KES", day, REMEMBER_FROM)
    with pytest.raises(PhaseError, match="2026-01-10 is no business day of KES"):
        house.open_day("KES", date(2026, 1, 10), REMEMBER_FROM)


@pytest.mark.parametrize("code", ["TZS", "XXX", "", "kes"])
def test_a_currency_that_the_house_does_not_have(house: ClearingHouse, code: str) -> None:
    """Commands name the currency that is wrong."""
    with pytest.raises(HouseError, match=f"^{code} is not a currency of the agreement"):
        house.change_phase(code, Phase.CUSTOMER_CUTOFF)
    with pytest.raises(HouseError, match="is not a currency"):
        house.run_cycle(code, DAY)


def test_without_an_agreement_nothing_goes(lists: FileLists) -> None:
    """Every way in says what to do first."""
    house = ClearingHouse(MemoryStore(), lists, ticking_clock())
    calls: list[Callable[[], object]] = [
        lambda: house.submit(payments(payment(1, "A", "B", 1))),
        lambda: house.open_day("KES", DAY, REMEMBER_FROM),
        lambda: house.run_cycle("KES", DAY),
        lambda: house.decide_held(1, "amara", "why", release=True),
        house.today,
    ]
    for call in calls:
        with pytest.raises(HouseError, match="no agreement is in force yet: adopt one first"):
            call()
    assert house.state.page_number == 0


# Lists.


@pytest.fixture
def own_lists(tmp_path: Path) -> tuple[Path, FileLists]:
    """A list file that a test may change, and the gate over it."""
    return tmp_path / "lists" / "un.xml", lists_in(tmp_path)


def test_a_new_version_of_the_lists_goes_on_record_once(own_lists: tuple[Path, FileLists]) -> None:
    """A page of its own before the batch that is screened with it."""
    path, lists = own_lists
    store = MemoryStore()
    house = open_clearing_house(lists, store)
    house.submit(payments(funding(1, "KE01", 5)))
    write_un_xml(path, entries=700, published=date(2026, 1, 5))
    for number in (2, 3):
        house.submit(payments(funding(number, "KE01", 5)))
    found = [page_from_bytes(body) for _, body in store.pages_after(0)]
    kinds = [InstructionKind(int(page.instructions[0]["kind"])).name for page in found]
    assert kinds == [
        "ADOPTION",
        "LIST_ADOPTION",
        "PHASE_CHANGE",
        "PHASE_CHANGE",
        "LIQUIDITY_TRANSFER",
        "LIST_ADOPTION",
        "LIQUIDITY_TRANSFER",
        "LIQUIDITY_TRANSFER",
    ]
    entries = [json.loads(page.documents["lists"])["sources"][0]["entries"] for page in (found[1], found[5])]
    assert entries == [600, 700]


def test_without_lists_nothing_settles_and_nothing_is_written(own_lists: tuple[Path, FileLists]) -> None:
    """Missing, too short, stale: all stops but the cut-off and the close."""
    path, lists = own_lists
    house = open_clearing_house(lists)
    house.submit(payments(funding(1, "KE01", 5)))
    before = seen(house)
    for spoil, said in (
        (path.unlink, "UN"),
        (lambda: write_un_xml(path, entries=499, published=DAY), "499 entries, at least 500 are expected"),
        (
            lambda: write_un_xml(path, published=date(2025, 12, 28)),
            "8 days before the business day",
        ),
    ):
        spoil()
        calls: list[Callable[[], object]] = [
            lambda: house.submit(payments(payment(2, "KE01", "UG01", 1))),
            lambda: house.submit(obligations(obligation("I", "A", "B", 5))),
            lambda: house.run_cycle("KES", DAY),
            lambda: house.decide_held(1, "amara", "why", release=True),
            lambda: adopt_text(house, usual_agreement(version="2")),
        ]
        for call in calls:
            with pytest.raises(ScreeningUnavailableError, match=said):
                call()
        assert seen(house) == before
    house.change_phase("KES", Phase.INTERBANK_CUTOFF)
    house.change_phase("KES", Phase.CLOSED)
    with pytest.raises(ScreeningUnavailableError):
        house.open_day("KES", NEXT_DAY, REMEMBER_FROM)


# Checkpoints.


def test_a_checkpoint_is_written_every_so_many_pages(lists: FileLists, store: FailingStore) -> None:
    """Without being asked for, and what is read back from it is the same."""
    house = open_clearing_house(lists, store)
    while house.state.page_number < SAVE_PAGES_MIN:
        house.submit(payments(funding(house.state.page_number, "KE01", 1)))
    checkpoint = store.read_checkpoint()
    assert checkpoint is not None
    assert checkpoint[0] == SAVE_PAGES_MIN
    house.submit(payments(funding(10_000, "KE01", 1)))
    assert seen(ClearingHouse(store, lists, ticking_clock())) == seen(house)


def test_a_checkpoint_is_left_out_where_it_saves_nothing(house: ClearingHouse, store: FailingStore) -> None:
    """After few pages none is written at the end."""
    house.checkpoint_if_worthwhile()
    assert store.read_checkpoint() is None
    for number in range(1, 40):
        house.submit(payments(payment(number, "KE01", "UG01", 1)))
    house.checkpoint_if_worthwhile()
    assert store.read_checkpoint() is not None
