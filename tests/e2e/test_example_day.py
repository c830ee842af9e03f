"""The example day: reproducible, valid where it should be, wrong where it says so, and lively."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from lxml import etree

from setfair.domain.agreement import Agreement, load_agreement
from setfair.domain.codes import InstructionKind, Mechanism, Phase, Priority, Reason
from setfair.domain.money import find_currency, parse_amount
from setfair.domain.signing import is_in_force, read_private_key, sign_agreement
from setfair.engine.setoff import set_off
from setfair.errors import FileRefusedError
from setfair.formats.cii import read_cii
from setfair.formats.iso20022.read import read_iso20022
from setfair.formats.table import read_table
from setfair.formats.ubl import read_ubl
from setfair.screening.lists.operator_csv import read_operator_csv
from setfair.screening.lists.un_xml import read_un_xml
from setfair.screening.normalise import normalise_name
from tests.reference.settlement import AccountSpec, Instruction, LimitSpec, ReferenceHouse
from tests.shared import SHARED, needs_shared

ROOT = Path(__file__).resolve().parents[2]
DAY = date(2026, 1, 5)


def generate(out: Path, *options: str, hash_seed: str = "0") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "examples" / "generate_day.py"), "--out", str(out), *options]
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The day of the default seed."""
    out = tmp_path_factory.mktemp("example") / "day"
    result = generate(out)
    assert result.returncode == 0, result.stderr
    return out


@pytest.fixture(scope="module")
def expected(folder: Path) -> dict[str, Any]:
    """What the generator says of the files."""
    return json.loads((folder / "expected.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def agreement(folder: Path) -> Agreement:
    """The example agreement."""
    return load_agreement((folder / "agreement.toml").read_bytes())


def digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def rows_of(path: Path) -> Iterator[dict[str, Any]]:
    """Read a file with the reader that takes its kind."""
    if path.suffix in (".csv", ".parquet"):
        batches = read_table(path)
    elif "_ubl_" in path.name:
        batches = read_ubl(path)
    elif "_cii_" in path.name:
        batches = read_cii(path)
    else:
        batches = read_iso20022(path)
    for batch in batches:
        yield from batch.rows.to_pylist()


def test_same_seed_gives_the_same_bytes(folder: Path, tmp_path: Path):
    """Another process with another hash seed writes the same files; another seed writes others."""
    assert generate(tmp_path / "again", hash_seed="7").returncode == 0
    assert digests(tmp_path / "again") == digests(folder)
    assert generate(tmp_path / "other", "--seed", "1").returncode == 0
    assert digests(tmp_path / "other") != digests(folder)


def test_writing_again_leaves_nothing_of_the_first_day_and_nothing_else_is_touched(tmp_path: Path):
    """An earlier example day is replaced; a folder with something else in it is refused."""
    assert generate(tmp_path / "day", "--seed", "1").returncode == 0
    assert generate(tmp_path / "day", "--seed", "2").returncode == 0
    assert generate(tmp_path / "fresh", "--seed", "2").returncode == 0
    assert digests(tmp_path / "day") == digests(tmp_path / "fresh")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("mine")
    refused = generate(tmp_path / "mine")
    assert refused.returncode != 0
    assert "name another folder" in refused.stderr
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["letter.txt"]


def test_a_weekend_is_no_business_day(tmp_path: Path):
    """The house is closed on Saturdays."""
    assert "is no business day" in generate(tmp_path / "day", "--date", "2026-01-03").stderr


def test_the_cast_is_as_described(folder: Path, agreement: Agreement):
    """Four currencies with 2, 0, 3 and 2 decimals; twelve banks, two of them indirect; 400 firms."""
    decimals = [find_currency(rules.code).decimals for rules in agreement.currencies]  # type: ignore[union-attr]
    assert decimals == [2, 0, 3, 2]
    roles = [participant.role for participant in agreement.participants]
    assert (roles.count("bank"), roles.count("settlement_agent"), roles.count("overseer")) == (12, 4, 1)
    assert sum(participant.kind == "indirect" for participant in agreement.participants) == 2
    assert len(agreement.settlement_accounts()) == 44
    assert sum(1 for _ in rows_of(folder / "inbox" / "01_parties.csv")) == 400


def test_every_bic_is_a_test_bic(folder: Path):
    """The eighth character of each BIC in any file is 0: no live institution has it."""
    text = "".join(path.read_text(encoding="utf-8") for path in (folder / "inbox").glob("*.xml"))
    bics = set(re.findall(r"<BICFI>(\w+)</BICFI>", text))
    assert len(bics) > 12
    assert {bic[7] for bic in bics} == {"0"}


def test_the_keys_sign_the_agreement(folder: Path, agreement: Agreement):
    """With every key in the folder the agreement is in force on the day."""
    signatures = [
        sign_agreement(agreement, one.id, read_private_key((folder / "keys" / f"{one.id}.key").read_bytes()))
        for one in agreement.signatories
    ]
    assert is_in_force(agreement, signatures, DAY)[0]


def test_the_lists_are_read_and_name_one_firm(folder: Path, agreement: Agreement, expected: dict[str, Any]):
    """The example UN list is fresh and long enough; exactly one firm of the day stands on a list."""
    un_list = read_un_xml("UN", folder / "lists" / "un.xml")
    operator = read_operator_csv("HOUSE", folder / "lists" / "operator.csv")
    rule = next(entry for entry in agreement.screening.lists if entry.id == "UN")
    assert rule.entries_min <= len(un_list.entries) <= rule.entries_max
    assert (DAY - un_list.published).days == 1
    listed = {
        normalise_name(name.text) for entry in (*un_list.entries, *operator.entries) for name in entry.names
    }
    firms = list(rows_of(folder / "inbox" / "01_parties.csv"))
    hits = [firm["party_id"] for firm in firms if normalise_name(firm["name"]) in listed]
    assert hits == [expected["listed_firm"]["id"]]


def test_every_file_of_the_inbox_is_read_whole(folder: Path, expected: dict[str, Any]):
    """Each has as many rows as the generator says; about 5,000 payments and 3,000 invoices in all."""
    counts = {name: sum(1 for _ in rows_of(folder / name)) for name in expected["files"]}
    assert counts == expected["files"]
    names = {"payments": r"/\d\d_(payments|pacs00|funding|top_up|defunding)", "invoices": r"/2\d_invoice"}
    totals = {
        what: sum(n for name, n in counts.items() if re.search(f"inbox{pattern}", name))
        for what, pattern in names.items()
    }
    assert 4500 <= totals["payments"] <= 5500
    assert totals["invoices"] == 3000


def test_payments_that_a_reader_can_find_wrong_are_those_that_are_wrong(
    folder: Path, expected: dict[str, Any]
):
    """No reader finds anything wrong that is not wrong on purpose."""
    planned = {(one["file"], one["instruction_id"]) for one in expected["rejected_payments"]}
    found = {
        (name, row.get("instruction_id"))
        for name in expected["files"]
        for row in rows_of(folder / name)
        if row["defect"]
    }
    assert found <= planned
    assert len(found) >= 8


def test_every_refused_file_is_refused(folder: Path, expected: dict[str, Any]):
    """Each file that is wrong as a whole gets an error of ours, and each is described."""
    paths = sorted((folder / "refused").iterdir())
    assert [path.name for path in paths] == sorted(expected["refused_files"])
    for path in paths:
        with pytest.raises(FileRefusedError):
            list(rows_of(path))


@needs_shared
def test_every_message_is_valid_against_its_official_schema(folder: Path):
    """ISO 20022 documents and headers, UBL invoices and credit notes."""
    assert SHARED is not None
    checked = 0
    for path in sorted((folder / "inbox").glob("*.xml")):
        root = etree.parse(path).getroot()
        for part in list(root) if root.tag == "BusinessMessage" else [root]:
            schema = schema_of(etree.QName(part))
            if schema is not None:
                alone = etree.fromstring(etree.tostring(part))
                xsd = etree.XMLSchema(etree.parse(schema))
                assert xsd.validate(alone), f"{path.name}: {xsd.error_log}"
                checked += 1
    assert checked > 50


def schema_of(name: etree.QName) -> Path | None:
    """Return the official schema of a root element, if there is one at hand."""
    assert SHARED is not None
    namespace = str(name.namespace)
    if namespace.startswith("urn:iso:std:iso:20022"):
        return SHARED / "iso20022" / "xsd" / f"{namespace.rpartition(':')[2]}.xsd"
    if "ubl" in namespace:
        return SHARED / "ubl" / "xsd-ubl-2.1" / "maindoc" / f"UBL-{name.localname}-2.1.xsd"
    return None


def test_the_day_is_lively(folder: Path, agreement: Agreement):
    """By the plain rules: most settles at once, much is released, some offsets, some waits to the cut-off."""
    play = Play(agreement)
    for path in sorted((folder / "inbox").iterdir()):
        if not re.match(r"01|2\d", path.name):
            play.submit(list(rows_of(path)))
    outcomes = play.close()
    payments = sum(outcomes.values())
    share = {what: count / payments for what, count in outcomes.items()}
    assert 0.5 <= share["IMMEDIATE"] <= 0.8
    assert 0.1 <= share["RELEASE"] <= 0.4
    assert outcomes["BILATERAL_OFFSET"] >= 10
    assert 0.01 <= share["QUEUED_AT_CUTOFF"] <= 0.12
    assert outcomes["CANCELLED_BY_SENDER"] == 4


class Play:
    """Plays the files by the reference rules."""

    def __init__(self, agreement: Agreement) -> None:
        accounts = agreement.settlement_accounts()
        self.agreement = agreement
        self.references = agreement.participant_by_reference()
        self.index = {(one.participant_id, one.currency): n for n, one in enumerate(accounts)}
        self.currencies = [rules.code for rules in agreement.currencies]
        specs = [
            AccountSpec(
                self.currencies.index(one.currency),
                credit_line=0 if one.is_settlement_agent else one.credit_line_minor,
                reserved_urgent=one.reserved_urgent_minor,
                reserved_high=one.reserved_high_minor,
                is_agent=one.is_settlement_agent,
            )
            for one in accounts
        ]
        limits = [
            LimitSpec(
                self.index[limit.participant_id, limit.currency],
                self.index[limit.counterparty_id, limit.currency],
                limit.amount_minor,
            )
            for limit in agreement.bilateral_limits()
        ]
        self.house = ReferenceHouse(specs, limits, "ordered", 10**6, 2, currencies=4)
        for currency in range(4):
            self.house.open_day(currency, 1)

    def account(self, reference: str, currency: str) -> int:
        """Return the account on which a participant settles, or -1."""
        participant = self.references.get(reference.upper())
        if participant is None:
            return -1
        return self.index.get((self.agreement.direct_of(participant), currency), -1)

    def submit(self, rows: list[dict[str, Any]]) -> None:
        """Hand over the rows of one file."""
        self.house.submit([self.instruction(row) for row in rows])

    def instruction(self, row: dict[str, Any]) -> Instruction:
        """Return a row as the rules see it."""
        kind = InstructionKind(row["kind"])
        debtor = self.account(row["debtor_agent"], row["currency"])
        creditor = self.account(row["creditor_agent"], row["currency"])
        if kind is InstructionKind.CANCELLATION:
            original = next(
                (
                    entry.instruction
                    for entry in self.house.entries.values()
                    if entry.instruction.identity == row["original_uetr"]
                ),
                None,
            )
            debtor = original.debtor if original else -1
        unknown = kind is not InstructionKind.CANCELLATION and min(debtor, creditor) < 0
        return Instruction(
            kind,
            identity=row["uetr"] or repr(row).encode(),
            content=row["amount_minor"],
            debtor=debtor,
            creditor=creditor,
            amount=row["amount_minor"],
            priority=Priority(row["priority"]),
            defect=Reason.UNKNOWN_CREDITOR_AGENT if unknown else Reason(row["defect"]),
            original=row["original_uetr"],
        )

    def close(self) -> Counter[str]:
        """Cut off and return how many payments settled by which mechanism, or why they did not."""
        for currency in range(4):
            self.house.move_phase(currency, Phase.INTERBANK_CUTOFF)
        return Counter(
            entry.reason.name if entry.mechanism is Mechanism.NONE else entry.mechanism.name
            for entry in self.house.entries.values()
            if entry.instruction.kind is not InstructionKind.CANCELLATION
        )


def test_invoices_have_loops_to_set_off(folder: Path):
    """In every currency 30 to 60 % of what is due cancels."""
    with (folder / "inbox" / "20_invoices.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    rows += pq.read_table(folder / "inbox" / "21_invoices.parquet").to_pylist()
    due: dict[str, list[tuple[str, str, int]]] = defaultdict(list)
    for row in rows:
        if row["due_date"] <= DAY.isoformat():
            currency = find_currency(row["currency"])
            assert currency is not None
            amount = parse_amount(row["amount"], currency.decimals)
            due[row["currency"]].append((row["debtor"], row["creditor"], int(amount)))
    assert len(due) == 4
    for found in due.values():
        parties = {party: n for n, party in enumerate(sorted({p for row in found for p in row[:2]}))}
        debtors = np.array([parties[row[0]] for row in found])
        creditors = np.array([parties[row[1]] for row in found])
        amounts = np.array([row[2] for row in found])
        result = set_off(debtors, creditors, amounts, np.zeros(len(found), np.int64))
        assert 0.3 <= result.cleared_total_minor / result.gross_minor <= 0.6
