"""How a name is spelt: Latin tokens of any script, and one spelling for many transliterations.

Rules
-----
1. A name that is not in Latin letters is transliterated (anyascii); a run of Han characters becomes the
   family name and the given name.
2. Tokens are letters and digits in lower case. Legal forms and honorifics are left out (`words`), unless
   nothing else is left.
3. Initials between dots (``Orvek Z.P.``, ``Z.P.Orvek``) are one token, as in ``S.A.``; `initials_apart` has a
   reading in which each is one.
4. `fold_token` writes what different transliterations write differently in one way: ``Yevgeniy`` and
   ``Evgeni``, ``Khalid`` and ``Halid``, ``Mohammed`` and ``Mohamed``. Tokens are compared in this form.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from anyascii import anyascii
from rapidfuzz import process
from rapidfuzz.distance import OSA

from setfair.screening.common_names import COMMON_NAMES
from setfair.screening.given_names import other_reading
from setfair.screening.normalise import normalise_name
from setfair.screening.translations import DESCRIPTIVE_WORDS, ENDING_MAX, STEM_LENGTH_MIN, STEMS, WORDS
from setfair.screening.words import LEGAL_WORDS, LONG_WORDS, NOT_CORE, replace_phrases

TOKEN_LENGTH_MAX = 32
"""Letters of a token that are compared; what follows is left out."""

COMPACT_LENGTH_MIN = 7
"""Letters of a name that is recognised when it is written together."""
FIRM_MARK = "+"
"""What is no token."""

_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff]{2,}")
_SYLLABIC = re.compile("[\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_WORD = re.compile("[a-z0-9]+")
_INITIALS = re.compile(r"(?<!\w)[^\W\d_]\.[^\W\d_](?!\w)")
"""Two letters with a dot between them; three are an abbreviation more often than not."""
_WITHOUT_DOTS = frozenset(("ab", "ao", "ip", "kg", "mb", "oy", "pp"))
"""Legal forms that are not written with dots: ``Orvek A.O.`` is somebody."""
_DOUBLED = re.compile(r"([a-zA-Z])\1+")

_FATHERS = ("vich", "vna")
_PATRONYMIC = re.compile("[eijy]+(vich|vna)$")
"""How the name after a father ends who is called ``Sergei``: ``Sergeevich``, ``Sergeyevich``."""
_SURNAMES = ("ev", "ov", "eva", "ova")
_SURNAME = re.compile("(?<=[a-z]{2})[ijy]+[eo]v(a?)$")
"""How Russian surnames end after a soft letter: ``Vorobev``, ``Vorobyev``, ``Vorobyov``."""

_SPELLINGS = (
    ("h", (("sch", "S"), ("shch", "S"), ("sh", "S"), ("tch", "C"), ("ch", "C"), ("dzh", "j"))),
    ("j", (("dj", "j"),)),
    ("h", (("zh", "j"), ("ph", "f"), ("kh", "h"), ("gh", "g"), ("th", "t"), ("dh", "d"))),
    ("c", (("ck", "k"), ("ce", "se"), ("ci", "si"), ("cy", "si"), ("c", "k"))),
    ("q", (("q", "k"),)), ("x", (("x", "ks"),)), ("w", (("w", "v"),)),
    ("o", (("ou", "u"), ("oo", "u"))),
    ("e", (("ee", "i"),)),
    ("y", (("y", "i"),)),
    ("t", (("ts", "z"), ("tz", "z"))),
)  # fmt: skip
"""By a letter without which none of them is there: what is written, and how it is folded, in this order."""


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


def is_syllabic(normalised: str) -> bool:
    """Return whether a name is written in Han, Hangul or kana: in Latin letters it says far less."""
    return not normalised.isascii() and _SYLLABIC.search(normalised) is not None


@dataclass(frozen=True, slots=True)
class Spelling:
    """A name as it is compared."""

    core: tuple[str, ...]
    """The tokens that say who it is; all of them if none does. Empty only for a name without a letter."""
    together: str
    """All tokens written together, also those that are left out."""
    legal: bool
    """Whether a legal form was left out."""
    syllabic: bool
    """Whether it is written in Han, Hangul or kana."""

    @property
    def other(self) -> tuple[str, ...]:
        """The core tokens in their second reading, see `given_names`; empty where there is none."""
        read = other_reading(self.core)
        return read if read != self.core and not self.syllabic else ()

    @property
    def compact(self) -> str:
        """The core tokens written together."""
        return "".join(self.core)

    @property
    def firm(self) -> str:
        """The one core token of a short name with a legal form, marked as such; empty for any other name."""
        short = self.legal and len(self.core) == 1 and 3 <= len(self.core[0]) < COMPACT_LENGTH_MIN
        return f"{self.core[0]} {FIRM_MARK}" if short and not self.syllabic else ""


def spell(normalised: str) -> Spelling:
    """Return a name as it is compared.

    Parameters
    ----------
    normalised
        What `normalise_name` returns.
    """
    tokens = latin_tokens(normalised)
    corrected = [_CORRECTED[token] for token in tokens]
    if len(tokens) > 1:
        corrected[-1] = _completed(corrected[-1])
    kept, dropped = replace_phrases(corrected)
    core = tuple(token for token in kept if token not in NOT_CORE)
    legal = dropped or not LEGAL_WORDS.isdisjoint(kept)
    return Spelling(core or tuple(kept) or tuple(tokens), "".join(tokens), legal, is_syllabic(normalised))


def initials_apart(name: str, core: tuple[str, ...]) -> tuple[str, ...]:
    """Return the core tokens of a name with each initial apart; empty where none stand between dots.

    Parameters
    ----------
    name
        As it is written.
    core
        What `spell` makes of it, without a legal form like ``S.A.``. Words of firms have no initials.
    """
    if not DESCRIPTIVE_WORDS.isdisjoint(core):
        return ()
    letters: dict[str, list[str]] = {}
    for dotted in _INITIALS.findall(name):
        together = "".join(latin_tokens(normalise_name(dotted)))
        if together in core or together in _WITHOUT_DOTS:
            each = [latin_tokens(normalise_name(letter)) for letter in dotted.split(".")]
            letters[together] = [latin[0][0] for latin in each if latin]
    apart = tuple(part for token in core for part in letters.get(token, (token,)))
    apart += tuple(part for token in letters if token not in core for part in letters[token])
    return apart if apart != core and max(map(len, apart)) > 1 else ()


def as_meant(token: str) -> str:
    """Return the word that stands for a token, corrected and translated; the token itself where none does."""
    return _CORRECTED[token]


def _completed(token: str) -> str:
    """Return the word of a legal form that a last token begins, or the token itself."""
    if len(token) < CUT_LENGTH_MIN:
        return token
    return next((word for word in _LONG_BY_BEGINNING.get(token[:2], ()) if word.startswith(token)), token)


class _Corrections(dict[str, str]):
    """Words of legal forms that are misspelt, as they should be; every other token as it is."""

    def __missing__(self, token: str) -> str:
        found = token
        if not token.isdigit() and token.translate(_LETTERS_FOR_DIGITS) in LEGAL_WORDS:
            found = token.translate(_LETTERS_FOR_DIGITS)
        if len(token) >= 5 and not (token in NOT_CORE or token in WORDS or token in COMMON_NAMES):
            cutoff = 1 if len(token) < 9 else 2
            near = process.extractOne(token, LONG_WORDS, scorer=OSA.distance, score_cutoff=cutoff)
            found = near[0] if near else token
        found = WORDS.get(found) or _by_stem(found)
        long = MISSPELT_LENGTH_MIN <= len(token) <= TOKEN_LENGTH_MAX
        if found == token and long and token not in COMMON_NAMES:
            found = _misspelt(token)
        if len(self) < CORRECTIONS_MAX:
            self[token] = found
        return found


def _by_stem(token: str) -> str:
    """Return the word that stands for all that begin like a token, or the token itself."""
    if token[:STEM_LENGTH_MIN] not in _STEMS_BEGIN:
        return token
    for length in range(len(token), max(STEM_LENGTH_MIN, len(token) - ENDING_MAX) - 1, -1):
        if token[:length] in STEMS:
            return STEMS[token[:length]]
    return token


def _without_one(word: str) -> list[str]:
    """Return a word, and what is left of it without each of its letters."""
    return [word, *(word[:place] + word[place + 1 :] for place in range(len(word)))]


def _misspelt(token: str) -> str:
    """Return what stands for the one word that a token is with a letter misspelt, or the token itself."""
    if token[:3] not in _MISSPELT_BEGIN and token[-3:] not in _MISSPELT_END:
        return token  # one misspelt letter leaves one of both ends as it is
    found = {_MISSPELT[written] for written in _without_one(token) if written in _MISSPELT}
    return found.pop() if len(found) == 1 and "" not in found else token


MISSPELT_LENGTH_MIN = 8
"""Letters from which on a word of firms is recognised with one letter changed, left out, added or swapped."""
_MISSPELT: dict[str, str] = {}
"""By such a word, or what is left of it without a letter: what stands for it; nothing for several."""
for _word, _stands in (WORDS | {word: word for word in WORDS.values()}).items():
    if len(_word) >= MISSPELT_LENGTH_MIN:
        for _written in _without_one(_word):
            _MISSPELT[_written] = _stands if _MISSPELT.get(_written, _stands) == _stands else ""

_MISSPELT_WORDS = [word for word in (*WORDS, *WORDS.values()) if len(word) >= MISSPELT_LENGTH_MIN]
_MISSPELT_BEGIN = frozenset(word[:3] for word in _MISSPELT_WORDS)
_MISSPELT_END = frozenset(word[-3:] for word in _MISSPELT_WORDS)
_STEMS_BEGIN = frozenset(stem[:STEM_LENGTH_MIN] for stem in STEMS)
_LONG_BY_BEGINNING: dict[str, list[str]] = {}
for _word in LONG_WORDS:
    _LONG_BY_BEGINNING.setdefault(_word[:2], []).append(_word)

CUT_LENGTH_MIN = 5
"""Letters from which on the beginning of a word of a legal form is that word."""
_LETTERS_FOR_DIGITS = str.maketrans("0158", "olsb")
CORRECTIONS_MAX = 1 << 17
"""Tokens whose correction is remembered."""
_CORRECTED = _Corrections()


def fold_token(token: str) -> str:
    """Return the one spelling of a token; never empty for a token that is not.

    A letter that stands alone stays as it is: of which it is the initial says `pair_kernels.is_initial`.
    """
    text = token[:TOKEN_LENGTH_MAX]
    if text.isdigit() or len(text) == 1:
        return text
    if text.endswith(_FATHERS):
        text = _PATRONYMIC.sub(r"e\1", text)
    elif text.endswith(_SURNAMES):
        text = _SURNAME.sub(r"ev\1", text)
    for letter, spellings in _SPELLINGS:
        if letter in text:
            for written, folded in spellings:
                text = text.replace(written, folded)
    text = _DOUBLED.sub(r"\1", text)
    if len(text) > 3 and text.startswith("ie"):
        text = text[1:]
    if len(text) > 4 and text.endswith(("of", "ef")):
        text = f"{text[:-1]}v"
    return text
