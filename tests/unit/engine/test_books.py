"""The books of one day in the room of the day before."""

from __future__ import annotations

import numpy as np
from benchmarks.scenario import BUSINESS_DAY, EURO, batches_of, books_of

from setfair.domain.codes import InstructionKind, Priority, Status
from setfair.engine.books import Books
from setfair.engine.decide import decide
from setfair.engine.layout import LEG_TERMS, PAYMENT, Array, at_line, cleared
from tests.uncompiled import compiled_only

ACCOUNTS = 50


def _played(books: Books, days: list[list[Array]]) -> list[bytes]:
    """Decide days of batches, each without what was before the day; return what was decided."""
    decided = []
    for day, batches in enumerate(days):
        books.business_day[EURO] = BUSINESS_DAY + day
        books.forget_payments_before(BUSINESS_DAY + day)
        for number, batch in enumerate(batches):
            became = decide(books, batch, now=number + 1)
            decided += [became.rows.tobytes(), became.records.tobytes()]
    return decided


@compiled_only
def test_a_day_comes_into_the_room_of_the_day_before() -> None:
    """Nothing is made anew, and what is decided is what books decide that begin with room for one batch."""
    large, small = batches_of(4, 2_000, ACCOUNTS), batches_of(4, 500, ACCOUNTS, seed=1)
    days = [large, small, large]
    books = books_of(ACCOUNTS)
    books.reserve_payments(20_000)
    arrays = (books.payments, books.identities, books._slots)
    decided = _played(books, days)
    assert all(
        one is other
        for one, other in zip(arrays, (books.payments, books.identities, books._slots), strict=True)
    )
    assert decided == _played(books_of(ACCOUNTS), days)
    assert books.payment_count == 8_000


def test_what_has_no_identity_finds_none_of_the_day_before() -> None:
    """Behind the payments in use identities are zero, and rows that have none leave them so."""
    named = batches_of(2, 1_000, ACCOUNTS)
    unnamed = batches_of(1, 1_000, ACCOUNTS, identities=False)
    books = books_of(ACCOUNTS)
    _played(books, [named, unnamed])
    assert books.payment_count == 1_000
    assert not books.identities.view(np.uint8).any()
    assert not books._slots.any()
    assert not decide(books, named[0], now=9).rows["repeated"].any()
    assert decide(books, named[0], now=9).rows["repeated"].all()


def test_what_is_kept_is_known_in_its_new_place() -> None:
    """Half of what was remembered moves to the front over what is forgotten."""
    first, second = batches_of(2, 3_000, ACCOUNTS)
    books = books_of(ACCOUNTS)
    decide(books, first, now=1)
    books.business_day[EURO] += 1
    decide(books, second, now=2)
    books.forget_payments_before(BUSINESS_DAY + 1)
    assert books.payments["number"][:3_000].tolist() == list(range(3_001, 6_001))
    again = decide(books, second, now=3).rows
    assert again["repeated"].all()
    assert again["index"].tolist() == list(range(3_000))
    assert not decide(books, first, now=4).rows["repeated"].any()


def test_what_settles_at_once_is_kept_field_by_field_and_as_a_line_alike() -> None:
    """A batch that brings terms of legs keeps payments field by field, another as lines: the same bytes."""
    (batch,) = batches_of(1, 1_000, ACCOUNTS)
    batch["kind"][::3] = InstructionKind.INSTITUTION_PAYMENT
    batch["priority"][::5], batch["priority"][::7] = Priority.URGENT, Priority.HIGH
    batch["value_date"][::2], batch["amount"][::11] = BUSINESS_DAY, 10**13
    whole, by_field = books_of(ACCOUNTS), books_of(ACCOUNTS)
    decide(whole, batch, now=1)
    decide(by_field, batch, now=1, leg_terms=np.zeros(1, LEG_TERMS))
    for books in (whole, by_field):
        assert (books.payments["status"][:1_000] == Status.ACSC).all()
        assert (books.payments["day"][:1_000] == BUSINESS_DAY).all()
    assert whole.payments[:1_000].tobytes() == by_field.payments[:1_000].tobytes()


def test_payments_of_books_begin_at_a_cache_line() -> None:
    """Rows that do not are copied; those that do are taken over."""
    room = cleared(10, PAYMENT)
    assert at_line(room) is room
    for skipped in (8, 16, 40):
        rows = np.zeros(skipped + 9 * PAYMENT.itemsize, np.uint8)[skipped:].view(PAYMENT)
        rows["amount"] = np.arange(9)
        payments = Books(payments=rows).payments
        assert payments.__array_interface__["data"][0] % 64 == 0
        assert payments.tobytes() == rows.tobytes()
