"""Readers of published sanctions lists: a list is read whole or refused with the reason.

model         what a list, an entry and a name are
names         the names in one field of a list
source        how bytes come in: once, counted, hashed, dated
identified    identifiers in prose; xml_members    entries of XML, one at a time, strictly
un_xml, ofac_csv, ofac_xml, eu, uk_xml, canada_xml, opensanctions, operator_csv    one publisher each
kept          lists that were read before
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from setfair.screening.lists.canada_xml import read_canada_xml
from setfair.screening.lists.eu import read_eu_csv, read_eu_xml
from setfair.screening.lists.model import ListFormat, SanctionsList
from setfair.screening.lists.ofac_csv import ofac_files, read_ofac_csv
from setfair.screening.lists.ofac_xml import read_ofac_xml
from setfair.screening.lists.opensanctions import read_ftm_json, read_opensanctions_csv
from setfair.screening.lists.operator_csv import read_operator_csv
from setfair.screening.lists.source import note_beside
from setfair.screening.lists.uk_xml import read_uk_xml
from setfair.screening.lists.un_xml import read_un_xml

READERS: dict[str, Callable[[str, Path], SanctionsList]] = {
    ListFormat.UN_XML.value: read_un_xml,
    ListFormat.OFAC_CSV.value: read_ofac_csv,
    ListFormat.OFAC_XML.value: read_ofac_xml,
    ListFormat.EU_XML.value: read_eu_xml,
    ListFormat.EU_CSV.value: read_eu_csv,
    ListFormat.UK_XML.value: read_uk_xml,
    ListFormat.CANADA_XML.value: read_canada_xml,
    ListFormat.OPENSANCTIONS_CSV.value: read_opensanctions_csv,
    ListFormat.FTM_JSON.value: read_ftm_json,
    ListFormat.OPERATOR_CSV.value: read_operator_csv,
}
"""The reader of each format: list id and path in, the list or a `FileRefusedError` out."""
FILES: dict[str, Callable[[Path], tuple[Path, ...]]] = {
    ListFormat.UN_XML.value: lambda path: (path,),
    ListFormat.OFAC_CSV.value: ofac_files,
    ListFormat.OFAC_XML.value: lambda path: (path,),
    ListFormat.EU_XML.value: lambda path: (path,),
    ListFormat.UK_XML.value: lambda path: (path,),
    **{
        each.value: lambda path: (path, note_beside(path))
        for each in (
            ListFormat.EU_CSV,
            ListFormat.CANADA_XML,
            ListFormat.OPENSANCTIONS_CSV,
            ListFormat.FTM_JSON,
            ListFormat.OPERATOR_CSV,
        )
    },
}
"""Every file that a reader reads, from the path that an agreement names. A format that is not here is read
anew each time."""
