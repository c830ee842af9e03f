"""The names that are in one field of a list.

Rules
-----
1. The text as listed is always a name.
2. Semicolons separate names, also inside parentheses.
3. A name with a remark in parentheses is also a name without it: ``HAQQANI NETWORK (HQN)``.
4. What stands in parentheses is a name only where it is the same name in another script:
   ``Akrin Saleh (أقرين صالح)``; otherwise it may be a place, a remark or a common short form.
"""

from __future__ import annotations

import re

from setfair.screening.normalise import normalise_name

_PARENTHESES = re.compile(r"\(([^()]*)\)")
_LABEL = re.compile(r"\s*original script\s*:?\s*", re.IGNORECASE)


def collapse(text: str | None) -> str:
    """Return the text with each run of white space as one space and none at the ends."""
    return " ".join(text.split()) if text else ""


def names_in(text: str) -> list[str]:
    """Return the names in one field, the text as listed first, each once, none without letter or digit."""
    listed = collapse(text)
    outside = collapse(_PARENTHESES.sub(" ", listed))
    found = [listed, *outside.split(";"), *listed.split(";")]
    for remark in _PARENTHESES.findall(listed):
        found += [part for part in _LABEL.sub("", remark).split(";") if _other_script(part, outside)]
    stripped = (collapse(name).strip(" ,") for name in found)
    return list(dict.fromkeys(name for name in stripped if normalise_name(name)))


def _other_script(part: str, outside: str) -> bool:
    return _is_latin(part) != _is_latin(outside)


def _is_latin(text: str) -> bool:
    return normalise_name(text).isascii()
