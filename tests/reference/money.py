"""Cycles with money, in plain Python: `docs/clearing-rules.md`, "Money in a cycle".

What money discharges is the engine's own optimum (`test_money_is_ortools` compares it with a general solver);
everything around it is worked out here: who can give, who can get, what is paid, and what goes on record.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from setfair.domain.codes import InstructionKind, Phase, RecordKind
from setfair.domain.money import BALANCE_MAX_MINOR
from setfair.engine import decide as engine
from setfair.engine.cycle_terms import CycleTerms, Funder, MoneyTerms
from setfair.engine.layout import INSTRUCTION
from setfair.engine.setoff.liquidity import Discharge, discharge
from setfair.engine.setoff.money import Offers
from tests.reference.engine import CURRENCY_NUMBERS, NOW
from tests.reference.netting import NettingHouse, Obligation
from tests.reference.netting_engine import NettingEngine
from tests.reference.words import Record


@dataclass
class Round:
    """One run of the set-off, and what it asks of the accounts."""

    found: Discharge
    put_in: list[int]
    gets: dict[int, int]
    """By party: money that it ends up with."""
    positions: dict[int, list[int]]
    """By account: what it puts in and what its parties get."""


class MoneyHouse(NettingHouse):
    """A reference house whose cycles have money."""

    def run_money_cycle(self, currency: int, day: int, money: list[Funder]) -> list[Record]:
        """Set off with money what is due in one currency."""
        self.last_number += 1
        self.records, self.cycle, self.currency = [], self.last_number, currency
        due = [o for o in self.obligations if o.currency == currency and o.remaining and o.due <= day]
        before = sum(o.remaining for o in due)
        without, net_debit = self._set_off(due, {-2})
        parties = sorted({o.debtor for o in due} | {o.creditor for o in due})
        offered = [self._can_give(each) for each in money]
        receivers = {party for party in parties if self._account(party) >= 0}
        cut: set[int] = set()
        runs = 0
        while True:
            runs += 1
            legs: list[tuple[int, int, int]] = []
            turn = self._try(due, money, offered, receivers)
            unable = self._short(turn.positions) or self._pair(turn.positions, legs)
            if unable is None:
                break
            owes, owed = turn.positions[unable.account]
            if owed > owes:
                receivers = {party for party in receivers if self._account(party) != unable.account}
                continue
            (place,) = [i for i, each in enumerate(money) if each.account == unable.account]
            lacked = unable.needed - unable.able
            offered[place] = 0 if place in cut else turn.put_in[place] - lacked
            cut.add(place)
        cleared = turn.found.cleared_minor.tolist()
        self._reduce(due, cleared, RecordKind.SET_OFF)
        self._say_money(money, offered, turn)
        for debtor, creditor, amount in legs:
            self._book(debtor, creditor, amount)
        for account in sorted({creditor for _, creditor, _ in legs}):
            self.cascade([account], self.cycle)
        paid_for = len(set(turn.found.gift_party.tolist()))
        self._say(RecordKind.MONEY_RUN, len(money), paid_for, sum(turn.put_in), sum(without), runs)
        self._say(RecordKind.CYCLE_RUN, len(due), len(parties), sum(cleared), before, net_debit)
        return self.records

    def _can_give(self, each: Funder) -> int:
        spec = self.accounts[each.account]
        if self.phase[self.currency] is Phase.CLOSED or spec.is_closed:
            return 0
        line = BALANCE_MAX_MINOR if spec.is_agent else spec.credit_line
        can_pay = self.books.balance[each.account] + line - self._waiting(each.account)
        return max(0, min(each.amount_minor, can_pay))

    def _try(
        self, due: list[Obligation], money: list[Funder], offered: list[int], receivers: set[int]
    ) -> Round:
        pairs = []
        parties = {o.debtor for o in due} | {o.creditor for o in due}
        for place, each in enumerate(money):
            named = each.beneficiaries
            if named == ():
                named = tuple(party for party in parties if self._account(party) == each.account)
            pairs += [(place, party) for party in named or ()]
        funder, beneficiary = np.array(pairs, np.int64).reshape(-1, 2).T
        anyone = np.array([each.beneficiaries is None for each in money], bool)
        columns = [
            np.array([getattr(o, name) for o in due], np.int64)
            for name in ("debtor", "creditor", "remaining", "due")
        ]
        offers = Offers(
            np.array(offered, np.int64), anyone, funder, beneficiary, np.array(sorted(receivers), np.int64)
        )
        found = discharge(*columns, offers)
        put_in = found.put_in_minor(len(money)).tolist()
        gets = {
            int(party): int(minor)
            for party, minor in zip(found.party, found.received_minor, strict=True)
            if minor
        }
        positions: dict[int, list[int]] = {}
        for each, minor in zip(money, put_in, strict=True):
            positions.setdefault(each.account, [0, 0])[0] += minor
        for party, minor in gets.items():
            positions.setdefault(self._account(party), [0, 0])[1] += minor
        return Round(found, put_in, gets, dict(sorted(positions.items())))

    def _say_money(self, money: list[Funder], offered: list[int], turn: Round) -> None:
        for each, could, minor in zip(money, offered, turn.put_in, strict=True):
            self._say(RecordKind.FUNDED, each.account, -1, minor, could, each.amount_minor)
        found = turn.found
        for place, party, minor in zip(found.gift_funder, found.gift_party, found.gift_minor, strict=True):
            account = money[int(place)].account
            self._say(RecordKind.GIVEN, account, int(found.party[int(party)]), int(minor), 0, 0)
        for party, minor in sorted(turn.gets.items()):
            self._say(RecordKind.RECEIVED, self._account(party), party, minor, 0, 0)


class MoneyEngine(NettingEngine):
    """The compiled engine behind the same verbs."""

    def run_money_cycle(self, currency: int, day: int, money: list[Funder]) -> list[Record]:
        """Set off with money what is due in one currency."""
        batch = np.zeros(1, INSTRUCTION)
        batch["kind"], batch["currency"] = InstructionKind.CYCLE, CURRENCY_NUMBERS[currency]
        batch["value_date"] = day
        batch["debtor"] = batch["creditor"] = batch["person"] = -1
        accounts = np.array(self.clearing.account_of[currency], np.int32)
        terms = CycleTerms(money=MoneyTerms(tuple(money)))
        decided = engine.decide(self.books, batch, NOW, None, accounts, cycle_terms=terms)
        return self._records(decided.records)
