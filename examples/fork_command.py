"""Runs `setfair` commands, each in a process of its own, with the libraries loaded once for all of them."""

from __future__ import annotations

import gc
import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from setfair import prepare
from setfair.cli.main import COMMANDS, make_app, run


def load() -> None:
    """Import what the commands need, and load the kernels; what is forked from then on begins with them."""
    make_app(COMMANDS)
    prepare.load()
    gc.freeze()


def run_command(words: Sequence[str], environment: Mapping[str, str], output: Path | None = None) -> int:
    """Run one command as `setfair` would; return its exit code, or minus the signal that ended it.

    Parameters
    ----------
    words
        The command line, without `setfair`.
    environment
        What is set for it beside what is set already.
    output
        Where its standard output goes; None: where ours goes.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        _become_command(words, environment, output)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _become_command(words: Sequence[str], environment: Mapping[str, str], output: Path | None) -> NoReturn:
    code = 70
    try:
        os.environ.update(environment)
        if output is not None:
            os.dup2(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 1)
        sys.argv = ["setfair", *words]
        run()
        code = 0
    except SystemExit as ended:
        code = int(ended.code or 0)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
