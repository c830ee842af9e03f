"""A small house with something of everything in it, for the examples in the documentation."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from setfair.domain.codes import InstructionKind, Phase
from setfair.domain.instruction import Batch, BatchBuilder, Family
from setfair.house import House, open_house
from tests.houses import AGENT, DAY, REMEMBER_FROM, make_house, ticking_clock
from tests.screening.samples import invented_name


@contextmanager
def small_house(folder: Path) -> Iterator[House]:
    """Make a house in a folder and play a short day in it."""
    make_house(folder)
    with open_house(folder / "house", ticking_clock()) as house:
        _play_day(house)
        yield house


def _play_day(house: House) -> None:
    way_in = house.clearing_house
    for currency in ("KES", "UGX"):
        way_in.open_day(currency, DAY, REMEMBER_FROM)
    way_in.submit(payments())
    held = house.query("SELECT held_number FROM alert")[0]["held_number"]
    way_in.decide_held(int(held), "amara", "another person of the same name", release=True)
    way_in.submit(obligations())
    way_in.run_cycle("KES", DAY)
    way_in.change_phase("UGX", Phase.INTERBANK_CUTOFF)


def payments() -> Batch:
    """Return a funding, payments that settle, wait and are rejected, and one that screening holds."""
    builder = BatchBuilder(Family.PAYMENT)
    funding = {"kind": InstructionKind.LIQUIDITY_TRANSFER, "instructing_agent": AGENT}
    rows: list[dict[str, object]] = [
        _payment(AGENT, "KE01", 100_000) | funding,
        _payment("KE01", "UG01", 150_000),
        _payment("UG01", "KE01", 120_000),
        _payment("UG01", "TN01", 210_000),
        _payment("UG01", "NOBODY", 1),
        _payment("UG01", "TN01", 77) | {"creditor_name": invented_name(3)},
        _payment("KE01", "TN01", 500) | {"currency": "UGX"},
    ]
    for number, row in enumerate(rows, 1):
        builder.add(**{"uetr": UUID(int=number).bytes, "instruction_id": f"P{number}", **row})
    batch = builder.flush()
    if batch is None:
        raise AssertionError("rows were added")
    return batch


def _payment(debtor: str, creditor: str, amount_minor: int) -> dict[str, object]:
    return {
        "kind": InstructionKind.CUSTOMER_PAYMENT,
        "instructing_agent": debtor,
        "debtor_agent": debtor,
        "creditor_agent": creditor,
        "currency": "KES",
        "amount_minor": amount_minor,
        "priority": 2,
        "debtor_name": "Example Weaving",
        "creditor_name": "Example Dyeworks",
        "message_name": "csv",
    }


def obligations() -> Batch:
    """Return four obligations of which a part goes around in a circle."""
    builder = BatchBuilder(Family.OBLIGATION)
    for number, (debtor, creditor, amount) in enumerate(
        (("A", "B", 100), ("B", "C", 80), ("C", "A", 50), ("A", "C", 10)), 1
    ):
        builder.add(
            kind=InstructionKind.OBLIGATION,
            obligation_id=f"INV-{number}",
            debtor=debtor,
            creditor=creditor,
            debtor_name=f"Firm {debtor}",
            creditor_name=f"Firm {creditor}",
            currency="KES",
            amount_minor=amount,
            message_name="csv",
        )
    batch = builder.flush()
    if batch is None:
        raise AssertionError("rows were added")
    return batch
