"""The trade of the example day: who buys from whom, and the invoices that are open.

Who trades with whom is scale-free: a new link goes to a firm the more likely the more links it has, so a few
firms are hubs. Part of the trade runs in rings (a supplies b, b supplies c, c supplies a), as supply chains
do; without loops there would be nothing to set off.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from demo_day.cast import BY_CODE, BY_CURRENCY, COUNTRIES, Firm

INVOICES_COUNT = 3000
RING_SHARE = 0.6
"""Part of the invoices that were drawn in rings."""
DUE_LATER_SHARE = 0.08
"""Part of the invoices that is not due yet and so takes no part in the day's cycles."""


@dataclass(frozen=True, slots=True)
class Invoice:
    """What a debtor owes a creditor."""

    id: str
    debtor: Firm
    creditor: Firm
    currency: str
    amount_minor: int
    issue_date: date
    due_date: date


def draw_links(rng: Random, firms: tuple[Firm, ...], per_firm: int = 5) -> list[tuple[Firm, Firm]]:
    """Return (buyer, supplier) pairs by preferential attachment."""
    # Every firm stands in the urn once for itself and once more for each link that it has.
    urn = list(firms)
    links = []
    for buyer in firms:
        for _ in range(per_firm):
            supplier = rng.choice(urn)
            if supplier is not buyer:
                links.append((buyer, supplier))
                urn += (supplier, supplier, buyer)
    return links


def draw_currency(rng: Random, buyer: Firm, supplier: Firm) -> str:
    """Return the currency of a deal: mostly the supplier's, often the buyer's, seldom a third one."""
    draw = rng.random()
    if draw < 0.55:
        return BY_CODE[supplier.country].currency
    if draw < 0.92:
        return BY_CODE[buyer.country].currency
    return rng.choice(COUNTRIES).currency


def draw_amount(rng: Random, currency: str, spread: float = 1.0) -> int:
    """Return an amount in minor units around the typical one, heavy-tailed, never zero."""
    typical = BY_CURRENCY[currency].typical_minor
    return max(1, round(typical * rng.lognormvariate(-0.5, spread)))


def draw_invoices(
    rng: Random, firms: tuple[Firm, ...], links: list[tuple[Firm, Firm]], day: date
) -> list[Invoice]:
    """Return the open invoices, oldest due date first within each way of drawing."""
    deals: list[tuple[Firm, Firm, str, int]] = []
    hubs = [firm for link in links for firm in link]
    while len(deals) < INVOICES_COUNT * RING_SHARE:
        ring = _draw_ring(rng, hubs)
        currency = rng.choice(COUNTRIES).currency
        amount = draw_amount(rng, currency)
        for buyer, supplier in zip(ring, (*ring[1:], ring[0]), strict=True):
            deals.append((buyer, supplier, currency, max(1, round(amount * rng.uniform(0.6, 1.4)))))
    while len(deals) < INVOICES_COUNT:
        buyer, supplier = rng.choice(links)
        currency = draw_currency(rng, buyer, supplier)
        deals.append((buyer, supplier, currency, draw_amount(rng, currency)))
    deals = deals[:INVOICES_COUNT]
    rng.shuffle(deals)
    return [_invoice(rng, number, deal, day) for number, deal in enumerate(deals, 1)]


def _draw_ring(rng: Random, hubs: list[Firm]) -> tuple[Firm, ...]:
    length = rng.choice((2, 3, 3, 4, 5, 6))
    ring: list[Firm] = []
    while len(ring) < length:
        firm = rng.choice(hubs)
        if firm not in ring:
            ring.append(firm)
    return tuple(ring)


def _invoice(rng: Random, number: int, deal: tuple[Firm, Firm, str, int], day: date) -> Invoice:
    buyer, supplier, currency, amount = deal
    if rng.random() < DUE_LATER_SHARE:
        due = day + timedelta(days=rng.randint(1, 30))
    else:
        due = day - timedelta(days=min(30, int(rng.expovariate(1 / 6))))
    issued = min(due, day) - timedelta(days=rng.randint(10, 45))
    return Invoice(f"INV-{number:05d}", buyer, supplier, currency, amount, issued, due)
