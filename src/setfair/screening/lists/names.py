"""The names that are in one field of a list.

Rules
-----
1. The text as listed is always a name.
2. Semicolons separate names, also inside parentheses. So do words that say it (``a.k.a.``, ``formerly``), the
   letter of the next item (``A b) B``), a stroke between two spaces where both sides are names, and the end
   of one script behind which a name in another begins.
3. A name with a remark in parentheses is also a name without it: ``HAQQANI NETWORK (HQN)``.
4. What stands in parentheses is a name where it is the same name in another script, ``Akrin Saleh (أقرين
   صالح)``; where its letters are short for the name before it, which ends there; or where it is several words
   of which one says what an organisation is, ``SEPAH-E QODS (JERUSALEM FORCE)``. Otherwise it may be a place,
   a remark or a common short form.
5. Letters that are short for a name (`short_names`) are named apart: fewer than four are an abbreviation of
   anything, and say little by themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from setfair.screening.lists.short_names import is_short_for
from setfair.screening.normalise import normalise_name
from setfair.screening.spelling import as_meant
from setfair.screening.translations import DESCRIPTIVE_WORDS
from setfair.screening.words import LEGAL_WORDS, PARTICLES

SHORT_LENGTH_MIN = 4
"""Letters from which on an acronym is a name like any other."""
_PARENTHESIS = re.compile("[()]")
_LABEL = re.compile(r"\s*original script\s*:?\s*", re.IGNORECASE)
_ITEM = re.compile(r"\s[b-h]\)\s")
_KNOWN_AS = re.compile(
    r"(?:^|[\s,(])(?:a\.k\.a\.?|f\.k\.a\.?|n\.k\.a\.?|also known as|formerly known as|formerly)[\s:]+",
    re.IGNORECASE,
)
_REMARK_WORDS = """
branch office location located only unit name republic union kingdom emirates states federation province
birth combat nom guerre passport number identity document previously listed third second first offshore shore
holding zona zone liquidation likvidatsii
"""
_REMARKS = frozenset(_REMARK_WORDS.split())
"""Words with which parentheses hold a place or a remark."""

_SAYS_NOTHING = DESCRIPTIVE_WORDS | LEGAL_WORDS | PARTICLES


class FieldName(NamedTuple):
    """One name in a field."""

    text: str
    is_short: bool = False
    """Whether it is an acronym of fewer than `SHORT_LENGTH_MIN` letters."""


def collapse(text: str | None) -> str:
    """Return the text with each run of white space as one space and none at the ends."""
    return " ".join(text.split()) if text else ""


def names_in(text: str) -> list[FieldName]:
    """Return the names in one field, the text as listed first, each once, none without letter or digit."""
    listed = collapse(text)
    found: dict[str, FieldName] = {}
    for name in (FieldName(listed), *_apart(listed)):
        plain = collapse(name.text).strip(" ,")
        if normalise_name(plain) and plain not in found:
            found[plain] = FieldName(plain, name.is_short)
    return list(found.values())


def _apart(listed: str) -> Iterator[FieldName]:
    """Yield the names that a field is made of."""
    for part in _parts(listed):
        outside, remarks, behind = _opened(part)
        yield from _halves(part) if len(remarks) == 0 else (FieldName(part),)
        if remarks:
            yield from _halves(outside)
        for remark in remarks:
            yield from _in_parentheses(remark, outside, behind)


def _parts(text: str) -> Iterator[str]:
    """Yield what semicolons, items and words that say so separate outside parentheses."""
    depth, begin = 0, 0
    for place, letter in enumerate(text):
        depth = max(0, depth + (letter == "(") - (letter == ")"))
        if letter == ";" and not depth:
            yield from _labelled(text[begin:place])
            begin = place + 1
    yield from _labelled(text[begin:])


def _labelled(part: str) -> Iterator[str]:
    outside, _, _ = _opened(part)
    items = _ITEM.split(part)
    if len(items) == 1 and _KNOWN_AS.search(outside):
        items = [part, *_KNOWN_AS.split(outside)]
    yield from items


def _opened(text: str) -> tuple[str, list[str], str]:
    """Return what stands outside parentheses, what stands inside each, and what follows the last."""
    outside, inside, behind, depth = "", [""], "", 0
    for letter in text:
        if letter == "(" and not depth:
            depth, outside, behind = 1, f"{outside} ", ""
        elif depth:
            depth += (letter == "(") - (letter == ")")
            inside[-1] += letter if depth else ""
            inside += [] if depth else [""]
        else:
            outside, behind = outside + letter, behind + letter
    return collapse(outside), [each for each in inside if each.strip()], behind


def _halves(text: str) -> Iterator[FieldName]:
    """Yield a name, or the two that it is: on both sides of a stroke, or in two scripts."""
    yield FieldName(text)
    one, stroke, other = text.partition(" / ")
    if stroke and "/" not in other and _are_names(one, other):
        yield from (_named(one, other), _named(other, one))
    words = text.split()
    latin = [_is_latin(word) for word in words]
    at = sum(latin)
    if min(at, len(words) - at) >= 2 and latin in ([True] * at + [False] * (len(words) - at),):
        yield from (FieldName(" ".join(words[:at])), FieldName(" ".join(words[at:])))


def _are_names(one: str, other: str) -> bool:
    """Tell whether both sides of a stroke are names, and not two ends of one."""
    if is_short_for(one, other) or is_short_for(other, one):
        return True
    words = [normalise_name(each).split() for each in (one, other)]
    return min(map(len, words)) > 1 and words[0][-1] != words[1][-1]


def _named(text: str, beside: str) -> FieldName:
    letters = sum(letter.isalpha() for letter in text)
    return FieldName(text, letters < SHORT_LENGTH_MIN and is_short_for(text, beside))


def _in_parentheses(remark: str, outside: str, behind: str) -> Iterator[FieldName]:
    """Yield the names that stand in parentheses."""
    inner, remarks, _ = _opened(_LABEL.sub("", remark))
    parts = [collapse(_KNOWN_AS.sub("", part)) for part in inner.split(";")]
    is_last = all(word in LEGAL_WORDS for word in normalise_name(behind).split())
    for part in filter(normalise_name, parts):
        if _is_latin(part) != _is_latin(outside) or len(parts) > 1 or _KNOWN_AS.match(remark):
            yield FieldName(part)
        elif is_last and (is_short_for(part, outside) or _says_what(part)):
            yield _named(part, outside)
    for each in remarks:
        yield from _in_parentheses(each, inner, "")


def _says_what(part: str) -> bool:
    """Tell whether several words say of an organisation what it is, and are no remark or place."""
    words = normalise_name(part).split()
    meant = {as_meant(word) for word in words}
    if len(words) < 2 or any(word.isdigit() for word in words) or not _REMARKS.isdisjoint({*words, *meant}):
        return False
    return not DESCRIPTIVE_WORDS.isdisjoint(meant) and not meant <= _SAYS_NOTHING


def _is_latin(text: str) -> bool:
    return normalise_name(text).isascii()
