"""Five days of a local-currency system: invoices in two currencies, netted when both countries work.

Importers owe exporters in the exporters' currency. What a country's banks owe in the other's currency they
buy from its banks, payment versus payment at the day's rate, before the cycle settles it.
"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import islice
from pathlib import Path

from examples.arrangements.play import Fact, Player, payment, play_house
from setfair.business_day import run_cycles
from setfair.domain.calendar import is_business_day, joint_business_days
from setfair.domain.instruction import BatchBuilder, Family
from setfair.domain.money import format_amount

BANKS = {"BRL": ("BR01", "BR02"), "UYU": ("UY01", "UY02")}
"""By currency: the banks of its country."""
AGENTS = {"BRL": "BRCB", "UYU": "UYCB"}
RATE = 7
"""Pesos for a real."""
FIRST, DAYS = date(2026, 1, 5), 5
INVOICES_A_DAY = 40
FUNDED_MINOR = 5_000_000
"""What the banks of a country have in its currency to begin with; pesos times the rate."""


def play(folder: Path) -> list[Fact]:
    """Play the days."""
    with play_house(folder, "local_currency", FIRST) as player:
        _register(player)
        days = list(islice(joint_business_days(player.agreement, tuple(BANKS), FIRST), DAYS))
        for number, day in enumerate(days):
            _play_day(player, day, is_first=number == 0)
        return _facts(player, days)


def _register(player: Player) -> None:
    builder = BatchBuilder(Family.PARTY)
    for banks in BANKS.values():
        for bank in banks:
            for number in range(3):
                builder.add(
                    party_id=f"{bank}-{number}",
                    name=f"Example Trader {bank} {number}",
                    country=bank[:2],
                    participant=bank,
                )
    batch = builder.flush()
    if batch is not None:
        player.house.clearing_house.submit(batch)


def _play_day(player: Player, day: date, *, is_first: bool) -> None:
    player.open(day, 9)
    if is_first:
        for currency, banks in BANKS.items():
            for bank in banks:
                times = RATE if currency == "UYU" else 1
                player.fund(AGENTS[currency], bank, currency, FUNDED_MINOR * times)
    player.at(day, 11)
    owed: dict[tuple[str, str], int] = {}
    player.owe([_draw(player, owed) for _ in range(INVOICES_A_DAY)])
    player.at(day, 14)
    _buy(player, owed, day)
    player.at(day, 15)
    run_cycles(player.house.clearing_house, (), day)
    player.close(day, 17)


def _draw(player: Player, owed: dict[tuple[str, str], int]) -> dict[str, object]:
    """Return an invoice between the countries, and count what the debtor's bank owes."""
    currency, other = player.random.sample(sorted(BANKS), 2)
    creditor, debtor = player.random.choice(BANKS[currency]), player.random.choice(BANKS[other])
    amount = int(player.random.lognormvariate(10, 1)) * (RATE if currency == "UYU" else 1)
    owed[debtor, currency] = owed.get((debtor, currency), 0) + amount
    parties = (f"{debtor}-{player.random.randrange(3)}", f"{creditor}-{player.random.randrange(3)}")
    return {
        "debtor": parties[0],
        "creditor": parties[1],
        "debtor_name": f"Example Trader {parties[0].replace('-', ' ')}",
        "creditor_name": f"Example Trader {parties[1].replace('-', ' ')}",
        "currency": currency,
        "amount_minor": amount,
    }


def _buy(player: Player, owed: dict[tuple[str, str], int], day: date) -> None:
    """Let each bank buy the foreign currency that it owes from the first bank of its country, as links."""
    for (bank, currency), amount in sorted(owed.items()):
        own = "UYU" if currency == "BRL" else "BRL"
        price = amount * RATE if own == "UYU" else -(-amount // RATE)
        seller = BANKS[currency][0]
        link = {"link": f"{day}-{bank}-{currency}", "link_legs": 2}
        player.pay(
            [
                payment(
                    bank, seller, own, price, against_currency=currency, against_amount_minor=amount, **link
                ),
                payment(
                    seller, bank, currency, amount, against_currency=own, against_amount_minor=price, **link
                ),
            ]
        )


def _half_days(player: Player, days: list[date]) -> list[date]:
    """Return the days in between on which one of the countries works alone."""
    span = [days[0] + timedelta(days=number) for number in range((days[-1] - days[0]).days)]
    working = [sum(is_business_day(player.agreement, currency, day) for currency in BANKS) for day in span]
    return [day for day, number in zip(span, working, strict=True) if number == 1]


def _facts(player: Player, days: list[date]) -> list[Fact]:
    query = player.house.query
    invoices = query(
        "SELECT currency, count(*) AS n, sum(amount_minor) AS v FROM obligation GROUP BY 1 ORDER BY 1"
    )
    cycles = query("SELECT currency, sum(cleared_minor) AS cleared FROM cycle GROUP BY 1 ORDER BY 1")
    left = query("SELECT coalesce(sum(remaining_minor), 0) AS due FROM obligation")[0]["due"]
    links = query("SELECT count(*) AS n FROM link WHERE state = 'settled'")[0]["n"]
    netted = query("SELECT currency, sum(netted_minor) AS v FROM obligation GROUP BY 1 ORDER BY 1")
    facts = [
        ("joint business days", ", ".join(day.isoformat() for day in days)),
        ("a holiday in one of them", ", ".join(each.isoformat() for each in _half_days(player, days))),
    ]
    for row, cycle, net in zip(invoices, cycles, netted, strict=True):
        of = row["currency"]
        facts += [
            (f"invoices in {of}", f"{row['n']:,}, {format_amount(row['v'], 2)}"),
            (f"set off in {of}", format_amount(cycle["cleared"], 2)),
            (f"netted in {of}", format_amount(net["v"], 2)),
        ]
    facts += [("links settled, payment versus payment", str(links)), ("left due", format_amount(left, 2))]
    return facts
