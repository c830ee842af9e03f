"""Write the report of one business day: one self-contained HTML file.

    find_day        which part of the journal the day is           day.py
    read_*          numbers, series, accounts, obligations ...      figures, series, owed, clearing_day ...
    draw_*          sections of the page                            draw_*.py
    draw_page       one file, with its own style and script         page.py

The tables are read through `query` alone. Everything is added up in SQL; what comes back is bounded by pages,
accounts and slices of time that are shown, not by payments. Only what was due comes whole, as arrays
(`clearing_day`): loops and the curve of liquidity cannot be found by adding up.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from setfair.errors import HouseError
from setfair.formats.replace_file import replacing
from setfair.report.clearing_day import read_clearing
from setfair.report.day import ReportDay, find_day
from setfair.report.draw_accounts import draw_accounts, draw_journal
from setfair.report.draw_across import draw_across, read_across
from setfair.report.draw_clearing import draw_clearing
from setfair.report.draw_funded import draw_funded, read_funded
from setfair.report.draw_indicators import draw_indicators
from setfair.report.draw_liquidity import draw_liquidity
from setfair.report.draw_numbers import draw_numbers
from setfair.report.draw_owed import draw_owed
from setfair.report.draw_refusals import draw_refusals
from setfair.report.draw_screening import draw_screening
from setfair.report.draw_series import draw_queue, draw_settled
from setfair.report.figures import read_cycles, read_figures
from setfair.report.indicators import read_indicators
from setfair.report.liquidity import read_accounts
from setfair.report.owed import read_owing
from setfair.report.page import draw_page
from setfair.report.read import Query, Reader
from setfair.report.refusals import read_refusals
from setfair.report.series import read_series

FILE_NAME = "report.html"


def write_report(query: Query, out: Path, business_date: date | None = None) -> Path:
    """Write the report of a business day and return its path.

    Parameters
    ----------
    query
        Reads the tables: `House.query` or `Tables.query`.
    out
        The file to write, or a folder: then OUT/DATE/report.html.
    business_date
        The day; None: the last one that was opened.

    Raises
    ------
    PhaseError
        If the house did not open on that day, or has nothing on record.
    HouseError
        If the file cannot be written.

    """
    day = find_day(query, business_date)
    document = _draw(query, day)
    path = out / str(day.business_date or "all-days") / FILE_NAME if out.is_dir() else out
    return save_page(path, document)


def save_page(path: Path, document: str) -> Path:
    """Write a page whole or not at all, with the folders above it, and return its path.

    Raises
    ------
    HouseError
        If it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as out:
            out.write(document.encode())
    except OSError as error:
        raise HouseError(f"the report could not be written to {path}: {error.strerror or error}") from error
    return path


def _draw(query: Query, day: ReportDay) -> str:
    cycles = read_cycles(Reader(query, day.spans({})))
    reader = Reader(query, day.spans({number: runs[-1].page for number, runs in cycles.items()}))
    series = read_series(reader, day)
    accounts = read_accounts(reader, series.window)
    figures = read_figures(reader, day, cycles, {number: own.used for number, own in accounts.items()})
    owing = read_owing(reader)
    clearings = read_clearing(reader, figures, owing)
    pages = (day.first.number, day.last.number)
    lists = reader.rows("lists", *pages)
    screened = reader.rows("screening", *pages)
    sections = [
        draw_numbers(figures),
        draw_indicators(read_indicators(reader, day)),
        draw_owed(figures, owing),
        draw_clearing(clearings),
        *filter(None, [draw_funded(read_funded(reader, *pages)), draw_across(read_across(reader, *pages))]),
        draw_settled(series, figures),
        draw_queue(series, figures),
        draw_liquidity(day, accounts, series.window),
        draw_refusals(day, read_refusals(reader, day)),
        draw_screening(screened),
        draw_accounts(day, accounts),
        draw_journal(day, lists),
    ]
    return draw_page(day, figures, sections, {"owed": len(owing), "clearing": len(clearings)})
