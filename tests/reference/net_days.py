"""Random days with clearing: those of `days`, with obligations and cycles in between."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, replace
from random import Random
from typing import Literal, TypeAlias

from hypothesis import strategies as st

from tests.reference.days import FIRST_DATE, Step, build_day_in
from tests.reference.netting import ClearingSpec, NettingHouse, Obligation
from tests.reference.netting_engine import NettingEngine
from tests.reference.play import take_step
from tests.reference.specs import build_spec
from tests.reference.words import DECISION_KINDS, HouseSpec, Record

Action: TypeAlias = tuple[Literal["owe"], list[Obligation]] | tuple[Literal["cycle"], int, int] | Step

Clears: TypeAlias = NettingHouse | NettingEngine


@dataclass(frozen=True, slots=True)
class NetDay:
    """A house that clears and what happens to it."""

    spec: HouseSpec
    clearing: ClearingSpec
    actions: list[Action]


def seeded_net_day(seed: int) -> NetDay:
    """Return the day of a seed."""
    return build_net_day(Random(seed))


def net_days() -> st.SearchStrategy[NetDay]:
    """Return days for hypothesis."""
    return st.randoms(use_true_random=False).map(build_net_day)


def build_net_day(rng: Random) -> NetDay:
    """Draw a day of payments, and put obligations and cycles between them."""
    # A later cut-off is approved by its number, and numbers are others here: phases pass by command alone.
    spec = replace(build_spec(rng), day=(0, 0, 0, 0), by_clock=0)
    spec = replace(spec, accounts=tuple(each for each in spec.accounts if each.main < 0))
    day = build_day_in(rng, spec)
    # How long identities are remembered is no matter of netting.
    spec = replace(spec, identity_days=None)
    clearing = _build_clearing(rng, spec)
    parties, amount_max = len(clearing.account_of[0]), rng.choice((6, 20, 40))
    actions: list[Action] = []
    for step in day.steps:
        # A decision names a number, and numbers are others here.
        actions.append(_without_decisions(step))
        if rng.random() < 0.5:
            actions.append(("owe", [_obligation(rng, day.spec, parties, amount_max) for _ in range(6)]))
        if rng.random() < 0.6:
            currency = rng.randrange(day.spec.currencies)
            actions.append(("cycle", currency, FIRST_DATE + rng.choice((0, 0, 5))))
    return NetDay(spec, clearing, actions)


def _without_decisions(step: Step) -> Step:
    if step[0] != "submit":
        return step
    return ("submit", [row for row in step[1] if row.kind not in DECISION_KINDS])


def _build_clearing(rng: Random, spec: HouseSpec) -> ClearingSpec:
    parties = rng.choice((2, 3, 5, 8))
    agents = rng.random() < 0.2
    account_of = []
    for currency in range(spec.currencies):
        accounts = [
            place
            for place, account in enumerate(spec.accounts)
            if account.currency == currency and (agents or not account.is_agent)
        ]
        account_of.append(tuple(rng.choice([*accounts, *accounts, -1]) for _ in range(parties)))
    held = frozenset(party for party in range(parties) if rng.random() < 0.05)
    return ClearingSpec(rng.random() < 0.95, rng.random() < 0.5, tuple(account_of), held)


def _obligation(rng: Random, spec: HouseSpec, parties: int, amount_max: int) -> Obligation:
    debtor, creditor = rng.sample(range(parties), 2)
    due = rng.choice((0, FIRST_DATE - 1, FIRST_DATE, FIRST_DATE + 3))
    return Obligation(debtor, creditor, rng.randrange(spec.currencies), rng.randint(1, amount_max), due)


def play_net_day(house: Clears, day: NetDay) -> Iterator[tuple[Action, list[Record]]]:
    """Hand over a day action by action."""
    for action in day.actions:
        yield action, take_action(house, action)


def take_action(house: Clears, action: Action) -> list[Record]:
    """Hand one action to a house and return what it put on record."""
    if action[0] == "owe":
        house.owe([copy(one) for one in action[1]])
        return []
    if action[0] == "cycle":
        return house.run_cycle(action[1], action[2])
    return take_step(house, action)[1]
