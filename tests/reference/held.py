"""Decisions on what screening holds, in the reference model: two people, in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from setfair.domain.codes import InstructionKind, Mechanism, Reason, RecordKind, Status
from tests.reference.entry_checks import Entry
from tests.reference.words import Instruction

if TYPE_CHECKING:
    from tests.reference.settlement import ReferenceHouse


def decide_held(house: ReferenceHouse, entry: Entry) -> None:
    """Take one person's decision on what is held."""
    row = entry.instruction
    held = house.entries.get(row.target)
    reason = _check_decision(house, row, held)
    if reason is not Reason.NONE or held is None:
        house.reject(entry, reason, entry.number)
        return
    house.record(entry, RecordKind.DISPOSITION, Status.ACSC, Reason.NONE, entry.number)
    first = held.first_decision
    if first is None:
        held.first_decision = row
        return
    is_refused = InstructionKind.REFUSAL in (first.kind, row.kind)
    if held.number in house.links.of_leg:
        if is_refused:
            house.links.reject_leg(held, Reason.SCREENING_REFUSED, entry.number)
        else:
            house.links.readmit(held, entry.number)
        return
    if is_refused:
        house.reject(held, Reason.SCREENING_REFUSED, entry.number)
        return
    house.readmit(held, entry.number)


def hold_again(house: ReferenceHouse, entry: Entry) -> None:
    """Hold what waits, or hold it anew."""
    held = house.entries.get(entry.instruction.target)
    is_request = held is not None and held.instruction.kind is InstructionKind.CANCELLATION
    if held is None or is_request or held.status not in (Status.ACSP, Status.PDNG):
        house.reject(entry, Reason.NOT_HELD, entry.number)
        return
    entry.status = Status.ACSC
    held.first_decision = None
    if held.number in house.links.of_leg:
        house.links.hold(held, entry.number)
        return
    was_queued = held.status is Status.ACSP
    house.take_back(held)
    held.mechanism = Mechanism.NONE
    house.record(held, RecordKind.HELD, Status.PDNG, Reason.SCREENING_HIT, entry.number)
    if was_queued:
        house.cascade([held.instruction.debtor], entry.number)


def _check_decision(house: ReferenceHouse, row: Instruction, held: Entry | None) -> Reason:
    if row.defect is not Reason.NONE:
        return row.defect
    if not 0 <= row.person < house.officers:
        return Reason.PERSON_NOT_AUTHORISED
    if held is None or not held.is_held:
        return Reason.NOT_HELD
    if held.first_decision is not None and held.first_decision.person == row.person:
        return Reason.SAME_PERSON
    return Reason.NONE
