"""The money of the reference model: balances, reservations, net amounts of limits."""

from __future__ import annotations

from collections.abc import Sequence

from setfair.domain.codes import Priority, Term
from setfair.domain.money import BALANCE_MAX_MINOR
from tests.reference.words import AccountSpec, Instruction, LimitSpec


class Books:
    """What a settled payment changes, and what decides whether it can settle."""

    def __init__(self, accounts: Sequence[AccountSpec], limits: Sequence[LimitSpec]) -> None:
        self.accounts = list(accounts)
        self.balance = [0] * len(accounts)
        self.reserved_urgent = [0] * len(accounts)
        self.reserved_high = [0] * len(accounts)
        self.bilateral = {(x.account, x.counterparty): x.amount for x in limits if x.counterparty >= 0}
        self.multilateral = {x.account: x.amount for x in limits if x.counterparty < 0}
        self.net_bilateral = dict.fromkeys(self.bilateral, 0)
        """Paid minus received by (D, C), for the pairs for which D has a bilateral limit."""
        self.net_multilateral = dict.fromkeys(self.multilateral, 0)
        """The same of D towards all the others, for D that has a multilateral limit."""
        self.credit_line = [BALANCE_MAX_MINOR if x.is_agent else x.credit_line for x in accounts]
        self.standing = {
            Term.RESERVED_URGENT: [x.reserved_urgent for x in accounts],
            Term.RESERVED_HIGH: [x.reserved_high for x in accounts],
            Term.CREDIT_LINE: list(self.credit_line),
        }
        """What comes into force when a day opens."""
        self.standing_bilateral, self.standing_multilateral = dict(self.bilateral), dict(self.multilateral)

    def open_day(self, currency: int) -> None:
        """Start net amounts from zero, and bring into force what stands."""
        ours = {index for index, account in enumerate(self.accounts) if account.currency == currency}
        for pair in [pair for pair in self.bilateral if pair[0] in ours]:
            del self.bilateral[pair], self.net_bilateral[pair]
        for debtor in [debtor for debtor in self.multilateral if debtor in ours]:
            del self.multilateral[debtor], self.net_multilateral[debtor]
        for pair, amount in self.standing_bilateral.items():
            if pair[0] in ours:
                self.bilateral[pair], self.net_bilateral[pair] = amount, 0
        for debtor, amount in self.standing_multilateral.items():
            if debtor in ours:
                self.multilateral[debtor], self.net_multilateral[debtor] = amount, 0
        for index in ours:
            self.reserved_urgent[index] = self.standing[Term.RESERVED_URGENT][index]
            self.reserved_high[index] = self.standing[Term.RESERVED_HIGH][index]
            # What is drawn on beyond the standing line stays allowed until it is paid back.
            self.credit_line[index] = max(self.standing[Term.CREDIT_LINE][index], -self.balance[index])

    def has_cover(self, account: int, priority: Priority, need: int) -> bool:
        """Say whether `available(account, priority) >= need`."""
        return self.available(account, priority) >= need

    def limits_left(self) -> dict[tuple[int, int | None], int]:
        """Return by account and counterparty (None: all others) how much more it may pay net."""
        left: dict[tuple[int, int | None], int] = {
            (debtor, creditor): limit - self.net_bilateral[debtor, creditor]
            for (debtor, creditor), limit in self.bilateral.items()
        }
        for debtor, limit in self.multilateral.items():
            left[debtor, None] = limit - self.net_multilateral[debtor]
        return left

    def available(self, account: int, priority: Priority) -> int:
        """Return what an account can pay at a priority; an agent's credit line is 2^62."""
        reserved = 0
        if priority >= Priority.HIGH:
            reserved += self.reserved_urgent[account]
        if priority >= Priority.NORMAL:
            reserved += self.reserved_high[account]
        return self.balance[account] + self.credit_line[account] - reserved

    def limit_key(self, debtor: int, creditor: int) -> tuple[int, int]:
        """Name the limit that binds payments from `debtor` to `creditor`; (-1, -1) for none."""
        if (debtor, creditor) in self.bilateral:
            return debtor, creditor
        return (debtor, -1) if debtor in self.multilateral else (-1, -1)

    def within_limits(self, debtor: int, creditor: int, more: int) -> bool:
        """Say whether `debtor` may have paid `creditor` `more` than it has."""
        if (debtor, creditor) in self.bilateral:
            return self.net_bilateral[debtor, creditor] + more <= self.bilateral[debtor, creditor]
        if debtor in self.multilateral:
            return self.net_multilateral[debtor] + more <= self.multilateral[debtor]
        return True

    def can_settle(self, row: Instruction) -> bool:
        """Say whether a payment can settle alone."""
        return (
            self.has_cover(row.debtor, row.priority, row.amount)
            and self.within_limits(row.debtor, row.creditor, row.amount)
            and self.balance[row.creditor] + row.amount <= BALANCE_MAX_MINOR
        )

    def settle(self, row: Instruction) -> None:
        """Debit, credit, count towards limits, consume reservations."""
        self.balance[row.debtor] -= row.amount
        self.balance[row.creditor] += row.amount
        self._add_to_net(row.debtor, row.creditor, row.amount)
        self._add_to_net(row.creditor, row.debtor, -row.amount)
        reserved = {Priority.URGENT: self.reserved_urgent, Priority.HIGH: self.reserved_high}
        if row.priority in reserved:
            left = reserved[row.priority][row.debtor] - row.amount
            reserved[row.priority][row.debtor] = max(0, left)

    def offset_fits(self, row: Instruction, others: Sequence[Instruction]) -> bool:
        """Say whether a payment can settle together with these payments in the other direction."""
        total = sum(other.amount for other in others)
        lowest = max(other.priority for other in others)
        return (
            self.has_cover(row.debtor, row.priority, row.amount - total)
            and self.has_cover(row.creditor, lowest, total - row.amount)
            and self.balance[row.debtor] - row.amount + total <= BALANCE_MAX_MINOR
            and self.balance[row.creditor] + row.amount - total <= BALANCE_MAX_MINOR
            and self.within_limits(row.debtor, row.creditor, row.amount - total)
            and self.within_limits(row.creditor, row.debtor, total - row.amount)
        )

    def _add_to_net(self, debtor: int, creditor: int, amount: int) -> None:
        if (debtor, creditor) in self.bilateral:
            net = self.net_bilateral[debtor, creditor] + amount
            self.net_bilateral[debtor, creditor] = max(net, -BALANCE_MAX_MINOR)
        elif debtor in self.multilateral:
            self.net_multilateral[debtor] = max(self.net_multilateral[debtor] + amount, -BALANCE_MAX_MINOR)
