"""A record in plain words: made by the house, and made again by whoever verifies.

Rules
-----
1. The words are a function of the leaf and of the names alone, so that a verifier who makes them again sees
   whether they say what the leaf says.
2. The names are what the house says that numbers of accounts and parties mean: no leaf has them.
3. A balance that is not shown is not spoken of.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from setfair.domain.codes import REASONS, Mechanism, Reason, RecordKind
from setfair.domain.instants import format_utc
from setfair.domain.money import currency_of_number, format_amount
from setfair.proof.leaf import Leaf

_HAPPENED = {
    RecordKind.SETTLED: "settled, final and irrevocable",
    RecordKind.QUEUED: "accepted, waits in the queue",
    RecordKind.REJECTED: "rejected",
    RecordKind.HELD: "held by screening",
    RecordKind.PARKED: "kept back, as its payer wants it",
    RecordKind.CANCELLED: "cancelled",
    RecordKind.CANCELLATION_ANSWERED: "answered, a request to cancel",
    RecordKind.OBLIGATION_OPENED: "entered, to be paid",
    RecordKind.OBLIGATION_PENDING: "entered, waits for the debtor's confirmation",
    RecordKind.CREDIT_NOTE_APPLIED: "reduced by a credit note",
    RecordKind.SET_OFF: "set off around closed loops",
    RecordKind.NETTED: "settled by a net position",
}

_BETWEEN_PARTIES = frozenset(
    {
        RecordKind.OBLIGATION_OPENED,
        RecordKind.OBLIGATION_PENDING,
        RecordKind.CREDIT_NOTE_APPLIED,
        RecordKind.SET_OFF,
        RecordKind.NETTED,
    }
)

_HOW = {
    Mechanism.IMMEDIATE: "at entry",
    Mechanism.RELEASE: "from the queue",
    Mechanism.BILATERAL_OFFSET: "against payments in the other direction",
    Mechanism.NETTING: "with all legs of a netting",
}


@dataclass(frozen=True, slots=True)
class Names:
    """What the house says that the numbers in a record mean."""

    noun: str
    """`payment` or `obligation`."""
    debtor: str
    creditor: str


def names_from(given: Mapping[str, object]) -> Names:
    """Read names; KeyError where one is missing."""
    return Names(str(given["noun"]), str(given["debtor"]), str(given["creditor"]))


def describe(number: int, leaf: Leaf, names: Names) -> str:
    """Say what a record says.

    Raises
    ------
    ValueError
        If the leaf has a code that is none.
    """
    record = leaf.record
    kind, reason = RecordKind(record.kind), Reason(record.reason)
    how = _HOW.get(Mechanism(record.mechanism), "")
    parts = [f"{names.noun} {record.subject} was {_HAPPENED.get(kind, kind.name)}{f' {how}' if how else ''}"]
    parts.append(_amount(leaf, record.amount))
    place = "party" if kind in _BETWEEN_PARTIES or names.noun == "obligation" else "account"
    parts.append(
        f"from {place} {record.debtor} ({names.debtor}) to {place} {record.creditor} ({names.creditor})"
    )
    if kind in _BETWEEN_PARTIES and leaf.debtor_after.value is not None:
        parts.append(f"{_amount(leaf, leaf.debtor_after.value)} remains")
    elif kind is RecordKind.SETTLED:
        parts += _balances(leaf, names)
    if record.cause != record.subject:
        parts.append(f"because of instruction {record.cause}")
    if reason is not Reason.NONE:
        parts.append(f"{REASONS[reason].iso} {REASONS[reason].text}")
    return f"record {number} of {format_utc(record.time)}: {', '.join(parts)}"


def _amount(leaf: Leaf, amount_minor: int) -> str:
    try:
        currency = currency_of_number(leaf.record.currency)
    except KeyError:
        return f"{amount_minor} minor units of currency {leaf.record.currency}"
    return f"{currency.code} {format_amount(amount_minor, currency.decimals)}"


def _balances(leaf: Leaf, names: Names) -> list[str]:
    sides = ((leaf.debtor_after, names.debtor), (leaf.creditor_after, names.creditor))
    return [
        f"after which {name} had {_amount(leaf, balance.value)}"
        for balance, name in sides
        if balance.value is not None
    ]
