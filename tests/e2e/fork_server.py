"""Runs `setfair` commands in forked children, and kills them at a given moment if asked to.

Started as a process of its own, with a first command as its arguments: it runs that, so that kernels are
loaded, and from then on forks for each request. A child is a whole `setfair` command with nothing left to
load, so that a moment of its life is a moment of its work. Requests and answers are lines of JSON:

{"argv": [...], "kill_after": seconds or null, "output": path}  ->  {"code": exit code or -9, "seconds": ...}
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from typing import NoReturn

from setfair.cli.main import run


def serve() -> None:
    """Answer requests until the input ends."""
    print("ready", flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        begin = time.monotonic()
        child = os.fork()
        if child == 0:
            _become_command(request["argv"], request["output"])
        if request["kill_after"] is not None:
            _kill(child, begin + request["kill_after"])
        _, status = os.waitpid(child, 0)
        code = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
        print(json.dumps({"code": code, "seconds": time.monotonic() - begin}), flush=True)


def _kill(child: int, moment: float) -> None:
    """Kill a child at a moment, unless it has ended; until it is waited for, its number is its own."""
    time.sleep(max(0.0, moment - time.monotonic()))
    os.kill(child, signal.SIGKILL)


def _become_command(argv: list[str], output: str) -> NoReturn:
    file = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    for stream in (1, 2):
        os.dup2(file, stream)
    os.close(file)
    sys.argv = ["setfair", *argv]
    code = 70
    try:
        run()
        code = 0
    except SystemExit as ended:
        code = int(ended.code or 0)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    sys.argv = ["setfair", *sys.argv[1:]]
    try:
        run()
    except SystemExit as ended:
        if ended.code:
            raise
    serve()
