"""Identifiers that stand in the remarks of a list, in prose.

Rules
-----
1. An identifier is kept as ``SCHEME value``: BIC, LEI, IMO, PASSPORT or ID, and the value without spaces.
2. In prose one is recognised by the words before it: ``SWIFT/BIC``, ``IMO number:``, ``Passport``, ``LEI``
   ...
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_BIC = re.compile(
    r"\b(?:SWIFT(?:/BIC)?|BIC)(?: code| number)?:? ([A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?)\b", re.ASCII
)
_IMO = re.compile(r"\bIMO\)?(?: ship)?(?: number| no\.?| #)?:? ?(\d{7})\b", re.ASCII | re.IGNORECASE)
_LEI = re.compile(r"\b(?:LEI|Legal Entity (?:Identifier|Number)):? ([A-Z0-9]{18}\d{2})\b", re.ASCII)
_PASSPORT = re.compile(
    r"\bPassport (?:number:? |No\.? )?([A-Z0-9-]*\d[A-Z0-9-]*)\b", re.ASCII | re.IGNORECASE
)
_NUMBER = re.compile(
    r"\b(?:Registration (?:ID|Number)|Tax ID No\.|National ID No\.|Identification Number) "
    r"([A-Z0-9./-]*\d[A-Z0-9/-]*)",
    re.ASCII,
)
_SCHEMES = (("BIC", _BIC), ("IMO", _IMO), ("LEI", _LEI), ("PASSPORT", _PASSPORT), ("ID", _NUMBER))


def identifiers_in(text: str) -> Iterator[str]:
    """Yield the identifiers in a text."""
    for scheme, pattern in _SCHEMES:
        for value in pattern.findall(text):
            yield identifier(scheme, value)


def identifier(scheme: str, value: str) -> str:
    """Return an identifier as an entry keeps it."""
    return f"{scheme} {''.join(value.split())}"
