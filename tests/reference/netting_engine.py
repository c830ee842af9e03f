"""The engine behind the verbs of `NettingHouse`."""

from __future__ import annotations

import numpy as np

from setfair.domain.codes import InstructionKind, Screening
from setfair.engine import decide as engine
from setfair.engine.books import NETTING_RULE, RERUN_RULE
from setfair.engine.layout import INSTRUCTION
from tests.reference.engine import CURRENCY_NUMBERS, NOW, EngineHouse
from tests.reference.netting import ClearingSpec, Obligation
from tests.reference.words import HouseSpec, Record


class NettingEngine(EngineHouse):
    """The compiled engine as a house that clears."""

    def __init__(self, spec: HouseSpec, clearing: ClearingSpec) -> None:
        super().__init__(spec)
        self.clearing = clearing
        self.books.rules[NETTING_RULE], self.books.rules[RERUN_RULE] = clearing.nets, clearing.rerun
        self._register(len(clearing.account_of[0]))

    def _register(self, parties: int) -> None:
        batch = np.zeros(parties, INSTRUCTION)
        batch["kind"], batch["debtor"] = InstructionKind.PARTY_REGISTRATION, np.arange(parties)
        batch["creditor"] = batch["person"] = -1
        held = np.isin(np.arange(parties), list(self.clearing.held))
        batch["screening"] = np.where(held, Screening.HIT, Screening.CLEAR)
        if parties:
            engine.decide(self.books, batch, NOW)

    def owe(self, obligations: list[Obligation]) -> None:
        """Enter obligations."""
        if not obligations:
            return
        batch = np.zeros(len(obligations), INSTRUCTION)
        batch["kind"], batch["screening"] = InstructionKind.OBLIGATION, Screening.CLEAR
        batch["person"] = -1
        for name, field in (("debtor", "debtor"), ("creditor", "creditor"), ("amount", "amount")):
            batch[name] = [getattr(one, field) for one in obligations]
        batch["value_date"] = [one.due for one in obligations]
        batch["currency"] = [CURRENCY_NUMBERS[one.currency] for one in obligations]
        engine.decide(self.books, batch, NOW)

    def run_cycle(self, currency: int, day: int) -> list[Record]:
        """Set off and net what is due in one currency."""
        batch = np.zeros(1, INSTRUCTION)
        batch["kind"], batch["currency"] = InstructionKind.CYCLE, CURRENCY_NUMBERS[currency]
        batch["value_date"] = day
        batch["debtor"] = batch["creditor"] = batch["person"] = -1
        accounts = np.array(self.clearing.account_of[currency], np.int32)
        return self._records(engine.decide(self.books, batch, NOW, None, accounts).records)

    def remaining(self) -> list[int]:
        """Return what remains of each obligation."""
        rows = self.books.obligations[: self.books.obligation_count]
        return rows["remaining"][rows["kind"] == InstructionKind.OBLIGATION].tolist()
