"""EXAMPLE screening lists: the UN consolidated format and an operator's CSV, every entry invented.

They are no sanctions lists and screen nobody real. A house that is not an example puts the published lists
in their place.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from random import Random
from xml.sax.saxutils import escape

from demo_day.documents import csv_text
from demo_day.names import invent_listed_entity, invent_listed_person

PERSONS_COUNT = 430
ENTITIES_COUNT = 200
OPERATOR_COUNT = 25


def write_lists(folder: Path, rng: Random, day: date, listed_firm: str) -> None:
    """Write the example lists, dated the day before `day`; `listed_firm` is an alias of one entity."""
    published = day - timedelta(days=1)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "un.xml").write_text(_un_list(rng, published, listed_firm), encoding="utf-8")
    rows = [
        {
            "id": f"OP-{number:03d}",
            "name": invent_listed_entity(rng),
            "kind": "organisation",
            "country": "",
            "aliases": "",
        }
        for number in range(1, OPERATOR_COUNT + 1)
    ]
    operator = folder / "operator.csv"
    operator.write_text(csv_text(("id", "name", "kind", "country", "aliases"), rows), encoding="utf-8")
    note = folder / "operator.csv.published"
    note.write_text(f"{published.isoformat()} {OPERATOR_COUNT}\n", encoding="utf-8")


def _un_list(rng: Random, published: date, listed_firm: str) -> str:
    persons = "".join(
        _person(number, invent_listed_person(rng), published) for number in range(1, PERSONS_COUNT + 1)
    )
    entities = [
        _entity(number, invent_listed_entity(rng), "", published) for number in range(1, ENTITIES_COUNT)
    ]
    entities.append(_entity(ENTITIES_COUNT, invent_listed_entity(rng), listed_firm, published))
    text = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        "<!-- EXAMPLE: every entry is invented; this is not the list of the United Nations. -->\n"
        f'<CONSOLIDATED_LIST dateGenerated="{published}T00:00:00.000Z">'
        f"<INDIVIDUALS>{persons}</INDIVIDUALS><ENTITIES>{''.join(entities)}</ENTITIES></CONSOLIDATED_LIST>\n"
    )
    return text.replace("><", ">\n<")


def _person(number: int, names: tuple[str, str, str], published: date) -> str:
    first, second, third = (escape(name) for name in names)
    return (
        f"<INDIVIDUAL><DATAID>{9_000_000 + number}</DATAID><VERSIONNUM>1</VERSIONNUM>"
        f"<FIRST_NAME>{first}</FIRST_NAME><SECOND_NAME>{second}</SECOND_NAME><THIRD_NAME>{third}</THIRD_NAME>"
        f"<UN_LIST_TYPE>EXAMPLE</UN_LIST_TYPE><REFERENCE_NUMBER>EXi.{number:03d}</REFERENCE_NUMBER>"
        f"<LISTED_ON>{published}</LISTED_ON><COMMENTS1>Invented example entry.</COMMENTS1>"
        "<LIST_TYPE><VALUE>UN List</VALUE></LIST_TYPE>"
        f"<INDIVIDUAL_ALIAS><QUALITY>Good</QUALITY><ALIAS_NAME>{third} {first}</ALIAS_NAME>"
        "</INDIVIDUAL_ALIAS>"
        "<SORT_KEY/><SORT_KEY_LAST_MOD/></INDIVIDUAL>"
    )


def _entity(number: int, name: str, alias: str, published: date) -> str:
    aliases = (
        f"<ENTITY_ALIAS><QUALITY>a.k.a.</QUALITY><ALIAS_NAME>{escape(alias)}</ALIAS_NAME></ENTITY_ALIAS>"
        if alias
        else "<ENTITY_ALIAS><QUALITY/><ALIAS_NAME/></ENTITY_ALIAS>"
    )
    return (
        f"<ENTITY><DATAID>{9_500_000 + number}</DATAID><VERSIONNUM>1</VERSIONNUM>"
        f"<FIRST_NAME>{escape(name)}</FIRST_NAME><UN_LIST_TYPE>EXAMPLE</UN_LIST_TYPE>"
        f"<REFERENCE_NUMBER>EXe.{number:03d}</REFERENCE_NUMBER><LISTED_ON>{published}</LISTED_ON>"
        "<COMMENTS1>Invented example entry.</COMMENTS1><LIST_TYPE><VALUE>UN List</VALUE></LIST_TYPE>"
        f"{aliases}<ENTITY_ADDRESS><COUNTRY/></ENTITY_ADDRESS><SORT_KEY/><SORT_KEY_LAST_MOD/></ENTITY>"
    )
