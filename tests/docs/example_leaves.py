"""The leaves of the page that docs/journal-record.md works through, made by the plain twins."""

from __future__ import annotations

from setfair.journal.page import page_to_bytes
from setfair.proof.tree import leaf_hash
from tests.docs.example_page import example_page
from tests.docs.page_decoder import decode_page
from tests.reference import tree
from tests.reference.leaves import leaf_data, salts


def example_rows() -> list[tuple[str, str]]:
    """Return what the document's table of leaves says: name and hexadecimal value."""
    page = decode_page(page_to_bytes(example_page()))
    data = [leaf_data(page, place) for place in range(4)]
    names = ("salt of record 30", "salt of its debtor_after", "salt of its creditor_after")
    rows = [(name, salt.hex()) for name, salt in zip(names, salts(page.salt_key, 0), strict=True)]
    rows += [
        ("its fields without balances", data[0][16:64].hex()),
        ("identity of its subject", data[0][64:80].hex()),
        ("hash of its debtor_after", data[0][80:112].hex()),
        ("hash of its creditor_after", data[0][112:].hex()),
    ]
    rows += [(f"leaf of record {30 + place}", leaf_hash(each).hex()) for place, each in enumerate(data)]
    return [*rows, ("root of a tree of these four leaves", tree.root(data).hex())]
