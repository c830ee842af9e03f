"""Large files: the generator of the benchmark writes what it says, and memory does not grow with the file."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from benchmarks.generate_pacs008 import write_pacs008

from setfair.formats.iso20022.read import read_iso20022

_MEASURE = """
import resource, sys
from pathlib import Path
from setfair.formats.iso20022.read import read_iso20022

def peak_kib():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

for _ in read_iso20022(Path(sys.argv[1])):
    pass
first = peak_kib()
count = sum(batch.rows.num_rows for batch in read_iso20022(Path(sys.argv[2])))
print(count, peak_kib() - first)
"""


def test_generator_gives_the_same_bytes_for_the_same_seed(tmp_path: Path) -> None:
    """The file is a function of its arguments, valid, and about 1 KB a transaction."""
    first, again, other = (tmp_path / name for name in ("1.xml", "2.xml", "3.xml"))
    write_pacs008(first, 300)
    write_pacs008(again, 300)
    write_pacs008(other, 300, seed=2)
    assert first.read_bytes() == again.read_bytes() != other.read_bytes()
    (batch,) = read_iso20022(first)
    assert batch.rows.num_rows == 300
    assert set(batch.rows.column("defect").to_pylist()) == {0}
    assert 900 < first.stat().st_size / 300 < 1400


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    """A file of four batches takes no more memory than one of two."""
    small, large = tmp_path / "small.xml", tmp_path / "large.xml"
    write_pacs008(small, 9_000)
    write_pacs008(large, 30_000)
    command = [sys.executable, "-c", _MEASURE, str(small), str(large)]
    count, growth_kib = map(
        int, subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    )
    assert count == 30_000
    assert growth_kib < 10_000
