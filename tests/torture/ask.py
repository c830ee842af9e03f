"""Asks a real house for the steps of a plan, one verb each, and holds its answers against the reference's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from setfair.clearing_house import Outcome
from setfair.domain.codes import InstructionKind
from setfair.domain.instruction import Family
from setfair.house import House
from setfair.user_words import QueueChange, Said, TermChange, ask_for, change_queue, decide_on
from tests.houses import batch_of, obligations, payments
from tests.reference.words import QueueCommand, TermCommand
from tests.torture.plan import Plan, Step
from tests.torture.words import (
    NO_INSTRUCTION,
    NO_LIMIT,
    NOBODY,
    PEOPLE,
    business_date,
    fixing,
    lists_for,
    moment,
    obligation_rows,
    party_rows,
    payment_row,
    remember_from,
    user,
)

Numbers = dict[int, int]
"""Instruction numbers of the house by those of the reference."""
WHY = "as the rehearsal says"


class WrongError(Exception):
    """The house is not as it must be: what a run is there to find."""


def must(holds: bool, what: str) -> None:
    """Go on if it is as it must be."""
    if not holds:
        raise WrongError(what)


def take_steps(house: House, plan: Plan, numbers: Sequence[int], known: Numbers) -> Iterator[tuple[int, int]]:
    """Ask the house for steps of the plan; yield the number of each, and its page, when it is acknowledged.

    Several are of payments, and are asked for together; any other is asked for alone. The page is 0 where a
    step made none.

    Parameters
    ----------
    house
        The house.
    plan, numbers
        Which steps of which plan.
    known
        Numbers that the house gave before; those that it gives now are added.
    """
    if plan.steps[numbers[0]].kind == "rows":
        yield from _submit(house, plan, numbers, known)
        return
    _ask(house, plan, numbers[0], known)
    yield numbers[0], house.clearing_house.state.page_number


def _ask(house: House, plan: Plan, number: int, known: Numbers) -> None:
    step, way_in = plan.steps[number], house.clearing_house
    code = plan.codes[step.currency]
    if step.kind == "open":
        way_in.open_day(code, business_date(step.date), remember_from(plan, step.date))
    elif step.kind == "phase":
        way_in.change_phase(code, step.phase)
    elif step.kind in ("decision", "note"):
        _decide(house, step, known)
    elif step.kind == "obligations":
        way_in.submit(obligations(*obligation_rows(plan, step)))
    elif step.kind == "parties":
        way_in.submit(batch_of(Family.PARTY, party_rows(plan)))
    elif step.kind == "cycle":
        way_in.run_cycle(code, business_date(step.date))
    elif step.kind == "across":
        way_in.run_across_cycle(fixing(plan, step.worth), plan.codes, business_date(step.date))
    elif step.kind == "time":
        way_in.expire_due()
    elif step.kind == "offset":
        way_in.offset_queue()
    elif step.kind == "lists":
        way_in._lists = lists_for(step.lists)
        way_in._screener()
    else:
        _note(plan, number, known, _say(house, plan, step, known))


def _decide(house: House, step: Step, known: Numbers) -> None:
    row = step.rows[0]
    target, person = known.get(row.target, NO_INSTRUCTION), PEOPLE.get(row.person, NOBODY)
    if step.kind == "decision":
        house.clearing_house.decide_held(target, person, WHY, release=row.kind is InstructionKind.RELEASE)
    elif person != NOBODY:
        house.clearing_house.note_alert(target, person, WHY, "looked at")


def _say(house: House, plan: Plan, step: Step, known: Numbers) -> Outcome:
    """Take a user's word on terms or queues."""
    directory, command = house.clearing_house.state.directory, step.command
    if isinstance(command, QueueCommand):
        queued = QueueChange(
            command.action,
            known.get(command.target, NO_INSTRUCTION),
            command.priority,  # type: ignore[arg-type]  # one that there is not is refused further in
            moment(command.earliest),
            moment(command.latest),
        )
        said = Said(user(command.person), WHY)
        return house.clearing_house.take_word(change_queue(queued, directory, said))
    if not isinstance(command, TermCommand):
        raise TypeError(f"nobody asks for {step.kind}")
    said = Said(user(command.person), WHY)
    if command.kind is InstructionKind.TERM_CHANGE:
        return house.clearing_house.take_word(ask_for(_change(plan, command), directory, said))
    target = known.get(command.target, NO_INSTRUCTION)
    return house.clearing_house.take_word(decide_on(target, directory, said, command.kind))


def _change(plan: Plan, command: TermCommand) -> TermChange:
    account = plan.accounts[command.account] if command.account >= 0 else (NOBODY, plan.codes[0])
    return TermChange(
        command.term,
        account[0],
        account[1],
        None if command.amount == NO_LIMIT else command.amount,
        plan.accounts[command.counterparty][0] if command.counterparty >= 0 else "",
        business_date(command.day) if command.day else None,
    )


def _note(plan: Plan, step: int, known: Numbers, outcome: Outcome) -> None:
    """Note the number that the house gave to a command, which is the same whenever it is asked for."""
    (ours,), found = plan.outcomes[step], int(outcome.rows["number"][0])
    must(known.setdefault(ours, found) == found, f"step {step}: another number was given")


def _submit(house: House, plan: Plan, numbers: Sequence[int], known: Numbers) -> Iterator[tuple[int, int]]:
    """Submit the rows of steps, of which some are decided while others are made durable; yield each."""
    steps = [plan.steps[number] for number in numbers]
    batches = [
        payments(*(payment_row(plan, *each) for each in zip(step.rows, step.names, strict=True)))
        for step in steps
    ]
    for number, (_, outcome) in zip(numbers, house.clearing_house.submit_each(batches), strict=True):
        rows = outcome.rows
        for ours, found in zip(plan.outcomes[number], rows["number"].tolist(), strict=True):
            must(known.setdefault(ours, found) == found, f"step {number}: another number was given")
        after = plan.expected[number + 1].entries
        for ours, row in zip(plan.outcomes[number], rows, strict=True):
            told = (int(row["status"]), int(row["reason"]), int(row["mechanism"]))
            must(told == after[ours], f"step {number}: {told} instead of {after[ours]}")
        yield number, outcome.page.number if outcome.page is not None else 0
