"""What an instruction says of its parties beside their names.

A line of the column `party_facts` is one party: name, kind, country, date of birth and identifiers, with a
tab between them; identifiers are separated by spaces. What is not known is empty. The column is written here,
and read back here when a name was hit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from setfair.screening.lists.model import EntryKind
from setfair.screening.qualifiers import PartyFacts

_KINDS = {kind.value: kind for kind in EntryKind}


@dataclass(frozen=True, slots=True)
class FactsLine:
    """One party of an instruction."""

    name: str
    kind: str
    country: str
    birth_date: str
    identifiers: tuple[str, ...]


def read_facts(text: str) -> list[FactsLine]:
    """Read the column of one row; a line that has not all parts is as good as none."""
    lines = []
    for line in text.split("\n"):
        parts = line.split("\t")
        if len(parts) == 5:
            name, kind, country, birth_date, identifiers = parts
            lines.append(FactsLine(name, kind, country, birth_date, tuple(identifiers.split())))
    return lines


def facts_of(name: str, lines: Iterable[FactsLine]) -> PartyFacts:
    """Return what is known of the party of a name: nothing where it is not named, or two are called so."""
    mine = [line for line in lines if line.name == " ".join(name.split())]
    if len(mine) != 1:
        return PartyFacts()
    (line,) = mine
    year = int(line.birth_date[:4]) if line.birth_date[:4].isdecimal() else None
    return PartyFacts(_KINDS.get(line.kind, EntryKind.UNKNOWN), line.country, year)
