"""The plain twin of the leaves: docs/journal-record.md, record by record, with `struct` and `hashlib`."""

from __future__ import annotations

import struct
from hashlib import sha256

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from tests.docs.page_decoder import DecodedPage

FIELDS = (
    ("kind", "B"), ("status", "B"), ("mechanism", "B"), ("spare", "B"), ("reason", "H"), ("currency", "H"),
    ("debtor", "i"), ("creditor", "i"), ("amount", "q"), ("subject", "q"), ("cause", "q"), ("time", "q"),
)  # fmt: skip
"""The fields of a record without the balances, in order."""


def salts(salt_key: bytes, place: int) -> tuple[bytes, bytes, bytes]:
    """Return the three salts of the record at a place: blocks 3 i to 3 i + 2 of the key stream."""
    encryptor = Cipher(algorithms.AES(salt_key), modes.ECB()).encryptor()
    blocks = [encryptor.update((3 * place + each).to_bytes(16, "big")) for each in range(3)]
    return blocks[0], blocks[1], blocks[2]


def leaf_data(page: DecodedPage, place: int) -> bytes:
    """Return the 144 bytes of a leaf."""
    salt, debtor_salt, creditor_salt = salts(page.salt_key, place)
    record = {name: page.column("record", name)[place] for name, _ in FIELDS}
    open_fields = b"".join(struct.pack(f"<{code}", record[name]) for name, code in FIELDS)
    debtor_after = struct.pack("<q", page.column("record", "debtor_after")[place])
    creditor_after = struct.pack("<q", page.column("record", "creditor_after")[place])
    return b"".join(
        (
            salt,
            open_fields,
            identity(page, record["subject"]),
            sha256(debtor_salt + debtor_after).digest(),
            sha256(creditor_salt + creditor_after).digest(),
        )
    )


def identity(page: DecodedPage, subject: int) -> bytes:
    """Return the identity of an instruction of the page, or zeros."""
    high, low = page.column("instruction", "identity_high"), page.column("instruction", "identity_low")
    place = subject - page.first_instruction
    return struct.pack(">QQ", high[place], low[place]) if 0 <= place < len(high) else bytes(16)
