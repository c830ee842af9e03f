"""Checks what a message says of its own size: number of transactions, control sum, total amount.

Sums are exact decimals of what is written in the file, whatever the currency has as decimals.
"""

from __future__ import annotations

from decimal import Context, Decimal
from pathlib import Path

from setfair.formats.iso20022.paths import Found
from setfair.formats.iso20022.refusal import WRONG_COUNT, WRONG_SUM, refusal

_EXACT = Context(prec=64)
"""Enough for 10^15 amounts of 18 digits before and 17 after the point."""


class Totals:
    """Counts and adds up transactions, and compares with what the message stated."""

    def __init__(self, amount: str) -> None:
        """Add up the texts of the name `amount` in what was found."""
        self._amount = amount
        self._count = self._with_amount = 0
        self._sum = Decimal(0)
        self._currencies: set[str] = set()

    @property
    def count(self) -> int:
        """Transactions so far."""
        return self._count

    def add(self, found: Found) -> None:
        """Take in one transaction."""
        self._count += 1
        text = found.get(self._amount)
        if text is not None:
            self._with_amount += 1
            self._sum = _EXACT.add(self._sum, Decimal(text))
            self._currencies.add(found.get(f"{self._amount}_currency", ""))

    def check(self, path: Path, stated: Found) -> None:
        """Compare with what the message states.

        Raises
        ------
        FileRefusedError
            If a number or a sum differs. A sum is compared where every transaction has an amount.
        """
        number = stated.get("number_of_transactions")
        if number is not None and int(number) != self._count:
            raise refusal(
                path,
                f"states {number} transactions but holds {self._count}: cut off or put together wrongly",
                element="NbOfTxs",
                reason=WRONG_COUNT,
            )
        if self._with_amount == self._count:
            self._check_sum(path, "CtrlSum", stated.get("control_sum"))
            self._check_sum(
                path, "total interbank settlement amount", stated.get("total_interbank_settlement_amount")
            )
            self._check_currency(path, stated.get("total_interbank_settlement_amount_currency"))

    def _check_sum(self, path: Path, element: str, text: str | None) -> None:
        if text is not None and Decimal(text) != self._sum:
            stated = f"states {text} but its amounts add up to {self._sum}"
            raise refusal(path, stated, element=element, reason=WRONG_SUM)

    def _check_currency(self, path: Path, code: str | None) -> None:
        if code is not None and self._currencies != {code}:
            others = ", ".join(sorted(self._currencies - {code}))
            text = f"the total is in {code} but there are amounts in {others}"
            raise refusal(path, text, element="total interbank settlement amount", reason=WRONG_SUM)
