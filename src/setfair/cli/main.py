"""`setfair`: the command line. Each command parses, calls one verb, and shows what came of it.

A command's module is imported when the command is asked for: `setfair sql` needs no engine, and should
not wait for one.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import Annotated

import typer
from typer.core import TyperGroup

from setfair import __version__
from setfair.cli.common import console
from setfair.cli.without_pandas import leave_pandas_out

PANELS = {
    "Rules and the business day": {
        "agreement": "agreement:agreement_app",
        "init": "house:init",
        "adopt": "house:adopt",
        "day": "day:day_app",
    },
    "Take in, settle, clear": {
        "submit": "submit:submit",
        "cycle": "cycle:cycle",
        "link": "link:link_app",
        "limit": "limit:limit_app",
        "sub-account": "sub_account:sub_account_app",
        "queue": "queue:queue_app",
    },
    "Screen": {
        "lists": "lists:lists_app",
        "alert": "alert:alert_app",
        "monitor": "monitor:monitor",
    },
    "Ask and give out": {
        "status": "look:status",
        "why": "why:why",
        "explain": "explain:explain_obligation",
        "positions": "cycle:positions",
        "indicators": "indicators:indicators",
        "answer": "answer:answer",
        "statements": "give_out:statements",
        "report": "give_out:report",
        "sql": "look:sql",
    },
    "Prove and keep": {
        "prove": "prove:prove",
        "verify": "verify:verify",
        "checkpoint": "checkpoint:checkpoint_app",
        "audit": "audit:audit",
        "backup": "backup:backup",
        "restore": "backup:restore",
        "archive": "archive:archive",
        "rebuild": "house:rebuild",
    },
    "With tables of your own, no house needed": {
        "clear": "clear:clear",
        "offset": "offset:offset",
        "screen": "screen:screen",
    },
}
"""By what they are for, commands by name: module of this package, and the command or group in it."""

COMMANDS = {name: place for commands in PANELS.values() for name, place in commands.items()}

WITHOUT_ARROW = frozenset({"verify"})
"""Commands that start without PyArrow."""


def _version(wanted: bool) -> None:
    if wanted:
        console.print(f"setfair {__version__}")
        raise typer.Exit


def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """An open clearing house for cross-border trade in local currencies."""


class _InOrder(TyperGroup):
    """The commands in the order of `PANELS`."""

    def list_commands(self, ctx: object) -> list[str]:
        """Return the names of the commands that were made."""
        return [name for name in COMMANDS if name in self.commands]


def make_app(names: Iterable[str] = COMMANDS) -> typer.Typer:
    """Return the command line with these commands."""
    app = typer.Typer(
        name="setfair",
        cls=_InOrder,
        help="An open clearing house for cross-border trade in local currencies.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.callback()(main)
    names = list(names)
    if not WITHOUT_ARROW.issuperset(names):
        leave_pandas_out()
    panel_of = {name: panel for panel, commands in PANELS.items() for name in commands}
    for name in names:
        module, _, attribute = COMMANDS[name].partition(":")
        command = getattr(import_module(f"setfair.cli.{module}"), attribute)
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name, rich_help_panel=panel_of[name])
        else:
            app.command(name, rich_help_panel=panel_of[name])(command)
    return app


def commands_asked(words: Sequence[str]) -> Iterable[str]:
    """Return the command that these words ask for alone, or all of them to say what there is."""
    asked = words[0] if words else ""
    return [] if asked == "--version" else [asked] if asked in COMMANDS else COMMANDS


def run() -> None:
    """Run the command line, of which only what is asked for is loaded."""
    gc.disable()  # what is imported stays, and looking through it for garbage takes a twentieth of the start
    app = make_app(commands_asked(sys.argv[1:]))
    # Nor is it looked through later: reading a file of 10,000 payments took a fifth longer for that.
    gc.freeze()
    gc.enable()
    app(prog_name="setfair")
