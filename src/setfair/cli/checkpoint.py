"""`setfair checkpoint`: what a house signs of its journal, what others cosign, and tiles for other tools."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from setfair.cli.clock import command_clock
from setfair.cli.common import (
    console,
    error_console,
    operational_errors,
    print_json,
    print_plain,
    read_bounded,
)
from setfair.cli.options import AsJson, HouseFolder, Now
from setfair.domain.instants import NANOSECONDS
from setfair.domain.signing import KEY_FILE_BYTES_MAX, read_private_key
from setfair.errors import NotProvenError
from setfair.formats.replace_file import replacing
from setfair.proof.note import NOTE_BYTES_MAX, Note
from setfair.prove.checkpoints import (
    Cosigner,
    SignedCheckpoint,
    compare,
    consistency_file,
    cosign_newest,
    cosignatures_of,
    house_key,
    newest_of,
)
from setfair.prove.journal_tree import JournalTree
from setfair.prove.tiles import write_tiles
from setfair.store.sqlite import SqliteStore
from setfair.tables import open_tables

checkpoint_app = typer.Typer(
    help="Show, cosign and compare what a house signs of its journal.", no_args_is_help=True
)

CheckpointFile = Annotated[Path, typer.Argument(metavar="CHECKPOINT", help="A checkpoint: a signed note.")]
Out = Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Where to; else standard output.")]


@checkpoint_app.command()
@operational_errors()
def show(house: HouseFolder, out: Out = None, as_json: AsJson = False) -> None:
    """Show the newest signed checkpoint, with everybody's cosignatures."""
    with open_tables(house) as tables:
        found = newest_of(tables.query)
    if as_json:
        print_json(_summary(house, found))
        return
    _write(found.note.to_text().encode(), out)


def _summary(house: Path, found: SignedCheckpoint) -> dict[str, object]:
    checkpoint = found.checkpoint
    return {
        "origin": checkpoint.origin,
        "page": found.page_number,
        "records": checkpoint.size,
        "root": checkpoint.root.hex(),
        "key": house_key(house, checkpoint.origin).to_text(),
        "signed_by": [line.name for line in found.note.lines],
    }


@checkpoint_app.command()
@operational_errors()
def cosign(
    house: HouseFolder,
    cosigner: Annotated[str, typer.Option("--as", metavar="ID", help="Who cosigns: an id of the agreement.")],
    key: Annotated[Path, typer.Option("--key", metavar="FILE", help="Its private key.")],
    last: Annotated[
        Path,
        typer.Option(
            "--last",
            metavar="FILE",
            help="The checkpoint that it cosigned last, which it keeps; written anew, made the first time.",
        ),
    ],
    now: Now = None,
) -> None:
    """Cosign the newest checkpoint, if its journal continues that of the last one that was cosigned."""
    private = read_private_key(read_bounded(key, KEY_FILE_BYTES_MAX))
    before = _note_text(last) if last.exists() else None
    time_s = command_clock(now)() // NANOSECONDS
    with open_tables(house) as tables:
        origin = newest_of(tables.query).checkpoint.origin
        known = house_key(house, origin)
        found, line = cosign_newest(tables.query, known, Cosigner(cosigner, private, before), time_s)
    _keep(house, found.page_number, {line.name: line.to_text()})
    with replacing(last) as file:
        file.write(Note(found.note.text, (*found.note.lines, line)).to_text().encode())
    console.print(f"{cosigner} cosigned {found.checkpoint.size:,} records; kept in {last}", markup=False)


@checkpoint_app.command()
@operational_errors()
def take(house: HouseFolder, checkpoint: CheckpointFile) -> None:
    """Take the cosignatures of a checkpoint that somebody cosigned elsewhere."""
    with open_tables(house) as tables:
        found, lines = cosignatures_of(tables.query, _note_text(checkpoint))
    _keep(house, found.page_number, {line.name: line.to_text() for line in lines})
    console.print(f"taken: {', '.join(line.name for line in lines)}", markup=False)


@checkpoint_app.command("compare")
@operational_errors()
def compare_with(house: HouseFolder, checkpoint: CheckpointFile) -> None:
    """Compare a checkpoint that somebody else has with this journal. Exit code 1: it is another journal's."""
    with open_tables(house) as tables:
        key = house_key(house, newest_of(tables.query).checkpoint.origin)
        try:
            words = compare(tables.query, _note_text(checkpoint), key)
        except NotProvenError as error:
            error_console.print(f"DIFFERENT: {error}", markup=False, style="bold red")
            raise typer.Exit(1) from None
    print_plain(words)


@checkpoint_app.command()
@operational_errors()
def consistency(
    house: HouseFolder,
    old: Annotated[Path, typer.Argument(metavar="OLD", help="A checkpoint that somebody kept.")],
    out: Out = None,
) -> None:
    """Write the newest checkpoint with the proof that its journal continues that of an older one:
    for `setfair verify --consistent`.
    """
    with open_tables(house) as tables:
        written = consistency_file(tables.query, _note_text(old))
    _write(written, out)


@checkpoint_app.command()
@operational_errors()
def tiles(
    house: HouseFolder,
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Folder that a web server serves.")],
) -> None:
    """Write the tree's hashes and the newest checkpoint as static files (C2SP tlog-tiles): no records."""
    progress = Progress(console=error_console, transient=True, disable=not error_console.is_terminal)
    with open_tables(house) as tables, progress:
        found = newest_of(tables.query)
        task = progress.add_task("tiles", total=found.checkpoint.size)
        tree = JournalTree(tables.query)
        count = write_tiles(out, tree, found, lambda done: progress.update(task, completed=done))
    console.print(f"{count:,} files written to {out}", markup=False)


def _note_text(path: Path) -> str:
    return read_bounded(path, NOTE_BYTES_MAX).decode(errors="replace")


def _write(content: bytes, out: Path | None) -> None:
    if out is None:
        sys.stdout.write(content.decode())
        return
    with replacing(out) as file:
        file.write(content)


def _keep(house: Path, page_number: int, lines: dict[str, str]) -> None:
    """Keep cosignatures in the house, as its writer."""
    store = SqliteStore(house)
    try:
        for name, line in lines.items():
            store.write_cosignature(page_number, name, line)
    finally:
        store.close()
