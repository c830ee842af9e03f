"""The set-off of a table: every currency on its own, then its table of results and its certificate.

The optimum itself is `engine.setoff`'s. The certificate says what was cleared of each obligation and has the
prices that prove it the most; `setfair.verify` checks it without anything of the engine.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from setfair.domain.money import format_amount
from setfair.domain.obligations import Obligations
from setfair.engine.setoff import SetOff, set_off
from setfair.errors import SetfairError
from setfair.formats.certificate import (
    MOST_CLEARED,
    Certificate,
    CurrencyCertificate,
    Objective,
    content_digest,
    write_certificate,
)
from setfair.formats.cleared_csv import merge_currencies, write_cleared
from setfair.formats.replace_file import replacing
from setfair.set_off_table.read import ObligationTable


@dataclass(frozen=True, slots=True)
class CurrencyResult:
    """Set-off in one currency."""

    obligations: Obligations
    result: SetOff
    seconds: float

    def summary(self) -> dict[str, object]:
        """Return the totals, amounts in units of the currency."""
        currency = self.obligations.currency
        totals = {
            "gross": self.result.gross_minor,
            "cleared": self.result.cleared_total_minor,
            "remaining": self.result.remaining_total_minor,
            "net_debit": self.result.net_debit_minor,
        }
        return {
            "currency": currency.code,
            "obligations": len(self.obligations),
            "parties": self.result.parties,
            **{name: format_amount(minor, currency.decimals) for name, minor in totals.items()},
            "cleared_percent": round(100 * self.result.cleared_total_minor / self.result.gross_minor, 2),
            "seconds": round(self.seconds, 3),
        }


def clear_table(table: ObligationTable) -> list[CurrencyResult]:
    """Set off what takes part, currency by currency in the order of their codes.

    Raises
    ------
    SetfairError
        If the obligations of a currency sum to more than one run takes.
    """
    return [_clear_currency(obligations) for obligations in table.currencies]


def _clear_currency(owed: Obligations) -> CurrencyResult:
    started = time.perf_counter()
    try:
        result = set_off(owed.debtor, owed.creditor, owed.amount_minor, owed.due_day)
    except OverflowError as error:
        raise SetfairError(f"{owed.currency.code}: {error}; divide the file") from error
    return CurrencyResult(owed, result, time.perf_counter() - started)


def write_result(path: Path, results: Sequence[CurrencyResult]) -> None:
    """Write what is left of each obligation, CSV; it replaces a file of that name when it is complete."""
    cleared = merge_currencies([(part.obligations, part.result.cleared_minor) for part in results])
    with replacing(path) as file:
        write_cleared(file, cleared)


def certify(path: Path, table: ObligationTable, results: Sequence[CurrencyResult]) -> None:
    """Write the certificate of a run."""
    currencies = tuple(_certify_currency(part) for part in results)
    write_certificate(path, Certificate(len(table.rows), table.left_out, currencies))


def _certify_currency(part: CurrencyResult) -> CurrencyCertificate:
    owed, result = part.obligations, part.result
    # Every party of the columns owes or is owed something, so the run has all of them, in this order.
    return CurrencyCertificate(
        currency=owed.currency.code,
        content_sha256=content_digest(owed),
        gross_minor=result.gross_minor,
        cleared_total_minor=result.cleared_total_minor,
        net_debit_minor=result.net_debit_minor,
        objectives=(Objective(MOST_CLEARED, result.price),),
        party_id=owed.party_id,
        row=owed.row,
        cleared_minor=result.cleared_minor,
    )
