"""The rows that a page gives, in pieces as kernels compare them.

They are those that `pieces_of` makes of the tables of rows (`setfair.store.tables`), without the tables.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from setfair.engine.layout import Int64s
from setfair.journal.columns import split_text
from setfair.journal.page import Page
from setfair.store.page_kernel import (
    IDENTIFIER_BYTES,
    PAYMENT_COLUMNS,
    RECORD_COLUMNS,
    lay_identities,
    lay_payments,
    lay_records,
)
from setfair.store.row_file import PADDING
from setfair.store.row_kernel import BLOB, INTEGER, TEXT, Columns
from setfair.store.tables import PAYMENT_KINDS, PAYMENT_TEXTS

PIECE_ROWS = 4_096
"""Rows of a piece: it stays in the processor's cache."""

_RECORD_KINDS = np.full(RECORD_COLUMNS, INTEGER, np.uint8)
# payment_number, page_number, kind, uetr, five texts, sender ... value_date, three texts, original_uetr, two
# texts, screening, defect_text.
_PAYMENT_KINDS = np.array(
    [INTEGER] * 3 + [BLOB] + [TEXT] * 5 + [INTEGER] * 7 + [TEXT] * 3 + [BLOB] + [TEXT] * 2 + [INTEGER, TEXT],
    np.uint8,
)
_IS_INTEGER = _PAYMENT_KINDS == INTEGER
_PAYMENT_PLACES = np.where(_IS_INTEGER, np.cumsum(_IS_INTEGER), np.cumsum(~_IS_INTEGER)) - 1
_BYTE_COLUMNS = ("uetr", *PAYMENT_TEXTS[:8], "", *PAYMENT_TEXTS[8:])
"""What stands in columns of bytes; of the empty one a plain page has nothing."""


def record_pieces(page: Page) -> Iterator[Columns]:
    """Yield the rows of record_row of a page: `record_rows` in pieces."""
    nothing = np.zeros((0, 1), np.int64)
    for first in range(0, len(page.records), PIECE_ROWS):
        records = page.records[first : first + PIECE_ROWS]
        numbers = np.empty((RECORD_COLUMNS, len(records)), np.int64)
        lay_records(records, page.first_record + first, page.number, numbers)
        yield Columns(_RECORD_KINDS, np.arange(RECORD_COLUMNS), numbers, np.zeros(PADDING, np.uint8), nothing)


def is_plain(page: Page) -> bool:
    """Tell whether a page has payments and cancellations alone, all with UETRs and about no other UETR."""
    flags = [page.texts.get(name) for name in ("has_uetr", "has_original_uetr")]
    if not PAYMENT_KINDS[page.instructions["kind"]].all() or flags[0] is None:
        return False
    is_about_other = flags[1] is not None and len(split_text(flags[1])[1]) > 0
    return not is_about_other and bool(split_text(flags[0])[0].all())


def payment_pieces(page: Page, owners: Int64s) -> Iterator[Columns]:
    """Yield the rows of payment_row of a plain page, without what changes later: `payment_rows` in pieces.

    Parameters
    ----------
    page
        The page.
    owners
        By account, the number of the participant whose it is.
    """
    for first in range(0, len(page.instructions), PIECE_ROWS):
        instructions = page.instructions[first : first + PIECE_ROWS]
        numbers = np.empty((PAYMENT_COLUMNS, len(instructions)), np.int64)
        lay_payments(instructions, page.first_instruction + first, page.number, owners, numbers)
        data, offsets = _bytes_of(page, first, len(instructions))
        lay_identities(instructions, data)
        yield Columns(_PAYMENT_KINDS, _PAYMENT_PLACES, numbers, data, offsets)


def _bytes_of(page: Page, first: int, count: int) -> tuple[NDArray[np.uint8], Int64s]:
    """Return the bytes of all columns of bytes, with room for identities before, and where each begins."""
    parts: list[NDArray[np.uint8]] = [np.empty(IDENTIFIER_BYTES * count, np.uint8)]
    offsets = np.zeros((len(_BYTE_COLUMNS), count + 1), np.int64)
    offsets[0] = np.arange(0, IDENTIFIER_BYTES * (count + 1), IDENTIFIER_BYTES)
    size = len(parts[0])
    for place, name in enumerate(_BYTE_COLUMNS[1:], 1):
        texts: pa.StringArray | None = page.texts.get(name)
        if texts is not None:
            lengths, data = split_text(texts[first : first + count])
            offsets[place, 0] = size
            np.cumsum(lengths, out=offsets[place, 1:])
            offsets[place, 1:] += size
            parts.append(data)
            size += len(data)
    parts.append(np.zeros(PADDING, np.uint8))
    return np.concatenate(parts), offsets
