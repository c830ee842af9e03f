"""One writer at a time, over every store that has a lease."""

from __future__ import annotations

import os
import pwd
import re
import signal
import socket
import threading
import time
from pathlib import Path

import pytest

from setfair.errors import LeaseHeldError
from setfair.store import lease
from setfair.store.lease import WriterLease
from tests.processes import python, read_line
from tests.stores.kinds import DURABLE, Kind, append, pages_of

durable = pytest.mark.parametrize("kind", DURABLE, ids=lambda kind: kind.name)

HOLDER = """
import sys
from pathlib import Path
from tests.stores.kinds import KINDS, append
kind = next(kind for kind in KINDS if kind.name == sys.argv[1])
store = kind.open(Path(sys.argv[2]))
append(store, 1, 2)
print("holding", flush=True)
sys.stdin.read()
"""


@durable
def test_a_second_writer_of_this_process_is_told_who_holds_it(kind: Kind, tmp_path: Path) -> None:
    """The error names process, host and time; after closing the house is free."""
    store = kind.open(tmp_path)
    with pytest.raises(LeaseHeldError) as caught:
        kind.open(tmp_path)
    store.close()
    said = str(caught.value)
    assert f"process {os.getpid()} (" in said
    assert f" on {socket.gethostname()}, since " in said
    assert re.search(r"since \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00\. Wait until it has ended", said)
    kind.open(tmp_path).close()


@durable
def test_another_process_holds_it_until_it_is_killed(kind: Kind, tmp_path: Path) -> None:
    """The error names the other process; after kill -9 the next writer has all its pages at once."""
    with python(HOLDER, kind.name, tmp_path) as holder:
        assert read_line(holder) == "holding"
        with pytest.raises(LeaseHeldError, match=rf"process {holder.pid} \(-c"):
            kind.open(tmp_path)
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        store = kind.open(tmp_path)
        assert [number for number, _ in pages_of(store)] == [1, 2]
        append(store, 3)
        store.close()


@durable
def test_a_writer_that_is_about_to_end_is_waited_for(kind: Kind, tmp_path: Path) -> None:
    """A command that starts while another one ends does not fail."""
    store = kind.open(tmp_path)
    timer = threading.Timer(0.2, store.close)
    timer.start()
    begin = time.monotonic()
    kind.open(tmp_path).close()
    assert time.monotonic() - begin < lease.PATIENCE_SECONDS + 1
    timer.join()


def test_a_user_without_a_name_can_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a container the user may be a number that the system has no name for."""
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)

    def unknown(number: int) -> None:
        raise KeyError(f"getpwuid(): uid not found: {number}")

    monkeypatch.setattr(pwd, "getpwuid", unknown)
    held = WriterLease(tmp_path / "writer.lease")
    assert f'"user": "{os.getuid()}"' in (tmp_path / "writer.lease").read_text()
    held.release()


@pytest.mark.parametrize("written", ["", "{", "[]", '{"process": 1}'])
def test_a_holder_that_has_not_said_who_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    """What stands in the file only names the holder: the lock counts."""
    monkeypatch.setattr(lease, "PATIENCE_SECONDS", 0.0)
    held = WriterLease(tmp_path / "writer.lease")
    (tmp_path / "writer.lease").write_text(written)
    with pytest.raises(LeaseHeldError, match="it has not yet said who it is"):
        WriterLease(tmp_path / "writer.lease")
    held.release()
    held.release()
    WriterLease(tmp_path / "writer.lease").release()
