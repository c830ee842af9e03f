"""What `setfair clear` reads: first the small tables, so that a mistake in them costs no time."""

from __future__ import annotations

from dataclasses import dataclass

from rich.progress import Progress

from setfair.cli.clear_options import Request
from setfair.domain.fixing import Fixing
from setfair.domain.party_amount import PartyAmount
from setfair.formats.kept_ids import KeptId, read_kept_ids
from setfair.formats.party_amounts import read_liquidity, read_party_amounts
from setfair.formats.rates import read_rates
from setfair.set_off_table.read import NAMES, ObligationTable, read_obligations


@dataclass(frozen=True, slots=True)
class Files:
    """What was read; None for an option that was not given."""

    table: ObligationTable
    fixing: Fixing | None
    liquidity: tuple[PartyAmount, ...] | None
    kept: tuple[KeptId, ...] | None
    party_maxima: tuple[PartyAmount, ...] | None


def read_files(request: Request, progress: Progress) -> Files:
    """Read all files of a request, showing how far the obligations have come.

    Raises
    ------
    FileRefusedError
        If one of them is malformed.
    """
    fixing = read_rates(request.fixing) if request.fixing is not None else None
    liquidity = read_liquidity(request.liquidity) if request.liquidity is not None else None
    kept = read_kept_ids(request.keep) if request.keep is not None else None
    maxima = read_party_amounts(request.party_maxima) if request.party_maxima is not None else None
    task = progress.add_task("reading", total=request.file.stat().st_size)
    table = read_obligations(
        request.file,
        also=NAMES if request.report is not None else (),
        on_progress=lambda done: progress.update(task, completed=done),
    )
    return Files(table, fixing, liquidity, kept, maxima)
