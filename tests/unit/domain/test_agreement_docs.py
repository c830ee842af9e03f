"""`docs/agreement.md` says of every field what the models say: kind, default and meaning."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from setfair.domain import agreement_parts as parts
from setfair.domain.agreement import Agreement, load_agreement
from setfair.domain.signing import public_key_text
from tests.agreements import key_of

DOC = (Path(__file__).resolve().parents[3] / "docs" / "agreement.md").read_text(encoding="utf-8")

TABLES: dict[str, type[BaseModel]] = {
    "[agreement]": parts.Header,
    "[[currencies]]": parts.CurrencyRules,
    "[calendar]": parts.Calendar,
    "[[participants]]": parts.Participant,
    "[[accounts]]": parts.Account,
    "[[sub_accounts]]": parts.SubAccount,
    "[[limits]]": parts.Limit,
    "[[users]]": parts.User,
    "[clearing]": parts.Clearing,
    "[clearing.across]": parts.Across,
    "[[clearing.liquidity]]": parts.Funding,
    "[[clearing.cycles]]": parts.Cycle,
    "[screening]": parts.Screening,
    "[[screening.officers]]": parts.Officer,
    "[[screening.lists]]": parts.ScreeningList,
    "[settlement]": parts.Settlement,
    "[offsetting]": parts.Offsetting,
    "[fees]": parts.Fees,
    "[[fees.schedule]]": parts.Fee,
    "[journal]": parts.Journal,
    "[[journal.witnesses]]": parts.Witness,
    "[[signatories]]": parts.Signatory,
}

KINDS = {
    "ParticipantId": "id",
    "PersonId": "person id",
    "ListId": "list id",
    "CycleName": "cycle name",
    "MemberId": "member id",
    "SubAccountName": "sub-account name",
    "Name": "name",
    "Bic": "BIC",
    "Lei": "LEI",
    "Country": "country",
    "CurrencyCode": "currency",
    "CurrencyCodes": "list of currencies",
    "Names": "list of names",
    "Beneficiaries": "list of names",
    "Objectives": "list of objectives",
    "CycleLimits": "list of limits",
    "Across": "table",
    "TimeZoneName": "time zone",
    "Amount": "amount",
    "BasisPoints": "basis points",
    "RelativeFile": "file",
    "PublicKey": "public key",
    "LocalTime": "time",
    "Holidays": "list of dates",
    "date": "date",
    "bool": "`true` or `false`",
}


def kind_of(model: type[BaseModel], name: str) -> str:
    """Return the kind of a field in words, from its annotation."""
    later = re.fullmatch(r"Annotated\[(.*), (?:parts\.)?LATER\]", model.__annotations__[name])
    annotation = (later[1] if later else model.__annotations__[name]).removesuffix(" | None")
    if annotation.startswith("Literal["):
        return " or ".join(f"`{choice}`" for choice in re.findall(r"[\"'](\w+)[\"']", annotation))
    bounds = {type(limit).__name__: limit for limit in model.model_fields[name].metadata}
    if annotation == "int":
        return f"integer, {bounds['Ge'].ge} to {bounds['Le'].le}"
    if annotation.startswith("Annotated[tuple[Weekday"):
        return "list of days, in English"
    if annotation.startswith("Annotated[tuple["):
        fewest = bounds["MinLen"].min_length if "MinLen" in bounds else 0
        return f"rows, at least {fewest}" if fewest else "rows"
    return KINDS[annotation]


def default_of(model: type[BaseModel], name: str) -> str:
    """Return "required", "none" or the default as TOML writes it."""
    field = model.model_fields[name]
    if field.is_required():
        return "required"
    if field.default is None:
        return "none"
    if isinstance(field.default, bool):
        return f"`{str(field.default).lower()}`"
    if isinstance(field.default, tuple):
        return "`[" + ", ".join(f'"{item}"' for item in field.default) + "]`"
    return f'`"{field.default}"`' if isinstance(field.default, str) else f"`{field.default}`"


def table_of(model: type[BaseModel]) -> str:
    """Return the documentation table of one model."""
    lines = ["| field | kind | default | meaning |", "|---|---|---|---|"]
    for name, field in model.model_fields.items():
        meaning = " ".join((field.description or "").split())
        lines.append(f"| `{name}` | {kind_of(model, name)} | {default_of(model, name)} | {meaning} |")
    return "\n".join(lines)


@pytest.mark.parametrize("heading", TABLES)
def test_every_field_is_documented(heading: str):
    """Below each heading stands exactly the table that the model gives."""
    section = DOC.partition(f"\n### `{heading}`\n")[2].partition("\n#")[0]
    assert table_of(TABLES[heading]) in section


def test_every_table_is_documented():
    """The headings are the document's tables: those of `Agreement` and those inside them."""
    top = {heading.strip("[]") for heading in TABLES if "." not in heading}
    assert top == set(Agreement.model_fields)
    assert re.findall(r"\n### `(\[.*\])`\n", DOC) == list(TABLES)


def test_every_kind_of_value_is_described():
    """Each kind that a table names has a row in "Kinds of values"."""
    section = DOC.partition("\n## Kinds of values\n")[2].partition("\n#")[0]
    for kind in {*KINDS.values()} - {"`true` or `false`"}:
        assert f"| {kind} |" in section


def test_the_example_in_the_page_is_valid():
    """What the page shows can be read, with a real key in place of the dots."""
    example = DOC.partition("```toml\n")[2].partition("```")[0]
    key = public_key_text(key_of("KE01"))
    agreement = load_agreement(example.replace("<base64 of 32 bytes>", key))
    assert agreement.agreement.id == "CLR2"
