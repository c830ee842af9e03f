"""A batch of instructions against the lists: names, texts, identifiers and countries of every row.

`PLANS` is the one table that says what of each family is screened; a test walks every column of every family.
What a row hits is given once for each text and listed entry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from setfair.domain.codes import Screening
from setfair.domain.instruction import Family
from setfair.screening.facts import FactsLine, facts_of, read_facts
from setfair.screening.match import Hit
from setfair.screening.screen_batch import ScreeningResult, distinct_values, screen_batch, screen_names
from setfair.screening.screener import Screener
from setfair.screening.seen_texts import SeenTexts

_FACTS = "party_facts"


@dataclass(frozen=True, slots=True)
class Plan:
    """Which columns of a family are screened, and as what."""

    names: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    has_facts: bool = False
    """Whether there is a column `party_facts`, see `facts`."""
    own_facts: tuple[tuple[str, str], ...] = ()
    """Columns of a name and of its party's country."""


PLANS = {
    Family.PAYMENT: Plan(
        names=("debtor_name", "creditor_name", "other_names"),
        texts=("remittance", "other_texts"),
        identifiers=("instructing_agent", "instructed_agent", "debtor_agent", "creditor_agent"),
        has_facts=True,
    ),
    Family.OBLIGATION: Plan(
        names=("debtor_name", "creditor_name", "other_names"),
        texts=("notes",),
        identifiers=("debtor", "creditor"),
        countries=("debtor_country", "creditor_country"),
        own_facts=(("debtor_name", "debtor_country"), ("creditor_name", "creditor_country")),
    ),
    Family.PARTY: Plan(
        names=("name",),
        identifiers=("party_id", "participant"),
        countries=("country",),
        own_facts=(("name", "country"),),
    ),
    Family.CONFIRMATION: Plan(),
}
"""What of each family is screened."""

RowHit = tuple[int, Hit]


def screen_instructions(
    rows: pa.RecordBatch, plan: Plan, screener: Screener, more_names: Sequence[pa.Array] = ()
) -> ScreeningResult:
    """Screen a batch.

    Parameters
    ----------
    rows
        Any number of rows of a family.
    plan
        What of them is screened.
    screener
        The lists in force.
    more_names
        Names of the rows that no column holds, for example those under which parties are registered.
    """
    found = dict.fromkeys(_of_names(rows, plan, screener))
    for names in more_names:
        for row, hit in screen_names(names, screener.names).hits:
            if hit.score >= screener.score_min:
                found[row, hit] = None
    for column in plan.texts:
        found |= dict.fromkeys(_of_texts(rows.column(column), screener))
    for column in plan.identifiers:
        found |= dict.fromkeys(
            _of_values(rows.column(column), screener.identifiers.of_identifier, screener.clear.identifiers)
        )
    if screener.identifiers.has_countries:
        for column in plan.countries:
            found |= dict.fromkeys(
                _of_values(rows.column(column), screener.identifiers.of_country, screener.clear.countries)
            )
    if plan.has_facts:
        facts = _of_values(
            rows.column(_FACTS), lambda text: list(_of_facts(text, screener)), screener.clear.facts
        )
        found |= dict.fromkeys(facts)
    for text in screener.lists.holds:
        hit = Hit("", text.split(":")[0], "", "", 0, text, "")
        found |= dict.fromkeys((row, hit) for row in range(rows.num_rows))
    outcome = np.full(rows.num_rows, Screening.CLEAR, np.uint8)
    hits = sorted(found, key=lambda pair: pair[0])
    outcome[[row for row, _ in hits]] = Screening.HIT
    return ScreeningResult(outcome, hits, screener.version)


def _of_names(rows: pa.RecordBatch, plan: Plan, screener: Screener) -> Iterator[RowHit]:
    lines: dict[int, list[FactsLine]] = {}
    for row, hit in screen_batch(rows, plan.names, screener.names).hits:
        if row not in lines:
            lines[row] = list(_facts_of_row(rows, plan, row))
        weighed = screener.weigh(hit, facts_of(hit.name, lines[row]))
        if weighed is not None:
            yield row, weighed


def _facts_of_row(rows: pa.RecordBatch, plan: Plan, row: int) -> Iterator[FactsLine]:
    if plan.has_facts:
        yield from read_facts(rows.column(_FACTS)[row].as_py())
    for name, country in plan.own_facts:
        called = " ".join(rows.column(name)[row].as_py().split())
        yield FactsLine(called, "", rows.column(country)[row].as_py(), "", ())


def _of_texts(texts: pa.Array, screener: Screener) -> Iterator[RowHit]:
    found = screener.texts.find_in(texts)
    if found:
        for row, text in enumerate(texts.to_pylist()):
            for hit in found.get(text, ()):
                yield row, hit


def _of_values(
    column: pa.Array, look_up: Callable[[str], Sequence[Hit]], clear: SeenTexts
) -> Iterator[RowHit]:
    """Look each distinct value of a column up that is not known to be clear."""
    rows = clear.unseen(column)
    if not len(rows):
        return
    values, indices = distinct_values(column.take(pa.array(rows)))
    hits = {
        place: found for place, value in enumerate(values.to_pylist()) if value and (found := look_up(value))
    }
    mask: NDArray[np.bool_] = np.zeros(len(values) + 1, np.bool_)
    mask[list(hits)] = True
    hit = mask[indices]
    clear.add(column, rows[~hit])
    for place in np.flatnonzero(hit).tolist():
        for each in hits[int(indices[place])]:
            yield int(rows[place]), each


def _of_facts(text: str, screener: Screener) -> Iterator[Hit]:
    for line in read_facts(text):
        for identifier in line.identifiers:
            yield from screener.identifiers.of_identifier(identifier)
        if line.country and screener.identifiers.has_countries:
            yield from screener.identifiers.of_country(line.country)
