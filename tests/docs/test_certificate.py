"""docs/certificate.md: the example is what a run gives, and the program in it checks certificates."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa

from setfair.formats.across_certificate import SCHEMA as ACROSS_SCHEMA
from setfair.formats.certificate import SCHEMA, content_digest
from tests.docs.markdown import DOCS, blocks, rows
from tests.set_off_cases import RING, Case, certified
from tests.style.source import text_of

DOCUMENT = DOCS / "certificate.md"


def table_after(words: str) -> list[list[str]]:
    """Return the first table after some words of the document."""
    return rows(
        next(part for part in text_of(DOCUMENT).split(words, 1)[1].split("\n\n") if part.startswith("|"))
    )


def test_the_example_is_what_a_run_gives(tmp_path: Path) -> None:
    """Amounts cleared, prices and gains of three firms."""
    case = certified(tmp_path, RING)
    (part,), (owed,) = case.claim().currencies, case.table().currencies
    names = owed.party_id.to_pylist()
    columns = (
        owed.row,
        owed.obligation_id,
        owed.debtor,
        owed.creditor,
        owed.amount_minor,
        part.cleared_minor,
    )
    assert table_after("## Three firms by hand") == [
        [
            str(row),
            name.as_py(),
            names[debtor],
            names[creditor],
            f"{amount / 100:.2f}",
            f"{cleared / 100:.2f}",
        ]
        for row, name, debtor, creditor, amount, cleared in zip(*columns, strict=True)
    ]
    price = part.objectives[0].price.tolist()
    assert table_after("The certificate's prices are:") == [
        [name, str(each)] for name, each in zip(names, price, strict=True)
    ]
    gains = table_after("* Gains and the bound:")
    for row, debtor, creditor, amount in zip(
        gains, owed.debtor, owed.creditor, owed.amount_minor, strict=True
    ):
        gain = 1 - price[debtor] + price[creditor]
        assert row[1] == f"1 - {price[debtor]} + {price[creditor]} = {gain}"
        assert row[2] == f"{amount * max(0, gain) / 100:.2f}"


def test_every_column_is_explained() -> None:
    """The table of columns is the schema, in its order."""
    described = table_after("The stream has one record batch of one row for each currency")
    assert [row[0] for row in described] == SCHEMA.names
    across = table_after("## Across currencies")
    assert [row[0] for row in across] == ACROSS_SCHEMA.names


def test_the_content_is_what_the_document_says(tmp_path: Path) -> None:
    """The digest, put together again from the words of the document."""
    case = certified(tmp_path, ["É1,b,a,EUR,5,2026-01-05,,", "I2,a,ç,EUR,7.25,,,"])
    (owed,) = case.table().currencies
    texts = [["É1", "I2"], ["a", "b", "ç"]]
    content = b"setfair set-off obligations 1\0" + b"EUR" + struct.pack("<QQ", 2, 3)
    for each in texts:
        encoded = [text.encode() for text in each]
        content += struct.pack(f"<{len(each)}I", *map(len, encoded)) + b"".join(encoded)
    content += struct.pack("<8q", 1, 0, 0, 2, 500, 725, 20_458, -(2**31))
    assert content_digest(owed) == hashlib.sha256(content).digest()


def program() -> Callable[..., bool]:
    """Return the program of the document."""
    (block,) = blocks(DOCUMENT, "python")
    scope: dict[str, Callable[..., bool]] = {}
    exec(block.text, scope)
    return scope["check"]


def columns_of(case: Case) -> list[list[object]]:
    """Return debtors, creditors and amounts of a table in one currency."""
    (owed,) = case.table().currencies
    ends = (
        pa.array(owed.party_id).take(pa.array(column)).to_pylist() for column in (owed.debtor, owed.creditor)
    )
    return [*ends, owed.amount_minor.tolist()]


def test_the_program_proves_and_refuses(tmp_path: Path) -> None:
    """It takes the certificate as it is, and neither an altered byte nor other obligations."""
    case = certified(tmp_path, [*RING, "I4,b,a,EUR,3,,,", "I5,c,d,EUR,9,,,"])
    check, raw = program(), case.certificate.read_bytes()
    debtor, creditor, amount = columns_of(case)
    assert check(raw, debtor, creditor, amount)
    assert not check(raw[:-1] + b"\0", debtor, creditor, amount)
    assert not check(raw, debtor, creditor, [*amount[:1], 7100, *amount[2:]])
    assert not check(raw, creditor, creditor[::-1], amount)
