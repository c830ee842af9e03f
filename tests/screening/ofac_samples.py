"""A small list of invented names in OFAC's Advanced XML."""

from __future__ import annotations

from pathlib import Path

FURTHER = tuple(f"Invented Holding {word}" for word in ("Alda", "Bresk", "Corvo", "Dunmar"))
"""Invented organisations of every sample list."""
ENTRIES = 2 + len(FURTHER)
"""Entries of every sample list: two of its own, and the further ones."""

_REFERENCES = """<ReferenceValueSets>
<ScriptValues><Script ID="1">Latin</Script><Script ID="2">Cyrillic</Script></ScriptValues>
<NamePartTypeValues><NamePartType ID="20">Last Name</NamePartType>
<NamePartType ID="21">First Name</NamePartType></NamePartTypeValues>
<PartyTypeValues><PartyType ID="1">Individual</PartyType>
<PartyType ID="2">Entity</PartyType></PartyTypeValues>
<PartySubTypeValues><PartySubType ID="1" PartyTypeID="4">Vessel</PartySubType>
<PartySubType ID="3" PartyTypeID="2">Unknown</PartySubType>
<PartySubType ID="4" PartyTypeID="1">Unknown</PartySubType></PartySubTypeValues>
<FeatureTypeValues><FeatureType ID="8">Birthdate</FeatureType>
<FeatureType ID="25">Location</FeatureType></FeatureTypeValues>
<IDRegDocTypeValues><IDRegDocType ID="71">Passport</IDRegDocType>
<IDRegDocType ID="72">Vessel Registration Identification</IDRegDocType></IDRegDocTypeValues>
<CountryValues><Country ID="91">Ruritania</Country></CountryValues>
<SanctionsTypeValues><SanctionsType ID="1">Program</SanctionsType></SanctionsTypeValues>
</ReferenceValueSets>
<Locations><Location ID="7"><LocationCountry CountryID="91"/></Location></Locations>
<IDRegDocuments>
<IDRegDocument ID="1" IDRegDocTypeID="71" IdentityID="101"><IDRegistrationNo>X 1234567</IDRegistrationNo>
</IDRegDocument>
<IDRegDocument ID="2" IDRegDocTypeID="72" IdentityID="102"><IDRegistrationNo>IMO 9999991</IDRegistrationNo>
</IDRegDocument>
</IDRegDocuments>
"""
_FEATURES = """
<Feature FeatureTypeID="8"><FeatureVersion><DatePeriod><Start><From><Year>1961</Year></From>
</Start></DatePeriod></FeatureVersion></Feature>
<Feature FeatureTypeID="25"><FeatureVersion><VersionLocation LocationID="7"/></FeatureVersion></Feature>
"""


def write_ofac_xml(folder: Path) -> Path:
    """Write a list: a person in two scripts with facts, a ship, organisations."""
    person = [
        _alias(("Pellik", 1), ("Zorvan", 2), primary=True),
        _alias(("Зорван Пеллик", 3), primary=True, script=2),
        _alias(("The Cobbler", 3), low=True),
    ]
    parties = [
        _party(1, 4, person, _FEATURES),
        _party(2, 1, [_alias(("Brine Petrel", 3), primary=True)]),
        *(_party(number, 3, [_alias((name, 3), primary=True)]) for number, name in enumerate(FURTHER, 3)),
    ]
    entries = "".join(
        f'<SanctionsEntry ID="{number}" ProfileID="{number}"><SanctionsMeasure SanctionsTypeID="1">'
        "<Comment>EXAMPLE</Comment></SanctionsMeasure></SanctionsEntry>\n"
        for number in range(1, ENTRIES + 1)
    )
    path = folder / "sdn_advanced.xml"
    path.write_text(
        '<?xml version="1.0" encoding="utf-8"?>\n<Sanctions xmlns="urn:example:advanced" Version="3">\n'
        f"<DateOfIssue><Year>2026</Year><Month>3</Month><Day>2</Day></DateOfIssue>\n{_REFERENCES}"
        f"<DistinctParties>{''.join(parties)}</DistinctParties>\n<ProfileRelationships>"
        '<ProfileRelationship ID="1" From-ProfileID="1" To-ProfileID="2"/></ProfileRelationships>\n'
        f"<SanctionsEntries>{entries}</SanctionsEntries>\n</Sanctions>\n",
        encoding="utf-8",
    )
    return path


def _alias(*parts: tuple[str, int], primary: bool = False, low: bool = False, script: int = 1) -> str:
    """Return an alias of parts with the number of the group that says what each is."""
    values = "".join(
        f'<DocumentedNamePart><NamePartValue NamePartGroupID="{group}" ScriptID="{script}">{text}'
        "</NamePartValue></DocumentedNamePart>"
        for text, group in parts
    )
    return (
        f'<Alias Primary="{str(primary).lower()}" LowQuality="{str(low).lower()}">'
        f"<DocumentedName>{values}</DocumentedName></Alias>"
    )


def _party(number: int, kind: int, aliases: list[str], features: str = "") -> str:
    return (
        f'<DistinctParty FixedRef="{number}"><Profile ID="{number}" PartySubTypeID="{kind}">'
        f'<Identity ID="{100 + number}">{"".join(aliases)}<NamePartGroups><MasterNamePartGroup>'
        '<NamePartGroup ID="1" NamePartTypeID="20"/><NamePartGroup ID="2" NamePartTypeID="21"/>'
        f"</MasterNamePartGroup></NamePartGroups></Identity>{features}</Profile></DistinctParty>\n"
    )
