"""Names in a third reading: words that say what a firm is, side by side, as their first letters.

Rules
-----
1. Lists give `Nauchno-Tekhnicheskii Tsentr Orvek` where a payment says `NTTS Orvek`, and `Metal Trading
   Company Orvek` where it says `MTC Orvek`, and the other way round. Two or more words of `translations`
   side by side, with or without the word for a company behind them, are their first letters as they are
   written, `ts` as two.
2. Particles between them are left out. Something else must be left of the name: letters alone are no name.
"""

from __future__ import annotations

from collections.abc import Sequence

from setfair.screening.spelling import as_meant, latin_tokens
from setfair.screening.translations import DESCRIPTIVE_WORDS
from setfair.screening.words import NOT_CORE, PARTICLES, replace_phrases

LETTERS_MAX = 6
"""Words that are abbreviated together, at most."""
_FIRM = frozenset(("company", "corporation"))
"""Words that stand behind others and are abbreviated with them."""


def may_be_abbreviated(core: Sequence[str]) -> bool:
    """Tell whether a name of these core tokens may have another reading here."""
    return sum(token in DESCRIPTIVE_WORDS for token in core) > 1


def abbreviated(normalised: str) -> tuple[str, ...]:
    """Return the core tokens of a name, its words of firms abbreviated; empty where there are none.

    Parameters
    ----------
    normalised
        What `normalise_name` returns.
    """
    written, _ = replace_phrases(latin_tokens(normalised))
    read: list[str] = []
    run: list[str] = []
    found = False
    for token in [*written, ""]:
        meant = as_meant(token) if token else ""
        if meant in DESCRIPTIVE_WORDS or (run and meant in _FIRM):
            run.append(token)
        elif not token or token not in PARTICLES:
            short = 2 <= len(run) <= LETTERS_MAX
            found |= short
            read += ["".join(map(_initial, run))] if short else map(as_meant, run)
            run = []
            if token and meant not in NOT_CORE:
                read.append(meant)
    core = tuple(token for token in read if token not in NOT_CORE)
    return core if found and len(core) > 1 else ()


def _initial(token: str) -> str:
    return "ts" if token.startswith("ts") else token[0]
