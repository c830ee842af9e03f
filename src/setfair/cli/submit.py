"""`setfair submit`: files into a house."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table

from setfair.cli.common import EXIT_REFUSED, console, error_console, operational_errors, print_json
from setfair.cli.frugal import take_turns_often
from setfair.cli.open_house import opened_house
from setfair.cli.options import AsJson, HouseFolder, Now
from setfair.domain.codes import Status
from setfair.domain.instruction import Family
from setfair.submission import FileResult, submit_files

Files = Annotated[list[Path], typer.Argument(metavar="FILE...", help="Files, in the order to submit them.")]
Strict = Annotated[bool, typer.Option("--strict", help="Exit with 1 if a row was rejected.")]
XsdDir = Annotated[
    Path | None, typer.Option("--xsd-dir", metavar="DIR", help="Check messages against these schemas too.")
]

SHOWN = 12
"""Rejected rows of a file that are printed."""


@operational_errors()
def submit(
    house: HouseFolder,
    files: Files,
    strict: Strict = False,
    xsd_dir: XsdDir = None,
    as_json: AsJson = False,
    now: Now = None,
) -> None:
    """Take in payments, invoices, funding, returns and cancellations from files.

    A file is read to its end before anything of it is applied; a bad payment in a good file is rejected by
    itself. Exit code 0; 1 if --strict was given and something was rejected; 2 if a file was refused.
    """
    take_turns_often()
    results: list[FileResult] = []
    try:
        with _Bar() as bar, opened_house(house, now) as opened:
            for result in submit_files(opened, files, xsd_dir=xsd_dir, on_progress=bar.show):
                results.append(result)
                if not as_json:
                    bar.clear()
                    print_result(result)
            ageing = opened.lists.ageing()
        for said in ageing:
            error_console.print(f"[yellow]grows old[/]  {escape(said)}")
    finally:  # what was taken in before something went wrong is on record
        if as_json and results:
            print_json([describe(result) for result in results])
    if any(result.refused for result in results):
        raise typer.Exit(EXIT_REFUSED)
    if strict and any(result.statuses[Status.RJCT] for result in results):
        raise typer.Exit(1)


class _Bar:
    """A progress bar on standard error that shows one file at a time, on a terminal only."""

    def __init__(self) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeRemainingColumn(),
            console=error_console,
            transient=True,
            disable=not error_console.is_terminal,
        )
        self._task: TaskID | None = None

    def __enter__(self) -> _Bar:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def show(self, what: str, done: int, whole: int) -> None:
        """Show how far a file has come."""
        if self._task is None:
            self._task = self._progress.add_task(what, total=whole)
        self._progress.update(self._task, description=what, completed=done, total=whole)

    def clear(self) -> None:
        """Take the bar away; the next file brings a new one."""
        if self._task is not None:
            self._progress.remove_task(self._task)
            self._task = None


_STYLES = {
    Status.ACSC: "green",
    Status.ACSP: "cyan",
    Status.PDNG: "yellow",
    Status.RJCT: "red",
    Status.CANC: "magenta",
}
_WORDS = {
    Status.ACSC: "settled",
    Status.ACSP: "waiting for cover",
    Status.PDNG: "held",
    Status.RJCT: "rejected",
    Status.CANC: "cancelled",
}
_OTHER_WORDS = {
    Family.OBLIGATION: {Status.ACSP: "open", Status.ACSC: "applied", Status.PDNG: "pending"},
    Family.PARTY: {Status.ACSC: "registered"},
    Family.CONFIRMATION: {Status.ACSC: "confirmed"},
}
"""Words for a status where a payment's do not fit."""
_REQUEST_WORDS = {Status.ACSC: "granted", Status.PDNG: "waiting for the others of its link"}
"""The same for a file of requests for cancellation."""


def print_result(result: FileResult) -> None:
    """Print what became of a file."""
    name = escape(result.path.name)
    if result.refused is not None:
        error_console.print(f"[bold red]refused[/]  {name}")
        for problem in result.refused.problems[:SHOWN]:
            error_console.print(f"         {escape(str(problem))}")
        return
    words = _WORDS | (_OTHER_WORDS.get(result.family, {}) if result.family else {})
    if result.requests and result.requests == result.rows:
        words |= _REQUEST_WORDS
    counts = [
        f"[{_STYLES[status]}]{result.statuses[status]:,} {word}[/]"
        for status, word in words.items()
        if result.statuses[status]
    ]
    if result.repeated:
        counts.append(
            f"[dim]{result.repeated:,} {'was' if result.repeated == 1 else 'were'} on record before[/]"
        )
    rows = f"{result.rows:,} {'row' if result.rows == 1 else 'rows'}"
    console.print(f"[bold]{name}[/]  {rows}: {', '.join(counts)}  [dim]{result.seconds:.2f} s[/]")
    if result.rejected:
        console.print(_rejections(result))


def _rejections(result: FileResult) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    for row in result.rejected[:SHOWN]:
        table.add_row("", f"[red]{row.reason.iso}[/]", escape(row.identification), escape(row.text))
    more = result.statuses[Status.RJCT] - min(len(result.rejected), SHOWN)
    if more > 0:
        table.add_row("", "", "", f"[dim]and {more:,} more with status RJCT: see the views in setfair.db[/]")
    return table


def describe(result: FileResult) -> dict[str, object]:
    """Return a result for machines."""
    described: dict[str, object] = {"file": str(result.path), "refused": result.refused is not None}
    if result.refused is not None:
        described["problems"] = [
            {"line": each.line, "element": each.element, "text": each.text, "reason": each.reason}
            for each in result.refused.problems
        ]
        return described
    return described | {
        "rows": result.rows,
        "repeated": result.repeated,
        "pages": result.pages,
        "statuses": {status.name: count for status, count in sorted(result.statuses.items())},
        "reasons": {
            reason.name: {"iso": reason.iso, "count": count}
            for reason, count in sorted(result.reasons.items())
        },
        "rejected": [
            {
                "identification": row.identification,
                "number": row.number,
                "rule": row.reason.name,
                "reason": row.reason.iso,
                "text": row.text,
            }
            for row in result.rejected
        ],
        "seconds": round(result.seconds, 3),
    }
