"""`setfair verify` among the commands: what it takes, for help and documentation. What it does is in
`proof.command`, which `setfair.cli.start` calls without this.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from setfair.proof.command import HELP, METAVAR, Request, run


def verify(
    file: Annotated[Path | None, typer.Argument(metavar=METAVAR["file"], help=HELP["file"])] = None,
    *,
    key: Annotated[Path, typer.Option("--key", metavar=METAVAR["key"], help=HELP["key"])],
    cosigner: Annotated[
        list[str] | None, typer.Option("--cosigner", metavar=METAVAR["cosigner"], help=HELP["cosigner"])
    ] = None,
    known: Annotated[
        Path | None, typer.Option("--known", metavar=METAVAR["known"], help=HELP["known"])
    ] = None,
    consistent: Annotated[
        tuple[Path, Path] | None,
        typer.Option("--consistent", metavar=METAVAR["consistent"], help=HELP["consistent"]),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help=HELP["json"])] = False,
) -> None:
    """Check a quittance, or with --consistent two checkpoints, and say in words what is proven.
    Needs the house's public key and nothing else: no house, no network. Exit code 1: not proven.
    """
    code = run(Request(file, consistent, key, tuple(cosigner or ()), known, as_json))
    if code:
        raise typer.Exit(code)
