"""The regional groups of the study. Membership is that of the source of the figures, applied to 2019."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Group:
    """Countries that trade with each other."""

    name: str
    title: str
    members: tuple[str, ...]
    """ISO 3166-1 alpha-3, sorted."""


def _group(name: str, title: str, members: str) -> Group:
    return Group(name, title, tuple(sorted(members.split())))


GROUPS = (
    _group(
        "AfCFTA",
        "Africa: the continental free trade area",
        "AGO BDI BEN BFA BWA CAF CIV CMR COD COG COM CPV DJI DZA EGY ERI ETH GAB GHA GIN GMB GNB GNQ KEN LBR "
        "LBY LSO MAR MDG MLI MOZ MRT MUS MWI NAM NER NGA RWA SDN SEN SLE SOM SSD STP SWZ SYC TCD TGO TUN TZA "
        "UGA ZAF ZMB ZWE",
    ),
    _group("ECOWAS", "West Africa", "BEN BFA CIV CPV GHA GIN GMB GNB LBR MLI NER NGA SEN SLE TGO"),
    _group("EAC", "East Africa", "BDI COD KEN RWA SOM SSD TZA UGA"),
    _group("SADC", "Southern Africa", "AGO BWA COD COM LSO MDG MOZ MUS MWI NAM SWZ SYC TZA ZAF ZMB ZWE"),
    _group("ACU", "Asian Clearing Union", "BGD BTN IND IRN LKA MDV MMR NPL PAK"),
    _group("ASEAN", "South-East Asia", "BRN IDN KHM LAO MMR MYS PHL SGP THA VNM"),
    _group("GCC", "The Gulf", "ARE BHR KWT OMN QAT SAU"),
    _group("MERCOSUR", "The Southern Cone", "ARG BRA PRY URY VEN"),
)
GROUP_BY_NAME = {group.name: group for group in GROUPS}
AFRICAN = ("AfCFTA", "ECOWAS", "EAC", "SADC")
"""The groups that the picture shows; the last three are parts of the first."""
