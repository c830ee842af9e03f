"""Play a day through any house that has the three verbs of the reference."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from setfair.domain.codes import Phase
from tests.reference.days import Day, Step
from tests.reference.words import ExtensionCommand, Instruction, Outcome, QueueCommand, Record, TermCommand


class House(Protocol):
    """What a test asks of a house: the reference has it, and an adapter gives it to the engine."""

    def open_day(self, currency: int, date: int) -> list[Record]: ...

    def wake(self, currency: int, date: int) -> list[Record]: ...

    def move_phase(self, currency: int, phase: Phase) -> list[Record]: ...

    def submit(self, instructions: Sequence[Instruction]) -> tuple[list[Outcome], list[Record]]: ...

    def expire(self, now: int) -> list[Record]: ...

    def clock(self, now: int) -> list[Record]: ...

    def extend(self, command: ExtensionCommand) -> list[Record]: ...

    def offset(self) -> list[Record]: ...

    def change_queue(self, command: QueueCommand) -> list[Record]: ...

    def change_term(self, command: TermCommand) -> list[Record]: ...

    def balance_of(self, account: int) -> int: ...


def take_step(house: House, step: Step) -> tuple[list[Outcome], list[Record]]:
    """Hand one step to a house."""
    if step[0] == "submit":
        return house.submit(step[1])
    if step[0] == "open":
        return [], house.open_day(step[1], step[2])
    if step[0] == "wake":
        return [], house.wake(step[1], step[2])
    if step[0] == "offset":
        return [], house.offset()
    if step[0] == "term":
        return [], house.change_term(step[1])
    if step[0] == "queue":
        return [], house.change_queue(step[1])
    if step[0] == "extend":
        return [], house.extend(step[1])
    if step[0] == "clock":
        return [], house.clock(step[1])
    if step[0] == "expire":
        return [], house.expire(step[1])
    return [], house.move_phase(step[1], step[2])


def play(house: House, day: Day) -> Iterator[tuple[Step, list[Outcome], list[Record]]]:
    """Hand over a day step by step."""
    for step in day.steps:
        outcomes, records = take_step(house, step)
        yield step, outcomes, records
