"""The agreement: the signed, versioned rulebook of one house, read from one TOML file.

1. `load_agreement` reads the text and names every problem by its path; nothing of it is guessed.
2. `canonical_bytes` is the document that is signed: what the agreement means, defaults included, whatever
   the order of keys, comments, spaces and surplus zeros in the file. The order of rows is part of it.
   Fields that were added later are in it only where they are not at their default (`agreement_parts.LATER`).
3. `Agreement` gives the engine's door its tables as integers of minor units in one fixed order.

Elsewhere on purpose: one table (`agreement_parts`), one value (`agreement_fields`), what tables must fulfil
together (`agreement_checks`), signatures (`signing`), business days (`calendar`).
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from dataclasses import dataclass
from datetime import date, time
from functools import lru_cache
from typing import Annotated, Any

from pydantic import BaseModel, ValidationError

from setfair.domain import agreement_parts as parts
from setfair.domain.agreement_checks import find_problems, references_of
from setfair.domain.agreement_errors import describe_errors
from setfair.domain.agreement_fields import SAID_AGAIN
from setfair.domain.codes import Purpose, Reason
from setfair.domain.money import BALANCE_MAX_MINOR, find_currency, parse_amount
from setfair.errors import AgreementError

AGREEMENT_BYTES_MAX = 16 * 2**20
"""Largest agreement file that is read: far above a house of ten thousand participants."""

DEPTH_MAX = 16
"""Deepest nesting of tables and lists; the agreement itself has five."""

_DEEP_KEY = re.compile(r"""(?<![\w"'.-])(?:[\w"'-]++[ \t]*+\.[ \t]*+){32}""")
"""A dotted key of more than 32 parts: far too deep, and `tomllib` takes cubic time over it."""

PROBLEMS_MAX = 200
"""Most problems that one error lists."""


@dataclass(frozen=True, slots=True)
class SettlementAccount:
    """One settlement account, amounts in minor units of its currency."""

    participant_id: str
    """Owner."""
    currency: str
    """ISO 4217 code."""
    credit_line_minor: int
    """How far below zero the balance may go; `BALANCE_MAX_MINOR` for the settlement agent: no floor."""
    reserved_urgent_minor: int
    """Set aside for urgent payments when the day opens."""
    reserved_high_minor: int
    """Set aside for urgent and high payments when the day opens."""
    multilateral_limit_minor: int | None
    """Most that may be paid net in a day to all without a bilateral limit; None: no such limit."""
    is_settlement_agent: bool
    """Whether this is the account that funds the others in its currency."""
    open: bool
    """A closed account neither pays nor receives."""
    sub_account: str = ""
    """Name of a sub-account; empty for the account itself."""
    purpose: Purpose = Purpose.NONE
    """Of a sub-account."""
    counterparty_id: str = ""
    """Of a sub-account for a pair."""


@dataclass(frozen=True, slots=True)
class BilateralLimit:
    """Most that one participant may have paid another net in a day, in minor units."""

    participant_id: str
    """Who pays."""
    counterparty_id: str
    """Who receives."""
    currency: str
    """ISO 4217 code."""
    amount_minor: int
    """Paid minus received, at most."""


class Agreement(parts.Part):
    """The whole agreement; valid in itself, signed or not."""

    agreement: parts.Header
    """The house and this version of its agreement."""
    currencies: parts.Currencies
    """What the house settles, in the order in which reports show it."""
    calendar: parts.Calendar = parts.Calendar()
    """Days on which the house is closed."""
    participants: parts.Participants
    """Who takes part."""
    accounts: parts.Accounts = ()
    """Settlement accounts. A settlement agent's account in its currency exists without being listed."""
    sub_accounts: Annotated[parts.SubAccounts, parts.LATER] = ()
    """Parts of accounts that are for one purpose."""
    limits: parts.Limits = ()
    """Bilateral limits."""
    users: Annotated[parts.Users, parts.LATER] = ()
    """Who changes limits, reservations, credit lines and queues, for a participant or the operator."""
    clearing: parts.Clearing = parts.Clearing()
    """How obligations are confirmed, set off and netted."""
    screening: parts.Screening
    """Who decides about hits, and with which lists names are compared."""
    settlement: Annotated[parts.Settlement, parts.LATER] = parts.Settlement()
    """How single payments settle."""
    offsetting: parts.Offsetting = parts.Offsetting()
    """How queued payments are settled together."""
    fees: parts.Fees = parts.Fees()
    """What the house charges."""
    journal: parts.Journal = parts.Journal()
    """How the house lets others check its journal."""
    signatories: parts.Signatories
    """Who must sign before this version can be in force."""

    def find_currency_rules(self, code: str) -> parts.CurrencyRules | None:
        """Return the rules of one currency, or None if the house does not settle it."""
        return next((currency for currency in self.currencies if currency.code == code), None)

    def find_participant(self, participant_id: str) -> parts.Participant | None:
        """Return one participant by its id, or None."""
        return next((one for one in self.participants if one.id == participant_id), None)

    def settlement_accounts(self) -> tuple[SettlementAccount, ...]:
        """Return every account, by currency and then participant in the order of the document.

        The settlement agent's account in its currency is among them whether it is listed or not. Sub-accounts
        follow in the order of the document.
        """
        listed = {(account.currency, account.participant): account for account in self.accounts}
        found = []
        for currency in self.currencies:
            for participant in self.participants:
                is_agent = participant.id == currency.settlement_agent
                account = listed.get((currency.code, participant.id))
                if account is None and is_agent:
                    account = parts.Account(participant=participant.id, currency=currency.code)
                if account is not None:
                    found.append(_in_minor_units(account, is_agent=is_agent))
        return (*found, *map(_sub_account, self.sub_accounts))

    def bilateral_limits(self) -> tuple[BilateralLimit, ...]:
        """Return the bilateral limits in the order of the document."""
        return tuple(
            BilateralLimit(
                limit.participant, limit.counterparty, limit.currency, _minor(limit.amount, limit.currency)
            )
            for limit in self.limits
        )

    def participant_by_reference(self) -> dict[str, str]:
        """Return participant ids by id, BIC, LEI and member id, all in capitals.

        A BIC of 8 characters and the same with branch XXX mean the same; any other branch is another one.
        """
        return {
            reference: participant.id
            for participant in self.participants
            for _, reference in references_of(participant)
        }

    def cosigners(self) -> dict[str, str]:
        """Return who may cosign checkpoints: the public key by id."""
        keys = {one.id: one.public_key for one in self.journal.witnesses}
        return keys | {one.id: one.public_key for one in self.signatories}

    def direct_of(self, participant_id: str) -> str:
        """Return the participant on whose accounts this one settles: itself if it is direct.

        Raises
        ------
        KeyError
            If there is no such participant.
        """
        participant = self.find_participant(participant_id)
        if participant is None:
            raise KeyError(participant_id)
        return participant.through or participant.id


@lru_cache(maxsize=1)
def read_agreement(document: bytes) -> Agreement:
    """Read an agreement that is on record; who reads the same one next shares it.

    Raises
    ------
    ValueError
        If it is none.
    """
    return Agreement.model_validate_json(document)


def load_agreement(text: str | bytes) -> Agreement:
    """Read an agreement from TOML and check it.

    Problems inside the tables are all collected; if there are none, all problems between tables are.

    Raises
    ------
    AgreementError
        With a line for each problem: path to the field (rows counted from 0), what is wrong, what is allowed.
    """
    document = _parse_toml(_decode(text))
    try:
        agreement = Agreement.model_validate(_to_tuples(document))
    except ValidationError as error:
        raise _not_valid(describe_errors(error, Agreement)) from None
    problems = find_problems(agreement)
    if problems:
        raise _not_valid(problems)
    return agreement


def canonical_bytes(agreement: Agreement) -> bytes:
    """Return the document that is signed: JSON with sorted keys, UTF-8, no spaces, no floats, ISO dates."""
    return json.dumps(_plain(agreement), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def agreement_hash(agreement: Agreement) -> str:
    """Return the SHA-256 of the canonical document in hexadecimal."""
    return hashlib.sha256(canonical_bytes(agreement)).hexdigest()


def _decode(text: str | bytes) -> str:
    try:
        raw = text.encode() if isinstance(text, str) else text
        if len(raw) > AGREEMENT_BYTES_MAX:
            raise AgreementError(
                f"the agreement has {len(raw)} bytes; at most {AGREEMENT_BYTES_MAX} are read"
            )
        return raw.decode("utf-8-sig")
    except UnicodeError as error:
        place = getattr(error, "start", 0)
        raise AgreementError(f"the agreement is not UTF-8 text: byte {place}; save it as UTF-8") from None


def _parse_toml(text: str) -> dict[str, Any]:
    if _DEEP_KEY.search(text):
        raise AgreementError("the agreement is not valid: tables are nested too deeply")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise AgreementError("the agreement is not valid TOML", (str(error),)) from None
    except RecursionError:
        raise AgreementError("the agreement is not valid: tables are nested too deeply") from None
    except ValueError as error:  # e.g. an integer of more digits than Python converts
        raise AgreementError("the agreement is not valid TOML", (str(error),)) from None


def _not_valid(problems: tuple[str, ...]) -> AgreementError:
    shown = problems[:PROBLEMS_MAX]
    if len(problems) > PROBLEMS_MAX:
        shown += (f"... and {len(problems) - PROBLEMS_MAX} more",)
    noun = "problem" if len(problems) == 1 else "problems"
    return AgreementError(f"the agreement is not valid: {len(problems)} {noun}", shown)


def _to_tuples(value: object, depth: int = 0) -> object:
    """Turn TOML's lists into tuples, which is what the strict models take."""
    if depth > DEPTH_MAX:
        raise AgreementError("the agreement is not valid: tables are nested too deeply")
    if isinstance(value, dict):
        return {key: _to_tuples(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return tuple(_to_tuples(item, depth + 1) for item in value)
    return value


def _plain(value: object) -> object:
    """Return a model as JSON values; absent optional fields are null, so that defaults are part of it."""
    if isinstance(value, BaseModel):
        return {
            name: _plain(given)
            for name, info in type(value).model_fields.items()
            if (given := getattr(value, name)) != info.default or parts.LATER not in info.metadata
        }
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, (date, time)):
        return value.isoformat()
    if value is None or isinstance(value, (str, bool, int)):
        return value
    raise TypeError(f"no canonical form for {type(value).__name__}")


@lru_cache(maxsize=SAID_AGAIN)
def _minor(text: str, code: str) -> int:
    currency = find_currency(code)
    parsed = Reason.UNKNOWN_CURRENCY if currency is None else parse_amount(text, currency.decimals)
    if isinstance(parsed, Reason):
        raise AgreementError(f"{text} is no amount in {code}: {parsed.text}")
    return int(parsed)


def _in_minor_units(account: parts.Account, *, is_agent: bool) -> SettlementAccount:
    limit = account.multilateral_limit
    code = account.currency
    return SettlementAccount(
        participant_id=account.participant,
        currency=code,
        credit_line_minor=BALANCE_MAX_MINOR if is_agent else _minor(account.credit_line, code),
        reserved_urgent_minor=_minor(account.reserved_urgent, code),
        reserved_high_minor=_minor(account.reserved_high, code),
        multilateral_limit_minor=None if limit is None else _minor(limit, code),
        is_settlement_agent=is_agent,
        open=account.status == "open",
    )


def _sub_account(said: parts.SubAccount) -> SettlementAccount:
    return SettlementAccount(
        participant_id=said.participant,
        currency=said.currency,
        credit_line_minor=0,
        reserved_urgent_minor=0,
        reserved_high_minor=0,
        multilateral_limit_minor=None,
        is_settlement_agent=False,
        open=True,
        sub_account=said.name,
        purpose=Purpose[said.purpose.upper()],
        counterparty_id=said.counterparty or "",
    )
