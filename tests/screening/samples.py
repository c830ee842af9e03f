"""Small sanctions lists in the published formats, with invented names only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path
from xml.sax.saxutils import escape

from setfair.screening.gate import ListRequirement, ListSet, load_lists

PUBLISHED = date(2026, 3, 2)
TODAY = date(2026, 3, 4)

PERSON = """<INDIVIDUAL><DATAID>900001</DATAID><VERSIONNUM>1</VERSIONNUM><FIRST_NAME>ZORVAN</FIRST_NAME>
<SECOND_NAME>PELLIK</SECOND_NAME><THIRD_NAME>DRAUMONT</THIRD_NAME><UN_LIST_TYPE>Example</UN_LIST_TYPE>
<REFERENCE_NUMBER>EXi.001</REFERENCE_NUMBER>
<NAME_ORIGINAL_SCRIPT>Зорван Пеллик</NAME_ORIGINAL_SCRIPT><NATIONALITY><VALUE>Freedonia</VALUE></NATIONALITY>
<INDIVIDUAL_ALIAS><QUALITY>Good</QUALITY>
<ALIAS_NAME>Sorwan Pelik; Zorwan Pelik</ALIAS_NAME></INDIVIDUAL_ALIAS>
<INDIVIDUAL_ALIAS><QUALITY>Low</QUALITY><ALIAS_NAME>The Cobbler</ALIAS_NAME></INDIVIDUAL_ALIAS>
<INDIVIDUAL_ALIAS><QUALITY/><ALIAS_NAME/></INDIVIDUAL_ALIAS>
<INDIVIDUAL_ADDRESS><COUNTRY>Ruritania</COUNTRY></INDIVIDUAL_ADDRESS><SORT_KEY/></INDIVIDUAL>"""
"""An invented person with every kind of name."""

ORGANISATION = """<ENTITY><DATAID>900002</DATAID><FIRST_NAME>GLIMMERFEN TRADING (GFT)</FIRST_NAME>
<UN_LIST_TYPE>Example</UN_LIST_TYPE><REFERENCE_NUMBER>EXe.001</REFERENCE_NUMBER>
<ENTITY_ALIAS><QUALITY>f.k.a.</QUALITY><ALIAS_NAME>Morrowfen Trading (شركة الفجر)</ALIAS_NAME></ENTITY_ALIAS>
</ENTITY>"""
"""An invented organisation with remarks in parentheses."""


@cache
def invented_name(number: int) -> str:
    """Return the same invented full name for the same number, and for every other one nothing like it."""
    digest = sha256(f"invented name {number}".encode()).digest()
    return " ".join(_word(digest[place : place + 8]) for place in (0, 8, 16))


def _word(chosen: bytes) -> str:
    consonants, vowels = "bdfgklmnprstvz", "aeiou"
    pairs = zip(chosen[::2], chosen[1::2], strict=True)
    return "".join(consonants[one % 14] + vowels[other % 5] for one, other in pairs).title()


def un_xml(individuals: str = PERSON, entities: str = ORGANISATION, published: date = PUBLISHED) -> str:
    """Return a UN list with these sections."""
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<CONSOLIDATED_LIST dateGenerated="{published}T00:00:09.554Z">\n'
        f"<INDIVIDUALS>{individuals}</INDIVIDUALS>\n<ENTITIES>{entities}</ENTITIES>\n</CONSOLIDATED_LIST>\n"
    )


def write_un_xml(path: Path, entries: int = 600, published: date = PUBLISHED) -> Path:
    """Write a UN list of invented persons, the two samples among them.

    Parameters
    ----------
    path
        File to write.
    entries
        How many entries, at least 2.
    published
        Date of the list.
    """
    others = [
        f"<INDIVIDUAL>\n<DATAID>{number}</DATAID><FIRST_NAME>{escape(invented_name(number))}</FIRST_NAME>\n"
        f"<UN_LIST_TYPE>Example</UN_LIST_TYPE></INDIVIDUAL>\n"
        for number in range(entries - 2)
    ]
    path.write_text(un_xml(PERSON + "".join(others), published=published), encoding="utf-8")
    return path


def write_ofac_csv(folder: Path, entries: int = 20, published: date = PUBLISHED) -> Path:
    """Write the files of the US Treasury's format with invented names; return the main file.

    Entry 1 is a person with a strong and two weak aliases, entry 2 a vessel, the others organisations.
    """
    null = ",-0- " * 7
    main = [
        f'1,"VANTORREL, Ossip Maru","individual","EXAMPLE","Treasurer"{null.replace(",-0- ", "", 1)}'
        ",\"DOB 1961; a.k.a. 'OLD OSSIP'; a.k.a. 'THE TREA\"",
        f'2,"BRINE PETREL","vessel","EXAMPLE"{null},"Vessel Registration Identification IMO 0000000."',
        *(
            f'{number},"{invented_name(number)} Ltd",-0- ,"EXAMPLE"{null},-0- '
            for number in range(3, entries + 1)
        ),
    ]
    _write_ofac(folder / "sdn.csv", main)
    _write_ofac(folder / "alt.csv", ['1,10,"aka","VANTORELL, Osip",-0- ', '2,11,"fka","SALT PETREL",-0- '])
    _write_ofac(folder / "add.csv", ['1,20,-0- ,"Strelsau","Ruritania",-0- ', "2,21,-0- ,-0- ,-0- ,-0- "])
    _write_ofac(folder / "sdn_comments.csv", ['1,"SURER OF EBB\'; nationality Ruritania."'])
    (folder / "sdn.csv.published").write_text(f"{published}\n")
    return folder / "sdn.csv"


def _write_ofac(path: Path, lines: Sequence[str]) -> None:
    path.write_bytes("".join(f"{line}\r\n" for line in lines).encode("ascii") + b"\x1a")


def write_operator_csv(path: Path, rows: Sequence[str], published: date = PUBLISHED) -> Path:
    """Write an operator's list with these rows of id, name, kind, country and aliases."""
    lines = ["id,name,kind,country,aliases", *rows]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    path.with_name(f"{path.name}.published").write_text(f"{published} {len(rows)}\n")
    return path


def un_requirement(path: Path, **changes: object) -> ListRequirement:
    """Return a requirement of the UN list that is as it must be, but for the changes."""
    values: dict[str, object] = {
        "list_id": "UN",
        "format": "un_xml",
        "path": path,
        "mandatory": True,
        "max_age_days": 7,
        "entries_min": 500,
        "entries_max": 5_000,
    }
    return ListRequirement(**(values | changes))  # type: ignore[arg-type]


def load_example(folder: Path, *operator_rows: str) -> ListSet:
    """Return the lists of invented names in force, with an operator's list HOUSE if rows are given."""
    requirements = [un_requirement(write_un_xml(folder / "un.xml"))]
    if operator_rows:
        path = write_operator_csv(folder / "house.csv", operator_rows)
        requirements.append(
            un_requirement(path, list_id="HOUSE", format="operator_csv", entries_min=1, entries_max=100)
        )
    return load_lists(requirements, TODAY)
