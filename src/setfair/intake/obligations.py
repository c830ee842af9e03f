"""Obligation batches, confirmations and party registrations: party ids become places.

Rules
-----
1. A party is registered when it is first named, with its name: there is no anonymous party
   (NAME_MISSING). Its id is what the file says, without surrounding spaces.
2. The identity of an obligation is the creditor and its number, invoices and credit notes apart.
3. The identity of a confirmation has its debtor too, so that nobody else's can stand in its way.
4. The identity of a registration is the party's id; a party registered again with other data is a defect
   (PARTY_CHANGED).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa

from setfair.domain.codes import InstructionKind, Reason
from setfair.domain.identity import identity_of
from setfair.engine.identity import find_known
from setfair.engine.layout import INSTRUCTION, Array, IdentityMemory, Row
from setfair.intake.digest import mix_text, mix_words
from setfair.intake.directory import Directory, PartyData, currency_number
from setfair.intake.payments import Taken, map_texts, set_unidentified

_OBLIGATION_TEXTS = (
    "obligation_id",
    "original_obligation_id",
    "debtor",
    "creditor",
    "debtor_name",
    "creditor_name",
    "debtor_country",
    "creditor_country",
    "other_names",
    "notes",
    "message_name",
    "defect_text",
)
_CONTENT_TEXTS = (
    "obligation_id",
    "original_obligation_id",
    "debtor",
    "creditor",
    "currency",
    "debtor_name",
    "creditor_name",
)


_PARTY_TEXTS = ("party_id", "name", "country", "participant")

PartyRows = list[list[object]]
"""New or amended parties as a page keeps them: (number, id, name, country, participant)."""


def take_obligations(rows: pa.RecordBatch, directory: Directory) -> tuple[Taken, PartyRows]:
    """Turn a batch of the obligation schema into instructions, naming new parties on the way."""
    instructions = np.zeros(rows.num_rows, INSTRUCTION)
    for name in ("kind", "defect"):
        instructions[name] = rows[name].to_numpy()
    instructions["amount"] = rows["amount_minor"].to_numpy()
    instructions["person"] = -1
    instructions["value_date"] = np.asarray(rows["due_date"].cast(pa.int32()).fill_null(0))
    instructions["currency"] = map_texts(rows["currency"], currency_number)
    _set_currency_defects(instructions, directory)
    parties: PartyRows = []
    _set_parties(instructions, rows, directory, parties)
    _set_content(instructions, rows, _CONTENT_TEXTS)
    _set_identities(instructions, rows)
    return Taken(instructions, {name: rows[name] for name in _OBLIGATION_TEXTS}), parties


def registered_names(rows: pa.RecordBatch, directory: Directory) -> tuple[pa.Array, pa.Array]:
    """Return the names under which the debtors and creditors of a batch are, or will be, registered.

    A party whose name was given once is known by its id from then on, whatever a later row calls it.
    """
    first: dict[str, str] = {}
    for side in ("debtor", "creditor"):
        for party_id, name in zip(rows[side].to_pylist(), rows[f"{side}_name"].to_pylist(), strict=True):
            if name.strip():
                first.setdefault(party_id.strip(), name)
    known, data = directory.parties, directory.party_data

    def name_of(party_id: str) -> str:
        key = party_id.strip()
        return data[known[key]].name if key in known else first.get(key, "")

    debtors, creditors = (_mapped(rows[side], name_of) for side in ("debtor", "creditor"))
    return debtors, creditors


def _mapped(texts: pa.Array, look_up: Callable[[str], str]) -> pa.Array:
    """Return a text for each row, looked up once for each distinct value."""
    encoded = texts.dictionary_encode()
    names = pa.array([look_up(text) for text in encoded.dictionary.to_pylist()], pa.string())
    return names.take(encoded.indices)


def _set_content(instructions: Array, rows: pa.RecordBatch, names: Sequence[str]) -> None:
    digests = np.zeros(len(instructions), np.uint64)
    for name in ("kind", "amount", "value_date"):
        mix_words(digests, instructions[name].astype(np.uint64))
    for name in names:
        mix_text(digests, rows[name])
    instructions["content"] = digests


def _set_currency_defects(instructions: Array, directory: Directory) -> None:
    for number in np.unique(instructions["currency"]).tolist():
        if directory.has_currency(number):
            continue
        reason = Reason.CURRENCY_NOT_IN_AGREEMENT if number else Reason.UNKNOWN_CURRENCY
        wrong = (instructions["currency"] == number) & (instructions["defect"] == 0)
        instructions["defect"][wrong] = reason


def _set_parties(instructions: Array, rows: pa.RecordBatch, directory: Directory, taken: PartyRows) -> None:
    for side in ("debtor", "creditor"):
        ids, names = rows[side].to_pylist(), rows[f"{side}_name"].to_pylist()
        countries = rows[f"{side}_country"].to_pylist()
        places = np.full(len(ids), -1, np.int32)
        for row, (party_id, name, country) in enumerate(zip(ids, names, countries, strict=True)):
            key = party_id.strip()
            if not key:
                _defect(instructions, row, Reason.IDENTIFIER_MISSING)
            elif key in directory.parties:
                places[row] = directory.parties[key]
            elif not name.strip():
                _defect(instructions, row, Reason.NAME_MISSING)
            elif instructions["defect"][row] == 0:
                data = PartyData(key, name.strip(), country, "")
                places[row] = directory.add_party(data)
                taken.append([int(places[row]), *data])
        instructions[side] = places


def _defect(instructions: Array, row: int, reason: Reason) -> None:
    if instructions["defect"][row] == 0:
        instructions["defect"][row] = reason


def _set_identities(instructions: Array, rows: pa.RecordBatch) -> None:
    creditors, numbers = rows["creditor"].to_pylist(), rows["obligation_id"].to_pylist()
    originals = rows["original_obligation_id"].to_pylist()
    for row, (creditor, number, original) in enumerate(zip(creditors, numbers, originals, strict=True)):
        is_note = instructions["kind"][row] == InstructionKind.CREDIT_NOTE
        if not number:
            set_unidentified(instructions, row)
            continue
        word = "credit note" if is_note else "obligation"
        identity = identity_of(word, creditor.strip(), number)
        instructions["identity_high"][row], instructions["identity_low"][row] = identity
        if is_note and original:
            identity = identity_of("obligation", creditor.strip(), original)
            instructions["original_high"][row], instructions["original_low"][row] = identity


def take_confirmations(rows: pa.RecordBatch, directory: Directory) -> Taken:
    """Turn a batch of the confirmation schema into instructions."""
    instructions = np.zeros(rows.num_rows, INSTRUCTION)
    instructions["kind"] = InstructionKind.CONFIRMATION
    instructions["defect"] = rows["defect"].to_numpy()
    instructions["creditor"], instructions["person"] = -1, -1
    columns = (rows[name].to_pylist() for name in ("debtor", "creditor", "obligation_id"))
    for row, (debtor, creditor, number) in enumerate(zip(*columns, strict=True)):
        instructions["debtor"][row] = directory.parties.get(debtor.strip(), -1)
        identity = identity_of("confirmation", debtor.strip(), creditor.strip(), number)
        instructions["identity_high"][row], instructions["identity_low"][row] = identity
        identity = identity_of("obligation", creditor.strip(), number)
        instructions["original_high"][row], instructions["original_low"][row] = identity
    names = ("debtor", "creditor", "obligation_id", "defect_text")
    return Taken(instructions, {name: rows[name] for name in names})


def take_parties(
    rows: pa.RecordBatch, directory: Directory, memory: IdentityMemory
) -> tuple[Taken, PartyRows]:
    """Turn a batch of the party schema into instructions, and name the parties that are new or amended.

    A party that was registered before, in `memory` or in this batch, with other content, is as it was: the
    engine rejects that registration as DUPLICATE.
    """
    instructions = np.zeros(rows.num_rows, INSTRUCTION)
    instructions["kind"] = InstructionKind.PARTY_REGISTRATION
    instructions["defect"] = rows["defect"].to_numpy()
    instructions["debtor"], instructions["creditor"], instructions["person"] = -1, -1, -1
    _set_content(instructions, rows, _PARTY_TEXTS)
    taken: PartyRows = []
    registered: dict[tuple[int, int], int] = {}
    for row, data in enumerate(_party_rows(rows)):
        if data.party_id:
            identity = identity_of("party", data.party_id)
            instructions["identity_high"][row], instructions["identity_low"][row] = identity
        else:
            set_unidentified(instructions, row)
        is_duplicate = _is_duplicate(instructions[row], memory, registered)
        if instructions["defect"][row] == 0 and not is_duplicate:
            _register(instructions, row, data, directory, taken)
    return Taken(instructions, {name: rows[name] for name in (*_PARTY_TEXTS, "defect_text")}), taken


def _is_duplicate(row: Row, memory: IdentityMemory, registered: dict[tuple[int, int], int]) -> bool:
    """Tell whether a registration's identity was used with other content; `registered`: in this batch."""
    identity, content = (int(row["identity_high"]), int(row["identity_low"])), int(row["content"])
    known = int(find_known(memory, row["identity_high"], row["identity_low"]))
    first = int(memory.rows["content"][known]) if known >= 0 else registered.setdefault(identity, content)
    return any(identity) and first != content


def _party_rows(rows: pa.RecordBatch) -> list[PartyData]:
    columns = (rows[name].to_pylist() for name in ("party_id", "name", "country", "participant"))
    return [PartyData(*(text.strip() for text in row)) for row in zip(*columns, strict=True)]


def _register(instructions: Array, row: int, data: PartyData, directory: Directory, taken: PartyRows) -> None:
    """Register one party, unless its data contradict what is known."""
    if data.participant:
        number = directory.find_participant(data.participant)
        if number < 0:
            instructions["defect"][row] = Reason.AGENT_UNSUITABLE
            return
        data = data._replace(participant=directory.participants[number])
    known = directory.parties.get(data.party_id)
    before = directory.party_data[known] if known is not None else None
    if before is not None and _conflicts(before, data):
        instructions["defect"][row] = Reason.PARTY_CHANGED
        return
    number = instructions["debtor"][row] = directory.add_party(data)
    if directory.party_data[number] != before:
        taken.append([number, *directory.party_data[number]])


def _conflicts(before: PartyData, after: PartyData) -> bool:
    pairs = zip(before, after, strict=True)
    return any(old and new and old != new for old, new in pairs)
