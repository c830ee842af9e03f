"""Random business days: small houses, small amounts, much gridlock and every kind of mistake.

`build_day(rng)` draws a day from any `random.Random`; `seeded_day(seed)` and the hypothesis strategy
`days()` are two ways to call it. The generator runs the reference beside it so that cancellations,
returns and decisions mostly aim at something that is there; the day itself is plain data.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random
from typing import Literal, TypeAlias

from hypothesis import strategies as st

from setfair.domain.codes import PHASE_MOVES, InstructionKind, Phase, Priority, Reason, Screening, Status
from setfair.domain.money import AMOUNT_MAX_MINOR
from tests.reference.settlement import Entry, ReferenceHouse
from tests.reference.specs import build_spec
from tests.reference.term_days import draw_extension, draw_queue_command, draw_term_command
from tests.reference.words import (
    PAYMENT_KINDS,
    ExtensionCommand,
    HouseSpec,
    Instruction,
    QueueCommand,
    TermCommand,
)

SubmitStep: TypeAlias = tuple[Literal["submit"], list[Instruction]]
OpenStep: TypeAlias = tuple[Literal["open", "wake"], int, int]
"""("open", currency, date): CLOSED -> OPEN; ("wake", currency, date): by the clock."""
PhaseStep: TypeAlias = tuple[Literal["phase"], int, Phase]
"""("phase", currency, phase): every other move."""
ExpireStep: TypeAlias = tuple[Literal["expire"], int]
"""("expire", time): the clock moves, and what has reached its latest time is rejected."""
OffsetStep: TypeAlias = tuple[Literal["offset"]]
TermStep: TypeAlias = tuple[Literal["term"], TermCommand]
"""("term", command): one person's word on a limit, a reservation or a credit line."""
QueueStep: TypeAlias = tuple[Literal["queue"], QueueCommand]
"""("queue", command): one user's word on how a payment waits."""
ClockStep: TypeAlias = tuple[Literal["clock"], int]
"""("clock", time): the clock moves, cut-offs that have come pass, and then as "expire"."""
ExtendStep: TypeAlias = tuple[Literal["extend"], ExtensionCommand]
"""("extend", command): one person's word on a later cut-off."""
Step: TypeAlias = (
    SubmitStep
    | OpenStep
    | PhaseStep
    | ExpireStep
    | OffsetStep
    | TermStep
    | QueueStep
    | ClockStep
    | ExtendStep
)

FIRST_DATE = 20_000
CLOCK_STEPS = (1, 2, 2, 3, 8)
"""How far the clock moves; the days of a spec are 20 long at most."""
DEFECTS = (
    Reason.UNKNOWN_DEBTOR_AGENT,
    Reason.UNKNOWN_CREDITOR_AGENT,
    Reason.NO_ACCOUNT_IN_CURRENCY,
    Reason.TOO_MANY_DECIMALS,
    Reason.IDENTIFIER_INVALID,
)


@dataclass(frozen=True, slots=True)
class Day:
    """A house and what happens to it."""

    spec: HouseSpec
    steps: list[Step]


def seeded_day(seed: int) -> Day:
    """Return the day of a seed."""
    return build_day(Random(seed))


def days() -> st.SearchStrategy[Day]:
    """Return days for hypothesis, which shrinks the choices that they are made of."""
    return st.randoms(use_true_random=False).map(build_day)


def build_day(rng: Random) -> Day:
    """Draw a house and one to three business days of it."""
    return build_day_in(rng, build_spec(rng))


def build_day_in(rng: Random, spec: HouseSpec) -> Day:
    """Draw one to three business days of a house."""
    return DayBuilder(rng, spec).build()


class DayBuilder:
    """Draws steps, and runs them so that the next ones can aim."""

    def __init__(self, rng: Random, spec: HouseSpec) -> None:
        self.rng = rng
        self.spec = spec
        self.house = ReferenceHouse.of(spec)
        self.steps: list[Step] = []
        self.date = FIRST_DATE
        self.next_identity = 1
        self.sent: list[Instruction] = []
        self.amount_max = rng.choice((5, 12, 12, 30))
        self.held_rate = rng.choice((0.02, 0.1, 0.25))
        self.is_huge = rng.random() < 0.16
        self.burst_rate = rng.choice((0.0, 0.1, 0.4))
        self.pace = rng.choice((1, 1, 3))
        """How much sooner phases pass; 3 gives days of several business days."""
        self.pair_rate = rng.choice((0.0, 0.0, 0.5, 0.8))
        self.link_rate = rng.choice((0, 0, 0, 15, 60, 200))
        self.term_rate = rng.choice((0.0, 0.0, 0.2, 0.6))
        if any(account.main >= 0 for account in spec.accounts):
            self.term_rate = max(self.term_rate, rng.choice((0.3, 0.6)))
        self.time_rate = rng.choice((0.0, 0.0, 0.1, 0.3))
        self.queue_rate = rng.choice((0.0, 0.0, 0.3, 0.7))
        self.extension_rate = rng.choice((0.0, 0.4, 0.7))
        self.next_link = 1
        self.offset_rate = rng.choice((0.0, 0.1, 0.3))
        self.legs: list[Instruction] = []
        """Legs that were drawn and are still to be sent."""
        self.by_currency = [
            [i for i, account in enumerate(spec.accounts) if account.currency == currency]
            for currency in range(spec.currencies)
        ]

    def build(self) -> Day:
        for currency in range(self.spec.currencies):
            if self.rng.random() < 0.95:
                self._move(currency)
        share = self.rng.choice((0.0, 0.2, 0.6))
        self._submit([self._funding(i) for i in range(len(self.spec.accounts)) if self.rng.random() < share])
        for _ in range(self.rng.randint(3, 16)):
            for currency, phase in enumerate(self.house.phase):
                # Phases in which little happens pass sooner.
                if self.rng.random() < self.pace * (0.05 if phase is Phase.OPEN else 0.3):
                    self._move(currency)
            if (self.link_rate or self.time_rate or self.queue_rate) and self.rng.random() < 0.2:
                self._expire(self.house.now + self.rng.choice((0, 1, 1, 5)))
            if any(self.spec.day) and self.rng.random() < 0.3:
                self._clock(self.house.now + self.rng.choice(CLOCK_STEPS))
            while any(self.spec.day) and self.rng.random() < self.extension_rate:
                self._extend()
            if self.rng.random() < self.offset_rate:
                self.steps.append(("offset",))
                self.house.offset()
            while self.rng.random() < self.term_rate:
                self._term()
            while self.rng.random() < self.queue_rate:
                self._queue_change()
            if self.rng.random() < self.burst_rate:
                self._submit(self._burst())
            size = self.rng.choice((1, 1, 2, 4, 8, 12))
            self._submit([self._instruction() for _ in range(size)])
        if self.is_huge:
            self._submit(self._huge())
        return Day(self.spec, self.steps)

    def _submit(self, rows: list[Instruction]) -> None:
        self.steps.append(("submit", rows))
        self.house.submit(rows)

    def _expire(self, now: int) -> None:
        self.steps.append(("expire", now))
        self.house.expire(now)

    def _clock(self, now: int) -> None:
        self.steps.append(("clock", now))
        self.house.clock(now)
        for currency in range(self.spec.currencies):
            if self.house.extensions.is_to_open(currency):
                self.date = max(self.date, self.house.date[currency] + 1)
                self.steps.append(("wake", currency, self.date))
                self.house.wake(currency, self.date)

    def _extend(self) -> None:
        word = draw_extension(self.rng, self.house)
        self.steps.append(("extend", word))
        self.house.extend(word)

    def _queue_change(self) -> None:
        wish = draw_queue_command(self.rng, self.house)
        self.steps.append(("queue", wish))
        self.house.change_queue(wish)

    def _term(self) -> None:
        command = draw_term_command(self.rng, self.house)
        self.steps.append(("term", command))
        self.house.change_term(command)

    def _move(self, currency: int) -> None:
        phase = self.rng.choice(PHASE_MOVES[self.house.phase[currency]])
        if phase is Phase.OPEN:
            self.date = max(self.date, self.house.date[currency] + 1)
            self.steps.append(("open", currency, self.date))
            self.house.open_day(currency, self.date)
        else:
            self.steps.append(("phase", currency, phase))
            self.house.move_phase(currency, phase)

    # Rows

    def _burst(self) -> list[Instruction]:
        """Much that waits for each other in one currency, and then a credit that sets it going."""
        accounts = self.rng.choice(self.by_currency)
        banks = [i for i in accounts if not self.spec.accounts[i].is_agent]
        kind = InstructionKind.INSTITUTION_PAYMENT
        rows = []
        for _ in range(self.rng.randint(4, 14)):
            debtor, creditor = self.rng.sample(banks, 2)
            rows.append(self._row(kind, debtor, creditor, self.rng.randint(2, self.amount_max)))
        if self.rng.random() < 0.5:
            rows = [replace(row, priority=Priority.NORMAL) for row in rows]
        return [*rows, self._funding(self.rng.choice(banks))]

    def _huge(self) -> list[Instruction]:
        """Up to the largest balance and over; eight rows, so that nothing leaves int64."""
        one, other = self.rng.sample(self.rng.choice(self.by_currency), 2)
        rows = [replace(self._funding(one), amount=AMOUNT_MAX_MINOR) for _ in range(5)]
        for debtor, creditor in self.rng.choice(
            (((one, other),), ((other, one),), ((one, other), (other, one)))
        ):
            kind = InstructionKind.INSTITUTION_PAYMENT
            rows.append(self._row(kind, debtor, creditor, AMOUNT_MAX_MINOR))
        return rows

    def _instruction(self) -> Instruction:
        makers: tuple[Callable[[], Instruction], ...] = (
            self._payment,
            self._transfer,
            self._repeat,
            self._cancellation,
            self._return,
            self._decision,
            self._leg,
            self._link_cancellation,
        )
        weights = (60, 7, 6, 8, 9, 10, self.link_rate, self.link_rate // 8)
        maker = self.rng.choices(makers, weights=weights)[0]
        row = maker()
        self.sent.append(row)
        return row

    def _payment(self) -> Instruction:
        kinds = (InstructionKind.CUSTOMER_PAYMENT, InstructionKind.INSTITUTION_PAYMENT)
        accounts = self.rng.choice(self.by_currency)
        debtor, creditor = self.rng.choice(accounts), self.rng.choice(accounts)
        if self.rng.random() < self.pair_rate:
            # Two accounts that pay each other much: what bilateral offsetting lives on.
            banks = [i for i in accounts if not self.spec.accounts[i].is_agent]
            debtor, creditor = self.rng.sample(banks[:2], 2)
        if debtor == creditor and self.rng.random() < 0.9:
            debtor, creditor = self.rng.sample(accounts, 2)
        said = self.spec.accounts[debtor]
        others = [i for i in accounts if self.spec.accounts[i].participant == said.counterparty >= 0]
        if others and self.rng.random() < 0.8:
            creditor = self.rng.choice(others)
            if self.rng.random() < 0.3:
                debtor, creditor = creditor, debtor
        return self._row(self.rng.choice(kinds), debtor, creditor, self._amount())

    def _transfer(self) -> Instruction:
        account = self.rng.randrange(len(self.spec.accounts))
        row = self._funding(account)
        if self.rng.random() < 0.4:
            row = replace(row, debtor=row.creditor, creditor=row.debtor)
        if self.rng.random() < 0.15:
            accounts = self.by_currency[self.spec.accounts[account].currency]
            row = replace(row, debtor=self.rng.choice(accounts))
        return row

    def _funding(self, account: int) -> Instruction:
        accounts = self.by_currency[self.spec.accounts[account].currency]
        agent = next(i for i in accounts if self.spec.accounts[i].is_agent)
        if account == agent:
            account = self.rng.choice([i for i in accounts if i != agent])
        amount = self.rng.randint(1, 2 * self.amount_max)
        return self._row(InstructionKind.LIQUIDITY_TRANSFER, agent, account, amount)

    def _leg(self) -> Instruction:
        """The next leg of some link that was drawn, in any order."""
        if not self.legs or self.rng.random() < 0.1:
            self.legs += self._link()
        leg = self.legs.pop(self.rng.randrange(len(self.legs)))
        if self.rng.random() < 0.05:
            leg = replace(leg, until=self.house.now + self.rng.randint(0, 3))
        # One that comes once more, as another payment: the link is full, or over.
        if self.rng.random() < 0.05:
            self.legs.append(replace(leg, identity=self.next_identity, content=self.next_identity * 10))
            self.next_identity += 1
        return leg

    def _link(self) -> list[Instruction]:
        """Draw two to four legs; mostly each payer says rightly what it is to receive."""
        legs = []
        wanted = self.rng.choice((2, 2, 2, 3, 4))
        until = self.rng.choice((0, 0, 0, self.house.now + self.rng.randint(1, 6)))
        first, second = 0, 1
        for number in range(wanted):
            accounts = self.rng.choice(self.by_currency)
            banks = sorted(
                (i for i in accounts if not self.spec.accounts[i].is_agent),
                key=lambda i: self.spec.accounts[i].participant,
            )
            if self.rng.random() < 0.3:
                first, second = self.rng.sample(range(len(banks)), 2)
            debtor, creditor = banks[first % len(banks)], banks[second % len(banks)]
            if debtor == creditor:
                debtor, creditor = self.rng.sample(banks, 2)
            first, second = second, first
            kind = self.rng.choice((InstructionKind.INSTITUTION_PAYMENT, InstructionKind.CUSTOMER_PAYMENT))
            row = self._row(kind, debtor, creditor, self._amount())
            legs.append(replace(row, link=self.next_link, legs=wanted, until=until, earliest=0))
            if number == 0 and self.rng.random() < 0.7:
                legs[0] = replace(legs[0], priority=Priority.NORMAL)
        self.next_link += 1
        return [self._with_terms(leg, legs) for leg in legs]

    def _with_terms(self, leg: Instruction, legs: list[Instruction]) -> Instruction:
        if leg.debtor < 0 or self.rng.random() < 0.3:
            return leg
        payer = self.house.participant_of(leg.debtor)
        received = [x for x in legs if x.creditor >= 0 and self.house.participant_of(x.creditor) == payer]
        if not received:
            return leg
        currency = self.spec.accounts[self.rng.choice(received).creditor].currency
        amount = sum(x.amount for x in received if self.spec.accounts[x.creditor].currency == currency)
        amount += self.rng.random() < 0.05
        return replace(leg, against_currency=currency, against_amount=max(0, amount))

    def _link_cancellation(self) -> Instruction:
        """Ask for the cancellation of a leg that waits."""
        found = [
            self.house.entries[number]
            for number, link in self.house.links.of_leg.items()
            if not link.over and (link.requests or self.rng.random() < 0.3)
        ]
        if not found:
            return self._cancellation()
        original = self.rng.choice(found).instruction
        row = self._row(InstructionKind.CANCELLATION, original.debtor, -1, 0)
        return replace(row, original=self._original_identity(row, original), screening=Screening.CLEAR)

    def _repeat(self) -> Instruction:
        """An earlier row again: the same, or with other content; the content is what differs."""
        if not self.sent:
            return self._payment()
        row = self.rng.choice(self.sent)
        if self.rng.random() < 0.5:
            return row
        return replace(row, amount=row.amount + 1, content=row.content + self.rng.choice((1, 1, 2)))

    def _cancellation(self) -> Instruction:
        original = self._some_payment((Status.ACSP, Status.ACSP, Status.PDNG, Status.ACSC, Status.RJCT))
        asking = original.debtor if original else 0
        if self.rng.random() < 0.15:
            asking = self.rng.randrange(-1, len(self.spec.accounts))
        row = self._row(InstructionKind.CANCELLATION, asking, -1, 0)
        return replace(row, original=self._original_identity(row, original), screening=Screening.CLEAR)

    def _return(self) -> Instruction:
        original = self._some_payment((Status.ACSC, Status.ACSC, Status.ACSC, Status.ACSP))
        waiting = [
            numbers[0]
            for entry in self._waiting_returns()
            if (numbers := self.house.identities.get(entry.instruction.original or 0))
        ]
        if waiting and self.rng.random() < 0.6:
            original = self.house.entries[self.rng.choice(waiting)].instruction
        if original is None or original.debtor < 0 or original.creditor < 0:
            return self._payment()
        debtor, creditor = original.creditor, original.debtor
        if self.rng.random() < 0.1:
            debtor, creditor = creditor, debtor
        amount = self.rng.choice((original.amount, original.amount, original.amount // 2 + 1))
        amount += self.rng.random() < 0.1
        row = self._row(InstructionKind.PAYMENT_RETURN, debtor, creditor, amount)
        return replace(row, original=self._original_identity(row, original))

    def _waiting_returns(self) -> list[Entry]:
        """Returns that are held or queued: what a second return of the same original meets."""
        return [
            entry
            for entry in self.house.entries.values()
            if entry.instruction.kind is InstructionKind.PAYMENT_RETURN
            and entry.status in (Status.PDNG, Status.ACSP)
        ]

    def _decision(self) -> Instruction:
        held = [n for n, entry in self.house.entries.items() if entry.is_held]
        returns = [entry.number for entry in self._waiting_returns() if entry.status is Status.PDNG]
        if returns and self.rng.random() < 0.6:
            held = returns
        target = self.rng.choice(held) if held else 0
        if self.rng.random() < 0.1:
            target = self.rng.randint(0, self.house.last_number + 4)
        waiting = [n for n, entry in self.house.entries.items() if entry.status is Status.ACSP]
        if self.rng.random() < 0.2:
            target = self.rng.choice([*waiting, target])
            return Instruction(InstructionKind.SCREENING_HOLD, target=target)
        kinds = (InstructionKind.RELEASE, InstructionKind.RELEASE, InstructionKind.REFUSAL)
        person = self.rng.choice((0, 0, 0, 1, 1, 1, 2, 3, -1))
        return Instruction(self.rng.choice(kinds), target=target, person=person)

    # Parts of rows

    def _row(self, kind: InstructionKind, debtor: int, creditor: int, amount: int) -> Instruction:
        identity = self.next_identity
        self.next_identity += 1
        defect = self.rng.choice(DEFECTS) if self.rng.random() < 0.03 else Reason.NONE
        if defect in (Reason.UNKNOWN_DEBTOR_AGENT, Reason.NO_ACCOUNT_IN_CURRENCY):
            debtor = -1
        if defect is Reason.UNKNOWN_CREDITOR_AGENT:
            creditor = -1
        return Instruction(
            kind=kind,
            identity=identity if identity % 2 else identity.to_bytes(16, "big"),
            content=identity * 10,
            debtor=debtor,
            creditor=creditor,
            amount=amount,
            priority=self.rng.choice((Priority.URGENT, Priority.HIGH, Priority.NORMAL, Priority.NORMAL)),
            screening=self._screening(),
            defect=defect,
            value_date=self._value_date(),
            **self._times(kind),
        )

    def _times(self, kind: InstructionKind) -> dict[str, int]:
        """Now and then an earliest and a latest time."""
        if kind is InstructionKind.CANCELLATION or self.rng.random() >= self.time_rate:
            return {}
        now = self.house.now
        return {
            "earliest": self.rng.choice((0, 0, now, now + 1, now + 3)),
            "until": self.rng.choice((0, 0, now + 2, now + 5, max(1, now))),
        }

    def _amount(self) -> int:
        chance = self.rng.random()
        if chance < 0.015:
            return self.rng.choice((0, -1, -AMOUNT_MAX_MINOR))
        if chance < 0.025:
            return AMOUNT_MAX_MINOR + self.rng.choice((0, 1))
        if chance < 0.15:
            return self.rng.randint(self.amount_max, 3 * self.amount_max)
        return self.rng.randint(1, self.amount_max)

    def _screening(self) -> Screening:
        chance = self.rng.random()
        if chance < 0.02:
            return Screening.UNSCREENED
        return Screening.HIT if chance < 0.02 + self.held_rate else Screening.CLEAR

    def _value_date(self) -> int:
        if self.rng.random() < (0.5 if self.spec.warehouse_days else 0.8):
            return 0
        ahead = (1, 1, 1, 2, 3) if self.spec.warehouse_days else ()
        return self.date + self.rng.choice((0, 0, 0, 0, 1, -1, *ahead))

    def _some_payment(self, wanted: tuple[Status, ...]) -> Instruction | None:
        """Pick a payment on record in one of these states, or now and then one that was just drawn."""
        status = self.rng.choice(wanted)
        found: list[Entry] = [
            entry
            for entry in self.house.entries.values()
            if entry.status is status and entry.instruction.kind in PAYMENT_KINDS
        ]
        returns = [entry for entry in found if entry.instruction.kind is InstructionKind.PAYMENT_RETURN]
        if returns and status is not Status.ACSC and self.rng.random() < 0.3:
            found = returns
        if found and self.rng.random() < 0.9:
            return self.rng.choice(found).instruction
        recent = [row for row in self.sent[-8:] if row.kind in PAYMENT_KINDS]
        return self.rng.choice(recent) if recent else None

    def _original_identity(self, row: Instruction, original: Instruction | None) -> bytes | int | None:
        chance = self.rng.random()
        if original is None or chance < 0.04:
            return 10**9
        if chance < 0.06:
            return row.identity
        if chance < 0.08 and self.sent:
            return self.rng.choice(self.sent).identity
        return original.identity
