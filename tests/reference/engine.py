"""The engine behind the verbs of the reference, so that both can be played the same days."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from setfair.domain.codes import InstructionKind, Mechanism, Phase, Reason, RecordKind, Status
from setfair.domain.money import BALANCE_MAX_MINOR
from setfair.engine import decide as engine
from setfair.engine.books import QUEUE_RULE, WAREHOUSE_RULE, AccountTerms, Books, LimitTerms
from setfair.engine.extensions import BY_CLOCK, due_phase
from setfair.engine.layout import INSTRUCTION, LEG_TERMS, TIMES, Array
from setfair.engine.offset_queue import search_queue
from setfair.engine.terms import adopt_users
from tests.reference.words import (
    CURRENCY_NUMBERS,
    DECISION_KINDS,
    ExtensionCommand,
    HouseSpec,
    Identity,
    Instruction,
    Outcome,
    QueueCommand,
    Record,
    TermCommand,
)

NOW = 1_767_600_000_000_000_000
"""When the reference's clock says 0."""

_WITHOUT_AMOUNT = (RecordKind.PHASE_CHANGED, RecordKind.EXPIRY_RUN)
_OF_OTHERS = frozenset((*DECISION_KINDS, InstructionKind.CANCELLATION))
"""What names an instruction before it, and has on record what it says itself."""


class EngineHouse:
    """The compiled engine as a house of the reference's tests."""

    def __init__(self, spec: HouseSpec) -> None:
        self.spec = spec
        self.books = Books()
        self.subjects: dict[int, Instruction] = {}
        self.extensions: set[int] = set()
        """Numbers of what was asked for by an EXTENSION."""
        self.now = NOW
        terms = [
            AccountTerms(
                participant=_participant(spec, place),
                currency=CURRENCY_NUMBERS[account.currency],
                credit_line=BALANCE_MAX_MINOR if account.is_agent else account.credit_line,
                reserved_urgent=account.reserved_urgent,
                reserved_high=account.reserved_high,
                multilateral_limit=next(
                    (x.amount for x in spec.limits if x.account == place and x.counterparty < 0), None
                ),
                is_agent=account.is_agent,
                open=not account.is_closed or account.main >= 0,
                main=account.main,
                purpose=int(account.purpose),
                counterparty=account.counterparty,
            )
            for place, account in enumerate(spec.accounts)
        ]
        limits = [LimitTerms(x.account, x.counterparty, x.amount) for x in spec.limits if x.counterparty >= 0]
        self.books.lay_out_accounts(terms, limits)
        subs = self.books.sub_accounts["account"]
        self.books.accounts["open"][subs] = [not spec.accounts[place].is_closed for place in subs]
        self.books.accounts["reserved_urgent"] = self.books.accounts["reserved_high"] = 0
        adopt_users(self.books, spec.users)
        self.books.rules[0], self.books.rules[1] = spec.discipline == "bypass", spec.officers
        self.books.rules[QUEUE_RULE], self.books.rules[WAREHOUSE_RULE] = spec.queue_max, spec.warehouse_days

    def wake(self, currency: int, date: int) -> list[Record]:
        """Open the day of a currency by the clock."""
        return self.open_day(currency, date, original_low=BY_CLOCK)

    def open_day(self, currency: int, date: int, **more: int) -> list[Record]:
        """Open the day of a currency."""
        memory = self.spec.identity_days
        remember_from = 0 if memory is None else date - memory
        ends = [self.now + after if after else 0 for after in self.spec.day]
        times = np.array([tuple(ends[:2]), tuple(ends[2:])], TIMES)
        fields = {"value_date": date, "amount": remember_from, "priority": self.spec.by_clock, **more}
        return self._phase(currency, Phase.OPEN, times, **fields)

    def move_phase(self, currency: int, phase: Phase) -> list[Record]:
        """Move the phase of a currency."""
        return self._phase(currency, phase)

    def clock(self, now: int) -> list[Record]:
        """Move the clock: cut-offs that have come pass, then what has reached a time of its own."""
        self.now = NOW + now
        told = []
        while (due := due_phase(self.books, self.now)) is not None:
            told += self._phase(CURRENCY_NUMBERS.index(due[0]), due[1], amount=BY_CLOCK)
        return told + self.expire(now)

    def extend(self, command: ExtensionCommand) -> list[Record]:
        """Take one person's word on a later cut-off."""
        batch = np.zeros(1, INSTRUCTION)
        batch["kind"], batch["person"] = command.kind, command.person
        batch["debtor"] = batch["creditor"] = -1
        batch["target"] = command.target
        if command.kind is InstructionKind.EXTENSION:
            batch["currency"], batch["target"] = CURRENCY_NUMBERS[command.currency], command.phase
            batch["original_high"] = NOW + command.until
            self.extensions.add(self.books.next_number)
        return self._records(engine.decide(self.books, batch, self.now).records)

    def _phase(self, currency: int, phase: Phase, times: Array | None = None, **fields: int) -> list[Record]:
        batch = np.zeros(1, INSTRUCTION)
        batch["kind"], batch["currency"] = InstructionKind.PHASE_CHANGE, CURRENCY_NUMBERS[currency]
        batch["target"] = phase
        batch["debtor"] = batch["creditor"] = batch["person"] = -1
        for name, value in fields.items():
            batch[name] = value
        records = self._records(engine.decide(self.books, batch, self.now, times=times).records)
        if records[0].kind is RecordKind.REJECTED:
            raise ValueError(f"no move to {phase.name}")
        return records

    def expire(self, now: int) -> list[Record]:
        """Move the clock, and reject what has reached its latest time."""
        self.now = NOW + now
        batch = np.zeros(1, INSTRUCTION)
        batch["kind"] = InstructionKind.EXPIRY
        batch["debtor"] = batch["creditor"] = batch["person"] = -1
        return self._records(engine.decide(self.books, batch, self.now).records)

    def offset(self) -> list[Record]:
        """Settle together what waits."""
        batch = np.zeros(1, INSTRUCTION)
        batch["kind"] = InstructionKind.OFFSETTING
        batch["debtor"] = batch["creditor"] = batch["person"] = -1
        searched = search_queue(self.books, 0)
        own, *records = self._records(engine.decide(self.books, batch, self.now, searched=searched).records)
        plain = own._replace(status=Status.ACSC, reason=Reason.NONE, debtor=-1, creditor=-1, amount=0)
        return [plain._replace(debtor_balance_after=0, creditor_balance_after=0), *records]

    def change_term(self, command: TermCommand) -> list[Record]:
        """Take one person's word on a limit, a reservation or a credit line."""
        batch = np.zeros(1, INSTRUCTION)
        batch["kind"], batch["person"] = command.kind, command.person
        batch["debtor"], batch["creditor"] = command.account, command.counterparty
        batch["amount"], batch["value_date"] = command.amount, command.day
        is_change = command.kind is InstructionKind.TERM_CHANGE
        batch["target"] = command.term if is_change else command.target
        return self._records(engine.decide(self.books, batch, self.now).records)

    def change_queue(self, command: QueueCommand) -> list[Record]:
        """Take one user's word on how a payment waits."""
        batch = np.zeros(1, INSTRUCTION)
        batch["kind"], batch["person"], batch["target"] = (
            InstructionKind.QUEUE_CHANGE,
            command.person,
            command.target,
        )
        batch["debtor"] = batch["creditor"] = -1
        batch["amount"], batch["priority"] = command.action, command.priority
        batch["original_high"], batch["original_low"] = _moment(command.earliest), _moment(command.latest)
        return self._records(engine.decide(self.books, batch, self.now).records)

    def submit(self, instructions: Sequence[Instruction]) -> tuple[list[Outcome], list[Record]]:
        """Decide one batch."""
        if not instructions:
            return [], []
        first = self.books.next_number
        batch = np.array([self._encode(instruction) for instruction in instructions], INSTRUCTION)
        legs = [place for place, instruction in enumerate(instructions) if instruction.link]
        batch["target"][legs] = np.arange(1, len(legs) + 1)
        terms = np.array([self._terms(instructions[place]) for place in legs], LEG_TERMS)
        timed = [i for i, row in enumerate(instructions) if not row.link and (row.earliest or row.until)]
        batch["target"][timed] = -np.arange(1, len(timed) + 1)
        said = [(_moment(instructions[i].earliest), _moment(instructions[i].until)) for i in timed]
        times = np.array(said, TIMES)
        decided = engine.decide(self.books, batch, self.now, leg_terms=terms, times=times)
        outcomes = []
        # Rows are read as tuples: each look into a row of an array takes as long as all of its tuple.
        for row, instruction in zip(decided.rows.tolist(), instructions, strict=True):
            number, _, reason, status, mechanism, repeated, _ = row
            if not repeated and number >= first:
                self.subjects[number] = instruction
            words = Status(status), Reason(reason), Mechanism(mechanism)
            outcomes.append(Outcome(number, *words, bool(repeated)))
        return outcomes, self._records(decided.records)

    def balance_of(self, account: int) -> int:
        """Return the balance of an account."""
        return int(self.books.accounts["balance"][account])

    def _currency(self, instruction: Instruction) -> int:
        for account in (instruction.debtor, instruction.creditor):
            if account >= 0:
                return CURRENCY_NUMBERS[self.spec.accounts[account].currency]
        return 0

    def _encode(self, said: Instruction) -> tuple[int, ...]:
        """Return the fields of INSTRUCTION, in their order."""
        debtor = said.debtor
        if said.kind is InstructionKind.CANCELLATION and debtor >= 0:
            debtor = _participant(self.spec, debtor)
        codes = said.kind, said.priority, said.screening, 0, said.defect, self._currency(said)
        identities = *_halves(said.identity), said.content % 2**64, *_halves(said.original)
        last = said.value_date, said.person, said.target
        return *codes, debtor, said.creditor, said.amount, *identities, *last

    def _terms(self, leg: Instruction) -> tuple[int, int, int, int, int, int, list[int]]:
        until = _moment(leg.until)
        currency = CURRENCY_NUMBERS[leg.against_currency] if leg.against_currency >= 0 else 0
        return leg.link, leg.link ^ 0x5E7FA1, until, leg.against_amount, currency, leg.legs, [0] * 5

    def _records(self, records: Array) -> list[Record]:
        return [self._record(row) for row in records.tolist()]

    def _record(self, row: tuple[int, ...]) -> Record:
        kind, status, mechanism, _, reason, number, *parties, amount, subject_number, cause = row[:-3]
        subject = self.subjects.get(subject_number)
        currency, after = number, [*row[-3:-1]]
        if kind in _WITHOUT_AMOUNT:
            amount, after = 0, [0, 0]
        elif subject_number in self.extensions:
            after = [after[0] - NOW, 0]
        elif subject is not None and subject.kind in _OF_OTHERS:
            currency, amount, after = self._currency(subject), subject.amount, [0, 0]
            parties = [subject.debtor, subject.creditor]
        return Record(
            RecordKind(kind),
            Status(status),
            Reason(reason),
            Mechanism(mechanism),
            CURRENCY_NUMBERS.index(currency) if currency else -1,
            subject_number,
            cause,
            *parties,
            amount,
            *after,
        )


def _moment(time: int) -> int:
    return NOW + time if time else 0


def _participant(spec: HouseSpec, account: int) -> int:
    """Return whose account it is; of one without participant a number of its own."""
    owner = spec.accounts[account].participant
    return owner if owner >= 0 else 1000 + account


def _halves(identity: Identity | None) -> tuple[int, int]:
    """Return an identity as two words that are not both zero; (0, 0) for none."""
    if identity is None:
        return 0, 0
    number = int.from_bytes(identity, "big") if isinstance(identity, bytes) else identity
    return number >> 64, (number % 2**64) ^ 0x5E7FA1
