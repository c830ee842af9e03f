"""docs/journal-record.md is enough to read a page."""

from __future__ import annotations

import re
from dataclasses import replace
from enum import IntEnum

import numpy as np
import pyarrow as pa
import pytest

from setfair.domain.codes import (
    InstructionKind,
    Mechanism,
    Phase,
    Priority,
    QueueAction,
    RecordKind,
    Screening,
    Status,
    Term,
)
from setfair.engine.layout import INSTRUCTION, RECORD
from setfair.house import House
from setfair.journal.leaves import leaf_hashes
from setfair.journal.page import Page, page_from_bytes, page_to_bytes
from setfair.journal.tree import Frontier, parents
from tests.docs.example_leaves import example_rows
from tests.docs.example_page import example_page
from tests.docs.markdown import DOCS, blocks, rows, sections
from tests.docs.page_decoder import DecodedPage, decode_page, dump, read_sections

DOCUMENT = DOCS / "journal-record.md"

CODES: dict[str, type[IntEnum]] = {
    "Instruction kinds": InstructionKind,
    "Terms": Term,
    "Queue actions": QueueAction,
    "Priorities": Priority,
    "Outcomes of screening": Screening,
    "Record kinds": RecordKind,
    "Statuses": Status,
    "Mechanisms": Mechanism,
    "Phases": Phase,
}


def example_bytes() -> bytes:
    """Return the bytes of the worked example as the document has them."""
    (block,) = blocks(DOCUMENT, "hex")
    return bytes.fromhex("".join(re.sub(r"\s", "", line.split("#")[0]) for line in block.text.splitlines()))


def test_the_example_is_what_the_house_writes() -> None:
    """The worked example is, byte for byte, what the page's writer makes of it."""
    assert example_bytes() == page_to_bytes(example_page())


def test_the_example_says_what_its_bytes_mean() -> None:
    """The notes beside the bytes are what the second decoder finds."""
    (block,) = blocks(DOCUMENT, "hex")
    assert block.text == dump(example_bytes())


def test_the_second_decoder_reads_the_example() -> None:
    """The table of records below the example is what the second decoder reads in it."""
    page = decode_page(example_bytes())
    names = ("kind", "subject", "cause", "debtor", "creditor", "amount", "debtor_after", "creditor_after")
    columns = [page.column("record", name) for name in (*names, "mechanism")]
    read = [
        [
            str(page.first_record + place),
            RecordKind(row[0]).name,
            *map(str, row[1:-1]),
            Mechanism(row[-1]).name,
        ]
        for place, row in enumerate(zip(*columns, strict=True))
    ]
    assert rows(sections(DOCUMENT, "##")["Example"]) == read


def test_a_changed_byte_is_noticed() -> None:
    """The second decoder refuses the example when one byte is another."""
    damaged = bytearray(example_bytes())
    damaged[300] ^= 1
    with pytest.raises(ValueError, match="digest"):
        decode_page(bytes(damaged))


def test_the_second_decoder_reads_a_house(house: House) -> None:
    """Every page of a small house reads the same with both decoders, all encodings but one among them."""
    bodies = [body for _, body in house.store.pages_after(0)]
    for body in bodies:
        assert_same(decode_page(body), page_from_bytes(body))
    found = {
        section.encoding
        for body in bodies
        for section in read_sections(body, 80, int.from_bytes(body[6:8], "little"))
    }
    assert found == {0, 1, 2, 3, 4}


def test_the_second_decoder_reads_texts_by_place() -> None:
    """Equally long texts, which a small house has too few of."""
    texts = [f"N{number:06d}" for number in range(40)]
    page = replace(example_page(), texts={"instruction_id": pa.array(texts, pa.string())}, documents={})
    body = page_to_bytes(page)
    found = {
        section.name: section for section in read_sections(body, 80, int.from_bytes(body[6:8], "little"))
    }
    assert found["text.instruction_id.bytes"].encoding == 5
    assert decode_page(body).texts("instruction_id") == texts


def assert_same(decoded: DecodedPage, page: Page) -> None:
    """Compare a page read with the second decoder with the house's own reading."""
    assert decoded[:5] == (
        page.number,
        page.first_instruction,
        page.first_record,
        page.time_ns,
        page.salt_key,
    )
    for family, array in (("instruction", page.instructions), ("record", page.records)):
        for name in array.dtype.names or ():
            assert decoded.column(family, name) == array[name].tolist()
    assert {name: decoded.texts(name) for name in page.texts} == {
        name: texts.to_pylist() for name, texts in page.texts.items()
    }
    assert {name: bytes(decoded.sections[f"document.{name}"]) for name in page.documents} == dict(
        page.documents
    )


@pytest.mark.parametrize(("heading", "layout"), [("Instructions", INSTRUCTION), ("Records", RECORD)])
def test_fields_are_described(heading: str, layout: np.dtype[np.void]) -> None:
    """Each field stands in the document with its type, in the order of the layout."""
    described = rows(sections(DOCUMENT, "##")[heading])
    assert layout.names is not None
    assert [row[:2] for row in described] == [[name, layout[name].str[1:]] for name in layout.names]


@pytest.mark.parametrize("heading", CODES)
def test_codes_are_described(heading: str) -> None:
    """Each code stands in the document with its number."""
    described = rows(sections(DOCUMENT)[heading])
    assert [(row[0], row[1]) for row in described] == [(str(int(each)), each.name) for each in CODES[heading]]


def test_the_leaves_of_the_example() -> None:
    """Salts, leaves and root that the document shows are those of the plain twins and of the house."""
    described = rows(sections(DOCUMENT, "##")["Tree"])
    shown = [(row[0], row[1]) for row in described if re.fullmatch("[0-9a-f]{32,}", row[1])]
    assert shown == example_rows()
    hashes = leaf_hashes(example_page())
    assert [value for name, value in shown if name.startswith("leaf of")] == [
        row.tobytes().hex() for row in hashes
    ]
    assert Frontier().extend(hashes, parents)[0].root.hex() == shown[-1][1]
