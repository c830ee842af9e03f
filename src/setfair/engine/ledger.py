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
from setfair.engine.layout import LIMIT, Array, Journal, PaymentBooks, cleared
from setfair.kernel import inlined, kernel

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
def can_settle(books: PaymentBooks, payment: int) -> bool:
    """Tell whether the payment has cover, is within limits and fits the creditor's balance."""
    debtor = books.payments[payment]["debtor"]
    creditor = books.payments[payment]["creditor"]
    amount = books.payments[payment]["amount"]
    if available(books, debtor, books.payments[payment]["priority"]) < amount:
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
def _consume_reservation(books: PaymentBooks, debtor: int, priority: int, amount: int) -> None:
    accounts = books.accounts
    if priority == _URGENT:
        accounts[debtor]["reserved_urgent"] = max(0, accounts[debtor]["reserved_urgent"] - amount)
    elif priority == _HIGH:
        accounts[debtor]["reserved_high"] = max(0, accounts[debtor]["reserved_high"] - amount)


@inlined
def settle(books: PaymentBooks, journal: Journal, payment: int, mechanism: int, cause: int, now: int) -> None:
    """Book one payment and write its SETTLED record. The caller has checked that it may settle."""
    accounts, payments = books.accounts, books.payments
    debtor = payments[payment]["debtor"]
    creditor = payments[payment]["creditor"]
    amount = payments[payment]["amount"]
    accounts[debtor]["balance"] -= amount
    accounts[creditor]["balance"] += amount
    if accounts[debtor]["limits"] != 0:
        _move_limit(books, debtor, creditor, amount)
    if accounts[creditor]["limits"] != 0:
        _move_limit(books, creditor, debtor, -amount)
    _consume_reservation(books, debtor, payments[payment]["priority"], amount)
    payments[payment]["status"] = _ACSC
    payments[payment]["reason"] = 0
    payments[payment]["mechanism"] = mechanism
    write_payment_record(books, journal, payment, _SETTLED, cause, now)


@inlined
def write_payment_record(
    books: PaymentBooks, journal: Journal, payment: int, kind: int, cause: int, now: int
) -> None:
    """Write a record about a payment, with its present status and reason.

    A SETTLED record has both balances after it; in all others they are 0.
    """
    place = journal.written[0]
    record = journal.records[place]
    entry = books.payments[payment]
    debtor = entry["debtor"]
    creditor = entry["creditor"]
    record["kind"] = kind
    record["status"] = entry["status"]
    record["mechanism"] = entry["mechanism"]
    record["spare"] = 0
    record["reason"] = entry["reason"]
    record["currency"] = entry["currency"]
    record["debtor"] = debtor
    record["creditor"] = creditor
    record["amount"] = entry["amount"]
    record["subject"] = entry["number"]
    record["cause"] = cause
    record["debtor_after"], record["creditor_after"] = 0, 0
    if kind == _SETTLED:
        record["debtor_after"] = books.accounts[debtor]["balance"]
        record["creditor_after"] = books.accounts[creditor]["balance"]
    record["time"] = now
    journal.written[0] = place + 1


def limits_table(entries: int) -> Array:
    """Make an empty limits table with room for `entries`, at most half full."""
    slots = 64
    while slots < 2 * entries:
        slots *= 2
    table: Array = cleared(slots, LIMIT)
    table["key"] = -1
    return table
