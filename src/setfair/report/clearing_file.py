"""A page of its own about one run of set-off over a table: one self-contained HTML file, without a house."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from setfair.engine.setoff.curve import Curve
from setfair.report.clearing import (
    Clearing,
    Debts,
    Int64Array,
    country_node,
    exact_sum,
    find_components,
    find_matrix,
    groups_max,
)
from setfair.report.draw_clearing import KEY, draw_clearing
from setfair.report.html import Html, element, name
from setfair.report.owed import Node
from setfair.report.page import draw_document, draw_tiles
from setfair.report.words import count, counted, percent
from setfair.report.write import save_page

NO_CURVE = "The curve of debt against liquidity was not asked for."
_AT_ONCE = np.iinfo(np.int32).min


@dataclass(frozen=True, slots=True)
class ClearedCurrency:
    """Set-off in one currency of a table."""

    code: str
    decimals: int
    rows: Int64Array
    """Places of its obligations in the table."""
    cleared_minor: Int64Array
    """By obligation in `rows`: what was cancelled of it."""
    curve: Curve | None = None
    curve_missing: str = NO_CURVE
    """Why there is no curve."""


def write_clearing_report(
    path: Path, source: str, table: pa.Table, currencies: Sequence[ClearedCurrency]
) -> Path:
    """Write the page of a run of set-off and return its path.

    Parameters
    ----------
    path
        The file to write.
    source
        What the page is called by, for example the name of the file of obligations.
    table
        With the columns debtor, creditor, debtor_name, creditor_name, debtor_country, creditor_country,
        amount_minor and due_date of `OBLIGATION_SCHEMA`.
    currencies
        What set-off did, currency by currency.

    Raises
    ------
    HouseError
        If the file cannot be written.
    """
    clearings = [read_table(table, one, groups_max(len(currencies))) for one in currencies if len(one.rows)]
    parties = len(pc.unique(pa.chunked_array([*table["debtor"].chunks, *table["creditor"].chunks])))
    document = draw_document(
        f"Clearing of {source}",
        _masthead(source, clearings, parties),
        [draw_clearing(clearings)],
        f"Setfair clearing report, {counted(len(clearings), 'currency', 'currencies')}.",
        {KEY: len(clearings)},
    )
    return save_page(path, document)


def read_table(table: pa.Table, part: ClearedCurrency, limit: int) -> Clearing:
    """Return what set-off did in one currency of a table."""
    rows = table.take(pa.array(part.rows))
    parties, party = _encoded(rows, "debtor", "creditor")
    names = _of_parties(rows, party, len(parties), "debtor_name", "creditor_name")
    countries = _of_parties(rows, party, len(parties), "debtor_country", "creditor_country")
    debts = Debts(
        party[: len(rows)],
        party[len(rows) :],
        rows["amount_minor"].to_numpy().astype(np.int64),
        np.asarray(part.cleared_minor, np.int64),
        pc.fill_null(rows["due_date"].cast(pa.int32()), int(_AT_ONCE)).to_numpy().astype(np.int64),
    )
    nodes = [
        Node(f"firm {key}", key, called or key, country)
        for key, called, country in zip(parties, names, countries, strict=True)
    ]
    codes, country_of_party = np.unique(np.array(countries, dtype=str), return_inverse=True)
    country_nodes = [country_node(str(code)) for code in codes]
    components = find_components(debts)
    return Clearing(
        currency=part.code,
        decimals=part.decimals,
        obligations=len(rows),
        gross=exact_sum(debts.amount_minor),
        cleared=exact_sum(debts.cleared_minor),
        countries=find_matrix(debts, country_of_party.astype(np.int64), country_nodes, limit),
        places=find_matrix(debts, np.arange(len(parties)), nodes, limit),
        places_word="party",
        components=components,
        names={one.around: nodes[one.around].name for one in components.largest},
        curve=part.curve,
        curve_missing=part.curve_missing,
    )


def _encoded(rows: pa.Table, *columns: str) -> tuple[list[str], Int64Array]:
    """Return the different texts of columns, one column after the other, and by row which one it is."""
    chunks = [chunk for column in columns for chunk in rows[column].chunks]
    encoded = pa.chunked_array(chunks, pa.string()).combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    return encoded.dictionary.to_pylist(), encoded.indices.to_numpy().astype(np.int64)


def _of_parties(rows: pa.Table, party: Int64Array, parties: int, *columns: str) -> list[str]:
    """Return by party the first text that is not empty, or an empty one."""
    texts, text = _encoded(rows, *columns)
    given = np.flatnonzero(np.array([bool(each) for each in texts], bool)[text])
    found, first = np.unique(party[given], return_index=True)
    values = [""] * parties
    for place, at in zip(found.tolist(), text[given[first]].tolist(), strict=True):
        values[place] = texts[at]
    return values


def _masthead(source: str, clearings: Sequence[Clearing], parties: int) -> Html:
    obligations = sum(one.obligations for one in clearings)
    tiles = [(count(obligations), "obligations", ""), (count(parties), "parties", "")]
    tiles += [(percent(one.cleared, one.gross), f"of {one.currency} cancelled", "") for one in clearings[:3]]
    return element(
        "header",
        element("p", "Set-off of a table of obligations", class_="house"),
        element("h1", name(source, 80)),
        draw_tiles(tiles),
        class_="masthead",
    )
