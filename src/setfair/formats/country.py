"""Which country codes are read: ISO 3166-1 alpha-2, and two that trade documents use although ISO has not
assigned them."""

from __future__ import annotations

from functools import lru_cache

import pycountry

USED_BUT_NOT_ASSIGNED = frozenset({"XI", "XK"})
"""Northern Ireland in VAT numbers, Kosovo: both in the code lists of EN 16931."""


@lru_cache(maxsize=1024)
def is_country(code: str) -> bool:
    """Say whether a two-letter code names a country."""
    if code in USED_BUT_NOT_ASSIGNED:
        return True
    found = pycountry.countries.get(alpha_2=code)
    return found is not None and found.alpha_2 == code
