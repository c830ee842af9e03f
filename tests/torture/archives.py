"""Faults of the archive: the process is killed while closed days move into it, and its file is damaged."""

from __future__ import annotations

import os
import signal
import sys
from random import Random

from setfair.errors import SetfairError
from tests.torture.disk import OK, Disk, Operation, failing_disk
from tests.torture.outputs import EVENTS
from tests.torture.play import Asked, JumpingClock, archive_closed, audit, compare, complete, must
from tests.torture.played import DayOnDisk
from tests.torture.processes import fork

MOMENTS = 140


def killed_archive(day: DayOnDisk, random: Random) -> str:
    """Closed days move into the archive, and the process is killed: the pages are in the one or the other."""
    day.lay_out(day.after)
    plan, asked = day.played.plan, Asked(day.steps, day.steps)
    code = _killed(day, random.randrange(MOMENTS), random)
    compare(day.house, day.played, asked, random)
    is_left = archive_closed(day.house, plan, JumpingClock(random))
    found = compare(day.house, day.played, asked, random)
    complete(day.house, day.played, found, random)
    if not is_left:
        return "there was nothing, or all was done"
    return "killed, and done when asked for again" if code else "had ended"


def _killed(day: DayOnDisk, moment: int, random: Random) -> int:
    """Archive in a process of its own, which is killed when so many files have been touched."""
    process = fork()
    if process:
        _, status = os.waitpid(process, 0)
        return status
    seen = [0]

    def touch() -> None:
        seen[0] += 1
        if seen[0] > moment:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(event: str, given: tuple[object, ...]) -> None:
        if event in EVENTS and str(day.house) in str(given[0]):
            touch()

    def before(operation: Operation) -> int:
        if operation.kind != "read":
            touch()
        return OK

    try:
        sys.addaudithook(watch)
        with failing_disk(Disk(day.house, is_noting=False, before=before)):
            archive_closed(day.house, day.played.plan, JumpingClock(random))
    finally:
        os._exit(0)


def bad_archive(day: DayOnDisk, random: Random) -> str:
    """A file of the archive is damaged or gone: the audit names it; with a copy put back all is well."""
    day.lay_out(day.after)
    archive_closed(day.house, day.played.plan, JumpingClock(random))
    files = sorted((day.house / "archive").glob("*"))
    if not files:
        return "there was nothing"
    file = random.choice(files)
    sound = file.read_bytes()
    way = random.choice(("a bit turned", "an end is missing", "another file", "gone"))
    damaged = bytearray(sound)
    bit = random.randrange(8 * len(sound))
    damaged[bit // 8] ^= 1 << bit % 8
    others = [other.read_bytes() for other in files if other != file]
    new = {
        "a bit turned": bytes(damaged),
        "an end is missing": sound[: random.randrange(len(sound))],
        "another file": random.choice(others) if others else sound[::-1],
        "gone": None,
    }[way]
    file.unlink()
    if new is not None:
        file.write_bytes(new)
    try:
        is_rows = file.suffix == ".db"
        finding = audit(day.house, journal_only=not is_rows and random.random() < 0.5).finding
        must(finding is not None, f"{file.name}: {way}, and nobody saw it")
    except SetfairError as error:
        must(bool(str(error).strip()), "the archive cannot be read, and nothing says why")
    file.write_bytes(sound)
    compare(day.house, day.played, Asked(day.steps, day.steps), random)
    return way
