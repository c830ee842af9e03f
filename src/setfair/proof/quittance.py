"""A quittance: one JSON file that proves what became of one instruction to whoever has the house's key.

Rules, in the order in which `verify` applies them
--------------------------------------------------
1. The checkpoint holds: `setfair.proof.trust`.
2. Every record stands in the journal: its leaf and its path give the checkpoint's root.
3. All records are about the same instruction, in order, and the first has its identity: the UETR, or the
   digest of who sent it and its number (`setfair.domain.identity`).
4. The words say what the leaves say.

Not proven: what the numbers of accounts and parties mean, which the house says in `names`, and that nothing
else happened to the instruction. What is settled is final; what waits can have been settled since.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn
from uuid import UUID

from setfair.domain.identity import identity_of
from setfair.errors import NotProvenError, SetfairError
from setfair.proof.checkpoint import Checkpoint
from setfair.proof.leaf import IDENTITY_LENGTH, OPEN_LENGTH, SALT_LENGTH, Balance, Leaf
from setfair.proof.tree import HASH_LENGTH, PATH_MAX, root_of_inclusion
from setfair.proof.trust import Trust, verify_checkpoint
from setfair.proof.words import Names, describe, names_from

FORMAT = "setfair quittance v1"
QUITTANCE_BYTES_MAX = 16 << 20
"""Largest quittance that is read: an obligation that thousands of cycles reduced."""


@dataclass(frozen=True, slots=True)
class ProvenRecord:
    """One record with its place in the journal."""

    number: int
    """Number of the record, from 1; its leaf has the index before it."""
    leaf: Leaf
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Quittance:
    """What a quittance holds."""

    instruction: Mapping[str, object]
    """`uetr`, or `identified_by`: the words that its identity is made of; and for people what it is."""
    names: Names
    records: tuple[ProvenRecord, ...]
    checkpoint: str
    """The signed note."""

    def to_json(self) -> bytes:
        """Write it; the same quittance gives the same bytes."""
        names = {"noun": self.names.noun, "debtor": self.names.debtor, "creditor": self.names.creditor}
        document = {
            "format": FORMAT,
            "instruction": dict(self.instruction),
            "names": names,
            "records": [_record_to_json(record, self.names) for record in self.records],
            "checkpoint": self.checkpoint,
        }
        return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _record_to_json(record: ProvenRecord, names: Names) -> dict[str, object]:
    leaf = record.leaf
    return {
        "number": record.number,
        "words": describe(record.number, leaf, names),
        "salt": leaf.salt.hex(),
        "open_fields": leaf.open_fields.hex(),
        "identity": leaf.identity.hex(),
        "debtor_after": _balance_to_json(leaf.debtor_after),
        "creditor_after": _balance_to_json(leaf.creditor_after),
        "path": [step.hex() for step in record.path],
    }


def _balance_to_json(balance: Balance) -> dict[str, object]:
    if balance.salt is None:
        return {"hash": balance.hash.hex()}
    return {"salt": balance.salt.hex(), "minor": balance.value}


def read_quittance(raw: bytes) -> tuple[Quittance, tuple[str, ...]]:
    """Read a quittance and the words of its records; whether it proves anything is another question.

    Raises
    ------
    SetfairError
        If it is none.
    """
    try:
        document = json.loads(raw)
    except (ValueError, RecursionError):
        _no_quittance("it is not JSON")
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        _no_quittance(f'"format" is not "{FORMAT}"')
    try:
        names = names_from(document["names"])
        rows = document["records"]
        records = tuple(_record_from_json(row) for row in rows)
        words = tuple(str(row["words"]) for row in rows)
        instruction = dict(document["instruction"])
        return Quittance(instruction, names, records, str(document["checkpoint"])), words
    except (KeyError, TypeError, ValueError) as error:
        _no_quittance(f"a part is missing or malformed: {error}")


def _no_quittance(why: str) -> NoReturn:
    raise SetfairError(f"the file is no quittance: {why}")


def _record_from_json(row: Mapping[str, Any]) -> ProvenRecord:
    path = tuple(_hex(step, HASH_LENGTH) for step in row["path"])
    if len(path) > PATH_MAX or not isinstance(row["number"], int):
        raise ValueError("a path of more hashes than any tree has, or a number that is none")
    leaf = Leaf(
        _hex(row["salt"], SALT_LENGTH),
        _hex(row["open_fields"], OPEN_LENGTH),
        _hex(row["identity"], IDENTITY_LENGTH),
        _balance_from_json(row["debtor_after"]),
        _balance_from_json(row["creditor_after"]),
    )
    return ProvenRecord(row["number"], leaf, path)


def _balance_from_json(given: Mapping[str, Any]) -> Balance:
    if "hash" in given:
        return Balance.hidden(_hex(given["hash"], HASH_LENGTH))
    value = given["minor"]
    if not isinstance(value, int) or not -(2**63) <= value < 2**63:
        raise ValueError("a balance is no integer of 64 bits")
    return Balance.shown(_hex(given["salt"], SALT_LENGTH), value)


def _hex(text: object, length: int) -> bytes:
    raw = bytes.fromhex(text) if isinstance(text, str) else b""
    if len(raw) != length:
        raise ValueError(f"{str(text)[:80]!r} is not {length} bytes in hexadecimal")
    return raw


def verify(quittance: Quittance, words: Sequence[str], trust: Trust) -> Iterator[str]:
    """Check a quittance; yield what holds, a sentence each.

    Raises
    ------
    NotProvenError
        At the first rule that does not hold.
    """
    checkpoint = yield from verify_checkpoint(quittance.checkpoint, trust)
    if not quittance.records:
        raise NotProvenError("the quittance has no record")
    for record in quittance.records:
        _check_inclusion(record, checkpoint)
    _check_instruction(quittance)
    for record, said in zip(quittance.records, words, strict=True):
        meant = _words_of(record, quittance.names)
        if said != meant:
            raise NotProvenError(
                f"the words of record {record.number} are not what it says, which is: {meant}"
            )
        yield f"it stands in that journal: {said}"
    yield f"these records are about {_identified(quittance.instruction)}"


def _check_inclusion(record: ProvenRecord, checkpoint: Checkpoint) -> None:
    try:
        root = root_of_inclusion(record.number - 1, checkpoint.size, record.leaf.hash, record.path)
    except ValueError as error:
        raise NotProvenError(
            f"record {record.number} is not proven under a checkpoint of {checkpoint.size} records: {error}"
        ) from None
    if root != checkpoint.root:
        raise NotProvenError(
            f"record {record.number} does not stand in the journal of the checkpoint: record and path give "
            "another root; one of them was altered, or is another journal's"
        )


def _check_instruction(quittance: Quittance) -> None:
    """Check rule 3."""
    first = quittance.records[0]
    numbers = [record.number for record in quittance.records]
    if numbers != sorted(set(numbers)):
        raise NotProvenError("the records are not in order")
    for record in quittance.records:
        if record.leaf.record.subject != first.leaf.record.subject:
            raise NotProvenError(
                f"record {record.number} is about another instruction than record {first.number}"
            )
    if first.leaf.identity != identity_from(quittance.instruction):
        raise NotProvenError(
            f"record {first.number} is not of {_identified(quittance.instruction)}: it has another identity"
        )


def identity_from(instruction: Mapping[str, object]) -> bytes:
    """Return the identity that `uetr` or `identified_by` makes; NotProvenError where neither does."""
    try:
        if "uetr" in instruction:
            return UUID(str(instruction["uetr"])).bytes
        parts = instruction["identified_by"]
        if not isinstance(parts, list) or not parts:
            raise ValueError
        high, low = identity_of(*map(str, parts))
    except (KeyError, ValueError):
        raise NotProvenError("the quittance does not say which instruction it is about") from None
    return high.to_bytes(8, "big") + low.to_bytes(8, "big")


def _identified(instruction: Mapping[str, object]) -> str:
    if "uetr" in instruction:
        return f"the payment with the UETR {instruction['uetr']}"
    parts = instruction["identified_by"]
    return " ".join(map(str, parts)) if isinstance(parts, list) else "an instruction"


def _words_of(record: ProvenRecord, names: Names) -> str:
    try:
        return describe(record.number, record.leaf, names)
    except ValueError as error:
        raise NotProvenError(
            f"record {record.number} has a code that this version does not know: {error}"
        ) from None
