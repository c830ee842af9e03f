"""Identifiers and countries of parties against those of listed entries.

Rules
-----
1. An identifier is compared as its letters and digits in capitals, if it has at least `LENGTH_MIN` of them:
   BIC, LEI, IMO number, passport, registration. A BIC of a head office is compared in its first eight
   characters.
2. A listed entry that has the identifier of a party is hit with the full score, whatever the party is called.
3. An entry of kind `country`, in an operator's list, is named by an ISO 3166 code: every party of that
   country is hit.
"""

from __future__ import annotations

import re

from setfair.screening.gate import ListSet
from setfair.screening.lists.model import Entry, EntryKind
from setfair.screening.match import SCORE_MAX, Hit, shown

LENGTH_MIN = 6
"""Letters and digits of an identifier that means one holder; shorter numbers are everybody's."""
_BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?", re.ASCII)


def bare_identifier(text: str) -> str:
    """Return the letters and digits of an identifier in capitals, a head office's BIC without its branch."""
    bare = "".join(character for character in text.upper() if character.isalnum())
    return bare[:8] if len(bare) == 11 and bare.endswith("XXX") and _BIC.fullmatch(bare) else bare


class IdentifierIndex:
    """Finds listed entries by an identifier or a country."""

    def __init__(self, lists: ListSet) -> None:
        """Index the identifiers of every entry, and the countries that are listed themselves."""
        self._holders: dict[str, list[tuple[str, Entry, str]]] = {}
        self._countries: dict[str, list[tuple[str, Entry]]] = {}
        for each in lists.lists:
            for entry in each.entries:
                for identifier in entry.identifiers:
                    bare = bare_identifier(identifier.partition(" ")[2])
                    if len(bare) >= LENGTH_MIN:
                        self._holders.setdefault(bare, []).append((each.list_id, entry, identifier))
                if entry.kind is EntryKind.COUNTRY:
                    code = entry.names[0].text.upper()
                    self._countries.setdefault(code, []).append((each.list_id, entry))

    @property
    def has_countries(self) -> bool:
        """Whether a country is listed."""
        return bool(self._countries)

    def of_identifier(self, identifier: str) -> list[Hit]:
        """Return who is listed with an identifier."""
        return [
            _hit(
                identifier,
                list_id,
                entry,
                f"the identifier {shown(listed)} of '{shown(entry.names[0].text)}'",
            )
            for list_id, entry, listed in self._holders.get(bare_identifier(identifier), ())
        ]

    def of_country(self, code: str) -> list[Hit]:
        """Return the listed entries that are this country."""
        return [
            _hit(code, list_id, entry, f"the country {entry.names[0].text} is listed")
            for list_id, entry in self._countries.get(code.upper(), ())
        ]


def _hit(name: str, list_id: str, entry: Entry, why: str) -> Hit:
    return Hit(name, list_id, entry.entry_id, entry.names[0].text, SCORE_MAX, why, entry.content_hash)
