"""`setfair audit`: decide and hash the whole journal again, and name the first thing that differs.

Exit codes: 0 everything is as it must be, 1 something differs, 2 it could not be audited.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import Progress

from setfair.audit.audit import FILE, JOURNAL, PARTS, TABLES, Audit, fresh_audit, run_audit
from setfair.audit.kept import read_kept, write_kept
from setfair.cli.common import console, error_console, operational_errors, print_json, print_plain
from setfair.cli.options import AsJson, HouseFolder
from setfair.formats.replace_file import replacing
from setfair.store.sqlite import check_house, connect
from setfair.tables import query


@operational_errors()
def audit(
    house: HouseFolder,
    *,
    since: Annotated[
        Path | None,
        typer.Option("--from", metavar="FILE", help="What an earlier audit kept: check what came since."),
    ] = None,
    keep: Annotated[
        Path | None,
        typer.Option("--keep", metavar="FILE", help="Keep the state after this audit, for the next one."),
    ] = None,
    key: Annotated[
        Path | None,
        typer.Option("--key", metavar="FILE", help="The house's public key; else HOUSE/keys/house.pub."),
    ] = None,
    journal_only: Annotated[
        bool,
        typer.Option("--journal-only", help="Leave out the rows of the tables and the database file."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Audit a house: decide every instruction again with a fresh engine, compare every record, root,
    signature and balance, and name the first that differs. Needs the database alone and writes nothing to it.
    """
    started = time.perf_counter()
    check_house(house)
    key_text = (key or house / "keys" / "house.pub").read_text(encoding="utf-8")
    done = fresh_audit() if since is None else _read_kept(since)
    connection = connect(house, read_only=True)
    progress = Progress(console=error_console, transient=True, disable=not error_console.is_terminal)
    try:
        with progress:
            last = query(connection, "SELECT coalesce(max(page_number), 0) AS last FROM page")[0]["last"]
            task = progress.add_task("auditing", total=int(last))
            run_audit(
                done,
                connection,
                key_text,
                lambda page: progress.update(task, completed=page),
                journal_only=journal_only,
            )
    finally:
        connection.close()
    if keep is not None and done.finding is None:
        with replacing(keep) as file:
            write_kept(file, done.audited, done.keys)
    _show(done, time.perf_counter() - started, as_json=as_json)
    if done.finding is not None:
        raise typer.Exit(1)


def _read_kept(since: Path) -> Audit:
    with since.open("rb") as file:
        return Audit(*read_kept(file))


def _show(done: Audit, seconds: float, *, as_json: bool) -> None:
    told = _summary(done, seconds)
    if as_json:
        print_json(told)
        return
    for finding in done.findings.values():
        error_console.print(_printable(f"DIFFERENT: {finding}"), markup=False, style="bold red")
    if done.findings:
        print_plain(", ".join(f"{part}: {verdict}" for part, verdict in verdicts(done).items()))
        return
    print_plain(
        f"{told['pages']:,} pages with {told['records']:,} records decided and hashed again: all as on record"
    )
    print_plain(f"root of all {told['size']:,} records: {told['root']}")
    print_plain(f"{told['checkpoints']:,} checkpoints and {told['cosignatures']:,} cosignatures are valid")
    print_plain(f"sums of all balances: {', '.join(f'{code} {sum_}' for code, sum_ in told['sums'].items())}")
    print_plain(f"the tables {_tables(done)}")
    console.print(f"[dim]{seconds:.1f} s[/]")


def _tables(done: Audit) -> str:
    if done.compared_rows:
        behind = "" if done.compared_tables else ", as far as they have come"
        return f"have the rows that the pages give{behind}; the database file is sound"
    if done.compared_tables:
        return "have the same balances and the same queue; their other rows were not compared"
    return "were not compared: they are not as far as the pages"


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)


def verdicts(done: Audit) -> dict[str, str]:
    """Say of each part that is judged for itself whether it is sound."""
    complete = {JOURNAL: True, TABLES: done.compared_rows or done.compared_tables, FILE: done.checked_file}
    return {
        part: "different" if part in done.findings else "sound" if complete[part] else "not checked"
        for part in PARTS
    }


def _summary(done: Audit, seconds: float) -> dict[str, Any]:
    finding, state = done.finding, done.audited.state
    sums: dict[str, int] = {}
    for name, account in zip(state.directory.accounts, state.books.accounts, strict=False):
        sums[name.currency] = sums.get(name.currency, 0) + int(account["balance"])
    return {
        "good": finding is None,
        "finding": None
        if finding is None
        else {
            "page": finding.page,
            "record": finding.record,
            "what": finding.what,
            "expected": finding.expected,
            "found": finding.found,
        },
        "verdicts": verdicts(done),
        "pages": done.pages,
        "records": done.records,
        "size": done.audited.tree.size,
        "root": done.audited.tree.root.hex(),
        "checkpoints": done.checkpoints,
        "cosignatures": done.cosignatures,
        "sums": dict(sorted(sums.items())),
        "tables_compared": done.compared_tables,
        "rows_compared": done.compared_rows,
        "seconds": round(seconds, 3),
    }
