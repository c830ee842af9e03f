"""A day of gross settlement with liquidity saving, and the same day without it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from examples.arrangements.play import Fact, payment, play_house
from setfair.domain.codes import Priority
from setfair.domain.money import format_amount
from setfair.report.indicators import WAYS, CurrencyIndicators, Gridlock

CURRENCY, AGENT = "TND", "TNCB"
BANKS = tuple(f"RT0{number}" for number in range(1, 9))
DAY = date(2026, 1, 5)
FUNDED_MINOR = 30_000_000
BATCHES, PAYMENTS = 24, 25
WITHOUT = {"queue_length = 20\nperiod_seconds = 300": "queue_length = 0\nperiod_seconds = 0"}


def play(folder: Path) -> list[Fact]:
    """Play the day under both rules."""
    saving, run = _play_day(folder / "with", {})
    plain, _ = _play_day(folder / "without", WITHOUT)
    facts = [
        ("payments", f"{BATCHES * PAYMENTS:,}"),
        (
            "settled, with and without runs of offsetting",
            f"{saving.settled.number}, {plain.settled.number}",
        ),
        ("value settled", _both(saving.settled.value, plain.settled.value)),
        ("liquidity used", _both(saving.liquidity_used, plain.liquidity_used)),
        ("turnover", f"{saving.turnover or 0:.2f}, {plain.turnover or 0:.2f}"),
        ("delay", f"{saving.delay or 0:.3f}, {plain.delay or 0:.3f}"),
        ("gridlocks found in runs", f"{run.found} in {run.runs}"),
        ("settled of the bound in them", f"{100 * run.value / run.bound:.1f} %"),
    ]
    whole = sum(tally.value for tally in saving.ways.values())
    return facts + [
        (f"settled {words}", f"{100 * saving.ways[way].value / whole:.1f} %")
        for way, words in WAYS.items()
        if saving.ways[way].number
    ]


def _both(saving: int, plain: int) -> str:
    return f"{format_amount(saving, 3)}, {format_amount(plain, 3)} {CURRENCY}"


def _play_day(folder: Path, changes: dict[str, str]) -> tuple[CurrencyIndicators, Gridlock]:
    with play_house(folder, "rtgs", DAY, changes=changes) as player:
        player.open(DAY, 7)
        for bank in BANKS:
            player.fund(AGENT, bank, CURRENCY, FUNDED_MINOR)
        for batch in range(BATCHES):
            player.at(DAY, 7 + (batch + 1) * 20 // 60, (batch + 1) * 20 % 60)
            rows = []
            for _ in range(PAYMENTS):
                debtor, creditor = player.random.sample(BANKS, 2)
                priority = player.random.choices(tuple(Priority), (5, 15, 80))[0]
                amount = int(player.random.lognormvariate(15.5, 1.3))
                rows.append(payment(debtor, creditor, CURRENCY, amount, priority=priority))
            player.pay(rows)
        player.close(DAY, 18)
        found = player.indicators(DAY)
        return player.currency_indicators(DAY, CURRENCY), found.gridlock
