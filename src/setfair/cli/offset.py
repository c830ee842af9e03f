"""`setfair offset`: which payments of a queue settle together; of a table without a house, or in a house.

Rules
-----
1. Both files, and the rates, are read whole before anything is written.
2. The output has the payments in the order of the queue (`offset_table.run`); it replaces the file of its
   name only when it is complete.
3. In a house the discipline is the agreement's, and what is chosen settles.
4. Exit code 2 if a file or the options were refused.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from setfair.cli.common import console, operational_errors, print_json, with_separators
from setfair.cli.offset_house import offset_house
from setfair.cli.options import AsJson, Now
from setfair.engine.offset import Discipline
from setfair.errors import SetfairError
from setfair.formats.rates import read_rates
from setfair.offset_table.read import read_tables
from setfair.offset_table.run import offset_table, summarize, write_settled

WORK_MAX = 10**12
"""Most work of one run: hours."""


Balances = Annotated[
    Path | None,
    typer.Option(
        "--balances", metavar="FILE", help="What there is, CSV: participant,currency,balance,credit_line."
    ),
]
ChosenDiscipline = Annotated[
    Discipline | None,
    typer.Option(
        "--discipline",
        help="ordered (if it is not given) keeps the order of each queue, bypass chooses any payments; "
        "in a house it is the agreement's.",
    ),
]


def offset(
    queue: Annotated[
        Path,
        typer.Argument(
            metavar="QUEUE",
            help="Queued payments, CSV: payment_id,debtor,creditor,currency,amount,priority,link; or the "
            "folder of a house, whose queues are offset.",
        ),
    ],
    *,
    balances: Balances = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Where to write which payments settle, CSV.")
    ] = None,
    discipline: ChosenDiscipline = None,
    rates: Annotated[
        Path | None,
        typer.Option(
            "--rates", metavar="FILE", help="Conversion table, CSV: bypass counts amounts at their worth."
        ),
    ] = None,
    work: Annotated[
        int | None,
        typer.Option(
            "--work", min=0, max=WORK_MAX, help="Work units that bypass may use; without it by the payments."
        ),
    ] = None,
    as_json: AsJson = False,
    now: Now = None,
) -> None:
    """Offset a queue of payments: choose those that settle together with the liquidity that there is."""
    with operational_errors():
        if queue.is_dir():
            _check_house_options(queue, balances or out or rates or discipline)
            offset_house(queue, work or 0, now, as_json=as_json)
            return
        if not queue.exists():
            raise SetfairError(f"{queue}: no such file or folder; name a table of queued payments or a house")
        if balances is None or out is None:
            raise SetfairError("a table of queued payments needs --balances FILE and --out FILE")
        discipline = discipline or Discipline.ORDERED
        _check_place(out, (queue, balances, *((rates,) if rates else ())))
        table = read_tables(queue, balances)
        fixing = read_rates(rates) if rates is not None else None
        run = offset_table(table, discipline, fixing=fixing, work_max=work)
        write_settled(out, table, run)
    summary = summarize(table, run) | {"out": str(out)}
    if as_json:
        print_json(summary)
    else:
        _show(summary)


def _check_house_options(folder: Path, given: object) -> None:
    if given:
        raise SetfairError(f"{folder} is a folder: in a house only --work and --now can be given")


def _check_place(out: Path, inputs: tuple[Path, ...]) -> None:
    """Refuse to write over an input or into nowhere."""
    if out.exists() and any(each.exists() and out.samefile(each) for each in inputs):
        raise SetfairError(f"{out}: is an input; name another file with --out")
    if out.is_dir() or not out.absolute().parent.is_dir():
        raise SetfairError(f"{out}: cannot be written; name a file in a folder that exists with --out")


def _show(summary: dict[str, object]) -> None:
    """Print the figures for people."""
    currencies: list[dict[str, object]] = summary["currencies"]  # type: ignore[assignment]
    grid = Table(box=None, pad_edge=False)
    for heading in ("currency", "payments", "settled", "queued", "settled", "in order"):
        grid.add_column(heading, justify="left" if heading == "currency" else "right", no_wrap=True)
    for row in currencies:
        amounts = (with_separators(str(row[name])) for name in ("queued", "settled", "ordered"))
        grid.add_row(str(row["currency"]), str(row["payments"]), str(row["payments_settled"]), *amounts)
    console.print(grid)
    if summary["is_optimum"]:
        console.print("no set of this discipline has more value")
    else:
        console.print(f"no set has more than {summary['gap_percent']} % of the bound beyond this one")
    console.print(f"{summary['out']}: written", markup=False, soft_wrap=True)
    console.print(f"{summary['work']} work units, {summary['seconds']} s")
