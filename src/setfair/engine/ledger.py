"""Available liquidity, limits, and the booking of one payment.

Rules (docs/settlement-rules.md, "Words"): available = balance + credit line - reserved; net amounts
paid stay within bilateral and multilateral limits; to settle is to debit, credit, move the net
amounts and consume reservations, and writes one SETTLED record.

Overflow: an amount is at most 10^18 - 1, a balance at most 2^62 in size (a settlement agent's account has a
credit line of 2^62), and a net amount at least -2^62, where it stays; so every sum here fits int64.
"""

from __future__ import annotations

import numpy as np

from setfair.domain.codes import Priority, RecordKind, Status
from setfair.domain.money import BALANCE_MAX_MINOR
from setfair.engine.identity import Word
from setfair.engine.layout import LIMIT, Array, Journal, PaymentBooks, Row, cleared
from setfair.kernel import forward, inlined, inner, kernel

_URGENT = int(Priority.URGENT)
_HIGH = int(Priority.HIGH)
_SETTLED = int(RecordKind.SETTLED)
_ACSC = int(Status.ACSC)
BALANCE_MAX = BALANCE_MAX_MINOR

HAS_BILATERAL = 1
HAS_MULTILATERAL = 2
ALL_OTHERS = 0x7FFFFFFF
"""The creditor under which a multilateral limit is kept."""

_NO_LIMIT = -1


@inlined
def available(books: PaymentBooks, account: int, priority: int) -> int:
    """Return what the account can pay at this priority, in minor units."""
    accounts = books.accounts
    free = accounts[account]["balance"] + accounts[account]["credit_line"]
    if priority != _URGENT:
        free -= accounts[account]["reserved_urgent"]
        if priority != _HIGH:
            free -= accounts[account]["reserved_high"]
    return free


@inlined
def limit_home(limits: Array, debtor: int, creditor: int) -> Word:
    """Return where the search for a pair's limit starts."""
    key = (np.int64(debtor) << 32) | np.int64(creditor)
    return (np.uint64(key) * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(32)) & np.uint64(limits.shape[0] - 1)


@inlined
def limit_slot(limits: Array, debtor: int, creditor: int) -> Word:
    """Return the slot of this pair's limit, or the free slot where it belongs."""
    mask = np.uint64(limits.shape[0] - 1)
    key = (np.int64(debtor) << 32) | np.int64(creditor)
    slot = limit_home(limits, debtor, creditor)
    while limits[slot]["key"] != -1 and limits[slot]["key"] != key:
        slot = (slot + np.uint64(1)) & mask
    return np.int64(slot)


@kernel
def find_limit_slot(limits: Array, debtor: int, creditor: int) -> Word:
    """Return what `limit_slot` returns, to a caller outside the kernels."""
    return limit_slot(limits, debtor, creditor)


@inlined
def binding_limit(books: PaymentBooks, debtor: int, creditor: int) -> int:
    """Return the slot of the limit that binds payments from debtor to creditor, or -1."""
    flags = books.accounts[debtor]["limits"]
    if flags == 0:
        return _NO_LIMIT
    if flags & HAS_BILATERAL:
        slot = limit_slot(books.limits, debtor, creditor)
        if books.limits[slot]["key"] != -1:
            return slot
    if flags & HAS_MULTILATERAL:
        return limit_slot(books.limits, debtor, ALL_OTHERS)
    return _NO_LIMIT


@inlined
def within_limits(books: PaymentBooks, debtor: int, creditor: int, net_amount: int) -> bool:
    """Tell whether paying `net_amount` more keeps debtor's net within the limit that binds."""
    slot = binding_limit(books, debtor, creditor)
    if slot == _NO_LIMIT:
        return True
    return books.limits[slot]["net"] + net_amount <= books.limits[slot]["limit"]


@inlined
def can_settle(books: PaymentBooks, entry: Row) -> bool:
    """Tell whether a payment or instruction has cover, is within limits and fits the creditor's balance."""
    debtor, creditor, amount = entry["debtor"], entry["creditor"], entry["amount"]
    if available(books, debtor, entry["priority"]) < amount:
        return False
    if books.accounts[creditor]["balance"] + amount > BALANCE_MAX:
        return False
    return within_limits(books, debtor, creditor, amount)


@inlined
def _move_limit(books: PaymentBooks, debtor: int, creditor: int, amount: int) -> None:
    slot = binding_limit(books, debtor, creditor)
    if slot != _NO_LIMIT:
        books.limits[slot]["net"] = max(books.limits[slot]["net"] + amount, -BALANCE_MAX)


@inlined
def _consume_reservation(payer: Row, priority: int, amount: int) -> None:
    if priority == _URGENT:
        payer["reserved_urgent"] = max(0, payer["reserved_urgent"] - amount)
    elif priority == _HIGH:
        payer["reserved_high"] = max(0, payer["reserved_high"] - amount)


@inner
def settle(books: PaymentBooks, journal: Journal, payment: int, mechanism: int, cause: int, now: int) -> None:
    """Book one payment and write its SETTLED record. The caller has checked that it may settle."""
    entry = books.payments[payment]
    entry["status"] = _ACSC
    entry["reason"] = 0
    entry["mechanism"] = mechanism
    book(books, journal, entry, entry["number"], mechanism, cause, now)


@inlined
def book(
    books: PaymentBooks, journal: Journal, entry: Row, number: int, mechanism: int, cause: int, now: int
) -> None:
    """Move the money of a payment, or of the instruction with its number, and write its SETTLED record."""
    debtor, creditor, amount = entry["debtor"], entry["creditor"], entry["amount"]
    payer, payee = books.accounts[forward(debtor)], books.accounts[forward(creditor)]
    payer["balance"] -= amount
    payee["balance"] += amount
    if payer["limits"] != 0:
        _move_limit(books, debtor, creditor, amount)
    if payee["limits"] != 0:
        _move_limit(books, creditor, debtor, -amount)
    _consume_reservation(payer, entry["priority"], amount)
    place = journal.written[0]
    journal.written[0] = place + 1
    record = journal.records[forward(place)]
    record["kind"], record["status"] = _SETTLED, _ACSC
    record["mechanism"], record["spare"], record["reason"] = mechanism, 0, 0
    _describe(record, entry, number, cause, now)
    record["debtor_after"], record["creditor_after"] = payer["balance"], payee["balance"]


@inlined
def overdrew(books: PaymentBooks, record: Row) -> bool:
    """Tell whether a record debited an account that is now below minus its credit line."""
    if record["kind"] != _SETTLED:
        return False
    payer = books.accounts[forward(record["debtor"])]
    return payer["credit_line"] < BALANCE_MAX and payer["balance"] < -payer["credit_line"]


@inner
def write_payment_record(
    books: PaymentBooks, journal: Journal, payment: int, kind: int, cause: int, now: int
) -> None:
    """Write a record about a payment that moves no money, with its present status and reason."""
    place = journal.written[0]
    journal.written[0] = place + 1
    record, entry = journal.records[place], books.payments[payment]
    record["kind"], record["status"] = kind, entry["status"]
    record["mechanism"], record["spare"], record["reason"] = entry["mechanism"], 0, entry["reason"]
    _describe(record, entry, entry["number"], cause, now)
    record["debtor_after"], record["creditor_after"] = 0, 0


@inlined
def _describe(record: Row, entry: Row, number: int, cause: int, now: int) -> None:
    """Write what a record says of the payment that it is about."""
    record["currency"] = entry["currency"]
    record["debtor"], record["creditor"] = entry["debtor"], entry["creditor"]
    record["amount"] = entry["amount"]
    record["subject"], record["cause"] = number, cause
    record["time"] = now


def limits_table(entries: int) -> Array:
    """Make an empty limits table with room for `entries`, at most half full."""
    slots = 64
    while slots < 2 * entries:
        slots *= 2
    table: Array = cleared(slots, LIMIT)
    table["key"] = -1
    return table
