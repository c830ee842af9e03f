"""Liquidity: money put into a run of set-off, and how much debt each unit of it discharges.

Rules
-----
1. Money goes from whoever puts it in along obligations, discharging one after the other, and stays with
   parties that are owed more than they owe. Every party's net position changes by just the money that it
   was given or got.
2. A funder gives to its beneficiaries alone, or to anyone, up to its amount; a party that pays its own debts
   is a funder with itself for beneficiary.
3. What is discharged is the most that the money allows: in total, or of the oldest debts first. Obligations
   that are not to be touched are kept, and of a party's debts at most its maximum is discharged.
4. Of all ways to discharge that, one that uses the least money is taken.
5. Every result is checked against its proof before it leaves.

Source: T. Fleischman, P. Dini 2021 (liquidity as a node).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from setfair.engine.setoff.age import AgeClasses, age_classes
from setfair.engine.setoff.certificate import NO_PART
from setfair.engine.setoff.limits import maximum_by_party
from setfair.engine.setoff.merge import (
    Int64Array,
    Obligations,
    check_obligations,
    merge,
    net_positions,
    share_out,
)
from setfair.engine.setoff.model import Model, make_model
from setfair.engine.setoff.money import Offers, add_ways, find_ways
from setfair.engine.setoff.stages import Staged, solve_stages


@dataclass(frozen=True, slots=True)
class Within:
    """What a run with money is to achieve, and within what."""

    oldest_first: bool = False
    as_of_day: int | None = None
    """With the oldest first: the day from which overdue days are counted; None means the latest due day."""
    untouched: npt.NDArray[np.bool_] | None = None
    """By obligation: True if it is kept whole; None means none is."""
    party_maximum_minor: int | Mapping[int, int] | None = None
    """Of a party's debts at most so much is discharged: one amount for all, or by party; None: no limit."""


MOST_VALUE = Within()


@dataclass(frozen=True, slots=True)
class MoneyProof:
    """Prices that prove a run; the last stage is that of the least money."""

    stage: Int64Array
    """By obligation: the stage that counts it, `NO_PART` if it is kept whole."""
    price_as_debtor: Int64Array
    """Shape (stages, parties)."""
    price_as_creditor: Int64Array
    """Shape (stages, parties)."""
    price_of_hub: Int64Array
    """By stage."""
    price_of_funder: Int64Array
    """Shape (stages, funders)."""
    maximum: Int64Array
    """By party: the most of its debts that may be discharged."""


@dataclass(frozen=True, slots=True)
class Discharge:
    """What a run with liquidity discharged."""

    cleared_minor: Int64Array
    """By obligation, in input order: how much of it is discharged."""
    gross_minor: int
    party: Int64Array
    """The parties, ascending."""
    gift_funder: Int64Array
    """By gift, in the order of funders and parties: place of the funder in the offers."""
    gift_party: Int64Array
    """By gift: place in `party`."""
    gift_minor: Int64Array
    """By gift: money of the funder that paid the party's debts; more than nothing."""
    received_minor: Int64Array
    """By place in `party`: money that it ended up with."""
    ages: AgeClasses | None
    """With the oldest first: the classes; for what takes part, in its order."""
    proof: MoneyProof

    @property
    def discharged_minor(self) -> int:
        """Sum of `cleared_minor`."""
        return int(self.cleared_minor.sum())

    @property
    def used_minor(self) -> int:
        """Money that was used; it is never more than the net internal debt."""
        return int(self.received_minor.sum())

    def put_in_minor(self, funders: int) -> Int64Array:
        """Return by funder what it put in."""
        put_in = np.zeros(funders, np.int64)
        np.add.at(put_in, self.gift_funder, self.gift_minor)
        return put_in


def discharge(
    debtor: npt.NDArray[np.integer],
    creditor: npt.NDArray[np.integer],
    amount_minor: npt.NDArray[np.integer],
    due_day: npt.NDArray[np.integer],
    offers: Offers,
    *,
    within: Within = MOST_VALUE,
) -> Discharge:
    """Discharge as much debt as set-off and the money of the offers allow.

    Parameters
    ----------
    debtor, creditor, amount_minor, due_day
        As for `set_off`.
    offers
        Whoever is in them and has no obligation is left out of account.
    within
        What is to be achieved, and within what.

    Raises
    ------
    ValueError
        As for `set_off`; also if an amount of money is negative, or a limit is not valid.
    OverflowError
        As for `set_off`; also if the money, or obligations and money, sum to more than one run takes.
    ArithmeticError
        If the result does not pass its own proof.
    """
    whole = check_obligations(debtor, creditor, amount_minor, due_day)
    party = np.unique(np.concatenate((whole.debtor, whole.creditor)))
    maximum = maximum_by_party(party, within.party_maximum_minor)
    places = np.arange(len(whole.amount))
    if within.untouched is not None:
        places = places[~np.asarray(within.untouched, np.bool_)]
    amount = whole.amount[places]
    columns = (whole.debtor[places], whole.creditor[places], amount, whole.due_day[places])
    part = Obligations(*columns, int(amount.sum()))
    ages = age_classes(part.due_day, within.as_of_day) if within.oldest_first and len(places) else None
    stage = np.full(len(whole.amount), NO_PART)
    stage[places] = ages.number if ages is not None else 0
    cleared = np.zeros(len(whole.amount), np.int64)
    found = _nothing_found(party, len(offers.amount_minor))
    if len(places):
        found, cleared[places] = _solve(part, stage[places], (party, maximum), offers)
    return Discharge(
        cleared_minor=cleared,
        gross_minor=whole.gross,
        party=party,
        gift_funder=found.gift_funder,
        gift_party=found.gift_party,
        gift_minor=found.gift_minor,
        received_minor=found.received,
        ages=ages,
        proof=MoneyProof(stage, *found.prices, maximum),
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """What a run says of money, by places of all parties."""

    gift_funder: Int64Array
    gift_party: Int64Array
    gift_minor: Int64Array
    received: Int64Array
    prices: tuple[Int64Array, Int64Array, Int64Array, Int64Array]
    """Of parties as debtors and as creditors, of the hub and of funders: the stage is the first axis."""


def _nothing_found(party: Int64Array, funders: int) -> _Found:
    """Return what a run says in which nothing takes part."""
    nobody, by_party = np.empty(0, np.int64), np.zeros((2, len(party)), np.int64)
    prices = (by_party, by_party, np.zeros(2, np.int64), np.zeros((2, funders), np.int64))
    return _Found(nobody, nobody, nobody, by_party[0], prices)


def _solve(
    part: Obligations, stage: Int64Array, parties: tuple[Int64Array, Int64Array], offers: Offers
) -> tuple[_Found, Int64Array]:
    """Run, and return what it says of money, and by obligation what is discharged.

    Parameters
    ----------
    part, stage
        The obligations that take part, and the class that each is in.
    parties
        All parties, and the most that is discharged of the debts of each.
    offers
        Money.
    """
    party, maximum = parties
    arcs = merge(part)
    at = np.searchsorted(party, arcs.party)
    model = make_model(arcs, part.amount, stage, maximum[at], with_money=True)
    ways = find_ways(arcs.party, model, offers)
    hub, last = model.nodes, int(model.stage.max()) + 1
    wide, place = add_ways(model, ways, last)
    staged = solve_stages(wide, last + 1)
    check_staged(wide, staged)
    money = staged.cancelled[place]
    gifts = money[: len(ways.gift_minor)]
    given = gifts > 0
    received = np.zeros(len(party), np.int64)
    received[at[ways.receiver]] = money[len(money) - len(ways.receiver) :]
    as_debtor, as_creditor = np.zeros((2, last + 1, len(party)), np.int64)
    as_debtor[:, at] = staged.price[:, model.leaves_from]
    as_creditor[:, at] = staged.price[:, : len(at)]
    prices = (as_debtor, as_creditor, staged.price[:, hub], staged.price[:, hub + 1 :])
    found = _Found(ways.gift_funder[given], at[ways.gift_party[given]], gifts[given], received, prices)
    return found, share_out(model.arcs, staged.cancelled[wide.place], part.amount)


def check_staged(model: Model, staged: Staged) -> None:
    """Refuse a circulation that is none, or that its own prices do not prove: ArithmeticError."""
    used = staged.cancelled
    if ((used < 0) | (used > model.capacity)).any():
        raise ArithmeticError("an arc carries less than nothing or too much")
    if net_positions(model.tail.astype(np.int64), model.head.astype(np.int64), used, model.nodes).any():
        raise ArithmeticError("something does not come back to where it left")
    sign = np.zeros(len(used), np.int64)
    worth = np.where(model.spared, -1, 1)
    for stage, price in enumerate(staged.price):
        gain = worth * (model.stage == stage) - price[model.tail] + price[model.head]
        sign = np.where(sign == 0, np.sign(gain), sign)
    if (((sign > 0) & (used < model.capacity)) | ((sign < 0) & (used > 0))).any():
        raise ArithmeticError("the prices do not prove what is discharged with money")
