"""Section: what was screened on the day, under which version of the lists, and what settled under it."""

from __future__ import annotations

from collections.abc import Sequence

from setfair.report.draw_parts import Column, section, table
from setfair.report.html import Child, Html, element
from setfair.report.read import Row
from setfair.report.words import count


def draw_screening(rows: Sequence[Row]) -> Html:
    """Return the section."""
    lead = (
        "Every name, text and identifier is compared with the lists before anything settles. An overseer "
        "sees the same from the journal alone, with every decision and every gap: setfair monitor."
    )
    columns = [
        Column("version of the lists"),
        Column("pages"),
        Column("clear", True),
        Column("hits", True),
        Column("passed by pairs", True),
        Column("held again", True),
        Column("settled", True),
    ]
    return section("screening", "Screening", lead, table(columns, [_row(row) for row in rows]))


def _row(row: Row) -> list[Child]:
    version = str(row["list_set"] or "none yet")
    numbers = (int(row[name] or 0) for name in ("clear", "hits", "passed", "held_again", "settled"))
    pages = f"{count(int(row['first_page']))}\N{EN DASH}{count(int(row['last_page']))}"
    return [element("code", version[:16]), pages, *(count(number) for number in numbers)]
