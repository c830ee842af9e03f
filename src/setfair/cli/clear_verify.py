"""`setfair clear --verify`: check a certificate, and a result if one is named; nothing is computed."""

from __future__ import annotations

import time
from pathlib import Path

from rich.progress import Progress

from setfair.cli.clear_options import Request
from setfair.cli.clear_read import Files, read_files
from setfair.errors import SetfairError
from setfair.formats import across_certificate
from setfair.formats.across_certificate import read_across_certificate
from setfair.formats.certificate import read_certificate
from setfair.formats.sealed import is_sealed_with
from setfair.set_off_table.clear import Reduced
from setfair.verify.across_file import reduced_parts, verify_across
from setfair.verify.cleared_csv import verify_cleared
from setfair.verify.set_off import verify_set_off
from setfair.verify.verdict import Verdict


def verify_files(request: Request, progress: Progress) -> tuple[Verdict, dict[str, object]]:
    """Check the certificate of a request, and return what was found and its summary.

    Raises
    ------
    SetfairError
        If a file cannot be read, or the certificate is not of the kind that the options are for.
    """
    started = time.perf_counter()
    if request.verify is None:
        raise SetfairError("name a certificate with --verify")
    check = _across if is_sealed_with(request.verify, across_certificate.SEAL) else _apart
    verdict, parts, files = check(request.verify, request, progress)
    if verdict.is_proven and request.result is not None:
        more = verify_cleared(request.result, parts)
        verdict = Verdict((*verdict.checked, *more.checked), more.refusal)
    summary: dict[str, object] = {
        "proven": verdict.is_proven,
        "refusal": verdict.refusal,
        "checked": list(verdict.checked),
        "obligations": len(files.table.rows),
        "left_out": files.table.left_out,
        "seconds": round(time.perf_counter() - started, 3),
    }
    return verdict, summary


Found = tuple[Verdict, list[Reduced], Files]


def _apart(path: Path, request: Request, progress: Progress) -> Found:
    """Check the certificate of a run in which each currency was set off on its own."""
    claim = read_certificate(path)
    if request.fixing is not None:
        raise SetfairError(
            f"{path}: is of a set-off of each currency on its own, at no rates: leave out --fixing"
        )
    files = read_files(request, progress)
    table = files.table
    progress.add_task("verifying", total=None)
    size = {"rows": len(table.rows), "left_out": table.left_out}
    verdict = verify_set_off(claim, table.currencies, **size, liquidity=files.liquidity)
    pairs = zip(table.currencies, claim.currencies, strict=False)
    return verdict, [(owed, part.cleared_minor) for owed, part in pairs], files


def _across(path: Path, request: Request, progress: Progress) -> Found:
    """Check the certificate of a run across currencies."""
    claim = read_across_certificate(path)
    if request.liquidity is not None:
        raise SetfairError(f"{path}: is of a set-off across currencies, without money: leave out --liquidity")
    files = read_files(request, progress)
    table = files.table
    progress.add_task("verifying", total=None)
    size = (len(table.rows), table.left_out)
    verdict = verify_across(claim, table.currencies, table=size, fixing=files.fixing)
    reduced = reduced_parts(claim, table.currencies) if verdict.is_proven else []
    return verdict, list(zip(table.currencies, reduced, strict=False)), files
