"""`setfair backup` and `restore`: a house in one file, and a house of it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from setfair.backup.make import make_backup
from setfair.backup.restore import Until, restore_backup
from setfair.cli.clock import command_clock
from setfair.cli.common import console, error_console, operational_errors, print_json, print_plain
from setfair.cli.options import AsJson, HouseFolder, Now
from setfair.domain.instants import format_utc, to_instant
from setfair.errors import SetfairError

BackupFile = Annotated[Path, typer.Argument(metavar="FILE", help="The backup.")]


@operational_errors()
def backup(house: HouseFolder, file: BackupFile, as_json: AsJson = False, now: Now = None) -> None:
    """Write a backup of a house to one file, while it works: all pages with their checkpoint, the public key
    and the screening lists. The private key is not in it: keep that elsewhere.
    """
    with Progress(console=error_console, transient=True, disable=not error_console.is_terminal) as progress:
        task = progress.add_task("copying pages", total=None)
        about = make_backup(
            house, file, command_clock(now)(), lambda what: progress.update(task, description=what)
        )
    if as_json:
        told = {"file": str(file), "house": about.house, "pages": about.pages, "records": about.records}
        print_json({**told, "root": about.root, "made_utc": about.made_utc})
        return
    print_plain(f"backup of {about.house}: {about.pages:,} pages with {about.records:,} records in {file}")
    print_plain(f"root of all records: {about.root}")


@operational_errors()
def restore(
    file: BackupFile,
    house: HouseFolder,
    *,
    key: Annotated[
        Path | None,
        typer.Option("--key", metavar="FILE", help="The house's private key; else it can be read only."),
    ] = None,
    page: Annotated[
        int | None, typer.Option("--page", metavar="N", min=1, help="As it was after this page.")
    ] = None,
    time: Annotated[
        str | None,
        typer.Option("--time", metavar="TIME", help="As it was at this time, with its zone (ISO 8601)."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a house of a backup, as it is or as it was at a time. Its journal is audited first, from the first
    page on, and the tables are made again.
    """
    until = Until(page, _utc(time) if time is not None else None)
    with Progress(console=error_console, transient=True, disable=not error_console.is_terminal) as progress:
        task = progress.add_task("unpacking", total=None)

        def show(what: str, done: int, last: int) -> None:
            progress.update(task, description=what, completed=done, total=last)

        restored = restore_backup(file, house, until=until, private_key=key, on_progress=show)
    if as_json:
        told = {"house": str(house), "pages": restored.page, "records": restored.records}
        print_json({**told, "left_out_pages": restored.about.pages - restored.page})
        return
    print_plain(f"{restored.page:,} pages with {restored.records:,} records, audited, are in {house}")
    if restored.page < restored.about.pages:
        print_plain(
            f"{restored.about.pages - restored.page:,} later pages are left out: whoever has a checkpoint of "
            "them will see that this house does not continue it"
        )
    if not restored.has_private_key:
        console.print("[dim]without keys/house.key it can be read, not written[/]")


def _utc(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise SetfairError(
            f"{text!r} is no time with a time zone; write for example 2026-01-05T16:00:00+03:00"
        )
    return format_utc(to_instant(moment.astimezone(UTC)))
