"""`setfair` run in the test's own process."""

from __future__ import annotations

from functools import cache
from typing import Any

import typer.testing
from typer.testing import CliRunner, Result

from setfair.cli.main import commands_asked, make_app

# What the words of a command may be is made of its function's signature: once a process, as it is for users.
_testing: Any = typer.testing
_testing._get_command = cache(_testing._get_command)


@cache
def _app(commands: tuple[str, ...]) -> typer.Typer:
    return make_app(commands)


def invoke(*words: object) -> Result:
    """Run `setfair` with these words, the command that they ask for built alone as it is for users."""
    arguments = [str(word) for word in words]
    return CliRunner().invoke(_app(tuple(commands_asked(arguments))), arguments)
