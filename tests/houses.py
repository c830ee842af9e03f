"""Houses for tests: on disk as `setfair init` makes them, or a clearing house over any store.

The agreement is that of `tests.agreements`, the UN list one of invented names, and the time the morning of
`DAY` on a clock that goes on a second at each look.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from setfair.clearing_house import ClearingHouse
from setfair.domain.agreement import load_agreement
from setfair.domain.codes import InstructionKind, Priority
from setfair.domain.instants import to_instant
from setfair.domain.instruction import Batch, BatchBuilder, Family
from setfair.domain.signing import format_signatures
from setfair.house import House, init_house
from setfair.screening.in_force import FileLists
from setfair.store.memory import MemoryStore
from setfair.store.protocol import Store
from tests.agreements import AGENT, agreement_text, sign_all
from tests.kept_lists import known_lists, lists_known
from tests.screening.samples import write_un_xml

DAY = date(2026, 1, 5)
NOW = "2026-01-05T09:00:00+03:00"
"""The same morning, as the command line takes it."""
REMEMBER_FROM = date(2025, 12, 20)
BANKS = ("KE01", "UG01", "TN01")
HEADER = (
    "uetr,instruction_id,debtor_agent,creditor_agent,currency,amount,priority,"
    "debtor_name,creditor_name,value_date"
)
"""Columns of a bulk table of payments."""


def ticking_clock(start: datetime = datetime(2026, 1, 5, 6, 0, tzinfo=UTC)) -> Callable[[], int]:
    """Return a clock that goes one second at each look."""
    moment = to_instant(start)

    def look() -> int:
        nonlocal moment
        moment += 10**9
        return moment

    return look


def usual_agreement(**changes: Any) -> str:
    """Return the agreement of the houses here, as TOML, with changes to `agreement_text`'s arguments."""
    return agreement_text(**{"banks": BANKS, "currencies": ("KES", "UGX"), "credit_line": "1000", **changes})


def write_signed(folder: Path, text: str, name: str = "agreement.toml") -> Path:
    """Write an agreement, all its signatures and a fresh UN list; return the agreement's file."""
    file = folder / name
    file.write_text(text, encoding="utf-8")
    signatures = format_signatures(sign_all(load_agreement(text)))
    file.with_name(f"{name}.signatures.json").write_bytes(signatures)
    (folder / "lists").mkdir(exist_ok=True)
    write_un_xml(folder / "lists" / "un.xml", published=date(2026, 1, 4))
    return file


def make_house(folder: Path, text: str | None = None) -> Path:
    """Make a house in `folder / "house"` and return that folder."""
    with lists_known():
        init_house(folder / "house", write_signed(folder, text or usual_agreement()), ticking_clock())
    return folder / "house"


def lists_in(folder: Path) -> FileLists:
    """Write a fresh UN list and return the gate over it."""
    (folder / "lists").mkdir(exist_ok=True)
    write_un_xml(folder / "lists" / "un.xml", published=date(2026, 1, 4))
    return known_lists(folder)


def adopt_text(house: ClearingHouse, text: str) -> None:
    """Put an agreement into force with all signatures."""
    agreement = load_agreement(text)
    house.adopt(agreement, sign_all(agreement))


def open_clearing_house(
    lists: FileLists, store: Store | None = None, text: str | None = None
) -> ClearingHouse:
    """Return a clearing house with an agreement in force and both days open.

    Parameters
    ----------
    lists
        The gate.
    store
        An empty store; None: in memory.
    text
        The agreement, TOML.
    """
    house = ClearingHouse(store or MemoryStore(), lists, ticking_clock(), random_bytes=bytes)
    adopt_text(house, text or usual_agreement())
    for currency in ("KES", "UGX"):
        house.open_day(currency, DAY, REMEMBER_FROM)
    return house


def batch_of(family: Family, rows: Sequence[Mapping[str, object]]) -> Batch:
    """Return one batch of these rows."""
    builder = BatchBuilder(family)
    for row in rows:
        builder.add(**row)
    batch = builder.flush()
    if batch is None:
        raise ValueError("a batch has at least one row")
    return batch


def payment(
    number: int, debtor: str, creditor: str, amount_minor: int, **changes: object
) -> dict[str, object]:
    """Return a row of a payment batch: a customer payment in KES."""
    return {
        "kind": InstructionKind.CUSTOMER_PAYMENT,
        "uetr": UUID(int=number).bytes,
        "instruction_id": f"P{number}",
        "instructing_agent": debtor,
        "debtor_agent": debtor,
        "creditor_agent": creditor,
        "currency": "KES",
        "amount_minor": amount_minor,
        "priority": Priority.NORMAL,
        "debtor_name": "Example Weaving",
        "creditor_name": "Example Dyeworks",
        "message_name": "csv",
        **changes,
    }


def funding(number: int, creditor: str, amount_minor: int, currency: str = "KES") -> dict[str, object]:
    """Return a row that brings money from the settlement agent."""
    return payment(
        number,
        AGENT,
        creditor,
        amount_minor,
        kind=InstructionKind.LIQUIDITY_TRANSFER,
        currency=currency,
        debtor_name="",
        creditor_name="",
    )


def payments(*rows: Mapping[str, object]) -> Batch:
    """Return a batch of payments."""
    return batch_of(Family.PAYMENT, rows)


def obligation(
    number: str, debtor: str, creditor: str, amount_minor: int, **changes: object
) -> dict[str, object]:
    """Return a row of an obligation batch, in KES, with names."""
    return {
        "kind": InstructionKind.OBLIGATION,
        "obligation_id": number,
        "debtor": debtor,
        "creditor": creditor,
        "debtor_name": f"Firm {debtor}",
        "creditor_name": f"Firm {creditor}",
        "currency": "KES",
        "amount_minor": amount_minor,
        "message_name": "csv",
        **changes,
    }


def obligations(*rows: Mapping[str, object]) -> Batch:
    """Return a batch of obligations."""
    return batch_of(Family.OBLIGATION, rows)


def csv_payment(number: int, debtor: str, creditor: str, amount: str, **changes: str) -> str:
    """Return a line of a bulk table of payments, in KES, with the columns of `HEADER`."""
    row = {
        "uetr": str(UUID(int=(4 << 76) | (2 << 62) | number)),
        "instruction_id": f"P{number}",
        "debtor_agent": debtor,
        "creditor_agent": creditor,
        "currency": "KES",
        "amount": amount,
        "priority": "",
        "debtor_name": "Example Weaving",
        "creditor_name": "Example Dyeworks",
        "value_date": "",
        **changes,
    }
    return ",".join(row[name] for name in HEADER.split(","))


def write_csv(path: Path, *lines: str, header: str = HEADER) -> Path:
    """Write a bulk table."""
    path.write_text("\n".join((header, *lines, "")), encoding="utf-8")
    return path


def balances_of(house: ClearingHouse) -> dict[tuple[str, str], int]:
    """Return the balance of each account in minor units."""
    state = house.state
    return {
        (name.participant, name.currency): int(state.books.accounts[place]["balance"])
        for place, name in enumerate(state.directory.accounts)
    }


def table_rows(house: House) -> dict[str, list[dict[str, Any]]]:
    """Return all rows of every table and view of a house, in order, pages and checkpoint too."""
    names = house.query("SELECT name FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY name")
    return {
        str(row["name"]): house.query(f'SELECT * FROM "{row["name"]}" ORDER BY 1, 2')
        for row in names
        if not str(row["name"]).startswith("sqlite_")
    }
