"""Decision tables of settlement: a scenario is a house and a line a step, with what comes of it.

    scenario a payment with cover settles at once
      account S EUR agent
      account A EUR line 50 urgent 10 high 5
      limit   A->B EUR 40
      open    EUR 20000
      fund    F1 S->A 100 EUR                | settled IMMEDIATE
      submit  P1 A->B 30 EUR HIGH            | settled IMMEDIATE ; balance A EUR 70
         and  P2 A->B 30 EUR HIGH            | queued AM21 LIMIT_REACHED
      cancel  X1 of P2 by A EUR              | done ; P2 cancelled CUST CANCELLED_BY_SENDER

Amounts are minor units. `and` puts a row into the batch of the line above. Left of the bar:

    house    ordered|bypass, queue N, officers N, memory N (days), users 0,-1,... (for whom each acts)
    account  OWNER CURRENCY, then agent, closed, line N, urgent N, high N
    limit    OWNER->OWNER CURRENCY N, or OWNER->* CURRENCY N for the multilateral limit
    open     CURRENCY DATE;  phase CURRENCY PHASE;  expire TIME;  offset
    submit   LABEL OWNER->OWNER AMOUNT CURRENCY, then PRIORITY, institution, hit, unscreened, value DATE,
             defect REASON, and `as LABEL` for the identity of another row; owner ? is unknown; of a leg:
             link N LEGS, against AMOUNT CURRENCY, until TIME; of others: from TIME, until TIME
    fund     the same for a liquidity transfer; return: the same with `of LABEL`
    cancel   LABEL of LABEL by OWNER CURRENCY
    release, refuse   LABEL of LABEL by PERSON
    hold              LABEL of LABEL by 0
    ask      LABEL PERSON TERM OWNER[->OWNER] CURRENCY AMOUNT [DAY];  approve, deny LABEL PERSON
    queue    LABEL PERSON ACTION, then the number of a PRIORITY, or earliest and latest of TIMES

Right of the bar: what came of a user's word (taken, or rejected ISO REASON), or of this row (status,
mechanism or ISO code and reason, repeated), then facts after the batch, divided by semicolons:
`LABEL status ...`, `balance OWNER CURRENCY N`, and `order LABEL LABEL ...`, the subjects of all records of
the step in order.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from setfair.domain.codes import (
    InstructionKind,
    Mechanism,
    Phase,
    Priority,
    Purpose,
    QueueAction,
    Reason,
    Screening,
    Status,
    Term,
)
from tests.reference.words import (
    AccountSpec,
    ExtensionCommand,
    HouseSpec,
    Instruction,
    LimitSpec,
    QueueCommand,
    TermCommand,
)

_STATUSES = {
    "settled": Status.ACSC,
    "done": Status.ACSC,
    "queued": Status.ACSP,
    "held": Status.PDNG,
    "pending": Status.PDNG,
    "rejected": Status.RJCT,
    "cancelled": Status.CANC,
}
_ROW_KINDS = {
    "submit": InstructionKind.CUSTOMER_PAYMENT,
    "fund": InstructionKind.LIQUIDITY_TRANSFER,
    "return": InstructionKind.PAYMENT_RETURN,
    "cancel": InstructionKind.CANCELLATION,
    "release": InstructionKind.RELEASE,
    "refuse": InstructionKind.REFUSAL,
    "hold": InstructionKind.SCREENING_HOLD,
}
_ISO_CODES = {reason.iso for reason in Reason if reason}
_DECISIONS = (InstructionKind.RELEASE, InstructionKind.REFUSAL, InstructionKind.SCREENING_HOLD)


@dataclass(frozen=True, slots=True)
class Expected:
    """What a row came to."""

    status: Status
    reason: Reason = Reason.NONE
    mechanism: Mechanism = Mechanism.NONE
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One instruction of a table; the runner fills in the number of a decision's target."""

    label: str
    instruction: Instruction
    expected: Expected
    target: str = ""
    """Of a decision: the label of what is held."""


@dataclass(frozen=True, slots=True)
class Word:
    """What a user says, and what comes of it; the runner fills in the number of its target."""

    command: TermCommand | QueueCommand | ExtensionCommand
    target: str
    """Label of the payment or change that it is about."""
    label: str
    """Under which later lines name a change."""
    reason: Reason
    """Why it is rejected, or NONE."""


@dataclass(slots=True)
class Step:
    """A batch or a move of the day, and the facts after it."""

    line: int
    rows: list[Row] = field(default_factory=list)
    move: tuple[int, Phase, int] | None = None
    """Currency, phase, and the date where the phase is OPEN."""
    expire: int | None = None
    """The time at which what has reached its latest time is rejected."""
    by_clock: bool = False
    """Whether cut-offs that have come pass before that."""
    offset: bool = False
    """Whether what waits is offset."""
    word: Word | None = None
    """What a user says of a term or of a queue."""
    outcomes: list[tuple[str, Expected]] = field(default_factory=list)
    balances: list[tuple[int, int]] = field(default_factory=list)
    order: list[str] | None = None


@dataclass(slots=True)
class Scenario:
    """A titled house with its steps."""

    title: str
    line: int
    spec: HouseSpec = field(default_factory=lambda: HouseSpec(accounts=()))
    steps: list[Step] = field(default_factory=list)
    owners: dict[tuple[str, str], int] = field(default_factory=dict)
    """Account index by owner and currency."""
    currencies: list[str] = field(default_factory=list)
    identities: dict[str, int] = field(default_factory=dict)

    def account(self, owner: str, currency: str) -> int:
        return -1 if owner == "?" else self.owners[owner, currency]


class TableError(Exception):
    """A line of a table does not follow the grammar."""


def read_scenarios(path: Path) -> list[Scenario]:
    """Read a table file."""
    scenarios: list[Scenario] = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        text = line.split("#", 1)[0].strip()
        if not text:
            continue
        try:
            if text.startswith("scenario "):
                scenarios.append(Scenario(text.removeprefix("scenario ").strip(), number))
            else:
                _read_line(scenarios[-1], text, number)
        except (KeyError, ValueError, IndexError, StopIteration, TableError) as error:
            raise TableError(f"{path.name}, line {number}: {text!r}: {error!r}") from error
    return scenarios


def _read_line(scenario: Scenario, text: str, number: int) -> None:
    left, _, right = (part.strip() for part in text.partition("|"))
    verb, *words = left.split()
    readers = {"house": _read_house, "account": _read_account, "limit": _read_limit}
    if verb in readers:
        readers[verb](scenario, words)
        return
    facts = [fact.split() for fact in right.split(";") if fact.strip()]
    if verb in ("open", "phase"):
        step = Step(number, move=_read_move(scenario, verb, words))
        scenario.steps.append(step)
    elif verb in ("ask", "approve", "deny", "queue", "extend", "agree", "decline"):
        step = Step(number, word=_read_word_of_user(scenario, verb, words, facts.pop(0)))
        scenario.steps.append(step)
    elif verb == "offset":
        step = Step(number, offset=True)
        scenario.steps.append(step)
    elif verb in ("expire", "clock"):
        step = Step(number, expire=int(words[0]), by_clock=verb == "clock")
        scenario.steps.append(step)
    else:
        if verb == "and":
            verb, *words = words if words[0] in _ROW_KINDS else ["submit", *words]
        else:
            scenario.steps.append(Step(number))
        step = scenario.steps[-1]
        step.rows.append(_read_row(scenario, _ROW_KINDS[verb], words, _read_expected(facts.pop(0))))
    for fact in facts:
        _read_fact(scenario, step, fact)


def _read_house(scenario: Scenario, words: list[str]) -> None:
    rest = iter(words)
    for word in rest:
        match word:
            case "ordered":
                scenario.spec = replace(scenario.spec, discipline="ordered")
            case "bypass":
                scenario.spec = replace(scenario.spec, discipline="bypass")
            case "queue":
                scenario.spec = replace(scenario.spec, queue_max=int(next(rest)))
            case "officers":
                scenario.spec = replace(scenario.spec, officers=int(next(rest)))
            case "users":
                scenario.spec = replace(scenario.spec, users=tuple(map(int, next(rest).split(","))))
            case "day":
                ends = tuple(int(next(rest)) for _ in range(4))
                scenario.spec = replace(scenario.spec, day=ends)
            case "warehouse":
                scenario.spec = replace(scenario.spec, warehouse_days=int(next(rest)))
            case "clock":
                scenario.spec = replace(scenario.spec, by_clock=1)
            case "memory":
                scenario.spec = replace(scenario.spec, identity_days=int(next(rest)))
            case _:
                raise TableError(f"house has no {word}")


def _read_account(scenario: Scenario, words: list[str]) -> None:
    owner, currency, *options = words
    if currency not in scenario.currencies:
        scenario.currencies.append(currency)
    owners = list(dict.fromkeys(name for name, _ in (*scenario.owners, (owner, currency))))
    account = AccountSpec(scenario.currencies.index(currency), participant=owners.index(owner))
    rest = iter(options)
    for word in rest:
        match word:
            case "agent":
                account = replace(account, is_agent=True)
            case "closed":
                account = replace(account, is_closed=True)
            case "line":
                account = replace(account, credit_line=int(next(rest)))
            case "of":
                # A sub-account: `account A.X EUR of A pair B`, or `links`; `closed` until it is opened.
                main = scenario.owners[next(rest), currency]
                holder = scenario.spec.accounts[main].participant
                account = replace(account, main=main, participant=holder)
            case "links":
                account = replace(account, purpose=Purpose.LINKS)
            case "pair":
                other = scenario.spec.accounts[scenario.owners[next(rest), currency]].participant
                account = replace(account, purpose=Purpose.PAIR, counterparty=other)
            case "urgent":
                account = replace(account, reserved_urgent=int(next(rest)))
            case "high":
                account = replace(account, reserved_high=int(next(rest)))
            case _:
                raise TableError(f"account has no {word}")
    spec = scenario.spec
    scenario.owners[owner, currency] = len(spec.accounts)
    scenario.spec = replace(spec, accounts=(*spec.accounts, account), currencies=len(scenario.currencies))


def _read_limit(scenario: Scenario, words: list[str]) -> None:
    pair, currency, amount = words
    debtor, creditor = pair.split("->")
    counterparty = -1 if creditor == "*" else scenario.account(creditor, currency)
    limit = LimitSpec(scenario.account(debtor, currency), counterparty, int(amount))
    scenario.spec = replace(scenario.spec, limits=(*scenario.spec.limits, limit))


def _read_move(scenario: Scenario, verb: str, words: list[str]) -> tuple[int, Phase, int]:
    currency = scenario.currencies.index(words[0])
    return (currency, Phase.OPEN, int(words[1])) if verb == "open" else (currency, Phase[words[1]], 0)


def _read_word_of_user(scenario: Scenario, verb: str, words: list[str], came: list[str]) -> Word:
    """Read `ask C1 1 CREDIT_LINE A EUR 5`, `approve C1 2` or `queue P1 1 TOP`, and what comes of it."""
    reason = Reason[came[2]] if came[0] == "rejected" else Reason.NONE
    if came[0] not in ("taken", "rejected") or (reason and came[1] != reason.iso):
        raise TableError(f"nothing comes to {came}")
    label, person, *rest = words
    if verb == "queue":
        action, *numbers = rest
        times = [int(each) for each in numbers[:2]] if action == "TIMES" else [0, 0]
        level = int(numbers[0]) if action == "PRIORITY" else 0
        return Word(QueueCommand(QueueAction[action], int(person), 0, level, *times), label, "", reason)
    if verb == "extend":
        code, phase, until = rest
        currency = scenario.currencies.index(code)
        kind = InstructionKind.EXTENSION
        asked = ExtensionCommand(kind, int(person), currency, Phase[phase], int(until))
        return Word(asked, "", label, reason)
    if verb in ("agree", "decline"):
        kinds = {"agree": InstructionKind.EXTENSION_APPROVAL, "decline": InstructionKind.EXTENSION_REFUSAL}
        return Word(ExtensionCommand(kinds[verb], int(person)), label, "", reason)
    if verb != "ask":
        kind = InstructionKind.TERM_APPROVAL if verb == "approve" else InstructionKind.TERM_REFUSAL
        return Word(TermCommand(kind, int(person)), label, "", reason)
    term, owners, currency, amount, *day = rest
    owner, _, other = owners.partition("->")
    command = TermCommand(
        InstructionKind.TERM_CHANGE,
        int(person),
        Term[term],
        scenario.account(owner, currency),
        scenario.account(other, currency) if other else -1,
        int(amount),
        int(day[0]) if day else 0,
    )
    return Word(command, "", label, reason)


def _read_row(scenario: Scenario, kind: InstructionKind, words: list[str], expected: Expected) -> Row:
    label, rest = words[0], iter(words[1:])
    identity, target = label, ""
    row = Instruction(kind)
    said = [kind.name]
    for word in rest:
        match word:
            case "as":
                identity = next(rest)
                continue
            case "of":
                target = next(rest)
                if kind not in _DECISIONS:
                    row = replace(row, original=_identity(scenario, target))
            case "by":
                row = _read_asker(scenario, row, rest)
            case _:
                row = _read_word(scenario, row, word, rest)
        said.append(word + target)
    if kind not in _DECISIONS:
        said.append(str(replace(row, identity=None)))
        content = zlib.crc32(" ".join(said).encode())
        row = replace(row, identity=_identity(scenario, identity), content=content)
    return Row(label, row, expected, target if kind in _DECISIONS else "")


def _identity(scenario: Scenario, label: str) -> int:
    return scenario.identities.setdefault(label, len(scenario.identities) + 1)


def _read_asker(scenario: Scenario, row: Instruction, rest: Iterator[str]) -> Instruction:
    if row.kind in _DECISIONS:
        return replace(row, person=int(next(rest)))
    owner, currency = next(rest), next(rest)
    return replace(row, debtor=scenario.account(owner, currency))


def _read_word(scenario: Scenario, row: Instruction, word: str, rest: Iterator[str]) -> Instruction:
    if "->" in word:
        amount, currency = int(next(rest)), next(rest)
        debtor, creditor = (scenario.account(owner, currency) for owner in word.split("->"))
        return replace(row, debtor=debtor, creditor=creditor, amount=amount)
    if word in Priority.__members__:
        return replace(row, priority=Priority[word])
    match word:
        case "institution":
            return replace(row, kind=InstructionKind.INSTITUTION_PAYMENT)
        case "hit":
            return replace(row, screening=Screening.HIT)
        case "unscreened":
            return replace(row, screening=Screening.UNSCREENED)
        case "link":
            return replace(row, link=int(next(rest)), legs=int(next(rest)))
        case "against":
            amount, currency = int(next(rest)), scenario.currencies.index(next(rest))
            return replace(row, against_amount=amount, against_currency=currency)
        case "from":
            return replace(row, earliest=int(next(rest)))
        case "until":
            return replace(row, until=int(next(rest)))
        case "value":
            return replace(row, value_date=int(next(rest)))
        case "defect":
            return replace(row, defect=Reason[next(rest)])
    raise TableError(f"a row has no {word}")


def _read_expected(words: list[str]) -> Expected:
    expected = Expected(_STATUSES[words[0]])
    iso = ""
    for word in words[1:]:
        if word in Mechanism.__members__:
            expected = replace(expected, mechanism=Mechanism[word])
        elif word in Reason.__members__:
            expected = replace(expected, reason=Reason[word])
        elif word == "repeated":
            expected = replace(expected, repeated=True)
        elif word in _ISO_CODES:
            iso = word
        else:
            raise TableError(f"nothing comes to {word}")
    if iso != expected.reason.iso:
        raise TableError(f"{expected.reason.name} is {expected.reason.iso or 'no code'}, not {iso or 'none'}")
    return expected


def _read_fact(scenario: Scenario, step: Step, words: list[str]) -> None:
    if words[0] == "balance":
        step.balances.append((scenario.account(words[1], words[2]), int(words[3])))
    elif words[0] == "order":
        step.order = words[1:]
    else:
        step.outcomes.append((words[0], _read_expected(words[1:])))
