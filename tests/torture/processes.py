"""Faults of processes: a writer that is killed within an operation or signalled, a reader that is killed.

The writer is a process of its own, forked with everything loaded, so that a moment of its life is a moment of
its work. It says over a pipe which steps were acknowledged, and can be held in the middle of an operation.
"""

from __future__ import annotations

import os
import signal
import time
import warnings
from contextlib import nullcontext
from dataclasses import dataclass
from random import Random

from setfair.store.sqlite import connect
from tests.torture.disk import OK, Disk, Operation, failing_disk
from tests.torture.play import AHEAD, Asked, JumpingClock, compare, complete, must, play_session
from tests.torture.played import DayOnDisk

OPERATIONS = 120
SECONDS_MAX = 60.0
STOPPED = 3
"""Exit code of a writer that an exception ended."""


def fork() -> int:
    """Fork; later Pythons warn where there are threads: none of ours holds a lock that a child would need."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


@dataclass(frozen=True, slots=True)
class Writer:
    """A forked writer."""

    process: int
    said: int
    """Where the pipe of acknowledgements is read."""
    first: int

    def end(self) -> tuple[int, int]:
        """Wait for its end; return how it ended (minus the signal), and the steps that were acknowledged."""
        raw = b""
        while part := os.read(self.said, 4096):
            raw += part
        os.close(self.said)
        _, status = os.waitpid(self.process, 0)
        code = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
        return code, max([self.first, *raw])


def start_writer(
    day: DayOnDisk,
    random: Random,
    first: int,
    disk: Disk | None = None,
) -> Writer:
    """Fork a writer that takes steps from `first` on, on a disk that may fail; None: the usual one."""
    steps = range(first, min(day.steps, first + random.randint(1, 6)))
    seed = random.random()
    read, write = os.pipe()
    process = fork()
    if process:
        os.close(write)
        return Writer(process, read, first)
    code = STOPPED
    try:
        os.close(read)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
        chance = Random(seed)

        def said(number: int, page: int) -> None:
            os.write(write, bytes([number + 1]))

        with failing_disk(disk) if disk is not None else nullcontext():
            play_session(day.house, day.played.plan, steps, chance, clock=JumpingClock(chance), on_step=said)
        code = 0
    except BaseException:
        code = STOPPED
    finally:
        os._exit(code)


def _finish(day: DayOnDisk, random: Random, writer: Writer) -> int:
    """Wait for a writer, compare what it left, and go on to the end of the day; return how it ended."""
    code, least = writer.end()
    done = compare(day.house, day.played, Asked(least, min(least + AHEAD, day.steps), is_anew=True), random)
    complete(day.house, day.played, done, random)
    return code


def killed_writer(day: DayOnDisk, random: Random) -> str:
    """The writer is killed right before or right after an operation on its files."""
    first = random.randint(0, day.steps - 1)
    day.at_step(first)
    when, is_after, count = random.randrange(OPERATIONS), random.random() < 0.5, [0]

    def die(operation: Operation) -> None:
        if operation.kind == "read":
            return
        count[0] += 1
        if count[0] > when:
            os.kill(os.getpid(), signal.SIGKILL)

    def before(operation: Operation) -> int:
        if not is_after:
            die(operation)
        return OK

    disk = Disk(day.house, is_noting=False, before=before, after=die if is_after else None)
    writer = start_writer(day, random, first, disk)
    code = _finish(day, random, writer)
    must(code in (0, -signal.SIGKILL), f"the writer ended with {code}")
    return "killed" if code else "had ended"


def signalled_writer(day: DayOnDisk, random: Random) -> str:
    """The writer gets a signal at any moment."""
    first = random.randint(0, day.steps - 1)
    day.at_step(first)
    sent = random.choice((signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGKILL))
    writer = start_writer(day, random, first)
    time.sleep(random.random() * 0.15)
    os.kill(writer.process, sent)
    code = _finish(day, random, writer)
    must(code in (0, STOPPED, -sent), f"the writer ended with {code}")
    return f"{sent.name}: {'ended by it' if code == -sent else 'cleaned up' if code else 'had ended'}"


def killed_reader(day: DayOnDisk, random: Random) -> str:
    """A reader is killed within a query while the writer writes; or both are."""
    first = random.randint(0, day.steps - 1)
    day.at_step(first)
    reader = _start_reader(day)
    writer = start_writer(day, random, first)
    time.sleep(random.random() * 0.05)
    is_both = random.random() < 0.3
    if is_both:
        os.kill(writer.process, signal.SIGKILL)
    os.kill(reader, signal.SIGKILL)
    os.waitpid(reader, 0)
    code = _finish(day, random, writer)
    must(code == 0 or is_both, f"the writer ended with {code}")
    return "both" if is_both else "the reader alone"


def _start_reader(day: DayOnDisk) -> int:
    """Fork a reader that has a query open; return when it has its first row."""
    read, write = os.pipe()
    process = fork()
    if process:
        os.close(write)
        os.read(read, 1)
        os.close(read)
        return process
    try:
        os.close(read)
        connection = connect(day.house, read_only=True)
        cursor = connection.cursor()
        cursor.execute("BEGIN")
        cursor.execute("SELECT * FROM page ORDER BY page_number")
        cursor.fetchone()
        os.write(write, b"r")
        time.sleep(SECONDS_MAX)
    finally:
        os._exit(0)
