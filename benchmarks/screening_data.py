"""The lists and names that screening is measured on: published ones, read in place, and ones made here.

Two sets, made by different hands
---------------------------------
shared      variants of listed names and clean names that lie beside the repository. Names whose checksum is
            even were used to tune the matcher, the others were not: `Name.tuned` says which.
held-out    made here from the list's own aliases: an alias is taken off the list and must still find its
            entry by what is left; half of them are changed once more (letters, order, parts). Only entries
            whose checksum is odd: on names of the others the matcher was tuned.
"""

from __future__ import annotations

import csv
import gzip
import json
import random
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from setfair.screening.gate import ListSet
from setfair.screening.lists.model import Entry, EntryKind, NameQuality, SanctionsList
from setfair.screening.lists.names import names_in
from setfair.screening.lists.source import NameCollector
from setfair.screening.lists.un_xml import read_un_xml
from setfair.screening.normalise import normalise_name

SHARED = Path(__file__).resolve().parents[2] / "shared" / "screening"
UN_FILE = "un/un_consolidated_2026-02-27.xml.gz"
OFAC_FILE = "ofac/sdn_names_2025-11-26.jsonl.gz"
HELD_OUT_CATEGORY = "06_heldout_alias"
HELD_OUT_ENTRIES = 4_000
"""Entries of which one alias is held out, at most: all there are. Of a thousand, the seed decides a point."""
SEED = 20_260_227
_LEFT_ASIDE_TEXT = """
ab ad admiral ag amir ao aps as asa ayatollah bhd brigadier bv capt captain cheikh chp cia cjs cjsc
co col colonel comandante commander compania companies company corp corporation cv dame dba don dona
doo dr ead emir eng engineer eood eurl excellency fgau fgbu fgbun fgku fgup frau fsue fzc fzco fze
fzllc gen general gmbh gmbhcokg gospodin h.e. hadji hafiz haj haji hajj hajji he herr hojjatoleslam
hon honorable honourable imam inc incorporated ing ip jsc kft kg kgaa king kk kompani kompania
kompaniya lady lieutenant limited llc llp lord lp lt ltd ltda ltdsti madame maj major maulavi
maulawi mawlavi mawlawi miss mme mola molvi monsieur moulvi mr mr. mrs ms mufti mulla mullah nv oao
ohg ojsc ood ooo ooodoo oy oyj pan pani pao pjs pjsc pk plc pp prince princess prof professor psc
pte pty pvt qari rl rt sa sal sarl sarlu sas sayed sayyed sayyid scs sdn se senor senora sergeant
seyed seyyed sh shaikh shaykh sheik sheikh sherkat sherkate sheykh signor sir sirketi snc sociedad
spa srl sro sti surl syed taa tbk too tov ulc unltd ustad ustaz wll zao zrt
"""
LEFT_ASIDE = frozenset(_LEFT_ASIDE_TEXT.split())
"""Legal forms and honorifics that say nothing here. A copy: the set stays the same when the rules change."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A name that should hit an entry."""

    category: str
    name: str
    target: str

    @property
    def tuned(self) -> bool:
        """Whether the matcher was tuned on it."""
        return is_tuned(self.target)


def is_tuned(text: str) -> bool:
    """Return whether the matcher was tuned on an entry of this id, or on a clean name."""
    return zlib.crc32(text.encode()) % 2 == 0


def read_entries(folder: Path) -> list[Entry]:
    """Return the entries of the two lists, by their ids in the shared set; `folder` is scratch."""
    path = folder / "un.xml"
    path.write_bytes(gzip.decompress((SHARED / "lists" / UN_FILE).read_bytes()))
    entries = [
        Entry(f"un-{each.reference}", each.kind, each.names, "", "", (), each.content_hash)
        for each in read_un_xml("UN", path).entries
    ]
    with gzip.open(SHARED / "lists" / OFAC_FILE, "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            texts = sorted(row["names"], key=lambda name: not name["is_primary"])
            names = NameCollector(path, None)
            for place, each in enumerate(texts):
                names.add(each["full_name"], NameQuality.ALIAS if place else NameQuality.MAIN)
            entry_id = f"ofac-{row['entity_id']}"
            entries.append(Entry(entry_id, EntryKind.UNKNOWN, names.names(), "", "", (), "00"))
    return entries


def read_variants() -> list[Variant]:
    """Return the shared variants."""
    with (SHARED / "bench" / "variants_un_sdn.csv").open(encoding="utf-8", newline="") as file:
        return [Variant(row["category"], row["query"], row["target_id"]) for row in csv.DictReader(file)]


def read_clean() -> list[str]:
    """Return the shared clean names."""
    with gzip.open(SHARED / "bench" / "clean_names.csv.gz", "rt", encoding="utf-8", newline="") as file:
        return [row["name"] for row in csv.DictReader(file)]


def without(entries: list[Entry], variants: list[Variant]) -> ListSet:
    """Return the entries as a list in force, without the names that are held out and the parts of those."""
    held: dict[str, set[str]] = {}
    for each in variants:
        if each.category.startswith(HELD_OUT_CATEGORY):
            held.setdefault(each.target, set()).update(_parts(each.name))
    kept = []
    for entry in entries:
        names = tuple(
            name for name in entry.names if normalise_name(name.text) not in held.get(entry.entry_id, ())
        )
        if names:
            kept.append(Entry(entry.entry_id, entry.kind, names, "", "", (), entry.content_hash))
    return ListSet((SanctionsList("ALL", "UN and OFAC", date(2026, 2, 27), "00", tuple(kept)),), "bench")


def make_held_out(entries: list[Entry], count: int = HELD_OUT_ENTRIES) -> list[Variant]:
    """Return aliases to take off the list, seeded, one an entry, and a changed form of every second one.

    An alias is taken if it has two tokens, legal forms aside, and shares one with another name of its entry:
    a nickname can be found by nobody who does not have it on the list. What is only a part of another name
    (``HAQQANI NETWORK`` of ``HAQQANI NETWORK (HQN)``) is not taken: the whole would still be there.
    """
    chance = random.Random(SEED)
    candidates = [pair for entry in entries if not is_tuned(entry.entry_id) for pair in _related(entry)]
    chance.shuffle(candidates)
    taken: dict[str, Variant] = {}
    for target, text in candidates:
        if target not in taken:
            taken[target] = Variant(HELD_OUT_CATEGORY, text, target)
        if len(taken) >= count:
            break
    variants = list(taken.values())
    changed = [
        Variant(name, change(chance, each.name), each.target)
        for place, each in enumerate(variants)
        for name, change in (_CHANGES[place % len(_CHANGES)],)
        if place % 2
    ]
    return variants + changed


def _related(entry: Entry) -> Iterator[tuple[str, str]]:
    spelt = [(normalise_name(name.text), name.text) for name in entry.names]
    core = {normal: set(normal.split()) - LEFT_ASIDE for normal, _ in spelt}
    parts = {text: _parts(text) for _, text in spelt}
    for normal, text in spelt:
        others = [
            core[other] for other, each in spelt if each != text and other not in parts[text] - {normal}
        ]
        fresh = all(core[normal] != other for other in others)
        is_field = not any(normal in parts[other] for each, other in spelt if each != normal)
        related = fresh and is_field and any(core[normal] & other for other in others)
        if len(core[normal]) >= 2 and related and text.isascii():
            yield entry.entry_id, text


def _parts(text: str) -> set[str]:
    """Return all names that one field of a list is taken for, as they are compared."""
    return {normalise_name(name.text) for name in names_in(text)}


def _swap(chance: random.Random, name: str) -> str:
    place = chance.randrange(1, max(2, len(name) - 2))
    return name[:place] + name[place + 1 : place + 2] + name[place : place + 1] + name[place + 2 :]


def _drop(chance: random.Random, name: str) -> str:
    place = chance.randrange(1, max(2, len(name) - 1))
    return name[:place] + name[place + 1 :]


def _turn(chance: random.Random, name: str) -> str:
    words = name.split()
    cut = chance.randrange(1, max(2, len(words)))
    return " ".join(words[cut:] + words[:cut])


_CHANGES = (
    ("held-out, as listed", lambda chance, name: name),
    ("held-out, two letters swapped", _swap),
    ("held-out, other order", _turn),
    ("held-out, a letter left out", _drop),
)
