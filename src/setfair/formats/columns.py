"""Whole columns of text at once: amounts, identifications, dates and names of a bulk table.

Rules
-----
1. ASCII space around a text is no part of it. A missing text is ``""``.
2. An amount is read as `money.parse_amount` reads it, in the decimals of its row's currency, exactly.
3. A UETR is a UUID of version 4 as 8-4-4-4-12 hexadecimal digits, as ISO 20022 asks for.
4. A date is YYYY-MM-DD.
5. A name names somebody: it has a letter or a digit, of whatever script.
6. Identifications and names have a largest length, the one of ISO 20022 where it has one.

What can be read is read by kernels; what they leave is looked at row by row, since somebody has to be told
why. Columns with few different values (currency, date, priority) are read once per value.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from setfair.domain.codes import Reason
from setfair.domain.money import find_currency, parse_amount
from setfair.formats import kernels

IDENTIFIER_CHARS_MAX = 35
"""Longest instruction identification and agent (ISO 20022 Max35Text)."""
PARTY_ID_CHARS_MAX = 140
"""Longest identification of an obligation or a firm."""
NAME_CHARS_MAX = 140
"""Longest name (ISO 20022 Max140Text)."""

CONTROLS = bytes(set(range(32)) - set(b"\t"))
"""Control characters that no text has."""
NONCHARACTERS = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")
"""U+FFFE and U+FFFF in UTF-8: no text has them."""

NO_DATE = -(2**31)
"""Day number that stands for an empty date."""
WRONG_DATE = NO_DATE + 1
"""Day number that stands for a text that is no date."""

_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_EPOCH = date(1970, 1, 1).toordinal()
_LETTER_OR_DIGIT = r"[\p{L}\p{N}]"


@dataclass(frozen=True, slots=True)
class Buffers:
    """A text column as kernels see it."""

    data: NDArray[np.uint8]
    """Bytes of all rows."""
    offsets: NDArray[np.int32]
    """Shape (rows + 1,): where each row begins in `data`."""

    @property
    def lengths(self) -> NDArray[np.int32]:
        """Bytes of each row."""
        return np.diff(self.offsets)


def buffers_of(texts: pa.StringArray) -> Buffers:
    """Return the buffers of a text column without nulls."""
    _, offsets, data = texts.buffers()
    if offsets is None or not len(texts):
        return Buffers(np.zeros(0, np.uint8), np.zeros(len(texts) + 1, np.int32))
    bounds = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    return Buffers(np.zeros(0, np.uint8) if data is None else np.frombuffer(data, np.uint8), bounds)


def has_controls(texts: pa.StringArray) -> bool:
    """Say whether any text has a control character but tab, or U+FFFE or U+FFFF, which XML cannot carry."""
    buffers = buffers_of(texts)
    data = buffers.data[buffers.offsets[0] : buffers.offsets[-1]].tobytes()
    if len(data.translate(None, CONTROLS)) != len(data):
        return True
    return NONCHARACTERS[0][:1] in data and any(part in data for part in NONCHARACTERS)


def trim(texts: pa.StringArray) -> pa.StringArray:
    """Return the texts without ASCII space around them."""
    buffers = buffers_of(texts)
    if kernels.has_padding(buffers.data, buffers.offsets):
        return pc.ascii_trim_whitespace(texts)
    return texts


def map_distinct(texts: pa.StringArray, read: Callable[[str], int], dtype: Any) -> NDArray[Any]:
    """Read every distinct text once and return the results row by row."""
    encoded = texts.dictionary_encode()
    values = np.array([read(text) for text in encoded.dictionary.to_pylist()], dtype)
    return values[encoded.indices.to_numpy()]


def decimals_of(currencies: pa.StringArray) -> NDArray[np.int8]:
    """Return the decimals of each row's currency, -1 where there is no such currency."""
    return map_distinct(currencies, currency_decimals, np.int8)


def currency_decimals(code: str) -> int:
    """Return a currency's decimals, -1 where there is no such currency."""
    found = find_currency(code)
    return found.decimals if found is not None and found.code == code else -1


def read_amounts(
    texts: pa.StringArray, decimals: NDArray[np.int8]
) -> tuple[NDArray[np.int64], NDArray[np.uint16]]:
    """Read amounts into minor units.

    Returns
    -------
    amounts_minor, reasons
        int64 and uint16: either the amount and 0, or 0 and a `Reason`. Where the currency is not known the
        reason is UNKNOWN_CURRENCY.
    """
    amounts_minor = np.zeros(len(texts), np.int64)
    reasons = np.zeros(len(texts), np.uint16)
    buffers = buffers_of(texts)
    read = kernels.parse_amounts(buffers.data, buffers.offsets, decimals, amounts_minor)
    for row in np.flatnonzero(~read).tolist():
        if decimals[row] < 0:
            reasons[row] = Reason.UNKNOWN_CURRENCY
            continue
        found = parse_amount(texts[row].as_py(), int(decimals[row]))
        if isinstance(found, Reason):
            reasons[row] = found
        else:
            amounts_minor[row] = found
    return amounts_minor, reasons


def read_uetrs(texts: pa.StringArray) -> tuple[pa.Array, NDArray[np.uint8]]:
    """Read UETRs: the column of 16 bytes (null where there is none) and each row's state."""
    rows = len(texts)
    uetrs = np.zeros((rows, 16), np.uint8)
    states = np.zeros(rows, np.uint8)
    buffers = buffers_of(texts)
    valid = kernels.parse_uetrs(buffers.data, buffers.offsets, uetrs, states)
    bitmap = np.packbits(valid, bitorder="little")
    uetrs[~valid] = 0
    column = pa.Array.from_buffers(pa.binary(16), rows, [pa.py_buffer(bitmap), pa.py_buffer(uetrs)])
    return column, states


def read_dates(texts: pa.StringArray) -> NDArray[np.int32]:
    """Read dates into days since 1970-01-01, NO_DATE where empty, WRONG_DATE where it is no date."""
    return map_distinct(texts, date_number, np.int32)


@lru_cache(maxsize=4096)
def date_number(text: str) -> int:
    """Return the days since 1970-01-01 of YYYY-MM-DD, NO_DATE of "", WRONG_DATE of anything else."""
    if not text:
        return NO_DATE
    if not _DATE.fullmatch(text):
        return WRONG_DATE
    try:
        return date.fromisoformat(text).toordinal() - _EPOCH
    except ValueError:
        return WRONG_DATE


def date_column(numbers: NDArray[np.int32]) -> pa.Array:
    """Return day numbers as dates, null where there is none."""
    missing = numbers <= WRONG_DATE
    return pa.array(numbers, pa.int32(), mask=missing if missing.any() else None).cast(pa.date32())


def mark_empty(texts: pa.StringArray) -> NDArray[np.bool_]:
    """Mark the empty texts."""
    return buffers_of(texts).lengths == 0


def mark_nameless(texts: pa.StringArray) -> NDArray[np.bool_]:
    """Mark the texts that have no letter and no digit."""
    buffers = buffers_of(texts)
    nameless = ~kernels.mark_worded(buffers.data, buffers.offsets)
    rows = np.flatnonzero(nameless & (buffers.lengths > 0))
    if len(rows):
        worded = pc.match_substring_regex(texts.take(pa.array(rows)), _LETTER_OR_DIGIT)
        nameless[rows] = ~worded.to_numpy(zero_copy_only=False)
    return nameless


def mark_longer(texts: pa.StringArray, chars_max: int) -> NDArray[np.bool_]:
    """Mark the texts with more than `chars_max` characters."""
    longer = buffers_of(texts).lengths > chars_max
    rows = np.flatnonzero(longer)
    if len(rows):
        chars = pc.utf8_length(texts.take(pa.array(rows)))
        longer[rows] = chars.to_numpy() > chars_max
    return longer
