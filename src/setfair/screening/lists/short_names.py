"""Whether letters are short for a name that they stand beside: ``HQN`` in ``HAQQANI NETWORK (HQN)``.

Rules
-----
1. The first letter begins the first word of the name, or the word after an article; at least half of the
   letters begin words, and the others follow inside one: ``SAPICO`` is ``Sahand Aluminum Parts Industrial
   Company``. Full stops, hyphens and strokes between them do not count.
2. A place, a legal form or a title in letters (``HK``, ``PVT``, ``RTD``) is short for nothing.
"""

from __future__ import annotations

import re

from setfair.screening.normalise import normalise_name
from setfair.screening.words import HONORIFICS, LEGAL_WORDS, PARTICLES

LETTERS_MIN, LETTERS_MAX = 2, 10
_FORM = re.compile(r"[A-Z][A-Za-z./-]*")
_PLACES_AND_TITLES = "hk uk gb us usa uae prc roc drc dprk rok ksa eu un ngo rtd ret jr snr dob pob dec"
_NOT_SHORT = LEGAL_WORDS | HONORIFICS | frozenset(_PLACES_AND_TITLES.split())


def is_short_for(short: str, name: str) -> bool:
    """Tell whether a text is made of letters of a name, in their order, as an acronym is.

    Parameters
    ----------
    short
        What may be the acronym, as listed.
    name
        The name beside it, as listed.
    """
    letters = re.sub("[./-]", "", short)
    if not LETTERS_MIN <= len(letters) <= LETTERS_MAX or not _FORM.fullmatch(short):
        return False
    if sum(letter.isupper() for letter in letters) < len(letters) - 1 or letters.lower() in _NOT_SHORT:
        return False
    words = normalise_name(name).split()
    return len(words) > 1 and any(
        2 * _begun(letters.lower(), words[first:]) >= len(letters)
        for first in range(2 if words[0] in PARTICLES else 1)
    )


def _begun(letters: str, words: list[str]) -> int:
    """Return how many letters begin a word; none where they do not stand in the words in this order."""
    if not words or words[0][0] != letters[0]:
        return 0
    word, at, begun = 0, 1, 1
    for letter in letters[1:]:
        following = next((place for place in range(word + 1, len(words)) if words[place][0] == letter), None)
        inside = words[word].find(letter, at)
        if following is not None:
            word, at, begun = following, 1, begun + 1
        elif inside >= 0:
            at = inside + 1
        else:
            return 0
    return begun
