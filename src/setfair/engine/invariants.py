"""What must hold after every page; if it does not, the house stops and keeps the evidence.

1. Per currency the balances sum to zero.
2. No account but a settlement agent's is below minus its credit line.
3. Of the legs of a link all are settled, or none.
4. A cycle across currencies moves nothing in any currency on balance, and its rounding entries sum to zero.

These are functions that raise, not assertions: `python -O` keeps them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from setfair.domain.codes import Status
from setfair.domain.instruction import BATCH_ROWS_MAX
from setfair.domain.money import BALANCE_MAX_MINOR
from setfair.engine.books import Books
from setfair.engine.layout import CURRENCY_NUMBERS, Array, Int64s
from setfair.engine.queue import NONE
from setfair.errors import BrokenInvariantError
from setfair.kernel import kernel

_ACSC = int(Status.ACSC)
PAGE_INSTRUCTIONS = BATCH_ROWS_MAX


SCAN_ACCOUNTS, SCAN_LEGS = 4_096, 4_096
"""Up to this many accounts and legs all are checked after every page. In a larger house all are checked after
every command, and else once in as many instructions as n full pages have, n in proportion; whom a page debits
is looked at while it is decided (`admit`)."""


def check_page(books: Books, instructions: int) -> None:
    """Check the books after a page of so many payments or obligations; raises as `check_books` does."""
    pages = max(-(-len(books.accounts) // SCAN_ACCOUNTS), -(-books.leg_count // SCAN_LEGS))
    often, after = pages * PAGE_INSTRUCTIONS, int(books.next_number)
    if pages <= 1 or after // often != (after - instructions) // often:
        check_books(books)


def check_account(books: Books, place: int) -> None:
    """Check one account; raises as `check_books` does."""
    account = books.accounts[place]
    if account["credit_line"] < BALANCE_MAX_MINOR and account["balance"] < -account["credit_line"]:
        raise BrokenInvariantError(
            f"account {place} has balance {account['balance']}, below its credit line "
            f"of {account['credit_line']} (minor units)"
        )


def check_books(books: Books) -> None:
    """Check every account and link.

    Raises
    ------
    BrokenInvariantError
        Naming the currency, the account or the payment.

    Notes
    -----
    Sums wrap in int64; a sum that is zero modulo 2^64 while each balance is at most 2^62 in size would
    need at least four accounts at the bound, which `ledger.can_settle` does not let happen.
    """
    totals = np.zeros(CURRENCY_NUMBERS, np.int64)
    overdrawn, unequal = _scan(books.accounts, totals)
    if overdrawn >= 0:
        check_account(books, overdrawn)
    if books.leg_count:
        check_links(books)
    if unequal >= 0:
        raise BrokenInvariantError(
            f"the balances of currency {unequal:03d} sum to {totals[unequal]}, not to zero"
        )


def check_links(books: Books) -> None:
    """Check that every link is settled whole or not at all."""
    broken = _scan_links(books.links[: books.link_count], books.legs, books.payments["status"])
    if broken >= 0:
        legs = books.legs[: books.leg_count]
        payments = books.payments[legs["payment"][legs["link"] == broken]]
        settled, wanted = np.count_nonzero(payments["status"] == Status.ACSC), books.links["legs"][broken]
        raise BrokenInvariantError(
            f"of the link of payment {payments['number'][0]}, {settled} of {wanted} legs are settled: "
            "all or none"
        )


def check_exchange(exchanged: Array, rounded: Array) -> None:
    """Check the EXCHANGED and ROUNDED records of a cycle across currencies: rule 4."""
    change = np.zeros(CURRENCY_NUMBERS, np.int64)
    np.add.at(change, exchanged["currency"], exchanged["amount"])
    for currency in np.flatnonzero(change):
        raise BrokenInvariantError(
            f"a cycle across currencies would move {change[currency]} minor units of currency {currency:03d}"
        )
    if total := int(rounded["amount"].sum()):
        raise BrokenInvariantError(f"the entries to the rounding account sum to {total}, not to zero")


@kernel
def _scan(accounts: Array, totals: Int64s) -> tuple[int, int]:
    """Sum the balances; return the first overdrawn account and the first sum that is not zero, or -1."""
    overdrawn = -1
    total, currency = 0, 0
    for i in range(accounts.shape[0]):
        balance, line = accounts[i]["balance"], accounts[i]["credit_line"]
        # A sum that is kept in memory waits for itself: as long as the currency stays the same it is not.
        if accounts[i]["currency"] != currency:
            totals[currency] += total
            total, currency = 0, accounts[i]["currency"]
        total += balance
        if line < BALANCE_MAX_MINOR and balance < -line and overdrawn < 0:
            overdrawn = i
    totals[currency] += total
    for each in range(totals.shape[0]):
        if totals[each] != 0:
            return overdrawn, each
    return overdrawn, -1


@kernel
def _scan_links(links: Array, legs: Array, status: NDArray[np.uint8]) -> int:
    """Return the first link that is settled in part, or -1."""
    for link in range(links.shape[0]):
        settled = 0
        leg = links[link]["first"]
        while leg != NONE:
            settled += status[legs[leg]["payment"]] == _ACSC
            leg = legs[leg]["next"]
        if settled != 0 and settled != links[link]["legs"]:
            return link
    return -1
