"""Other people's invoices: what the standards' own examples become."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from setfair.domain.codes import Reason
from setfair.domain.money import find_currency, parse_amount
from setfair.errors import FileRefusedError
from setfair.formats.open_file import open_instructions
from tests.shared import SHARED, needs_shared

pytestmark = needs_shared

FOLDER = (SHARED or Path()) / "ubl"
_FOLDERS = ("en16931-cii", "en16931-ubl", "facturx", "oasis-ubl", "peppol-bis3", "peppol-national")
_NOT_INVOICES = re.compile(
    r"order-x|\.pdf$|Signature|(?:Debit|SelfBilledCredit)Note|UBL-(?!Invoice|CreditNote)"
)
_PAYABLE = re.compile(rb"<[\w:]*?(?:PayableAmount|DuePayableAmount)\b[^>]*>\s*([-0-9.]+)\s*<")


def _files() -> list[Path]:
    return sorted(path for name in _FOLDERS for path in (FOLDER / name).iterdir())


def _row(path: Path) -> dict[str, object]:
    (batch,) = open_instructions(path)
    (row,) = batch.rows.to_pylist()
    return row


def _indexed() -> dict[str, str]:
    """Return payable amounts by file from the index of the samples."""
    with (FOLDER / "INDEX.tsv").open(encoding="utf-8") as file:
        return {row["file"]: row["payable"] for row in csv.DictReader(file, delimiter="\t")}


def test_at_least_fifty_invoices_become_obligations_to_the_minor_unit() -> None:
    """Their payable amounts are those of the index, and of the bytes of the file, exactly."""
    indexed, good = _indexed(), 0
    for path in filter(lambda path: not _NOT_INVOICES.search(path.name), _files()):
        try:
            row = _row(path)
        except FileRefusedError:
            continue
        if row["defect"]:
            continue
        good += 1
        found = find_currency(str(row["currency"]))
        assert found is not None
        (in_file,) = _PAYABLE.findall(path.read_bytes())
        expected = indexed.get(str(path.relative_to(FOLDER)), in_file.decode())
        assert expected == in_file.decode()
        assert row["amount_minor"] == parse_amount(expected, found.decimals), path.name
    assert good >= 50


def test_every_indexed_invoice_is_read_or_has_a_reason_that_is_right() -> None:
    """Nothing is due, or the invoice does not identify a party: no other reason among the indexed ones."""
    seen: dict[int, list[str]] = {}
    for name, payable in _indexed().items():
        if payable and not _NOT_INVOICES.search(name):
            row = _row(FOLDER / name)
            seen.setdefault(int(str(row["defect"])), []).append(payable)
    assert set(seen) == {0, Reason.AMOUNT_NEGATIVE_OR_NIL_DUE, Reason.IDENTIFIER_MISSING}
    assert sorted(seen[Reason.AMOUNT_NEGATIVE_OR_NIL_DUE]) == ["-1656.25", "-782179.43", "0.00"]
    assert len(seen[Reason.IDENTIFIER_MISSING]) == 8


def test_what_is_no_invoice_is_refused() -> None:
    """Orders, waybills, statements, certificates, a signature and a PDF are refused, each by its name."""
    others = [path for path in _files() if _NOT_INVOICES.search(path.name)]
    assert len(others) >= 20
    for path in others:
        with pytest.raises(FileRefusedError, match=re.escape(str(path))):
            list(open_instructions(path))
