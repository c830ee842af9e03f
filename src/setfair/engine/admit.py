"""One batch of payments, cancellations and decisions: the loop around `entry` and `request`."""

from __future__ import annotations

import numpy as np

from setfair.domain.codes import InstructionKind, Reason, Status
from setfair.engine.entry import enter, reject
from setfair.engine.identity import ABSENT, CONFLICT, Word, home_slot, remember
from setfair.engine.kernel import inlined, inner, kernel
from setfair.engine.layout import NEXT_NUMBER, PAYMENT_COUNT, Array, Journal, PaymentBooks, Row, Setting
from setfair.engine.queue import NONE
from setfair.engine.request import cancel, decide_held

_CANCELLATION = int(InstructionKind.CANCELLATION)
_RELEASE, _REFUSAL = int(InstructionKind.RELEASE), int(InstructionKind.REFUSAL)
_DUPLICATE = int(Reason.DUPLICATE)
_ACSC, _RCVD, _RJCT = int(Status.ACSC), int(Status.RCVD), int(Status.RJCT)

TOUCH_ROWS = 32
"""Rows whose accounts and identity slots are read ahead together: they fit the first-level cache."""


@kernel
def admit(books: PaymentBooks, journal: Journal, setting: Setting, batch: Array, rows: Array) -> None:
    """Decide a batch in order.

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
    for i in range(batch.shape[0]):
        if i % TOUCH_ROWS == 0:
            journal.written[1] = _touch(books, batch, i, min(i + TOUCH_ROWS, batch.shape[0]))
        kind = batch[i]["kind"]
        rows[i]["index"] = NONE
        rows[i]["repeated"] = 0
        if kind in (_RELEASE, _REFUSAL):
            _admit_decision(books, journal, setting, batch[i], rows[i])
        else:
            _admit_payment(books, journal, setting, batch[i], rows[i])
    _report(books, rows)


@inner
def _touch(books: PaymentBooks, batch: Array, first: int, after: int) -> Word:
    """Read what the next rows will need, so that the waits for memory overlap.

    The sum means nothing; it is kept so that the reads are not optimised away.
    """
    mask = np.uint64(books.identities.shape[0] - 1)
    total: Word = np.int64(0)
    for i in range(first, after):
        debtor, creditor = batch[i]["debtor"], batch[i]["creditor"]
        if debtor >= 0 and creditor >= 0:
            total += books.accounts[debtor]["balance"] & books.accounts[creditor]["balance"]
        home = home_slot(batch[i]["identity_high"], batch[i]["identity_low"], mask)
        total += books.identities[home]["used"]
    return total


@inner
def _admit_decision(
    books: PaymentBooks, journal: Journal, setting: Setting, instruction: Row, row: Row
) -> None:
    number = books.counters[NEXT_NUMBER]
    books.counters[NEXT_NUMBER] = number + 1
    reason = decide_held(books, journal, setting, number, instruction)
    row["number"] = number
    row["reason"] = reason
    row["status"] = _ACSC if reason == 0 else _RJCT
    row["mechanism"] = 0


@inlined
def _admit_payment(
    books: PaymentBooks, journal: Journal, setting: Setting, instruction: Row, row: Row
) -> None:
    payment = books.counters[PAYMENT_COUNT]
    known = ABSENT
    if instruction["identity_high"] != 0 or instruction["identity_low"] != 0:
        known = remember(
            books.identities,
            instruction["identity_high"],
            instruction["identity_low"],
            instruction["content"],
            payment,
        )
    if known >= 0:
        row["index"] = known
        row["repeated"] = 1
        return
    row["index"] = payment
    _new_payment(books, payment, instruction, setting.today)
    if known == CONFLICT:
        reject(books, journal, payment, _DUPLICATE, books.payments[payment]["number"], setting.now)
    elif instruction["kind"] == _CANCELLATION:
        cancel(books, journal, setting, payment, instruction)
    else:
        enter(books, journal, setting, payment, instruction)


@inlined
def _new_payment(books: PaymentBooks, payment: int, instruction: Row, today: int) -> None:
    """Give the instruction its number and its place in the books."""
    number = books.counters[NEXT_NUMBER]
    books.counters[NEXT_NUMBER] = number + 1
    books.counters[PAYMENT_COUNT] = payment + 1
    entry = books.payments[payment]
    entry["number"] = number
    entry["amount"] = instruction["amount"]
    entry["returned"] = 0
    entry["debtor"] = instruction["debtor"]
    entry["creditor"] = instruction["creditor"]
    if instruction["kind"] == _CANCELLATION:
        entry["debtor"], entry["creditor"] = NONE, NONE
    entry["next"] = NONE
    entry["previous"] = NONE
    entry["original"] = NONE
    entry["person"] = NONE
    entry["day"] = today
    entry["value_date"] = instruction["value_date"]
    entry["currency"] = instruction["currency"]
    entry["reason"] = 0
    entry["kind"] = instruction["kind"]
    entry["priority"] = instruction["priority"]
    entry["status"] = _RCVD
    entry["mechanism"] = 0


@inner
def _report(books: PaymentBooks, rows: Array) -> None:
    """Give each row the state of its payment as it is now, at the end of the batch."""
    for i in range(rows.shape[0]):
        index = rows[i]["index"]
        if index != NONE:
            entry = books.payments[index]
            rows[i]["number"] = entry["number"]
            rows[i]["status"] = entry["status"]
            rows[i]["reason"] = entry["reason"]
            rows[i]["mechanism"] = entry["mechanism"]
