"""The demo played once for all tests, and its day read from each place where it stands."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from lxml import etree

ROOT = Path(__file__).resolve().parents[2]
DAY = "2026-01-05"
CURRENCIES = ("KES", "UGX", "TND", "ZAR")


@dataclass(frozen=True)
class Play:
    """One run of the demo, and the house as it was after it."""

    returncode: int
    output: str
    folder: Path
    """Where the demo was played."""
    house: Path
    """A copy of the house as it was at the end."""

    @property
    def out(self) -> Path:
        """What was given out."""
        return self.house / "out" / DAY

    def sql(self, query: str) -> list[sqlite3.Row]:
        """Return the rows of a query over the house's database, opened read-only."""
        with closing(sqlite3.connect(f"file:{self.house / 'setfair.db'}?mode=ro", uri=True)) as database:
            database.row_factory = sqlite3.Row
            return database.execute(query).fetchall()

    @cached_property
    def summary(self) -> dict[str, list[Decimal]]:
        """Payments, settled, rejected, value settled, owed and set off, by currency, as the demo says."""
        lines = re.findall(r"^([A-Z]{3})((?: +[\d,.]+){6}) *$", self.output, re.MULTILINE)
        return {code: [plain(word) for word in words.split()] for code, words in lines}

    @cached_property
    def report(self) -> Any:
        """The report as a tree: it is well-formed XML after its first line."""
        text = (self.out / "report.html").read_text(encoding="utf-8")
        return etree.fromstring(text.partition("\n")[2].encode())

    def card(self, currency: str) -> dict[str, tuple[str, Decimal]]:
        """Return the lines of a currency's card in the report: label, what stands beside it, amount."""
        (found,) = self.report.xpath(f"//article[@class='card'][h3[starts-with(., '{currency}')]]")
        lines = {}
        for row in found.xpath(".//tr[th[@scope='row']]"):
            label, beside, amount = ("".join(cell.itertext()) for cell in row)
            if re.fullmatch(r"[\d,.]+", amount):
                lines[label] = beside, plain(amount)
        return lines

    def account_rows(self, currency: str) -> dict[str, list[Decimal]]:
        """Return opening, debits, credits and closing by participant as the report has them."""
        (found,) = self.report.xpath(f"//section[@id='accounts']//article[h3='{currency}']")
        rows = ([*map(content, row)] for row in found.xpath(".//tbody/tr"))
        return {row[0]: [plain(cell) for cell in row[2:6]] for row in rows}


def content(cell: Any) -> str:
    """Return all text of an element."""
    return "".join(cell.itertext())


def plain(text: str) -> Decimal:
    """Return a number as the report and the summary write it."""
    return Decimal(text.replace(",", "").replace("\N{MINUS SIGN}", "-"))


def play(folder: Path, name: str) -> Play:
    """Play the demo in a folder, or play it again, and keep the house as it is then."""
    demo = folder / "demo"
    command = [sys.executable, ROOT / "examples" / "run_day.py", "--folder", demo]
    environment = {key: value for key, value in os.environ.items() if key != "SETFAIR_NOW"}
    found = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if (demo / "house").exists():
        shutil.copytree(demo / "house", folder / name)
    return Play(found.returncode, found.stdout + found.stderr, demo, folder / name)
