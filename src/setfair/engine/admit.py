"""One batch of payments, cancellations and decisions: the loop around `entry` and `request`."""

from __future__ import annotations

from setfair.domain.codes import InstructionKind, Reason, Status
from setfair.engine.ahead import read_ahead
from setfair.engine.entry import enter
from setfair.engine.identity import ABSENT, CONFLICT, hash_of, home_slot, remember
from setfair.engine.layout import NEXT_NUMBER, PAYMENT_COUNT, Array, Journal, PaymentBooks, Row, Setting
from setfair.engine.ledger import ALL_OTHERS, HAS_BILATERAL, HAS_MULTILATERAL, limit_home
from setfair.engine.queue import NONE
from setfair.engine.request import cancel, decide_held, hold_again
from setfair.engine.withdraw import reject
from setfair.kernel import inlined, inner, kernel

_CANCELLATION = int(InstructionKind.CANCELLATION)
_RELEASE, _REFUSAL = int(InstructionKind.RELEASE), int(InstructionKind.REFUSAL)
_HOLD = int(InstructionKind.SCREENING_HOLD)
_DUPLICATE = int(Reason.DUPLICATE)
_ACSC, _RCVD, _RJCT = int(Status.ACSC), int(Status.RCVD), int(Status.RJCT)
_OPEN = (int(Status.ACSP), int(Status.PDNG))
"""What a later row of the batch can still change; all else stays as it is."""

AHEAD_ROWS = 24
"""How many rows before its turn a row's accounts and slot are asked for: a row takes some 40 ns, memory some
100, and several times that where others use it too."""


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
    _recognise(books, batch, rows)
    for i in range(batch.shape[0]):
        if i + AHEAD_ROWS < batch.shape[0]:
            _ask_for(books, batch[i + AHEAD_ROWS])
            read_ahead(books.payments, books.counters[PAYMENT_COUNT] + AHEAD_ROWS)
            read_ahead(journal.records, journal.written[0] + AHEAD_ROWS)
            _ask_for_link(books, setting.terms, batch[i + AHEAD_ROWS]["target"])
            _ask_for_limits(books, batch[i + AHEAD_ROWS // 2])
        if _is_decision(batch[i]["kind"]):
            _admit_decision(books, journal, setting, batch[i], rows[i])
        elif rows[i]["repeated"] == 0:
            _admit_payment(books, journal, setting, batch[i], rows[i])
            _report(books, rows[i])
    for i in range(rows.shape[0]):
        if rows[i]["index"] != NONE and (rows[i]["repeated"] != 0 or rows[i]["status"] in _OPEN):
            _report(books, rows[i])


@inlined
def _is_decision(kind: int) -> bool:
    return kind in (_RELEASE, _REFUSAL, _HOLD)


@inner
def _recognise(books: PaymentBooks, batch: Array, rows: Array) -> None:
    """Look all identities up and keep those that are new, at the places that their payments will have.

    In a pass of its own, because nothing else of a row depends on it but its place: a row takes some 25 ns
    here, and 50 ns where it waits between bookings. A row's `index` becomes the place of the payment that it
    repeats or makes, its `mechanism` 1 where its identity is known with other content.
    """
    slots = books.identities.slots
    payment = books.counters[PAYMENT_COUNT]
    for i in range(batch.shape[0]):
        if i + AHEAD_ROWS < batch.shape[0]:
            later = batch[i + AHEAD_ROWS]
            read_ahead(slots, home_slot(slots, hash_of(later["identity_high"], later["identity_low"])))
            read_ahead(books.identities.rows, payment + AHEAD_ROWS)
            read_ahead(batch, i + 2 * AHEAD_ROWS)
        rows[i]["repeated"] = 0
        rows[i]["mechanism"] = 0
        rows[i]["index"] = NONE
        if _is_decision(batch[i]["kind"]):
            continue
        high, low = batch[i]["identity_high"], batch[i]["identity_low"]
        known = ABSENT
        if high != 0 or low != 0:
            known = remember(books.identities, high, low, batch[i]["content"], payment)
        if known >= 0:
            rows[i]["index"] = known
            rows[i]["repeated"] = 1
            continue
        rows[i]["index"] = payment
        rows[i]["mechanism"] = known == CONFLICT
        payment += 1


@inlined
def _ask_for(books: PaymentBooks, instruction: Row) -> None:
    """Read ahead what a row will need."""
    read_ahead(books.accounts, instruction["debtor"])
    read_ahead(books.accounts, instruction["creditor"])


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


@inner
def _admit_decision(
    books: PaymentBooks, journal: Journal, setting: Setting, instruction: Row, row: Row
) -> None:
    number = books.counters[NEXT_NUMBER]
    books.counters[NEXT_NUMBER] = number + 1
    if instruction["kind"] == _HOLD:
        reason = hold_again(books, journal, setting, number, instruction)
    else:
        reason = decide_held(books, journal, setting, number, instruction)
    row["number"] = number
    row["reason"] = reason
    row["status"] = _ACSC if reason == 0 else _RJCT
    row["mechanism"] = 0


@inlined
def _admit_payment(
    books: PaymentBooks, journal: Journal, setting: Setting, instruction: Row, row: Row
) -> None:
    payment = row["index"]
    _new_payment(books, payment, instruction, setting.today)
    if row["mechanism"] != 0:
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


@inlined
def _report(books: PaymentBooks, row: Row) -> None:
    """Give a row the state of its payment as it is now."""
    entry = books.payments[row["index"]]
    row["number"] = entry["number"]
    row["status"] = entry["status"]
    row["reason"] = entry["reason"]
    row["mechanism"] = entry["mechanism"]
