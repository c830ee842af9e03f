"""`setfair` run in the test's own process."""

from __future__ import annotations

from typer.testing import CliRunner, Result

from setfair.cli.main import commands_asked, make_app


def invoke(*words: object) -> Result:
    """Run `setfair` with these words, the command that they ask for built alone as it is for users."""
    arguments = [str(word) for word in words]
    return CliRunner().invoke(make_app(commands_asked(arguments)), arguments)
