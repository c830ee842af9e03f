"""The set-off of a table: every currency on its own, then its table of results and its certificate.

The optimum itself is `engine.setoff`'s. The certificate says what was cleared of each obligation and has the
prices that prove it the most; `setfair.verify` checks it without anything of the engine.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from setfair.domain.money import format_amount
from setfair.domain.obligations import Obligations
from setfair.engine.setoff import Choice, ChosenSetOff, SetOff, set_off, set_off_under
from setfair.errors import SetfairError
from setfair.formats.certificate import (
    MOST_CLEARED,
    NO_PART,
    TOO_LITTLE,
    Certificate,
    CurrencyCertificate,
    Objective,
    content_digest,
    write_certificate,
)
from setfair.formats.cleared_csv import merge_currencies, write_cleared
from setfair.formats.replace_file import replacing
from setfair.set_off_table.read import ObligationTable

Int64Array = npt.NDArray[np.int64]
Reduced = tuple[Obligations, Int64Array]
"""Obligations of one currency, and by obligation what it is reduced by."""
_NO_MAXIMUM = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class CurrencyResult:
    """Set-off in one currency."""

    obligations: Obligations
    result: SetOff
    seconds: float
    chosen: ChosenSetOff | None = None
    """With objective and limits, where any were asked for; `result` is its."""

    @property
    def reduced(self) -> Reduced:
        """The obligations and what is cleared of each."""
        return self.obligations, self.result.cleared_minor

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
            **(_choice_summary(self.chosen, currency.decimals) if self.chosen is not None else {}),
        }


def _choice_summary(chosen: ChosenSetOff, decimals: int) -> dict[str, object]:
    """Return what was chosen, what is proven of it and what it costs, amounts in units of the currency."""

    def write(minor: int) -> str:
        return format_amount(minor, decimals)

    return {
        "objective": chosen.choice.objective.value,
        "words": list(chosen.words(write)),
        "cleared_at_most": write(chosen.value_max_minor),
        "closed": chosen.closed,
        "closed_at_most": chosen.closed_max,
        "ages": [
            {"class": age.words, "gross": write(age.gross_minor), "cleared": write(age.cleared_minor)}
            for age in chosen.ages
        ],
        "too_little": chosen.left_out,
        "in_multiples_of": write(chosen.unit_minor) if chosen.unit_minor > 1 else None,
        "costs": [
            {"step": cost.what, "without": write(cost.without_minor), "with": write(cost.with_minor)}
            for cost in chosen.costs
        ],
    }


def clear_table(table: ObligationTable, choices: Mapping[str, Choice] | None = None) -> list[CurrencyResult]:
    """Set off what takes part, currency by currency in the order of their codes.

    Parameters
    ----------
    table
        The obligations.
    choices
        By currency: objective and limits; None: the most value.

    Raises
    ------
    SetfairError
        If the obligations of a currency sum to more than one run takes.
    """
    return [
        _clear_currency(owed, choices[owed.currency.code] if choices is not None else None)
        for owed in table.currencies
    ]


def _clear_currency(owed: Obligations, choice: Choice | None) -> CurrencyResult:
    started = time.perf_counter()
    columns = (owed.debtor, owed.creditor, owed.amount_minor, owed.due_day)
    chosen = None
    try:
        if choice is not None:
            chosen = set_off_under(*columns, choice=choice)
        result = chosen.result if chosen is not None else set_off(*columns)
    except OverflowError as error:
        raise too_large(owed, error) from error
    return CurrencyResult(owed, result, time.perf_counter() - started, chosen)


def too_large(owed: Obligations, error: OverflowError) -> SetfairError:
    """Return the error for obligations that are more than one run takes."""
    return SetfairError(f"{owed.currency.code}: {error}; divide the file")


def write_result(path: Path, parts: Sequence[Reduced]) -> None:
    """Write what is left of each obligation, CSV; it replaces a file of that name when it is complete."""
    with replacing(path) as file:
        write_cleared(file, merge_currencies(parts))


def certify(path: Path, table: ObligationTable, results: Sequence[CurrencyResult]) -> None:
    """Write the certificate of a run."""
    currencies = tuple(_certify_currency(part) for part in results)
    write_certificate(path, Certificate(len(table.rows), table.left_out, currencies))


def _certify_currency(part: CurrencyResult) -> CurrencyCertificate:
    owed, result = part.obligations, part.result
    # Every party of the columns owes or is owed something, so the run has all of them, in this order.
    plain = CurrencyCertificate(
        currency=owed.currency.code,
        content_sha256=content_digest(owed),
        gross_minor=result.gross_minor,
        cleared_total_minor=result.cleared_total_minor,
        net_debit_minor=result.net_debit_minor,
        objectives=(),
        party_id=owed.party_id,
        row=owed.row,
        cleared_minor=result.cleared_minor,
    )
    if part.chosen is None:
        return replace(plain, objectives=(Objective(MOST_CLEARED, result.price),))
    return _with_choice(plain, part.chosen)


def _with_choice(plain: CurrencyCertificate, chosen: ChosenSetOff) -> CurrencyCertificate:
    """Return a certificate with the prices of every stage and the limits."""
    proof, choice = chosen.proof, chosen.choice
    names = [f"{MOST_CLEARED}: {age.words}" for age in chosen.ages] or [MOST_CLEARED]
    prices = zip(names, proof.price_as_debtor, proof.price_as_creditor, strict=True)
    one_price = bool((proof.price_as_debtor == proof.price_as_creditor).all())
    # The certificate tells what was not to be touched from what the least amount left out.
    stage = proof.stage.copy()
    if choice.untouched is not None:
        stage[(stage == NO_PART) & ~choice.untouched] = TOO_LITTLE
    else:
        stage[stage == NO_PART] = TOO_LITTLE
    return replace(
        plain,
        objectives=tuple(
            Objective(name, owes, None if one_price else is_owed) for name, owes, is_owed in prices
        ),
        unit_minor=chosen.unit_minor,
        minimum_minor=choice.minimum_minor,
        stage=stage if stage.any() else None,
        maximum_minor=proof.maximum if (proof.maximum < _NO_MAXIMUM).any() else None,
    )
