"""A record as a leaf of the tree: what is hashed, and what of it is shown to whom.

Rules
-----
1. The data of a leaf: salt (16 bytes), the open fields of the record (48: all but the two balances, in their
   order), the identity (16), and for each balance, `debtor_after` and `creditor_after`, the SHA-256 of a salt
   of its own (16) and the balance (i8).
2. The identity is that of the record's subject where that is an instruction of the same page; otherwise it is
   zeros. So the first record about an instruction ties its number to its UETR.
3. A balance is shown with its salt, or its hash alone: a payment can be proven without saying what either
   bank has in its account.
4. Salts are bytes of the page's own stream (`setfair.journal.leaves`): those of one record tell nothing of
   another's.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from hashlib import sha256

from setfair.proof.tree import HASH_LENGTH, leaf_hash

SALT_LENGTH = 16
OPEN_LENGTH = 48
IDENTITY_LENGTH = 16
LEAF_LENGTH = 1 + SALT_LENGTH + OPEN_LENGTH + IDENTITY_LENGTH + 2 * HASH_LENGTH
"""What is hashed for a leaf, its first byte 0 included."""
BALANCE_LENGTH = 8

_OPEN = struct.Struct("<BBBBHHiiqqqq")


@dataclass(frozen=True, slots=True)
class OpenFields:
    """What a leaf shows of a record: all but the balances."""

    kind: int
    status: int
    mechanism: int
    spare: int
    reason: int
    currency: int
    debtor: int
    creditor: int
    amount: int
    subject: int
    cause: int
    time: int

    @classmethod
    def from_bytes(cls, raw: bytes) -> OpenFields:
        """Read the 48 bytes."""
        return cls(*_OPEN.unpack(raw))


@dataclass(frozen=True, slots=True)
class Balance:
    """A balance as a leaf has it: shown, or as its hash alone."""

    salt: bytes | None
    value: int | None
    hash: bytes

    @classmethod
    def shown(cls, salt: bytes, value: int) -> Balance:
        """Return a balance that is shown."""
        return cls(salt, value, balance_hash(salt, value))

    @classmethod
    def hidden(cls, hash_of_it: bytes) -> Balance:
        """Return a balance of which the hash alone is known."""
        return cls(None, None, hash_of_it)


@dataclass(frozen=True, slots=True)
class Leaf:
    """A leaf, opened."""

    salt: bytes
    open_fields: bytes
    identity: bytes
    debtor_after: Balance
    creditor_after: Balance

    @property
    def record(self) -> OpenFields:
        """The open fields as numbers."""
        return OpenFields.from_bytes(self.open_fields)

    @property
    def hash(self) -> bytes:
        """The hash of the leaf."""
        balances = self.debtor_after.hash + self.creditor_after.hash
        return leaf_hash(self.salt + self.open_fields + self.identity + balances)


def balance_hash(salt: bytes, value: int) -> bytes:
    """Return the hash that stands for a balance."""
    return sha256(salt + struct.pack("<q", value)).digest()
