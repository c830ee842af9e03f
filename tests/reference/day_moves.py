"""What a cut-off and the opening of a day do to what waits, in the reference model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from setfair.domain.codes import Reason, Status
from tests.reference.words import PAYMENT_KINDS

if TYPE_CHECKING:
    from tests.reference.settlement import ReferenceHouse


def reject_waiting(house: ReferenceHouse, currency: int, cause: int) -> None:
    """Reject what waits in a currency, and is not for a later day."""
    broken = False
    for number in sorted(house.entries):
        entry = house.entries[number]
        waits = entry.status in (Status.ACSP, Status.PDNG) and entry.instruction.kind in PAYMENT_KINDS
        if not waits or house.currency_of(entry.instruction) != currency:
            continue
        if house.is_early(entry.instruction):
            continue
        if number in house.links.of_leg:
            broken |= house.links.reject_leg(entry, Reason.QUEUED_AT_CUTOFF, cause)
        else:
            house.reject(entry, Reason.QUEUED_AT_CUTOFF, cause)
    for account, spec in enumerate(house.accounts):
        if broken and spec.currency != currency:
            house.cascade([account], cause)


def take_up(house: ReferenceHouse, currency: int, cause: int) -> None:
    """Take up what waited for the day that has opened; reject what waited for one passed over."""
    for number in sorted(house.entries):
        entry = house.entries[number]
        row = entry.instruction
        is_payment = row.kind in PAYMENT_KINDS and house.currency_of(row) == currency
        if entry.status is not Status.PDNG or not is_payment or row.value_date > house.date[currency]:
            continue
        if row.value_date < house.date[currency]:
            reject = house.links.reject_leg if number in house.links.of_leg else house.reject
            reject(entry, Reason.WRONG_VALUE_DATE, cause)
        elif number in house.links.of_leg:
            house.links.take_up(entry, cause)
        elif entry.reason is Reason.BEFORE_VALUE_DATE:
            house.readmit(entry, cause)
