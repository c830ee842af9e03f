"""`setfair answer`: requests that ask and change nothing, answered from the tables."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from setfair.cli.common import console, operational_errors, print_json
from setfair.cli.options import AsJson, HouseFolder
from setfair.formats.iso20022.read_request import read_request
from setfair.statements.answer import answer_request
from setfair.tables import open_tables


@operational_errors()
def answer(
    house: HouseFolder,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A pacs.028 or camt.060 message.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the answer.")],
    xsd_dir: Annotated[
        Path | None,
        typer.Option("--xsd-dir", metavar="DIR", help="Check the request against these schemas."),
    ] = None,
    envelope: Annotated[
        bool, typer.Option("--envelope", help="Give the answer a business application header.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Answer a status request with pacs.002, an account report request with camt.052 or camt.053.

    Participants are answered about their own payments and accounts. Nothing in the house changes.
    """
    request = read_request(file, xsd_dir=xsd_dir)
    with open_tables(house) as tables:
        written = answer_request(tables.query, out, request, envelope=envelope)
    if as_json:
        print_json(
            [{"file": str(each.path), "message": each.message, "count": each.count} for each in written]
        )
        return
    for each in written:
        console.print(f"{each.message}  {each.count:,}  {each.path}")
