"""Netting at the edges of its numbers: funds, positions and legs of single houses."""

from __future__ import annotations

import numpy as np
import pytest

from setfair.domain.codes import InstructionKind, Priority, Reason, Status
from setfair.domain.money import AMOUNT_MAX_MINOR, BALANCE_MAX_MINOR
from setfair.engine.books import AccountTerms, Books, LimitTerms
from setfair.engine.layout import PAYMENT_COUNT, Int64s
from setfair.engine.netting import find_funds, find_legs, find_positions, find_short
from setfair.engine.queue import enqueue

CURRENCY = 978


def house(*credit_lines: int, limits: tuple[LimitTerms, ...] = ()) -> Books:
    """Return a house whose first account is the settlement agent's."""
    books = Books()
    lines = (BALANCE_MAX_MINOR, *credit_lines)
    terms = [
        AccountTerms(place, CURRENCY, line, 0, 0, None, is_agent=place == 0, open=True)
        for place, line in enumerate(lines)
    ]
    books.lay_out_accounts(terms, limits)
    return books


def wait(books: Books, debtor: int, amount: int, priority: Priority, count: int = 1) -> None:
    """Put payments into the queue of an account."""
    books.reserve_payments(count)
    for _ in range(count):
        place = books.payment_count
        row = books.payments[place]
        row["debtor"], row["creditor"], row["amount"], row["priority"] = debtor, 0, amount, priority
        row["kind"], row["status"] = InstructionKind.CUSTOMER_PAYMENT, Status.ACSP
        books.counters[PAYMENT_COUNT] += 1
        enqueue(books.payment_books(), place)


def ints(*values: int) -> Int64s:
    """Return integers as an array."""
    return np.array(values, np.int64)


def test_funds_are_balance_and_line_less_what_urgent_payments_wait_for() -> None:
    """HIGH and NORMAL payments and reservations leave the funds as they are; URGENT ones do not."""
    books = house(100, 100, 100)
    books.accounts["balance"][1:] = 30
    books.accounts["reserved_urgent"][1] = 50
    wait(books, 2, 70, Priority.URGENT, 2)
    wait(books, 3, 70, Priority.HIGH)
    funds = find_funds(books)
    assert funds.can_pay[1:].tolist() == [130, -10, 130]
    assert funds.waiting.tolist() == [0, 0, 140, 0]


@pytest.mark.parametrize("balance", [-BALANCE_MAX_MINOR, -1, 0, 1, BALANCE_MAX_MINOR])
def test_no_sum_leaves_int64(balance: int) -> None:
    """Balances at the bound, and more URGENT payments than fit, leave all funds within 2^62."""
    books = house(0)
    books.accounts["balance"][:] = (balance, -balance)
    for account in (0, 1):
        wait(books, account, AMOUNT_MAX_MINOR, Priority.URGENT, 12)
    funds = find_funds(books)
    assert np.abs(funds.can_pay).max() <= BALANCE_MAX_MINOR
    assert funds.waiting.tolist() == [BALANCE_MAX_MINOR] * 2
    expected = [min(BALANCE_MAX_MINOR, BALANCE_MAX_MINOR - each) for each in (balance, -balance)]
    assert funds.can_receive.tolist() == expected
    most = BALANCE_MAX_MINOR - 1
    unable = find_short(find_positions(ints(1), ints(0), ints(most), 2), funds)
    assert unable is not None
    assert unable.lacked == unable.needed - unable.able > 0


def test_nobody_is_short_where_nothing_is_owed() -> None:
    """A house without accounts, and one without obligations, has nobody to leave out and no leg."""
    for books in (Books(), house(5)):
        count = len(books.accounts)
        positions = find_positions(ints(), ints(), ints(), count)
        assert find_short(positions, find_funds(books)) is None
        legs, unable = find_legs(books, positions)
        assert len(legs.amount) == 0
        assert unable is None
        assert positions.places.tolist() == []


def test_a_pairing_that_is_not_found_is_said_to_be_a_limit() -> None:
    """The search is not exhaustive: of two limited debtors the larger takes what the other needed."""
    limits = (LimitTerms(1, 4, 100), LimitTerms(2, 3, 0))
    books = house(100, 100, 0, 0, limits=limits)
    positions = find_positions(ints(1, 2), ints(4, 3), ints(50, 50), 5)
    legs, unable = find_legs(books, positions)
    assert list(zip(*(column.tolist() for column in legs), strict=True)) == [(1, 3, 50), (2, 4, 50)]
    assert unable is None
    limits = (LimitTerms(1, 4, 100), LimitTerms(2, 4, 0))
    legs, unable = find_legs(house(100, 100, 0, 0, limits=limits), positions)
    assert unable is not None
    assert (unable.account, unable.reason, unable.lacked) == (2, Reason.LIMIT_REACHED, 50)
