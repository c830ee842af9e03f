"""Which elements are extracted, and their English names: the one table from ISO 20022 short names.

A path is relative to the part of the message that it belongs to. `Element@Attribute` names an attribute.
An element that may occur more than once gives its texts joined by a space. Agents and parties have
several identifications; `identification` picks the best one that is there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Union

from lxml import etree

Found = dict[str, str]
"""Texts by English name; what is not in the message is not in it."""

_IDENTIFICATIONS = {
    "bic": "BICFI",
    "lei": "LEI",
    "member_id": "ClrSysMmbId/MmbId",
    "other_id": "Othr/Id",
    "name": "Nm",
}
"""Identifications of an agent, the one that is preferred first."""


def _agent(path: str, name: str) -> dict[str, str]:
    return {f"{path}/FinInstnId/{leaf}": f"{name}_{kind}" for kind, leaf in _IDENTIFICATIONS.items()}


def _party(path: str, name: str) -> dict[str, str]:
    organisation = f"{path}/Id/OrgId"
    return {
        f"{organisation}/AnyBIC": f"{name}_bic",
        f"{organisation}/LEI": f"{name}_lei",
        f"{organisation}/Othr/Id": f"{name}_other_id",
        f"{path}/Nm": f"{name}_name",
    }


def _facts(path: str, name: str) -> dict[str, str]:
    """Return what a party says of itself beside its name, for screening."""
    organisation, person = f"{path}/Id/OrgId", f"{path}/Id/PrvtId"
    return {
        f"{path}/Nm": f"{name}_name",
        f"{path}/PstlAdr/Ctry": f"{name}_address_country",
        f"{path}/CtryOfRes": f"{name}_residence_country",
        f"{organisation}/AnyBIC": f"{name}_organisation_bic",
        f"{organisation}/LEI": f"{name}_organisation_lei",
        f"{organisation}/Othr/Id": f"{name}_organisation_id",
        f"{person}/DtAndPlcOfBirth/BirthDt": f"{name}_birth_date",
        f"{person}/Othr/Id": f"{name}_person_id",
    }


def _account(path: str, name: str) -> dict[str, str]:
    return {
        f"{path}/Id/IBAN": f"{name}_iban",
        f"{path}/Id/Othr/Id": f"{name}_other_id",
        f"{path}/Ccy": f"{name}_currency",
    }


def _amount(path: str, name: str) -> dict[str, str]:
    return {path: name, f"{path}@Ccy": f"{name}_currency"}


HEADER = {
    **_agent("Fr/FIId", "sender"),
    **_party("Fr/OrgId", "sender"),
    "MsgDefIdr": "message_definition",
    "BizSvc": "business_service",
}

_PAYMENT_ID_PATHS = {
    "InstrId": "instruction_id",
    "EndToEndId": "end_to_end_id",
    "TxId": "transaction_id",
    "UETR": "uetr",
}

_REMITTANCE_PATHS = {
    "RmtInf/Ustrd": "remittance",
    "RmtInf/Strd/RfrdDocInf/Nb": "remittance",
    "RmtInf/Strd/CdtrRefInf/Ref": "remittance",
    "RmtInf/Strd/AddtlRmtInf": "remittance",
}

_ORIGINAL_PATHS = {
    "OrgnlInstrId": "original_instruction_id",
    "OrgnlEndToEndId": "original_end_to_end_id",
    "OrgnlTxId": "original_transaction_id",
    "OrgnlUETR": "original_uetr",
    **_amount("OrgnlIntrBkSttlmAmt", "original_interbank_settlement_amount"),
}

GROUP_HEADER = {
    "MsgId": "message_id",
    "NbOfTxs": "number_of_transactions",
    "CtrlSum": "control_sum",
    **_amount("TtlIntrBkSttlmAmt", "total_interbank_settlement_amount"),
    **_amount("TtlRtrdIntrBkSttlmAmt", "total_interbank_settlement_amount"),
    "IntrBkSttlmDt": "interbank_settlement_date",
    "SttlmInf/SttlmMtd": "settlement_method",
    "PmtTpInf/InstrPrty": "instruction_priority",
    **_agent("InstgAgt", "instructing_agent"),
    **_agent("InstdAgt", "instructed_agent"),
}

_TRANSFER_PATHS = {
    **{f"PmtId/{path}": name for path, name in _PAYMENT_ID_PATHS.items()},
    "PmtTpInf/InstrPrty": "instruction_priority",
    **_amount("IntrBkSttlmAmt", "interbank_settlement_amount"),
    "IntrBkSttlmDt": "interbank_settlement_date",
    "SttlmPrty": "settlement_priority",
    "SttlmTmReq/FrTm": "from_time",
    "SttlmTmReq/TillTm": "till_time",
    "SttlmTmReq/RjctTm": "reject_time",
    **_agent("InstgAgt", "instructing_agent"),
    **_agent("InstdAgt", "instructed_agent"),
    **_agent("DbtrAgt", "debtor_agent"),
    **_agent("CdtrAgt", "creditor_agent"),
    **_REMITTANCE_PATHS,
}

CUSTOMER_TRANSFER = {
    **_TRANSFER_PATHS,
    **_facts("Dbtr", "debtor"),
    **_facts("Cdtr", "creditor"),
    **_facts("UltmtDbtr", "ultimate_debtor"),
    **_facts("UltmtCdtr", "ultimate_creditor"),
    **_facts("InitgPty", "initiating_party"),
}

PARTIES_WITH_FACTS = (
    "debtor",
    "creditor",
    "ultimate_debtor",
    "ultimate_creditor",
    "initiating_party",
    "chain_debtor",
    "chain_creditor",
)
"""Whose facts are kept for screening, where a message gives them."""

INSTITUTION_TRANSFER = {
    **_TRANSFER_PATHS,
    **_agent("Dbtr", "debtor"),
    **_agent("Cdtr", "creditor"),
    "InstrForNxtAgt/InstrInf": "instruction_for_next_agent",
}

RETURN = {
    "RtrId": "return_id",
    **_ORIGINAL_PATHS,
    "PmtTpInf/InstrPrty": "instruction_priority",
    **_amount("RtrdIntrBkSttlmAmt", "interbank_settlement_amount"),
    "IntrBkSttlmDt": "interbank_settlement_date",
    "SttlmPrty": "settlement_priority",
    **_agent("InstgAgt", "instructing_agent"),
    **_agent("InstdAgt", "instructed_agent"),
    **_agent("RtrChain/DbtrAgt", "chain_debtor_agent"),
    **_agent("RtrChain/CdtrAgt", "chain_creditor_agent"),
    **_agent("RtrChain/Dbtr/Agt", "chain_debtor"),
    **_agent("RtrChain/Cdtr/Agt", "chain_creditor"),
    **_facts("RtrChain/Dbtr/Pty", "chain_debtor"),
    **_facts("RtrChain/Cdtr/Pty", "chain_creditor"),
    **_agent("OrgnlTxRef/DbtrAgt", "original_debtor_agent"),
    **_agent("OrgnlTxRef/CdtrAgt", "original_creditor_agent"),
    **_agent("OrgnlTxRef/Dbtr/Agt", "original_debtor"),
    **_agent("OrgnlTxRef/Cdtr/Agt", "original_creditor"),
    "OrgnlTxRef/Dbtr/Pty/Nm": "original_debtor_name",
    "OrgnlTxRef/Cdtr/Pty/Nm": "original_creditor_name",
    "RtrRsnInf/Rsn/Cd": "reason_code",
    "RtrRsnInf/AddtlInf": "remittance",
}

LIQUIDITY_TRANSFER = {
    **{f"LqdtyTrfId/{path}": name for path, name in _PAYMENT_ID_PATHS.items()},
    **_agent("Dbtr", "debtor"),
    **_agent("Cdtr", "creditor"),
    **_account("DbtrAcct", "debtor_account"),
    **_account("CdtrAcct", "creditor_account"),
    **_amount("TrfdAmt/AmtWthCcy", "interbank_settlement_amount"),
    "TrfdAmt/AmtWthtCcy": "interbank_settlement_amount",
    "SttlmDt": "interbank_settlement_date",
}

ASSIGNMENT = {"Id": "message_id", **_agent("Assgnr/Agt", "assigner"), **_party("Assgnr/Pty", "assigner")}

CANCELLATION = {
    "CxlId": "cancellation_id",
    **_ORIGINAL_PATHS,
    **_agent("Assgnr", "assigner"),
    "CxlRsnInf/Rsn/Cd": "reason_code",
    "CxlRsnInf/AddtlInf": "remittance",
}

STATUS_REQUEST_HEADER = {"MsgId": "message_id", **_agent("InstgAgt", "sender")}

STATUS_REQUEST = {
    "StsReqId": "request_id",
    "OrgnlGrpInf/OrgnlMsgId": "original_message_id",
    **_ORIGINAL_PATHS,
}

REQUESTED_GROUP = {"OrgnlMsgId": "original_message_id"}

REPORT_REQUEST_HEADER = {
    "MsgId": "message_id",
    **_agent("MsgSndr/Agt", "sender"),
    **_party("MsgSndr/Pty", "sender"),
}

REPORT_REQUEST = {
    "Id": "request_id",
    "ReqdMsgNmId": "requested_message",
    **_account("Acct", "account"),
    **_agent("AcctOwnr/Agt", "owner"),
    **_party("AcctOwnr/Pty", "owner"),
    "RptgPrd/FrToDt/FrDt": "from_date",
    "RptgPrd/FrToDt/ToDt": "to_date",
}

CONTROL_DATA = {"NbOfTxs": "number_of_transactions", "CtrlSum": "control_sum"}

LIQUIDITY_HEADER = {"MsgId": "message_id"}

RETURNED_GROUP = {"RtrRsnInf/Rsn/Cd": "reason_code"}

CANCELLED_GROUP = {
    "GrpCxlId": "cancellation_id",
    "OrgnlMsgId": "original_message_id",
    "GrpCxl": "group_cancellation",
    "CxlRsnInf/Rsn/Cd": "reason_code",
}
"""Relative to `Undrlyg/OrgnlGrpInfAndCxl`."""

NAME_ELEMENTS = ("Nm", "CareOf")
"""Elements with names to screen, wherever they stand."""

TEXT_ELEMENTS = (
    "InstrInf",
    "AdrLine",
    "BldgNm",
    "StrtNm",
    "AddtlInf",
    "AddtlRmtInf",
    "Ustrd",
    "Inf",
    "Prtry",
)
"""Elements with free text in which a name may stand, wherever they stand."""

PREFERENCE = (*_IDENTIFICATIONS,)
"""Kinds of identification, the one that is preferred first."""


def identification(found: Found, name: str) -> str:
    """Return the best identification of an agent or party, or an empty text."""
    for key in _keys(name):
        text = found.get(key)
        if text:
            return text
    return ""


@cache
def _keys(name: str) -> tuple[str, ...]:
    """Return the English names of an agent's or party's identifications, as in `PREFERENCE`."""
    return tuple(f"{name}_{kind}" for kind in PREFERENCE)


def one_line(name: str) -> str:
    """Return a name without line breaks and repeated spaces."""
    return " ".join(name.split())


@dataclass(frozen=True, slots=True)
class LeafWithAttribute:
    """An element of which both the text and an attribute are extracted."""

    name: str
    attribute: str
    attribute_name: str


Trie = dict[str, Union["Trie", str, LeafWithAttribute]]
"""Steps by tag, nested as the elements are; a text is the English name of what is extracted."""


def build_trie(paths: dict[str, str], namespace: str) -> Trie:
    """Turn a table of paths into nested steps, so that an element is walked once."""
    attributes = {
        path.split("@")[0]: (path.split("@")[1], name) for path, name in paths.items() if "@" in path
    }
    trie: Trie = {}
    for path, name in paths.items():
        if "@" in path:
            continue
        *outer, last = (f"{{{namespace}}}{step}" for step in path.split("/"))
        node = trie
        for step in outer:
            inner = node.setdefault(step, {})
            if not isinstance(inner, dict):
                raise TypeError(f"{path}: nothing is extracted below an element that is extracted itself")
            node = inner
        node[last] = LeafWithAttribute(name, *attributes[path]) if path in attributes else name
    return trie


def walk(element: etree._Element, trie: Trie, found: Found) -> Found:
    """Collect the texts that a trie names, in one pass down the element."""
    for child in element:
        step = trie.get(child.tag)
        if step is None:
            continue
        if type(step) is dict:
            walk(child, step, found)
        elif type(step) is str:
            text = child.text
            if text is not None:
                found[step] = f"{found[step]} {text.strip()}" if step in found else text.strip()
        elif isinstance(step, LeafWithAttribute):
            found[step.name] = (child.text or "").strip()
            found[step.attribute_name] = child.get(step.attribute, "")
    return found
