"""The names that one field of a list holds."""

from pathlib import Path

import pytest

from setfair.screening.lists.model import NameQuality
from setfair.screening.lists.names import names_in
from setfair.screening.lists.short_names import is_short_for
from setfair.screening.lists.source import NameCollector


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Zorvan Pellik", []),
        ("Zorvan Pellik; Sorwan Pelik", ["Zorvan Pellik", "Sorwan Pelik"]),
        ("Zorvan Pellik b) Sorwan Pelik", ["Zorvan Pellik", "Sorwan Pelik"]),
        ("Zorvan Pellik, a.k.a. Sorwan Pelik", ["Zorvan Pellik", "Sorwan Pelik"]),
        ("Glimmerfen Mills (formerly Morrowfen)", ["Glimmerfen Mills", "Morrowfen"]),
        ("Zorvan Pellik Зорван Пеллик", ["Zorvan Pellik", "Зорван Пеллик"]),
        ("Glimmerfen Army / Morrowfen Party", ["Glimmerfen Army", "Morrowfen Party"]),
        ("HARAKAT OF GLIMMERFEN / HOGL", ["HARAKAT OF GLIMMERFEN", "HOGL"]),
        ("GLIMMERFEN RIVER BANK (GRIB)", ["GLIMMERFEN RIVER BANK", "GRIB"]),
        ("GLIMMERFEN RIVER BANK (GRIB) LTD", ["GLIMMERFEN RIVER BANK LTD", "GRIB"]),
        ("SEPAH-E GLIMMERFEN (MARSHLAND FORCE)", ["SEPAH-E GLIMMERFEN", "MARSHLAND FORCE"]),
        ("Glimmerfen (Morrowfen; Fenland Front)", ["Glimmerfen", "Morrowfen", "Fenland Front"]),
        ("شركة الفجر (Dawn Mills (DM))", ["شركة الفجر", "Dawn Mills", "DM"]),
        ("شركة (Dawn Mills", ["شركة", "Dawn Mills"]),
    ],
)
def test_several_names_in_one_field(text: str, names: list[str]) -> None:
    """Each is a name beside the text as it is listed."""
    assert [name.text for name in names_in(text)] == [text, *names]


@pytest.mark.parametrize(
    "text",
    [
        "GLIMMERFEN MILLS (RURITANIA)", "GLIMMERFEN MILLS (STRELSAU BRANCH)", "GLIMMERFEN MILLS (PVT) LTD",
        "GLIMMERFEN HOLDING KOLLAR (HK) LIMITED", "GLIMMERFEN (UNION OF RURITANIA)",
        "Pellik Zorvan (birth name)",
        "GLIMMERFEN RIVER CORPS (GRC)-MARSH FORCE", "Zorvan Pellik (passport number 123)",
        "GLIMMERFEN MILLS (PUBLIC JOINT STOCK COMPANY)",
    ],
)  # fmt: skip
def test_a_remark_is_no_name(text: str) -> None:
    """A place, a legal form, what kind of name it is: the name is there without it, and nothing more."""
    outside = text[: text.index("(")].split()
    assert [name.text.split()[: len(outside)] for name in names_in(text)] == [outside, outside]


@pytest.mark.parametrize(
    "text",
    [
        "GLIMMERFEN MOVEMENT/ARMY",
        "M/S Glimmerfen",
        "Glimmerfen MONEY GANG / DRUG GANG",
        "ABC公司",
        "Glimmerfen 公司",
    ],
)
def test_what_is_one_name_stays_one(text: str) -> None:
    """A stroke within a word, two endings of one name, a single word in another script."""
    assert [name.text for name in names_in(text)] == [text]


@pytest.mark.parametrize(
    ("short", "name"),
    [
        ("FDLR", "FORCES DEMOCRATIQUES DE LIBERATION DU RWANDA"), ("HQN", "HAQQANI NETWORK"),
        ("SAPICO", "SAHAND ALUMINUM PARTS INDUSTRIAL COMPANY"), ("JuA", "JAMAAT-UL-AHRAR"),
        ("ISIL-K", "ISLAMIC STATE IN IRAQ AND THE LEVANT - KHORASAN"),
        ("LRM/A", "Lord’s Resistance Movement/Army"),
        ("GSPC", "Le Groupe Salafiste pour La Prédication et le Combat"),
    ],
)  # fmt: skip
def test_letters_that_are_short_for_a_name(short: str, name: str) -> None:
    """Most of them begin words, in order."""
    assert is_short_for(short, name)


@pytest.mark.parametrize(
    ("short", "name"),
    [
        ("NGO", "TOUS POUR LA PAIX"), ("HK", "HONG KOLLAR"), ("LIMA", "Elit Limassol"),
        ("KPE.018", "KOREA PEOPLE"), ("PASDARAN", "PASDARAN-E ENGHELAB"), ("Ahmed", "Ahmad Hamed"),
        ("G", "Glimmerfen Mills"), ("GL", "Glimmerfen"), ("RM", "Mills Ruritania"),
    ],
)  # fmt: skip
def test_what_is_short_for_nothing(short: str, name: str) -> None:
    """Letters in another order, a place, a number, a word."""
    assert not is_short_for(short, name)


def test_three_letters_are_of_low_quality_unless_listed_otherwise() -> None:
    """`GRB` alone says little; where the publisher lists it as an alias, it is one, in any order."""
    collector = NameCollector(Path("list.xml"), None)
    collector.add("GLIMMERFEN RIVER BANK (GRB)", NameQuality.MAIN)
    assert {each.text: each.quality for each in collector.names()}["GRB"] is NameQuality.LOW
    collector.add("GRB", NameQuality.ALIAS)
    collector.add("GRB", NameQuality.LOW)
    assert [each.quality for each in collector.names() if each.text == "GRB"] == [NameQuality.ALIAS]
