"""Two months of a clearing union: payments on mutual credit, one net settlement at the end."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from examples.arrangements.play import Fact, Player, payment, play_house, publish_lists
from setfair.domain.calendar import is_business_day, is_cycle_day
from setfair.domain.money import format_amount

UNIT, AGENT = "EUR", "AGENT"
MEMBERS = ("CBA", "CBB", "CBC", "CBD", "CBE")
FIRST, LAST = date(2026, 1, 2), date(2026, 2, 27)
PAYMENTS_A_DAY = 12
NEW_LIST = date(2026, 2, 2)
"""A list is not older than a month: a new one is published on the way."""


def play(folder: Path) -> list[Fact]:
    """Play the two months."""
    settled_net: dict[str, int] = {}
    with play_house(folder, "clearing_union", FIRST) as player:
        day = FIRST
        while day <= LAST:
            if is_business_day(player.agreement, UNIT, day):
                if day == NEW_LIST:
                    publish_lists(player.house.folder, day)
                settled_net |= _play_day(player, day)
            day += timedelta(days=1)
        return _facts(player, settled_net)


def _play_day(player: Player, day: date) -> dict[str, int]:
    """Play one day; on the last of two months return the net positions that were settled."""
    player.open(day, 8)
    player.at(day, 10)
    player.pay([_draw(player) for _ in range(PAYMENTS_A_DAY)])
    net: dict[str, int] = {}
    if is_cycle_day(player.agreement, player.agreement.clearing.cycles[0], day):
        player.at(day, 15)
        net = player.balances(UNIT)
        # Debtors bring in what they owe through the agent before creditors are paid out.
        for member in sorted(net, key=lambda each: net[each]):
            if net[member]:
                player.fund(AGENT, member, UNIT, -net[member])
    player.close(day, 17)
    return net


def _draw(player: Player) -> dict[str, object]:
    """Return a payment; the first members buy more than they sell."""
    debtor, creditor = player.random.sample(MEMBERS, 2)
    if MEMBERS.index(debtor) > MEMBERS.index(creditor) and player.random.random() < 0.3:
        debtor, creditor = creditor, debtor
    return payment(debtor, creditor, UNIT, int(player.random.lognormvariate(16, 1)))


def _facts(player: Player, net: dict[str, int]) -> list[Fact]:
    row = player.house.query(
        "SELECT count(*) AS payments, sum(amount_minor) AS value FROM payment "
        "WHERE kind = 'INSTITUTION_PAYMENT' AND status = 'ACSC'"
    )[0]
    waited = player.house.query("SELECT count(*) AS waited FROM record WHERE kind = 'QUEUED'")[0]["waited"]
    refused = player.house.query("SELECT count(*) AS refused FROM payment WHERE status = 'RJCT'")[0][
        "refused"
    ]
    debit = sum(-each for each in net.values() if each < 0)
    left = sum(map(abs, player.balances(UNIT).values()))
    return [
        ("business days", str(len(player.house.query("SELECT * FROM business_day")))),
        ("payments settled", f"{row['payments']:,}"),
        ("value settled", f"{format_amount(row['value'], 2)} {UNIT}"),
        ("waited at a swing limit", str(waited)),
        ("rejected at a cut-off", str(refused)),
        ("net debit settled at the end", f"{format_amount(debit, 2)} {UNIT}"),
        ("share of the value that had to be paid", f"{100 * debit / row['value']:.1f} %"),
        ("on the accounts after that", f"{format_amount(left, 2)} {UNIT}"),
    ]
