"""`setfair clear`: set off the obligations of a table, without a house; or verify that somebody did.

Rules
-----
1. The file is read whole before anything is written; which rows take part is `set_off_table.read`'s to say.
2. What is done with it is `clear_work`'s: each currency on its own, with money, or across currencies.
3. Everything is computed before anything is written. The output has the rows that took part, in input order
   (`formats.cleared_csv`), the certificate what proves it (`formats.certificate`). Each file replaces that of
   its name only when it is complete; the result is the last.
4. ``--verify`` computes nothing: it checks a certificate, and an output if one is named (`clear_verify`).
5. Exit code 1 if a row was left out and ``--strict`` is given, or if a certificate proves nothing; 2 if a
   file was refused.
"""

from __future__ import annotations

import time
from typing import Annotated

import typer
from rich.progress import Progress

from setfair.cli import clear_options as options
from setfair.cli.clear_options import Request
from setfair.cli.clear_read import read_files
from setfair.cli.clear_show import show_cleared, show_verdict, summarize
from setfair.cli.clear_verify import verify_files
from setfair.cli.clear_work import clear_files
from setfair.cli.common import error_console, operational_errors, print_json
from setfair.cli.options import AsJson
from setfair.engine.setoff.objective import Objective


def clear(
    file: options.Obligations,
    *,
    out: options.Out = None,
    certificate: options.CertificateOut = None,
    verify: options.Verify = None,
    result: options.Result = None,
    objective: options.ObjectiveWanted = Objective.VALUE,
    as_of: options.AsOf = None,
    keep: options.Keep = None,
    minimum: options.Minimum = None,
    party_maximum: options.PartyMaximum = None,
    party_maxima: options.PartyMaxima = None,
    liquidity: options.Liquidity = None,
    money: options.Money = None,
    curve: options.Curve = None,
    fixing: options.Fixing = None,
    rounding: options.Rounding = None,
    exchange: options.Exchange = None,
    loops: options.Loops = None,
    report: options.Report = None,
    as_json: AsJson = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 if a row was left out.")] = False,
) -> None:
    """Set off the obligations of a table: cancel the most that can be cancelled around closed loops.
    With --verify, check that somebody did.
    """
    # Every parameter but --json has its field in the request.
    given = dict(locals())
    del given["as_json"]
    request = Request(**given)
    progress = Progress(console=error_console, transient=True, disable=not error_console.is_terminal)
    with operational_errors(), progress:
        request.check()
        if verify is not None:
            verdict, summary = verify_files(request, progress)
        else:
            verdict, summary = None, _clear(request, progress)
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


def _clear(request: Request, progress: Progress) -> dict[str, object]:
    """Set off, write what is asked for, and return the summary."""
    started = time.perf_counter()
    files = read_files(request, progress)
    done = clear_files(request, files, progress)
    written: dict[str, object] = {}
    for option, place in request.places.items():
        progress.add_task(f"writing {place.name}", total=None)
        done.writers[option](place)
        written[option.removeprefix("--")] = str(place)
    return summarize(files.table, time.perf_counter() - started) | done.summary | {"written": written}
