"""`setfair clear`: set off the obligations of a table, without a house.

Rules
-----
1. The file is a table of obligations (`formats.open_file`); it is read whole before anything is written.
2. A row with a defect, a credit note, a row that owes itself, and a second row under the same creditor
   and obligation_id are reported with their row and reason and take no part. A missing name is no defect
   here: nobody is screened and nothing enters a house.
3. Every currency is set off on its own (`engine.setoff`). A row without a due date is due at once.
4. The output has the rows that took part, in input order: obligation_id, amount, cleared, remaining, in
   units of the currency. It replaces the file of that name only when it is complete.
5. Exit code 1 if a row was left out and ``--strict`` is given, 2 if the file was refused.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from setfair.cli.common import console, error_console, operational_errors, print_json
from setfair.domain.codes import InstructionKind, Reason
from setfair.domain.instruction import OBLIGATION_SCHEMA, Family
from setfair.domain.money import find_currency, format_amount
from setfair.engine.setoff import SetOff, set_off
from setfair.errors import FileProblem, FileRefusedError, SetfairError
from setfair.formats.csv_text import csv_text, write_rows
from setfair.formats.open_file import open_instructions

LEFT_OUT_SHOWN_MAX = 20
"""Rows left out that are listed for people; JSON lists up to `LEFT_OUT_LISTED_MAX`."""
LEFT_OUT_LISTED_MAX = 10_000

Int64Array = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class CurrencyResult:
    """Set-off in one currency."""

    code: str
    decimals: int
    rows: Int64Array
    """Places of its obligations in the table."""
    result: SetOff
    seconds: float

    def summary(self) -> dict[str, object]:
        """Return the totals, amounts in units of the currency."""
        totals = {
            "gross": self.result.gross_minor,
            "cleared": self.result.cleared_total_minor,
            "remaining": self.result.remaining_total_minor,
            "net_debit": self.result.net_debit_minor,
        }
        return {
            "currency": self.code,
            "obligations": len(self.rows),
            "parties": self.result.parties,
            **{name: format_amount(minor, self.decimals) for name, minor in totals.items()},
            "cleared_percent": round(100 * self.result.cleared_total_minor / self.result.gross_minor, 2),
            "seconds": round(self.seconds, 3),
        }


def clear(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Obligations: CSV, Arrow or Parquet.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where to write the result, CSV.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 if a row was left out.")] = False,
) -> None:
    """Set off the obligations of a table: cancel the most that can be cancelled around closed loops."""
    started = time.perf_counter()
    progress = Progress(console=error_console, transient=True, disable=not error_console.is_terminal)
    with operational_errors(), progress:
        _check_paths(file, out)
        table = read_obligations(file, progress)
        progress.add_task("setting off", total=None)
        reasons = find_reasons(table)
        results = clear_currencies(table, reasons)
        write_result(out, table, results)
        summary = _summarize(table, reasons, results, time.perf_counter() - started)
    if as_json:
        print_json(summary | {"out": str(out)})
    else:
        _show(summary, out)
    if strict and reasons.any():
        raise typer.Exit(1)


def _check_paths(file: Path, out: Path) -> None:
    """Refuse to write over the input or into nowhere, before the work is done."""
    if out.exists() and file.exists() and out.samefile(file):
        raise SetfairError(f"{out}: is the input; name another file with --out")
    if out.is_dir() or not out.absolute().parent.is_dir():
        raise SetfairError(f"{out}: cannot be written; name a file in a folder that exists with --out")


def read_obligations(file: Path, progress: Progress) -> pa.Table:
    """Read a file of obligations whole, showing how far it has come.

    Raises
    ------
    FileRefusedError
        If it is no table of obligations, or is malformed.
    """
    batches = []
    task = progress.add_task("reading", total=file.stat().st_size)
    for batch in open_instructions(file, on_progress=lambda done: progress.update(task, completed=done)):
        if batch.family is not Family.OBLIGATION:
            text = f"holds {batch.family.value} instructions; a table of obligations is needed"
            raise FileRefusedError(str(file), (FileProblem(None, "", text),))
        batches.append(batch.rows)
    return pa.Table.from_batches(batches, OBLIGATION_SCHEMA).combine_chunks()


def find_reasons(table: pa.Table) -> npt.NDArray[np.uint16]:
    """Return by row why it is left out: a `Reason` code, 0 if it takes part."""
    codes, code_of_row = _encode(table["currency"])
    no_currency = np.array([find_currency(code) is None for code in codes], bool)
    checks = (
        (table["kind"].to_numpy() != InstructionKind.OBLIGATION, Reason.REJECTED_BY_READER),
        (no_currency[code_of_row], Reason.UNKNOWN_CURRENCY),
        (table["amount_minor"].to_numpy() <= 0, Reason.AMOUNT_NOT_POSITIVE),
        (pc.equal(table["debtor"], table["creditor"]).to_numpy(), Reason.SAME_PARTY),
    )
    reasons = table["defect"].to_numpy().copy()
    reasons[reasons == Reason.NAME_MISSING] = Reason.NONE
    for is_wrong, reason in checks:
        reasons[is_wrong & (reasons == 0)] = reason
    reasons[_repeats(table, np.flatnonzero(reasons == 0))] = Reason.DUPLICATE
    return reasons


def _repeats(table: pa.Table, rows: Int64Array) -> Int64Array:
    """Return those of the rows that repeat an earlier one's creditor and obligation_id."""
    creditors, creditor = _encode(table["creditor"])
    _, identity = _encode(table["obligation_id"])
    key = (identity * np.int64(max(1, len(creditors))) + creditor)[rows]
    _, first = np.unique(key, return_index=True)
    return np.delete(rows, first)


def clear_currencies(table: pa.Table, reasons: npt.NDArray[np.uint16]) -> list[CurrencyResult]:
    """Set off what takes part, currency by currency in the order of their codes."""
    codes, code_of_row = _encode(table["currency"])
    _, party = _encode(pa.chunked_array([*table["debtor"].chunks, *table["creditor"].chunks], pa.string()))
    debtor, creditor = party[: len(table)], party[len(table) :]
    amount = table["amount_minor"].to_numpy()
    due_day = pc.fill_null(table["due_date"].cast(pa.int32()), np.iinfo(np.int32).min).to_numpy()
    results = []
    for code in sorted(codes):
        rows = np.flatnonzero((code_of_row == codes.index(code)) & (reasons == 0))
        currency = find_currency(code)
        if currency is None or not len(rows):
            continue
        started = time.perf_counter()
        try:
            result = set_off(debtor[rows], creditor[rows], amount[rows], due_day[rows])
        except OverflowError as error:
            raise SetfairError(f"{code}: {error}; divide the file") from error
        seconds = time.perf_counter() - started
        results.append(CurrencyResult(code, currency.decimals, rows, result, seconds))
    return results


def write_result(out: Path, table: pa.Table, results: list[CurrencyResult]) -> None:
    """Write the output beside its place and move it there when it is complete."""
    descriptor, name = tempfile.mkstemp(prefix=f".{out.name}.", dir=out.absolute().parent)
    try:
        with open(descriptor, "wb") as file:
            write_rows(file, _output_rows(table, results))
            file.flush()
            os.fsync(file.fileno())
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(name, 0o666 & ~umask)
        os.replace(name, out)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _output_rows(table: pa.Table, results: list[CurrencyResult]) -> Iterator[tuple[str | int, ...]]:
    yield ("obligation_id", "amount", "cleared", "remaining")
    cleared_minor = np.zeros(len(table), np.int64)
    decimals_of = np.full(len(table), -1, np.int8)
    for part in results:
        cleared_minor[part.rows] = part.result.cleared_minor
        decimals_of[part.rows] = part.decimals
    takes_part = np.flatnonzero(decimals_of >= 0)
    columns = zip(
        table["obligation_id"].take(pa.array(takes_part)).to_pylist(),
        table["amount_minor"].to_numpy()[takes_part].tolist(),
        cleared_minor[takes_part].tolist(),
        decimals_of[takes_part].tolist(),
        strict=True,
    )
    for identity, amount, cleared, decimals in columns:
        amounts = (format_amount(minor, decimals) for minor in (amount, cleared, amount - cleared))
        yield (csv_text(identity), *amounts)


def _encode(column: pa.ChunkedArray) -> tuple[list[str], Int64Array]:
    """Return the different texts of a column in order of appearance, and by row which one it is."""
    encoded = pa.chunked_array(column).combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    return encoded.dictionary.to_pylist(), encoded.indices.to_numpy().astype(np.int64)


def _summarize(
    table: pa.Table, reasons: npt.NDArray[np.uint16], results: list[CurrencyResult], seconds: float
) -> dict[str, object]:
    left_out = np.flatnonzero(reasons)
    return {
        "obligations": len(table),
        "left_out": len(left_out),
        "left_out_rows": [_describe(table, reasons, int(i)) for i in left_out[:LEFT_OUT_LISTED_MAX]],
        "currencies": [part.summary() for part in results],
        "seconds": round(seconds, 3),
    }


def _describe(table: pa.Table, reasons: npt.NDArray[np.uint16], place: int) -> dict[str, object]:
    reason = Reason(int(reasons[place]))
    text = reason.text
    if reason == table["defect"][place].as_py():
        text = table["defect_text"][place].as_py().removeprefix(f"row {place + 1}: ") or text
    elif table["kind"][place].as_py() != InstructionKind.OBLIGATION:
        text = "a credit note: reduce the obligation itself"
    return {
        "row": place + 1,
        "obligation_id": table["obligation_id"][place].as_py(),
        "reason": reason.name,
        "iso": reason.iso,
        "text": text,
    }


def _show(summary: dict[str, object], out: Path) -> None:
    """Print the summary for people, and what was left out to standard error."""
    currencies: list[dict[str, object]] = summary["currencies"]  # type: ignore[assignment]
    left_out: list[dict[str, object]] = summary["left_out_rows"]  # type: ignore[assignment]
    grid = Table(box=None, pad_edge=False)
    for name in (
        "currency",
        "obligations",
        "parties",
        "gross",
        "cleared",
        "%",
        "remaining",
        "net debit",
        "s",
    ):
        grid.add_column(name, justify="left" if name == "currency" else "right", no_wrap=True)
    for row in currencies:
        names = ("currency", "obligations", "parties", "gross", "cleared", "cleared_percent", "remaining")
        grid.add_row(*(str(row[name]) for name in (*names, "net_debit", "seconds")))
    wide = Console(file=console.file, width=max(console.width, 120), highlight=False)
    wide.print(grid)
    for row in left_out[:LEFT_OUT_SHOWN_MAX]:
        said = f"row {row['row']}, {row['obligation_id']!r}: {row['text']} [{row['iso']} {row['reason']}]"
        error_console.print(f"[yellow]left out[/yellow] {escape(said)}")
    if int(str(summary["left_out"])) > LEFT_OUT_SHOWN_MAX:
        error_console.print(f"{summary['left_out']} rows were left out; --json lists them")
    console.print(escape(f"{out}: written in {summary['seconds']} s"), soft_wrap=True)
