"""Quittances: what they prove, what they keep to themselves, and every way in which they can lie."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from setfair.errors import HouseError, NotProvenError, SetfairError
from setfair.proof.checkpoint import checkpoint_of, cosigner_name, origin_of
from setfair.proof.note import COSIGNATURE, ED25519, Note, cosign, key_of, read_note
from setfair.proof.quittance import read_quittance, verify
from setfair.proof.trust import Trust
from setfair.prove.quittance import make_quittance
from setfair.tables import Tables, open_tables
from tests.agreements import key_of as private_key_of
from tests.houses import funding, payments
from tests.proofs import OTHER, QUEUED, RELEASED, SETTLED, give_key, play, proof_house

ORIGIN = origin_of("HOUSE")
HOUSE = key_of(ORIGIN, ED25519, private_key_of("HOUSE"))
TRUST = Trust(HOUSE)
Document = dict[str, Any]


def quittance_of(tables: Tables, reference: str, asking: str | None = None) -> bytes:
    """Return a quittance as its file has it."""
    return make_quittance(tables.query, reference, asking).to_json()


def check(raw: bytes, trust: Trust = TRUST) -> list[str]:
    """Verify a quittance and return what holds."""
    return list(verify(*read_quittance(raw), trust))


def changed(raw: bytes, change: Callable[[Document], None]) -> bytes:
    """Return a quittance with something changed."""
    document = json.loads(raw)
    change(document)
    return json.dumps(document).encode()


def test_a_settled_payment(tables: Tables) -> None:
    """It is proven in words: who signed, what happened, to whom."""
    signed, happened, about = check(quittance_of(tables, SETTLED))
    assert re.fullmatch(
        r"setfair/HOUSE signed that its journal has \d+ records and one root over them", signed
    )
    assert "was settled, final and irrevocable at entry, KES 123.45, from account 1 (KE01)" in happened
    assert "to account 2 (UG01)" in happened
    assert about == f"these records are about the payment with the UETR {SETTLED}"


def test_a_payment_that_waited(tables: Tables) -> None:
    """Its record in the queue ties its number to the UETR; the later one says that it settled."""
    _, first, second, about = check(quittance_of(tables, RELEASED))
    assert "accepted, waits in the queue" in first
    assert "was settled, final and irrevocable from the queue, KES 3000.00" in second
    assert "because of instruction" in second
    assert RELEASED in about


def test_an_obligation(tables: Tables) -> None:
    """Entered and set off, with what remains."""
    _, opened, cleared, about = check(quittance_of(tables, "I-1"))
    assert "entered, to be paid, KES 8.99, from party 0 (A) to party 1 (B), KES 8.99 remains" in opened
    assert (
        "set off around closed loops, KES 8.97, from party 0 (A) to party 1 (B), KES 0.02 remains" in cleared
    )
    assert about == "these records are about obligation B I-1"


def test_by_number(tables: Tables) -> None:
    """A number means the same as the UETR, or the creditor's id."""
    for reference in (SETTLED, "I-2"):
        raw = quittance_of(tables, reference)
        number = json.loads(raw)["instruction"]["number"]
        assert quittance_of(tables, str(number)) == raw


@pytest.mark.parametrize("asking", ["KE01", "UG01"])
def test_who_asks_sees_its_own_balance(tables: Tables, asking: str) -> None:
    """Each side sees what it had after the payment; without a name nobody's balance is shown."""
    raw = quittance_of(tables, SETTLED, asking)
    happened = check(raw)[1]
    assert re.findall(r"after which (\w+) had", happened) == [asking]
    (row,) = json.loads(raw)["records"]
    sides = ("debtor_after", "creditor_after") if asking == "KE01" else ("creditor_after", "debtor_after")
    assert set(row[sides[0]]) == {"salt", "minor"}
    assert set(row[sides[1]]) == {"hash"}
    assert "after which" not in check(quittance_of(tables, SETTLED))[1]


def test_others_ask_in_vain(tables: Tables) -> None:
    """A participant or party that has nothing to do with it is answered as if it were not there."""
    with pytest.raises(HouseError, match="of TN01"):
        quittance_of(tables, SETTLED, "TN01")
    with pytest.raises(HouseError, match="no obligation I-1 of C"):
        quittance_of(tables, "I-1", "C")
    with pytest.raises(HouseError, match="no payment with the UETR"):
        quittance_of(tables, "00000000-0000-0000-0000-00000000ffff")


def test_nothing_of_others_payments_is_in_it(tmp_path: Path) -> None:
    """Another's payment with another amount and name: only hashes and signatures of the quittances differ."""
    changes = ({}, {"other_minor": 4_321, "other_name": "Somebody Else Entirely"})
    found: list[list[Document]] = []
    for number, change in enumerate(changes):
        house = proof_house(tmp_path / str(number), **change)  # type: ignore[arg-type]
        with open_tables(house) as tables:
            raws = [quittance_of(tables, each) for each in (SETTLED, QUEUED, RELEASED, "I-1")]
        for raw in raws:
            check(raw)
        found.append([json.loads(raw) for raw in raws])
    for first, second in zip(*found, strict=True):
        assert first != second
        assert without_hashes(first) == without_hashes(second)


def without_hashes(document: Document) -> Document:
    """Return a quittance without what is a hash of something, or a signature over hashes."""
    for row in document["records"]:
        row["path"] = len(row["path"])
        for name in ("debtor_after", "creditor_after"):
            row[name].pop("hash", None)
    lines = document["checkpoint"].splitlines()
    return document | {"checkpoint": lines[:2]}


def test_the_other_payment_does_differ(tmp_path: Path, tables: Tables) -> None:
    """What the test above changes is there: the quittance of that payment itself is another."""
    house = proof_house(tmp_path, other_minor=4_321)
    with open_tables(house) as changed_tables:
        assert "KES 43.21" in check(quittance_of(changed_tables, OTHER))[1]
    assert "KES 7.77" in check(quittance_of(tables, OTHER))[1]


# What is refused, and why.


def test_a_quittance_of_another_house(tmp_path: Path, tables: Tables) -> None:
    """The same day in a house with another key: its quittance is refused under this house's."""
    house = proof_house(tmp_path)
    give_key(house, private_key_of("THIEF"))
    play(house, lambda opened: opened.clearing_house.submit(payments(funding(9, "KE01", 1))) and None)
    with open_tables(house) as others, pytest.raises(NotProvenError, match="not signed with the key"):
        check(quittance_of(others, SETTLED))
    elsewhere = Trust(key_of(origin_of("ELSE"), ED25519, private_key_of("HOUSE")))
    with pytest.raises(NotProvenError, match=r"of setfair/HOUSE, not of setfair/ELSE"):
        check(quittance_of(tables, SETTLED), elsewhere)


def test_another_record(tables: Tables) -> None:
    """The record of another payment under this one's UETR, with its own valid path."""
    mine, other = json.loads(quittance_of(tables, SETTLED)), json.loads(quittance_of(tables, OTHER))
    with pytest.raises(NotProvenError, match=rf"is not of the payment with the UETR {SETTLED}"):
        check(json.dumps(mine | {"records": other["records"], "names": other["names"]}).encode())
    both = mine["records"] + other["records"]
    both.sort(key=lambda row: row["number"])
    with pytest.raises(NotProvenError, match="is about another instruction than record"):
        check(json.dumps(mine | {"records": both}).encode())


@pytest.mark.parametrize(
    "field", ["salt", "open_fields", "identity", "debtor_after", "creditor_after", "path"]
)
def test_an_altered_byte(tables: Tables, field: str) -> None:
    """Another byte in any part of the leaf or the path gives another root."""
    raw = quittance_of(tables, SETTLED)
    for place in (0, 1, -1):

        def flip(document: Document, place: int = place) -> None:
            row = document["records"][0]
            if field == "path":
                row["path"][place] = flipped(row["path"][place], 0)
            elif isinstance(row[field], dict):
                row[field]["hash"] = flipped(row[field]["hash"], place)
            else:
                row[field] = flipped(row[field], place)

        with pytest.raises(NotProvenError, match="does not stand in the journal of the checkpoint"):
            check(changed(raw, flip))


def flipped(text: str, place: int) -> str:
    """Return hexadecimal text with one bit of a byte changed."""
    raw = bytearray.fromhex(text)
    raw[place] ^= 1
    return raw.hex()


def test_a_shown_balance_is_the_recorded_one(tables: Tables) -> None:
    """Another balance than the record's is refused."""
    raw = quittance_of(tables, SETTLED, "KE01")

    def richer(document: Document) -> None:
        document["records"][0]["debtor_after"]["minor"] += 1

    with pytest.raises(NotProvenError, match="does not stand in the journal"):
        check(changed(raw, richer))


def test_a_shortened_path(tables: Tables) -> None:
    """A path with a hash less, or one more, leads to no root."""
    raw = quittance_of(tables, SETTLED)
    with pytest.raises(NotProvenError, match="the path is too short"):
        check(changed(raw, lambda document: document["records"][0]["path"].pop()))
    with pytest.raises(NotProvenError, match="the path is too long"):
        check(changed(raw, lambda document: document["records"][0]["path"].append("00" * 32)))


def test_a_replayed_old_checkpoint(tables: Tables) -> None:
    """An earlier checkpoint does not cover the record; one that does is refused by who knows a later one."""
    notes = [row["note"] for row in tables.query("SELECT note FROM signed_checkpoint ORDER BY page_number")]
    raw = quittance_of(tables, RELEASED)

    def put(note: str) -> bytes:
        return changed(raw, lambda document: document.update(checkpoint=note))

    newest = checkpoint_of(read_note(notes[-1]))
    by_house = [note for note in notes if _is_signed(note)]
    early = by_house[0]
    with pytest.raises(
        NotProvenError, match=r"is not proven under a checkpoint of \d+ records: there is no leaf"
    ):
        check(put(early))
    with pytest.raises(NotProvenError, match=r"does not stand in the journal|path is too"):
        check(put(by_house[-2]))
    with pytest.raises(NotProvenError, match=r"is an old one: it has \d+ records, you know one of"):
        check(put(by_house[-2]), Trust(HOUSE, known=newest))


def _is_signed(note: str) -> bool:
    return any(line.key_id == HOUSE.id for line in read_note(note).lines)


def test_two_journals_of_one_size(tables: Tables) -> None:
    """A checkpoint of the same size and another root proves that the house shows two journals."""
    raw = quittance_of(tables, SETTLED)
    state = checkpoint_of(read_note(json.loads(raw)["checkpoint"]))
    other = type(state)(state.origin, state.size, bytes(32))
    with pytest.raises(NotProvenError, match=r"two journals of \d+ records"):
        check(raw, Trust(HOUSE, known=other))
    elsewhere = type(state)("setfair/ELSE", 1, bytes(32))
    with pytest.raises(NotProvenError, match="you know is of setfair/ELSE"):
        check(raw, Trust(HOUSE, known=elsewhere))


def test_cosigners(tables: Tables) -> None:
    """Who must have cosigned has, at its time; nobody, another key and another name are refused."""
    name = cosigner_name(ORIGIN, "KE01")
    mine = key_of(name, COSIGNATURE, private_key_of("KE01"))
    raw = quittance_of(tables, SETTLED)
    with pytest.raises(NotProvenError, match="setfair/HOUSE/KE01 did not cosign"):
        check(raw, Trust(HOUSE, (mine,)))

    def cosigned(by: str) -> bytes:
        note = read_note(json.loads(raw)["checkpoint"])
        line = cosign(note.text, name, private_key_of(by), 1_767_596_400)
        text = Note(note.text, (*note.lines, line)).to_text()
        return changed(raw, lambda document: document.update(checkpoint=text))

    assert check(cosigned("KE01"), Trust(HOUSE, (mine,)))[1] == (
        "setfair/HOUSE/KE01 cosigned the same journal at 2026-01-05T07:00:00.000000Z"
    )
    with pytest.raises(
        NotProvenError, match="KE01 did not cosign this checkpoint with the key that you gave"
    ):
        check(cosigned("UG01"), Trust(HOUSE, (mine,)))


def test_words_that_say_something_else(tables: Tables) -> None:
    """The words are made again of the leaf: any others are refused, and the true ones told."""
    raw = quittance_of(tables, SETTLED)

    def lie(document: Document) -> None:
        row = document["records"][0]
        row["words"] = row["words"].replace("123.45", "923.45")

    with pytest.raises(NotProvenError, match=r"are not what it says, which is: .*KES 123\.45"):
        check(changed(raw, lie))


@pytest.mark.parametrize(
    "instruction", [{}, {"uetr": "x"}, {"identified_by": []}, {"identified_by": "payment"}]
)
def test_an_instruction_that_is_not_named(tables: Tables, instruction: Document) -> None:
    """Without an identity there is nothing that the records could be about."""
    raw = quittance_of(tables, SETTLED)
    with pytest.raises(NotProvenError, match="does not say which instruction"):
        check(changed(raw, lambda document: document.update(instruction=instruction)))


def test_no_records_and_records_out_of_order(tables: Tables) -> None:
    """A quittance of nothing, and one whose later record stands first."""
    raw = quittance_of(tables, RELEASED)
    with pytest.raises(NotProvenError, match="has no record"):
        check(changed(raw, lambda document: document.update(records=[])))
    with pytest.raises(NotProvenError, match="not in order"):
        check(changed(raw, lambda document: document["records"].reverse()))


@pytest.mark.parametrize(
    "raw",
    [b"", b"[]", b"{", b"[" * 100_000, b'{"format": "setfair quittance v1"}', b"\xff", b'{"format": 1}'],
)
def test_files_that_are_no_quittance(raw: bytes) -> None:
    """Each is refused by what is missing."""
    with pytest.raises(SetfairError, match="no quittance"):
        read_quittance(raw)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("number", "1"),
        ("salt", "00"),
        ("open_fields", 5),
        ("identity", "zz"),
        ("debtor_after", {"salt": "00" * 16, "minor": 2**63}),
        ("debtor_after", {"salt": "00" * 16, "minor": "1"}),
        ("creditor_after", {}),
        ("path", ["00" * 32] * 64),
        ("path", [7]),
    ],
)
def test_malformed_parts(tables: Tables, field: str, value: object) -> None:
    """A part of another type or length is no quittance."""
    raw = quittance_of(tables, SETTLED)
    with pytest.raises(SetfairError, match="no quittance: a part is missing or malformed"):
        read_quittance(changed(raw, lambda document: document["records"][0].update({field: value})))
