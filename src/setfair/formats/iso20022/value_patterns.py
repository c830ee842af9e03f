"""Patterns of the values that the grammar allows, for text that is not given to the validator.

Rules
-----
1. A pattern accepts no text that the validator refuses. It may refuse what the validator accepts: such a text
   is for the validator to decide about.
2. No pattern accepts markup (``<``, ``>``, ``&``), a control character, a line break or nothing at all, so
   that the text in the file is the value.
3. A value for which there is no pattern has None.
4. No pattern has groups of its own: several can be joined to one, in which each value is a group.
"""

from __future__ import annotations

import re
from functools import cache

from setfair.formats.iso20022.grammar import Value, load_grammar

WHITE_SPACE = re.compile(r"[ \t\r\n]+")
"""What may stand between elements."""

_CHARACTER = r"[^<>&\x00-\x1f\ufffe\uffff]"
_DATE = (
    r"(?:[1-9][0-9]{3}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])"
    r"|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)|20(?:[02468][048]|[13579][26])-02-29)"
)
_ZONE = r"(?:Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9])?"
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,9})?"
_GROUP = re.compile(r"\[[^]]*\]|\\.|\(")
"""Where a group begins, or what may hold a parenthesis that begins none: a set of characters, an escape."""
_BUILT_IN = {
    "date": _DATE + _ZONE,
    "dateTime": f"{_DATE}T{_CLOCK}{_ZONE}",
    "time": _CLOCK + _ZONE,
    "year": "[1-9][0-9]{3}" + _ZONE,
    "boolean": "true|false|0|1",
}
"""Values of XML Schema. The 29th of February is known in the 21st century only."""


@cache
def value_pattern(rule: str) -> re.Pattern[str] | None:
    """Return the pattern of a value.

    Parameters
    ----------
    rule
        Name of a value in the grammar: what a part has as its rule.

    Returns
    -------
    re.Pattern or None
        To be matched in full; None if the value has none.
    """
    text = _pattern_text(rule)
    return None if text is None else re.compile(text, re.ASCII)


def _pattern_text(rule: str) -> str | None:
    if rule in _BUILT_IN:
        return _BUILT_IN[rule]
    if rule.startswith("["):
        return "|".join(rule[1:-1].split())
    if rule.startswith("text"):
        return f"{_CHARACTER}{{1,{int(rule[4:])}}}"
    return _defined(load_grammar().values[rule])


def _defined(value: Value) -> str | None:
    """Return the pattern of a value that the grammar defines."""
    match value.keyword, value.arguments:
        case "pattern", (regex,) if "." not in regex:
            return _GROUP.sub(lambda found: "(?:" if found[0] == "(" else found[0], regex)
        case "decimal", (total, fraction, *least) if least in ([], ["0"]):
            whole = f"[0-9]{{1,{int(total) - int(fraction)}}}"
            return whole if fraction == "0" else whole + rf"(?:\.[0-9]{{1,{fraction}}})?"
        case "amount", (base, _):
            return _pattern_text(base)
        case "codes", codes:
            return "|".join(codes)
        case "string", _:
            return f"{_CHARACTER}+"
        case _:
            return None
