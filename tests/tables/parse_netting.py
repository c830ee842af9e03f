"""Decision tables of netting: those of `parse`, with parties, obligations and cycles.

    clears   leave_due|rerun_without|none       (what the agreement says; without it leave_due)
    party    PARTY OWNER, then held             (with whom it banks; - with none)
    owe      LABEL PARTY->PARTY AMOUNT CURRENCY, then due DATE
    cycle    CURRENCY DATE                      | facts

Facts of a cycle, divided by semicolons. All legs, all accounts left out, all that stays due for it, and all
obligations netted must be named, each in order:

    leg OWNER->OWNER N;  netted LABEL LABEL ...;  closed
    left OWNER REASON LACKED round N
    due OWNER OTHER OWES OWED                   (OTHER is - for parties without an account)

and besides, as needed: `remains LABEL N`, `balance OWNER CURRENCY N`, `LABEL status ...` of a payment.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from setfair.domain.codes import Reason
from tests.reference.netting import ClearingSpec, Obligation
from tests.tables.parse import Scenario, Step, TableError, _read_fact, _read_line


@dataclass(slots=True)
class Owe:
    """An obligation is entered."""

    label: str
    obligation: Obligation


@dataclass(slots=True)
class Cycle:
    """A cycle is run, and what comes of it."""

    step: Step
    """Facts that every step may have."""
    currency: int
    date: int
    legs: list[tuple[int, int, int]] = field(default_factory=list)
    left: list[tuple[int, Reason, int, int]] = field(default_factory=list)
    due: list[tuple[int, int, int, int]] = field(default_factory=list)
    netted: list[str] = field(default_factory=list)
    remains: dict[str, int] = field(default_factory=dict)
    closed: bool = False


Play: TypeAlias = Step | Owe | Cycle


@dataclass(slots=True)
class NetScenario:
    """A house that clears, and what happens to it."""

    table: Scenario
    clears: str = "leave_due"
    parties: dict[str, str] = field(default_factory=dict)
    held: set[str] = field(default_factory=set)
    plays: list[Play] = field(default_factory=list)

    def clearing(self) -> ClearingSpec:
        """Return what the house is told of clearing."""
        accounts = tuple(
            tuple(self.table.owners.get((owner, currency), -1) for owner in self.parties.values())
            for currency in self.table.currencies
        )
        held = frozenset(place for place, party in enumerate(self.parties) if party in self.held)
        return ClearingSpec(self.clears != "none", self.clears == "rerun_without", accounts, held)


def read_net_scenarios(path: Path) -> list[NetScenario]:
    """Read a table file."""
    scenarios: list[NetScenario] = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        text = line.split("#", 1)[0].strip()
        if not text:
            continue
        try:
            if text.startswith("scenario "):
                scenarios.append(NetScenario(Scenario(text.removeprefix("scenario ").strip(), number)))
            else:
                _read(scenarios[-1], text, number)
        except (KeyError, ValueError, IndexError, StopIteration, TableError) as error:
            raise TableError(f"{path.name}, line {number}: {text!r}: {error!r}") from error
    return scenarios


def _read(scenario: NetScenario, text: str, number: int) -> None:
    left, _, right = (part.strip() for part in text.partition("|"))
    verb, *words = left.split()
    match verb:
        case "clears":
            (scenario.clears,) = words
            if scenario.clears not in ("leave_due", "rerun_without", "none"):
                raise TableError(f"nothing clears {scenario.clears}")
        case "party":
            scenario.parties[words[0]] = words[1]
            if words[2:] not in ([], ["held"]):
                raise TableError(f"a party is not {words[2]}")
            scenario.held.update(words[:1] if words[2:] else [])
        case "owe":
            scenario.plays.append(_read_obligation(scenario, words))
        case "cycle":
            scenario.plays.append(_read_cycle(scenario, words, right, number))
        case _:
            before = len(scenario.table.steps)
            _read_line(scenario.table, text, number)
            scenario.plays += scenario.table.steps[before:]


def _read_obligation(scenario: NetScenario, words: list[str]) -> Owe:
    label, pair, amount, currency, *rest = words
    debtor, creditor = (list(scenario.parties).index(party) for party in pair.split("->"))
    due = int(rest[1]) if rest[:1] == ["due"] else 0
    return Owe(
        label, Obligation(debtor, creditor, scenario.table.currencies.index(currency), int(amount), due)
    )


def _read_cycle(scenario: NetScenario, words: list[str], facts: str, number: int) -> Cycle:
    cycle = Cycle(Step(number), scenario.table.currencies.index(words[0]), int(words[1]))

    def account(owner: str) -> int:
        return -1 if owner == "-" else scenario.table.account(owner, words[0])

    for fact in (one.split() for one in facts.split(";") if one.strip()):
        match fact:
            case ["leg", pair, amount]:
                debtor, creditor = map(account, pair.split("->"))
                cycle.legs.append((debtor, creditor, int(amount)))
            case ["left", owner, reason, lacked, "round", turn]:
                cycle.left.append((account(owner), Reason[reason], int(lacked), int(turn)))
            case ["due", owner, other, owes, owed]:
                cycle.due.append((account(owner), account(other), int(owes), int(owed)))
            case ["netted", *labels]:
                cycle.netted = labels
            case ["remains", label, amount]:
                cycle.remains[label] = int(amount)
            case ["closed"]:
                cycle.closed = True
            case _:
                _read_fact(scenario.table, cycle.step, fact)
    return cycle
