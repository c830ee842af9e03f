"""Links in a house: matched from two sides, all or none, held as one, expired, cancelled by both, audited."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest

from setfair.audit.audit import fresh_audit, run_audit
from setfair.clearing_house import ClearingHouse
from setfair.domain.codes import InstructionKind, Phase, Reason, Status
from setfair.domain.instants import to_instant
from setfair.engine.invariants import check_books
from setfair.errors import BrokenInvariantError
from setfair.explain.queued import explain_queued
from setfair.explain.waiting import Waiting, waiting_payments
from setfair.house import House, open_house
from setfair.store.memory import MemoryStore
from setfair.tables import open_tables
from tests.houses import (
    balances_of,
    funding,
    lists_in,
    make_house,
    open_clearing_house,
    payment,
    payments,
    table_rows,
    ticking_clock,
)
from tests.screening.samples import invented_name

LATE = to_instant(datetime(2026, 1, 5, 6, 30, tzinfo=UTC))


def kes_leg(number: int = 11, amount: int = 40_000, **changes: object) -> dict[str, object]:
    """KE01 pays KES to UG01, against UGX."""
    said = {"link": "FX-1", "link_legs": 2, "against_currency": "UGX", "against_amount_minor": 900}
    return payment(number, "KE01", "UG01", amount, **{**said, **changes})


def ugx_leg(number: int = 12, amount: int = 900, **changes: object) -> dict[str, object]:
    """UG01 pays UGX to KE01, against KES."""
    said = {"link": "FX-1", "link_legs": 2, "against_currency": "KES", "against_amount_minor": 40_000}
    return payment(number, "UG01", "KE01", amount, **{"currency": "UGX", **said, **changes})


@pytest.fixture
def house(tmp_path: Path) -> ClearingHouse:
    """A house without money."""
    return open_clearing_house(lists_in(tmp_path))


def outcome(house: ClearingHouse, *rows: dict[str, object]) -> list[tuple[Status, Reason]]:
    """Submit rows and return what became of each."""
    found = house.submit(payments(*rows)).rows
    return [(Status(int(row["status"])), Reason(int(row["reason"]))) for row in found]


def standing(house: ClearingHouse, *numbers: int) -> list[Status]:
    """Return the present status of payments that `tests.houses.payment` numbered so."""
    books = house.state.books
    found = []
    for number in numbers:
        is_it = books.identities["low"][: books.payment_count] == number
        found.append(Status(int(books.payments["status"][int(np.flatnonzero(is_it)[0])])))
    return found


def cancellation(number: int, asking: str, original: int) -> dict[str, object]:
    """Return a request to cancel a payment."""
    about = {"original_uetr": UUID(int=original).bytes, "instructing_agent": asking}
    return payment(number, asking, "", 0, kind=InstructionKind.CANCELLATION, **about)


def test_two_sides_match_and_settle_together(house: ClearingHouse) -> None:
    """The first leg waits for the other; then both settle, whatever each side has of its own currency."""
    outcome(house, funding(1, "KE01", 40_000), funding(2, "UG01", 900, "UGX"))
    assert outcome(house, kes_leg()) == [(Status.PDNG, Reason.LINK_INCOMPLETE)]
    assert outcome(house, ugx_leg()) == [(Status.ACSC, Reason.NONE)]
    assert standing(house, 11, 12) == [Status.ACSC, Status.ACSC]
    balances = balances_of(house)
    assert (balances["UG01", "KES"], balances["KE01", "UGX"]) == (40_000, 900)


def test_a_link_can_be_sent_whole(house: ClearingHouse) -> None:
    """Both legs in one batch."""
    outcome(house, funding(1, "KE01", 40_000), funding(2, "UG01", 900, "UGX"))
    assert outcome(house, kes_leg(), ugx_leg()) == [(Status.ACSC, Reason.NONE)] * 2


def test_a_credit_releases_the_whole_link(house: ClearingHouse) -> None:
    """A matched link waits in both queues until the last of the money is there."""
    ours = kes_leg(amount=100_005, against_amount_minor=1_009)
    theirs = ugx_leg(amount=1_009, against_amount_minor=100_005)
    assert outcome(house, ours, theirs) == [(Status.ACSP, Reason.INSUFFICIENT_FUNDS)] * 2
    outcome(house, funding(1, "KE01", 5))
    assert standing(house, 11, 12) == [Status.ACSP, Status.ACSP]
    outcome(house, funding(2, "UG01", 9, "UGX"))
    assert standing(house, 11, 12) == [Status.ACSC, Status.ACSC]


@pytest.mark.parametrize(
    "other",
    [
        {"amount": 899},
        {"against_amount_minor": 39_999},
        {"against_currency": "UGX", "against_amount_minor": 40_000},
        {"until_ns": LATE},
    ],
)
def test_terms_that_differ_are_rejected(house: ClearingHouse, other: dict[str, object]) -> None:
    """The leg whose terms differ is rejected, and the right one still matches."""
    outcome(house, kes_leg())
    assert outcome(house, ugx_leg(**other)) == [(Status.RJCT, Reason.LINK_TERMS_DIFFER)]
    outcome(house, funding(1, "KE01", 40_000), funding(2, "UG01", 900, "UGX"))
    assert outcome(house, ugx_leg(13)) == [(Status.ACSC, Reason.NONE)]


def test_nobody_else_comes_in_between(house: ClearingHouse) -> None:
    """A leg between other participants under the same reference is of another link."""
    outcome(house, kes_leg())
    assert outcome(house, payment(13, "TN01", "UG01", 1, link="FX-1", link_legs=2)) == [
        (Status.PDNG, Reason.LINK_INCOMPLETE)
    ]
    assert house.state.books.link_count == 2


def test_a_reference_that_is_used_up_is_refused(house: ClearingHouse) -> None:
    """What is settled takes no more legs."""
    outcome(house, funding(1, "KE01", 40_000), funding(2, "UG01", 900, "UGX"), kes_leg(), ugx_leg())
    assert outcome(house, kes_leg(21)) == [(Status.RJCT, Reason.LINK_CLOSED)]


def test_a_held_leg_holds_the_link(house: ClearingHouse) -> None:
    """Nothing settles while screening holds a leg; two people release it; a refusal ends the link."""
    outcome(house, funding(1, "KE01", 80_000), funding(2, "UG01", 1800, "UGX"))
    held = house.submit(payments(kes_leg(), ugx_leg(creditor_name=invented_name(3))))
    assert held.rows["status"].tolist() == [Status.PDNG, Status.PDNG]
    number = int(held.rows[1]["number"])
    house.decide_held(number, "amara", "another person", release=True)
    assert standing(house, 11, 12) == [Status.PDNG, Status.PDNG]
    house.decide_held(number, "bela", "another person", release=True)
    assert standing(house, 11, 12) == [Status.ACSC, Status.ACSC]
    again = house.submit(
        payments(kes_leg(21, link="FX-2"), ugx_leg(22, link="FX-2", creditor_name=invented_name(3)))
    )
    number = int(again.rows[1]["number"])
    house.decide_held(number, "amara", "it is them", release=False)
    house.decide_held(number, "bela", "it is them", release=False)
    assert standing(house, 21, 22) == [Status.RJCT, Status.RJCT]


def test_a_link_expires_at_its_time(tmp_path: Path) -> None:
    """What waits at its latest time is rejected before anything else is taken in."""
    house = open_clearing_house(lists_in(tmp_path))
    outcome(house, kes_leg(amount=500_000, against_amount_minor=900, until_ns=LATE))
    house._clock = ticking_clock(datetime(2026, 1, 5, 6, 29, tzinfo=UTC))
    assert house.expire_due() is None
    house._clock = ticking_clock(datetime(2026, 1, 5, 6, 30, tzinfo=UTC))
    outcome(house, funding(1, "KE01", 1))
    assert standing(house, 11) == [Status.RJCT]
    assert outcome(house, ugx_leg(against_amount_minor=500_000, until_ns=LATE)) == [
        (Status.RJCT, Reason.EXPIRED)
    ]


def test_a_matched_link_is_cancelled_by_both(house: ClearingHouse) -> None:
    """One request waits for the other; an unmatched leg is taken back by its sender alone."""
    outcome(house, kes_leg(amount=500_000), ugx_leg(against_amount_minor=500_000))
    assert outcome(house, cancellation(31, "KE01", 11)) == [(Status.PDNG, Reason.LINK_SHARED)]
    assert standing(house, 11, 12) == [Status.ACSP, Status.ACSP]
    assert outcome(house, cancellation(32, "UG01", 12)) == [(Status.ACSC, Reason.NONE)]
    assert standing(house, 11, 12, 31) == [Status.CANC, Status.CANC, Status.ACSC]
    outcome(house, kes_leg(13, link="FX-2"))
    assert outcome(house, cancellation(33, "KE01", 13)) == [(Status.ACSC, Reason.NONE)]
    assert standing(house, 13) == [Status.CANC]


def test_the_cutoff_of_one_currency_ends_the_link(house: ClearingHouse) -> None:
    """A leg that is rejected at its cut-off takes the others with it."""
    outcome(house, kes_leg(amount=500_000), ugx_leg(against_amount_minor=500_000))
    house.change_phase("UGX", Phase.INTERBANK_CUTOFF)
    assert standing(house, 11, 12) == [Status.RJCT, Status.RJCT]


def test_a_return_is_no_leg(house: ClearingHouse) -> None:
    """Only customer and institution payments can be legs."""
    row = funding(1, "KE01", 5) | {"link": "X", "link_legs": 2}
    assert outcome(house, row) == [(Status.RJCT, Reason.LINK_INVALID)]


def test_books_come_back_from_pages_and_from_a_checkpoint(tmp_path: Path) -> None:
    """A link that waits is the same after a restart, with and without a checkpoint, and settles then."""
    store = MemoryStore()
    house = open_clearing_house(lists_in(tmp_path), store)
    outcome(house, kes_leg())
    for use_checkpoint in (False, True):
        if use_checkpoint:
            house.checkpoint()
        house = ClearingHouse(store, lists_in(tmp_path), ticking_clock(datetime(2026, 1, 5, 7, tzinfo=UTC)))
        assert standing(house, 11) == [Status.PDNG]
    outcome(house, funding(1, "KE01", 40_000), funding(2, "UG01", 900, "UGX"))
    assert outcome(house, ugx_leg()) == [(Status.ACSC, Reason.NONE)]


def test_half_a_link_stops_the_house(house: ClearingHouse) -> None:
    """Books in which one leg is settled and the other is not are broken."""
    outcome(house, funding(1, "KE01", 40_000), funding(2, "UG01", 900, "UGX"), kes_leg(), ugx_leg())
    books = house.state.books
    books.payments["status"][books.payment_count - 1] = Status.RJCT
    with pytest.raises(BrokenInvariantError, match="1 of 2 legs are settled"):
        check_books(books)


def play(house: House) -> None:
    """Let links settle, wait, expire and be refused."""
    way_in = house.clearing_house
    for currency in ("KES", "UGX"):
        way_in.open_day(
            currency, datetime(2026, 1, 5, tzinfo=UTC).date(), datetime(2025, 12, 20, tzinfo=UTC).date()
        )
    way_in.submit(payments(funding(1, "KE01", 40_000), funding(2, "UG01", 900, "UGX")))
    way_in.submit(payments(kes_leg(), ugx_leg()))
    way_in.submit(
        payments(kes_leg(21, 500_000, link="FX-2"), kes_leg(22, link="FX-3"), kes_leg(23, link="FX-1"))
    )
    # The first leg repeats what is on record: it is not in the page, and its terms are.
    way_in.submit(payments(kes_leg(), ugx_leg(24, link="FX-2", against_amount_minor=500_000)))
    way_in.submit(payments(kes_leg(25, link="FX-4", until_ns=LATE)))
    way_in._clock = ticking_clock(datetime(2026, 1, 5, 6, 45, tzinfo=UTC))
    way_in.expire_due()


def test_tables_tell_links_and_what_they_need(tmp_path: Path) -> None:
    """Views show legs, states and pay-in; rebuilt tables are the same; the audit finds nothing."""
    folder = make_house(tmp_path)
    with open_house(folder, ticking_clock()) as house:
        play(house)
        states = {row["link"]: (row["state"], row["present"]) for row in house.query("SELECT * FROM link")}
        assert states == {
            "FX-1": ("settled", 2),
            "FX-2": ("matched", 2),
            "FX-3": ("pending", 1),
            "FX-4": ("expired", 0),
        }
        needs = house.query(
            "SELECT participant, currency, pay_in_minor, lacks_minor FROM pay_in ORDER BY 1, 2"
        )
        assert needs == [
            {"participant": "KE01", "currency": "KES", "pay_in_minor": 500_000, "lacks_minor": 400_000},
            {"participant": "KE01", "currency": "UGX", "pay_in_minor": 0, "lacks_minor": 0},
            {"participant": "UG01", "currency": "KES", "pay_in_minor": 0, "lacks_minor": 0},
            {"participant": "UG01", "currency": "UGX", "pay_in_minor": 900, "lacks_minor": 0},
        ]
        kinds = house.query("SELECT kind, count(*) AS found FROM record GROUP BY kind")
        found = {str(row["kind"]): row["found"] for row in kinds}
        assert (found["LINK_MATCHED"], found["EXPIRY_RUN"]) == (2, 1)
        before = table_rows(house)
        house.rebuild()
        assert table_rows(house) == before
    with open_tables(folder) as tables:
        audited, key = fresh_audit(), (folder / "keys" / "house.pub").read_text(encoding="utf-8")
        run_audit(audited, tables.connection, key, lambda page: None)
    assert audited.finding is None


def test_what_waits_says_when_its_link_is_over(house: ClearingHouse) -> None:
    """A queued leg, and the other legs of it, have the latest time of their link."""
    until = {"until_ns": LATE}
    legs = kes_leg(amount=400_000, **until), ugx_leg(against_amount_minor=400_000, **until)
    assert [status for status, _ in outcome(house, *legs)] == [Status.ACSP] * 2
    first, second = explain_waiting(house)
    assert (first.times["latest_utc"], second.times["latest_utc"]) == (("2026-01-05T06:30:00.000000Z",) * 2)
    (other,) = explain_queued(house.state.books, 0).legs
    assert other.times["latest_utc"] == "2026-01-05T06:30:00.000000Z"


def explain_waiting(house: ClearingHouse) -> list[Waiting]:
    """Return what waits in a house."""
    return list(waiting_payments(house.state.books))
