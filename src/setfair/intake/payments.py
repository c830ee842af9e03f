"""Payment batches: agents become accounts, identifications become identities.

Rules
-----
1. The account debited is that of the instructing agent, or of the debtor agent where the instructing agent
   is no participant; the account credited that of the instructed agent, or of the creditor agent. A
   liquidity transfer goes between the accounts of its debtor agent and creditor agent.
2. The identity is the UETR; without one, the sender and the instruction identification. Cancellations and
   returns are identified apart from payments. What has no identification at all is rejected, under an
   identity made of its content, so that the same file twice has the same outcomes.
3. Defects, the first that applies: the reader's, unknown currency, currency not in the agreement,
   unknown agents, no account in the currency, no identification at all.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from setfair.domain.codes import InstructionKind, Reason
from setfair.domain.identity import identity_of
from setfair.engine.layout import INSTRUCTION, Array
from setfair.intake.digest import identities_of_uetrs, mix_text, mix_words
from setfair.intake.directory import Directory, currency_number
from setfair.intake.legs import legs_of, mix_legs, take_legs
from setfair.intake.times import mix_times, take_times, timed_rows
from setfair.intake.value_dates import check_value_dates

_CONTENT_TEXTS = (
    "instruction_id",
    "end_to_end_id",
    "instructing_agent",
    "instructed_agent",
    "debtor_agent",
    "creditor_agent",
    "currency",
    "debtor_name",
    "creditor_name",
    "other_names",
    "party_facts",
    "remittance",
    "other_texts",
    "original_instruction_id",
    "reason_code",
)
"""What is compared when an identity is seen again; how and in which message it came is not."""

_KEPT_TEXTS = (
    "instruction_id",
    "end_to_end_id",
    "transaction_id",
    "message_id",
    "message_name",
    "instructing_agent",
    "instructed_agent",
    "debtor_agent",
    "creditor_agent",
    "debtor_name",
    "creditor_name",
    "other_names",
    "party_facts",
    "remittance",
    "other_texts",
    "original_instruction_id",
    "reason_code",
    "defect_text",
)
"""What the page keeps."""

Places = NDArray[np.int32]


class Taken(NamedTuple):
    """A batch as the engine takes it, with what the page keeps beside it."""

    instructions: Array
    """INSTRUCTION; screening is still to be filled in."""
    texts: dict[str, pa.Array]
    """Text columns, one text an instruction."""
    leg_terms: Array | None = None
    """LEG_TERMS, where there are legs of links."""
    times: Array | None = None
    """TIMES, where payments say when they may settle."""


def take_payments(rows: pa.RecordBatch, directory: Directory) -> Taken:
    """Turn a batch of the payment schema into instructions."""
    instructions = np.zeros(rows.num_rows, INSTRUCTION)
    for name in ("kind", "priority", "defect"):
        instructions[name] = _numbers(rows, name)
    instructions["amount"] = _numbers(rows, "amount_minor")
    instructions["person"] = -1
    dates = rows["value_date"]
    instructions["value_date"] = np.asarray(dates.cast(pa.int32()).fill_null(0))
    numbers = map_texts(rows["currency"], currency_number)
    instructions["currency"] = numbers
    debtor, creditor = _participants(rows, instructions["kind"], directory)
    _set_accounts(instructions, debtor, creditor, directory)
    legs, timed = legs_of(rows), timed_rows(rows)
    _set_content(instructions, rows, legs, timed)
    _set_identities(instructions, rows, debtor, creditor, directory)
    check_value_dates(instructions, rows, directory.agreement)
    texts = {name: rows[name] for name in _KEPT_TEXTS}
    for name in ("uetr", "original_uetr"):
        given = np.where(np.asarray(rows[name].is_valid()), "1", "")
        texts[f"has_{name}"] = pa.array(given, pa.string())
    times = take_times(instructions, rows, timed) if len(timed) else None
    if not len(legs):
        return Taken(instructions, texts, times=times)
    texts["link"] = rows["link"]
    terms = take_legs(instructions, rows, legs, (debtor, creditor), directory)
    return Taken(instructions, texts, terms, times)


def _numbers(rows: pa.RecordBatch, name: str) -> NDArray[np.generic]:
    return rows[name].to_numpy()


def map_texts(texts: pa.Array, look_up: object) -> NDArray[np.int64]:
    """Look each distinct text up once."""
    if len(texts) == 1:
        return np.array([look_up(texts[0].as_py())], np.int64)  # type: ignore[operator]
    encoded = texts.dictionary_encode()
    found = np.array([look_up(text) for text in encoded.dictionary.to_pylist()], np.int64)  # type: ignore[operator]
    return found[encoded.indices.to_numpy()]


def _participants(
    rows: pa.RecordBatch, kinds: NDArray[np.uint8], directory: Directory
) -> tuple[Places, Places]:
    """Rule 1: who pays and who is paid, as participant numbers or -1."""
    found = {
        name: map_texts(rows[name], directory.find_participant).astype(np.int32)
        for name in ("instructing_agent", "instructed_agent", "debtor_agent", "creditor_agent")
    }
    transfer = kinds == InstructionKind.LIQUIDITY_TRANSFER
    debtor = np.where(
        transfer | (found["instructing_agent"] < 0), found["debtor_agent"], found["instructing_agent"]
    )
    creditor = np.where(
        transfer | (found["instructed_agent"] < 0), found["creditor_agent"], found["instructed_agent"]
    )
    cancels = kinds == InstructionKind.CANCELLATION
    return np.where(cancels, found["instructing_agent"], debtor), np.where(cancels, -1, creditor)


def _set_accounts(instructions: Array, debtor: Places, creditor: Places, directory: Directory) -> None:
    """Fill in accounts and rule 3's defects; a cancellation has its sender's number as debtor."""
    cancels = instructions["kind"] == InstructionKind.CANCELLATION
    currencies = instructions["currency"]
    agreed = np.array([directory.has_currency(number) for number in np.unique(currencies)])
    in_agreement = agreed[np.searchsorted(np.unique(currencies), currencies)]
    instructions["debtor"] = directory.accounts_of(debtor, currencies)
    instructions["creditor"] = directory.accounts_of(creditor, currencies)
    for wrong, reason in (
        (currencies == 0, Reason.UNKNOWN_CURRENCY),
        (~in_agreement, Reason.CURRENCY_NOT_IN_AGREEMENT),
        (debtor < 0, Reason.UNKNOWN_DEBTOR_AGENT),
        (creditor < 0, Reason.UNKNOWN_CREDITOR_AGENT),
        (instructions["debtor"] < 0, Reason.NO_ACCOUNT_IN_CURRENCY),
        (instructions["creditor"] < 0, Reason.NO_ACCOUNT_IN_CURRENCY),
    ):
        instructions["defect"][(instructions["defect"] == 0) & wrong & ~cancels] = reason
    instructions["debtor"][cancels] = [
        directory.direct_participant(int(number)) for number in debtor[cancels]
    ]
    instructions["creditor"][cancels] = -1


def _set_identities(
    instructions: Array, rows: pa.RecordBatch, debtor: Places, creditor: Places, directory: Directory
) -> None:
    """Rule 2, for the instruction itself and for the one that it is about."""
    high, low = identities_of_uetrs(rows["uetr"])
    instructions["identity_high"], instructions["identity_low"] = high, low
    high, low = identities_of_uetrs(rows["original_uetr"])
    instructions["original_high"], instructions["original_low"] = high, low
    numbered = np.flatnonzero((instructions["identity_high"] == 0) & (instructions["identity_low"] == 0))
    for row in numbered.tolist():
        _identify_by_number(instructions, rows, row, _name(directory, debtor[row]))
    original = rows["original_instruction_id"]
    named = (instructions["original_high"] == 0) & (instructions["original_low"] == 0)
    given = np.asarray(pa.compute.not_equal(original, ""))
    for row in np.flatnonzero(named & given).tolist():
        cancels = instructions["kind"][row] == InstructionKind.CANCELLATION
        sender = _name(directory, debtor[row] if cancels else creditor[row])
        identity = identity_of("payment", sender, original[row].as_py())
        instructions["original_high"][row], instructions["original_low"][row] = identity


def _identify_by_number(instructions: Array, rows: pa.RecordBatch, row: int, sender: str) -> None:
    number = rows["instruction_id"][row].as_py()
    if not number:
        set_unidentified(instructions, row)
        return
    kind = instructions["kind"][row]
    word = {InstructionKind.CANCELLATION: "cancellation", InstructionKind.PAYMENT_RETURN: "return"}.get(
        kind, "payment"
    )
    if not sender:
        sender = "?" + rows["instructing_agent"][row].as_py() + "?" + rows["debtor_agent"][row].as_py()
    instructions["identity_high"][row], instructions["identity_low"][row] = identity_of(word, sender, number)


def set_unidentified(instructions: Array, row: int) -> None:
    """Reject a row without identification, under an identity made of its content."""
    if instructions["defect"][row] == 0:
        instructions["defect"][row] = Reason.IDENTIFIER_MISSING
    content = int(instructions["content"][row])
    identity = identity_of("unidentified", str(content))
    instructions["identity_high"][row], instructions["identity_low"][row] = identity


def _name(directory: Directory, participant: int) -> str:
    return directory.participants[participant] if participant >= 0 else ""


def _set_content(
    instructions: Array, rows: pa.RecordBatch, legs: NDArray[np.int64], timed: NDArray[np.int64]
) -> None:
    digests = np.zeros(len(instructions), np.uint64)
    for name in ("kind", "priority", "amount", "value_date"):
        mix_words(digests, instructions[name].astype(np.uint64))
    for name in ("uetr", "original_uetr"):
        for half in identities_of_uetrs(rows[name]):
            mix_words(digests, half)
    for name in _CONTENT_TEXTS:
        mix_text(digests, rows[name])
    if len(legs):
        mix_legs(digests, rows, legs)
    if len(timed):
        mix_times(digests, rows, timed)
    instructions["content"] = digests
