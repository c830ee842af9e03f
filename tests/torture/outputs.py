"""Faults while files are given out: the process is killed before it opens, syncs or renames a file."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from pathlib import Path
from random import Random

from setfair.prove.quittance import Quittances
from setfair.statements.write_day import write_day
from setfair.tables import open_tables
from tests.torture.play import must
from tests.torture.played import DayOnDisk
from tests.torture.processes import fork
from tests.torture.words import business_date

EVENTS = frozenset({"open", "os.rename", "os.mkdir", "os.remove"})
"""Audit events of Python at which a file is about to change: https://docs.python.org/3/library/audit_events.html."""
MOMENTS = 100


def _give_out(day: DayOnDisk) -> None:
    first = next(step.date for step in day.played.plan.steps if step.kind == "open")
    with open_tables(day.house) as tables:
        made = Quittances(tables.query)

        def quittance_of(sender: str, number: int) -> str:
            found = made.of_payment(sender, number)
            return found.to_json().decode() if found is not None else ""

        write_day(tables.query, day.house / "out", business_date(first), quittances=quittance_of)


def _files(folder: Path) -> dict[str, bytes]:
    """Return what participants would see: names that begin with a dot are of files that are not whole."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }


def killed_output(day: DayOnDisk, random: Random) -> str:
    """Messages and statements are written, and the process is killed: files are whole, and the same again."""
    day.lay_out(day.after)
    out = day.house / "out"
    if not any(step.kind == "open" for step in day.played.plan.steps):
        return "no day was opened"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    _give_out(day)
    wanted = _files(out)
    shutil.rmtree(out)
    out.mkdir()
    code = _killed(day, random.randrange(MOMENTS))
    for name, data in _files(out).items():
        must(wanted.get(name) == data, f"{name} is not whole")
    _give_out(day)
    must(_files(out) == wanted, "the files are not the same the second time")
    return "killed" if code else "had ended"


def _killed(day: DayOnDisk, moment: int) -> int:
    """Give out in a process of its own, which is killed when so many files have been touched."""
    process = fork()
    if process:
        _, status = os.waitpid(process, 0)
        return status
    seen = [0]

    def watch(event: str, given: tuple[object, ...]) -> None:
        if event in EVENTS and str(day.house / "out") in str(given[0]):
            _count(seen, moment)

    really = os.fsync

    def sync(file: int) -> None:
        _count(seen, moment)
        really(file)

    try:
        os.fsync = sync
        sys.addaudithook(watch)
        _give_out(day)
    finally:
        os._exit(0)


def _count(seen: list[int], moment: int) -> None:
    seen[0] += 1
    if seen[0] > moment:
        os.kill(os.getpid(), signal.SIGKILL)
