"""How a process that works with several threads through much data takes memory, and hands the interpreter on.

For a command of its own alone: all of it is of the whole process.
"""

from __future__ import annotations

import ctypes
import gc
import sys
from contextlib import suppress

import pyarrow as pa

ARENAS = 2
"""Places from which the C library gives memory: else it has eight for each processor, and each keeps room."""
OWN_BYTES = 1 << 21
"""What is as large as that is given back at once: else room for the largest so far stays."""
KEPT_BYTES = 1 << 23
"""What is free at the end of such a place and stays: else it is asked for again with every page."""
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
"""M_TRIM_THRESHOLD, M_MMAP_THRESHOLD and M_ARENA_MAX of mallopt(3)."""
COLLECTED_OBJECTS = 50_000
"""New objects after which the collector looks for cycles: at the usual 700 it takes a tenth of an audit."""
SWITCH_SECONDS = 0.0005
"""How long a thread keeps the interpreter while another waits; kernels are shorter than the usual 5 ms."""


def be_frugal() -> None:
    """Take memory from few places, give back what is free, and take turns often."""
    pa.set_memory_pool(pa.system_memory_pool())
    with suppress(AttributeError, OSError, TypeError):  # another C library
        library = ctypes.CDLL(None)
        library.mallopt(_ARENA_MAX, ARENAS)
        library.mallopt(_TRIM_THRESHOLD, KEPT_BYTES)
        library.mallopt(_MMAP_THRESHOLD, OWN_BYTES)
    gc.freeze()
    gc.set_threshold(COLLECTED_OBJECTS)
    take_turns_often()


def take_turns_often() -> None:
    """Let threads hand the interpreter on often: for whatever has several at work on much data."""
    sys.setswitchinterval(SWITCH_SECONDS)
