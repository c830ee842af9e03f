"""Figures, series, accounts and debts of a day against plain sums over the records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from setfair.business_day import open_day, run_cycles
from setfair.domain.codes import Mechanism, Status
from setfair.errors import PhaseError
from setfair.house import House
from setfair.report.day import ReportDay, find_day
from setfair.report.figures import DayFigures, Tally, read_cycles, read_figures
from setfair.report.liquidity import CurrencyAccounts, read_accounts
from setfair.report.owed import NODES_MAX, OTHERS, read_owing
from setfair.report.read import Reader
from setfair.report.series import DaySeries, read_series
from tests.unit.report.days import owe, register
from tests.unit.statements.days import MONDAY, TUESDAY, made_house

Record = dict[str, Any]


@pytest.fixture(scope="module")
def series(reader: Reader, day: ReportDay) -> DaySeries:
    """Tuesday over time."""
    return read_series(reader, day)


@pytest.fixture(scope="module")
def accounts(reader: Reader, series: DaySeries) -> dict[int, CurrencyAccounts]:
    """Tuesday's accounts."""
    return read_accounts(reader, series.window)


@pytest.fixture(scope="module")
def figures(reader: Reader, day: ReportDay, accounts: dict[int, CurrencyAccounts]) -> DayFigures:
    """Tuesday in numbers."""
    used = {number: own.used for number, own in accounts.items()}
    return read_figures(reader, day, read_cycles(reader), used)


@pytest.fixture(scope="module")
def agents(house: House) -> set[int]:
    """Accounts of settlement agents."""
    found = house.query("SELECT account_number FROM account WHERE role = 'settlement agent'")
    return {row["account_number"] for row in found}


@pytest.fixture(scope="module")
def records(house: House) -> list[Record]:
    """Every record about a payment on its currency's Tuesday, in order."""
    return house.query(
        "SELECT w.*, y.kind AS payment_kind FROM record_row w "
        "JOIN payment_row y ON y.payment_number = w.subject_number JOIN currency c "
        "ON c.currency_number = w.currency_number JOIN business_day b ON b.currency = c.currency "
        f"AND b.business_date = '{TUESDAY}' AND w.page_number BETWEEN b.first_page AND b.last_page "
        "WHERE w.kind <= 6 ORDER BY w.record_number"
    )


def is_funding(record: Record, agents: set[int]) -> bool:
    return record["payment_kind"] == 4 or bool({record["debtor"], record["creditor"]} & agents)


def of_payments(records: list[Record], agents: set[int], currency: int) -> Iterator[Record]:
    """Yield the records of one currency, funding and requests apart."""
    for record in records:
        own = record["currency_number"] == currency and record["payment_kind"] != 5
        if own and not is_funding(record, agents):
            yield record


def test_each_payment_counts_once_under_its_last_status(
    figures: DayFigures, records: list[Record], agents: set[int]
) -> None:
    """Number and value; requests to cancel and transfers with the agent are none."""
    for one in figures.currencies:
        last: dict[int, Record] = {}
        for record in of_payments(records, agents, one.stretch.number):
            last[record["subject_number"]] = record
        for status in (Status.ACSC, Status.RJCT, Status.CANC, Status.ACSP, Status.PDNG):
            found = [record["amount_minor"] for record in last.values() if record["status"] == status]
            assert one.statuses[status] == Tally(len(found), sum(found))
        assert one.received.number == len(last) > 30
        assert sum(one.mechanisms.values(), Tally()) == one.settled
    assert figures.number(Status.CANC) > 0


def test_mechanisms_and_funding(figures: DayFigures, records: list[Record], agents: set[int]) -> None:
    """How payments settled, and what moved with the agents."""
    for one in figures.currencies:
        settled = [
            record for record in of_payments(records, agents, one.stretch.number) if record["kind"] == 1
        ]
        for how in (Mechanism.IMMEDIATE, Mechanism.RELEASE, Mechanism.BILATERAL_OFFSET):
            found = [record["amount_minor"] for record in settled if record["mechanism"] == how]
            assert one.mechanisms[how] == Tally(len(found), sum(found))
        moved = [
            record["amount_minor"]
            for record in records
            if record["kind"] == 1
            and record["currency_number"] == one.stretch.number
            and is_funding(record, agents)
        ]
        assert one.funding == Tally(len(moved), sum(moved))


def test_payments_in_no_currency_of_the_house(house: House, figures: DayFigures, day: ReportDay) -> None:
    """They are counted apart: received on the day, and in none of its currencies."""
    found = house.query(
        "SELECT count(*) AS number FROM payment WHERE currency NOT IN (SELECT currency FROM account) "
        "AND kind <> 'CANCELLATION' AND payment_number BETWEEN ? AND ?",
        (day.first.first_instruction, day.last.last_instruction),
    )
    assert figures.other == found[0]["number"] > 0


def test_settled_value_over_time_grows_to_the_total(series: DaySeries, figures: DayFigures) -> None:
    """Never down, and at the end by mechanism what the figures say."""
    for one in figures.currencies:
        states = series.settled[one.stretch.number]
        for before, after in pairwise(states):
            assert before.time < after.time
            assert all(old <= new for old, new in zip(before.values, after.values, strict=True))
        assert states[-1].values == tuple(tally.value for tally in one.mechanisms.values())
        assert states[-1].payments == one.settled.number
        assert all(series.window.begin <= state.time <= series.window.end for state in states)


def test_the_queue_over_time(
    house: House, series: DaySeries, records: list[Record], agents: set[int]
) -> None:
    """Its fullest state is the fullest that there was after any page, and at the end nothing waits."""
    for number, states in series.queue.items():
        waiting: dict[int, int] = {}
        after_page: dict[int, tuple[int, int]] = {}
        for record in of_payments(records, agents, number):
            if record["kind"] == 2:
                waiting[record["subject_number"]] = record["amount_minor"]
            else:
                waiting.pop(record["subject_number"], None)
            after_page[record["page_number"]] = sum(waiting.values()), len(waiting)
        assert max(state.value for state in states) == max(value for value, _ in after_page.values()) > 0
        assert {(state.value, state.payments) for state in states} <= set(after_page.values())
        assert (states[-1].value, states[-1].payments) == (0, 0)


def test_accounts_open_and_close_as_the_journal_says(
    house: House, accounts: dict[int, CurrencyAccounts], records: list[Record]
) -> None:
    """Closing is the present balance, opening + credits - debits is closing, and a currency sums to zero."""
    present = {row["account_number"]: row for row in house.query("SELECT * FROM account")}
    for own in accounts.values():
        assert own.count == len(own.accounts) == 5
        for account in own.accounts:
            booked = [r for r in records if r["kind"] == 1 and account.number in (r["debtor"], r["creditor"])]
            debits = sum(r["amount_minor"] for r in booked if r["debtor"] == account.number)
            credits_ = sum(r["amount_minor"] for r in booked if r["creditor"] == account.number)
            assert (account.debits, account.credits, account.bookings) == (debits, credits_, len(booked))
            assert account.closing == present[account.number]["balance_minor"]
            assert account.opening + account.credits - account.debits == account.closing
        assert sum(account.opening for account in own.accounts) == 0
        assert sum(account.closing for account in own.accounts) == 0


def test_liquidity_used_is_the_largest_debit_position(
    accounts: dict[int, CurrencyAccounts], records: list[Record], agents: set[int]
) -> None:
    """Worked out payment by payment; those that were offset together are one step."""
    for number, own in accounts.items():
        steps: dict[int, dict[object, int]] = defaultdict(dict)
        for record in of_payments(records, agents, number):
            if record["kind"] == 1:
                together = record["mechanism"] == Mechanism.BILATERAL_OFFSET
                step = ("offset", record["cause_number"]) if together else record["record_number"]
                for account, change in (
                    (record["debtor"], -record["amount_minor"]),
                    (record["creditor"], record["amount_minor"]),
                ):
                    steps[account][step] = steps[account].get(step, 0) + change
        expected = {account: _deepest(list(changes.values())) for account, changes in steps.items()}
        assert {use.account.number: use.used for use in own.uses} == expected
        assert (own.used, own.paying) == (sum(expected.values()), len(expected))
        assert [use.used for use in own.uses] == sorted(expected.values(), reverse=True)
        for use in own.uses:
            assert min(position for _, position in use.positions) == -use.used or use.used == 0


def _deepest(changes: list[int]) -> int:
    position = lowest = 0
    for change in changes:
        position += change
        lowest = min(lowest, position)
    return -lowest


def test_what_was_due_is_cleared_or_remains(house: House, figures: DayFigures) -> None:
    """Set off is what the day's set-off records sum to, and pairs and firms add up to the same totals."""
    for one in figures.currencies:
        found = house.query(
            "SELECT sum(s.cleared_minor) AS cleared FROM set_off s JOIN business_day b "
            "ON b.currency = s.currency AND s.page_number BETWEEN b.first_page AND b.last_page "
            "WHERE b.business_date = ? AND s.currency = ?",
            (TUESDAY.isoformat(), one.stretch.currency),
        )
        assert one.due.set_off == found[0]["cleared"] == sum(cycle.cleared for cycle in one.cycles)
        assert one.due.gross >= one.due.remaining >= one.due.net_debit > 0
        assert len(one.cycles) == (2 if one.stretch.currency == "EUR" else 1)


def test_who_owes_whom_adds_up(reader: Reader, figures: DayFigures) -> None:
    """Pairs sum to gross and remaining, and no firm's net position changes."""
    owing = read_owing(reader)
    for one in figures.currencies:
        own = owing[one.stretch.number]
        assert sum(pair.before for pair in own.pairs) == one.due.gross
        assert sum(pair.after for pair in own.pairs) == one.due.remaining
        assert sum(pair.obligations for pair in own.pairs) == one.due.obligations
        assert {pair.debtor for pair in own.pairs} | {pair.creditor for pair in own.pairs} == set(own.nodes)
        assert own.firm_count == len(own.firms) == one.due.parties
        for firm in own.firms:
            assert firm.owed_before - firm.owes_before == firm.owed_after - firm.owes_after == firm.net
        assert sum(firm.owes_before for firm in own.firms) == one.due.gross
        assert sum(firm.net for firm in own.firms) == 0
        assert sum(max(-firm.net, 0) for firm in own.firms) == one.due.net_debit


def test_each_obligation_counts_once_in_two_cycles(tmp_path: Path) -> None:
    """A triangle is cleared in the first cycle; what came after it and the rest in the second."""
    with made_house(tmp_path) as house:
        open_day(house.clearing_house, MONDAY)
        owe(house, [("A", "B", 100), ("B", "C", 80), ("C", "A", 50)])
        run_cycles(house.clearing_house, ("EUR",), MONDAY)
        owe(house, [("C", "A", 30)])
        run_cycles(house.clearing_house, ("EUR",), MONDAY)
        owe(house, [("A", "C", 999)])
        found = find_day(house.query, MONDAY)
        cycles = read_cycles(Reader(house.query, found.spans({})))
        cuts = {number: runs[-1].page for number, runs in cycles.items()}
        reader = Reader(house.query, found.spans(cuts))
        (due,) = (one.due for one in read_figures(reader, found, cycles, {}).currencies if one.cycles)
    assert (due.obligations, due.parties, due.gross, due.set_off) == (4, 3, 260, 240)
    assert (due.remaining, due.net_debit) == (20, 20)


def test_smaller_places_are_put_together_by_country(tmp_path: Path) -> None:
    """Nothing is left out: 40 firms of three countries are 24 places and the others of each country."""
    firms = [f"F{number:02d}" for number in range(40)]
    debts = [(firms[n], firms[(n + 1) % 40], 1000 + n) for n in range(40)]
    with made_house(tmp_path) as house:
        open_day(house.clearing_house, MONDAY)
        register(house, firms, ("KE", "UG", "TN"))
        owe(house, debts)
        (own,) = read_owing(Reader(house.query, find_day(house.query, MONDAY).spans({}))).values()
    others = [node for node in own.nodes if node.key.startswith(OTHERS)]
    assert (own.node_count, len(own.nodes) - len(others)) == (40, NODES_MAX)
    assert sorted(node.name for node in others) == [
        "others in Kenya",
        "others in Tunisia",
        "others in Uganda",
    ]
    assert sum(pair.before for pair in own.pairs) == sum(amount for _, _, amount in debts)
    assert [node.country for node in own.nodes] == sorted(
        (node.country for node in own.nodes), key=[node.country for node in own.nodes].index
    )


def test_a_day_that_was_not_opened_is_refused(house: House) -> None:
    """The error says which days there are."""
    with pytest.raises(PhaseError, match="2026-01-05, 2026-01-06"):
        find_day(house.query, MONDAY.replace(day=7))


def test_a_past_day_is_told_as_it_was(house: House, day: ReportDay) -> None:
    """Monday ends where Tuesday begins, account by account."""
    monday = find_day(house.query, MONDAY)
    assert [stretch.last_page + 1 for stretch in monday.stretches] == [
        stretch.first_page for stretch in day.stretches
    ]
    balances = []
    for one in (monday, day):
        reader = Reader(house.query, one.spans({}))
        read = read_accounts(reader, read_series(reader, one).window)
        balances.append({account.number: account for own in read.values() for account in own.accounts})
    assert balances[0].keys() == balances[1].keys()
    for number, account in balances[0].items():
        assert account.closing == balances[1][number].opening
