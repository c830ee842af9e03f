"""`setfair lists`: the screening lists of a house: where they come from, what they are, and what changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn
from rich.table import Table

from setfair.cli.clock import command_clock
from setfair.cli.common import console, error_console, operational_errors, print_json, print_plain
from setfair.cli.options import AsJson, HouseFolder, Now
from setfair.domain.agreement import Agreement
from setfair.domain.instants import local_date
from setfair.errors import FileRefusedError, HouseError, ScreeningUnavailableError
from setfair.house_lists import Updated, read_sources, update_list, write_source
from setfair.screening.delta import compare, hashes_of
from setfair.screening.gate import ListRequirement, load_lists, problem_with
from setfair.screening.in_force import requirements_of
from setfair.screening.lists import READERS
from setfair.screening.lists.model import SanctionsList
from setfair.screening.lists.sniff import sniff_list
from setfair.tables import open_tables

lists_app = typer.Typer(
    help="The screening lists of a house: bring them in, look at them, compare them.", no_args_is_help=True
)

Lists = Annotated[list[str] | None, typer.Argument(metavar="[LIST]...", help="Ids of lists; none: all.")]
Published = Annotated[
    datetime | None,
    typer.Option(
        "--published", formats=["%Y-%m-%d"], help="Date of publication, where the format carries none."
    ),
]
Older = Annotated[bool, typer.Option("--older", help="Take a list that is older than the present one.")]


@lists_app.command()
@operational_errors()
def add(
    house: HouseFolder,
    list_id: Annotated[str, typer.Argument(metavar="LIST", help="Id of a list of the agreement.")],
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="File, or URL with https.")],
    *,
    published: Published = None,
    older: Older = False,
    as_json: AsJson = False,
    now: Now = None,
) -> None:
    """Bring a list in from a file or URL, and keep that as its source; what is not whole changes nothing."""
    agreement, today = _agreement(house, now)
    requirement = _requirement(house, agreement, list_id)
    updated = _update(requirement, source, today, published=published, older=older)
    write_source(house, list_id, source if "://" in source else str(Path(source).absolute()))
    _show_updates([updated], as_json)


@lists_app.command()
@operational_errors()
def update(
    house: HouseFolder,
    lists: Lists = None,
    *,
    published: Published = None,
    older: Older = False,
    as_json: AsJson = False,
    now: Now = None,
) -> None:
    """Bring lists in again from their sources: those that are named, or all that have one."""
    agreement, today = _agreement(house, now)
    sources = read_sources(house)
    chosen = lists or [each.id for each in agreement.screening.lists if each.id in sources]
    if not chosen:
        raise HouseError("no list has a source yet: name one with `setfair lists add HOUSE LIST SOURCE`")
    updates = []
    for list_id in chosen:
        requirement = _requirement(house, agreement, list_id)
        if list_id not in sources:
            raise HouseError(f"list {list_id} has no source yet: `setfair lists add HOUSE {list_id} SOURCE`")
        updates.append(_update(requirement, sources[list_id], today, published=published, older=older))
    _show_updates(updates, as_json)


@lists_app.command()
@operational_errors()
def show(house: HouseFolder, as_json: AsJson = False, now: Now = None) -> None:
    """Show each list: whether it is in force or why not, its date, entries and bounds, hash and source."""
    agreement, today = _agreement(house, now)
    sources = read_sources(house)
    rows = [_state(each, today, sources) for each in requirements_of(house, agreement)]
    if as_json:
        print_json({"date": today.isoformat(), "lists": rows, "settling": _settling(house, agreement, today)})
        return
    table = Table("list", "format", "published", "age", "entries", "bounds", "state", box=None)
    for row in rows:
        bounds = f"{row['entries_min']} to {row['entries_max']}"
        cells = (
            row["list"],
            row["format"],
            row["published"],
            row["age_days"],
            row["entries"],
            bounds,
            row["state"],
        )
        table.add_row(*("" if cell is None else escape(str(cell)) for cell in cells))
    console.print(table)
    print_plain(_settling(house, agreement, today))


@lists_app.command()
@operational_errors()
def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="A list file.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="A newer file of the same list.")],
    as_json: AsJson = False,
) -> None:
    """Compare two files of a list: which entries are new, changed or gone."""
    before, after = _read_any(old), _read_any(new)
    delta = compare(after.list_id, hashes_of(before), hashes_of(after))
    names = {entry.entry_id: entry.names[0].text for each in (before, after) for entry in each.entries}
    changes = [
        {"change": change, "entry": entry_id, "name": names[entry_id]}
        for change, entry_ids in (
            ("added", delta.added),
            ("changed", delta.changed),
            ("removed", delta.removed),
        )
        for entry_id in entry_ids
    ]
    counts = {change: len(getattr(delta, change)) for change in ("added", "changed", "removed")}
    if as_json:
        dates = {"old_published": before.published.isoformat(), "new_published": after.published.isoformat()}
        print_json(
            {
                **dates,
                "entries_old": len(before.entries),
                "entries_new": len(after.entries),
                **counts,
                "changes": changes,
            }
        )
        return
    for row in changes:
        print_plain(f"{row['change']:8} {row['entry']}  {row['name']}")
    print_plain(
        f"{before.published} to {after.published}: {counts['added']} added, {counts['changed']} changed, "
        f"{counts['removed']} removed, {len(after.entries)} entries"
    )


def _agreement(house: Path, now: str | None) -> tuple[Agreement, date]:
    with open_tables(house) as tables:
        rows = tables.query("SELECT document FROM agreement ORDER BY version DESC LIMIT 1")
    if not rows:
        raise HouseError("no agreement is in force yet: adopt one first")
    agreement = Agreement.model_validate_json(rows[0]["document"])
    return agreement, local_date(command_clock(now)(), agreement.agreement.time_zone)


def _requirement(house: Path, agreement: Agreement, list_id: str) -> ListRequirement:
    requirements = {each.list_id: each for each in requirements_of(house, agreement)}
    if list_id not in requirements:
        known = ", ".join(requirements)
        raise HouseError(f"list {list_id} is not in the agreement, which has {known}: agree on it first")
    return requirements[list_id]


def _update(
    requirement: ListRequirement, source: str, today: date, *, published: datetime | None, older: bool
) -> Updated:
    with _fetching() as progress:
        task = progress.add_task(requirement.list_id, total=None)

        def advance(name: str, done: int, whole: int) -> None:
            progress.update(task, description=name, completed=done, total=whole or None)

        day = published.date() if published is not None else None
        return update_list(requirement, source, today, published=day, allow_older=older, on_progress=advance)


@contextmanager
def _fetching() -> Iterator[Progress]:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(
        *columns, console=error_console, transient=True, disable=not error_console.is_terminal
    ) as progress:
        yield progress


def _show_updates(updates: list[Updated], as_json: bool) -> None:
    if as_json:
        print_json([asdict(each) | {"published": each.published.isoformat()} for each in updates])
        return
    for each in updates:
        delta = each.delta
        print_plain(
            f"list {each.list_id}: {each.entries} entries, published {each.published}, "
            f"sha256 {each.content_hash}; "
            f"{len(delta.added)} added, {len(delta.changed)} changed, {len(delta.removed)} removed"
        )
    print_plain("the next command that writes puts it in force, and screens against what changed")


def _state(requirement: ListRequirement, today: date, sources: dict[str, str]) -> dict[str, Any]:
    row: dict[str, Any] = {
        "list": requirement.list_id,
        "format": requirement.format,
        "mandatory": requirement.mandatory,
        "published": None,
        "age_days": None,
        "entries": None,
        "entries_min": requirement.entries_min,
        "entries_max": requirement.entries_max,
        "max_age_days": requirement.max_age_days,
        "sha256": None,
        "source": sources.get(requirement.list_id),
        "file": str(requirement.path),
    }
    try:
        found = READERS[requirement.format](requirement.list_id, requirement.path)
    except FileRefusedError as error:
        return row | {"state": f"not in force: {'; '.join(str(problem) for problem in error.problems)}"}
    problem = problem_with(found, requirement, today)
    return row | {
        "published": found.published.isoformat(),
        "age_days": (today - found.published).days,
        "entries": len(found.entries),
        "sha256": found.content_hash,
        "state": "in force" if problem is None else f"not in force: {problem}",
    }


def _settling(house: Path, agreement: Agreement, today: date) -> str:
    try:
        found = load_lists(requirements_of(house, agreement), today)
    except ScreeningUnavailableError as error:
        return str(error)
    return "\n".join((*found.holds, *found.warnings, *found.left_out)) or "all lists are in force"


def _read_any(path: Path) -> SanctionsList:
    form = sniff_list(path)
    if form is None:
        raise HouseError(f"{path} is no list that is known here: see docs/screening.md for the formats")
    return READERS[form.value](path.stem.upper(), path)
