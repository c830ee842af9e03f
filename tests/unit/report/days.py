"""Houses whose days a report has to cope with, and the report read back as a tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lxml import etree

from setfair.business_day import close_day, cut_off, open_day, run_cycles
from setfair.domain.codes import InstructionKind
from setfair.domain.instruction import BatchBuilder, Family
from setfair.house import House
from setfair.report.write import write_report
from tests.unit.statements.days import BANKS, MONDAY, Player, flushed, made_house

SECTIONS = [
    "numbers",
    "indicators",
    "owed",
    "clearing",
    "settled",
    "queue",
    "liquidity",
    "refusals",
    "screening",
    "accounts",
    "journal",
]
"""Sections of every report that are tested here, in their order."""

Debt = tuple[str, str, int]
"""Debtor, creditor, minor units."""


def read_report(house: House, folder: Path) -> tuple[str, Any]:
    """Write the report of the last day; return its text and its tree."""
    path = write_report(house.query, folder / "report.html")
    text = path.read_text(encoding="utf-8")
    return text, etree.fromstring(text.partition("\n")[2].encode())


def content(of: Any) -> str:
    """Return all text of an element, except what describes drawings."""
    return "".join(of.itertext())


def owe(
    house: House, debts: Sequence[Debt], currency: str = "EUR", names: Callable[[str], str] = str
) -> None:
    """Submit obligations that are due at once."""
    builder = BatchBuilder(Family.OBLIGATION)
    for number, (debtor, creditor, amount) in enumerate(debts):
        builder.add(
            kind=InstructionKind.OBLIGATION,
            obligation_id=f"{currency}-{debtor}-{creditor}-{number}",
            debtor=debtor,
            creditor=creditor,
            debtor_name=names(debtor),
            creditor_name=names(creditor),
            currency=currency,
            amount_minor=amount,
        )
    house.clearing_house.submit(flushed(builder))


def register(house: House, firms: Sequence[str], countries: Sequence[str]) -> None:
    """Name firms that bank with nobody, country by country in turn."""
    builder = BatchBuilder(Family.PARTY)
    for place, firm in enumerate(firms):
        country = countries[place % len(countries)]
        builder.add(party_id=firm, name=f"Firm {firm}", country=country, participant="")
    house.clearing_house.submit(flushed(builder))


def end_day(house: House) -> None:
    """Cut off and close all currencies."""
    for _ in range(2):
        cut_off(house.clearing_house)
    close_day(house.clearing_house)


@contextmanager
def never_opened(folder: Path) -> Iterator[House]:
    """Make a house that has an agreement and nothing else."""
    with made_house(folder) as house:
        yield house


@contextmanager
def nothing_happened(folder: Path) -> Iterator[House]:
    """Make a house that opened and closed."""
    with made_house(folder) as house:
        open_day(house.clearing_house, MONDAY)
        end_day(house)
        yield house


@contextmanager
def one_currency_one_account(folder: Path) -> Iterator[House]:
    """Make a house of one bank and one currency in which only funding is possible."""
    with made_house(folder, extra="", banks=("KE01",), currencies=("JPY",)) as house:
        open_day(house.clearing_house, MONDAY)
        Player(house, 1).send([Player(house, 1).funding("KE01", "JPY")])
        end_day(house)
        yield house


@contextmanager
def no_cycle(folder: Path) -> Iterator[House]:
    """Make a house in which something was due and nobody cleared it."""
    with made_house(folder) as house:
        open_day(house.clearing_house, MONDAY)
        owe(house, [("A", "B", 100), ("B", "A", 60)])
        end_day(house)
        yield house


@contextmanager
def no_invoice(folder: Path) -> Iterator[House]:
    """Make a house with payments, and a cycle that found nothing due."""
    with made_house(folder) as house:
        open_day(house.clearing_house, MONDAY)
        player = Player(house, 3)
        player.send([player.funding(bank, "EUR") for bank in BANKS])
        player.send([player.payment(currency="EUR") for _ in range(20)])
        run_cycles(house.clearing_house, (), MONDAY)
        end_day(house)
        yield house


@contextmanager
def still_open(folder: Path) -> Iterator[House]:
    """Make a house in the middle of its day, with something that waits."""
    with made_house(folder) as house:
        open_day(house.clearing_house, MONDAY)
        player = Player(house, 4)
        player.send([player.payment(currency="EUR", amount_minor=80_000) for _ in range(5)])
        yield house


EDGE_DAYS = (never_opened, nothing_happened, one_currency_one_account, no_cycle, no_invoice, still_open)
