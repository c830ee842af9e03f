"""What did not go through, and why: every instruction in one group, every reason among the rows."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from setfair.business_day import open_day
from setfair.domain.codes import Status
from setfair.domain.instruction import BatchBuilder, Family
from setfair.house import House
from setfair.report.day import ReportDay
from setfair.report.read import Reader
from setfair.report.refusals import ROWS_MAX, Refusals, read_refusals
from tests.screening.samples import invented_name
from tests.unit.report.days import content, read_report
from tests.unit.statements.days import MONDAY, Player, flushed, made_house


@pytest.fixture(scope="module")
def refusals(reader: Reader, day: ReportDay) -> Refusals:
    """Tuesday's."""
    return read_refusals(reader, day)


@pytest.fixture(scope="module")
def stopped(house: House, day: ReportDay) -> list[dict[str, Any]]:
    """Tuesday's payments and requests that did not go through."""
    return house.query(
        "SELECT payment_number, kind, status, reason, amount_minor, currency FROM payment "
        "WHERE status IN ('RJCT', 'CANC', 'PDNG', 'ACSP') AND payment_number BETWEEN ? AND ?",
        (day.first.first_instruction, day.last.last_instruction),
    )


def test_every_instruction_is_in_one_group(refusals: Refusals, stopped: list[dict[str, Any]]) -> None:
    """By status, subject and reason, as the tables have them."""
    groups: Counter[tuple[str, str, str]] = Counter()
    for group in refusals.groups:
        groups[group.status.name, group.subject, group.iso] += group.number
    expected = Counter(
        (row["status"], "cancellation" if row["kind"] == "CANCELLATION" else "payment", row["reason"])
        for row in stopped
    )
    assert groups == expected
    assert {subject for _, subject, _ in groups} == {"payment", "cancellation"}
    assert refusals.stopped_count == len(stopped)


def test_values_by_currency(refusals: Refusals, stopped: list[dict[str, Any]], day: ReportDay) -> None:
    """The groups' values are the sums of what was stopped, in the currencies of the house."""
    for stretch in day.stretches:
        shown = sum(group.values.get(stretch.number, 0) for group in refusals.groups)
        assert shown == sum(row["amount_minor"] for row in stopped if row["currency"] == stretch.currency) > 0


def test_every_reason_is_among_the_rows(refusals: Refusals, stopped: list[dict[str, Any]]) -> None:
    """The list is bounded, in order, and shows each reason at least once."""
    assert len(refusals.rows) == min(ROWS_MAX, len(stopped))
    assert {row.iso for row in refusals.rows} == {row["reason"] for row in stopped}
    numbers = [row.number for row in refusals.rows]
    assert numbers == sorted(numbers)
    assert set(numbers) <= {row["payment_number"] for row in stopped}


def test_two_people_decided(refusals: Refusals) -> None:
    """One hit was released and one refused by two people each; the others nobody decided in time."""
    decided = {alert.number: alert for alert in refusals.alerts if alert.decisions}
    assert len(decided) == 2
    verdicts = sorted(tuple(each.releases for each in alert.decisions) for alert in decided.values())
    assert verdicts == [(False, False), (True, True)]
    assert {each.person for alert in decided.values() for each in alert.decisions} == {
        "Amara Test",
        "Bela Test",
    }
    assert {alert.status for alert in refusals.alerts if not alert.decisions} == {Status.RJCT}


def test_the_section_says_so(tree: Any, refusals: Refusals) -> None:
    """Each group is a line with its number; decisions and their absence are told."""
    section = tree.find(".//section[@id='refusals']")
    lines = section.find(".//tbody").findall("tr")
    assert [content(line.findall("td")[4]) for line in lines] == [f"{g.number:,}" for g in refusals.groups]
    alerts = content(section.find(".//div[@class='alerts']"))
    assert "nobody in time" in alerts
    assert "looked at" in alerts
    assert "rejected requests to cancel" in content(section)


def test_a_party_that_two_people_released_is_released(tmp_path: Path) -> None:
    """In the tables and in the report; hits that differ in nothing but the number are one line."""
    with made_house(tmp_path) as house:
        open_day(house.clearing_house, MONDAY)
        builder = BatchBuilder(Family.PARTY)
        builder.add(party_id="F1", name=invented_name(3), country="KE", participant="")
        house.clearing_house.submit(flushed(builder))
        (held,) = house.query("SELECT held_number, status FROM alert")
        assert held["status"] == "PDNG"
        for person in ("amara", "bela"):
            house.clearing_house.decide_held(held["held_number"], person, "known to us", release=True)
        statuses = house.query("SELECT status, reason FROM alert")
        player = Player(house, 1)
        row = player.payment(creditor_name=invented_name(4), debtor_name="Dyers", currency="EUR")
        row |= {"instructing_agent": "KE01", "debtor_agent": "KE01", "creditor_agent": "UG01", "uetr": None}
        player.send([row | {"instruction_id": f"P{number}"} for number in range(9)])
        _, tree = read_report(house, tmp_path)
    assert statuses == [{"status": "ACSC", "reason": ""}]
    first, second = tree.findall(".//div[@class='alerts']//tbody/tr")
    cells = [content(cell) for cell in first]
    assert (cells[4], cells[0].endswith("party")) == ("released", True)
    cells = [content(cell) for cell in second]
    assert cells[0].endswith("9 payments")
    assert cells[1].endswith("and 3 more")
    assert cells[4:] == ["held", "nobody yet"]
