"""Signatures under an agreement: who signed what, and whether it is in force.

Rules
-----
1. A signatory signs with Ed25519 over a text that names its purpose, the house, the version, the SHA-256
   of the canonical document and the signatory: a signature serves nothing and nobody else.
2. Signatures lie beside the agreement in one JSON file; those under another text of it count nothing.
3. An agreement is in force from its effective date on, and only when every signatory's signature is valid.
4. A version that follows another needs the consent of all who signed that one, under the keys that it gave
   them: nobody is left out, or gets another key, without having signed it.
5. Private keys are never shown: not in output, not in errors.

Reading and writing files is the door's work (`cli.agreement`); here are bytes in and bytes out.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from enum import Enum

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from setfair.domain.agreement import Agreement, agreement_hash
from setfair.errors import AgreementError

SIGNATURES_FORMAT = "setfair agreement signatures v1"
"""First field of the file of signatures."""

SIGNATURES_BYTES_MAX = 8 * 2**20
"""Largest file of signatures that is read."""

KEY_FILE_BYTES_MAX = 16 * 2**10
"""Largest key file that is read."""


@dataclass(frozen=True, slots=True)
class AgreementSignature:
    """One signature under one text of an agreement."""

    agreement_hash: str
    """SHA-256 of the canonical document, hexadecimal."""
    signatory: str
    """Id of who signed."""
    signature: str
    """Ed25519 signature, base64."""


class SignatureState(Enum):
    """What is known of one signatory's signature."""

    VALID = "valid"
    INVALID = "invalid"
    """There is a signature under this text, but it does not fit the signatory's key."""
    OTHER_TEXT = "other text"
    """The signatory signed another text of the agreement, not this one."""
    MISSING = "missing"


def new_private_key() -> Ed25519PrivateKey:
    """Return a new signing key from the operating system's random source."""
    return Ed25519PrivateKey.generate()


def private_key_pem(key: Ed25519PrivateKey) -> bytes:
    """Return a signing key as PKCS #8 in PEM, not encrypted: its file must be readable by its owner only."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def read_private_key(pem: bytes) -> Ed25519PrivateKey:
    """Return the Ed25519 signing key of a PEM text.

    Raises
    ------
    AgreementError
        If it is none; the message shows nothing of the text.
    """
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise AgreementError(
            "the key file holds no Ed25519 private key (PEM, PKCS #8, not encrypted); "
            "`setfair agreement keygen` makes one"
        )
    return key


def public_key_text(key: Ed25519PrivateKey) -> str:
    """Return the public key as the agreement writes it: base64 of 32 bytes."""
    return base64.b64encode(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def signed_message(agreement: Agreement, signatory: str) -> bytes:
    """Return the bytes that a signatory signs."""
    head = agreement.agreement
    lines = (
        "setfair agreement v1",
        agreement_hash(agreement),
        f"house {head.id}",
        f"version {head.version}",
        f"signatory {signatory}",
    )
    return "".join(f"{line}\n" for line in lines).encode()


def sign_agreement(
    agreement: Agreement, signatory: str, key: Ed25519PrivateKey, before: Agreement | None = None
) -> AgreementSignature:
    """Sign an agreement as one of its signatories, or as one of the version before it: rule 4.

    Raises
    ------
    AgreementError
        If there is no such signatory, or the key is not the one that an agreement gives it.
    """
    known = (*agreement.signatories, *(before.signatories if before is not None else ()))
    keys = [one.public_key for one in known if one.id == signatory]
    if not keys:
        allowed = ", ".join(dict.fromkeys(one.id for one in known))
        raise AgreementError(f"{signatory!r} is no signatory of this agreement; one of {allowed}")
    if public_key_text(key) not in keys:
        raise AgreementError(
            f"the key is not {signatory}'s: its public key is not the one in the agreement's [[signatories]]"
        )
    signature = base64.b64encode(key.sign(signed_message(agreement, signatory))).decode()
    return AgreementSignature(agreement_hash(agreement), signatory, signature)


def signature_states(
    agreement: Agreement, signatures: Iterable[AgreementSignature]
) -> tuple[tuple[str, SignatureState], ...]:
    """Return what is known of each signatory's signature, in the order of the agreement.

    One valid signature is enough, whatever else lies beside it.
    """
    given: dict[str, list[AgreementSignature]] = {}
    for signature in signatures:
        given.setdefault(signature.signatory, []).append(signature)
    return tuple(
        (entry.id, _state(agreement, entry.public_key, given.get(entry.id, [])))
        for entry in agreement.signatories
    )


def is_in_force(
    agreement: Agreement, signatures: Iterable[AgreementSignature], today: date
) -> tuple[bool, str]:
    """Return whether an agreement is in force on a day, and the reason in words."""
    open_states = [
        f"{signatory} ({state.value})"
        for signatory, state in signature_states(agreement, signatures)
        if state is not SignatureState.VALID
    ]
    effective = agreement.agreement.effective_date
    if open_states:
        return False, f"not in force: not all have signed: {', '.join(open_states)}"
    if today < effective:
        return False, f"not in force yet: signed by all, takes effect on {effective.isoformat()}"
    return True, f"in force since {effective.isoformat()}: signed by all"


def add_signature(
    signatures: Iterable[AgreementSignature], new: AgreementSignature
) -> tuple[AgreementSignature, ...]:
    """Return the signatures with a new one; who signs the same text with the same key again adds nothing."""
    return (*(one for one in signatures if one != new), new)


def missing_consent(
    agreement: Agreement, signatures: Iterable[AgreementSignature], before: Agreement
) -> tuple[str, ...]:
    """Return the signatories of the version before that have not signed this one with their keys of then."""
    given = list(signatures)
    digest = agreement_hash(agreement)
    return tuple(
        entry.id
        for entry in before.signatories
        if not any(
            one.signatory == entry.id
            and one.agreement_hash == digest
            and _is_valid(agreement, entry.public_key, one)
            for one in given
        )
    )


def format_signatures(signatures: Iterable[AgreementSignature]) -> bytes:
    """Return the file of signatures: JSON, UTF-8, one signature after the other."""
    document = {"format": SIGNATURES_FORMAT, "signatures": [asdict(one) for one in signatures]}
    return (json.dumps(document, indent=2) + "\n").encode()


def parse_signatures(raw: bytes) -> tuple[AgreementSignature, ...]:
    """Read the file of signatures; whether they are valid is another question.

    Raises
    ------
    AgreementError
        If it is no such file.
    """
    if len(raw) > SIGNATURES_BYTES_MAX:
        raise AgreementError(f"the file of signatures is too large; at most {SIGNATURES_BYTES_MAX} bytes")
    try:
        document = json.loads(raw)
    except (ValueError, RecursionError):
        raise AgreementError(
            "the file of signatures is not JSON: restore it, or remove it and sign again"
        ) from None
    rows = document.get("signatures") if isinstance(document, dict) else None
    if not isinstance(rows, list) or document.get("format") != SIGNATURES_FORMAT:
        raise AgreementError(
            f'the file of signatures must have "format": "{SIGNATURES_FORMAT}" and "signatures"'
        )
    return tuple(_parse_signature(row, index) for index, row in enumerate(rows))


def _parse_signature(row: object, index: int) -> AgreementSignature:
    names = ("agreement_hash", "signatory", "signature")
    if (
        not isinstance(row, dict)
        or set(row) != set(names)
        or not all(isinstance(row[name], str) for name in names)
    ):
        raise AgreementError(
            f"the file of signatures is not valid: signatures[{index}] must have the texts {', '.join(names)}"
        )
    return AgreementSignature(*(row[name] for name in names))


def _state(agreement: Agreement, public_key: str, given: list[AgreementSignature]) -> SignatureState:
    if not given:
        return SignatureState.MISSING
    digest = agreement_hash(agreement)
    here = [one for one in given if one.agreement_hash == digest]
    if not here:
        return SignatureState.OTHER_TEXT
    valid = any(_is_valid(agreement, public_key, one) for one in here)
    return SignatureState.VALID if valid else SignatureState.INVALID


def _is_valid(agreement: Agreement, public_key: str, signature: AgreementSignature) -> bool:
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key))
        key.verify(
            base64.b64decode(signature.signature, validate=True),
            signed_message(agreement, signature.signatory),
        )
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return True
