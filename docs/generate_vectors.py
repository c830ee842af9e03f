"""Write the test vectors in docs/vectors: what another implementation can check itself against.

    python docs/generate_vectors.py

A test fails when the files are not what this writes. Keys are made of known words, and secret to nobody.
"""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from setfair.journal.tree import consistency_path, inclusion_path, subtree_hash
from setfair.proof.checkpoint import Checkpoint, cosigner_name, origin_of, sign_checkpoint
from setfair.proof.leaf import Balance, Leaf
from setfair.proof.note import COSIGNATURE, ED25519, Note, cosign, key_of, read_note
from setfair.proof.quittance import ProvenRecord, Quittance
from setfair.proof.tree import leaf_hash, node_hash
from setfair.proof.words import Names

FOLDER = Path(__file__).with_name("vectors")

SIZES = (1, 2, 3, 4, 5, 7, 8, 9, 13)
TIME_S = 1_767_596_400
UETR = "5d158d92-f70e-4a16-8b2e-2c1f5ad2f0a1"


def private_key(name: str) -> Ed25519PrivateKey:
    """Return the key of these vectors under a name."""
    return Ed25519PrivateKey.from_private_bytes(sha256(f"setfair test vector {name}".encode()).digest())


def entry(number: int) -> bytes:
    """Return the data of a leaf: its number, 4 bytes big-endian."""
    return number.to_bytes(4, "big")


def node(level: int, index: int) -> bytes:
    """Return a whole subtree over leaves of `entry`."""
    if level == 0:
        return leaf_hash(entry(index))
    return node_hash(node(level - 1, 2 * index), node(level - 1, 2 * index + 1))


def tree_vectors() -> dict[str, object]:
    """Return roots, inclusion paths and consistency proofs of small trees."""
    return {
        "about": "leaf n has the data n, 4 bytes big-endian, from 0; hashes in hexadecimal; RFC 9162, 2.1",
        "trees": [
            {
                "size": size,
                "root": subtree_hash(0, size, node).hex(),
                "inclusion": [_hex(inclusion_path(index, size, node)) for index in range(size)],
                "consistency": {
                    str(before): _hex(consistency_path(before, size, node)) for before in range(1, size + 1)
                },
            }
            for size in SIZES
        ],
    }


def _hex(path: list[bytes]) -> list[str]:
    return [step.hex() for step in path]


def checkpoint_vectors() -> dict[str, object]:
    """Return a checkpoint with its keys: signed by the house, cosigned by a participant."""
    note = signed(Checkpoint(origin_of("HOUSE"), 13, subtree_hash(0, 13, node)))
    house, cosigner = keys()
    return {
        "about": "C2SP tlog-checkpoint and tlog-cosignature; private keys are SHA-256 of the words given",
        "house_key_words": "setfair test vector HOUSE",
        "house_key": house,
        "cosigner_key_words": "setfair test vector KE01",
        "cosigner_key": cosigner,
        "time": TIME_S,
        "checkpoint": note,
    }


def keys() -> tuple[str, str]:
    """Return the public keys of house and cosigner as text."""
    origin = origin_of("HOUSE")
    cosigner = key_of(cosigner_name(origin, "KE01"), COSIGNATURE, private_key("KE01"))
    return key_of(origin, ED25519, private_key("HOUSE")).to_text(), cosigner.to_text()


def signed(state: Checkpoint) -> str:
    """Return a checkpoint that house and participant signed."""
    note = read_note(sign_checkpoint(state, private_key("HOUSE")))
    line = cosign(note.text, cosigner_name(state.origin, "KE01"), private_key("KE01"), TIME_S)
    return Note(note.text, (*note.lines, line)).to_text()


def quittance() -> Quittance:
    """Return a quittance of record 6 of 13: a payment that settled, the creditor's balance shown."""
    # Kind 1 (SETTLED), status 4 (ACSC), mechanism 1 (IMMEDIATE), currency 404 (KES), accounts 1 and 2.
    open_fields = bytes.fromhex(
        "01040100" "00009401" "01000000" "02000000" "a086010000000000" "0c00000000000000" "0c00000000000000"
        "00a0b3e91bca8718"
    )  # fmt: skip
    salts = [sha256(f"setfair test vector salt {each}".encode()).digest()[:16] for each in range(3)]
    leaf = Leaf(
        salts[0],
        open_fields,
        bytes.fromhex(UETR.replace("-", "")),
        Balance.hidden(Balance.shown(salts[1], 150_000).hash),
        Balance.shown(salts[2], 100_000),
    )

    def source(level: int, index: int) -> bytes:
        if level == 0:
            return leaf.hash if index == 5 else leaf_hash(entry(index))
        return node_hash(source(level - 1, 2 * index), source(level - 1, 2 * index + 1))

    record = ProvenRecord(6, leaf, tuple(inclusion_path(5, 13, source)))
    state = Checkpoint(origin_of("HOUSE"), 13, subtree_hash(0, 13, source))
    instruction = {"number": 12, "kind": "CUSTOMER_PAYMENT", "uetr": UETR}
    return Quittance(instruction, Names("payment", "KE01", "UG01"), (record,), signed(state))


def documents() -> dict[str, bytes]:
    """Return the files by name."""
    return {
        "tree.json": _json(tree_vectors()),
        "checkpoint.json": _json(checkpoint_vectors()),
        "quittance.json": quittance().to_json(),
        "house.pub": f"{keys()[0]}\n".encode(),
        "ke01.pub": f"{keys()[1]}\n".encode(),
    }


def _json(document: dict[str, object]) -> bytes:
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, content in documents().items():
        (FOLDER / name).write_bytes(content)
