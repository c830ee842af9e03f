"""The payments of the example day, in the order in which they are sent.

A payment follows a link of trade: the buyer's bank pays the supplier's, or the other way round, since firms
that trade do so in both directions. Payments between two firms whose banks settle on the same account are
left out: they never reach the house.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

from demo_day.cast import AGENTS, BANK_BY_ID, BY_CURRENCY, COUNTRIES, DIRECT_BANKS, Bank, Firm
from demo_day.trade import draw_amount, draw_currency

PRIORITIES = ("NORMAL",) * 16 + ("HIGH",) * 3 + ("URGENT",)
FUNDING_SHARE = 0.08
"""Start funding of an account, as part of what it pays on the day: scarce on purpose."""
CREDIT_SHARE = 0.06
"""Credit line of an account, measured likewise."""


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment."""

    uetr: str
    instruction_id: str
    debtor_agent: Bank
    creditor_agent: Bank
    currency: str
    amount_minor: int
    priority: str
    debtor_name: str
    creditor_name: str
    value_date: date


@dataclass(frozen=True, slots=True)
class Liquidity:
    """What one account starts the day with, in minor units."""

    bank: Bank
    currency: str
    funding_minor: int
    credit_line_minor: int


class PaymentDraw:
    """Draws payments one after the other; every identification is used once."""

    def __init__(self, rng: Random, links: list[tuple[Firm, Firm]], day: date) -> None:
        self._rng = rng
        both = [*links, *((supplier, buyer) for buyer, supplier in links)]
        self._links = [(payer, payee) for payer, payee in both if payer.bank.direct != payee.bank.direct]
        self._day = day
        self._count = 0
        self.drawn: list[Payment] = []

    def customer(self, count: int, *, sender: str = "", receiver: str = "") -> list[Payment]:
        """Return payments of firms; of or to one bank's customers if that bank is given."""
        links = [
            (payer, payee)
            for payer, payee in self._links
            if sender in ("", payer.bank.id) and receiver in ("", payee.bank.id)
        ]
        found = []
        for _ in range(count):
            payer, payee = self._rng.choice(links)
            currency = draw_currency(self._rng, payer, payee)
            amount = draw_amount(self._rng, currency)
            found.append(self.make(payer.bank, payee.bank, currency, amount, names=(payer.name, payee.name)))
        return found

    def crossing(self, pairs: int, liquidity: Sequence[Liquidity]) -> list[Payment]:
        """Return pairs of urgent payments, large for their accounts, that two banks owe each other.

        Often neither can settle alone; together they need nothing.
        """
        found = []
        for _ in range(pairs):
            one = self._rng.choice(liquidity)
            others = [line for line in liquidity if line.currency == one.currency and line is not one]
            other = self._rng.choice(others)
            amount = max(line.funding_minor for line in (one, other))
            found += [
                self.make(one.bank, other.bank, one.currency, amount, priority="URGENT"),
                self.make(other.bank, one.bank, one.currency, amount, priority="URGENT"),
            ]
        return found

    def institution(self, count: int, sender: str) -> list[Payment]:
        """Return payments of one bank to others, for its own account."""
        bank = BANK_BY_ID[sender]
        others = [other for other in DIRECT_BANKS if other is not bank]
        found = []
        for _ in range(count):
            currency = self._rng.choice(COUNTRIES).currency
            found.append(
                self.make(bank, self._rng.choice(others), currency, 2 * draw_amount(self._rng, currency))
            )
        return found

    def make(
        self,
        debtor_agent: Bank,
        creditor_agent: Bank,
        currency: str,
        amount_minor: int,
        *,
        names: tuple[str, str] | None = None,
        priority: str = "",
    ) -> Payment:
        """Return one payment with fresh identifications."""
        self._count += 1
        debtor_name, creditor_name = names or (debtor_agent.name, creditor_agent.name)
        payment = Payment(
            uetr=str(uuid.UUID(int=self._rng.getrandbits(128), version=4)),
            instruction_id=f"{debtor_agent.id}-{self._day:%y%m%d}-{self._count:05d}",
            debtor_agent=debtor_agent,
            creditor_agent=creditor_agent,
            currency=currency,
            amount_minor=amount_minor,
            priority=priority or self._rng.choice(PRIORITIES),
            debtor_name=debtor_name,
            creditor_name=creditor_name,
            value_date=self._day,
        )
        self.drawn.append(payment)
        return payment


def measure_liquidity(payments: list[Payment]) -> list[Liquidity]:
    """Return funding and credit line of every account, as a share of what it pays on the day."""
    paid: dict[tuple[str, str], int] = {}
    for payment in payments:
        key = (payment.debtor_agent.direct, payment.currency)
        paid[key] = paid.get(key, 0) + payment.amount_minor
    found = []
    for bank in DIRECT_BANKS:
        for country in COUNTRIES:
            outflow = paid.get((bank.id, country.currency), 0)
            # Whole hundreds of currency units, as treasurers do.
            step = 100 * 10**country.decimals
            funding = max(1, round(outflow * FUNDING_SHARE / step)) * step
            credit = round(outflow * CREDIT_SHARE / step) * step
            found.append(Liquidity(bank, country.currency, funding, credit))
    return found


def measure_shortfall(
    payments: Sequence[Payment], liquidity: Sequence[Liquidity]
) -> list[tuple[Liquidity, int]]:
    """Return the accounts that pay more than they have and receive, the worst first, with how much."""
    net: dict[tuple[str, str], int] = {}
    for payment in payments:
        for agent, amount in (
            (payment.debtor_agent, payment.amount_minor),
            (payment.creditor_agent, -payment.amount_minor),
        ):
            key = (agent.direct, payment.currency)
            net[key] = net.get(key, 0) + amount
    short = [
        (line, net.get((line.bank.id, line.currency), 0) - line.funding_minor - line.credit_line_minor)
        for line in liquidity
    ]
    return sorted(
        ((line, amount) for line, amount in short if amount > 0),
        key=lambda item: (
            -item[1] / BY_CURRENCY[item[0].currency].typical_minor,
            item[0].bank.id,
            item[0].currency,
        ),
    )


def agent_of(currency: str) -> Bank:
    """Return the settlement agent of a currency."""
    return next(agent for agent in AGENTS if agent.id == BY_CURRENCY[currency].agent)
