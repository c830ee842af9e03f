"""What an instruction has to be to be accepted: steps 3 to 10 of `docs/settlement-rules.md`."""

from __future__ import annotations

from dataclasses import dataclass

from setfair.domain.codes import InstructionKind, Mechanism, Phase, Purpose, Reason, Screening, Status
from setfair.domain.money import AMOUNT_MAX_MINOR
from tests.reference.words import PAYMENT_KINDS, AccountSpec, Identity, Instruction


@dataclass(slots=True)
class Entry:
    """An instruction on record, with its present outcome."""

    number: int
    instruction: Instruction
    status: Status = Status.RCVD
    reason: Reason = Reason.NONE
    mechanism: Mechanism = Mechanism.NONE
    business_day: int = 0
    counted_against: int = 0
    """Of a return: the number of the original that it counts against, once it is accepted."""
    first_decision: Instruction | None = None
    earliest: int = 0
    """Earliest time, until it has passed; 0: at once."""
    latest: int = 0
    """Of what is no leg: latest time; 0: none."""
    on_hold: bool = False

    @property
    def is_held(self) -> bool:
        return self.status is Status.PDNG and self.reason is Reason.SCREENING_HIT


class EntryChecks:
    """The checks of a house; each gives the reason of its step, or NONE."""

    accounts: list[AccountSpec]
    phase: list[Phase]
    date: list[int]
    warehouse_days: int
    entries: dict[int, Entry]
    identities: dict[Identity, list[int]]
    returned: dict[int, int]

    def currency_of(self, row: Instruction) -> int:
        for account in (row.debtor, row.creditor):
            if account >= 0:
                return self.accounts[account].currency
        return -1

    def _check_purpose(self, row: Instruction) -> Reason:
        """What names a sub-account against its purpose has that as a defect."""
        for own, other in ((row.debtor, row.creditor), (row.creditor, row.debtor)):
            if own < 0 or self.accounts[own].main < 0:
                continue
            said = self.accounts[own]
            is_leg = said.purpose is Purpose.LINKS and row.link != 0
            is_pair = said.purpose is Purpose.PAIR and self._holder(other) == said.counterparty
            if row.kind is InstructionKind.LIQUIDITY_TRANSFER or not (is_leg or is_pair):
                return Reason.NOT_FOR_PURPOSE
        return Reason.NONE

    def _holder(self, account: int) -> int:
        return self.accounts[account].participant if account >= 0 else -1

    def _check_accounts_known(self, row: Instruction) -> Reason:
        """The door marks these as defects; this is for a door that forgot."""
        if row.debtor < 0:
            return Reason.UNKNOWN_DEBTOR_AGENT
        return Reason.UNKNOWN_CREDITOR_AGENT if row.creditor < 0 else Reason.NONE

    def _check_amount(self, row: Instruction) -> Reason:
        if row.amount <= 0:
            return Reason.AMOUNT_NOT_POSITIVE
        return Reason.AMOUNT_TOO_LARGE if row.amount > AMOUNT_MAX_MINOR else Reason.NONE

    def _check_accounts(self, row: Instruction) -> Reason:
        if row.debtor == row.creditor:
            return Reason.SAME_ACCOUNT
        closed = self.accounts[row.debtor].is_closed or self.accounts[row.creditor].is_closed
        return Reason.ACCOUNT_CLOSED if closed else Reason.NONE

    def check_timing(self, row: Instruction) -> Reason:
        """Steps 6 and 7."""
        return self._check_phase(row) or self._check_value_date(row)

    def _check_phase(self, row: Instruction) -> Reason:
        phase = self.phase[self.currency_of(row)]
        if phase is Phase.CLOSED:
            return Reason.DAY_NOT_OPEN
        if phase is Phase.CUSTOMER_CUTOFF and row.kind is InstructionKind.CUSTOMER_PAYMENT:
            return Reason.AFTER_CUTOFF
        if phase is Phase.INTERBANK_CUTOFF and row.kind is not InstructionKind.LIQUIDITY_TRANSFER:
            return Reason.AFTER_CUTOFF
        return Reason.NONE

    def _check_value_date(self, row: Instruction) -> Reason:
        wrong = row.value_date != 0 and row.value_date != self.date[self.currency_of(row)]
        return Reason.WRONG_VALUE_DATE if wrong else Reason.NONE

    def is_early(self, row: Instruction) -> bool:
        """Say whether a value date is still to come."""
        return row.value_date > self.date[self.currency_of(row)]

    def may_wait(self, row: Instruction) -> bool:
        """Say whether a value date is to come, and within what is allowed."""
        return 0 < row.value_date - self.date[self.currency_of(row)] <= self.warehouse_days

    def _check_screened(self, row: Instruction) -> Reason:
        return Reason.NOT_SCREENED if row.screening is Screening.UNSCREENED else Reason.NONE

    def _check_agent(self, row: Instruction) -> Reason:
        if row.kind is not InstructionKind.LIQUIDITY_TRANSFER:
            return Reason.NONE
        on_a_side = self.accounts[row.debtor].is_agent or self.accounts[row.creditor].is_agent
        return Reason.NONE if on_a_side else Reason.NOT_SETTLEMENT_AGENT

    def _check_return(self, row: Instruction) -> Reason:
        if row.kind is not InstructionKind.PAYMENT_RETURN:
            return Reason.NONE
        original = self._find_original(row)
        if original is None:
            return Reason.ORIGINAL_UNKNOWN
        if original.status is not Status.ACSC:
            return Reason.ORIGINAL_NOT_SETTLED
        paid = original.instruction
        for one, other in ((row.debtor, paid.creditor), (row.creditor, paid.debtor)):
            if one != other and not self._is_same_holder(one, other):
                return Reason.RETURN_NOT_MATCHING
        if self.returned.get(original.number, 0) + row.amount > paid.amount:
            return Reason.RETURN_EXCEEDS_ORIGINAL
        return Reason.NONE

    def _is_same_holder(self, one: int, other: int) -> bool:
        """Say whether two accounts of one currency are of one participant."""
        first, second = self.accounts[one], self.accounts[other]
        is_one = first.participant == second.participant >= 0
        return is_one and first.currency == second.currency

    def _find_original(self, row: Instruction) -> Entry | None:
        """Return the payment that was first entered under the identity that is named.

        Reading: an identity of a cancellation names no payment, so the original is unknown.
        """
        numbers = [] if row.original is None else self.identities.get(row.original, [])
        if not numbers:
            return None
        entry = self.entries[numbers[0]]
        return entry if entry.instruction.kind in PAYMENT_KINDS else None
