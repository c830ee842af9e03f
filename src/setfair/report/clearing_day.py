"""What the day's cycles cancelled in each currency, read from the tables.

Rules
-----
1. What counts is what was due in the day's cycles of a currency, each obligation once (`figures`, rule 5). An
   obligation of which a cycle cancelled something lay on a loop of that cycle, so it lies on one of the day.
2. A currency without a cycle on the day, or with nothing due in it, has no part.
3. Obligations come in slices, a text of numbers for each column: no row of Python for each of them.
"""

from __future__ import annotations

import json

import numpy as np

from setfair.report.clearing import (
    Clearing,
    Components,
    Debts,
    by_country,
    find_components,
    find_curve,
    gather,
    groups_max,
)
from setfair.report.figures import CurrencyFigures, DayFigures
from setfair.report.owed import Owing
from setfair.report.read import Reader

_COLUMNS = ("debtor", "creditor", "amount_minor", "cleared_minor", "due_day")


def read_clearing(reader: Reader, figures: DayFigures, owing: dict[int, Owing]) -> list[Clearing]:
    """Return what set-off did on the day, for each currency with a cycle, in the order of the agreement."""
    shown = [one for one in figures.currencies if one.cycles and one.stretch.number in owing]
    return [_clearing(reader, one, owing[one.stretch.number], groups_max(len(shown))) for one in shown]


def _clearing(reader: Reader, figures: CurrencyFigures, owing: Owing, limit: int) -> Clearing:
    debts = read_debts(reader, figures.stretch.number)
    components = find_components(debts)
    curve, missing = find_curve(debts)
    return Clearing(
        currency=figures.stretch.currency,
        decimals=figures.stretch.decimals,
        obligations=figures.due.obligations,
        gross=figures.due.gross,
        cleared=figures.due.set_off,
        countries=by_country(owing.pairs, limit),
        places=gather(owing.pairs, owing.node_count, limit),
        places_word="participant",
        components=components,
        names=_names(reader, components),
        curve=curve,
        curve_missing=missing,
    )


def read_debts(reader: Reader, currency_number: int) -> Debts:
    """Return the obligations that were due in the day's cycles of a currency, in order of their numbers."""
    rows = reader.rows("due_slices", currency_number)
    number = _joined([row["number"] for row in rows])
    order = np.argsort(number, kind="stable")
    return Debts(*(_joined([row[name] for row in rows])[order] for name in _COLUMNS))


def _joined(texts: list[str]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    parts = [np.array(json.loads(text), np.int64) for text in texts]
    return np.concatenate([np.empty(0, np.int64), *parts])


def _names(reader: Reader, components: Components) -> dict[int, str]:
    numbers = [component.around for component in components.largest]
    return {int(row["party_number"]): str(row["name"]) for row in reader.rows("party_names", numbers)}
