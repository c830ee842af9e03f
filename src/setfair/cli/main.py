"""`setfair`: the command line. Each command parses, calls one verb, and shows what came of it."""

from __future__ import annotations

from typing import Annotated

import typer

from setfair import __version__
from setfair.cli.agreement import agreement_app
from setfair.cli.alert import alert_app
from setfair.cli.clear import clear
from setfair.cli.common import console
from setfair.cli.day import cycle, day_app, statements
from setfair.cli.explain import explain_obligation
from setfair.cli.house import adopt, init, rebuild, report, sql, status
from setfair.cli.submit import submit

app = typer.Typer(
    name="setfair",
    help="An open clearing house for cross-border trade in local currencies.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(agreement_app, name="agreement")
app.command()(init)
app.command()(adopt)
app.add_typer(day_app, name="day")
app.command()(submit)
app.command()(cycle)
app.command("explain")(explain_obligation)
app.add_typer(alert_app, name="alert")
app.command()(status)
app.command()(statements)
app.command()(report)
app.command()(sql)
app.command()(rebuild)
app.command()(clear)


def _version(wanted: bool) -> None:
    if wanted:
        console.print(f"setfair {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """An open clearing house for cross-border trade in local currencies."""


def run() -> None:
    """Run the command line."""
    app()
