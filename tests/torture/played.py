"""A day that was played on a disk that notes everything: what all faults of that day start from."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from random import Random

from setfair.house import open_house
from setfair.store.sqlite import connect
from setfair.tables import query
from tests.torture.days import plan_of
from tests.torture.disk import Disk, Operation, failing_disk
from tests.torture.play import (
    ARCHIVED,
    Asked,
    JumpingClock,
    Mark,
    Played,
    archive_closed,
    compare,
    new_house,
    play_session,
)
from tests.torture.wreck import Platter, put, taken

SESSION_MAX = 8
"""Steps of one session at most."""
_PAGES = "SELECT page_number, root, instruction_kind FROM page"
_NOTES = "SELECT page_number, note FROM signed_checkpoint"
MEMORY = Path("/dev/shm")
"""Where houses lie if there is such a place: what is durable is decided by the layer above it, and waits for
nothing."""


@dataclass(frozen=True, slots=True)
class DayOnDisk:
    """A played day, with the disk before it and everything that was done to it."""

    folder: Path
    """What is thrown away at the end."""
    house: Path
    """The house, into which each fault puts its files."""
    played: Played
    before: dict[str, bytes]
    after: dict[str, bytes]
    log: list[Operation]
    notes: dict[int, str]
    """Signed checkpoints by page: what participants keep outside."""
    archive: dict[str, bytes]
    """What went into the archive, by name of the file: durable before the database says so."""

    def platter_at(self, operations: int) -> Platter:
        """Return the disk when so many operations were done."""
        platter = Platter(self.before)
        platter.do(self.log[:operations])
        return platter

    def steps_at(self, operations: int) -> int:
        """Return how many steps were acknowledged when so many operations were done."""
        return max((mark.step for mark in self.played.marks if mark.operations <= operations), default=0)

    @property
    def steps(self) -> int:
        """How many steps the day has."""
        return len(self.played.plan.steps)

    def lay_out(self, files: dict[str, bytes] | dict[str, bytearray]) -> Path:
        """Put files in the place of the database; return the house."""
        put(files, self.house)
        shutil.rmtree(self.house / "archive", ignore_errors=True)
        if self.archive:
            (self.house / "archive").mkdir()
        for name, data in self.archive.items():
            (self.house / "archive" / name).write_bytes(data)
        return self.house

    def at_step(self, step: int) -> Path:
        """Lay the house out as it was after a step, with nothing lost."""
        operations = self.played.marks[step].operations
        platter = self.platter_at(operations)
        for name in {operation.file for operation in platter.pending}:
            platter.settle(name)
        return self.lay_out(platter.files)

    def throw_away(self) -> None:
        """Delete everything of this day."""
        shutil.rmtree(self.folder, ignore_errors=True)


def play_day(seed: int) -> DayOnDisk:
    """Play the day of a seed and keep all that its disk saw.

    Raises
    ------
    WrongError
        If the house and the reference do not agree: without any fault.
    """
    random = Random(f"day {seed}")
    folder = Path(tempfile.mkdtemp(prefix="torture-", dir=MEMORY if os.access(MEMORY, os.W_OK) else None))
    plan = plan_of(random)
    house = new_house(folder, plan)
    played, before, disk = Played(plan), taken(house), Disk(house)
    clock = JumpingClock(random)

    def mark(number: int, page: int) -> None:
        last = played.marks[-1].page if played.marks else 0
        played.marks.append(Mark(len(disk.log), number + 1, max(page, last)))

    with failing_disk(disk):
        with open_house(house, clock) as opened:
            mark(-1, opened.clearing_house.state.page_number)
        at = 0
        while at < len(plan.steps):
            end = min(len(plan.steps), at + random.randint(1, SESSION_MAX))
            play_session(house, plan, range(at, end), random, clock=clock, on_step=mark)
            at = end
            if random.random() < ARCHIVED:
                archive_closed(house, plan, clock)
    after = taken(house)
    archive = {file.name: file.read_bytes() for file in sorted((house / "archive").glob("*"))}
    connection = connect(house, read_only=True)
    pages = query(connection, _PAGES)
    played.roots = {row["page_number"]: row["root"] for row in pages}
    played.kinds = {row["page_number"]: row["instruction_kind"] for row in pages}
    notes = {row["page_number"]: row["note"] for row in query(connection, _NOTES)}
    connection.close()
    compare(house, played, Asked(at, at), random)
    return DayOnDisk(folder, house, played, before, after, disk.log, notes, archive)
