"""Indicators of a day: against plain loops over its records, and of a small day worked out by hand."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from setfair.business_day import cut_off, open_day
from setfair.domain.codes import InstructionKind, Phase, Priority, Reason
from setfair.house import House
from setfair.report.day import ReportDay, find_day, microseconds
from setfair.report.indicators import CurrencyIndicators, Indicators, as_document, read_indicators
from setfair.report.read import Reader
from tests.cli import invoke
from tests.unit.report.days import content, read_report
from tests.unit.statements.days import MONDAY, Player, made_house

Record = dict[str, Any]


@pytest.fixture(scope="module")
def indicators(reader: Reader, day: ReportDay) -> Indicators:
    """Tuesday's indicators."""
    return read_indicators(reader, day)


def _own_records(house: House, day: ReportDay, number: int) -> list[Record]:
    """Return the records of payments of one currency of the day, funding apart, with their times."""
    stretch = next(one for one in day.stretches if one.number == number)
    return house.query(
        "WITH agent AS (SELECT account_number FROM account_row WHERE is_agent) "
        "SELECT w.*, g.time_utc FROM record_row w JOIN page g USING (page_number) "
        "WHERE w.currency_number = ? AND w.kind IN (1, 2, 3, 5) AND w.page_number BETWEEN ? AND ? "
        "AND w.debtor NOT IN agent AND w.creditor NOT IN agent ORDER BY w.record_number",
        (number, stretch.first_page, stretch.last_page),
    )


def test_delay_is_the_value_weighted_wait(house: House, day: ReportDay, indicators: Indicators) -> None:
    """The delay of each currency is that of a loop over its payments."""
    seen = 0
    for stretch, one in zip(day.stretches, indicators.currencies, strict=True):
        end = next(each.time for each in stretch.phases if each.phase is Phase.INTERBANK_CUTOFF)
        lives: dict[int, list[Record]] = defaultdict(list)
        for record in _own_records(house, day, stretch.number):
            lives[record["subject_number"]].append(record)
        waited = longest = 0
        for records in lives.values():
            accepted = [microseconds(each["time_utc"]) for each in records if each["kind"] in (1, 2)]
            over = [microseconds(each["time_utc"]) for each in records if each["kind"] != 2]
            if accepted and accepted[0] < end:
                amount = records[0]["amount_minor"]
                waited += amount * (min([*over[-1:], end]) - accepted[0])
                longest += amount * (end - accepted[0])
        assert one.delay == pytest.approx(waited / longest)
        seen += waited > 0
    assert seen


def test_used_lies_with_its_bounds(house: House, day: ReportDay, indicators: Indicators) -> None:
    """Upper and lower bound of liquidity are those of a loop; nothing uses less than the lower bound."""
    for stretch, one in zip(day.stretches, indicators.currencies, strict=True):
        settled = [each for each in _own_records(house, day, stretch.number) if each["kind"] == 1]
        position: dict[int, int] = defaultdict(int)
        lowest: dict[int, int] = defaultdict(int)
        for record in sorted(settled, key=lambda each: each["subject_number"]):
            position[record["debtor"]] -= record["amount_minor"]
            position[record["creditor"]] += record["amount_minor"]
            lowest[record["debtor"]] = min(lowest[record["debtor"]], position[record["debtor"]])
        assert one.liquidity_upper == -sum(lowest.values())
        assert one.liquidity_lower == sum(max(0, -each) for each in position.values())
        assert one.liquidity_used >= one.liquidity_lower > 0


def test_every_settled_payment_has_one_mechanism(indicators: Indicators, house: House) -> None:
    """The shares of the mechanisms sum to one, and numbers to what settled."""
    for one in as_document(indicators)["currencies"]:  # type: ignore[attr-defined]
        shares = [each["share"] for each in one["mechanisms"].values()]
        assert sum(shares) == pytest.approx(1, abs=1e-5)
        assert one["settled"]["payments"] == sum(
            each["payments"] for way, each in one["mechanisms"].items() if way != "cycle"
        )


def _pay(player: Player, debtor: str, creditor: str, amount: int, **more: object) -> dict[str, object]:
    return player.payment(
        **{
            "kind": InstructionKind.INSTITUTION_PAYMENT,
            "instructing_agent": debtor,
            "debtor_agent": debtor,
            "creditor_agent": creditor,
            "currency": "EUR",
            "amount_minor": amount,
            "priority": Priority.NORMAL,
            "value_date": None,
            **more,
        }
    )


@pytest.fixture(scope="module")
def gridlocked(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A ring of three that only offsetting settles, a link, and a payment at a limit; the day is open."""
    limit = (
        '[[limits]]\nparticipant = "NO01"\ncounterparty = "KE01"\ncurrency = "EUR"\namount = "1.00"\n'
        '[offsetting]\ndiscipline = "bypass"\n'
    )
    with made_house(tmp_path_factory.mktemp("gridlocked"), limit) as house:
        player = Player(house, 1)
        open_day(house.clearing_house, MONDAY)
        player.send([_pay(player, "KE01", "UG01", 90_000)])
        player.send([_pay(player, "UG01", "TN01", 90_000)])
        player.send([_pay(player, "TN01", "KE01", 90_000)])
        player.send([_pay(player, "NO01", "KE01", 500)])
        leg = {"link": "L", "link_legs": 2, "priority": Priority.URGENT}
        player.send([_pay(player, "NO01", "UG01", 1_000, **leg), _pay(player, "UG01", "NO01", 400, **leg)])
        house.clearing_house.offset_queue()
        house.catch_up()
        yield house


def _euro(house: House) -> tuple[CurrencyIndicators, Indicators]:
    day = find_day(house.query, None)
    found = read_indicators(Reader(house.query, day.spans({})), day)
    return next(one for one in found.currencies if one.currency == "EUR"), found


def test_a_gridlock_is_found(gridlocked: House) -> None:
    """One run settles the ring of 270,000 together, without liquidity; the link is a step of its own."""
    one, found = _euro(gridlocked)
    assert (found.gridlock.runs, found.gridlock.found, found.gridlock.settled) == (1, 1, 3)
    assert found.gridlock.value == found.gridlock.bound == 270_000
    assert (one.ways["offset"].number, one.ways["offset"].value) == (3, 270_000)
    assert (one.ways["link"].number, one.ways["link"].value) == (2, 1_400)
    assert one.ways["at_once"].number == 0
    assert one.liquidity_used == one.liquidity_lower == 600
    assert one.liquidity_upper == 90_000 + 600
    assert one.waits[Reason.INSUFFICIENT_FUNDS].value == 270_000
    assert one.waits[Reason.LIMIT_REACHED].number == 1
    assert (one.queue_peak.number, one.queue_peak.value) == (4, 270_500)


def test_an_open_day_counts_to_its_last_page(gridlocked: House) -> None:
    """The delay is a ratio of what waits so far, and grows no further once the cut-off has come."""
    before, _ = _euro(gridlocked)
    assert before.delay is not None
    assert 0 < before.delay <= 1
    for _ in range(2):
        cut_off(gridlocked.clearing_house)
    gridlocked.clearing_house.checkpoint()
    after, _ = _euro(gridlocked)
    again, _ = _euro(gridlocked)
    assert after == again


def test_the_command_reads_beside_the_writer(gridlocked: House) -> None:
    """`setfair indicators` shows what the tables hold while a writer has the house open."""
    folder = str(gridlocked.folder)
    found = invoke("indicators", folder, "--json")
    assert found.exit_code == 0, found.output
    document = json.loads(found.output)
    euro = next(one for one in document["currencies"] if one["currency"] == "EUR")
    assert document["business_date"] == "2026-01-05"
    assert (euro["limits_hit"], euro["mechanisms"]["offset"]["payments"]) == (1, 3)
    shown = invoke("indicators", folder)
    assert "1 gridlock found in 1 run of offsetting: 3 payments settled, 100.0 % of the bound" in shown.output


def test_the_report_shows_them(gridlocked: House, tmp_path: Path) -> None:
    """The report has a table of the indicators and a bar of the mechanisms."""
    _, tree = read_report(gridlocked, tmp_path)
    section = tree.find(".//section[@id='indicators']")
    assert "1 gridlock was found and solved: 3 payments settled together" in content(section)
    assert "in links" in content(section)
