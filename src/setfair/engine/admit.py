"""One batch of payments, cancellations and decisions: the loop around `entry` and `request`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from setfair.domain.codes import InstructionKind, Mechanism, Reason, Status
from setfair.engine.ahead import read_ahead, write_ahead
from setfair.engine.entry import enter, settles_at_once
from setfair.engine.identity import ABSENT, CONFLICT, Word, hash_of, home_slot, remember
from setfair.engine.layout import NEXT_NUMBER, PAYMENT_COUNT, Array, Journal, PaymentBooks, Row, Setting
from setfair.engine.ledger import ALL_OTHERS, HAS_BILATERAL, HAS_MULTILATERAL, book, limit_home, overdrew
from setfair.engine.past import put_line
from setfair.engine.queue import NONE
from setfair.engine.request import cancel, decide_held, hold_again
from setfair.engine.withdraw import reject
from setfair.kernel import forward, inlined, inner, kernel, spliced

_CANCELLATION = int(InstructionKind.CANCELLATION)
_RELEASE, _REFUSAL = int(InstructionKind.RELEASE), int(InstructionKind.REFUSAL)
_HOLD = int(InstructionKind.SCREENING_HOLD)
_DUPLICATE = int(Reason.DUPLICATE)
_ACSC, _RCVD, _RJCT = int(Status.ACSC), int(Status.RCVD), int(Status.RJCT)
_IMMEDIATE = int(Mechanism.IMMEDIATE)
_OPEN = (int(Status.ACSP), int(Status.PDNG))
"""What a later row of the batch can still change; all else stays as it is."""

_SETTLED_CODES = np.uint64((_ACSC << 48) | (_IMMEDIATE << 56))
"""Status and mechanism in the last word of a payment."""

BLOCK_ROWS = 128
"""How many rows are looked up before the first of them is decided: they stay in the nearest cache."""

AHEAD_ROWS = 24
"""How many rows before its turn what a row needs is asked for: a row takes some 30 ns, memory some 100, and
several times that where others use it too. Measured: with more, as much is asked for at a time as memory
gives, and nothing is gained."""

CHECK_BEHIND = 12
"""How many records behind the account of each is checked, while it is near: measured, a nanosecond a record
instead of four after the page."""

_FEW_LIMITS = 64
"""A limits table of this many slots is in the cache as it is."""


@kernel
def admit(books: PaymentBooks, journal: Journal, setting: Setting, batch: Array, rows: Array) -> int:
    """Decide a batch in order; return an account that it overdrew, which no rule allows, or -1.

    Parameters
    ----------
    books
        Changed in place; `payments` and `identities` have room for the whole batch.
    journal
        Room for two records a row and one for every queued payment.
    setting
        Time, discipline and bounds.
    batch
        INSTRUCTION, shape (n,).
    rows
        ROW_OUTCOME, shape (n,), written: outcome of each row at the end of the batch.

    Notes
    -----
    Complexity: linear in rows plus released payments, plus at most 256 looked-at payments a row.
    """
    others, checked, overdrawn = 0, 0, NONE
    today = _latest(books.business_day)
    for first in range(0, batch.shape[0], BLOCK_ROWS):
        after = min(first + BLOCK_ROWS, batch.shape[0])
        _recognise(books, batch, rows, first, after)
        for i in range(first, after):
            _ask_for(books, journal, setting, batch, i)
            instruction, row = batch[forward(i)], rows[forward(i)]
            is_new = row["repeated"] == 0 and row["mechanism"] == 0
            if is_new and settles_at_once(books, instruction):
                _settle_at_once(books, journal, setting, today, instruction, row)
            else:
                _admit_row(books, journal, setting, today, instruction, row)
                others += 1
            if checked + CHECK_BEHIND < journal.written[0]:
                overdrawn = _check(books, journal, checked, overdrawn)
                checked += 1
    while checked < journal.written[0]:
        overdrawn = _check(books, journal, checked, overdrawn)
        checked += 1
    for i in range(rows.shape[0] if others > 0 else 0):
        if rows[i]["index"] != NONE and (rows[i]["repeated"] != 0 or rows[i]["status"] in _OPEN):
            _report(books, rows[i])
    return overdrawn


@inlined
def _latest(days: NDArray[np.int32]) -> int:
    """Return the latest business day of any currency: the day of what comes in."""
    latest = 0
    for each in days:
        latest = max(latest, each)
    return latest


@inlined
def _check(books: PaymentBooks, journal: Journal, place: int, overdrawn: int) -> int:
    """Look at whom a record debited: return the account if it is overdrawn, else what was found before."""
    record = journal.records[forward(place)]
    return record["debtor"] if overdrew(books, record) else overdrawn


@inlined
def _is_decision(kind: int) -> bool:
    return kind in (_RELEASE, _REFUSAL, _HOLD)


@inner
def _recognise(books: PaymentBooks, batch: Array, rows: Array, first: int, after: int) -> None:
    """Look up the identities of a block and keep those that are new, where their payments will have a place.

    In a pass of its own, because nothing else of a row depends on it but its place. A row's `index` becomes
    the place of the payment that it repeats or makes, its `mechanism` 1 where its identity is known with
    other content.
    """
    slots = books.identities.slots
    payment = books.counters[PAYMENT_COUNT]
    for i in range(first, after):
        if i + AHEAD_ROWS < batch.shape[0]:
            later = batch[forward(i + AHEAD_ROWS)]
            write_ahead(slots, home_slot(slots, hash_of(later["identity_high"], later["identity_low"])))
        read_ahead(batch, i + 2 * AHEAD_ROWS)
        write_ahead(books.identities.rows, payment + AHEAD_ROWS)
        instruction, row = batch[forward(i)], rows[forward(i)]
        row["repeated"] = 0
        row["mechanism"] = 0
        row["index"] = NONE
        if _is_decision(instruction["kind"]):
            continue
        high, low = instruction["identity_high"], instruction["identity_low"]
        known = ABSENT
        if high != 0 or low != 0:
            known = remember(books.identities, high, low, instruction["content"], payment)
        if known >= 0:
            row["index"] = known
            row["repeated"] = 1
            continue
        row["index"] = payment
        row["mechanism"] = known == CONFLICT
        payment += 1


@inlined
def _ask_for(books: PaymentBooks, journal: Journal, setting: Setting, batch: Array, place: int) -> None:
    """Read ahead what the rows after one will need."""
    write_ahead(journal.records, journal.written[0] + AHEAD_ROWS)
    if place + AHEAD_ROWS >= batch.shape[0]:
        return
    later = batch[forward(place + AHEAD_ROWS)]
    read_ahead(books.accounts, later["debtor"])
    read_ahead(books.accounts, later["creditor"])
    if setting.terms.shape[0] > 0:
        write_ahead(books.payments, books.counters[PAYMENT_COUNT] + AHEAD_ROWS)
        _ask_for_link(books, setting.terms, later["target"])
    if books.limits.shape[0] > _FEW_LIMITS:
        _ask_for_limits(books, batch[forward(place + AHEAD_ROWS // 2)])


@inlined
def _ask_for_link(books: PaymentBooks, terms: Array, place: int) -> None:
    """Read ahead where a leg's link is found, if the row is a leg: else it names no place of terms."""
    if 0 < place <= terms.shape[0]:
        mixed = hash_of(terms[place - 1]["link_high"], terms[place - 1]["link_low"])
        slots = books.linked.identities.slots
        read_ahead(slots, home_slot(slots, mixed))


@inlined
def _ask_for_limits(books: PaymentBooks, instruction: Row) -> None:
    """Read ahead the limits of a row whose accounts have been asked for."""
    debtor, creditor = instruction["debtor"], instruction["creditor"]
    if debtor < 0 or creditor < 0:
        return
    _ask_for_limit(books, debtor, creditor)
    _ask_for_limit(books, creditor, debtor)


@inlined
def _ask_for_limit(books: PaymentBooks, debtor: int, creditor: int) -> None:
    flags = books.accounts[debtor]["limits"]
    if flags & HAS_BILATERAL:
        read_ahead(books.limits, limit_home(books.limits, debtor, creditor))
    if flags & HAS_MULTILATERAL:
        read_ahead(books.limits, limit_home(books.limits, debtor, ALL_OTHERS))


@inlined
def _settle_at_once(
    books: PaymentBooks, journal: Journal, setting: Setting, today: int, instruction: Row, row: Row
) -> None:
    """Book a payment that nothing stops and nothing waits for."""
    number = _next_number(books)
    payment = forward(row["index"])
    books.counters[PAYMENT_COUNT] = payment + np.uint64(1)
    if setting.terms.shape[0] > 0:  # legs are read again: past the caches, they cost 5 ns more
        _keep(books.payments[payment], instruction, number, today, _ACSC, _IMMEDIATE)
    else:
        put_line(books.payments, payment, _as_settled(instruction, number, today))
    book(books, journal, instruction, number, _IMMEDIATE, number, setting.now)
    row["number"] = number
    row["status"], row["reason"], row["mechanism"] = _ACSC, 0, _IMMEDIATE


@inner
def _admit_row(
    books: PaymentBooks, journal: Journal, setting: Setting, today: int, instruction: Row, row: Row
) -> None:
    """Decide one row that asks for more than to be settled, or repeats another."""
    if _is_decision(instruction["kind"]):
        _admit_decision(books, journal, setting, instruction, row)
    elif row["repeated"] == 0:
        _admit_payment(books, journal, setting, today, instruction, row)
        _report(books, row)


@spliced
def _admit_decision(
    books: PaymentBooks, journal: Journal, setting: Setting, instruction: Row, row: Row
) -> None:
    number = _next_number(books)
    if instruction["kind"] == _HOLD:
        reason = hold_again(books, journal, setting, number, instruction)
    else:
        reason = decide_held(books, journal, setting, number, instruction)
    row["number"] = number
    row["reason"] = reason
    row["status"] = _ACSC if reason == 0 else _RJCT
    row["mechanism"] = 0


@spliced
def _admit_payment(
    books: PaymentBooks, journal: Journal, setting: Setting, today: int, instruction: Row, row: Row
) -> None:
    payment = row["index"]
    books.counters[PAYMENT_COUNT] = payment + 1
    entry, number = books.payments[payment], _next_number(books)
    _keep(entry, instruction, number, today, _RCVD, 0)
    if instruction["kind"] == _CANCELLATION:
        entry["debtor"], entry["creditor"] = NONE, NONE
    if row["mechanism"] != 0:
        reject(books, journal, payment, _DUPLICATE, number, setting.now)
    elif instruction["kind"] == _CANCELLATION:
        cancel(books, journal, setting, payment, instruction)
    else:
        enter(books, journal, setting, payment, instruction)


@inlined
def _next_number(books: PaymentBooks) -> int:
    number = books.counters[NEXT_NUMBER]
    books.counters[NEXT_NUMBER] = number + 1
    return number


@inlined
def _keep(entry: Row, instruction: Row, number: int, today: int, status: int, mechanism: int) -> None:
    """Write an instruction into its place in the books."""
    # What is read before anything is written is copied in fewer and larger pieces.
    debtor, creditor, amount = instruction["debtor"], instruction["creditor"], instruction["amount"]
    kind, priority = instruction["kind"], instruction["priority"]
    currency, value_date = instruction["currency"], instruction["value_date"]
    entry["number"] = number
    entry["amount"] = amount
    entry["returned"] = 0
    entry["debtor"], entry["creditor"] = debtor, creditor
    entry["next"], entry["previous"] = NONE, NONE
    entry["original"], entry["person"] = NONE, NONE
    entry["day"], entry["value_date"] = today, value_date
    entry["currency"], entry["reason"] = currency, 0
    entry["kind"], entry["priority"] = kind, priority
    entry["status"], entry["mechanism"] = status, mechanism


@inlined
def _as_settled(instruction: Row, number: int, today: int) -> tuple[Word, ...]:
    """Return the words of what `_keep` writes of an instruction that settles at once."""
    codes = np.uint64(instruction["kind"]) | (np.uint64(instruction["priority"]) << np.uint64(8))
    none = np.uint64(0xFFFFFFFFFFFFFFFF)
    return (
        np.uint64(number),
        np.uint64(instruction["amount"]),
        np.uint64(0),
        _pair(instruction["debtor"], instruction["creditor"]),
        none,
        none,
        _pair(today, instruction["value_date"]),
        np.uint64(instruction["currency"]) | (codes << np.uint64(32)) | _SETTLED_CODES,
    )


@inlined
def _pair(low: int, high: int) -> Word:
    """Return a word of two fields of 32 bits that are not below zero."""
    return np.uint64(low) | (np.uint64(high) << np.uint64(32))


@inlined
def _report(books: PaymentBooks, row: Row) -> None:
    """Give a row the state of its payment as it is now."""
    entry = books.payments[row["index"]]
    row["number"] = entry["number"]
    row["status"] = entry["status"]
    row["reason"] = entry["reason"]
    row["mechanism"] = entry["mechanism"]
