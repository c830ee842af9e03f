"""Independent clients read the statement: every entry and the exact closing balance.

The clients know nothing of this house. Each test runs where its client is present.
"""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from urllib.parse import unquote

import pytest

from setfair.formats.iso20022.statement_types import Statement
from setfair.formats.iso20022.write_camt053 import write_camt053
from tests.formats.iso20022 import write_cases as cases

needs_aqbanking = pytest.mark.skipif(
    shutil.which("aqbanking-cli") is None, reason="needs aqbanking-cli (package aqbanking-tools)"
)
needs_bankstatementparser = pytest.mark.skipif(
    importlib.util.find_spec("bankstatementparser") is None, reason="needs bankstatementparser from PyPI"
)
STATEMENTS = [
    cases.a_statement("JPY", -1_000_000, (5, -7, 999_999_999_999)),
    cases.a_statement("EUR", 123_456, ()),
    cases.a_statement("TND", 0, (-1, -10_001, 3)),
    cases.a_statement("KWD", 5, tuple(range(-150, 150))),
]
parametrized = pytest.mark.parametrize("statement", STATEMENTS, ids=lambda item: item.account.currency.code)


def signed_amounts(statement: Statement) -> list[Decimal]:
    """What the entries should come to, with their signs."""
    decimals = statement.account.currency.decimals
    return [
        Decimal(item.amount_minor if item.direction.value == "CRDT" else -item.amount_minor).scaleb(-decimals)
        for item in statement.entries
    ]


def balance(minor: int, statement: Statement) -> Decimal:
    """A balance as a decimal."""
    return Decimal(minor).scaleb(-statement.account.currency.decimals)


def aqbanking_context(statement: Statement, folder: Path) -> str:
    """What AqBanking keeps after importing the statement."""
    with (folder / "statement.xml").open("wb") as out:
        write_camt053(out, [statement], cases.HEADER)
    command = ["aqbanking-cli", "--noninteractive", f"--cfgdir={folder / 'settings'}", "import"]
    command += ["--importer=xml", "--profile=camt_053_001_04", "-c", "context", "-f", "statement.xml"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return (folder / "context").read_text()


def aqbanking_values(context: str, group: str) -> list[tuple[Fraction, str]]:
    """Amounts and currencies of the groups of a kind, exact as AqBanking keeps them."""
    bodies = re.findall(rf"^\s*{group} {{(.*?)}} #{group}$", context, re.MULTILINE | re.DOTALL)
    values = [unquote(re.findall(r'char value="([^"]*)"', body)[0]) for body in bodies]
    return [(Fraction(value.split(":")[0]), value.split(":")[1]) for value in values]


@needs_aqbanking
@parametrized
def test_aqbanking_reads_every_entry(statement: Statement, tmp_path: Path) -> None:
    """AqBanking imports all entries with sign and currency, and both balances, to the minor unit."""
    context = aqbanking_context(statement, tmp_path)
    code = statement.account.currency.code
    expected = [(Fraction(amount), code) for amount in signed_amounts(statement)]
    assert aqbanking_values(context, "transaction") == expected
    assert aqbanking_values(context, "balance") == [
        (Fraction(balance(minor, statement)), code)
        for minor in (statement.opening_minor, statement.closing_minor)
    ]
    closing = context[context.rindex("balance {") : context.index("} #balanceList")]
    assert 'type="booked"' in closing


@needs_aqbanking
def test_aqbanking_shows_names_in_their_script(tmp_path: Path) -> None:
    """AqBanking shows who paid what for in the entry's text."""
    context = unquote(aqbanking_context(cases.a_statement("EUR", 0, (100, -30)), tmp_path))
    assert 'purpose="Customer payment from شركة النخيل 1: Invoice 2026-1"' in context
    assert 'purpose="Customer payment to Fjell & Sjø <2>: Invoice 2026-2"' in context
    assert 'endToEndReference="E2E-2"' in context


@needs_bankstatementparser
@parametrized
def test_bankstatementparser_reads_every_entry(statement: Statement, tmp_path: Path) -> None:
    """Bankstatementparser finds all entries and both balances, to the minor unit."""
    from bankstatementparser import CamtParser

    path = tmp_path / "statement.xml"
    with path.open("wb") as out:
        write_camt053(out, [statement], cases.HEADER)
    parser = CamtParser(str(path))
    rows = parser.get_transactions().to_dict("records")
    assert [row["Amount"] for row in rows] == signed_amounts(statement)
    (summary,) = parser.get_summaries()
    assert summary["opening_balance"] == balance(statement.opening_minor, statement)
    assert summary["closing_balance"] == balance(statement.closing_minor, statement)
    assert summary["account_id"] == statement.account.account_id
    assert summary["closing_balance"] - summary["opening_balance"] == summary["total_amount"]
