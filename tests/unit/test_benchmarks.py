"""What is measured can be measured: benches that make books and tables themselves run at a tiny size."""

from __future__ import annotations

import pytest
from benchmarks.measure import Scale
from benchmarks.registry import BENCHES


@pytest.mark.parametrize("name", ["append", "decide", "projection", "tree"])
def test_a_bench_runs(name: str) -> None:
    """Each sample has a figure."""
    samples = list(BENCHES[name](Scale(quick=True, runs=1)))
    assert samples
    assert all(min(sample.values) > 0 for sample in samples)
