"""How a name is spelt: Latin tokens of any script, and one spelling for many transliterations.

Rules
-----
1. A name that is not in Latin letters is transliterated (anyascii); a run of Han characters becomes the family
   name and the given name.
2. Tokens are letters and digits in lower case. Legal forms and honorifics are left out (`words`), unless
   nothing else is left.
3. `fold_token` writes what different transliterations write differently in one way: ``Yevgeniy`` and ``Evgeni``,
   ``Khalid`` and ``Halid``, ``Mohammed`` and ``Mohamed``. Tokens are compared in this form.
"""

from __future__ import annotations

import re

from anyascii import anyascii

from setfair.screening.normalise import normalise_name
from setfair.screening.words import HONORIFICS, LEGAL_WORDS, drop_phrases

TOKEN_LENGTH_MAX = 32
"""Letters of a token that are compared; what follows is left out."""

_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff]{2,}")
_WORD = re.compile("[a-z0-9]+")
_DOUBLED = re.compile(r"([a-zA-Z])\1+")

_SPELLINGS = (
    ("sch", "S"), ("shch", "S"), ("sh", "S"), ("tch", "C"), ("ch", "C"),
    ("dzh", "j"), ("dj", "j"), ("zh", "j"), ("ph", "f"), ("kh", "h"), ("gh", "g"), ("th", "t"), ("dh", "d"),
    ("ck", "k"), ("ce", "se"), ("ci", "si"), ("cy", "si"), ("c", "k"), ("q", "k"), ("x", "ks"), ("w", "v"),
    ("ou", "u"), ("oo", "u"), ("ee", "i"), ("y", "i"), ("ts", "z"), ("tz", "z"),
)  # fmt: skip


def latin_tokens(normalised: str) -> list[str]:
    """Return the Latin tokens of a normalised name, in order, legal forms and honorifics among them.

    Parameters
    ----------
    normalised
        What `normalise_name` returns.
    """
    if normalised.isascii():
        return normalised.split()
    spaced = _HAN.sub(lambda run: f" {run[0][0]} {run[0][1:]} ", normalised)
    return _WORD.findall(anyascii(spaced).replace("'", "").replace("`", "").lower())


def core_tokens(tokens: list[str]) -> list[str]:
    """Return the tokens that say who it is; all of them if none does."""
    kept = drop_phrases(tokens)
    core = [token for token in kept if token not in LEGAL_WORDS and token not in HONORIFICS]
    return core or kept or tokens


def tokens_of(name: str) -> list[str]:
    """Return the core tokens of a name as it came in."""
    return core_tokens(latin_tokens(normalise_name(name)))


def fold_token(token: str) -> str:
    """Return the one spelling of a token; never empty for a token that is not."""
    text = token[:TOKEN_LENGTH_MAX]
    if text.isdigit():
        return text
    for written, folded in _SPELLINGS:
        if written in text:
            text = text.replace(written, folded)
    text = _DOUBLED.sub(r"\1", text)
    if len(text) > 3 and text.startswith("ie"):
        text = text[1:]
    if len(text) > 4 and text.endswith(("of", "ef")):
        text = f"{text[:-1]}v"
    return text
