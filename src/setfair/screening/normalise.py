"""When two spellings are the same name.

Rules
-----
1. Compatibility forms are one form (NFKC) and case is folded: ``ＡＣＭＥ`` is ``acme``, ``Straße`` is
   ``strasse``.
2. Diacritics fold in the scripts that use them as such (Latin, Greek, Cyrillic, Arabic, Hebrew):
   ``Łódź`` is ``lodz``, ``أحمد`` is ``احمد``. Vowel signs of Indic scripts, Thai tone marks and kana voicing
   are letters of their own and stay. The Arabic letter variants of Persian and Urdu are one letter.
3. An apostrophe vanishes (``O'Brien``, ``al-Shari’a``), a full stop between single letters too (``S.A.`` is
   ``sa``); ``&`` is ``and``; all other punctuation, symbols and control characters are spaces.
4. Characters that nobody sees (zero-width, soft hyphen, direction marks, variation selectors) vanish.
5. White space is one space between tokens.

Scripts are kept: nothing is transliterated here. A name without a letter or digit normalises to ``""``.
No input fails, whatever its characters are. Normalising twice changes nothing.
"""

from __future__ import annotations

import re
import unicodedata

FOLDS_MAX = 1 << 16
"""Characters whose folding is remembered: bounds the table whatever names come in."""

_APOSTROPHES = "'`\u00b4\u2018\u2019\u201b\u2032"
_LATIN = {
    "æ": "ae",
    "œ": "oe",
    "ø": "o",
    "đ": "d",
    "ð": "d",
    "ł": "l",
    "ħ": "h",
    "ŧ": "t",
    "ı": "i",
    "þ": "th",
}
_ARABIC = {"ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ھ": "ه", "ہ": "ه", "ە": "ه", "ٱ": "ا", "ـ": ""}
_LETTERS = _LATIN | _ARABIC | dict.fromkeys(_APOSTROPHES, "") | {"&": " and ", ".": "."}
_INVISIBLE = "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\u180b\u180c\u180d\u180f"
_INVISIBLE_RANGES = ((0xFE00, 0xFE0F), (0xE0100, 0xE01EF), (0x02B9, 0x02FF))
"""Variation selectors, their supplement, and modifier letters (the apostrophes of transliterations)."""

_DIACRITIC_CLASSES = frozenset((1, *range(10, 37), *range(200, 235), 240))
"""Canonical combining classes that fold. Kept: 7 nukta, 8 kana voicing, 9 virama, 84-132 Thai, Tibetan ..."""

_INITIALS_DOT = re.compile(r"(?<=\b\w)\.(?=\w\b)")


def _fold(code: int) -> str:
    character = chr(code)
    if character in _LETTERS:
        return _LETTERS[character]
    if character in _INVISIBLE or any(first <= code <= last for first, last in _INVISIBLE_RANGES):
        return ""
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if category == "Cf" or unicodedata.combining(character) in _DIACRITIC_CLASSES:
        return ""
    return " " if category[0] in "PSZ" or category == "Cc" else character


class _FoldTable(dict[int, str]):
    """What `str.translate` asks for every character; filled as characters come."""

    def __missing__(self, code: int) -> str:
        folded = _fold(code)
        if len(self) < FOLDS_MAX:
            self[code] = folded
        return folded


_FOLDS = _FoldTable()


def normalise_name(text: str) -> str:
    """Return the form in which equal names are equal strings.

    The order of tokens is kept; whoever compares names of persons also compares `token_key`, since lists
    give ``FIRST SECOND THIRD`` or ``LAST, First`` and payments give any order.

    Parameters
    ----------
    text
        A name in any script.

    Returns
    -------
    str
        Tokens with one space between them; ``""`` if nothing of the text is a letter or digit.
    """
    if text.isascii():
        folded = text.lower().translate(_FOLDS)
    else:
        text = unicodedata.normalize("NFKC", text.replace("\u00b4", "'")).casefold()
        folded = unicodedata.normalize("NFKD", text).translate(_FOLDS)
        folded = unicodedata.normalize("NFC", folded)
    if "." in folded:
        folded = _INITIALS_DOT.sub("", folded).replace(".", " ")
    return " ".join(folded.split())


def token_key(normalised: str) -> str:
    """Return the tokens of a normalised name in alphabetical order: equal for any order of the tokens."""
    return " ".join(sorted(normalised.split(" ")))
