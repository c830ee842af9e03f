"""A house with payments and obligations to prove, and what verifiers bring along."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from setfair.domain.signing import private_key_pem, public_key_text
from setfair.house import House, open_house
from tests.agreements import key_of
from tests.houses import (
    DAY,
    REMEMBER_FROM,
    funding,
    make_house,
    obligation,
    obligations,
    payment,
    payments,
    ticking_clock,
    usual_agreement,
)

SETTLED, QUEUED, RELEASED, OTHER = (str(UUID(int=number)) for number in (1001, 1002, 1003, 1004))
"""UETRs: KE01 pays UG01; UG01 pays TN01 more than it has; the same when money has come; another's payment."""
FILLING = 600
"""Small payments besides: the journal has more than two tiles of records."""
SIGNATORIES = ("AGENT", "KE01", "UG01")


def fixed_bytes(count: int) -> bytes:
    """Return salt keys that are the same in every run."""
    return bytes(count)


def proof_house(folder: Path, *, other_minor: int = 777, other_name: str = "Example Dyeworks") -> Path:
    """Make a house and play a morning in it; the arguments change a payment that is neither's business.

    The house's key and the salts are the same in every run, so that two houses differ in that payment alone.
    """
    folder.mkdir(exist_ok=True)
    house = make_house(folder, usual_agreement(signatories=SIGNATORIES, extra=WITNESSES))
    give_key(house, key_of("HOUSE"))
    play(house, lambda opened: morning(opened, other_minor, other_name))
    return house


_WATCH = public_key_text(key_of("WATCH"))
WITNESSES = f'[journal]\nwitnesses = [{{ id = "WATCH", public_key = "{_WATCH}" }}]\n'


def give_key(house: Path, key: Ed25519PrivateKey) -> None:
    """Give a house another key; its first pages stay signed by the one that it was made with."""
    (house / "keys" / "house.key").write_bytes(private_key_pem(key))
    (house / "keys" / "house.pub").write_text(public_key_text(key) + "\n")


def play(house: Path, what: Callable[[House], None]) -> None:
    """Open a house, with salts that are the same in every run, and do something in it."""
    with open_house(house, ticking_clock()) as opened:
        opened.clearing_house._random_bytes = fixed_bytes
        what(opened)


def morning(house: House, other_minor: int, other_name: str) -> None:
    """Payments that settle, wait, and settle later; obligations that are set off."""
    way_in = house.clearing_house
    for currency in ("KES", "UGX"):
        way_in.open_day(currency, DAY, REMEMBER_FROM)
    way_in.submit(payments(funding(1, "KE01", 90_000), funding(2, "TN01", 5_000)))
    way_in.submit(payments(*[payment(10 + n, "TN01", "KE01", 1) for n in range(FILLING)]))
    other = payment(1004, "TN01", "UG01", other_minor, creditor_name=other_name)
    way_in.submit(
        payments(
            other,
            payment(1001, "KE01", "UG01", 12_345),
            payment(1002, "UG01", "TN01", 150_000),
            payment(1003, "UG01", "TN01", 300_000),
        )
    )
    way_in.submit(payments(funding(3, "UG01", 500_000)))
    way_in.submit(obligations(*[obligation(f"I-{n}", a, b, 900 - n) for n, (a, b) in enumerate(RING, 1)]))
    way_in.run_cycle("KES", DAY)


RING = (("A", "B"), ("B", "C"), ("C", "A"))
