"""A house of an arrangement: its agreement signed with demonstration keys, its clock set, its payments drawn.

Nothing is played that a house could not do: everything goes through `ClearingHouse.submit`.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from setfair.business_day import close_day, cut_off, open_day
from setfair.domain.agreement import Agreement, load_agreement
from setfair.domain.codes import InstructionKind, Priority
from setfair.domain.instants import to_instant
from setfair.domain.instruction import BatchBuilder, Family
from setfair.domain.signing import format_signatures, sign_agreement
from setfair.house import House, init_house, open_house
from setfair.report.day import find_day
from setfair.report.indicators import CurrencyIndicators, Indicators, read_indicators
from setfair.report.read import Reader

HERE = Path(__file__).parent
sys.path.append(str(HERE.parent))

from demo_day.lists import write_lists  # noqa: E402 (the example day is no package that is installed)

SEED = 20260105
Fact = tuple[str, str]
"""What the run shows: words and a figure."""


def demonstration_key(signatory: str) -> Ed25519PrivateKey:
    """Return the key of a signatory; it is secret to nobody."""
    secret = hashlib.sha256(f"setfair demonstration key arrangements {signatory}".encode()).digest()
    return Ed25519PrivateKey.from_private_bytes(secret)


@dataclass(slots=True)
class Player:
    """An open house, and what drives it."""

    house: House
    agreement: Agreement
    random: Random
    clock: Clock
    numbers: Iterator[int]

    def at(self, day: date, hour: int, minute: int = 0) -> None:
        """Set the clock to a local time of the house."""
        self.clock.set(day, time(hour, minute), self.agreement.agreement.time_zone)

    def pay(self, rows: Sequence[Mapping[str, object]]) -> None:
        """Submit payments between institutions as one batch."""
        builder = BatchBuilder(Family.PAYMENT)
        for row in rows:
            number = f"P{next(self.numbers)}"
            debtor = row["debtor_agent"]
            builder.add(
                **{
                    "kind": InstructionKind.INSTITUTION_PAYMENT,
                    "instruction_id": number,
                    "message_name": "csv",
                    "instructing_agent": debtor,
                    "priority": Priority.NORMAL,
                    **row,
                }
            )
        batch = builder.flush()
        if batch is not None:
            self.house.clearing_house.submit(batch)

    def fund(self, agent: str, bank: str, currency: str, amount_minor: int) -> None:
        """Move liquidity from the settlement agent to an account, or back if it is below zero."""
        sides = (agent, bank) if amount_minor > 0 else (bank, agent)
        row = payment(*sides, currency, abs(amount_minor))
        self.pay([{**row, "kind": InstructionKind.LIQUIDITY_TRANSFER, "instructing_agent": agent}])

    def owe(self, rows: Sequence[Mapping[str, object]]) -> None:
        """Submit obligations as one batch."""
        builder = BatchBuilder(Family.OBLIGATION)
        for row in rows:
            obligation = f"I{next(self.numbers)}"
            kind = InstructionKind.OBLIGATION
            builder.add(kind=kind, obligation_id=obligation, message_name="csv", **row)
        batch = builder.flush()
        if batch is not None:
            self.house.clearing_house.submit(batch)

    def open(self, day: date, hour: int) -> None:
        """Open the business day."""
        self.at(day, hour)
        open_day(self.house.clearing_house, day)

    def close(self, day: date, hour: int) -> None:
        """Cut off and close the business day."""
        self.at(day, hour)
        for _ in range(2):
            cut_off(self.house.clearing_house)
        close_day(self.house.clearing_house)
        self.house.clearing_house.checkpoint()

    def balances(self, currency: str) -> dict[str, int]:
        """Return the balance of each bank, the settlement agents apart."""
        self.house.clearing_house.checkpoint()
        found = self.house.query(
            "SELECT participant, balance_minor FROM account WHERE currency = ? AND role = 'bank' ORDER BY 1",
            (currency,),
        )
        return {row["participant"]: row["balance_minor"] for row in found}

    def indicators(self, day: date) -> Indicators:
        """Return the indicators of a day."""
        self.house.clearing_house.checkpoint()
        found = find_day(self.house.query, day)
        return read_indicators(Reader(self.house.query, found.spans({})), found)

    def currency_indicators(self, day: date, currency: str) -> CurrencyIndicators:
        """Return the indicators of a day in one currency."""
        return next(one for one in self.indicators(day).currencies if one.currency == currency)


@dataclass(slots=True)
class Clock:
    """A simulated clock: a second goes by at each look."""

    moment: int = field(default=0)

    def set(self, day: date, local: time, time_zone: str) -> None:
        """Set it, forward only."""
        moment = to_instant(datetime.combine(day, local, ZoneInfo(time_zone)))
        self.moment = max(self.moment, moment)

    def __call__(self) -> int:
        self.moment += 10**9
        return self.moment


def payment(
    debtor: str, creditor: str, currency: str, amount_minor: int, **more: object
) -> dict[str, object]:
    """Return the row of a payment."""
    return {
        "debtor_agent": debtor,
        "creditor_agent": creditor,
        "currency": currency,
        "amount_minor": amount_minor,
        **more,
    }


def _numbers() -> Iterator[int]:
    number = 0
    while True:
        number += 1
        yield number


@contextmanager
def play_house(
    folder: Path, name: str, first_day: date, *, seed: int = SEED, changes: Mapping[str, str] | None = None
) -> Iterator[Player]:
    """Make the house of an arrangement in an empty folder and open it.

    Parameters
    ----------
    folder
        Where to.
    name
        Of the agreement beside this file, without `.toml`.
    first_day
        When the clock begins.
    seed
        Of everything that is drawn.
    changes
        Texts of the agreement to be replaced: what would be under other rules.
    """
    text = (HERE / f"{name}.toml").read_text(encoding="utf-8")
    for before, after in (changes or {}).items():
        if before not in text:
            raise ValueError(f"{name}.toml has no {before!r}")
        text = text.replace(before, after)
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "agreement.toml"
    file.write_text(text, encoding="utf-8")
    agreement = load_agreement(text)
    signed = tuple(
        sign_agreement(agreement, one.id, demonstration_key(one.id)) for one in agreement.signatories
    )
    (folder / "agreement.toml.signatures.json").write_bytes(format_signatures(signed))
    publish_lists(folder, first_day)
    clock = Clock()
    clock.set(first_day, time(0, 1), agreement.agreement.time_zone)
    init_house(folder / "house", file, clock)
    with open_house(folder / "house", clock) as house:
        yield Player(house, agreement, Random(seed), clock, _numbers())


def publish_lists(folder: Path, day: date) -> None:
    """Write the example list as it is published the day before."""
    write_lists(folder / "lists", Random(SEED), day, "Example Listed Firm")
