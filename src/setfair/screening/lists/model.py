"""What a sanctions list is: entries with names, the date of its publication and the hash of its bytes.

Rules
-----
1. An entry has a main name in which something is a letter or digit.
2. `content_hash` of an entry covers all that the list says about it, also what is not kept here: a release
   that is bound to it lapses when anything of the entry changes.
3. `content_hash` of a list covers every byte of its files.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, StrEnum

NAME_LENGTH_MAX = 2_000
"""Characters of one name as listed; the longest that is published has some 400."""
NAMES_PER_ENTRY_MAX = 2_000
ENTRIES_MAX = 1_000_000
"""Entries of one list, whatever bound is set for it; the largest that is published has some 20,000."""


class ListFormat(StrEnum):
    """File formats of lists, by the name that an agreement uses."""

    UN_XML = "un_xml"
    """Consolidated list of the UN Security Council, XML."""
    OFAC_CSV = "ofac_csv"
    """US Treasury, SDN or non-SDN consolidated list, the set of comma separated files."""
    OFAC_XML = "ofac_xml"
    """The same lists as Advanced XML."""
    EU_XML = "eu_xml"
    """Financial sanctions list of the European Union, version 1.1, XML."""
    EU_CSV = "eu_csv"
    """The same as CSV."""
    UK_XML = "uk_xml"
    """UK Sanctions List of the FCDO, XML."""
    CANADA_XML = "canada_xml"
    """Consolidated Canadian Autonomous Sanctions List, XML."""
    OPENSANCTIONS_CSV = "opensanctions_csv"
    """OpenSanctions, targets.simple.csv."""
    FTM_JSON = "ftm_json"
    """OpenSanctions, entities in FtM JSON, one a line."""
    OPERATOR_CSV = "operator_csv"
    """An operator's own list: `id,name[,kind,country,aliases]`."""


class EntryKind(Enum):
    """What is listed."""

    PERSON = "person"
    ORGANISATION = "organisation"
    VESSEL = "vessel"
    AIRCRAFT = "aircraft"
    COUNTRY = "country"
    """A country as such, by its ISO 3166 code, in an operator's list."""
    UNKNOWN = "unknown"


class NameQuality(Enum):
    """How much the publisher relies on a name."""

    MAIN = "main name"
    ALIAS = "alias"
    """Also known as, formerly known as, or without a statement: as strong as the main name."""
    LOW = "low-quality alias"
    """Nicknames, noms de guerre, common short forms."""


@dataclass(frozen=True, slots=True)
class Name:
    """One name of an entry."""

    text: str
    """As listed, white space collapsed; or a part of it where one field lists several names."""
    quality: NameQuality
    original_script: bool = False
    """Whether the list gives it as the name in its original script."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One listed person, organisation, vessel or aircraft."""

    entry_id: str
    """The list's own number, unique in the list."""
    kind: EntryKind
    names: tuple[Name, ...]
    """The main name first."""
    programme: str
    """Under which sanctions regime, as the list says it; may be empty."""
    reference: str
    """The permanent reference that the publisher quotes (``QDi.001``), or empty."""
    countries: tuple[str, ...]
    """Nationalities and countries of addresses, as listed."""
    content_hash: str
    """SHA-256, hexadecimal, of everything that the list says about the entry."""
    birth_years: tuple[int, ...] = ()
    """Years in which a person may have been born, as listed."""
    identifiers: tuple[str, ...] = ()
    """``SCHEME value``: BIC, LEI, IMO, PASSPORT, ID; as listed."""


@dataclass(frozen=True, slots=True)
class SanctionsList:
    """One list, read whole."""

    list_id: str
    source: str
    """Format and file names, for people."""
    published: date
    content_hash: str
    """SHA-256, hexadecimal: what `sha256sum` prints for the file; for several files, for what it prints."""
    entries: tuple[Entry, ...] = field(repr=False)
    """In the order of the file."""


def hash_facts(facts: Iterable[tuple[str, str]]) -> str:
    """Return the SHA-256 of labelled texts, in an encoding that no two different sequences share."""
    digest = hashlib.sha256()
    for label, text in facts:
        for part in (label, text):
            data = part.encode("utf-8", "surrogatepass")
            digest.update(len(data).to_bytes(8, "little"))
            digest.update(data)
    return digest.hexdigest()
