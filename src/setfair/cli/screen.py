"""`setfair screen`: a table of names against lists, without a house; or what settled in one since a date."""

from __future__ import annotations

import time
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from setfair.cli.clock import command_clock
from setfair.cli.common import error_console, fail, operational_errors, print_json, print_plain
from setfair.cli.options import AsJson, Now
from setfair.domain.instants import local_date
from setfair.look_back import agreement_of, look_back, write_found
from setfair.screen_names import read_lists, read_names, screen_rows, write_hits
from setfair.screening.derived import open_cache
from setfair.screening.fuzzy import THRESHOLD
from setfair.screening.gate import ListSet
from setfair.tables import open_tables


def screen(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="Names: CSV with id,name[,kind,country,birth_date]; with --since a house's folder.",
        ),
    ],
    *,
    lists: Annotated[
        Path | None,
        typer.Option("--lists", metavar="FOLDER", help="Folder with the lists; needed without --since."),
    ] = None,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where to write the hits, CSV.")],
    since: Annotated[
        datetime | None,
        typer.Option(
            "--since",
            formats=["%Y-%m-%d"],
            help="Look back: what settled in the house since this date, by its lists now.",
        ),
    ] = None,
    score_min: Annotated[
        int, typer.Option("--score-min", min=500, max=1000, help="Score from which on a name is a hit.")
    ] = THRESHOLD,
    cache: Annotated[
        Path | None,
        typer.Option(
            "--cache",
            metavar="FOLDER",
            help="Where lists and index are kept for the next run; made if needed.",
        ),
    ] = None,
    as_json: AsJson = False,
    now: Now = None,
) -> None:
    """Compare names with lists, without a house, or look back in one; each hit says which tokens, and why."""
    if since is not None:
        _look_back(file, since.date(), out, as_json=as_json, now=now)
        return
    if lists is None:
        fail("--lists is missing: name the folder with the lists, or a date with --since and a house")
    started = time.perf_counter()
    with operational_errors(), _bar() as progress:
        rows = read_names(file)
        task = progress.add_task("screening", total=len(rows))
        kept = open_cache(cache) if cache is not None else None
        found = read_lists(lists, kept)
        summary: dict[str, object] = {"names": len(rows)}
        hits = screen_rows(rows, found, score_min, lambda count: progress.advance(task, count), cache=kept)
        summary |= write_hits(out, hits)
    summary["lists"] = [
        {"list": each.list_id, "published": each.published.isoformat(), "entries": len(each.entries)}
        for each in found.lists
    ]
    summary |= {"out": str(out), "score_min": score_min, "seconds": round(time.perf_counter() - started, 3)}
    if as_json:
        print_json(summary)
        return
    _show(summary, found)


def _show(summary: dict[str, object], found: ListSet) -> None:
    told = f"{summary['names']} names, {summary['names_hit']} with hits, {summary['hits']} hits"
    print_plain(f"{told}: {summary['out']}")
    for each in found.lists:
        print_plain(f"list {each.list_id}: {len(each.entries)} entries, published {each.published}")
    if not any(each.list_id == "UN" for each in found.lists):
        print_plain("the UN list is not among them: names that it lists were not looked for")


def _bar() -> Progress:
    """Return a progress bar on standard error, on a terminal only."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=error_console, transient=True, disable=not error_console.is_terminal)


def _look_back(house: Path, since: date, out: Path, *, as_json: bool, now: str | None) -> None:
    with operational_errors(), _bar() as progress:
        with open_tables(house) as tables:
            zone = agreement_of(tables).agreement.time_zone
        task = progress.add_task("pages", total=None)
        today = local_date(command_clock(now)(), zone)
        found = look_back(
            house, since, today, lambda done, whole: progress.update(task, completed=done, total=whole)
        )
        summary: dict[str, object] = {"since": since.isoformat(), **write_found(out, found), "out": str(out)}
    if as_json:
        print_json(summary)
        return
    print_plain(
        f"since {since}: {summary['instructions_hit']} settled instructions with hits, "
        f"{summary['hits']} hits, "
        f"{summary['known_before']} of them alerts at the time: {out}"
    )
