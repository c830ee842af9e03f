"""The proof of a set-off, checked in one pass over the obligations, without a solver.

Rules
-----
1. Every stage has two prices for each party: as creditor, where what it is owed arrives, and as debtor,
   where what it owes leaves. They are the same unless the party has a maximum.
2. The gain of an obligation in a stage is 1 if the stage counts it, else 0, minus the debtor's price as
   debtor, plus the creditor's price as creditor. The first gain that is not 0 decides: above 0 it must be
   cancelled whole, below 0 not at all. If all are 0 it may be anything.
3. The gain of a party in a stage is its price as debtor minus its price as creditor. The first that is not
   0 decides: above 0 as much as can be must be cancelled of its debts, below 0 nothing.
4. A set-off that changes no net position and keeps to 2 and 3 cancels the most of the first stage that can
   be cancelled, then of the second, and so on. With one stage that counts all: the largest total.
   Why: give stage k the weight W^-k with W large. The weighted prices are then prices of one linear
   programme, and 2 and 3 are its complementary slackness.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from setfair.engine.setoff.merge import Int64Array
from setfair.engine.setoff.model import most_through

NO_PART = -1
"""Stage of an obligation that takes no part."""


@dataclass(frozen=True, slots=True)
class Proof:
    """Prices of every stage."""

    party: Int64Array
    """The parties, ascending."""
    stage: Int64Array
    """By obligation: the stage that counts it, `NO_PART` if it takes no part and is kept whole."""
    price_as_debtor: Int64Array
    """Shape (stages, parties)."""
    price_as_creditor: Int64Array
    """Shape (stages, parties)."""
    maximum: Int64Array
    """By party: the most of its debts that may be cancelled."""


def check_lexicographic(
    debtor: npt.NDArray[np.integer],
    creditor: npt.NDArray[np.integer],
    amount_minor: npt.NDArray[np.integer],
    cleared_minor: npt.NDArray[np.integer],
    proof: Proof,
) -> None:
    """Check that a set-off keeps the rules and that no other does better.

    Parameters
    ----------
    debtor, creditor, amount_minor, cleared_minor
        By obligation, shape (n,); amounts in minor units.
    proof
        The prices.

    Raises
    ------
    ValueError
        With the first rule that does not hold and where.
    """
    amount, cleared = np.asarray(amount_minor, np.int64), np.asarray(cleared_minor, np.int64)
    _refuse((cleared < 0) | (cleared > amount), "obligation", "is cancelled by less than nothing or too much")
    _refuse((proof.stage == NO_PART) & (cleared > 0), "obligation", "takes no part and is cancelled")
    takes_part = np.flatnonzero(proof.stage != NO_PART)
    ower = np.searchsorted(proof.party, np.asarray(debtor, np.int64))[takes_part]
    owed = np.searchsorted(proof.party, np.asarray(creditor, np.int64))[takes_part]
    amount, cleared, stage = amount[takes_part], cleared[takes_part], proof.stage[takes_part]
    through = _check_positions(ower, owed, cleared, proof)
    sign, sign_of_party = decided(ower, owed, replace(proof, stage=stage))
    _refuse((sign > 0) & (cleared < amount), "obligation that takes part", "has a gain and is not cancelled")
    _refuse((sign < 0) & (cleared > 0), "obligation that takes part", "has a loss and is cancelled")
    most = np.minimum(most_through(ower, owed, amount, len(proof.party)), proof.maximum)
    _refuse((sign_of_party > 0) & (through < most), "party", "has a gain and is not at its maximum")
    _refuse((sign_of_party < 0) & (through > 0), "party", "has a loss and takes part")


def decided(ower: Int64Array, owed: Int64Array, proof: Proof) -> tuple[Int64Array, Int64Array]:
    """Return the sign of the first gain that is not 0, by obligation and by party.

    Parameters
    ----------
    ower, owed
        int64, by obligation: places of debtor and creditor in `proof.party`.
    proof
        The prices; its obligations all take part.
    """
    sign = np.zeros(len(ower), np.int64)
    sign_of_party = np.zeros(len(proof.party), np.int64)
    prices = zip(proof.price_as_debtor, proof.price_as_creditor, strict=True)
    for number, (leaves, arrives) in enumerate(prices):
        gain = (proof.stage == number) - leaves[ower] + arrives[owed]
        sign = np.where(sign == 0, np.sign(gain), sign)
        sign_of_party = np.where(sign_of_party == 0, np.sign(leaves - arrives), sign_of_party)
    return sign, sign_of_party


def _check_positions(ower: Int64Array, owed: Int64Array, cleared: Int64Array, proof: Proof) -> Int64Array:
    """Return what is cancelled of each party's debts, the same as of its claims and within its maximum."""
    through, of_claims = np.zeros(len(proof.party), np.int64), np.zeros(len(proof.party), np.int64)
    np.add.at(through, ower, cleared)
    np.add.at(of_claims, owed, cleared)
    _refuse(through != of_claims, "party", "has another net position than before")
    _refuse(through > proof.maximum, "party", "is above its maximum")
    return through


def _refuse(is_wrong: npt.NDArray[np.bool_], what: str, why: str) -> None:
    if is_wrong.any():
        raise ValueError(f"{what} {int(np.argmax(is_wrong))} {why}")
