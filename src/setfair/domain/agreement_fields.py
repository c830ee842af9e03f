"""Field types of the agreement: what one value must look like, with errors that say what is allowed.

Each type takes the plain value that TOML gives and either returns it in its one canonical form (codes
in capitals, amounts without surplus zeros, holidays sorted) or refuses it with a text of the form
"what is wrong; what is allowed". What several fields say together is in `agreement_checks`.
"""

from __future__ import annotations

import base64
import binascii
import unicodedata
from collections.abc import Callable
from datetime import date, time
from functools import lru_cache
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pycountry
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError
from stdnum import bic as stdnum_bic
from stdnum import lei as stdnum_lei

from setfair.domain.codes import Reason
from setfair.domain.money import find_currency, parse_amount

NAME_LENGTH_MAX = 140
"""Longest name, as ISO 20022's Max140Text."""

AMOUNT_TEXT_LENGTH_MAX = 40
"""Longest amount in text; 18 digits, a point and zeros fit."""

DECIMALS_MAX = 4
"""Most decimals that any currency has; each amount is checked against its own currency later."""

HOLIDAYS_MAX = 2000
"""Most holidays in one list."""

SAID_AGAIN = 1_024
"""Amounts and codes of which it is remembered what they are: thousands of accounts say the same few."""

ITEMS_MAX = 100_000
"""Most rows of one table of the agreement (participants, accounts, limits ...)."""

PUBLIC_KEY_BYTES = 32
"""Length of an Ed25519 public key."""


def shorten(value: object) -> str:
    """Return a value for an error message: quoted, control characters escaped, at most 60 characters."""
    text = ascii(value) if not isinstance(value, str) else repr(value)
    return text if len(text) <= 60 else text[:56] + "...'"


def refuse(wrong: str, allowed: str) -> PydanticCustomError:
    """Return the error that says what is wrong and what is allowed."""
    return PydanticCustomError("agreement", "{text}", {"text": f"{wrong}; {allowed}"})


def _name(value: str) -> str:
    text = value.strip()
    if text.isprintable() and text:  # what is refused below never is
        return text
    if not text or any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in text):
        raise refuse(f"{shorten(value)} is no name", "a name is not blank and has no control characters")
    return text


def _bic(value: str) -> str:
    if value != value.strip() or " " in value or "-" in value or not stdnum_bic.is_valid(value):
        raise refuse(
            f"{shorten(value)} is no BIC", "a BIC (ISO 9362) has 8 or 11 characters, e.g. SFCHKEN1XXX"
        )
    return value.upper()


def _lei(value: str) -> str:
    if len(value) != 20 or not stdnum_lei.is_valid(value):
        raise refuse(
            f"{shorten(value)} is no LEI",
            "an LEI (ISO 17442) has 20 characters, the last two are check digits",
        )
    return value.upper()


@lru_cache(maxsize=SAID_AGAIN)
def _country(value: str) -> str:
    if len(value) != 2 or not value.isupper() or pycountry.countries.get(alpha_2=value) is None:
        raise refuse(f"{shorten(value)} is no country", "an ISO 3166-1 code of two capital letters, e.g. KE")
    return value


@lru_cache(maxsize=SAID_AGAIN)
def _currency(value: str) -> str:
    if find_currency(value) is None or not value.isupper():
        raise refuse(
            f"{shorten(value)} is no currency", "an ISO 4217 code of three capital letters, e.g. KES"
        )
    return value


def _time_zone(value: str) -> str:
    try:
        # Names without a region ("localtime", "EST5EDT") depend on the machine or on old habits.
        known = value == "UTC" or ("/" in value and value.isascii() and bool(ZoneInfo(value)))
    except (ValueError, OSError, ZoneInfoNotFoundError):
        known = False
    if not known or value.startswith(("posix/", "right/", "SystemV/")):
        raise refuse(
            f"{shorten(value)} is no time zone",
            "Region/City of the IANA database, e.g. Africa/Nairobi, or UTC",
        )
    return value


@lru_cache(maxsize=SAID_AGAIN)
def _amount(value: str) -> str:
    whole, _, fraction = value.partition(".")
    fraction = fraction.rstrip("0")
    parsed = parse_amount(value, min(len(fraction), DECIMALS_MAX))
    if isinstance(parsed, Reason) or value != value.strip() or value.startswith("+"):
        raise refuse(
            f"{shorten(value)} is no amount",
            'a decimal number in quotes, not negative, at most 18 digits, e.g. "1000000.00"',
        )
    return (whole.lstrip("0") or "0") + (f".{fraction}" if fraction else "")


def _basis_points(value: str) -> str:
    points = _amount(value)
    if int(points.partition(".")[0]) > 10_000 or points.startswith("10000."):
        raise refuse(f"{shorten(value)} is too much", "0 to 10000 basis points, at most 4 decimals")
    return points


def _relative_file(value: str) -> str:
    parts = value.split("/")
    if not value.isprintable() or "\\" in value or any(part in ("", ".", "..") for part in parts):
        raise refuse(
            f"{shorten(value)} is no file below the agreement's folder",
            "a relative path with / between its parts and no . or .. in it, e.g. lists/un.xml",
        )
    return value


def _public_key(value: str) -> str:
    try:
        raw = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != PUBLIC_KEY_BYTES or base64.b64encode(raw).decode() != value:
        # The value is not shown: somebody may have pasted a private key here.
        raise refuse(
            "is no public key",
            "base64 of the 32 bytes of an Ed25519 key, as `setfair agreement keygen` prints it",
        )
    return value


def _local_time(value: time) -> time:
    if value.tzinfo is not None or value.microsecond:
        raise refuse(
            f"{value} is no local time", "a time of day in whole seconds without offset, e.g. 16:00:00"
        )
    return value


def _sorted_dates(value: tuple[date, ...]) -> tuple[date, ...]:
    return tuple(sorted(set(value)))


def _no_duplicates(what: str) -> Callable[[tuple[str, ...]], tuple[str, ...]]:
    def check(value: tuple[str, ...]) -> tuple[str, ...]:
        twice = sorted({item for item in value if value.count(item) > 1})
        if twice:
            raise refuse(f"{shorten(twice[0])} stands twice", f"each {what} once")
        return value

    return check


ParticipantId = Annotated[str, Field(pattern=r"^[A-Z0-9]{2,16}$")]
"""Local id: 2 to 16 capital letters and digits."""

PersonId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,31}$")]
"""Id of a person: small letters, digits, ``.``, ``_``, ``-``; at most 32."""

ListId = Annotated[str, Field(pattern=r"^[A-Z0-9][A-Z0-9_-]{0,15}$")]
"""Id of a screening list: capital letters, digits, ``_``, ``-``; at most 16."""

CycleName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$")]
"""Name of a cycle: small letters, digits, ``_``, ``-``; at most 32."""

MemberId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9./_-]{0,34}$")]
"""Clearing system member id: letters, digits, ``.``, ``/``, ``_``, ``-``; at most 35."""

SubAccountName = Annotated[str, Field(pattern=r"^[A-Z0-9]{1,8}$")]
"""Name of a sub-account: 1 to 8 capital letters and digits."""

Name = Annotated[str, Field(max_length=NAME_LENGTH_MAX), AfterValidator(_name)]
"""A name in any script, at most 140 characters."""

Bic = Annotated[str, Field(max_length=11), AfterValidator(_bic)]
"""BIC (ISO 9362) of 8 or 11 characters."""

Lei = Annotated[str, Field(max_length=20), AfterValidator(_lei)]
"""LEI (ISO 17442) of 20 characters with valid check digits."""

Country = Annotated[str, AfterValidator(_country)]
"""ISO 3166-1 country code of two letters."""

CurrencyCode = Annotated[str, AfterValidator(_currency)]
"""ISO 4217 currency code of three letters."""

TimeZoneName = Annotated[str, AfterValidator(_time_zone)]
"""Name of the IANA time zone database."""

Amount = Annotated[str, Field(max_length=AMOUNT_TEXT_LENGTH_MAX), AfterValidator(_amount)]
"""Amount in currency units as decimal text, not negative, with no more decimals than its currency."""

BasisPoints = Annotated[str, Field(max_length=AMOUNT_TEXT_LENGTH_MAX), AfterValidator(_basis_points)]
"""Hundredths of a per cent as decimal text, 0 to 10000."""

RelativeFile = Annotated[str, Field(max_length=255), AfterValidator(_relative_file)]
"""Path of a file relative to the agreement's folder (in a house: to the house's folder)."""

PublicKey = Annotated[str, Field(max_length=64), AfterValidator(_public_key)]
"""Ed25519 public key: base64 of 32 bytes."""

LocalTime = Annotated[time, AfterValidator(_local_time)]
"""Time of day in the time zone that the table names."""

Holidays = Annotated[tuple[date, ...], Field(max_length=HOLIDAYS_MAX), AfterValidator(_sorted_dates)]
"""Dates; their order does not matter."""

CurrencyCodes = Annotated[
    tuple[CurrencyCode, ...], Field(min_length=1, max_length=400), AfterValidator(_no_duplicates("currency"))
]
"""One or more currencies of the agreement."""

Names = Annotated[
    tuple[Name, ...], Field(min_length=1, max_length=100), AfterValidator(_no_duplicates("name"))
]
"""One or more names."""

Objectives = Annotated[
    tuple[Literal["value", "closed", "oldest"], ...],
    Field(min_length=1),
    AfterValidator(_no_duplicates("objective")),
]
"""Most value; most value, then many closed; oldest first."""

CycleLimits = Annotated[
    tuple[Literal["keep", "minimum", "party_maximum"], ...], AfterValidator(_no_duplicates("limit"))
]
"""Obligations not to be touched; the least amount of each; the most of a party's debts."""

Beneficiaries = Annotated[
    tuple[Name, ...], Field(max_length=1000), AfterValidator(_no_duplicates("beneficiary"))
]
"""Ids of parties, or `*` alone for anyone."""
