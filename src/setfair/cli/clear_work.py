"""The three ways of `setfair clear`: each currency on its own, with money put in, or across currencies."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from rich.progress import Progress

from setfair.cli.clear_options import Request
from setfair.cli.clear_read import Files
from setfair.domain.fixing import Fixing
from setfair.domain.money import format_amount
from setfair.domain.party_amount import PartyAmount
from setfair.engine.setoff.curve import Curve
from setfair.engine.setoff.objective import Objective
from setfair.formats.across_certificate import write_across_certificate
from setfair.formats.csv_text import write_rows
from setfair.formats.replace_file import replacing
from setfair.report.clearing import CURVE_OBLIGATIONS_MAX
from setfair.report.clearing_file import ClearedCurrency, write_clearing_report
from setfair.report.curve_file import CurrencyCurve, write_curves
from setfair.set_off_across import SetOffAcross, across_loops, certify_across, clear_across, reductions
from setfair.set_off_table.certify_money import certify_funded
from setfair.set_off_table.choose import choose, choose_across
from setfair.set_off_table.clear import CurrencyResult, Reduced, certify, clear_table, write_result
from setfair.set_off_table.curve import table_curves
from setfair.set_off_table.fund import FundedResult, fund_table, money_table
from setfair.set_off_table.loops import write_funded_loops, write_loops_file, write_table_loops

LISTED_MAX = 10_000
"""Entries, exchanges and corners of a curve that JSON lists; the files have all."""


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a way."""

    summary: dict[str, object]
    """For machines."""
    writers: dict[str, Callable[[Path], object]]
    """By option what writes its file."""


def clear_files(request: Request, files: Files, progress: Progress) -> Done:
    """Set off what was read, in the way that is asked for.

    Raises
    ------
    SetfairError
        If a limit, an amount of money or the fixing does not fit the obligations, or they are too large.
    """
    if files.fixing is not None:
        return _clear_across(request, files, files.fixing, progress)
    if request.liquidity is not None and files.liquidity is not None:
        return _fund(request, files, (request.liquidity, files.liquidity), progress)
    return _set_off(request, files, progress)


def _set_off(request: Request, files: Files, progress: Progress) -> Done:
    """Set off each currency on its own."""
    table, wanted = files.table, request.wanted
    choices = None if wanted.is_default else choose(wanted, table, files.kept, files.party_maxima)
    progress.add_task("setting off", total=None)
    results = clear_table(table, choices)
    parts = [part.reduced for part in results]
    cleared = [(part, part.result.cleared_total_minor) for part in results]
    curves = _curves_wanted(request, files, progress)
    return Done(
        {"currencies": [part.summary() for part in results]} | _curve_summary(request, files, curves),
        {
            "--out": lambda place: write_result(place, parts),
            "--certificate": lambda place: certify(place, table, results),
            "--loops": lambda place: write_table_loops(place, parts),
            "--curve": lambda place: write_curves(place, request.file.name, _drawn(cleared, curves)),
            "--report": lambda place: _write_report(place, request, files, parts, curves),
        },
    )


def _fund(
    request: Request, files: Files, money: tuple[Path, tuple[PartyAmount, ...]], progress: Progress
) -> Done:
    """Set off each currency on its own, with money put in."""
    table, wanted = files.table, request.wanted
    choices = None if wanted.is_default else choose(wanted, table, files.kept, files.party_maxima)
    progress.add_task("setting off with money", total=None)
    results = fund_table(table.currencies, *money, choices)
    curves = _curves_wanted(request, files, progress)
    cleared = [(part, part.without_minor) for part in results]
    return Done(
        {"currencies": [part.summary() for part in results]} | _curve_summary(request, files, curves),
        {
            "--out": lambda place: write_result(place, [part.reduced for part in results]),
            "--certificate": lambda place: certify_funded(place, table, results),
            "--loops": lambda place: write_funded_loops(place, results),
            "--report": lambda place: _write_report(
                place, request, files, [part.reduced for part in results], curves
            ),
            "--money": lambda place: _write_rows(place, money_table(results)),
            "--curve": lambda place: write_curves(place, request.file.name, _drawn(cleared, curves)),
        },
    )


def _clear_across(request: Request, files: Files, fixing: Fixing, progress: Progress) -> Done:
    """Set off all currencies together."""
    table = files.table
    choice = None if request.wanted.is_default else choose_across(request.wanted, table, files.kept)
    progress.add_task("setting off across currencies", total=None)
    rows = table.rows.filter(pa.array(table.reasons == 0))
    found = clear_across(rows, fixing, choice)
    size = {"rows": len(table.rows), "left_out": table.left_out}
    return Done(
        _across_summary(found),
        {
            "--out": lambda place: write_result(place, reductions(found, table.currencies)),
            "--certificate": lambda place: write_across_certificate(
                place, certify_across(found, table.currencies, **size)
            ),
            "--rounding": lambda place: _write_rows(place, found.rounding_rows()),
            "--exchange": lambda place: _write_rows(place, found.exchange_rows()),
            "--loops": lambda place: write_loops_file(place, [across_loops(found, rows)]),
            "--report": lambda place: _write_across_report(place, request, files, found),
        },
    )


def _across_summary(found: SetOffAcross) -> dict[str, object]:
    across = found.summary()
    currencies = across.pop("currencies")
    for name, rows in (("entries", found.rounding_rows()), ("exchanges", found.exchange_rows())):
        columns = next(rows)
        listed = zip(rows, range(LISTED_MAX), strict=False)
        across[name] = [dict(zip(columns, row, strict=True)) for row, _ in listed]
    return {"currencies": currencies, "across": across}


def _curves_wanted(request: Request, files: Files, progress: Progress) -> dict[str, Curve]:
    """Return the curves if they are asked for, or the report has them."""
    in_report = request.report is not None and not _why_no_curve(request, files)
    return _curves(files, progress) if request.curve is not None or in_report else {}


def _curves(files: Files, progress: Progress) -> dict[str, Curve]:
    currencies = files.table.currencies
    task = progress.add_task("debt against liquidity", total=sum(map(len, currencies)))
    return table_curves(currencies, lambda done: progress.update(task, completed=done))


def _curve_summary(request: Request, files: Files, curves: dict[str, Curve]) -> dict[str, object]:
    """Return the corners of the curves, where they were asked for."""
    if request.curve is None:
        return {}
    listed = []
    for owed in files.table.currencies:
        decimals = owed.currency.decimals
        curve = curves[owed.currency.code]
        points = zip(curve.liquidity_minor[:LISTED_MAX], curve.discharged_minor[:LISTED_MAX], strict=True)
        corners = [
            {"liquidity": format_amount(money, decimals), "discharged": format_amount(debt, decimals)}
            for money, debt in points
        ]
        listed.append({"currency": owed.currency.code, "corners": corners})
    return {"curves": listed}


def _drawn(
    results: Sequence[tuple[CurrencyResult | FundedResult, int]], curves: dict[str, Curve]
) -> list[CurrencyCurve]:
    """Return the curves with what was cancelled without money."""
    return [
        CurrencyCurve(currency.code, currency.decimals, cleared, curves[currency.code])
        for currency, cleared in ((part.obligations.currency, minor) for part, minor in results)
    ]


def _why_no_curve(request: Request, files: Files) -> str:
    """Say why the report has no curve; empty if it has."""
    if request.objective is Objective.OLDEST or any(
        (request.keep, request.minimum, request.party_maximum, request.party_maxima)
    ):
        return "The curve of debt against liquidity is left out: it is for the most value, without limits."
    largest = max(map(len, files.table.currencies), default=0)
    if request.curve is None and largest > CURVE_OBLIGATIONS_MAX:
        return (
            "The curve of debt against liquidity is left out: above "
            f"{CURVE_OBLIGATIONS_MAX:,} obligations it has to be asked for with --curve."
        )
    return ""


def _write_report(
    place: Path, request: Request, files: Files, parts: Sequence[Reduced], curves: dict[str, Curve]
) -> None:
    missing = _why_no_curve(request, files)
    currencies = [
        ClearedCurrency(
            code=owed.currency.code,
            decimals=owed.currency.decimals,
            rows=owed.row - np.int64(1),
            cleared_minor=cleared,
            curve=None if missing else curves[owed.currency.code],
            curve_missing=missing,
        )
        for owed, cleared in parts
    ]
    write_clearing_report(place, request.file.name, files.table.rows, currencies)


def _write_across_report(place: Path, request: Request, files: Files, found: SetOffAcross) -> None:
    currencies = [
        ClearedCurrency(
            code=owed.currency.code,
            decimals=owed.currency.decimals,
            rows=owed.row - np.int64(1),
            cleared_minor=reduced,
            curve=None,
            curve_missing="The curve of debt against liquidity is left out: it is for one currency.",
        )
        for owed, reduced in reductions(found, files.table.currencies)
    ]
    write_clearing_report(place, request.file.name, files.table.rows, currencies)


def _write_rows(place: Path, rows: Iterator[tuple[str, ...]]) -> None:
    with replacing(place) as out:
        write_rows(out, rows)
