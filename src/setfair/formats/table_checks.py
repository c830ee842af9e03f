"""Checks that several kinds of bulk table share: each reads a column and notes the rows that break its rule.

Rule: what is longer than allowed does not go into the books. An identification that is too long is left out
of its row, a name is cut; either way the row has a defect that says so.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from setfair.domain.codes import Reason
from setfair.formats import columns
from setfair.formats.chunk import Chunk, Defects, shown
from setfair.formats.country import is_country


def read_identifier(
    chunk: Chunk, defects: Defects, name: str, *, chars_max: int, required: bool = True
) -> pa.StringArray:
    """Return a column of identifications; note the missing ones and those that are too long."""
    texts = chunk.text(name)
    if required:
        defects.mark(columns.mark_empty(texts), Reason.IDENTIFIER_MISSING, lambda row: f"{name} is empty")
    longer = columns.mark_longer(texts, chars_max)
    if not longer.any():
        return texts
    defects.mark(
        longer,
        Reason.IDENTIFIER_INVALID,
        lambda row: f"{name} {shown(texts, row)} has more than {chars_max} characters",
    )
    return pc.if_else(pa.array(longer), "", texts)


def read_name(
    chunk: Chunk, defects: Defects, name: str, *, needed: NDArray[np.bool_] | None = None
) -> pa.StringArray:
    """Return a column of names; note the missing ones where a name is needed, and those that are too long."""
    texts = chunk.text(name)
    nameless = columns.mark_nameless(texts)
    if needed is not None:
        nameless &= needed
    defects.mark(nameless, Reason.NAME_MISSING, lambda row: f"{name} {shown(texts, row)} names nobody")
    return _cut(texts, defects, name, columns.NAME_CHARS_MAX)


def _cut(texts: pa.StringArray, defects: Defects, name: str, chars_max: int) -> pa.StringArray:
    """Return texts cut to a length; note those that are longer."""
    longer = columns.mark_longer(texts, chars_max)
    if not longer.any():
        return texts
    defects.mark(
        longer,
        Reason.REJECTED_BY_READER,
        lambda row: f"{name} {shown(texts, row)} has more than {chars_max} characters",
    )
    return pc.utf8_slice_codeunits(texts, 0, chars_max)


def read_money(chunk: Chunk) -> tuple[pa.StringArray, NDArray[np.int64], NDArray[np.uint16]]:
    """Return the columns ``currency`` and ``amount``, in minor units, and each row's reason (0 for none)."""
    currencies = chunk.text("currency")
    decimals = columns.decimals_of(currencies)
    amounts_minor, reasons = columns.read_amounts(chunk.text("amount"), decimals)
    unknown = decimals < 0
    return (
        pc.if_else(pa.array(unknown), "", currencies) if unknown.any() else currencies,
        amounts_minor,
        reasons,
    )


def mark_money(chunk: Chunk, defects: Defects, reasons: NDArray[np.uint16]) -> None:
    """Note each row's reason of `read_money`."""
    amounts, currencies = chunk.text("amount"), chunk.text("currency")
    defects.mark_reasons(
        reasons, lambda row: f"amount {shown(amounts, row)}, currency {shown(currencies, row)}"
    )


def read_dates(chunk: Chunk, defects: Defects, name: str) -> pa.Array:
    """Return a column of dates, null where there is none; note the texts that are no dates."""
    texts = chunk.text(name)
    numbers = columns.read_dates(texts)
    defects.mark(
        numbers == columns.WRONG_DATE,
        Reason.DATE_INVALID,
        lambda row: f"{name} {shown(texts, row)} is not a date YYYY-MM-DD",
    )
    return columns.date_column(numbers)


def read_countries(chunk: Chunk, defects: Defects, name: str) -> pa.StringArray:
    """Return a column of countries; note those that are not in ISO 3166, and leave them out."""
    texts = chunk.text(name)
    wrong = columns.map_distinct(texts, lambda text: bool(text) and not is_country(text), np.bool_)
    if not wrong.any():
        return texts
    defects.mark(
        wrong,
        Reason.COUNTRY_INVALID,
        lambda row: f"{name} {shown(texts, row)} is not an ISO 3166 two-letter code",
    )
    return pc.if_else(pa.array(wrong), "", texts)


def read_text(chunk: Chunk, defects: Defects, name: str, *, chars_max: int) -> pa.StringArray:
    """Return a column of texts that may be empty; note those that are too long, and cut them."""
    return _cut(chunk.text(name), defects, name, chars_max)


def join_lines(texts: list[pa.Array]) -> pa.Array:
    """Return the texts of several columns, those that are not empty, one a line."""
    joined = texts[0]
    for each in texts[1:]:
        both = pc.binary_join_element_wise(joined, each, "\n")
        joined = pc.if_else(pc.equal(joined, ""), each, pc.if_else(pc.equal(each, ""), joined, both))
    return joined
