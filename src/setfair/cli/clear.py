"""`setfair clear`: set off the obligations of a table, without a house; or verify that somebody did.

Rules
-----
1. The file is read whole before anything is written; which rows take part is `set_off_table.read`'s to say.
2. Every currency is set off on its own.
3. The output has the rows that took part, in input order (`formats.cleared_csv`), the certificate what proves
   it (`formats.certificate`). Each replaces the file of its name only when it is complete.
4. ``--verify`` computes nothing: it checks a certificate, and an output if one is named.
5. Exit code 1 if a row was left out and ``--strict`` is given, or if a certificate proves nothing; 2 if a
   file was refused.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from setfair.cli.clear_show import show_cleared, show_verdict, summarize
from setfair.cli.common import error_console, operational_errors, print_json
from setfair.cli.options import AsJson
from setfair.errors import SetfairError
from setfair.formats.certificate import read_certificate
from setfair.set_off_table.clear import certify, clear_table, write_result
from setfair.set_off_table.read import ObligationTable, read_obligations
from setfair.verify.cleared_csv import verify_cleared
from setfair.verify.set_off import verify_set_off
from setfair.verify.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Request:
    """What a call of the command asks for; an option that is added has its line here."""

    out: Path | None
    certificate: Path | None
    verify: Path | None
    result: Path | None
    strict: bool

    def check(self, file: Path) -> None:
        """Refuse what does not go together, and places that cannot be written, before the work is done."""
        if self.verify is not None:
            if self.out or self.certificate or self.strict:
                raise SetfairError("--verify writes nothing: leave out --out, --certificate and --strict")
            return
        if self.result is not None:
            raise SetfairError("--result is a file to check: it goes with --verify")
        if self.out is None:
            raise SetfairError("name the result with --out, or a certificate to check with --verify")
        _check_place(file, self.out, "--out")
        if self.certificate is not None:
            _check_place(file, self.certificate, "--certificate")
            if self.certificate.absolute() == self.out.absolute():
                raise SetfairError(f"{self.out}: is the result; name another file with --certificate")


def clear(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Obligations: CSV, Arrow or Parquet.")],
    *,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="FILE", help="Where to write the result, CSV. Needed unless --verify is."
        ),
    ] = None,
    certificate: Annotated[
        Path | None,
        typer.Option(
            "--certificate", metavar="FILE", help="Where to write what proves the result the largest."
        ),
    ] = None,
    verify: Annotated[
        Path | None,
        typer.Option(
            "--verify", metavar="FILE", help="Set nothing off: check this certificate. Exit code 1: refused."
        ),
    ] = None,
    result: Annotated[
        Path | None,
        typer.Option("--result", metavar="FILE", help="With --verify: check this result as well."),
    ] = None,
    as_json: AsJson = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 if a row was left out.")] = False,
) -> None:
    """Set off the obligations of a table: cancel the most that can be cancelled around closed loops.
    With --verify, check that somebody did.
    """
    request = Request(out, certificate, verify, result, strict)
    progress = Progress(console=error_console, transient=True, disable=not error_console.is_terminal)
    with operational_errors(), progress:
        request.check(file)
        if verify is not None:
            verdict, summary = _verify(file, verify, request, progress)
        else:
            verdict, summary = None, _clear(file, request, progress)
    if as_json:
        print_json(summary)
    elif verdict is not None:
        show_verdict(verdict, summary)
    else:
        show_cleared(summary)
    if verdict is not None and not verdict.is_proven:
        raise typer.Exit(1)
    if strict and summary["left_out"]:
        raise typer.Exit(1)


def _clear(file: Path, request: Request, progress: Progress) -> dict[str, object]:
    """Set off, write what is asked for, and return the summary."""
    started = time.perf_counter()
    table = _read(file, progress)
    progress.add_task("setting off", total=None)
    results = clear_table(table)
    written = {}
    if request.certificate is not None:
        certify(request.certificate, table, results)
        written["certificate"] = str(request.certificate)
    if request.out is not None:
        write_result(request.out, results)
        written["out"] = str(request.out)
    return summarize(table, results, time.perf_counter() - started) | written


def _verify(
    file: Path, certificate_file: Path, request: Request, progress: Progress
) -> tuple[Verdict, dict[str, object]]:
    """Check a certificate, and a result if one is named."""
    started = time.perf_counter()
    certificate = read_certificate(certificate_file)
    table = _read(file, progress)
    progress.add_task("verifying", total=None)
    verdict = verify_set_off(certificate, table.currencies, rows=len(table.rows), left_out=table.left_out)
    if verdict.is_proven and request.result is not None:
        more = verify_cleared(request.result, certificate, table.currencies)
        verdict = Verdict((*verdict.checked, *more.checked), more.refusal)
    summary: dict[str, object] = {
        "proven": verdict.is_proven,
        "refusal": verdict.refusal,
        "checked": list(verdict.checked),
        "obligations": len(table.rows),
        "left_out": table.left_out,
        "seconds": round(time.perf_counter() - started, 3),
    }
    return verdict, summary


def _read(file: Path, progress: Progress) -> ObligationTable:
    """Read the obligations, showing how far it has come."""
    task = progress.add_task("reading", total=file.stat().st_size)
    return read_obligations(file, on_progress=lambda done: progress.update(task, completed=done))


def _check_place(file: Path, place: Path, option: str) -> None:
    """Refuse to write over the input or into nowhere."""
    if place.exists() and file.exists() and place.samefile(file):
        raise SetfairError(f"{place}: is the input; name another file with {option}")
    if place.is_dir() or not place.absolute().parent.is_dir():
        raise SetfairError(f"{place}: cannot be written; name a file in a folder that exists with {option}")
