"""Other processes for tests: Python code that talks over pipes, and a house's database seen from outside."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
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


_QUERY = """
import json, sqlite3, sys
connection = sqlite3.connect(f"file:{sys.argv[1]}?mode={sys.argv[3]}", uri=True, timeout=30)
rows = connection.execute(sys.argv[2]).fetchall()
connection.commit()
connection.close()
print(json.dumps([[c.hex() if isinstance(c, bytes) else c for c in row] for row in rows]))
"""


def plain_sql(database: Path, statement: str, *, write: bool = False) -> list[list[Any]]:
    """Run one statement with Python's own sqlite3 in another process, as any other program would."""
    rows: list[list[Any]] = json.loads(run_python(_QUERY, database, statement, "rw" if write else "ro"))
    return rows
