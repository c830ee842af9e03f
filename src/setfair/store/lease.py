"""The writer's lease: one writer at a time; a second one is told who holds it.

The lease is an advisory lock on a file beside the database. The system lets go of it when the process
ends, however it ends; what stands in the file only names the holder.
"""

from __future__ import annotations

import fcntl
import getpass
import json
import os
import socket
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from setfair.errors import LeaseHeldError

PATIENCE_SECONDS = 1.0
"""How long a writer waits for another one that is about to end."""


class WriterLease:
    """Held from construction until `release`; a holder that is about to end is waited for a moment."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab", buffering=0)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self._try_lock():
            if time.monotonic() < deadline:
                time.sleep(0.02)
                continue
            holder = _holder(path)
            self._file.close()
            raise LeaseHeldError(
                f"another writer holds this house: {holder}. Wait until it has ended; "
                "readers may read at any time."
            )
        self._file.truncate(0)
        # The lock is the lease. On a full disk the holder stays unnamed, and its pages say what is wrong.
        with suppress(OSError):
            self._file.write(json.dumps(_self_description()).encode())

    def _try_lock(self) -> bool:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def release(self) -> None:
        """Let go of the lease."""
        if not self._file.closed:
            self._file.truncate(0)
            self._file.close()


def _self_description() -> dict[str, str | int]:
    return {
        "process": os.getpid(),
        "user": _user(),
        "host": socket.gethostname(),
        "since": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": " ".join([Path(sys.argv[0]).name, *sys.argv[1:2]]),
    }


def _user() -> str:
    """Return the user's name, or the number where the system knows no name for it, as in many containers."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def _holder(path: Path) -> str:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return (
            f"process {found['process']} ({found['command']}) of {found['user']} on {found['host']}, "
            f"since {found['since']}"
        )
    except (OSError, ValueError, KeyError, TypeError):
        return "it has not yet said who it is"
