"""What is checked after a page: all of a small house, and of a large one whom the page debited."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.scenario import EURO, batches_of, books_of

from setfair.domain.codes import InstructionKind, Phase
from setfair.engine import invariants
from setfair.engine.books import Books
from setfair.engine.decide import decide
from setfair.engine.layout import INSTRUCTION, NEXT_NUMBER, Array
from setfair.errors import BrokenInvariantError

LARGE = 2 * invariants.SCAN_ACCOUNTS + 1
BATCH = batches_of(1, 40, LARGE)[0]


def _let_pay_what_it_lacks(books: Books, account: int) -> None:
    """Break the books: a reservation below zero counts as money that the account does not have."""
    books.accounts["credit_line"][account] = 0
    books.accounts["reserved_urgent"][account] = -(10**15)


@pytest.mark.parametrize("row", [0, 20, 39])
def test_who_is_overdrawn_is_found_in_the_page_itself(row: int) -> None:
    """Wherever in the page the payment is, and however large the house."""
    books = books_of(LARGE)
    account = int(BATCH["debtor"][row])
    _let_pay_what_it_lacks(books, account)
    with pytest.raises(BrokenInvariantError, match=rf"account {account} has balance -\d+, below its credit"):
        decide(books, BATCH, now=1)


def _made_up() -> tuple[Books, int]:
    """Return books of a large house in which money was made up, and after how many rows all is checked."""
    books = books_of(LARGE)
    books.accounts["balance"][LARGE - 1] += 1
    return books, 3 * invariants.PAGE_INSTRUCTIONS


def test_all_are_checked_once_in_so_many_instructions() -> None:
    """Whatever the size of the pages: here some small ones on either side."""
    books, often = _made_up()
    pages = batches_of(4, 7, LARGE)
    books.counters[NEXT_NUMBER] = often - 20
    decide(books, pages[0], now=1)
    decide(books, pages[1], now=2)
    with pytest.raises(BrokenInvariantError, match="balances of currency 978 sum to 1"):
        decide(books, pages[2], now=3)
    decide(books, pages[3], now=4)


def test_all_are_checked_after_a_command() -> None:
    """The end of a day finds what its payments did not."""
    books, _ = _made_up()
    with pytest.raises(BrokenInvariantError, match="balances of currency 978 sum to 1"):
        decide(books, _phase_change(), now=1)


def _phase_change() -> Array:
    command = np.zeros(1, INSTRUCTION)
    command["kind"], command["currency"] = InstructionKind.PHASE_CHANGE, EURO
    command["debtor"], command["creditor"], command["person"] = -1, -1, -1
    command["target"] = Phase.CUSTOMER_CUTOFF
    return command
