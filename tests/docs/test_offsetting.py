"""docs/offsetting.md: the example is what a run gives."""

from __future__ import annotations

import re
from pathlib import Path

from setfair.engine.offset import Discipline
from setfair.offset_table.read import read_tables
from setfair.offset_table.run import offset_table, summarize
from tests.docs.markdown import DOCS, rows
from tests.style.source import text_of


def test_the_example_is_what_a_run_gives(tmp_path: Path) -> None:
    """Settled payments, value and bound of both disciplines."""
    example = text_of(DOCS / "offsetting.md").split("## An example", 1)[1].split("## ", 1)[0]
    queue, balances = re.findall(r"^```\n(.*?)^```$", example, re.MULTILINE | re.DOTALL)
    (tmp_path / "queue.csv").write_text(queue, encoding="utf-8")
    (tmp_path / "balances.csv").write_text(balances, encoding="utf-8")
    table = read_tables(tmp_path / "queue.csv", tmp_path / "balances.csv")
    found = []
    for discipline in Discipline:
        run = offset_table(table, discipline, fixing=None)
        summary = summarize(table, run)
        chosen = zip(table.payment_id, run.result.chosen.tolist(), strict=True)
        names = " ".join(name for name, settles in chosen if settles)
        found.append([discipline.value, names, str(summary["value"]), str(summary["bound"])])
    assert [[cell.strip("`") for cell in row] for row in rows(example)] == found
