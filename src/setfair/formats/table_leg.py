"""Columns of a bulk table of payments that say of which link a payment is a leg, and when it may settle.

Rules
-----
1. `link` is the reference, of at most 35 characters, that all legs have; empty: the payment is by itself.
2. `link_legs` is how many legs the link has, 2 to 16; empty: 2.
3. `against_currency` and `against_amount`: what the payer is to receive in the link; both empty: not said.
4. `until` is the latest time of the link, ISO 8601 with a time zone; empty: none.
5. What breaks a rule, and anything of 2 and 3 without a link, is LINK_INVALID.
6. Without a link `until` is the latest time of the payment, and `from` its earliest, which a leg does not
   have; what is no time, or not in this order, is DATE_INVALID.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from setfair.domain.codes import Reason
from setfair.formats import columns
from setfair.formats.chunk import Chunk, Defects
from setfair.formats.leg_text import Terms, read_terms, read_time

COLUMNS = ("link", "link_legs", "against_currency", "against_amount", "until", "from")
_NOTHING: Terms = (0, "", 0, 0)
_Said = tuple[Terms, int]
"""What is said of a link, with the latest time, and the earliest time."""


def read_legs(chunk: Chunk, defects: Defects) -> dict[str, pa.Array]:
    """Return the columns of the payment schema that links have; none where the table has none of its own."""
    if not set(COLUMNS) & set(chunk.rows.schema.names):
        return {}
    texts = [chunk.text(name) for name in COLUMNS]
    links = texts[0].to_pylist()
    read: list[Terms] = []
    earliest: list[int] = []
    for row, (link, *said) in enumerate(
        zip(links, *(column.to_pylist() for column in texts[1:]), strict=True)
    ):
        terms = _read(link, said)
        if isinstance(terms, str):
            links[row] = ""
            is_time = not link and not any(said[:3])
            _mark(defects, len(links), row, Reason.DATE_INVALID if is_time else Reason.LINK_INVALID, terms)
            terms = _NOTHING, 0
        read.append(terms[0])
        earliest.append(terms[1])
    legs, currencies, amounts, untils = (list(column) for column in zip(*read, strict=True))
    return {
        "link": pa.array(links, pa.string()),
        "link_legs": pa.array(legs, pa.uint8()),
        "against_currency": pa.array(currencies, pa.string()),
        "against_amount_minor": pa.array(amounts, pa.int64()),
        "until_ns": pa.array(untils, pa.int64()),
        "earliest_ns": pa.array(earliest, pa.int64()),
    }


def _read(link: str, said: list[str]) -> _Said | str:
    legs, currency, amount, until, earliest = said
    if not link and (legs or currency or amount):
        return "link is empty, and something is said of it"
    if not link:
        return _read_times(until, earliest)
    if len(link) > columns.IDENTIFIER_CHARS_MAX:
        return f"link {link[:40]!r} has more than {columns.IDENTIFIER_CHARS_MAX} characters"
    if earliest:
        return "a leg of a link has no earliest time: leave from empty"
    terms = read_terms(legs, currency, amount, until)
    return terms if isinstance(terms, str) else (terms, 0)


def _read_times(until: str, earliest: str) -> _Said | str:
    moments = {"from": read_time(earliest), "until": read_time(until)}
    for name, text in (("from", earliest), ("until", until)):
        if moments[name] is None:
            return f"{name} {text[:40]!r} is no time with a time zone; write 2026-01-05T14:00:00+03:00"
    begin, end = moments["from"] or 0, moments["until"] or 0
    if end and begin > end:
        return f"from {earliest} is after until {until}"
    return (0, "", 0, end), begin


def _mark(defects: Defects, rows: int, row: int, reason: Reason, text: str) -> None:
    wrong = np.zeros(rows, np.bool_)
    wrong[row] = True
    defects.mark(wrong, reason, lambda _: text)
