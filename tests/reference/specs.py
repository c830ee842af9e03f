"""Random houses: a few banks in a few currencies, with little money and tight limits."""

from __future__ import annotations

from random import Random

from setfair.domain.codes import Purpose
from tests.reference.words import AccountSpec, HouseSpec, LimitSpec


def build_spec(rng: Random) -> HouseSpec:
    """Draw accounts, limits and rules."""
    currencies = rng.randint(1, 3)
    # Credit lines and reservations are drawn from the same small numbers as the amounts.
    accounts = []
    for currency in range(currencies):
        accounts.append(AccountSpec(currency, is_agent=True))
        banks = rng.choice((2, 2, 3, 3, 4, 5))
        for bank in range(banks):
            accounts.append(
                AccountSpec(
                    currency,
                    credit_line=rng.choice((0, 0, 0, 5, 20)),
                    reserved_urgent=rng.choice((0, 0, 0, 4, 10)),
                    reserved_high=rng.choice((0, 0, 0, 4, 10)),
                    is_closed=rng.random() < 0.02,
                    participant=bank,
                )
            )
    rng.shuffle(accounts)
    subs = _build_sub_accounts(rng, accounts) if rng.random() < 0.45 else []
    return HouseSpec(
        accounts=(*accounts, *subs),
        limits=tuple(_build_limits(rng, accounts)),
        discipline=rng.choice(("ordered", "bypass")),
        queue_max=rng.choice((0, 4, 10, 1000, 1000, 1000)),
        officers=rng.choice((2, 3, 3, 3, 3)),
        users=(-1, -1, 0, 0, 1, 1, -2),
        currencies=currencies,
        identity_days=rng.choice((None, None, 0, 1)),
        day=rng.choice(((0, 0, 0, 0), (4, 6, 9, 14), (4, 6, 0, 0), (6, 6, 6, 20))),
        by_clock=rng.choice((0, 1, 1, 2, 2)),
        warehouse_days=rng.choice((0, 0, 1, 3)),
    )


def _build_sub_accounts(rng: Random, accounts: list[AccountSpec]) -> list[AccountSpec]:
    """Draw sub-accounts of some of the accounts, most of them open."""
    found = []
    for main, owner in enumerate(accounts):
        if owner.is_agent or rng.random() < 0.4:
            continue
        purpose = rng.choice((Purpose.LINKS, Purpose.PAIR, Purpose.PAIR))
        found.append(
            AccountSpec(
                owner.currency,
                participant=owner.participant,
                is_closed=rng.random() < 0.2,
                main=main,
                purpose=purpose,
                counterparty=(owner.participant + 1) % 2 if purpose is Purpose.PAIR else -1,
            )
        )
    return found


def _build_limits(rng: Random, accounts: list[AccountSpec]) -> list[LimitSpec]:
    density = rng.choice((0.0, 0.1, 0.3))
    limits = []
    for debtor, spec in enumerate(accounts):
        if spec.is_agent and rng.random() < 0.9:
            continue
        if rng.random() < density:
            limits.append(LimitSpec(debtor, -1, rng.randint(0, 25)))
        for creditor, other in enumerate(accounts):
            same = creditor != debtor and other.currency == spec.currency
            if same and rng.random() < density:
                limits.append(LimitSpec(debtor, creditor, rng.randint(0, 20)))
    return limits
