"""Deciding: payments a second through the engine alone, in batches as `submit` makes them.

`kernel` is `admit` alone; `decide` is the whole transition with its check after every page. Both run in books
with room for the day. `growing` starts from empty books and makes the room as it goes: once a day at most.
Every run has fresh books, so that memory that is touched for the first time counts everywhere but in `the day
after`: a house that goes on decides as many payments again, and has forgotten those before. Where there are
links, every fifth payment is a leg of a link of two currencies that settles within its batch.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from benchmarks.measure import Sample, Scale, Timer, rates
from benchmarks.scenario import BUSINESS_DAY, EURO, batches_of, books_of, linked_batches_of, two_currencies
from setfair.domain.codes import InstructionKind, Phase
from setfair.domain.instruction import BATCH_ROWS_MAX
from setfair.engine.admit import admit
from setfair.engine.books import QUEUE_MAX, Books
from setfair.engine.decide import NO_LEGS, decide
from setfair.engine.layout import INSTRUCTION, RECORD, ROW_OUTCOME, SCHEDULE, Array, Journal, Setting, cleared

AIM = 20e6
AIM_LINKED = 5e6
_OFFICERS = 2


def run(scale: Scale) -> Iterator[Sample]:
    """Measure every case at both sizes of house."""
    rows = scale.of(BATCH_ROWS_MAX, 256)
    count = scale.of(128, 2)
    for accounts in (scale.of(10_000, 1000), scale.of(1_000_000, 2000)):
        size = f"{accounts:,} accounts"
        batches = batches_of(count, rows, accounts)
        yield _sample(f"kernel, {size}", _run_kernel(batches, books_of(accounts), scale), AIM)
        yield _sample(f"decide, {size}", _run_decide(batches, books_of(accounts), scale), AIM)
        values = _run_decide(batches, books_of(accounts), scale, growing=True)
        yield _sample(f"decide, growing, {size}", values)
        values = _run_decide(batches, books_of(accounts), scale, day_after=True)
        yield _sample(f"decide, the day after, {size}", values)
        anonymous = batches_of(count, rows, accounts, identities=False)
        values = _run_decide(anonymous, books_of(accounts), scale)
        yield _sample(f"decide, no identities, {size}", values)
        values = _run_decide(batches, books_of(accounts, limits=True), scale)
        yield _sample(f"decide, limits in use, {size}", values)
        linked, terms = linked_batches_of(count, rows, accounts)
        for limits in (False, True):
            books = two_currencies(books_of(accounts, limits=limits))
            case = f"decide, 20 % legs of links{', limits in use' * limits}, {size}"
            yield _sample(case, _run_decide(linked, books, scale, terms=terms), AIM_LINKED)
        contended = batches_of(count, rows, accounts, contended=True)
        values = _run_decide(contended, books_of(accounts, contended=True), scale)
        yield _sample(f"decide, 10 % queue and are released, {size}", values)


def _sample(case: str, values: tuple[float, ...], aim: float | None = None) -> Sample:
    return Sample("decide", case, "payments/s", values, aim)


def _fresh(books: Books) -> Books:
    return books.copy()


def _run_decide(
    batches: list[Array],
    books: Books,
    scale: Scale,
    *,
    growing: bool = False,
    day_after: bool = False,
    terms: list[Array] | None = None,
) -> tuple[float, ...]:
    total = sum(map(len, batches))
    legs = [NO_LEGS] * len(batches) if terms is None else terms

    def once(timer: Timer) -> None:
        fresh = _fresh(books)
        if not growing:
            fresh.reserve_payments(total)
            fresh.reserve_links(sum(map(len, legs)))
        if day_after:
            for number, batch in enumerate(batches):
                decide(fresh, batch, now=number)
            _open_next_day(fresh)
        with timer:
            for number, (batch, leg_terms) in enumerate(zip(batches, legs, strict=True)):
                decide(fresh, batch, now=number, leg_terms=leg_terms)

    return rates(total, once, scale.runs)


def _open_next_day(books: Books) -> None:
    """Close the day, and open the next, which forgets the payments of the one before."""
    for phase in (Phase.INTERBANK_CUTOFF, Phase.CLOSED, Phase.OPEN):
        command = np.zeros(1, INSTRUCTION)
        command["kind"], command["currency"], command["target"] = InstructionKind.PHASE_CHANGE, EURO, phase
        if phase is Phase.OPEN:
            command["value_date"] = command["amount"] = BUSINESS_DAY + 1
        decide(books, command, now=0)


def _run_kernel(batches: list[Array], books: Books, scale: Scale) -> tuple[float, ...]:
    total, rows = sum(map(len, batches)), len(batches[0])
    setting = Setting(0, False, QUEUE_MAX, _OFFICERS, NO_LEGS, np.zeros(0, SCHEDULE), 0, 0)

    def once(timer: Timer) -> None:
        fresh = _fresh(books)
        fresh.reserve_payments(total)
        arrays = fresh.payment_books()
        records, outcomes = cleared(2 * rows, RECORD), np.zeros(rows, ROW_OUTCOME)
        for batch in batches:
            journal = Journal(records, np.zeros(1, np.int64))
            with timer:
                admit(arrays, journal, setting, batch, outcomes)

    return rates(total, once, scale.runs)
