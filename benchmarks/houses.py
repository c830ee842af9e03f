"""A house in a temporary folder, as `setfair init` makes it, and files to submit to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import numpy as np
import pyarrow as pa

from benchmarks.scenario import NAMES, SEED, name_of
from setfair.domain.agreement import load_agreement
from setfair.domain.codes import Priority
from setfair.domain.instants import to_instant
from setfair.domain.signing import format_signatures, new_private_key, public_key_text, sign_agreement
from setfair.house import Clock, House, init_house, open_house

DAY = date(2030, 1, 15)
BANKS = ("ALPHXAAA", "BRAVXBBB", "CEDRXCCC", "DELTXDDD", "ECHOXEEE", "FOXTXFFF")
"""Ids of the banks: what `generate_pacs008` gives as their BICs."""
CURRENCY = "EUR"
_LIST_ENTRIES = 600

_AGREEMENT = """
[agreement]
id = "BENCH"
name = "House that is measured"
version = 1
effective_date = 2030-01-01
bic = "SFCHKEN1XXX"
time_zone = "UTC"

[[currencies]]
code = "EUR"
settlement_agent = "AGENT"
opens = 00:00:01
customer_cutoff = 23:00:00
interbank_cutoff = 23:30:00

[[participants]]
id = "AGENT"
name = "Settlement agent"
country = "KE"
bic = "AGNTKE22XXX"
role = "settlement_agent"

[screening]
officers = [{ id = "first", name = "First Officer" }, { id = "second", name = "Second Officer" }]

[[screening.lists]]
id = "UN"
format = "un_xml"
file = "lists/un.xml"
max_age_days = 7
entries_min = 500
entries_max = 20000
"""
_BANK = """
[[participants]]
id = "{bank}"
name = "Bank {number}"
member_id = "BANK{number}"
country = "KE"
role = "bank"

[[accounts]]
participant = "{bank}"
currency = "EUR"
credit_line = "1000000000000"
"""


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Give a folder on the disk where the benches run, and remove it."""
    results = Path(__file__).parent / "results"
    results.mkdir(exist_ok=True)
    with TemporaryDirectory(dir=results, prefix="run-") as folder:
        yield Path(folder)


def clock() -> Clock:
    """Return a clock that starts in the morning of the business day and goes on a second at every look."""
    begin = to_instant(datetime(DAY.year, DAY.month, DAY.day, 8, tzinfo=UTC))
    ticks = count()
    return lambda: begin + next(ticks) * 10**6


def make_house(parent: Path, name: str = "house", *, accounts: int = len(BANKS)) -> Path:
    """Make a house with an agreement that is signed and a screening list of invented names.

    Parameters
    ----------
    parent, name
        Where.
    accounts
        How many banks it has, with an account each beside that of the settlement agent: `BANKS` first.
    """
    key = new_private_key()
    banks = [*BANKS[:accounts], *(f"BANK{number:06d}" for number in range(len(BANKS), accounts))]
    text = _AGREEMENT + "".join(_BANK.format(bank=bank, number=n) for n, bank in enumerate(banks, 1))
    text += f'\n[[signatories]]\nid = "AGENT"\npublic_key = "{public_key_text(key)}"\n'
    agreement_file = parent / "agreement.toml"
    agreement_file.write_text(text)
    agreement = load_agreement(text)
    signed = sign_agreement(agreement, "AGENT", key)
    (parent / "agreement.toml.signatures.json").write_bytes(format_signatures((signed,)))
    (parent / "lists").mkdir(exist_ok=True)
    (parent / "lists" / "un.xml").write_text(_list_text())
    init_house(parent / name, agreement_file, clock())
    return parent / name


def _list_text() -> str:
    entries = "".join(
        f"<INDIVIDUAL><DATAID>{number}</DATAID><FIRST_NAME>Listed Person {number}</FIRST_NAME>"
        "<UN_LIST_TYPE>Example</UN_LIST_TYPE></INDIVIDUAL>\n"
        for number in range(1, _LIST_ENTRIES + 1)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<CONSOLIDATED_LIST dateGenerated="{DAY}T00:00:00.000Z">\n'
        f"<INDIVIDUALS>{entries}</INDIVIDUALS>\n<ENTITIES></ENTITIES>\n</CONSOLIDATED_LIST>\n"
    )


@contextmanager
def open_day(folder: Path) -> Iterator[House]:
    """Open a house whose business day has begun."""
    with open_house(folder, clock()) as house:
        if not house.clearing_house.state.books.phases.any():
            house.clearing_house.open_day(CURRENCY, DAY, DAY)
        yield house


def payment_table(rows: int, seed: int = SEED) -> pa.Table:
    """Return a bulk table of customer payments: every column of the documented header."""
    random = np.random.default_rng(seed)
    debtor = random.integers(0, len(BANKS), rows)
    creditor = (debtor + random.integers(1, len(BANKS), rows)) % len(BANKS)
    cents = random.integers(100, 10_000_000, rows).tolist()
    priorities = random.choice(3, rows, p=(0.05, 0.15, 0.8)).tolist()
    names = random.integers(0, NAMES, (2, rows)).tolist()
    return pa.table(
        {
            "uetr": [str(UUID(bytes=random.bytes(16), version=4)) for _ in range(rows)],
            "instruction_id": [f"I{number:09d}" for number in range(rows)],
            "debtor_agent": [BANKS[place] for place in debtor],
            "creditor_agent": [BANKS[place] for place in creditor],
            "currency": [CURRENCY] * rows,
            "amount": [f"{amount // 100}.{amount % 100:02d}" for amount in cents],
            "priority": [Priority(priority).name for priority in priorities],
            "debtor_name": [name_of(number) for number in names[0]],
            "creditor_name": [name_of(number) for number in names[1]],
            "value_date": [DAY.isoformat()] * rows,
        }
    )
