"""Runs the `setfair` commands of a shell script in forked children, with the libraries loaded once for all.

Started as a process of its own, with the path of a socket. `client_of` gives the program that stands for
`setfair` on the script's PATH: it hands over its arguments, folder, environment and the three standard
streams, and ends as the command ended. So the script is run as it stands, and each command is a process of
its own.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Any, NoReturn

REQUEST_BYTES_MAX = 1 << 20

_CLIENT = """#!{python} -SEs
import json, os, socket, sys
server = socket.socket(socket.AF_UNIX)
server.connect({path!r})
request = json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]).encode()
socket.send_fds(server, [request], [0, 1, 2])
server.shutdown(socket.SHUT_WR)
sys.exit(int(server.recv(16) or 70))
"""


def client_of(path: Path) -> str:
    """Return the text of a program that has its command run by the server at a socket."""
    return _CLIENT.format(python=sys.executable, path=str(path))


def serve(path: str) -> None:
    """Answer requests until this process is ended."""
    from setfair import prepare
    from setfair.cli.main import COMMANDS, make_app

    make_app(COMMANDS)
    prepare.load()
    gc.freeze()
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(path)
        listening.listen()
        print("ready", flush=True)
        while True:
            with listening.accept()[0] as connection:
                connection.sendall(str(_run(connection)).encode())


def _run(connection: socket.socket) -> int:
    """Run the command of one request; return its exit code."""
    raw, streams, _, _ = socket.recv_fds(connection, REQUEST_BYTES_MAX, 3)
    while more := connection.recv(REQUEST_BYTES_MAX):
        raw += more
    child = os.fork()
    if child == 0:
        _become_command(*json.loads(raw), streams)
    for stream in streams:
        os.close(stream)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _become_command(
    words: list[str], folder: str, environment: dict[str, str], streams: list[int]
) -> NoReturn:
    from setfair.cli.main import run

    signal.signal(signal.SIGINT, signal.default_int_handler)
    code: Any = 70
    try:
        for place, stream in enumerate(streams):
            os.dup2(stream, place)
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(environment)
        sys.argv = ["setfair", *words]
        run()
        code = 0
    except SystemExit as ended:
        code = ended.code or 0
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 1)


if __name__ == "__main__":
    serve(sys.argv[1])
