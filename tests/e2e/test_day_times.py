"""The business day of a house on a simulated clock.

Cut-offs by the clock, made later, over a change of the clocks, and on both sides of the date line.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from setfair import business_day
from setfair.clearing_house import ClearingHouse
from setfair.domain.codes import InstructionKind, Phase, Reason, Status
from setfair.domain.instants import days_of, to_instant
from setfair.house import open_house
from setfair.house_state import replay
from setfair.journal.page import page_from_bytes
from setfair.report.day import find_day
from setfair.report.draw_accounts import draw_journal
from setfair.store.memory import MemoryStore
from setfair.user_words import Extension, Said, ask_for_extension, decide_on
from tests.agreements import agreement_text
from tests.cli import invoke
from tests.e2e.test_cli_limit import USERS, ask, refused
from tests.houses import (
    BANKS,
    HEADER,
    adopt_text,
    balances_of,
    csv_payment,
    funding,
    lists_in,
    make_house,
    payment,
    payments,
    table_rows,
    usual_agreement,
    write_csv,
)
from tests.screening.samples import write_un_xml


class Clock:
    """A clock that is set by hand."""

    def __init__(self, start: str) -> None:
        self.set(start)

    def set(self, text: str) -> None:
        """Set it to an instant, ISO 8601 with zone."""
        self.now = to_instant(datetime.fromisoformat(text))

    def __call__(self) -> int:
        return self.now


def times_for(text: str, code: str, **fields: str) -> str:
    """Return the agreement with other fields, as TOML, in the table of a currency."""
    head, mark, tail = text.partition(f'[[currencies]]\ncode = "{code}"\n')
    own, rest = tail.split("\n\n", 1)
    lines = [line for line in own.split("\n") if line.split(" =")[0] not in fields]
    lines += [f"{name} = {value}" for name, value in fields.items()]
    return head + mark + "\n".join(lines) + "\n\n" + rest


def house_of(folder: Path, clock: Clock, text: str) -> tuple[ClearingHouse, MemoryStore]:
    """Return a house in memory with this agreement in force."""
    store, lists = MemoryStore(), lists_in(folder)
    published = datetime.fromtimestamp(clock() / 1e9, UTC).date() - timedelta(days=1)
    write_un_xml(folder / "lists" / "un.xml", published=published)
    house = ClearingHouse(store, lists, clock, random_bytes=bytes)
    adopt_text(house, text)
    return house, store


def outcome_of(house: ClearingHouse, row: dict[str, Any]) -> tuple[Status, Reason]:
    """Submit one payment and return what became of it."""
    decided = house.submit(payments(row)).rows[0]
    return Status(int(decided["status"])), Reason(int(decided["reason"]))


def check_read_back(house: ClearingHouse, store: MemoryStore) -> None:
    """The pages, decided again without a clock, give the same books."""
    again = type(house.state)()
    for _, body in store.pages_after(0):
        replay(again, page_from_bytes(body))
    for name, array in house.state.books.snapshot().items():
        assert array.tobytes() == again.books.snapshot()[name].tobytes(), name


BY_CLOCK = times_for(
    usual_agreement(extra=USERS), "KES", cutoffs='"clock"', closes="18:00:00", customer_cutoff="16:00:00"
)


def test_the_clock_refuses_what_is_late(tmp_path: Path) -> None:
    """Without a word of the operator, what is late is refused, and what waits is rejected at the cut-off."""
    clock = Clock("2026-01-05T09:00:00+03:00")
    house, store = house_of(tmp_path, clock, BY_CLOCK)
    business_day.open_day(house)
    big, institution = 500_000, {"kind": InstructionKind.INSTITUTION_PAYMENT}
    assert outcome_of(house, payment(1, "KE01", "UG01", big)) == (Status.ACSP, Reason.INSUFFICIENT_FUNDS)
    clock.set("2026-01-05T16:00:00+03:00")
    assert outcome_of(house, payment(2, "UG01", "KE01", 100)) == (Status.RJCT, Reason.AFTER_CUTOFF)
    assert outcome_of(house, payment(3, "UG01", "KE01", 100, **institution)) == (Status.ACSC, Reason.NONE)
    other = payment(4, "UG01", "KE01", 100, currency="UGX")
    assert outcome_of(house, other) == (Status.ACSC, Reason.NONE)
    clock.set("2026-01-05T17:00:00+03:00")
    assert house.expire_due() is None
    assert business_day.phase_of(house, "KES") is Phase.INTERBANK_CUTOFF
    assert business_day.phase_of(house, "UGX") is Phase.OPEN
    first = house.state.books.payments[0]
    assert (first["status"], first["reason"]) == (Status.RJCT, Reason.QUEUED_AT_CUTOFF)
    coming = business_day.what_comes(house.state.directory.agreement, house.state.books, clock())
    assert [(due.currency, due.phase, due.by_clock) for due in coming] == [
        ("UGX", Phase.CUSTOMER_CUTOFF, False),
        ("KES", Phase.CLOSED, False),
    ]
    assert [due.is_due(clock()) for due in coming] == [True, False]
    check_read_back(house, store)


def test_two_people_extend_a_cutoff(tmp_path: Path) -> None:
    """A cut-off that is extended comes at its new time; the day after has the time of the agreement again."""
    clock = Clock("2026-01-05T09:00:00+03:00")
    house, store = house_of(tmp_path, clock, BY_CLOCK)
    business_day.open_day(house, chosen=("KES",))
    clock.set("2026-01-05T15:50:00+03:00")
    until = to_instant(datetime(2026, 1, 5, 13, 30, tzinfo=UTC))
    asked = Extension("KES", Phase.CUSTOMER_CUTOFF, until)
    directory = house.state.directory
    number = int(house.take_word(ask_for_extension(asked, directory, Said("omar", "late"))).rows[0]["number"])
    alone = house.take_word(
        decide_on(number, directory, Said("omar", "I"), InstructionKind.EXTENSION_APPROVAL)
    )
    assert alone.rows[0]["reason"] == Reason.SAME_PERSON
    done = house.take_word(
        decide_on(number, directory, Said("olga", "yes"), InstructionKind.EXTENSION_APPROVAL)
    )
    assert done.rows[0]["status"] == Status.ACSC
    clock.set("2026-01-05T16:29:59+03:00")
    assert outcome_of(house, payment(1, "KE01", "UG01", 100)) == (Status.ACSC, Reason.NONE)
    clock.set("2026-01-05T16:30:00+03:00")
    assert outcome_of(house, payment(2, "KE01", "UG01", 100)) == (Status.RJCT, Reason.AFTER_CUTOFF)
    business_day.close_day(house, ("KES",))
    clock.set("2026-01-06T16:00:00+03:00")
    business_day.open_day(house, chosen=("KES",))
    assert outcome_of(house, payment(3, "KE01", "UG01", 100)) == (Status.RJCT, Reason.AFTER_CUTOFF)
    check_read_back(house, store)


def test_the_commands(tmp_path: Path) -> None:
    """`setfair day extend`, `approve`, `refuse`, `extensions` and `due`, and the tables that they write."""
    house = make_house(tmp_path, BY_CLOCK)
    at = ("--now", "2026-01-05T10:00:00+03:00")
    ask("day", "open", house, *at)
    asked = ("day", "extend", house, "--currency", "KES", "--phase", "customer-cutoff")
    why = ("--reason", "the line is down", *at)
    assert "later than what follows" in refused(*asked, "--until", "17:30", "--by", "omar", *why)
    assert "HH:MM" in refused(*asked, "--until", "soon", "--by", "omar", *why)
    unknown = refused(*asked, "--until", "16:45", "--by", "officer.1", *why)
    assert "users of the operator are o" in unknown
    (row,) = ask("sql", house, "select asked_by, asked_reason from extension where reason = 'AG01'")
    assert row == {"asked_by": "officer.1", "asked_reason": "the line is down"}
    number = ask(*asked, "--until", "16:45", "--by", "omar", *why)["number"]
    second = ask(*asked, "--until", "2026-01-05T16:50:00+03:00", "--by", "olga", *why)["number"]
    (waiting, _) = ask("day", "extensions", house)
    assert (waiting["extension_number"], waiting["until_utc"]) == (number, "2026-01-05T13:45:00Z")
    assert "another person's" in refused("day", "approve", house, number, "--by", "omar", *why)
    assert ask("day", "approve", house, number, "--by", "olga", *why)["state"] == "in force"
    assert ask("day", "refuse", house, second, "--by", "omar", *why)["state"] == "rejected"
    assert ask("day", "extensions", house) == []
    states = [row["state"] for row in ask("day", "extensions", house, "--all")]
    assert states == ["rejected", "rejected", "in force", "rejected"]
    due = {row["currency"]: row for row in ask("day", "due", house, *at)}
    assert due["KES"]["time_utc"].startswith("2026-01-05T13:45")
    assert (due["KES"]["by"], due["KES"]["due"], due["UGX"]["by"]) == ("clock", False, "operator")
    assert "16:45" not in invoke("day", "due", house, *at).stdout
    late = write_csv(tmp_path / "in.csv", csv_payment(1, "KE01", "UG01", "1.00"), header=HEADER)
    ask("submit", house, late, "--now", "2026-01-05T16:45:00+03:00")
    assert ask("sql", house, "select rule from payment") == [{"rule": "AFTER_CUTOFF"}]
    times = ask("sql", house, "select phase, in_force_utc, passed_by from day_time where currency = 'KES'")
    assert times[0] == {
        "phase": "CUSTOMER_CUTOFF",
        "in_force_utc": "2026-01-05T13:45:00Z",
        "passed_by": "clock",
    }
    evening = ("--now", "2026-01-05T18:30:00+03:00")
    ask("day", "close", house, *evening)
    passed = ask("sql", house, "select distinct passed_by from day_time where phase = 'CLOSED'")
    assert passed == [{"passed_by": "operator"}]
    with open_house(house, Clock("2026-01-05T19:00:00+03:00")) as opened:
        page = find_day(opened.query, date(2026, 1, 5))
        shown = [(one.phase, one.asked, one.decided) for one in page.extensions]
        line, closed = "the line is down", Phase.CUSTOMER_CUTOFF
        assert shown[2:] == [
            (closed, f"omar: {line}", f"olga: {line}"),
            (closed, f"olga: {line}", f"omar: {line}"),
        ]
        assert str(draw_journal(page, [])).count(line) == 6
        before = table_rows(opened)
        opened.rebuild()
        assert table_rows(opened) == before


def zoned(*zones: tuple[str, str], **times: str) -> str:
    """Return an agreement with currencies in these time zones, all cut off by the clock."""
    text = agreement_text(
        banks=BANKS,
        currencies=[code for code, _ in zones],
        credit_line="1000",
        extra=USERS,
    )
    for code, zone in zones:
        text = times_for(text, code, time_zone=f'"{zone}"', cutoffs='"clock"', **times)
    return text


def test_a_change_of_the_clocks(tmp_path: Path) -> None:
    """After clocks went forward cut-offs come an hour sooner in UTC, where they did, and only there."""
    text = zoned(("NOK", "Europe/Oslo"), ("TND", "Africa/Tunis"))
    clock = Clock("2026-03-27T10:00:00+01:00")
    house, store = house_of(tmp_path, clock, text)
    cutoffs = {}
    for day, offset in (("2026-03-27", "+01:00"), ("2026-03-30", "+02:00")):
        clock.set(f"{day}T10:00:00{offset}")
        business_day.open_day(house)
        number = 1 if day.endswith("27") else 11
        clock.set(f"{day}T15:59:59{offset}")
        nok = {"currency": "NOK"}
        assert outcome_of(house, payment(number, "KE01", "UG01", 100, **nok))[0] is Status.ACSC
        clock.set(f"{day}T16:00:00{offset}")
        assert outcome_of(house, payment(number + 1, "KE01", "UG01", 100, **nok))[1] is Reason.AFTER_CUTOFF
        # In Tunis it is an hour earlier in the second week only.
        tnd = outcome_of(house, payment(number + 2, "KE01", "UG01", 100, currency="TND"))
        clock.set(f"{day}T16:00:00+01:00")
        after = outcome_of(house, payment(number + 3, "KE01", "UG01", 100, currency="TND"))
        cutoffs[day] = tnd[1], after[1]
        clock.set(f"{day}T19:00:00{offset}")
        business_day.close_day(house)
    late = Reason.AFTER_CUTOFF
    assert cutoffs == {"2026-03-27": (late, late), "2026-03-30": (Reason.NONE, late)}
    check_read_back(house, store)


def test_an_hour_that_happens_twice(tmp_path: Path) -> None:
    """A night on which clocks go back: a cut-off in the doubled hour is the first of the two."""
    text = agreement_text(
        banks=BANKS, currencies=("EUR",), credit_line="1000", extra='[calendar]\nweekend = ["saturday"]\n'
    )
    text = times_for(
        text,
        "EUR",
        time_zone='"Europe/Berlin"',
        cutoffs='"clock"',
        opens="00:30:00",
        customer_cutoff="02:30:00",
        interbank_cutoff="04:00:00",
    )
    clock = Clock("2026-10-25T00:45:00+02:00")
    house, store = house_of(tmp_path, clock, text)
    business_day.open_day(house, date(2026, 10, 25))
    euro = {"currency": "EUR"}
    clock.set("2026-10-25T02:29:59+02:00")
    assert outcome_of(house, payment(1, "KE01", "UG01", 100, **euro))[0] is Status.ACSC
    clock.set("2026-10-25T02:10:00+01:00")  # it shows 02:10 for the second time
    assert outcome_of(house, payment(2, "KE01", "UG01", 100, **euro))[1] is Reason.AFTER_CUTOFF
    clock.set("2026-10-25T03:59:59+01:00")
    institution = {"kind": InstructionKind.INSTITUTION_PAYMENT, **euro}
    assert outcome_of(house, payment(3, "KE01", "UG01", 100, **institution))[0] is Status.ACSC
    clock.set("2026-10-25T04:00:00+01:00")
    assert outcome_of(house, payment(4, "KE01", "UG01", 100, **institution))[1] is Reason.AFTER_CUTOFF
    check_read_back(house, store)


def leg(number: int, pair: tuple[str, str], amount: int, currency: str, **more: object) -> dict[str, object]:
    """Return a leg of the link FX-1."""
    return payment(number, *pair, amount, currency=currency, link="FX-1", link_legs=2, **more)


def test_both_sides_of_the_date_line(tmp_path: Path) -> None:
    """It is Monday in Los Angeles and Tuesday in Auckland: a link settles whole, each leg on its own date."""
    text = zoned(("NZD", "Pacific/Auckland"), ("USD", "America/Los_Angeles"))
    clock = Clock("2026-02-02T13:00:00-08:00")
    house, store = house_of(tmp_path, clock, text)
    assert business_day.open_day(house) == [("NZD", Phase.OPEN), ("USD", Phase.OPEN)]
    books = house.state.books
    assert [int(books.business_day[number]) for number in (554, 840)] == [
        days_of(date(2026, 2, 3)),
        days_of(date(2026, 2, 2)),
    ]
    house.submit(payments(funding(1, "KE01", 50_000, "NZD"), funding(2, "UG01", 30_000, "USD")))
    nzd = leg(3, ("KE01", "UG01"), 50_000, "NZD", value_date=days_of(date(2026, 2, 3)))
    usd = leg(4, ("UG01", "KE01"), 30_000, "USD", value_date=days_of(date(2026, 2, 2)))
    rows = house.submit(payments(nzd, usd)).rows
    assert [Status(int(row["status"])) for row in rows] == [Status.ACSC, Status.ACSC]
    balances = balances_of(house)
    assert (balances["UG01", "NZD"], balances["KE01", "USD"]) == (50_000, 30_000)
    # Auckland's Tuesday ends while Monday goes on in Los Angeles.
    clock.set("2026-02-02T20:00:00-08:00")
    assert outcome_of(house, payment(5, "KE01", "UG01", 100, currency="NZD"))[1] is Reason.AFTER_CUTOFF
    assert business_day.phase_of(house, "USD") is Phase.INTERBANK_CUTOFF
    business_day.close_day(house)
    coming = business_day.what_comes(house.state.directory.agreement, books, clock())
    assert [(due.currency, due.day) for due in coming] == [
        ("USD", date(2026, 2, 3)),
        ("NZD", date(2026, 2, 4)),
    ]
    check_read_back(house, store)


def on(day: date) -> dict[str, int]:
    """Return the field of a value date."""
    return {"value_date": days_of(day)}


def test_one_date_on_both_sides_of_the_date_line(tmp_path: Path) -> None:
    """Tuesday in Auckland is over before Tuesday in Los Angeles begins: the link ends whole."""
    text = zoned(("NZD", "Pacific/Auckland"), ("USD", "America/Los_Angeles"))
    clock = Clock("2026-02-02T13:00:00-08:00")
    house, store = house_of(tmp_path, clock, text + "\n[settlement]\nwarehouse_days = 5\n")
    business_day.open_day(house)
    tuesday = on(date(2026, 2, 3))
    nzd = leg(3, ("KE01", "UG01"), 50_000, "NZD", **tuesday)
    usd = leg(4, ("UG01", "KE01"), 30_000, "USD", **tuesday)
    rows = house.submit(payments(nzd, usd)).rows
    waits = [(Status(int(row["status"])), Reason(int(row["reason"]))) for row in rows]
    assert waits == [
        (Status.PDNG, Reason.LINK_INCOMPLETE),
        (Status.PDNG, Reason.BEFORE_VALUE_DATE),
    ]
    clock.set("2026-02-02T20:00:00-08:00")
    house.expire_due()
    ended = house.state.books.payments[:2]
    assert ended["reason"].tolist() == [Reason.QUEUED_AT_CUTOFF, Reason.LINK_BROKEN]
    assert set(balances_of(house).values()) == {0}
    check_read_back(house, store)


def test_value_dates_ahead(tmp_path: Path) -> None:
    """What comes early waits over nights and restarts; a holiday of one currency moves a whole link."""
    text = times_for(usual_agreement(), "UGX", holidays="[2026-01-06]")
    ahead = '\n[settlement]\nwarehouse_days = 7\nvalue_dates = "following"\n'
    clock = Clock("2026-01-05T09:00:00+03:00")
    house, store = house_of(tmp_path, clock, text + ahead)
    business_day.open_day(house)
    monday, tuesday, wednesday = (date(2026, 1, day) for day in (5, 6, 7))
    kes = leg(1, ("KE01", "UG01"), 40_000, "KES", **on(tuesday), against_currency="UGX")
    ugx = leg(2, ("UG01", "KE01"), 900, "UGX", **on(tuesday), against_currency="KES")
    single = payment(3, "KE01", "UG01", 10_000, **on(tuesday))
    far = payment(4, "KE01", "UG01", 100, **on(date(2026, 1, 13)))
    late = payment(5, "KE01", "UG01", 100, **on(date(2026, 1, 2)))
    rows = house.submit(payments(kes, ugx, single, far, late)).rows
    waits = (Status.PDNG, Reason.BEFORE_VALUE_DATE)
    assert [(row["status"], row["reason"]) for row in rows] == [
        waits,
        waits,
        waits,
        (Status.RJCT, Reason.WRONG_VALUE_DATE),
        (Status.RJCT, Reason.WRONG_VALUE_DATE),
    ]
    assert house.state.books.payments["value_date"][:3].tolist() == [
        days_of(wednesday),
        days_of(wednesday),
        days_of(tuesday),
    ]
    business_day.close_day(house)
    assert outcome_of(house, payment(6, "KE01", "UG01", 100, **on(wednesday))) == waits
    assert int(house.state.books.business_day[404]) == days_of(monday)
    house.recover()
    clock.set("2026-01-06T09:00:00+03:00")
    assert business_day.open_day(house) == [("KES", Phase.OPEN)]
    assert balances_of(house)["UG01", "KES"] == 10_000
    business_day.close_day(house)
    clock.set("2026-01-07T09:00:00+03:00")
    business_day.open_day(house)
    balances = balances_of(house)
    assert (balances["UG01", "KES"], balances["KE01", "UGX"]) == (50_100, 900)
    assert all(house.state.books.payments["status"][:3] == Status.ACSC)
    check_read_back(house, store)


def test_a_value_date_that_not_all_share_is_refused(tmp_path: Path) -> None:
    """Where the agreement moves nothing, a leg on a holiday of the other currency is refused at the door."""
    text = times_for(usual_agreement(), "UGX", holidays="[2026-01-06]")
    clock = Clock("2026-01-05T09:00:00+03:00")
    house, _ = house_of(tmp_path, clock, text + "\n[settlement]\nwarehouse_days = 7\n")
    business_day.open_day(house)
    tuesday = on(date(2026, 1, 6))
    kes = leg(1, ("KE01", "UG01"), 40_000, "KES", **tuesday, against_currency="UGX")
    assert outcome_of(house, kes) == (Status.RJCT, Reason.WRONG_VALUE_DATE)
    single = payment(2, "KE01", "UG01", 40_000, **tuesday)
    assert outcome_of(house, single) == (Status.PDNG, Reason.BEFORE_VALUE_DATE)


WHOLE_DAY = times_for(BY_CLOCK, "KES", day='"clock"')


def test_the_clock_opens_and_closes(tmp_path: Path) -> None:
    """A day closes and the next opens by the clock, and what waited for it settles; one is passed over."""
    clock = Clock("2026-01-05T09:00:00+03:00")
    text = WHOLE_DAY.replace("[settlement]\n", "[settlement]\nwarehouse_days = 5\n")
    text = text if "warehouse_days" in text else text + "\n[settlement]\nwarehouse_days = 5\n"
    house, store = house_of(tmp_path, clock, text)
    business_day.open_day(house, chosen=("KES",))
    tomorrow = days_of(date(2026, 1, 6))
    early = payment(1, "KE01", "UG01", 100, value_date=tomorrow)
    assert outcome_of(house, early) == (Status.PDNG, Reason.BEFORE_VALUE_DATE)
    coming = business_day.what_comes(house.state.directory.agreement, house.state.books, clock())
    assert [due.by_clock for due in coming if due.currency == "KES"] == [True]
    clock.set("2026-01-05T18:00:00+03:00")
    house.expire_due()
    assert business_day.phase_of(house, "KES") is Phase.CLOSED
    (due,) = (
        each
        for each in business_day.what_comes(house.state.directory.agreement, house.state.books, clock())
        if each.currency == "KES"
    )
    assert (due.phase, due.day, due.by_clock) == (Phase.OPEN, date(2026, 1, 6), True)
    opens = due.time_ns
    clock.now = opens - 1
    house.expire_due()
    assert business_day.phase_of(house, "KES") is Phase.CLOSED
    clock.now = opens
    house.expire_due()
    assert business_day.phase_of(house, "KES") is Phase.OPEN
    assert house.state.books.payments["status"][0] == Status.ACSC
    # Nobody looks until the evening of the day after: the day ends, and the one between is passed over.
    clock.set("2026-01-07T17:30:00+03:00")
    house.expire_due()
    assert business_day.phase_of(house, "KES") is Phase.CLOSED
    assert business_day.business_date_of(house, "KES") == date(2026, 1, 6)
    clock.set("2026-01-08T16:30:00+03:00")
    house.expire_due()
    assert business_day.phase_of(house, "KES") is Phase.CUSTOMER_CUTOFF
    assert business_day.business_date_of(house, "KES") == date(2026, 1, 8)
    assert business_day.phase_of(house, "UGX") is Phase.CLOSED
    check_read_back(house, store)


def test_no_day_opens_without_lists(tmp_path: Path) -> None:
    """Where a mandatory list is too old the day stays closed; what else time asks for is done."""
    clock = Clock("2026-01-05T09:00:00+03:00")
    house, store = house_of(tmp_path, clock, WHOLE_DAY)
    business_day.open_day(house, chosen=("KES",))
    clock.set("2026-03-05T12:00:00+03:00")
    house.expire_due()
    assert business_day.phase_of(house, "KES") is Phase.CLOSED
    assert business_day.business_date_of(house, "KES") == date(2026, 1, 5)
    check_read_back(house, store)


def test_what_closes_by_the_clock_is_given_out(tmp_path: Path) -> None:
    """`setfair day clock` writes the statements of a day that closed; they say what came later, and why."""
    house = make_house(tmp_path, WHOLE_DAY)
    at = ("--now", "2026-01-05T10:00:00+03:00")
    ask("day", "open", house, *at)
    asked = ("day", "extend", house, "--currency", "KES", "--phase", "customer-cutoff", "--until", "16:45")
    number = ask(*asked, "--by", "omar", "--reason", "the line <is> down", *at)["number"]
    ask("day", "approve", house, number, "--by", "olga", "--reason", "yes", *at)
    late = write_csv(tmp_path / "in.csv", csv_payment(1, "KE01", "UG01", "1.00"), header=HEADER)
    ask("submit", house, late, "--now", "2026-01-05T16:44:00+03:00")
    assert ask("day", "clock", house, "--now", "2026-01-05T17:59:59+03:00") == {
        "phases": {"KES": "INTERBANK_CUTOFF"},
        "files": 0,
    }
    closed = ask("day", "clock", house, "--now", "2026-01-05T18:00:00+03:00")
    assert closed["phases"] == {"KES": "CLOSED"}
    out = house / "out" / "2026-01-05" / "KE01"
    words = "customer cutoff 2026-01-05T13:45:00Z, agreed 2026-01-05T13:00:00Z: the line"
    assert f"<AddtlStmtInf>{words} &lt;is&gt; down</AddtlStmtInf>" in (out / "camt.053_KES.xml").read_text()
    assert (out / "statement_KES.csv").read_text().splitlines()[-1].endswith(f'"{words} <is> down"')
    assert closed["files"] == len([path for path in (house / "out").rglob("*") if path.is_file()])
    passed = ask("sql", house, "select passed_by from day_time where phase = 'CLOSED' and currency = 'KES'")
    assert passed == [{"passed_by": "clock"}]
    before = (out / "camt.053_KES.xml").read_bytes()
    ask("statements", house, "--date", "2026-01-05")
    assert (out / "camt.053_KES.xml").read_bytes() == before
    assert invoke("audit", str(house)).exit_code == 0
