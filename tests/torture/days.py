"""Random business days for a house on disk, and what the reference model says of each.

The days are those of `tests.reference.days`, drawn for a house that an agreement can describe, and put into
the words of the real house: agents and amounts for accounts, names on a list for hits, people for decisions.
Between them come obligations, cycles in one currency and across all, and lists that change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from random import Random

from setfair.domain.agreement import Agreement, load_agreement
from setfair.domain.codes import PHASE_MOVES, InstructionKind, Phase, Screening
from setfair.domain.money import find_currency, format_amount
from tests.agreements import Bank, agreement_text
from tests.houses import BANKS
from tests.reference.days import FIRST_DATE, Day, build_day_in
from tests.reference.netting import ClearingSpec, Obligation
from tests.reference.words import (
    DECISION_KINDS,
    AccountSpec,
    HouseSpec,
    Instruction,
    LimitSpec,
    TermCommand,
)
from tests.torture.plan import ListState, Plan, Step, worth_of
from tests.torture.twin import Twin
from tests.torture.words import CHANGING, PEOPLE, SOURCE, UNIT, is_listed, is_news, name_of

CURRENCIES = ("KES", "UGX")
STEPS_MAX = (8, 16, 16, 24, 60)
"""How many steps a day has at most: faults come often in short ones, and some are long."""
WAREHOUSE_DAYS = 30
"""Calendar days that a value date may lie ahead where it may: more than any does, weekends counted or not."""
RATES = (("0.0066", "0.000231"), ("0.01", "0.00029"), ("7", "0.37"))
"""What one KES and one UGX are worth."""


def plan_of(random: Random) -> Plan:
    """Draw a house and its days."""
    netting, rerun = random.random() < 0.7, random.random() < 0.5
    text = _agreement(random, netting=netting, rerun=rerun)
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
        users=tuple(members.index(one.participant) if one.participant else -1 for one in agreement.users),
        currencies=len(codes),
        identity_days=random.choice((None, None, 0, 1)),
        warehouse_days=agreement.settlement.warehouse_days,
    )
    own = [one.id for one in agreement.participants if one.role == "bank"]
    banks = [random.choice((*own, *own, "")) for _ in range(random.randint(2, 6))]
    account_of = tuple(
        tuple(accounts.index((bank, code)) if bank else -1 for bank in banks) for code in codes
    )
    clearing = ClearingSpec(netting, rerun, account_of)
    day = build_day_in(random, spec)
    steps = _Translator(random, accounts, len(banks), len(codes)).steps_of(day)
    steps = steps[: random.choice(STEPS_MAX)]
    if random.random() < 0.5:
        steps += _closing(steps, len(codes))
    plan = Plan(text, spec, clearing, accounts, codes, banks, steps)
    _foresee(plan)
    return plan


def _agreement(random: Random, *, netting: bool, rerun: bool) -> str:
    banks = BANKS[: random.choice((2, 3, 3))]
    codes = CURRENCIES[: random.choice((1, 2))]
    ahead = WAREHOUSE_DAYS if random.random() < 0.3 else 0
    tables = [
        f"[settlement]\nwarehouse_days = {ahead}\n",
        f'[clearing]\nnetting = "{"net" if netting else "none"}"\n'
        f'unable_to_pay = "{"rerun_without" if rerun else "leave_due"}"\n',
    ]
    if len(codes) > 1:
        tables.append(f'[clearing.across]\nunit = "{UNIT}"\nsources = ["{SOURCE}"]\nmax_age_hours = 720\n')
    tables += [_account(random, code, bank) for code in codes for bank in banks]
    for code in codes:
        if random.random() < 0.4:
            debtor, creditor = random.sample(banks, 2)
            amount = _amount(code, random.randint(0, 20))
            tables.append(
                f'[[limits]]\nparticipant = "{debtor}"\ncounterparty = "{creditor}"\n'
                f'currency = "{code}"\namount = "{amount}"\n'
            )
    tables.append(f'[offsetting]\ndiscipline = "{random.choice(("ordered", "bypass"))}"\n')
    for number, bank in enumerate(("", "", *banks[:2], *banks[:2])):
        own = f'participant = "{bank}"\n' if bank else ""
        tables.append(f'[[users]]\nid = "user{number}"\nname = "User {number}"\n{own}')
    return agreement_text([Bank(bank, {}) for bank in banks], codes, extra="\n".join(tables))


def _account(random: Random, code: str, bank: str) -> str:
    status = "closed" if random.random() < 0.02 else "open"
    amounts = {
        "credit_line": random.choice((0, 0, 5, 20)),
        "reserved_urgent": random.choice((0, 0, 0, 4)),
        "reserved_high": random.choice((0, 0, 0, 4)),
    }
    if random.random() < 0.1:
        amounts["multilateral_limit"] = random.randint(0, 25)
    lines = "".join(f'{name} = "{_amount(code, value)}"\n' for name, value in amounts.items())
    return f'[[accounts]]\nparticipant = "{bank}"\ncurrency = "{code}"\nstatus = "{status}"\n{lines}'


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


@dataclass(slots=True)
class _Translator:
    """Puts a day's steps as the house takes them: a decision is a command of its own."""

    random: Random
    accounts: list[tuple[str, str]]
    parties: int
    currencies: int
    clearing_rate: float = 0.0
    list_rate: float = 0.0
    steps: list[Step] = field(default_factory=list)
    lists: ListState = field(default_factory=ListState)
    now: int = 0
    skipped: int = 0
    batch: int = 0
    debtors: dict[object, int] = field(default_factory=dict)
    """By identity, the account that pays."""
    links: dict[tuple[object, ...], int] = field(default_factory=dict)

    def steps_of(self, day: Day) -> list[Step]:
        """Return the steps."""
        self.clearing_rate = self.random.choice((0.0, 0.15, 0.5))
        self.list_rate = self.random.choice((0.0, 0.0, 0.1, 0.3))
        if self.clearing_rate:
            self._add(Step("parties"))
        for given in day.steps:
            if given[0] == "open":
                self._add(Step("open", given[1], given[2]))
            elif given[0] == "phase":
                self._add(Step("phase", given[1], phase=given[2]))
            elif given[0] == "submit":
                self._rows(given[1])
            elif given[0] == "expire":
                self.now = given[1]
                self._add(Step("time"))
            elif given[0] == "offset":
                self._add(Step("offset"))
            elif given[0] == "term":
                self._add(Step("term", command=self._own_currency(given[1])))
            else:
                self._add(Step("queue", command=given[1]))
            if self.random.random() < self.list_rate:
                self._change_lists()
            if self.random.random() < self.clearing_rate:
                self._clear()
        return self.steps

    def _add(self, step: Step) -> None:
        self.steps.append(replace(step, now=self.now, lists=self.lists, skipped=self.skipped))
        self.skipped = 0

    def _own_currency(self, command: TermCommand) -> TermCommand:
        """Return a command whose counterparty is meant in the account's currency: people say names alone."""
        if command.account < 0 or command.counterparty < 0:
            return command
        wanted = (self.accounts[command.counterparty][0], self.accounts[command.account][1])
        return replace(command, counterparty=self.accounts.index(wanted))

    def _change_lists(self) -> None:
        places = range(len(CHANGING))
        named = frozenset(place for place in places if self.random.random() < 0.4)
        changed = ListState(named, self.random.random() < 0.5)
        if changed != self.lists:
            self.lists = changed
            self._add(Step("lists"))

    def _clear(self) -> None:
        self.batch += 1
        owed = tuple(self._owed() for _ in range(self.random.randint(1, 8)))
        self._add(Step("obligations", owed=owed, batch=self.batch))
        chance = self.random.random()
        day = FIRST_DATE + self.random.choice((0, 0, 5))
        if chance < 0.4:
            self._add(Step("cycle", self.random.randrange(self.currencies), day))
        elif chance < 0.6 and self.currencies > 1:
            self._add(Step("across", date=day, worth=self.random.choice(RATES)))

    def _owed(self) -> Obligation:
        debtor, creditor = self.random.sample(range(self.parties), 2)
        due = self.random.choice((0, FIRST_DATE - 1, FIRST_DATE, FIRST_DATE + 3))
        amount = self.random.choice((self.random.randint(1, 20), self.random.randint(1, 50_000)))
        return Obligation(debtor, creditor, self.random.randrange(self.currencies), amount, due)

    def _rows(self, rows: Sequence[Instruction]) -> None:
        waiting: list[Instruction] = []
        for given in rows:
            is_command = given.kind in DECISION_KINDS
            if is_command and waiting:
                self._add_rows(waiting)
                waiting = []
            if given.kind is InstructionKind.SCREENING_HOLD:
                # Nobody asks for it: a list that changes does.
                self.skipped += 1
                if self.random.random() < self.list_rate:
                    self._change_lists()
            elif is_command:
                self._add_decision(given)
            else:
                waiting.append(given)
        if waiting:
            self._add_rows(waiting)

    def _add_decision(self, row: Instruction) -> None:
        if self.random.random() < 0.15:
            self._add(Step("note", rows=(row,)))
        self._add(Step("decision", rows=(row,), names=("",)))

    def _add_rows(self, rows: Sequence[Instruction]) -> None:
        names = tuple(name_of(row, is_hit=row.screening is Screening.HIT) for row in rows)
        put = tuple(self._put(row, name) for row, name in zip(rows, names, strict=True))
        self._add(Step("rows", rows=put, names=names))

    def _put(self, row: Instruction, name: str) -> Instruction:
        """Return a row that says the same to the reference as to the house.

        Everything is screened. A cancellation is asked for by a participant, whatever the account. A link is
        known by the number of its legs too, and one of two legs by its participants.
        """
        if row.kind is not InstructionKind.CANCELLATION:
            hit = is_listed(name, self.lists)
            row = replace(row, screening=Screening.HIT if hit else Screening.CLEAR)
        elif row.debtor >= 0:
            of = self.debtors.get(row.original, row.debtor)
            if of >= 0 and self._member(of) == self._member(row.debtor):
                row = replace(row, debtor=of)
        if row.link:
            sides = sorted(self._member(account) for account in (row.debtor, row.creditor))
            key = (row.link, row.legs, *(sides if row.legs == 2 else ()))
            row = replace(row, link=self.links.setdefault(key, len(self.links) + 1))
        self.debtors.setdefault(row.identity, row.debtor)
        return row

    def _member(self, account: int) -> str:
        return self.accounts[account][0] if account >= 0 else ""


def _closing(steps: list[Step], currencies: int) -> list[Step]:
    """Return the steps that close what is open after these."""
    phases = [Phase.CLOSED] * currencies
    for step in steps:
        if step.kind in ("open", "phase"):
            phases[step.currency] = step.phase
    more = []
    for currency, phase in enumerate(phases):
        present = phase
        while present is not Phase.CLOSED:
            # The last move is the one that goes furthest towards the end of the day.
            present = PHASE_MOVES[present][-1]
            more.append(Step("phase", currency, phase=present, now=steps[-1].now, lists=steps[-1].lists))
    return more


def _foresee(plan: Plan) -> None:
    """Play the days through the reference, and keep what it says after each step."""
    house = Twin.clearing_of(plan.spec, plan.clearing)
    assert isinstance(house, Twin)
    house.last_number = 0
    names: dict[int, str] = {}
    plan.expected.append(house.seen())
    before = ListState()
    for step in plan.steps:
        house.last_number += step.skipped
        plan.outcomes.append(_take(house, plan, step, names, before))
        plan.expected.append(house.seen())
        before = step.lists


def _take(house: Twin, plan: Plan, step: Step, names: dict[int, str], before: ListState) -> list[int]:
    """Hand one step to the reference; return the numbers that it gave to what was asked."""
    if step.kind == "open":
        house.open_day(step.currency, step.date)
    elif step.kind == "phase":
        house.move_phase(step.currency, step.phase)
    elif step.kind in ("rows", "decision"):
        numbers = [outcome.number for outcome in house.submit(step.rows)[0]]
        for number, name in zip(numbers, step.names, strict=True):
            names.setdefault(number, name)
        return numbers
    elif step.kind == "obligations":
        house.take_obligations(step.owed)
    elif step.kind == "cycle":
        house.clear(step.currency, step.date)
    elif step.kind == "across":
        decimals = tuple(found.decimals for code in plan.codes if (found := find_currency(code)))
        house.clear_across(worth_of(step.worth, decimals), step.date)
    elif step.kind == "lists":
        house.change_lists(lambda number: is_news(names[number], before, step.lists))
    elif step.kind == "time":
        house.expire(step.now)
    elif step.kind == "offset":
        house.offset()
    elif step.kind == "term":
        house.change_term(step.command)  # type: ignore[arg-type]
        return [house.last_number]
    elif step.kind == "queue":
        house.change_queue(step.command)  # type: ignore[arg-type]
        return [house.last_number]
    return []
