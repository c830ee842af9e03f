"""Turns what was extracted from one transaction into one row of `PAYMENT_SCHEMA`.

Rules
-----
1. Identity: the UETR and the instruction identification; without the latter the transaction
   identification. A payment that has none of the three is a defect. Returns, cancellations and liquidity
   transfers without one are named by their message and their number in it.
2. The instructing agent is the one that the transaction names, else the group, else the header's sender,
   else the debtor agent, which then instructs for itself.
3. Settlement accounts are the agents': pacs.008 `DbtrAgt` and `CdtrAgt`; pacs.009 the same where given,
   else `Dbtr` and `Cdtr`. A return goes between the original's agents in reverse: as its return chain
   says, else as its copy of the original says, else from the instructing to the instructed agent.
4. Priority: `SttlmPrty` (URGT, HIGH, NORM), else `InstrPrty` (HIGH, NORM), else NORMAL.
5. What is wrong with one transaction and not with its file becomes the row's defect; the first one counts.
6. `SttlmTmReq` says when a payment may settle, on the value date, in UTC where a time has no offset: from
   `FrTm` on, and until the earlier of `TillTm` and `RjctTm`; then it is rejected. `CLSTm` rejects nothing and
   is passed over.
7. A pacs.009 is a leg of a link if an `InstrForNxtAgt` has `/LINK/reference`. `/LEGS/3` says how many legs
   the link has (without it two), `/AGST/KES1250.50` what the payer is to receive in it, `RjctTm` its
   latest time. A leg has no `FrTm`.
8. Every name in a transaction is kept for screening, with those of its group and header.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from setfair.domain.codes import InstructionKind, Priority, Reason
from setfair.domain.instruction import PAYMENT_SCHEMA
from setfair.domain.money import find_currency, parse_amount
from setfair.formats.iso20022.paths import PARTIES_WITH_FACTS, Found, identification, one_line
from setfair.formats.leg_text import read_terms, read_time

Row = dict[str, object]
"""One row of `PAYMENT_SCHEMA`: its columns in order."""

_DEFAULTS: Row = {column.name: None if column.nullable else "" for column in PAYMENT_SCHEMA}
_DEFAULTS |= {"amount_minor": 0, "priority": int(Priority.NORMAL), "defect": int(Reason.NONE)}
_DEFAULTS |= {"link_legs": 0, "against_amount_minor": 0, "until_ns": 0, "earliest_ns": 0}
_LINK_WORDS = re.compile(r"/(LINK|LEGS|AGST)/([^\s/]{1,35})")
_AGAINST = re.compile(r"([A-Z]{3})([0-9.]+)")
_OFFSET = re.compile(r"(Z|[+-]\d\d:\d\d)$")
_PRIORITY = {"URGT": int(Priority.URGENT), "HIGH": int(Priority.HIGH), "NORM": int(Priority.NORMAL)}


@dataclass(slots=True)
class Group:
    """What holds for all the transactions of one message, and how many there were so far."""

    message_name: str
    header: Found = field(default_factory=dict)
    """From the business application header."""
    found: Found = field(default_factory=dict)
    """From the parts of the message that come before its transactions."""
    names: list[str] = field(default_factory=list)
    """Names in the two."""
    texts: list[str] = field(default_factory=list)
    """Free texts in the parts that hold for all transactions."""
    enclosing: Found = field(default_factory=dict)
    """From the group of transactions that the present one is enclosed with (camt.056)."""
    enclosing_names: list[str] = field(default_factory=list)
    number: int = 0
    """Number of the present transaction in the message, from 1."""
    number_enclosed: int = 0
    """Transactions so far in the group that the present one is enclosed with."""


def customer_payment(found: Found, group: Group) -> Row:
    """Make the row of a customer credit transfer (pacs.008)."""
    row = _payment(InstructionKind.CUSTOMER_PAYMENT, found, group)
    for side in ("debtor", "creditor"):
        row[f"{side}_agent"] = identification(found, f"{side}_agent")
        if not row[f"{side}_name"]:
            _note(row, Reason.NAME_MISSING, f"the {side} has no name")
    _set_times(row, found)
    return _with_sender(row, found, group)


def institution_payment(found: Found, group: Group) -> Row:
    """Make the row of a financial institution credit transfer (pacs.009)."""
    row = _payment(InstructionKind.INSTITUTION_PAYMENT, found, group)
    for side in ("debtor", "creditor"):
        row[f"{side}_agent"] = identification(found, f"{side}_agent") or identification(found, side)
    _set_link(row, found)
    _set_times(row, found)
    return _with_sender(row, found, group)


def payment_return(found: Found, group: Group) -> Row:
    """Make the row of a payment return (pacs.004)."""
    row = _transfer(InstructionKind.PAYMENT_RETURN, found, group)
    _set_original(row, found)
    _set_amount(row, found)
    row["instruction_id"] = found.get("return_id") or _numbered(group)
    row["debtor_agent"], row["creditor_agent"] = _return_agents(found, group)
    row["debtor_name"] = one_line(found.get("chain_debtor_name") or found.get("original_creditor_name", ""))
    row["creditor_name"] = one_line(found.get("chain_creditor_name") or found.get("original_debtor_name", ""))
    row["reason_code"] = _one_code(found) or _one_code(group.found)
    return _with_sender(row, found, group)


def group_return(group: Group) -> Row:
    """Make the row of a return of a whole group, which is not done here."""
    row = _transfer(InstructionKind.PAYMENT_RETURN, {}, group)
    row["instruction_id"] = _numbered(group)
    _note(row, Reason.REJECTED_BY_READER, "the return names no transaction (TxInf): name each payment")
    return _with_sender(row, {}, group)


def liquidity_transfer(found: Found, group: Group) -> Row:
    """Make the row of a liquidity credit transfer (camt.050)."""
    given = {found.get("debtor_account_currency"), found.get("creditor_account_currency")} - {None}
    if "interbank_settlement_amount_currency" not in found and len(given) == 1:
        found["interbank_settlement_amount_currency"] = str(*given)
    row = _transfer(InstructionKind.LIQUIDITY_TRANSFER, found, group)
    _set_amount(row, found)
    row["uetr"] = uetr_bytes(found.get("uetr"))
    row["instruction_id"] = found.get("instruction_id") or found.get("transaction_id") or _numbered(group)
    for side in ("debtor", "creditor"):
        account = found.get(f"{side}_account_iban") or found.get(f"{side}_account_other_id", "")
        row[f"{side}_agent"] = identification(found, side) or account
    return _with_sender(row, found, group)


def cancellation(found: Found, group: Group) -> Row:
    """Make the row of a request to cancel one payment (camt.056)."""
    row = _cancellation(found, group)
    _set_original(row, found)
    row["currency"] = found.get("original_interbank_settlement_amount_currency", "")
    return row


def group_cancellation(group: Group) -> Row:
    """Make the row of a request to cancel a whole group of payments, which is not done here."""
    row = _cancellation(group.enclosing, group)
    original = group.enclosing.get("original_message_id", "")
    text = f"asks to cancel all of message {original}: name each payment (TxInf)"
    _note(row, Reason.REJECTED_BY_READER, text)
    return row


def _cancellation(found: Found, group: Group) -> Row:
    row = _transfer(InstructionKind.CANCELLATION, found, group)
    row["instruction_id"] = found.get("cancellation_id") or _numbered(group)
    row["reason_code"] = _one_code(found) or _one_code(group.enclosing)
    row["instructing_agent"] = (
        identification(found, "assigner")
        or identification(group.found, "assigner")
        or identification(group.header, "sender")
    )
    return row


def _payment(kind: InstructionKind, found: Found, group: Group) -> Row:
    """Make what the rows of pacs.008 and pacs.009 share."""
    row = _transfer(kind, found, group)
    row["uetr"] = uetr_bytes(found.get("uetr"))
    row["instruction_id"] = found.get("instruction_id") or found.get("transaction_id", "")
    if row["uetr"] is None and not row["instruction_id"]:
        _note(row, Reason.IDENTIFIER_MISSING, "none of UETR, InstrId and TxId is given")
    row["debtor_name"] = one_line(found.get("debtor_name", ""))
    row["creditor_name"] = one_line(found.get("creditor_name", ""))
    _set_amount(row, found)
    return row


def facts_text(found: Found) -> str:
    """Return what a transaction says of its parties beside their names, as `screening.facts` reads it."""
    lines = []
    for party, keys in _facts_among(tuple(found)):
        told = {fact: found[key] for fact, key in keys if found[key]}
        if told:
            lines.append(_facts_line(found, party, told))
    return "\n".join(lines)


@lru_cache(maxsize=256)
def _facts_among(keys: tuple[str, ...]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return each party of which something may be told by these keys, and which fact each tells."""
    told: dict[str, list[tuple[str, str]]] = {party: [] for party in PARTIES_WITH_FACTS}
    for key in keys:
        if key in _FACT_OF:
            party, fact = _FACT_OF[key]
            told[party].append((fact, key))
    return [(party, facts) for party, facts in told.items() if facts]


_FACTS = (
    "address_country",
    "residence_country",
    "birth_date",
    "organisation_bic",
    "organisation_lei",
    "organisation_id",
    "person_id",
)
_FACT_OF = {f"{party}_{fact}": (party, fact) for party in PARTIES_WITH_FACTS for fact in _FACTS}
_IDENTIFIERS = _FACTS[3:]


def _facts_line(found: Found, party: str, told: Found) -> str:
    country = told.get("address_country") or told.get("residence_country", "")
    born = told.get("birth_date", "")
    identifiers = [told[fact] for fact in _IDENTIFIERS if fact in told]
    known_by = one_line(" ".join(identifiers)) if identifiers else ""
    kind = "person" if born or told.get("person_id") else "organisation" if identifiers else ""
    name = one_line(found.get(f"{party}_name", ""))
    return f"{name}\t{kind}\t{country}\t{born}\t{known_by}"


def _transfer(kind: InstructionKind, found: Found, group: Group) -> Row:
    """Make what the rows of all kinds share."""
    row = _DEFAULTS.copy()
    row["kind"] = int(kind)
    row["message_id"] = group.found.get("message_id", "")
    row["message_name"] = group.message_name
    row["end_to_end_id"] = found.get("end_to_end_id", "")
    row["transaction_id"] = found.get("transaction_id", "")
    row["remittance"] = found.get("remittance", "")
    row["party_facts"] = facts_text(found)
    _set_value_date(row, found, group)
    priority = found.get("settlement_priority") or found.get("instruction_priority")
    row["priority"] = _PRIORITY[priority or group.found.get("instruction_priority", "NORM")]
    return row


def _with_sender(row: Row, found: Found, group: Group) -> Row:
    """Set the two agents between which the instruction travels."""
    row["instructing_agent"] = (
        identification(found, "instructing_agent")
        or identification(group.found, "instructing_agent")
        or identification(group.header, "sender")
        or row["debtor_agent"]
    )
    row["instructed_agent"] = identification(found, "instructed_agent") or identification(
        group.found, "instructed_agent"
    )
    return row


def _set_original(row: Row, found: Found) -> None:
    row["original_uetr"] = uetr_bytes(found.get("original_uetr"))
    row["original_instruction_id"] = found.get("original_instruction_id") or found.get(
        "original_transaction_id", ""
    )
    row["end_to_end_id"] = found.get("original_end_to_end_id", "")
    row["transaction_id"] = found.get("original_transaction_id", "")
    if row["original_uetr"] is None and not row["original_instruction_id"]:
        _note(
            row, Reason.IDENTIFIER_MISSING, "none of OrgnlUETR, OrgnlInstrId and OrgnlTxId names the original"
        )


def _set_amount(row: Row, found: Found) -> None:
    code = found.get("interbank_settlement_amount_currency", "")
    row["currency"] = code
    currency = find_currency(code)
    if currency is None:
        text = (
            f"{code} is not an ISO 4217 currency with minor units" if code else "the amount has no currency"
        )
        _note(row, Reason.UNKNOWN_CURRENCY, text)
        return
    text = found.get("interbank_settlement_amount", "")
    amount = parse_amount(text, currency.decimals)
    if isinstance(amount, Reason):
        _note(row, amount, f"{text} {code}: {amount.text}")
    else:
        row["amount_minor"] = amount


def _set_link(row: Row, found: Found) -> None:
    """Set what a leg of a link says of it: rule 7."""
    text = found.get("instruction_for_next_agent", "")
    said = dict(_LINK_WORDS.findall(text)) if text else {}
    if "LINK" not in said:
        return
    against = _AGAINST.fullmatch(said.get("AGST", "")) if "AGST" in said else None
    time = _on_value_date(row, found.get("reject_time", ""))
    currency, amount = against.groups() if against else (said.get("AGST", ""), "")
    terms = read_terms(said.get("LEGS", ""), currency, amount, time)
    if found.get("from_time"):
        terms = "a leg of a link has no earliest time (FrTm)"
    if isinstance(terms, str):
        _note(row, Reason.LINK_INVALID, terms)
        return
    row["link"] = said["LINK"]
    row["link_legs"], row["against_currency"], row["against_amount_minor"], row["until_ns"] = terms


def _on_value_date(row: Row, time: str) -> str:
    """Return a time of day with the value date, as `read_time` takes it; empty where there is none."""
    if not time:
        return ""
    return f"{row['value_date'] or 'no value date'}T{time if _OFFSET.search(time) else time + 'Z'}"


def _set_times(row: Row, found: Found) -> None:
    """Set when a payment that is no leg may settle: rule 6."""
    if row["link"] or not (found.get("from_time") or found.get("till_time") or found.get("reject_time")):
        return
    earliest, *latest = (
        read_time(_on_value_date(row, found.get(name, "")))
        for name in ("from_time", "till_time", "reject_time")
    )
    if earliest is None or None in latest:
        _note(row, Reason.DATE_INVALID, "SttlmTmReq needs a value date, and times of a day")
        return
    until = min((each for each in latest if each), default=0)
    if until and earliest > until:
        _note(row, Reason.DATE_INVALID, "SttlmTmReq: FrTm is after TillTm or RjctTm")
        return
    row["earliest_ns"], row["until_ns"] = earliest, until


def _set_value_date(row: Row, found: Found, group: Group) -> None:
    text = found.get("interbank_settlement_date") or group.found.get("interbank_settlement_date")
    if text is None:
        return
    row["value_date"] = _date(text)
    if row["value_date"] is None:
        _note(row, Reason.DATE_INVALID, f"{text} is not a date of the years 1 to 9999")


def _return_agents(found: Found, group: Group) -> tuple[str, str]:
    """Return who pays the return and who gets it: the first complete pair."""
    pairs = (
        ("chain_debtor_agent", "chain_creditor_agent"),
        ("chain_debtor", "chain_creditor"),
        ("original_creditor_agent", "original_debtor_agent"),
        ("original_creditor", "original_debtor"),
        ("instructing_agent", "instructed_agent"),
    )
    for payer, payee in pairs:
        both = identification(found, payer), identification(found, payee)
        if all(both):
            return both
    return identification(group.found, "instructing_agent"), identification(group.found, "instructed_agent")


def _one_code(found: Found) -> str:
    """Return the first of the reasons that were given."""
    return found.get("reason_code", "").partition(" ")[0]


def _numbered(group: Group) -> str:
    """Name a transaction by its message and its number in it, where it has no name of its own."""
    return f"{group.found.get('message_id', '')}/{group.number}"


def _note(row: Row, reason: Reason, text: str) -> None:
    """Record a defect, unless there is one already."""
    if not row["defect"]:
        row["defect"] = int(reason)
        row["defect_text"] = text


def uetr_bytes(text: str | None) -> bytes | None:
    """Return the 16 bytes of a UETR that the validator has passed."""
    return bytes.fromhex(text.replace("-", "")) if text else None


@lru_cache(maxsize=256)
def _date(text: str) -> date | None:
    """Return a date; XML Schema also allows a time zone after it, and years that no calendar here has."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


RowMaker = Callable[[Found, Group], Row]
"""Makes the row of one transaction."""
