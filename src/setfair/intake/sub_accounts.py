"""Payments that go over a sub-account: each side that has one for the payment's purpose is moved to it.

Rules
-----
1. Each side of a leg goes over its open sub-account for links; each side of another payment or a return, or
   of a leg if it has none for links, over its open one for the pair of the two participants.
2. Money is set aside and given back by users' word, so a liquidity transfer goes over none.
3. The instruction on record names the sub-account: whoever decides it again needs no door.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from setfair.domain.codes import InstructionKind, Purpose
from setfair.engine.books import Books
from setfair.engine.layout import Array

_KINDS = (
    InstructionKind.CUSTOMER_PAYMENT,
    InstructionKind.INSTITUTION_PAYMENT,
    InstructionKind.PAYMENT_RETURN,
)


def bring_to_sub_accounts(instructions: Array, books: Books) -> None:
    """Let payments name the sub-accounts over which they go.

    Parameters
    ----------
    instructions
        INSTRUCTION, changed in place.
    books
        Which sub-accounts there are, and which are open.
    """
    subs = books.sub_accounts
    subs = subs[books.accounts["open"][subs["account"]] != 0]
    if not len(subs):
        return
    is_payment = np.isin(instructions["kind"], _KINDS) & (instructions["debtor"] >= 0)
    is_payment &= instructions["creditor"] >= 0
    debtor, creditor = (instructions[side].astype(np.int64) for side in ("debtor", "creditor"))
    is_leg = instructions["target"] > 0
    for side, own, other in (("debtor", debtor, creditor), ("creditor", creditor, debtor)):
        pair = subs[subs["purpose"] == Purpose.PAIR]
        wanted = own << 32 | books.accounts["participant"][other]
        keys = pair["main"].astype(np.int64) << 32 | pair["counterparty"]
        _move(instructions[side], is_payment, wanted, keys, pair["account"])
        links = subs[subs["purpose"] == Purpose.LINKS]
        _move(instructions[side], is_payment & is_leg, own, links["main"].astype(np.int64), links["account"])


def _move(
    side: NDArray[np.int32],
    which: NDArray[np.bool_],
    wanted: NDArray[np.int64],
    keys: NDArray[np.int64],
    accounts: NDArray[np.int32],
) -> None:
    """Put the account with the wanted key in the place of each of these."""
    if not len(keys):
        return
    order = np.argsort(keys)
    place = order[np.minimum(np.searchsorted(keys[order], wanted), len(keys) - 1)]
    found = which & (keys[place] == wanted)
    side[found] = accounts[place[found]]
