"""`setfair screen`: the names of a table against lists, without a house."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from setfair.cli.common import error_console, operational_errors, print_json, print_plain
from setfair.cli.options import AsJson
from setfair.screen_names import read_lists, read_names, screen_rows, write_hits
from setfair.screening.fuzzy import THRESHOLD


def screen(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Names: CSV with id,name[,kind,country,birth_date].")
    ],
    *,
    lists: Annotated[Path, typer.Option("--lists", metavar="FOLDER", help="Folder with the lists.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where to write the hits, CSV.")],
    score_min: Annotated[
        int, typer.Option("--score-min", min=500, max=1000, help="Score from which on a name is a hit.")
    ] = THRESHOLD,
    as_json: AsJson = False,
) -> None:
    """Compare names with sanctions lists, without a house. Each hit says which tokens, and why."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    progress = Progress(
        *columns, console=error_console, transient=True, disable=not error_console.is_terminal
    )
    started = time.perf_counter()
    with operational_errors(), progress:
        rows = read_names(file)
        task = progress.add_task("screening", total=len(rows))
        found = read_lists(lists)
        summary: dict[str, object] = {"names": len(rows)}
        summary |= write_hits(
            out, screen_rows(rows, found, score_min, lambda count: progress.advance(task, count))
        )
    summary["lists"] = [
        {"list": each.list_id, "published": each.published.isoformat(), "entries": len(each.entries)}
        for each in found.lists
    ]
    summary |= {"out": str(out), "score_min": score_min, "seconds": round(time.perf_counter() - started, 3)}
    if as_json:
        print_json(summary)
        return
    print_plain(f"{summary['names']} names, {summary['names_hit']} with hits, {summary['hits']} hits: {out}")
    for each in found.lists:
        print_plain(f"list {each.list_id}: {len(each.entries)} entries, published {each.published}")
    if not any(each.list_id == "UN" for each in found.lists):
        print_plain("the UN list is not among them: names that it lists were not looked for")
