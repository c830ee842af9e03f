"""What a cycle is run for and within which limits, as `setfair cycle` takes it and shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from setfair.business_day import ACROSS, Chooser
from setfair.cli.common import console, with_separators
from setfair.domain.codes import Reason
from setfair.domain.money import find_currency, format_amount, parse_amount
from setfair.engine.cycle_terms import ChoiceTerms
from setfair.engine.setoff import Objective
from setfair.errors import FileProblem, FileRefusedError, SetfairError
from setfair.formats.kept_ids import read_kept_ids
from setfair.formats.small_table import PROBLEMS_MAX

Row = dict[str, Any]
Query = Callable[[str, tuple[object, ...]], list[Row]]

CycleObjective = Annotated[
    Objective | None,
    typer.Option("--objective", help="What comes first, of what is agreed: most value, most value and many "
                 "closed, oldest first."),
]  # fmt: skip
Keep = Annotated[
    Path | None,
    typer.Option("--keep", metavar="FILE", help="Obligations not to touch, CSV: obligation_id, and creditor "
                 "(its party id) where needed."),
]  # fmt: skip
Minimum = Annotated[
    str | None,
    typer.Option("--minimum", metavar="AMOUNT", help="Cancel at least so much of an obligation or nothing."),
]
PartyMaximum = Annotated[
    str | None,
    typer.Option("--party-maximum", metavar="AMOUNT", help="Cancel at most so much of a party's debts."),
]

_FIND = """
SELECT obligation_number FROM obligation
WHERE kind = 'OBLIGATION' AND obligation_id = ? AND (? = '' OR creditor = ?) AND status = 'ACSP'
"""
_CHOICES = "SELECT * FROM cycle_choice WHERE page_number > ? ORDER BY cycle_number"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the options say."""

    objective: Objective | None = None
    keep: Path | None = None
    minimum: str | None = None
    party_maximum: str | None = None


def chooser(wanted: Wanted, query: Query, agreed: str) -> Chooser:
    """Return what says for each currency what its cycle is run for.

    Parameters
    ----------
    wanted
        What the options say.
    query
        Reads the tables of the house, brought up to date.
    agreed
        The first objective of the agreement.

    Raises
    ------
    SetfairError
        If an amount cannot be read, or a file names what the house does not have.
    """
    if wanted == Wanted():
        return lambda _: None
    kept = _find_kept(wanted.keep, query) if wanted.keep is not None else ()

    def choose(code: str) -> ChoiceTerms:
        most = _amount("--party-maximum", wanted.party_maximum, code)
        least = _amount("--minimum", wanted.minimum, code)
        return ChoiceTerms(wanted.objective or Objective(agreed), kept, least or 0, most)

    return choose


def _amount(option: str, text: str | None, code: str) -> int | None:
    if text is None:
        return None
    if code == ACROSS:
        raise SetfairError(f"{option} is for cycles of one currency: leave out --fixing")
    currency = find_currency(code)
    amount = parse_amount(text, currency.decimals) if currency is not None else Reason.UNKNOWN_CURRENCY
    if isinstance(amount, Reason) or amount == 0:
        why = amount.text if isinstance(amount, Reason) else "it is nothing"
        raise SetfairError(f"{option} {text!r} in {code}: {why}; name one currency with --currency")
    return amount


def _find_kept(path: Path, query: Query) -> tuple[int, ...]:
    """Return the numbers of the obligations that a file names."""
    numbers, problems = set(), []
    for row in read_kept_ids(path):
        found = query(_FIND, (row.obligation_id, row.creditor, row.creditor))
        numbers |= {int(each["obligation_number"]) for each in found}
        if not found:
            text = f"{row.obligation_id!r} is no obligation that is open here"
            problems.append(FileProblem(row.line, "obligation_id", text))
    if problems:
        raise FileRefusedError(str(path), tuple(problems[:PROBLEMS_MAX]))
    return tuple(sorted(numbers))


def read_choices(query: Query, page: int) -> list[Row]:
    """Return what came of the choices of the cycles after a page."""
    return query(_CHOICES, (page,))


def show_choices(choices: list[Row]) -> None:
    """Say of each cycle what it was run for, and what that cost."""
    for row in choices:
        objective = Objective(row["objective"])
        without, most = (
            with_separators(format_amount(int(row[name]), int(row["decimals"])))
            for name in ("cleared_without_minor", "cleared_max_minor")
        )
        console.print(f"\n{row['currency']}: {objective.words} {objective.proven}", soft_wrap=True)
        console.print(f"{row['closed']:,} obligations are cancelled in full.")
        if row["kept"]:
            console.print(f"{row['kept']:,} obligations were not to be touched.")
        if row["too_little"]:
            console.print(f"{row['too_little']:,} take no part: too little of them would cancel.")
        console.print(f"Without the choice {without} would cancel; within its limits at most {most}.")
