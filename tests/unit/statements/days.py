"""A house that lives through two business days in three currencies, for the tests of what it gives out."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

from setfair.business_day import close_day, cut_off, open_day, run_cycles
from setfair.domain.agreement import load_agreement
from setfair.domain.codes import InstructionKind, Priority
from setfair.domain.instants import to_instant
from setfair.domain.instruction import Batch, BatchBuilder, Family
from setfair.domain.signing import format_signatures
from setfair.house import House, init_house, open_house
from tests.agreements import AGENT, Bank, agreement_text, invented_bic, sign_all
from tests.kept_lists import lists_known
from tests.screening.samples import invented_name, write_un_xml

MONDAY, TUESDAY = date(2026, 1, 5), date(2026, 1, 6)
CURRENCIES = ("JPY", "EUR", "TND")
"""With 0, 2 and 3 decimals."""
BANKS = ("KE01", "UG01", "TN01", "NO01")
INDIRECT = "SO01"
"""Reached through KE01."""
FIRMS = tuple(f"FIRM{number}" for number in range(9))
BANK_OF = {firm: (*BANKS, INDIRECT)[number] for number, firm in enumerate(FIRMS[:5])}
"""The other firms name no bank."""
FEES = """
[[fees.schedule]]
currency = "EUR"
settled_payment = "0.35"
set_off_basis_points = "1.5"

[[fees.schedule]]
currency = "TND"
settled_payment = "0"
set_off_basis_points = "0.0333"
"""
NAMES = ("شركة النخيل للتجارة", "北辰贸易有限公司", "Käse & Søn <GmbH>", "=1+1", "")
REMEMBER_FROM = date(2025, 12, 20)


def ticking_clock(start: datetime = datetime(2026, 1, 5, 6, 0, tzinfo=UTC)) -> Callable[[], int]:
    """Return a clock that goes one second at each look."""
    moment = to_instant(start)

    def look() -> int:
        nonlocal moment
        moment += 10**9
        return moment

    return look


@contextmanager
def made_house(
    folder: Path,
    extra: str = FEES,
    *,
    banks: Sequence[str | Bank] = (*BANKS, Bank(INDIRECT, through="KE01")),
    currencies: Sequence[str] = CURRENCIES,
    **header: str,
) -> Iterator[House]:
    """Make an empty house and open it."""
    text = agreement_text(banks=banks, currencies=currencies, credit_line="500", extra=extra, **header)
    (folder / "agreement.toml").write_text(text, encoding="utf-8")
    signatures = format_signatures(sign_all(load_agreement(text)))
    (folder / "agreement.toml.signatures.json").write_bytes(signatures)
    (folder / "lists").mkdir()
    write_un_xml(folder / "lists" / "un.xml", published=date(2026, 1, 4))
    clock = ticking_clock()
    with lists_known():
        init_house(folder / "house", folder / "agreement.toml", clock)
    with open_house(folder / "house", clock) as house:
        yield house


@contextmanager
def two_days(folder: Path, seed: int, payments: int = 120) -> Iterator[Player]:
    """Make a house and play Monday and Tuesday in it; the player has it, and knows what was sent."""
    with made_house(folder) as house:
        player = Player(house, seed)
        player.register_firms()
        for day in (MONDAY, TUESDAY):
            player.play(day, payments)
        yield player


class Player:
    """Plays generated days in a house: the same for the same seed, apart from salts."""

    def __init__(self, house: House, seed: int) -> None:
        self.house = house
        self.random = random.Random(seed)
        self.sent: list[dict[str, object]] = []
        self.count = 0

    def play(self, day: date, payments: int) -> None:
        """Play one business day from open to close."""
        way_in = self.house.clearing_house
        self.send([self.payment()])
        open_day(way_in, day)
        self.send([self.funding(bank, code) for bank in BANKS for code in CURRENCIES])
        for _ in range(3):
            self.send([self.payment() for _ in range(payments // 3)])
            self.send([self.repeat(), self.returned(), *(self.cancellation() for _ in range(4))])
            self.send(self.cancellations_of_what_waits())
            self.send([self.bad() for _ in range(6)])
        self.send([self.payment(creditor_name=invented_name(number)) for number in (3, 4, 5, 6)])
        self.decide_alerts()
        self.owe()
        run_cycles(way_in, (), day)
        self.owe()
        run_cycles(way_in, ("EUR",), day)
        cut_off(way_in)
        self.send([self.payment()])
        close_day(way_in)

    def send(self, rows: list[dict[str, object]]) -> None:
        """Submit payments as one batch, if there are any."""
        if not rows:
            return
        builder = BatchBuilder(Family.PAYMENT)
        for row in rows:
            builder.add(**row)
        self.house.clearing_house.submit(flushed(builder))
        self.sent += rows

    def number(self) -> str:
        """Return an identification that was not used before."""
        self.count += 1
        return f"N{self.count}"

    def payment(self, **changes: object) -> dict[str, object]:
        """Return a payment between two banks: customers', institutions', with or without UETR."""
        debtor, creditor = self.random.sample((*BANKS, INDIRECT), 2)
        number = self.number()
        uetr = UUID(int=self.random.getrandbits(128), version=4).bytes
        row: dict[str, object] = {
            "kind": self.random.choice(
                (InstructionKind.CUSTOMER_PAYMENT, InstructionKind.INSTITUTION_PAYMENT)
            ),
            "uetr": uetr if self.random.random() < 0.8 else None,
            "instruction_id": number,
            "end_to_end_id": f"E2E-{number}",
            "transaction_id": f"TX-{number}",
            "message_id": f"MSG-{self.count // 7}",
            "message_name": "pacs.008.001.08",
            "instructing_agent": invented_bic(debtor),
            "debtor_agent": invented_bic(debtor),
            "creditor_agent": invented_bic(creditor),
            "currency": self.random.choice(CURRENCIES),
            "amount_minor": self.random.choice((1, 10, 49_999, self.random.randint(1, 90_000))),
            "priority": self.random.choice(tuple(Priority)),
            "debtor_name": self.random.choice(NAMES),
            "creditor_name": self.random.choice(NAMES),
            "remittance": self.random.choice(("", "Invoice 7", "line & line " * 30)),
        }
        return row | changes

    def funding(self, bank: str, currency: str) -> dict[str, object]:
        """Return a liquidity transfer from the settlement agent to a bank."""
        return {
            "kind": InstructionKind.LIQUIDITY_TRANSFER,
            "instruction_id": self.number(),
            "message_name": "camt.050.001.05",
            "instructing_agent": AGENT,
            "debtor_agent": AGENT,
            "creditor_agent": bank,
            "currency": currency,
            "amount_minor": self.random.randint(10_000, 100_000),
        }

    def bad(self) -> dict[str, object]:
        """Return a payment that is rejected."""
        return self.payment(
            **self.random.choice(
                (
                    {"currency": "KES"},
                    {"currency": ""},
                    {"creditor_agent": "NOBODY"},
                    {"instructing_agent": "", "debtor_agent": "NOBODY"},
                    {"amount_minor": 0, "defect": 8, "defect_text": "1.2345 <has> 4 decimals"},
                    {"value_date": date(2026, 2, 1)},
                )
            )
        )

    def repeat(self) -> dict[str, object]:
        """Return a payment with the identity of an earlier one and another amount."""
        found = self.random.choice([row for row in self.sent if row.get("uetr")])
        return found | {"amount_minor": 123_456}

    def returned(self) -> dict[str, object]:
        """Return a return of some payment, settled or not."""
        found = self.random.choice([row for row in self.sent if row.get("uetr")])
        return self.payment(
            kind=InstructionKind.PAYMENT_RETURN,
            instructing_agent=found["creditor_agent"],
            debtor_agent=found["creditor_agent"],
            creditor_agent=found["debtor_agent"],
            currency=found["currency"],
            amount_minor=min(7, int(str(found["amount_minor"]))),
            original_uetr=found["uetr"],
            message_name="pacs.004.001.09",
        )

    def cancellations_of_what_waits(self) -> list[dict[str, object]]:
        """Return a request to cancel the first queued payment that has a UETR, if one waits."""
        waiting = self.house.query("SELECT instruction_id FROM payment WHERE status = 'ACSP' AND uetr <> ''")
        numbers = {row["instruction_id"] for row in waiting}
        found = [row for row in self.sent if row["instruction_id"] in numbers]
        return [self.cancellation(row) for row in found[:1]]

    def cancellation(self, original: dict[str, object] | None = None) -> dict[str, object]:
        """Return a request to cancel a payment, mostly by its sender; without one named, any."""
        found = original or self.random.choice([row for row in self.sent if row.get("uetr")])
        asker = found["instructing_agent"] if self.random.random() < 0.9 else "NOBODY"
        number = self.number()
        return {
            "kind": InstructionKind.CANCELLATION,
            "instruction_id": number,
            "message_id": f"CXL-{self.count // 3}",
            "message_name": "camt.056.001.08",
            "instructing_agent": asker,
            "original_uetr": found["uetr"],
            "original_instruction_id": found["instruction_id"],
            "end_to_end_id": found["end_to_end_id"],
            "reason_code": "CUST",
        }

    def decide_alerts(self) -> None:
        """Release the first of what is held, refuse the second, leave the others to the cut-off."""
        held = self.house.query("SELECT DISTINCT held_number FROM alert WHERE status = 'PDNG' ORDER BY 1")
        for row, release in zip(held, (True, False), strict=False):
            for person in ("amara", "bela"):
                self.house.clearing_house.decide_held(
                    int(row["held_number"]), person, "looked at", release=release
                )

    def register_firms(self) -> None:
        """Name all firms, with their banks."""
        builder = BatchBuilder(Family.PARTY)
        for number, firm in enumerate(FIRMS):
            name = f"{NAMES[number % 4]} {number}"
            builder.add(party_id=firm, name=name, country="KE", participant=BANK_OF.get(firm, ""))
        self.house.clearing_house.submit(flushed(builder))

    def owe(self) -> None:
        """Submit obligations between the firms."""
        builder = BatchBuilder(Family.OBLIGATION)
        for _ in range(60):
            debtor, creditor = self.random.sample(FIRMS, 2)
            builder.add(
                kind=InstructionKind.OBLIGATION,
                obligation_id=self.number(),
                debtor=debtor,
                creditor=creditor,
                currency=self.random.choice(CURRENCIES),
                amount_minor=self.random.randint(1, 10_000_000),
                due_date=self.random.choice((None, MONDAY, date(2026, 3, 1))),
            )
        self.house.clearing_house.submit(flushed(builder))


def flushed(builder: BatchBuilder) -> Batch:
    """Return what was added as a batch."""
    batch = builder.flush()
    if batch is None:
        raise AssertionError("rows were added")
    return batch
