"""Where `setfair` starts. `setfair verify` is checked without loading what the other commands need."""

from __future__ import annotations

import sys


def run() -> None:
    """Run the command that is asked for."""
    if sys.argv[1:2] == ["verify"]:
        from setfair.proof.command import main

        sys.exit(main(sys.argv[2:]))
    from setfair.cli.main import run as run_command

    run_command()
