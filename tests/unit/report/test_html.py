"""Markup is safe whatever it is given."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from setfair.report.html import TEXT_MAX, Html, element, joined, name, number, shortened, text

HOSTILE = (
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "<!-- -->",
    "]]>",
    "&lt;b&gt;",
    "\x00\x1b[31m\ufffe",
    "\u202egnp.exe",
)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_name_is_text(hostile: str) -> None:
    """As content and as attribute: one element with that text, nothing in it."""
    made = element("p", hostile, title=hostile, data_tip=hostile)
    root = etree.fromstring(made)
    assert (root.tag, len(root), sorted(root.keys())) == ("p", 0, ["data-tip", "title"])
    shown = "".join(one if one >= " " and one != "\ufffe" else "\ufffd" for one in hostile)
    assert (root.text, root.get("title"), root.get("data-tip")) == (shown, shown, shown)


@given(st.text())
def test_any_text_is_well_formed(anything: str) -> None:
    """It comes back as it was, apart from characters that XML does not have or changes."""
    root = etree.fromstring(element("p", anything, title=anything))
    assert len(root) == 0
    if anything.isprintable():
        assert (root.text or "", root.get("title")) == (anything, anything)


def test_markup_is_left_alone_and_text_is_not() -> None:
    """Only what `element` or `text` made goes in as it is; `+` makes text of it again."""
    inner = element("b", "x")
    assert element("p", inner, "<b>") == "<p><b>x</b>&lt;b&gt;</p>"
    assert element("p", inner + "<i>") == "<p>&lt;b&gt;x&lt;/b&gt;&lt;i&gt;</p>"
    assert isinstance(text("a"), Html)


def test_children_of_all_kinds() -> None:
    """Numbers, nothing, and lists within lists."""
    assert joined(["a", 1, None, [element("br"), ["&"]]]) == "a1<br />&amp;"


def test_attributes() -> None:
    """True is empty, None and False are left out, numbers are short, names are turned."""
    made = element("a", class_="x", aria_label="y", hidden=True, checked=False, title=None, x=1.5000001, n=3)
    assert made == '<a class="x" aria-label="y" hidden="" x="1.5" n="3"></a>'


@pytest.mark.parametrize(("value", "written"), [(0.0, "0"), (-0.001, "0"), (12.346, "12.35"), (10.0, "10")])
def test_coordinates_are_short(value: float, written: str) -> None:
    """Two decimals at most, and no minus before nothing."""
    assert number(value) == written


def test_long_names_end_in_an_ellipsis() -> None:
    """Within the limit, and isolated from the direction of what stands around."""
    assert shortened("a" * TEXT_MAX) == "a" * TEXT_MAX
    long = shortened("a" * (TEXT_MAX + 1))
    assert len(long) == TEXT_MAX
    assert long.endswith("\N{HORIZONTAL ELLIPSIS}")
    assert name("شركة النخيل") == "<bdi>شركة النخيل</bdi>"
