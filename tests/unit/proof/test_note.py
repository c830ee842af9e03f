"""Signed notes and checkpoints: against a note of the Go project, and against forgers."""

from __future__ import annotations

import base64

import pytest

from setfair.domain.signing import public_key_text
from setfair.errors import NotProvenError, SetfairError
from setfair.proof.checkpoint import Checkpoint, checkpoint_of, cosigner_name, origin_of, sign_checkpoint
from setfair.proof.note import (
    COSIGNATURE,
    ED25519,
    Key,
    Note,
    check_cosigned,
    check_signed,
    cosign,
    key_of,
    read_key,
    read_note,
)
from tests.agreements import key_of as private_key_of

GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
"""Key and note of the documentation of Go's package golang.org/x/mod/sumdb/note."""

ORIGIN = origin_of("HOUSE")
HOUSE = private_key_of("HOUSE")
HOUSE_KEY = key_of(ORIGIN, ED25519, HOUSE)
KE01 = private_key_of("KE01")
KE01_KEY = key_of(cosigner_name(ORIGIN, "KE01"), COSIGNATURE, KE01)
STATE = Checkpoint(ORIGIN, 615, bytes(range(32)))
TIME = 1_767_596_400


def signed(state: Checkpoint = STATE) -> Note:
    """Return a checkpoint that the house signed and KE01 cosigned."""
    note = read_note(sign_checkpoint(state, HOUSE))
    return Note(note.text, (*note.lines, cosign(note.text, KE01_KEY.name, KE01, TIME)))


def test_a_note_of_somebody_else() -> None:
    """A note that Go signed is read, and written again as it was; so is its key."""
    note, key = read_note(GO_NOTE), read_key(GO_KEY, "PeterNeumann", ED25519)
    check_signed(note, key)
    assert note.to_text() == GO_NOTE
    assert key.to_text() == GO_KEY
    with pytest.raises(NotProvenError, match="does not fit"):
        check_signed(Note(note.text.replace("problem", "question"), note.lines), key)


def test_signed_and_cosigned() -> None:
    """House and cosigner are found by name and key; the time is the cosigner's."""
    note = read_note(signed().to_text())
    check_signed(note, HOUSE_KEY)
    assert check_cosigned(note, KE01_KEY) == TIME
    assert checkpoint_of(note) == STATE
    assert note.text == f"setfair/HOUSE\n615\n{base64.b64encode(STATE.root).decode()}\n"


def test_what_is_signed_for_one_purpose_serves_no_other() -> None:
    """A house's signature is no cosignature, and a cosignature none of a house."""
    note = signed()
    with pytest.raises(NotProvenError, match="did not cosign"):
        check_cosigned(note, Key(ORIGIN, COSIGNATURE, HOUSE_KEY.public))
    with pytest.raises(NotProvenError, match="not signed"):
        check_signed(note, Key(KE01_KEY.name, ED25519, KE01_KEY.public))


@pytest.mark.parametrize("part", ["origin", "size", "root"])
def test_an_altered_checkpoint(part: str) -> None:
    """Another origin, size or root under the same signatures."""
    changed = {"origin": "setfair/OTHER", "size": 614, "root": bytes(32)}[part]
    fields = {"origin": STATE.origin, "size": STATE.size, "root": STATE.root, part: changed}
    note = Note(Checkpoint(**fields).to_text(), signed().lines)  # type: ignore[arg-type]
    with pytest.raises(NotProvenError, match="signature of setfair/HOUSE does not fit"):
        check_signed(note, HOUSE_KEY)
    with pytest.raises(NotProvenError, match="cosignature of setfair/HOUSE/KE01 does not fit"):
        check_cosigned(note, KE01_KEY)


def test_an_altered_time() -> None:
    """The time of a cosignature is signed."""
    note = signed()
    line = note.lines[1]
    later = (TIME + 1).to_bytes(8, "big") + line.signature[8:]
    forged = Note(note.text, (note.lines[0], type(line)(line.name, line.key_id, later)))
    with pytest.raises(NotProvenError, match="does not fit"):
        check_cosigned(forged, KE01_KEY)


def test_another_key() -> None:
    """A key that signed nothing, under the right name."""
    other = key_of(ORIGIN, ED25519, private_key_of("OTHER"))
    with pytest.raises(NotProvenError, match="not signed with the key of setfair/HOUSE that you gave"):
        check_signed(signed(), other)
    wrong = key_of(KE01_KEY.name, COSIGNATURE, private_key_of("UG01"))
    with pytest.raises(NotProvenError, match="KE01 did not cosign this checkpoint with the key"):
        check_cosigned(signed(), wrong)


def test_a_forged_line_beside_a_good_one() -> None:
    """A second line of the house's name and key id that does not verify spoils the note."""
    note = signed()
    line = note.lines[0]
    forged = type(line)(line.name, line.key_id, bytes(64))
    with pytest.raises(NotProvenError, match="does not fit"):
        check_signed(Note(note.text, (*note.lines, forged)), HOUSE_KEY)


def test_keys_as_text() -> None:
    """Bare base64, or name+id+base64; the name must be the one that is meant."""
    assert read_key(public_key_text(HOUSE) + "\n", ORIGIN, ED25519) == HOUSE_KEY
    assert read_key(HOUSE_KEY.to_text(), ORIGIN, ED25519) == HOUSE_KEY
    with pytest.raises(NotProvenError, match="is that of setfair/HOUSE, not of setfair/OTHER"):
        read_key(HOUSE_KEY.to_text(), "setfair/OTHER", ED25519)


@pytest.mark.parametrize("text", ["", "AAAA", "name+00000000+AAAA", HOUSE_KEY.to_text()[:-4], "-----BEGIN"])
def test_texts_that_are_no_key(text: str) -> None:
    """Each is refused with what a key looks like."""
    with pytest.raises(SetfairError, match="no public key"):
        read_key(text, ORIGIN, ED25519)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "text\n",
        "text\n\n- name AAAAAAAA\n",
        "text\n\n— name\n",
        "text\n\n— name AAAA\n",
        "text\n\n— na+me AAAAAAAA\n",
        "text\x07\n\n— name AAAAAAAAAAAA\n",
        signed().to_text()[:-1],
    ],
)
def test_texts_that_are_no_note(text: str) -> None:
    """A missing part, a line that is no signature, a control character, a cut end."""
    with pytest.raises(NotProvenError, match="checkpoint"):
        read_note(text)


@pytest.mark.parametrize(
    "text",
    [
        "origin\n615\n",
        "origin\n0615\nAAAA\n",
        "origin\n-1\nAAAA\n",
        f"origin\n1\n{base64.b64encode(bytes(31)).decode()}\n",
        f"origin\n{2**63}\n{base64.b64encode(bytes(32)).decode()}\n",
        f"two words\n1\n{base64.b64encode(bytes(32)).decode()}\n",
    ],
)
def test_texts_that_are_no_checkpoint(text: str) -> None:
    """A root of another length, a number that is written otherwise or too large, an origin with a space."""
    with pytest.raises(NotProvenError, match="does not say its origin"):
        checkpoint_of(Note(text, ()))
