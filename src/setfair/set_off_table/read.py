"""From a file of obligations to those that take part in set-off, currency by currency.

Rules
-----
1. The file is a table of obligations (`formats.open_file`), and is read whole.
2. A row with a defect, a credit note, a row that owes itself, and a second row under the same creditor
   and obligation_id take no part; each has its reason. A missing name is no defect here: nobody is screened
   and nothing enters a house. The columns of names may be missing, too; a party without a name has its id.
3. A row without a due date is due at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from setfair.domain.codes import InstructionKind, Reason
from setfair.domain.instruction import OBLIGATION_SCHEMA, Family
from setfair.domain.money import AMOUNT_MAX_MINOR, find_currency
from setfair.domain.obligations import DUE_AT_ONCE, Obligations
from setfair.errors import FileProblem, FileRefusedError
from setfair.formats.columns import buffers_of
from setfair.formats.kernels import hash_texts
from setfair.formats.open_file import open_instructions
from setfair.formats.table import OBLIGATIONS_NAMELESS
from setfair.formats.table_csv import lines_of_rows

COLUMNS = (
    "kind",
    "obligation_id",
    "debtor",
    "creditor",
    "currency",
    "amount_minor",
    "due_date",
    "defect",
    "defect_text",
)
"""What set-off needs of an obligation; the rest is not kept."""
NAMES = ("debtor_name", "creditor_name", "debtor_country", "creditor_country")
"""What a report shows besides."""

Int64Array = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row that takes no part."""

    row: int
    """From 1, the header not counted."""
    line: int | None
    """In a CSV file, from 1."""
    obligation_id: str
    reason: Reason
    text: str
    """What is wrong and what is allowed, in words."""


@dataclass(frozen=True, slots=True)
class ObligationTable:
    """A file of obligations as it was read."""

    rows: pa.Table
    """`COLUMNS`, and what was asked for besides."""
    reasons: npt.NDArray[np.uint16]
    """By row: why it is left out (`Reason`), 0 if it takes part."""
    currencies: tuple[Obligations, ...]
    """What takes part, in the order of the currencies' codes."""
    csv: Path | None = None
    """The file that it comes from, if that has lines."""

    @property
    def left_out(self) -> int:
        """How many rows take no part."""
        return int(np.count_nonzero(self.reasons))

    def list_left_out(self, rows_max: int) -> Iterator[LeftOut]:
        """Yield the first rows that take no part."""
        places = np.flatnonzero(self.reasons)[:rows_max].tolist()
        lines = lines_of_rows(self.csv, (place + 1 for place in places)) if self.csv is not None else {}
        for place in places:
            yield _describe(self.rows, Reason(int(self.reasons[place])), place, lines.get(place + 1))


@dataclass(frozen=True, slots=True)
class _Encoded:
    """A column of texts as numbers: the same number for the same text."""

    texts: pa.Array
    """The different texts."""
    number: Int64Array
    """By row: place in `texts`."""


def read_obligations(
    path: Path, *, also: Sequence[str] = (), on_progress: Callable[[int], None] | None = None
) -> ObligationTable:
    """Read a file of obligations whole.

    Parameters
    ----------
    path
        The file.
    also
        Columns of `OBLIGATION_SCHEMA` to keep besides `COLUMNS`.
    on_progress
        Is told how many bytes have been read.

    Raises
    ------
    FileRefusedError
        If it is no table of obligations, or is malformed.
    """
    names = (*COLUMNS, *also)
    batches = []
    is_csv = False
    for batch in open_instructions(path, on_progress=on_progress, kinds=(OBLIGATIONS_NAMELESS,)):
        if batch.family is not Family.OBLIGATION:
            text = f"holds {batch.family.value} instructions; a table of obligations is needed"
            raise FileRefusedError(str(path), (FileProblem(None, "", text),))
        is_csv = bool(len(batch.rows)) and batch.rows["message_name"][0].as_py() == "csv"
        batches.append(_with_names(batch.rows, also).select(names))
    schema = pa.schema([OBLIGATION_SCHEMA.field(name) for name in names])
    return replace(sort_out(pa.Table.from_batches(batches, schema)), csv=path if is_csv else None)


def _with_names(rows: pa.RecordBatch, also: Sequence[str]) -> pa.RecordBatch:
    """Let a party without a name have its id for one, where names are wanted."""
    for name, party in (("debtor_name", "debtor"), ("creditor_name", "creditor")):
        if name in also:
            place = rows.schema.get_field_index(name)
            named = pc.if_else(pc.equal(rows[name], ""), rows[party], rows[name])
            rows = rows.set_column(place, rows.schema.field(place), named)
    return rows


def sort_out(rows: pa.Table) -> ObligationTable:
    """Tell what takes part and what does not.

    Parameters
    ----------
    rows
        With `COLUMNS` at least, as in `OBLIGATION_SCHEMA`.
    """
    with ThreadPoolExecutor(max_workers=2) as pool:
        debtors, creditors, currency = pool.map(
            _encode, (rows[name] for name in ("debtor", "creditor", "currency"))
        )
    party, debtor, creditor = _number_parties(debtors, creditors)
    reasons = _find_reasons(rows, currency, debtor == creditor)
    reasons[_repeats(rows["obligation_id"], creditor, np.flatnonzero(reasons == 0))] = Reason.DUPLICATE
    currencies = _divide(rows, reasons == 0, currency, (party, debtor, creditor))
    return ObligationTable(rows, reasons, tuple(currencies))


def _find_reasons(
    rows: pa.Table, currency: _Encoded, owes_itself: npt.NDArray[np.bool_]
) -> npt.NDArray[np.uint16]:
    """Return by row why it is left out; repeats are not looked for yet."""
    not_known = np.array([find_currency(code) is None for code in currency.texts.to_pylist()], bool)
    checks = (
        (rows["kind"].to_numpy() != InstructionKind.OBLIGATION, Reason.REJECTED_BY_READER),
        (not_known[currency.number], Reason.UNKNOWN_CURRENCY),
        (rows["amount_minor"].to_numpy() <= 0, Reason.AMOUNT_NOT_POSITIVE),
        (owes_itself, Reason.SAME_PARTY),
    )
    reasons = rows["defect"].to_numpy().copy()
    reasons[reasons == Reason.NAME_MISSING] = Reason.NONE
    for is_wrong, reason in checks:
        reasons[is_wrong & (reasons == 0)] = reason
    return reasons


def _repeats(obligation_id: pa.ChunkedArray, creditor: Int64Array, rows: Int64Array) -> Int64Array:
    """Return those of the rows that repeat an earlier one's creditor and obligation_id.

    Only rows whose hash occurs twice are looked at closely: a table of different texts as long as the file
    would cost more than all the rest.
    """
    ends = np.cumsum([0, *map(len, obligation_id.chunks)])
    hashes = np.empty(len(obligation_id), np.uint64)
    for chunk, begin, end in zip(obligation_id.chunks, ends[:-1], ends[1:], strict=True):
        text = buffers_of(chunk)
        hashes[begin:end] = hash_texts(text.data, text.offsets, creditor[begin:end])
    hashes = hashes[rows]
    ascending = np.sort(hashes)
    twice = ascending[1:][ascending[1:] == ascending[:-1]]
    suspects = rows[np.isin(hashes, twice)]
    if not len(suspects):
        return suspects
    identity = _encode(obligation_id.take(pa.array(suspects))).number
    _, first = np.unique(identity * (int(creditor.max()) + 1) + creditor[suspects], return_index=True)
    return np.delete(suspects, first)


def _divide(
    rows: pa.Table,
    takes_part: npt.NDArray[np.bool_],
    currency: _Encoded,
    parties: tuple[pa.Array, Int64Array, Int64Array],
) -> Iterator[Obligations]:
    """Yield what takes part, currency by currency."""
    party_id, debtor, creditor = parties
    amount = rows["amount_minor"].to_numpy()
    due_day = pc.fill_null(rows["due_date"].cast(pa.int32()), DUE_AT_ONCE).to_numpy().astype(np.int64)
    codes = currency.texts.to_pylist()
    for code in sorted(codes):
        places = np.flatnonzero(takes_part & (currency.number == codes.index(code)))
        found = find_currency(code)
        if found is None or not len(places):
            continue
        is_used = np.zeros(len(party_id), bool)
        is_used[debtor[places]] = is_used[creditor[places]] = True
        renumbered = np.cumsum(is_used) - 1
        ids = rows["obligation_id"]
        yield Obligations(
            currency=found,
            row=places + 1,
            obligation_id=ids if len(places) == len(rows) else ids.take(pa.array(places)),
            party_id=party_id.filter(pa.array(is_used)),
            debtor=renumbered[debtor[places]],
            creditor=renumbered[creditor[places]],
            amount_minor=amount[places],
            due_day=due_day[places],
        )


def _encode(column: pa.ChunkedArray) -> _Encoded:
    """Number the different texts of a column in order of appearance."""
    chunks = column.dictionary_encode().chunks
    if not chunks:
        return _Encoded(pa.array([], pa.string()), np.empty(0, np.int64))
    # All chunks share one dictionary, which the last one has whole.
    return _Encoded(
        chunks[-1].dictionary, np.concatenate([chunk.indices.to_numpy() for chunk in chunks]).astype(np.int64)
    )


def _number_parties(debtors: _Encoded, creditors: _Encoded) -> tuple[pa.Array, Int64Array, Int64Array]:
    """Return all parties in the order of their bytes, and by row the places of debtor and creditor in it."""
    both = _encode(pa.chunked_array([debtors.texts, creditors.texts]))
    order = pc.sort_indices(both.texts)
    place = np.empty(len(order), np.int64)
    place[order.to_numpy()] = np.arange(len(order))
    of_debtor, of_creditor = np.split(place[both.number], [len(debtors.texts)])
    return both.texts.take(order), of_debtor[debtors.number], of_creditor[creditors.number]


_ALLOWED = {
    Reason.AMOUNT_MALFORMED: "allowed are plain digits with at most one point",
    Reason.TOO_MANY_DECIMALS: "allowed are those of ISO 4217, for example 0 for JPY, 2 for EUR, 3 for TND",
    Reason.AMOUNT_TOO_LARGE: f"allowed are at most {AMOUNT_MAX_MINOR} minor units",
    Reason.AMOUNT_NEGATIVE_OR_NIL_DUE: "allowed is more than 0",
    Reason.UNKNOWN_CURRENCY: "allowed is a code with minor units, for example KES",
    Reason.IDENTIFIER_MISSING: "allowed are 1 to 140 characters",
    Reason.IDENTIFIER_INVALID: "allowed are 1 to 140 characters",
    Reason.SAME_PARTY: "allowed are two different parties",
    Reason.DUPLICATE: "allowed is one row for a creditor and obligation_id; the first one takes part",
}
"""By reason what is allowed."""


def _describe(rows: pa.Table, reason: Reason, place: int, line: int | None) -> LeftOut:
    text = reason.text
    if reason == rows["defect"][place].as_py():
        text = rows["defect_text"][place].as_py().removeprefix(f"row {place + 1}: ") or text
    elif rows["kind"][place].as_py() != InstructionKind.OBLIGATION:
        text = "a credit note: reduce the obligation itself"
    elif reason is Reason.DUPLICATE:
        text = "obligation_id: an earlier row has the same creditor and obligation_id"
    if reason in _ALLOWED:
        text = f"{text}; {_ALLOWED[reason]}"
    return LeftOut(place + 1, line, rows["obligation_id"][place].as_py(), reason, text)
