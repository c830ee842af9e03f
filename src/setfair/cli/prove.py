"""`setfair prove`: a quittance, the receipt that proves what became of one instruction."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from setfair.cli.common import console, operational_errors
from setfair.cli.options import HouseFolder
from setfair.formats.replace_file import replacing
from setfair.prove.quittance import make_quittance
from setfair.tables import open_tables


@operational_errors()
def prove(
    house: HouseFolder,
    instruction: Annotated[
        str,
        typer.Argument(
            metavar="UETR|OBLIGATION",
            help="UETR of a payment, the creditor's id of an obligation, or the number of either.",
        ),
    ],
    asking: Annotated[
        str | None,
        typer.Option(
            "--as", metavar="ID", help="For this participant or party: its own balances are shown to it."
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Where to; else standard output.")
    ] = None,
) -> None:
    """Write a quittance: what became of a payment or an obligation, with the proof that the journal says so.
    `setfair verify` checks it.
    """
    with open_tables(house) as tables:
        quittance = make_quittance(tables.query, instruction, asking)
    written = quittance.to_json()
    if out is None:
        sys.stdout.write(written.decode())
        return
    with replacing(out) as file:
        file.write(written)
    console.print(f"quittance: {out}")
