"""Random business days for a house on disk, and what the reference model says of each.

The days are those of `tests.reference.days`, drawn for a house that an agreement can describe, and put into
the words of the real house: agents and amounts for accounts, names on a list for hits, people for decisions.
Now and then obligations and a cycle stand between: the reference of payments takes no notice of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

from setfair.domain.agreement import Agreement, load_agreement
from setfair.domain.codes import InstructionKind, Phase, Screening
from setfair.domain.money import find_currency, format_amount
from tests.agreements import Bank, agreement_text
from tests.houses import BANKS, DAY, obligation, payment
from tests.reference.days import FIRST_DATE, Day, build_day_in
from tests.reference.settlement import ReferenceHouse
from tests.reference.words import DECISION_KINDS, AccountSpec, HouseSpec, Instruction, LimitSpec

LISTED = "Zorvan Pellik Draumont"
"""A name on the list of `tests.screening.samples`."""
NOBODY = "NOBODY"
PEOPLE = {0: "amara", 1: "bela"}
CURRENCIES = ("KES", "UGX")
NO_INSTRUCTION = 10**9
BEFORE_ALL = date(1970, 1, 1)
"""A house whose first day is yet to be opened counts it as this one."""
STEPS_MAX = (8, 16, 16, 24, 60)
"""How many steps a day has at most: faults come often in short ones, and some are long."""

Entries = dict[int, tuple[int, int, int]]
"""Status, reason and mechanism by the reference's number."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is asked of the house: it is acknowledged whole."""

    kind: str
    """open, phase, rows, decision, obligations or cycle."""
    currency: int = 0
    date: int = 0
    phase: Phase = Phase.OPEN
    rows: tuple[Instruction, ...] = ()
    documents: tuple[dict[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Expected:
    """What the reference says after a step."""

    entries: Entries
    balances: tuple[int, ...]


@dataclass(slots=True)
class Plan:
    """A house and all that is asked of it, with what must come of it."""

    text: str
    """The agreement, TOML."""
    spec: HouseSpec
    accounts: list[tuple[str, str]]
    """Participant and currency of each account."""
    identity_days: int | None
    steps: list[Step]
    expected: list[Expected]
    """After each step; one more at the beginning, before the first."""
    numbers: dict[int, int]
    """Instruction numbers of the house by those of the reference; filled when it is played."""
    outcomes: list[list[int]]
    """By step, the reference's numbers of its rows."""


def plan_of(random: Random) -> Plan:
    """Draw a house and its days."""
    text = _agreement(random)
    agreement = load_agreement(text)
    settled = agreement.settlement_accounts()
    accounts = [(row.participant_id, row.currency) for row in settled]
    codes = [rules.code for rules in agreement.currencies]
    members = [participant.id for participant in agreement.participants]
    spec = HouseSpec(
        accounts=tuple(
            AccountSpec(
                codes.index(row.currency),
                0 if row.is_settlement_agent else row.credit_line_minor,
                row.reserved_urgent_minor,
                row.reserved_high_minor,
                row.is_settlement_agent,
                not row.open,
                members.index(row.participant_id),
            )
            for row in settled
        ),
        limits=tuple(_limits(agreement, accounts)),
        discipline="bypass" if agreement.offsetting.discipline == "bypass" else "ordered",
        officers=len(PEOPLE),
        currencies=len(codes),
        identity_days=random.choice((None, None, 0, 1)),
    )
    day = build_day_in(random, spec)
    steps = _translated(random, day, accounts)[: random.choice(STEPS_MAX)]
    plan = Plan(text, spec, accounts, spec.identity_days, steps, [], {}, [])
    _foresee(plan)
    return plan


def _agreement(random: Random) -> str:
    banks = BANKS[: random.choice((2, 3, 3))]
    codes = CURRENCIES[: random.choice((1, 2))]
    tables = []
    for code in codes:
        for bank in banks:
            status = "closed" if random.random() < 0.02 else "open"
            amounts = {
                "credit_line": random.choice((0, 0, 5, 20)),
                "reserved_urgent": random.choice((0, 0, 0, 4)),
                "reserved_high": random.choice((0, 0, 0, 4)),
            }
            if random.random() < 0.1:
                amounts["multilateral_limit"] = random.randint(0, 25)
            lines = "".join(f'{name} = "{_amount(code, value)}"\n' for name, value in amounts.items())
            about = f'participant = "{bank}"\ncurrency = "{code}"\nstatus = "{status}"\n'
            tables.append(f"[[accounts]]\n{about}{lines}")
    for code in codes:
        if random.random() < 0.4:
            debtor, creditor = random.sample(banks, 2)
            amount = _amount(code, random.randint(0, 20))
            tables.append(
                f'[[limits]]\nparticipant = "{debtor}"\ncounterparty = "{creditor}"\n'
                f'currency = "{code}"\namount = "{amount}"\n'
            )
    tables.append(f'[offsetting]\ndiscipline = "{random.choice(("ordered", "bypass"))}"\n')
    return agreement_text([Bank(bank, {}) for bank in banks], codes, extra="\n".join(tables))


def _amount(code: str, minor: int) -> str:
    found = find_currency(code)
    return format_amount(minor, found.decimals if found is not None else 0)


def _limits(agreement: Agreement, accounts: list[tuple[str, str]]) -> list[LimitSpec]:
    limits = [
        LimitSpec(accounts.index((row.participant_id, row.currency)), -1, row.multilateral_limit_minor)
        for row in agreement.settlement_accounts()
        if row.multilateral_limit_minor is not None
    ]
    limits += [
        LimitSpec(
            accounts.index((row.participant_id, row.currency)),
            accounts.index((row.counterparty_id, row.currency)),
            row.amount_minor,
        )
        for row in agreement.bilateral_limits()
    ]
    return limits


def _translated(random: Random, day: Day, accounts: list[tuple[str, str]]) -> list[Step]:
    """Return a day's steps as the house takes them: a decision is a command of its own."""
    steps: list[Step] = []
    known = _Known(accounts)
    firms = 0
    for given in day.steps:
        if given[0] == "open":
            steps.append(Step("open", given[1], given[2]))
        elif given[0] == "phase":
            steps.append(Step("phase", given[1], phase=given[2]))
        elif given[0] == "submit":
            steps += _rows(given[1], known)
        if random.random() < 0.15:
            firms += 1
            steps.append(Step("obligations", documents=_documents(random, firms)))
            steps += [Step("cycle")] if random.random() < 0.5 else []
    return steps


@dataclass(slots=True)
class _Known:
    """What was said before, by which a row is put as the house would understand it."""

    accounts: list[tuple[str, str]]
    debtors: dict[object, int] = field(default_factory=dict)
    """By identity, the account that pays."""
    links: dict[tuple[object, ...], int] = field(default_factory=dict)

    def put(self, row: Instruction) -> Instruction:
        """Return a row that says the same to the reference as to the house.

        Everything is screened. A cancellation is asked for by a participant, whatever the account. A link is
        known by the number of its legs too, and one of two legs by its participants; none has a latest time,
        for the clock here jumps.
        """
        if row.screening is Screening.UNSCREENED:
            row = replace(row, screening=Screening.CLEAR)
        if row.kind is InstructionKind.CANCELLATION and row.debtor >= 0:
            of = self.debtors.get(row.original, row.debtor)
            if of >= 0 and self._member(of) == self._member(row.debtor):
                row = replace(row, debtor=of)
        if row.link:
            sides = sorted(self._member(account) for account in (row.debtor, row.creditor))
            key = (row.link, row.legs, *(sides if row.legs == 2 else ()))
            row = replace(row, until=0, link=self.links.setdefault(key, len(self.links) + 1))
        self.debtors.setdefault(row.identity, row.debtor)
        return row

    def _member(self, account: int) -> str:
        return self.accounts[account][0] if account >= 0 else ""


def _rows(rows: Sequence[Instruction], known: _Known) -> list[Step]:
    steps: list[Step] = []
    waiting: list[Instruction] = []
    for given in rows:
        if given.kind is InstructionKind.SCREENING_HOLD:
            continue  # nobody asks for it: a list that changes does, and none does here
        row = known.put(given)
        if row.kind in DECISION_KINDS:
            steps += [Step("rows", rows=tuple(waiting))] if waiting else []
            steps.append(Step("decision", rows=(row,)))
            waiting = []
            continue
        waiting.append(row)
    return [*steps, Step("rows", rows=tuple(waiting))] if waiting else steps


def _documents(random: Random, number: int) -> tuple[dict[str, object], ...]:
    firms = [f"F{n}" for n in range(random.randint(2, 5))]
    rows = []
    for place in range(random.randint(1, 12)):
        debtor, creditor = random.sample(firms, 2)
        rows.append(obligation(f"I-{number}-{place}", debtor, creditor, random.randint(1, 50_000)))
    return tuple(rows)


def _foresee(plan: Plan) -> None:
    """Play the days through the reference, and keep what it says after each step."""
    house = ReferenceHouse.of(plan.spec)
    plan.expected.append(_seen(house))
    for step in plan.steps:
        numbers: list[int] = []
        if step.kind == "open":
            house.open_day(step.currency, step.date)
        elif step.kind == "phase":
            house.move_phase(step.currency, step.phase)
        elif step.rows:
            numbers = [outcome.number for outcome in house.submit(step.rows)[0]]
        plan.outcomes.append(numbers)
        plan.expected.append(_seen(house))


def _seen(house: ReferenceHouse) -> Expected:
    entries = {
        number: (int(entry.status), int(entry.reason), int(entry.mechanism))
        for number, entry in house.entries.items()
        if entry.instruction.kind not in DECISION_KINDS
    }
    return Expected(entries, tuple(house.books.balance))


def business_date(number: int) -> date:
    """Return the business day of a day of the reference: those after the first are Mondays to Fridays."""
    after = number - FIRST_DATE
    weeks, days = divmod(after, 5)
    return DAY + timedelta(days=7 * weeks + days)


def remember_from(plan: Plan, number: int) -> date:
    """Return from which day on identities are remembered when a day opens."""
    if plan.identity_days is None:
        return BEFORE_ALL
    return business_date(number - plan.identity_days)


def payment_row(plan: Plan, row: Instruction) -> dict[str, object]:
    """Return a row of the reference as a row of a batch."""
    debtor, creditor = (_agent(plan, account) for account in (row.debtor, row.creditor))
    known = [account for account in (row.debtor, row.creditor) if account >= 0]
    changes: dict[str, Any] = {
        "kind": row.kind,
        "uetr": _uetr(row.identity),
        "instruction_id": f"P{_number(row.identity)}",
        "currency": plan.accounts[known[0]][1] if known else CURRENCIES[0],
        "priority": row.priority,
        "defect": int(row.defect),
        "defect_text": "as the reader says" if row.defect else "",
        "remittance": str(row.content),
        "value_date": business_date(row.value_date) if row.value_date else None,
        "link": f"L{row.link}" if row.link else "",
        "link_legs": row.legs,
        "against_currency": CURRENCIES[row.against_currency] if row.against_currency >= 0 else "",
        "against_amount_minor": row.against_amount,
        "original_uetr": _uetr(row.original) if row.original is not None else None,
    }
    if row.screening is Screening.HIT:
        changes["debtor_name"] = LISTED
    return payment(0, debtor, creditor, row.amount, **changes)


def _agent(plan: Plan, account: int) -> str:
    return plan.accounts[account][0] if account >= 0 else NOBODY


def _number(identity: object) -> int:
    return int.from_bytes(identity, "big") if isinstance(identity, bytes) else int(str(identity))


def _uetr(identity: object) -> bytes:
    return UUID(int=_number(identity)).bytes
