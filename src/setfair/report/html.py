"""Markup that is safe by construction: what is not `Html` is escaped.

Rules
-----
1. Text becomes markup only through `element`, which escapes it; names come from strangers.
2. The output is well-formed XML as well as HTML: every element is closed, every attribute quoted, and
   characters that XML does not have are replaced.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from typing import TypeAlias

VOID = frozenset({"br", "col", "hr", "input", "link", "meta"})
"""HTML elements without an end tag."""

TEXT_MAX = 240
"""Characters of one text of a stranger that are shown; a longer one ends in an ellipsis."""

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Html(str):
    """Markup: goes into the page as it is."""

    __slots__ = ()


Child: TypeAlias = "str | int | Iterable[Child] | None"
"""Text, markup, a number, nothing, or several of these."""


def text(value: object) -> Html:
    """Return a value as escaped text."""
    return Html(escape(_NOT_XML.sub("\ufffd", str(value)), quote=True))


def element(tag: str, /, *children: Child, **attributes: object) -> Html:
    """Return one element.

    Parameters
    ----------
    tag
        Its name.
    children
        Text is escaped, `Html` is not, None is left out.
    attributes
        A trailing underscore is dropped, others become hyphens; None and False leave the attribute out.
    """
    given = "".join(
        f' {_attribute_name(name)}="{_attribute_value(value)}"'
        for name, value in attributes.items()
        if value is not None and value is not False
    )
    if tag in VOID:
        return Html(f"<{tag}{given} />")
    return Html(f"<{tag}{given}>{joined(children)}</{tag}>")


def joined(children: Child) -> Html:
    """Return children one after the other."""
    if children is None:
        return Html("")
    if isinstance(children, Html):
        return children
    if isinstance(children, str | int):
        return text(children)
    return Html("".join(joined(child) for child in children))


def _attribute_name(name: str) -> str:
    return name.rstrip("_").replace("_", "-")


def _attribute_value(value: object) -> str:
    if value is True:
        return ""
    if isinstance(value, float):
        return number(value)
    return text(value)


def number(value: float) -> str:
    """Write a length or coordinate of a drawing with at most two decimals."""
    written = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if written == "-0" else written


def name(value: object, limit: int = TEXT_MAX) -> Html:
    """Return a stranger's text, isolated so that its script's direction does not turn its surroundings."""
    return element("bdi", shortened(str(value), limit))


def shortened(value: str, limit: int = TEXT_MAX) -> str:
    """Return a text of at most `limit` characters."""
    return value if len(value) <= limit else value[: limit - 1].rstrip() + "\N{HORIZONTAL ELLIPSIS}"
