"""docs/reasons.md has a line for each reason, with its code and what to do."""

from __future__ import annotations

from setfair.domain.codes import REASONS, Reason
from tests.docs.markdown import DOCS, rows
from tests.style.source import text_of


def test_every_reason_is_described() -> None:
    """Code, rule, ISO code and text are those of the code, in the order of the codes."""
    described = [row[:4] for row in rows(text_of(DOCS / "reasons.md"))]
    known = [[str(int(each)), each.name, each.iso, each.text] for each in Reason if each is not Reason.NONE]
    assert described == known


def test_every_reason_says_what_to_do() -> None:
    """Each line tells the sender what to do, and no two lines tell the same."""
    advice = [row[4] for row in rows(text_of(DOCS / "reasons.md"))]
    assert all(each.endswith(".") for each in advice)
    assert len(set(advice)) == len(REASONS) - 1
