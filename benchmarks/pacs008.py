"""Reading pacs.008: transactions a second, and memory at two sizes of file.

Each run is a process of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.generate_pacs008 import write_pacs008
from benchmarks.houses import temporary_folder
from benchmarks.machine import resident_bytes
from benchmarks.measure import Sample, Scale

AIM = 20e3
AIM_MEGABYTES = 100.0


def run(scale: Scale) -> Iterator[Sample]:
    """Measure a file of usual size and a large one."""
    with temporary_folder() as folder:
        for count in (scale.of(10_000, 50), scale.of(200_000, 100)):
            path = folder / f"{count}.xml"
            write_pacs008(path, count)
            runs = [_run_child(path) for _ in range(scale.runs)]
            size = f"{count:,} transactions"
            rates = tuple(count / found["seconds"] for found in runs)
            note = f"{path.stat().st_size / 2**20:.0f} MB"
            yield Sample("pacs008", f"read, {size}", "transactions/s", rates, AIM, note=note)
            memory = tuple((found["peak"] - found["before"]) / 2**20 for found in runs)
            note = f"{runs[0]['before'] / 2**20:.0f} MB before: interpreter and libraries"
            yield Sample("pacs008", f"peak memory, {size}", "MB", memory, AIM_MEGABYTES, False, note)


def _run_child(path: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.pacs008", str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _read(path: Path) -> None:
    """Read a file in this process, prepared as the command line's is, and write what it took."""
    from setfair.formats.open_file import open_instructions

    gc.freeze()
    before = resident_bytes("VmRSS")
    begin = time.perf_counter()
    rows = sum(batch.rows.num_rows for batch in open_instructions(path))
    seconds = time.perf_counter() - begin
    print(json.dumps({"rows": rows, "seconds": seconds, "before": before, "peak": resident_bytes("VmHWM")}))


if __name__ == "__main__":
    _read(Path(sys.argv[1]))
