"""Columns of a bulk table of payments that say of which link a payment is a leg.

Rules
-----
1. `link` is the reference, of at most 35 characters, that all legs have; empty: the payment is by itself.
2. `link_legs` is how many legs the link has, 2 to 16; empty: 2.
3. `against_currency` and `against_amount`: what the payer is to receive in the link; both empty: not said.
4. `until` is the latest time, ISO 8601 with a time zone; empty: none.
5. What breaks a rule, and anything of 2 to 4 without a link, is LINK_INVALID.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from setfair.domain.codes import Reason
from setfair.formats import columns
from setfair.formats.chunk import Chunk, Defects
from setfair.formats.leg_text import Terms, read_terms

COLUMNS = ("link", "link_legs", "against_currency", "against_amount", "until")
_NOTHING: Terms = (0, "", 0, 0)


def read_legs(chunk: Chunk, defects: Defects) -> dict[str, pa.Array]:
    """Return the columns of the payment schema that links have; none where the table has none of its own."""
    if not set(COLUMNS) & set(chunk.rows.schema.names):
        return {}
    texts = [chunk.text(name) for name in COLUMNS]
    links = texts[0].to_pylist()
    read: list[Terms] = []
    for row, (link, *said) in enumerate(
        zip(links, *(column.to_pylist() for column in texts[1:]), strict=True)
    ):
        terms = _read(link, said)
        if isinstance(terms, str):
            links[row] = ""
            _mark(defects, len(links), row, terms)
            terms = _NOTHING
        read.append(terms)
    legs, currencies, amounts, untils = (list(column) for column in zip(*read, strict=True))
    return {
        "link": pa.array(links, pa.string()),
        "link_legs": pa.array(legs, pa.uint8()),
        "against_currency": pa.array(currencies, pa.string()),
        "against_amount_minor": pa.array(amounts, pa.int64()),
        "until_ns": pa.array(untils, pa.int64()),
    }


def _read(link: str, said: list[str]) -> Terms | str:
    if not link:
        return "link is empty, and something is said of it" if any(said) else _NOTHING
    if len(link) > columns.IDENTIFIER_CHARS_MAX:
        return f"link {link[:40]!r} has more than {columns.IDENTIFIER_CHARS_MAX} characters"
    return read_terms(*said)


def _mark(defects: Defects, rows: int, row: int, text: str) -> None:
    wrong = np.zeros(rows, np.bool_)
    wrong[row] = True
    defects.mark(wrong, Reason.LINK_INVALID, lambda _: text)
