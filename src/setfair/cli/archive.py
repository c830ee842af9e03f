"""`setfair archive`: the pages of closed days leave the live file."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from setfair.backup.archive import Archived, archive_days
from setfair.cli.clock import command_clock
from setfair.cli.common import error_console, operational_errors, print_json, print_plain
from setfair.cli.options import AsJson, HouseFolder, Now


@operational_errors()
def archive(
    house: HouseFolder,
    *,
    until: Annotated[
        datetime,
        typer.Option(
            "--until", formats=["%Y-%m-%d"], help="The last business day; its pages go if it is closed."
        ),
    ],
    to: Annotated[
        Path | None, typer.Option("--to", metavar="DIR", help="Where the files go; else HOUSE/archive.")
    ] = None,
    as_json: AsJson = False,
    now: Now = None,
) -> None:
    """Move closed days out of the live file, so that it does not grow without bound: their pages into a
    Parquet file, which is read back and hashed against the tree and its signatures before anything is let go,
    and their rows in the tables into a sealed file. Queries, audits, proofs, statements and rebuilding go on
    across them: keep the files where they are.
    """
    with Progress(console=error_console, transient=True, disable=not error_console.is_terminal) as progress:
        task = progress.add_task("archiving", total=None)

        def show(what: str, done: int, last: int) -> None:
            progress.update(task, description=what, completed=done, total=last)

        archived = archive_days(house, until.date(), to=to, clock=command_clock(now), on_progress=show)
    _show(archived, as_json=as_json)


def _show(archived: Archived, *, as_json: bool) -> None:
    pages = archived.last_page - archived.first_page + 1
    if as_json:
        print_json(
            {
                "file": str(archived.path),
                "first_page": archived.first_page,
                "last_page": archived.last_page,
                "records": archived.records,
                "bytes": archived.size,
                "sha256": archived.sha256,
                "rows_file": str(archived.rows.path) if archived.rows else "",
                "rows_bytes": archived.rows.size if archived.rows else 0,
                "shrunk": archived.shrunk,
            }
        )
        return
    print_plain(
        f"pages {archived.first_page:,} to {archived.last_page:,} ({pages:,} pages with {archived.records:,} "
        f"records, {archived.size:,} bytes) are in {archived.path}"
    )
    print_plain("read back and hashed: they give the roots and checkpoints of the house")
    print_plain(f"SHA-256 of the file: {archived.sha256}")
    if archived.rows is not None:
        print_plain(f"their rows in the tables are in {archived.rows.path} ({archived.rows.size:,} bytes)")
    if not archived.shrunk:
        print_plain(
            "the live file keeps the room for pages to come: a reader was at work, or the disk is full"
        )
