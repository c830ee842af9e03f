"""`setfair monitor`: what screening did in a house, for an overseer, from the journal alone."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from setfair.cli.common import (
    EXIT_REFUSED,
    console,
    error_console,
    operational_errors,
    print_json,
    print_plain,
)
from setfair.cli.options import AsJson, HouseFolder
from setfair.monitor import Event, Overview, watch

EVENTS_SHOWN = 50


@operational_errors()
def monitor(
    house: HouseFolder,
    every: Annotated[bool, typer.Option("--all", help="Show every event, not the last 50.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show every version of the lists, what settled under it, every decision and override, and every gap.

    It reads the journal alone and cannot be switched off. Exit code 2 where there is a gap.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns, console=error_console, transient=True, disable=not error_console.is_terminal
    ) as progress:
        task = progress.add_task("pages", total=None)
        overview = watch(house, lambda done, whole: progress.update(task, completed=done, total=whole))
    if as_json:
        print_json(asdict(overview))
    else:
        _show(overview, len(overview.events) if every else EVENTS_SHOWN)
    if overview.gaps:
        raise typer.Exit(EXIT_REFUSED)


_COUNTS = ("clear", "hit", "passed", "settled", "set_off", "netted")
"""What is counted of each version of the lists: columns of the table, and fields of `Version`."""


def _show(overview: Overview, events_max: int) -> None:
    console.print(_versions(overview))
    shown = overview.events[-events_max:] if events_max else []
    if len(shown) < len(overview.events):
        print_plain(f"{len(overview.events) - len(shown)} earlier events: --all shows them")
    for event in shown:
        print_plain(_event_line(event))
    for said in overview.versions[-1].ageing if overview.versions else ():
        print_plain(f"grows old: {said}")
    for gap in overview.gaps:
        print_plain(f"GAP {gap}")
    print_plain(f"{overview.pages} pages, {len(overview.events)} events, {len(overview.gaps)} gaps")


def _versions(overview: Overview) -> Table:
    """Return a row a list of each version, with what happened under the version in the first."""
    names = ("page", "time", "list", "published", "entries", "+", "~", "-")
    counted = (name.replace("_", " ") for name in _COUNTS)
    table = Table(*names, *counted, box=None, padding=(0, 1, 0, 0))
    for version in overview.versions:
        counts = [getattr(version, name) for name in _COUNTS]
        if not version.page_number and not any(counts):
            continue  # nothing was decided before the first lists
        for each in version.lists or [{}]:
            changed = version.changes.get(str(each.get("list_id", "")), {})
            cells = [
                version.page_number,
                version.time_utc[:19],
                each.get("list_id", "none"),
                each.get("published", ""),
                each.get("entries", ""),
                *(changed.get(name, 0) for name in ("added", "changed", "removed")),
            ]
            table.add_row(*(escape(str(cell)) for cell in (*cells, *counts)))
            counts = [""] * len(counts)
    return table


def _event_line(event: Event) -> str:
    proof = f"record {event.record_number}" if event.record_number else "in the page"
    signed = (
        f"signed with page {event.signed_page}, {event.cosigned} cosigned"
        if event.signed_page
        else "not signed yet"
    )
    said = f"{event.kind}: {event.about} {event.person} {event.reason}"
    return f"{event.time_utc[:19]} {said} [{proof}, {signed}]"
