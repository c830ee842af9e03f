"""Invented names in several scripts.

Every proper noun is put together from syllables by the random source; whatever resembles a real firm or
person does so by chance. Firms and listed entries draw on different syllables, so that no firm resembles a
listed name by accident.
"""

from __future__ import annotations

from random import Random

FIRM_HEADS = (
    "Za",
    "Mu",
    "Tu",
    "Ki",
    "Nya",
    "Be",
    "Sho",
    "Lu",
    "Wa",
    "Ido",
    "Ra",
    "Fe",
    "Ho",
    "Ama",
    "Ju",
    "Pe",
)
FIRM_TAILS = (
    "vuro",
    "kenda",
    "balu",
    "rimo",
    "tesha",
    "ngori",
    "pila",
    "dazi",
    "lomba",
    "senu",
    "twara",
    "mvuli",
)
TRADES = (
    "Coffee", "Textiles", "Cement", "Fertiliser", "Machinery", "Dates", "Olive Oil", "Citrus", "Steel",
    "Packaging", "Electronics", "Freight", "Solar", "Leather", "Flour", "Pharma", "Glass", "Timber", "Tea",
)  # fmt: skip
FORMS = {"KE": "Ltd", "UG": "Ltd", "TN": "SARL", "ZA": "(Pty) Ltd"}
OTHER_SCRIPTS = {
    "TN": (
        "شركة {} للتجارة", "مؤسسة {} للنسيج", "{} للزيوت", "مجموعة {} للحديد",
    ),
    "KE": ("{} ટ્રેડર્સ", "{} ንግድ", "{}貿易"),
    "UG": ("{} व्यापार", "{} Enterprises & Sœurs"),
    "ZA": ("{} Kwekery", "{} Εμπορική", "Торговый дом {}", "{}商行"),
}  # fmt: skip
ARABIC = ("زافورو", "كيندا", "بالو", "ريمو", "تيشا", "نغوري", "بيلا", "دازي", "لومبا", "سينو")
LISTED_HEADS = (
    "Orv",
    "Quil",
    "Thad",
    "Vexl",
    "Drax",
    "Ysm",
    "Corv",
    "Brend",
    "Skel",
    "Grivv",
    "Xand",
    "Eluth",
)
LISTED_MIDDLES = ("essa", "orin", "andre", "ymor", "ethi", "ulan", "imar", "obel")
LISTED_TAILS = ("ntrel", "ddoxx", "gharn", "pplewick", "storm", "quay", "mmoth", "zzard")
LISTED_KINDS = ("Holdings", "Front", "Brigade", "Shipping Line", "Exchange", "Foundation")


def invent_firm(rng: Random, country: str, taken: set[str]) -> str:
    """Return a firm name that is not taken yet, every sixth in another script or with odd letters."""
    while True:
        stem = rng.choice(FIRM_HEADS) + rng.choice(FIRM_TAILS)
        if rng.random() < 1 / 6:
            noun = rng.choice(ARABIC) if country == "TN" else stem
            name = rng.choice(OTHER_SCRIPTS[country]).format(noun)
        elif country == "TN" and rng.random() < 0.4:
            name = f"Société {stem} d'Exportation"
        else:
            name = f"{stem} {rng.choice(TRADES)} {FORMS[country]}"
        if name not in taken:
            taken.add(name)
            return name


def invent_listed_person(rng: Random) -> tuple[str, str, str]:
    """Return three parts of an invented person's name."""
    return _listed_word(rng), _listed_word(rng), _listed_word(rng)


def invent_listed_entity(rng: Random) -> str:
    """Return an invented organisation's name."""
    return f"{_listed_word(rng)} {_listed_word(rng)} {rng.choice(LISTED_KINDS)}"


def _listed_word(rng: Random) -> str:
    return rng.choice(LISTED_HEADS) + rng.choice(LISTED_MIDDLES) + rng.choice(LISTED_TAILS)
