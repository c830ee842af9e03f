"""Small lists of invented names in the formats of OFAC (XML), the EU, the UK, Canada and OpenSanctions."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from tests.screening.ofac_samples import ENTRIES, FURTHER, write_ofac_xml


def write_eu_xml(folder: Path) -> Path:
    """Write an EU list: a person with three names and facts, organisations."""
    others = "".join(
        f'<sanctionEntity logicalId="{number}" euReferenceNumber="EU.{number}.1">\n'
        f'<subjectType code="enterprise" classificationCode="E"/>'
        f'<nameAlias wholeName="{name}" strong="true"/>\n'
        "</sanctionEntity>\n"
        for number, name in enumerate(["Glimmerfen Trading", *FURTHER], 2)
    )
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<export xmlns="http://eu.europa.ec/fpi/fsd/export" '
        'generationDate="2026-03-02T16:47:04.449+02:00" globalFileId="1">\n'
        '<sanctionEntity logicalId="1" euReferenceNumber="EU.1.1" unitedNationId="">\n'
        '<regulation programme="TAQA" publicationDate="2023-02-13"/>'
        '<subjectType code="person" classificationCode="P"/>\n'
        '<nameAlias wholeName="Зорван Пеллик" nameLanguage="RU" strong="true"/>\n'
        '<nameAlias wholeName="Zorvan Pellik" nameLanguage="EN" strong="true"/>\n'
        '<nameAlias wholeName="The Cobbler" nameLanguage="EN" strong="true">'
        "<remark>low quality alias</remark></nameAlias>\n"
        '<citizenship countryIso2Code="KE"/><address countryIso2Code="00"/>'
        '<birthdate year="1961" circa="false"/>\n'
        '<identification identificationTypeCode="passport" number="X 1234567"/>\n</sanctionEntity>\n'
        f"{others}</export>\n"
    )
    return _write(folder / "eu.xml", text)


def write_eu_csv(folder: Path) -> Path:
    """Write the same list as CSV, with a note of its date and number."""
    header = (
        "fileGenerationDate;Entity_LogicalId;Entity_EU_ReferenceNumber;Entity_SubjectType;"
        "Entity_Regulation_Programme;NameAlias_WholeName;NameAlias_NameLanguage;NameAlias_Remark;BirthDate_Year;"
        "Identification_Number;Identification_TypeCode;Citizenship_CountryIso2Code;Address_CountryIso2Code"
    )
    start = "02/03/2026;1;EU.1.1;P;TAQA"
    rows = [
        f"{start};Зорван Пеллик;RU;;;;;",
        f"{start};Zorvan Pellik;EN;;;;;",
        f"{start};The Cobbler;EN;low quality alias;;;;",
        f"{start};;;;1961;;;KE",
        f"{start};;;;;X 1234567;passport;",
        *(
            f'02/03/2026;{number};EU.{number}.1;E;;"{name}";;;;;;'
            for number, name in enumerate(["Glimmerfen Trading", *FURTHER], 2)
        ),
    ]
    return _noted(
        _write(
            folder / "eu.csv",
            "\ufeff" + "".join(f"{row}\n" for row in (header, *(f"{row};" for row in rows))),
        )
    )


def write_uk_xml(folder: Path) -> Path:
    """Write a UK list: a person, an organisation, a ship."""

    def designation(number: int, kind: str, names: str, more: str = "") -> str:
        return (
            f"<Designation><LastUpdated>01/03/2026</LastUpdated><UniqueID>EXA{number:04}</UniqueID>\n"
            f"<Names>{names}</Names>{more}<RegimeName>Example</RegimeName>"
            f"<IndividualEntityShip>{kind}</IndividualEntityShip></Designation>\n"
        )

    person = (
        "<Name><Name6>The Cobbler</Name6><NameType>Alias</NameType>"
        "<AliasStrength>Low quality</AliasStrength></Name>"
        "<Name><Name1>Zorvan</Name1><Name6>Pellik</Name6><NameType>Primary Name</NameType></Name>"
    )
    more = (
        "<NonLatinNames><NonLatinName><NameNonLatinScript>Зорван Пеллик</NameNonLatinScript></NonLatinName>"
        "</NonLatinNames><IndividualDetails><Individual><DOBs><DOB>dd/mm/1961</DOB></DOBs><Nationalities>"
        "<Nationality>Kenya</Nationality></Nationalities><PassportDetails><Passport><PassportNumber>X1234567"
        "</PassportNumber></Passport></PassportDetails></Individual></IndividualDetails>"
    )
    ship = "<ShipDetails><Ship><IMONumbers><IMONumber>9999991</IMONumber></IMONumbers></Ship></ShipDetails>"
    primary = "<Name><Name6>{}</Name6><NameType>Primary Name</NameType></Name>"
    text = (
        '<?xml version="1.0" encoding="utf-8"?>\n<Designations>\n<DateGenerated>02/03/2026</DateGenerated>\n'
        + designation(1, "Individual", person, more)
        + designation(2, "Ship", primary.format("Brine Petrel"), ship)
        + "".join(designation(3 + at, "Entity", primary.format(name)) for at, name in enumerate(FURTHER))
        + "</Designations>\n"
    )
    return _write(folder / "uk.xml", text)


def write_canada_xml(folder: Path) -> Path:
    """Write a Canadian list: a person, a ship, organisations; two of them under one number."""
    person = (
        "<Country>Ruritania / Ruritanie</Country><LastName>Pellik</LastName><GivenName>Zorvan</GivenName>"
        "<DateOfBirthOrShipBuildDate>1961-04-29</DateOfBirthOrShipBuildDate><Item>1</Item>"
        "<Aliases>Sorwan Pelik, Zorwan Pelik</Aliases>"
    )
    ship = (
        "<Country>Ruritania / Ruritanie</Country><EntityOrShip>Brine Petrel</EntityOrShip>"
        "<ShipIMONumber>9999991</ShipIMONumber><DateOfBirthOrShipBuildDate>1980</DateOfBirthOrShipBuildDate>"
    )
    firms = [
        f"<Country>Ruritania</Country><EntityOrShip>{name}</EntityOrShip><Item>7</Item>" for name in FURTHER
    ]
    records = "".join(f"<record>{each}</record>\n" for each in (person, ship, *firms))
    return _noted(_write(folder / "canada.xml", f'<?xml version="1.0"?>\n<data-set>\n{records}</data-set>\n'))


def write_opensanctions_csv(folder: Path) -> Path:
    """Write a targets.simple.csv with a note."""
    rows = [
        "id,schema,name,aliases,birth_date,countries,addresses,identifiers,sanctions,dataset,last_seen",
        'Q1,Person,Zorvan Pellik,"Зорван Пеллик;Sorwan Pelik",1961-04-29,ke,,X1234567,Example,ex,2026-03-01',
        "Q2,Vessel,Brine Petrel,,,,,IMO9999991,,ex,2026-03-01",
        *(f"Q{number},Company,{name},,,,,,,ex,2026-03-01" for number, name in enumerate(FURTHER, 3)),
    ]
    return _noted(_write(folder / "targets.simple.csv", "".join(f"{row}\n" for row in rows)))


def write_ftm_json(folder: Path) -> Path:
    """Write FtM entities with a note: what is no target, or has no name, is not counted."""

    def entity(entity_id: str, schema: str, target: bool = True, **properties: object) -> dict[str, object]:
        return {"id": entity_id, "schema": schema, "target": target, "properties": properties}

    person = entity(
        "Q1", "Person", name=["Zorvan Pellik", "Зорван Пеллик"], weakAlias=["The Cobbler"],
        birthDate=["1961-04-29"], nationality=["ke"], passportNumber=["X1234567"],
        sanctions=[{"id": "s1", "schema": "Sanction", "properties": {"program": ["Example"]}}],
    )  # fmt: skip
    entities = [
        person,
        entity("a1", "Address", target=False, full=["Somewhere 1"]),
        entity("Q2", "Vessel", name=["Brine Petrel"], imoNumber=["IMO9999991"]),
        *(entity(f"Q{number}", "Company", name=[name]) for number, name in enumerate(FURTHER, 3)),
    ]
    text = "".join(f"{json.dumps(each, ensure_ascii=False)}\n" for each in entities)
    return _noted(_write(folder / "entities.ftm.json", text))


def _write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def _noted(path: Path) -> Path:
    path.with_name(f"{path.name}.published").write_text(f"2026-03-02 {ENTRIES}\n", encoding="ascii")
    return path


WRITERS: dict[str, Callable[[Path], Path]] = {
    "ofac_xml": write_ofac_xml,
    "eu_xml": write_eu_xml,
    "eu_csv": write_eu_csv,
    "uk_xml": write_uk_xml,
    "canada_xml": write_canada_xml,
    "opensanctions_csv": write_opensanctions_csv,
    "ftm_json": write_ftm_json,
}
"""By format: what writes such a list into a folder."""
