"""What a set-off of a table is to achieve and within what: one choice for each of its currencies.

Rules
-----
1. Obligations not to be touched are named by their number, or by creditor and number. One that the table
   does not have is refused; one that takes no part anyway is not touched.
2. An amount for all currencies is in units of each, read in its decimals.
3. A party with a maximum in a currency owes or is owed something in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from setfair.domain.codes import Reason
from setfair.domain.money import Currency, parse_amount
from setfair.domain.obligations import Obligations
from setfair.domain.party_amount import PartyAmount
from setfair.engine.setoff import Choice, Objective
from setfair.errors import FileProblem, FileRefusedError, SetfairError
from setfair.formats.kept_ids import KeptId
from setfair.formats.small_table import PROBLEMS_MAX
from setfair.set_off_table.read import ObligationTable

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for, as it was given."""

    objective: Objective = Objective.VALUE
    as_of: date | None = None
    """With oldest first: the day from which overdue days are counted."""
    keep: Path | None = None
    minimum: str | None = None
    party_maximum: str | None = None
    party_maxima: Path | None = None

    @property
    def is_default(self) -> bool:
        """Say whether nothing is asked for but the most value."""
        return self == Wanted()


def choose(
    wanted: Wanted,
    table: ObligationTable,
    keep: Sequence[KeptId] | None = None,
    party_maxima: Sequence[PartyAmount] | None = None,
) -> dict[str, Choice]:
    """Return by currency of a table the choice.

    Parameters
    ----------
    wanted
        What is asked for.
    table
        The obligations.
    keep, party_maxima
        What the files of these names say.

    Raises
    ------
    SetfairError
        If an amount cannot be read in the decimals of a currency.
    FileRefusedError
        If a file names what the table does not have.
    """
    kept = None
    if wanted.keep is not None and keep is not None:
        kept = _find_kept(wanted.keep, keep, table)
    maxima: dict[str, dict[int, int]] = {}
    if wanted.party_maxima is not None and party_maxima is not None:
        for row, owed, party in find_parties(wanted.party_maxima, party_maxima, table.currencies):
            maxima.setdefault(owed.currency.code, {})[party] = row.amount_minor
    choices = {}
    for owed in table.currencies:
        most: int | dict[int, int] | None = maxima.get(owed.currency.code)
        if wanted.party_maximum is not None:
            most = _amount("--party-maximum", wanted.party_maximum, owed.currency)
        least = 0
        if wanted.minimum is not None:
            least = _amount("--minimum", wanted.minimum, owed.currency)
        choices[owed.currency.code] = Choice(
            objective=wanted.objective,
            as_of_day=(wanted.as_of - date(1970, 1, 1)).days if wanted.as_of is not None else None,
            untouched=kept[owed.row - 1] if kept is not None else None,
            minimum_minor=least,
            party_maximum_minor=most,
        )
    return choices


def choose_across(wanted: Wanted, table: ObligationTable, keep: Sequence[KeptId] | None = None) -> Choice:
    """Return the choice of a run across currencies, over the rows that take part; parameters as `choose`.

    Raises
    ------
    FileRefusedError
        As `choose`.
    """
    kept = None
    if wanted.keep is not None and keep is not None:
        kept = _find_kept(wanted.keep, keep, table)[table.reasons == 0]
    as_of = (wanted.as_of - date(1970, 1, 1)).days if wanted.as_of is not None else None
    return Choice(objective=wanted.objective, as_of_day=as_of, untouched=kept)


def find_parties(
    path: Path, rows: Sequence[PartyAmount], currencies: Sequence[Obligations]
) -> Iterator[tuple[PartyAmount, Obligations, int]]:
    """Yield each row with the obligations of its currency and the number of its party in them.

    Raises
    ------
    FileRefusedError
        If a currency or a party has no obligation that takes part.
    """
    by_code = {owed.currency.code: owed for owed in currencies}
    problems = []
    found = []
    for row in rows:
        owed = by_code.get(row.currency.code)
        if owed is None:
            text = f"nothing that takes part is owed in {row.currency.code}"
            problems.append(FileProblem(row.line, "currency", text))
            continue
        number = party_number(owed, row.party)
        if number is None:
            text = f"{row.party!r} neither owes nor is owed anything in {row.currency.code} that takes part"
            problems.append(FileProblem(row.line, "party", text))
        else:
            found.append((row, owed, number))
    if problems:
        raise FileRefusedError(str(path), tuple(problems[:PROBLEMS_MAX]))
    yield from found


def party_number(owed: Obligations, party: str) -> int | None:
    """Return the number of a party in the obligations of one currency, or None if it has none."""
    place = pc.index(owed.party_id, party).as_py()
    return None if place < 0 else int(place)


def _amount(option: str, text: str, currency: Currency) -> int:
    """Rule 2."""
    amount = parse_amount(text, currency.decimals)
    if isinstance(amount, Reason) or amount == 0:
        why = amount.text if isinstance(amount, Reason) else "it is nothing"
        raise SetfairError(
            f"{option} {text!r} in {currency.code}: {why}; allowed are plain digits, more than zero, at most"
            f" {currency.decimals} after the point"
        )
    return amount


def _find_kept(path: Path, rows: Sequence[KeptId], table: ObligationTable) -> BoolArray:
    """Return by row of the table whether it is not to be touched."""
    ids, creditors = table.rows["obligation_id"], table.rows["creditor"]
    named = pa.array(sorted({row.obligation_id for row in rows}), pa.string())
    some = np.flatnonzero(pc.is_in(ids, value_set=named).to_numpy())
    taken = pa.array(some)
    places: dict[tuple[str, str], list[int]] = {}
    columns = (some.tolist(), ids.take(taken).to_pylist(), creditors.take(taken).to_pylist())
    for place, obligation_id, creditor in zip(*columns, strict=True):
        places.setdefault((obligation_id, ""), []).append(place)
        places.setdefault((obligation_id, creditor), []).append(place)
    kept = np.zeros(len(table.rows), bool)
    problems = []
    for row in rows:
        found = places.get((row.obligation_id, row.creditor), [])
        kept[found] = True
        if not found:
            of = f" of creditor {row.creditor!r}" if row.creditor else ""
            text = f"{row.obligation_id!r}{of} is not in the table of obligations"
            problems.append(FileProblem(row.line, "obligation_id", text))
    if problems:
        raise FileRefusedError(str(path), tuple(problems[:PROBLEMS_MAX]))
    return kept
