"""Run a decision table against any house: the reference, or the engine behind an adapter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from setfair.domain.codes import InstructionKind, Phase
from tests.reference.play import House
from tests.reference.words import (
    ExtensionCommand,
    HouseSpec,
    Instruction,
    Outcome,
    QueueCommand,
    Record,
    TermCommand,
)
from tests.tables.parse import Expected, Row, Scenario, Step, Word

HouseFactory: TypeAlias = Callable[[HouseSpec], House]


class ScenarioRun:
    """One scenario on its way through one house; `step` raises AssertionError where they differ."""

    def __init__(self, scenario: Scenario, factory: HouseFactory) -> None:
        self.house = factory(scenario.spec)
        self.numbers: dict[str, int] = {}
        self.rows: dict[str, Instruction] = {}

    def step(self, step: Step) -> None:
        """Take one step and compare all that the table says of it."""
        where = f"line {step.line}"
        is_move = step.offset or step.word or step.move is not None or step.expire is not None
        records = self._move(step) if is_move else self._submit(step, where)
        for label, expected in step.outcomes:
            outcomes, moved = self.house.submit([self.rows[label]])
            assert (where, label, _as_expected(outcomes[0])) == (
                where,
                label,
                replace(expected, repeated=True),
            )
            assert moved == []
        for account, balance in step.balances:
            assert (where, account, self.house.balance_of(account)) == (where, account, balance)
        if step.order is not None:
            labels = {number: label for label, number in self.numbers.items()}
            subjects = [
                labels[record.subject_number] for record in records if record.subject_number in labels
            ]
            assert (where, subjects) == (where, step.order)

    def _hear(self, step: Step, word: Word) -> list[Record]:
        target = self.numbers.get(word.target, 0)
        if isinstance(word.command, QueueCommand):
            records = self.house.change_queue(replace(word.command, target=target))
        elif isinstance(word.command, ExtensionCommand):
            records = self.house.extend(replace(word.command, target=target))
        else:
            records = self.house.change_term(replace(word.command, target=target))
        # A change that is taken back has a record of its own after that of the word.
        denials = (InstructionKind.TERM_REFUSAL, InstructionKind.EXTENSION_REFUSAL)
        is_denial = isinstance(word.command, TermCommand | ExtensionCommand) and word.command.kind in denials
        assert (step.line, records[-is_denial].reason) == (step.line, word.reason)
        if word.label:
            self.numbers[word.label] = records[0].subject_number
        return records

    def _move(self, step: Step) -> list[Record]:
        if step.word is not None:
            return self._hear(step, step.word)
        if step.offset:
            return self.house.offset()
        if step.expire is not None:
            return self.house.clock(step.expire) if step.by_clock else self.house.expire(step.expire)
        assert step.move is not None
        currency, phase, date = step.move
        if phase is Phase.OPEN:
            return self.house.open_day(currency, date)
        return self.house.move_phase(currency, phase)

    def _submit(self, step: Step, where: str) -> list[Record]:
        batch = [self._resolve(row) for row in step.rows]
        outcomes, records = self.house.submit(batch)
        assert len(outcomes) == len(batch)
        for row, instruction, outcome in zip(step.rows, batch, outcomes, strict=True):
            assert (where, row.label, _as_expected(outcome)) == (where, row.label, row.expected)
            self.rows[row.label] = instruction
            if not outcome.repeated:
                self.numbers[row.label] = outcome.number
        return records

    def _resolve(self, row: Row) -> Instruction:
        if not row.target:
            return row.instruction
        return replace(row.instruction, target=self.numbers.get(row.target, 0))


def run_scenario(scenario: Scenario, factory: HouseFactory) -> None:
    """Run all of a scenario."""
    run = ScenarioRun(scenario, factory)
    for step in scenario.steps:
        run.step(step)


def _as_expected(outcome: Outcome) -> Expected:
    return Expected(outcome.status, outcome.reason, outcome.mechanism, outcome.repeated)
