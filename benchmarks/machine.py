"""On what it was measured: without this a figure says nothing."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

LIBRARIES = ("adbc-driver-sqlite", "lxml", "numba", "numpy", "pyarrow")


def describe_machine() -> dict[str, Any]:
    """Return CPU, cores, memory, kernel, Python and library versions."""
    return {
        "cpu": _value(Path("/proc/cpuinfo"), "model name") or platform.processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(_memory_bytes() / 2**30, 1),
        "kernel": platform.release(),
        "huge_pages": _read(Path("/sys/kernel/mm/transparent_hugepage/enabled")),
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in LIBRARIES},
    }


def load_average() -> list[float]:
    """Return how busy the machine is: the last 1, 5 and 15 minutes."""
    return [round(value, 2) for value in os.getloadavg()]


def resident_bytes(field: str) -> int:
    """Return this process's memory: `VmRSS` now, or `VmHWM` at its highest.

    `getrusage` is not used: what it says of a new process includes the memory of the one that started it.
    """
    return int(_value(Path("/proc/self/status"), field).split()[0]) * 1024


def _memory_bytes() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _value(path: Path, name: str) -> str:
    lines = (line.partition(":") for line in _read(path).splitlines())
    return next((value.strip() for key, _, value in lines if key.strip() == name), "")


def _read(path: Path) -> str:
    return path.read_text().strip() if path.exists() else ""
