"""Other processes for tests: Python code that talks over pipes, and a house's database seen from outside."""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


def environment(**more: str) -> dict[str, str]:
    """Return this process's environment, in which children find the same package and these tests."""
    given = os.environ.get("PYTHONPATH", "")
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT), *([given] if given else [])])
    return {**os.environ, "PYTHONPATH": path, "COLUMNS": "160", **more}


@contextmanager
def python(code: str, *arguments: object) -> Iterator[subprocess.Popen[str]]:
    """Run Python code in a process of its own, with pipes; it is killed at the end if it still runs."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def run_python(code: str, *arguments: object) -> str:
    """Run Python code in a process of its own to its end and return what it printed."""
    with python(code, *arguments) as process:
        out, errors = process.communicate(timeout=120)
        if process.returncode != 0:
            raise RuntimeError(f"exit code {process.returncode}: {errors}")
        return out


def read_line(process: subprocess.Popen[str]) -> str:
    """Return the next line that a process prints; raises with its errors if it has ended."""
    if process.stdout is None or process.stderr is None:
        raise RuntimeError("the process has no pipes")
    line = process.stdout.readline()
    if not line:
        raise RuntimeError(f"the process ended: {process.stderr.read()}")
    return line.strip()


_QUERIES = """
import json, sqlite3, sys
for line in sys.stdin:
    database, statement, mode = json.loads(line)
    try:
        connection = sqlite3.connect(f"file:{database}?mode={mode}", uri=True, timeout=30)
        try:
            rows = connection.execute(statement).fetchall()
            connection.commit()
        finally:
            connection.close()
        answer = [[c.hex() if isinstance(c, bytes) else c for c in row] for row in rows]
    except sqlite3.Error as error:
        answer = repr(error)
    print(json.dumps(answer), flush=True)
"""


@cache
def _queries() -> subprocess.Popen[str]:
    """Return the process that runs statements, begun once: to begin one takes longer than most of them."""
    until_the_end = ExitStack()
    atexit.register(until_the_end.close)
    return until_the_end.enter_context(python(_QUERIES))


def plain_sql(database: Path, statement: str, *, write: bool = False) -> list[list[Any]]:
    """Run one statement with Python's own sqlite3 in another process, as any other program would.

    Each has a connection of its own, that is closed when this returns.
    """
    process = _queries()
    if process.stdin is None:
        raise RuntimeError("the process has no pipes")
    process.stdin.write(json.dumps([str(database), statement, "rw" if write else "ro"]) + "\n")
    process.stdin.flush()
    answer: list[list[Any]] | str = json.loads(read_line(process))
    if isinstance(answer, str):
        raise RuntimeError(answer)
    return answer
