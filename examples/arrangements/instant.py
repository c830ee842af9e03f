"""Two days of instant payments, one of them a Saturday: at once from prefunded accounts or not at all."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from examples.arrangements.play import Fact, Player, payment, play_house
from setfair.domain.money import format_amount

CURRENCY, AGENT = "KES", "KECB"
BANKS = ("IB01", "IB02", "IB03", "IB04")
DAYS = (date(2026, 1, 9), date(2026, 1, 10))
PREFUNDED_MINOR = 20_000_000
BATCHES, PAYMENTS = 8, 60


def play(folder: Path) -> list[Fact]:
    """Play the days."""
    with play_house(folder, "instant", DAYS[0]) as player:
        moved = 0
        for number, day in enumerate(DAYS):
            player.open(day, 1)
            if number == 0:
                for bank in BANKS:
                    player.fund(AGENT, bank, CURRENCY, PREFUNDED_MINOR)
            for batch in range(BATCHES):
                player.at(day, 2 + 2 * batch)
                player.pay([_draw(player) for _ in range(PAYMENTS)])
            moved += _settle_net(player, day)
            player.close(day, 23)
        return _facts(player, moved)


def _draw(player: Player) -> dict[str, object]:
    """Return a payment; the first bank's customers pay more than they are paid."""
    debtor, creditor = player.random.sample(BANKS, 2)
    if creditor == BANKS[0] and player.random.random() < 0.4:
        debtor, creditor = creditor, debtor
    return payment(debtor, creditor, CURRENCY, int(player.random.lognormvariate(12.5, 1)))


def _settle_net(player: Player, day: date) -> int:
    """Bring each account back to what it is prefunded with; return what net debtors brought in."""
    player.at(day, 22)
    net = {bank: balance - PREFUNDED_MINOR for bank, balance in player.balances(CURRENCY).items()}
    for bank in sorted(net, key=lambda each: net[each]):
        if net[bank]:
            player.fund(AGENT, bank, CURRENCY, -net[bank])
    return sum(-each for each in net.values() if each < 0)


def _facts(player: Player, moved: int) -> list[Fact]:
    rows = {
        row["status"]: row
        for row in player.house.query(
            "SELECT status, count(*) AS n, sum(amount_minor) AS v FROM payment "
            "WHERE kind = 'INSTITUTION_PAYMENT' GROUP BY status"
        )
    }
    reasons = player.house.query("SELECT DISTINCT reason FROM payment WHERE status = 'RJCT'")
    settled, rejected = rows["ACSC"], rows["RJCT"]
    return [
        ("settled at once", f"{settled['n']:,}, {format_amount(settled['v'], 2)} {CURRENCY}"),
        ("rejected at once", f"{rejected['n']:,}, {format_amount(rejected['v'], 2)} {CURRENCY}"),
        ("with reason", ", ".join(row["reason"] for row in reasons)),
        ("waited", str(player.house.query("SELECT count(*) AS n FROM record WHERE kind = 'QUEUED'")[0]["n"])),
        ("settled net at the end of the days", f"{format_amount(moved, 2)} {CURRENCY}"),
        ("net over gross", f"{100 * moved / settled['v']:.1f} %"),
    ]
