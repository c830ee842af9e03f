"""docs/proof.md and the test vectors: up to date, and enough to check a quittance without Setfair."""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import json
import struct
from collections.abc import Callable
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from setfair.proof.command import main
from tests.docs.markdown import DOCS
from tests.reference import tree as reference

VECTORS = DOCS / "vectors"
FILES = ("tree.json", "checkpoint.json", "quittance.json", "house.pub", "ke01.pub")


def generator() -> ModuleType:
    """Return docs/generate_vectors.py as a module."""
    spec = importlib.util.spec_from_file_location("generate_vectors", DOCS / "generate_vectors.py")
    if spec is None or spec.loader is None:
        raise RuntimeError("docs/generate_vectors.py cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def load(name: str) -> Any:
    """Read a vector."""
    return json.loads((VECTORS / name).read_text(encoding="utf-8"))


def test_the_vectors_are_up_to_date() -> None:
    """The files are what the script writes, and there is no other."""
    written = generator().documents()
    assert tuple(written) == FILES
    assert {path.name: path.read_bytes() for path in VECTORS.iterdir()} == written


def test_trees_are_those_of_the_definitions() -> None:
    """Roots and proofs of the vectors are those of RFC 9162's definitions."""
    for vector in load("tree.json")["trees"]:
        entries = [number.to_bytes(4, "big") for number in range(vector["size"])]
        assert vector["root"] == reference.root(entries).hex()
        for index, path in enumerate(vector["inclusion"]):
            assert path == [step.hex() for step in reference.path(index, entries)]
        for before, path in vector["consistency"].items():
            assert path == [step.hex() for step in reference.proof(int(before), entries)]


def signature_of(note: str, name: str) -> bytes:
    """Return what stands behind the key id in the line of a key."""
    (line,) = (line for line in note.splitlines() if line.startswith(f"— {name} "))
    return base64.b64decode(line.split(" ")[2])[4:]


def public_key(text: str) -> Ed25519PublicKey:
    """Return the key of name+id+base64."""
    return Ed25519PublicKey.from_public_bytes(base64.b64decode(text.split("+", 2)[2])[1:])


def test_the_checkpoint_by_hand() -> None:
    """Signature and cosignature fit, checked with the library of keys alone."""
    vector = load("checkpoint.json")
    note = vector["checkpoint"]
    text = note[: note.index("\n\n") + 1]
    public_key(vector["house_key"]).verify(signature_of(note, "setfair/HOUSE"), text.encode())
    raw = signature_of(note, "setfair/HOUSE/KE01")
    assert int.from_bytes(raw[:8], "big") == vector["time"]
    message = f"cosignature/v1\ntime {vector['time']}\n{text}".encode()
    public_key(vector["cosigner_key"]).verify(raw[8:], message)
    trees = {tree["size"]: tree["root"] for tree in load("tree.json")["trees"]}
    _, size, root = text.splitlines()
    assert base64.b64decode(root).hex() == trees[int(size)]


def sha256(*parts: bytes) -> bytes:
    """Return the SHA-256 of parts one after the other."""
    return hashlib.sha256(b"".join(parts)).digest()


def test_the_quittance_by_hand() -> None:
    """The five steps of the document, in plain Python, with nothing of Setfair."""
    quittance = load("quittance.json")
    (record,) = quittance["records"]
    part: Callable[[str], bytes] = lambda name: bytes.fromhex(record[name])  # noqa: E731
    shown = record["creditor_after"]
    creditor = sha256(bytes.fromhex(shown["salt"]), struct.pack("<q", shown["minor"]))
    debtor = bytes.fromhex(record["debtor_after"]["hash"])
    step = sha256(b"\0", part("salt"), part("open_fields"), part("identity"), debtor, creditor)
    _, size, root = quittance["checkpoint"].splitlines()[:3]
    i, n = record["number"] - 1, int(size) - 1
    for neighbour in map(bytes.fromhex, record["path"]):
        if i % 2 or i == n:
            step = sha256(b"\1", neighbour, step)
            while i and i % 2 == 0:
                i, n = i // 2, n // 2
        else:
            step = sha256(b"\1", step, neighbour)
        i, n = i // 2, n // 2
    assert (n, step) == (0, base64.b64decode(root))
    note = quittance["checkpoint"]
    key = public_key((VECTORS / "house.pub").read_text())
    key.verify(signature_of(note, "setfair/HOUSE"), note[: note.index("\n\n") + 1].encode())
    assert part("identity") == UUID(quittance["instruction"]["uetr"]).bytes


def test_the_quittance_is_proven(capsys: pytest.CaptureFixture[str]) -> None:
    """`setfair verify` proves the vector, cosigner included."""
    keys = ("--key", str(VECTORS / "house.pub"), "--cosigner", f"KE01={VECTORS / 'ke01.pub'}")
    assert main([str(VECTORS / "quittance.json"), *keys]) == 0
    assert capsys.readouterr().out.endswith("PROVEN\n")
