"""Reads back what participants were given, without the code that wrote it."""

from __future__ import annotations

import csv
import json
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

from lxml import etree

Element = Any


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a statement or notification."""

    record: int
    amount: Decimal
    """Credits positive, debits negative."""
    uetr: str
    instruction_id: str


@dataclass(frozen=True, slots=True)
class ReadStatement:
    """One account on one day."""

    account: str
    currency: str
    opening: Decimal | None
    """None in a notification."""
    closing: Decimal | None
    entries: tuple[Entry, ...]


def xml(path: Path) -> tuple[Element, dict[str, str]]:
    """Return the root of a document and its namespace under the prefix c."""
    root = etree.parse(path).getroot()
    return root, {"c": root.nsmap[None]}


def statuses(folder: Path) -> list[tuple[int, str, str, str]]:
    """Return payment number, status, reason and instruction id of everything in all pacs.002 files."""
    found = []
    for path in sorted(folder.glob("pacs.002*.xml")):
        root, space = xml(path)
        for each in root.iterfind(".//c:TxInfAndSts", space):
            found.append(
                (
                    int(each.findtext("c:ClrSysRef", None, space)),
                    each.findtext("c:TxSts", None, space),
                    each.findtext("c:StsRsnInf/c:Rsn/c:Cd", "", space),
                    each.findtext("c:OrgnlInstrId", "", space),
                )
            )
    return found


def _signed(of: Element, space: dict[str, str]) -> Decimal:
    amount = Decimal(of.findtext("c:Amt", None, space))
    return -amount if of.findtext("c:CdtDbtInd", None, space) == "DBIT" else amount


def _account(of: Element, space: dict[str, str]) -> ReadStatement:
    balances = {
        each.findtext("c:Tp/c:CdOrPrtry/c:Cd", None, space): _signed(each, space)
        for each in of.iterfind("c:Bal", space)
    }
    entries = tuple(
        Entry(
            int(each.findtext("c:NtryRef", None, space)),
            _signed(each, space),
            each.findtext(".//c:Refs/c:UETR", "", space),
            each.findtext(".//c:Refs/c:InstrId", "", space),
        )
        for each in of.iterfind("c:Ntry", space)
    )
    return ReadStatement(
        of.findtext("c:Acct/c:Id/c:Othr/c:Id", None, space),
        of.findtext("c:Acct/c:Ccy", None, space),
        balances.get("OPBD"),
        balances.get("CLBD"),
        entries,
    )


def camt053(folder: Path) -> dict[str, ReadStatement]:
    """Return the statements of one participant by currency."""
    found = {}
    for path in sorted(folder.glob("camt.053_*.xml")):
        root, space = xml(path)
        (statement,) = root.iterfind(".//c:Stmt", space)
        read = _account(statement, space)
        assert path.name == f"camt.053_{read.currency}.xml"
        found[read.currency] = read
    return found


def camt054(folder: Path) -> dict[str, ReadStatement]:
    """Return the notifications of one participant by currency."""
    path = folder / "camt.054.xml"
    if not path.exists():
        return {}
    root, space = xml(path)
    read = [_account(each, space) for each in root.iterfind(".//c:Ntfctn", space)]
    return {each.currency: each for each in read}


def csv_statement(folder: Path, currency: str) -> ReadStatement:
    """Return the statement of one account as its CSV has it; every balance in it adds up."""
    opening, *entries, closing = rows(folder / f"statement_{currency}.csv")
    assert [row["line"] for row in (opening, closing)] == ["OPENING", "CLOSING"]
    balance = Decimal(opening["balance"])
    for row in entries:
        balance += Decimal(row["amount"])
        assert (row["line"], Decimal(row["balance"])) == ("ENTRY", balance)
    return ReadStatement(
        opening["account"],
        opening["currency"],
        Decimal(opening["balance"]),
        Decimal(closing["balance"]),
        tuple(
            Entry(int(row["record"]), Decimal(row["amount"]), row["uetr"], row["instruction_id"])
            for row in entries
        ),
    )


def rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def notices(folder: Path) -> list[dict[str, Any]]:
    """Return the set-off notices of one participant's firms, one row a side, from the CSV."""
    path = folder / "set_off_notices.csv"
    return list(rows(path)) if path.exists() else []


def notice_documents(folder: Path) -> list[dict[str, Any]]:
    """Return the same from the JSON."""
    path = folder / "set_off_notices.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else []


def digests(folder: Path) -> dict[str, str]:
    """Return the hash of every file below a folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest() for path in files}


def kinds(folder: Path) -> Counter[str]:
    """Return how many files of each kind a folder has: what stands before the first dash or underscore."""
    return Counter(path.name.split("_")[0] for path in folder.iterdir())
