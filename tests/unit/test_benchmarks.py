"""What is measured can be measured: benches that make books and tables themselves run at a tiny size."""

from __future__ import annotations

import pytest
from benchmarks.machine import describe_machine
from benchmarks.measure import Sample, Scale
from benchmarks.page import SECTIONS, page
from benchmarks.registry import BENCHES


@pytest.mark.parametrize("name", ["append", "decide", "projection", "tree"])
def test_a_bench_runs(name: str) -> None:
    """Each sample has a figure."""
    samples = list(BENCHES[name](Scale(quick=True, runs=1)))
    assert samples
    assert all(min(sample.values) > 0 for sample in samples)


def test_the_page_says_what_was_measured() -> None:
    """Every bench has a section, and every sample a row with its aim."""
    samples = [Sample("tree", "leaves", "records/s", (1.5e6, 2.5e6, 2e6), 1e6, note="said beside")]
    samples.append(Sample("audit", "a house", "s", (31.0,), 30.0, more_is_better=False))
    report = {"machine": describe_machine(), "time_utc": "2030-01-15T08:00:00+00:00"}
    text = "".join(page([report | {"samples": [sample.as_dict() for sample in samples]}]))
    assert "| leaves (said beside) | records/s | 2.00 M | 1.50 M to 2.50 M | 1.00 M: yes |" in text
    assert "| a house | s | 31.00 |  | 30.00: **no** |" in text
    assert text.index("## The tree") < text.index("## Audit")
    assert set(BENCHES) == set(SECTIONS)
