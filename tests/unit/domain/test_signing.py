"""Signatures under an agreement, and when it is in force."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import date

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from setfair.domain.agreement import agreement_hash, load_agreement
from setfair.domain.signing import (
    SIGNATURES_BYTES_MAX,
    AgreementSignature,
    SignatureState,
    add_signature,
    format_signatures,
    is_in_force,
    new_private_key,
    parse_signatures,
    private_key_pem,
    public_key_text,
    read_private_key,
    sign_agreement,
    signature_states,
    signed_message,
)
from setfair.errors import AgreementError
from tests.agreements import agreement_text, key_of, sign_all

AGREEMENT = load_agreement(agreement_text(signatories=["KE01", "UG01"]))
DAY = AGREEMENT.agreement.effective_date


def states(signatures: tuple[AgreementSignature, ...]) -> list[SignatureState]:
    return [state for _, state in signature_states(AGREEMENT, signatures)]


def test_signed_by_all_is_in_force_from_its_date():
    """Not the day before, though all have signed."""
    signatures = sign_all(AGREEMENT)
    assert is_in_force(AGREEMENT, signatures, DAY) == (True, "in force since 2026-01-05: signed by all")
    assert is_in_force(AGREEMENT, signatures, date(2026, 1, 4)) == (
        False,
        "not in force yet: signed by all, takes effect on 2026-01-05",
    )


def test_one_missing_signature_keeps_it_out_of_force():
    """The reason names who has not signed."""
    assert is_in_force(AGREEMENT, sign_all(AGREEMENT)[:1], DAY) == (
        False,
        "not in force: not all have signed: UG01 (missing)",
    )


def test_a_signature_cannot_stand_for_another_signatory():
    """KE01's signature under UG01's name is invalid, since the signed text names the signatory."""
    mine, _ = sign_all(AGREEMENT)
    assert states((mine, replace(mine, signatory="UG01"))) == [SignatureState.VALID, SignatureState.INVALID]


def test_a_signature_under_another_text_does_not_count():
    """A new version must be signed again, also where somebody relabels the old signature."""
    other = load_agreement(agreement_text(signatories=["KE01", "UG01"], version="2"))
    old = sign_all(other)
    relabelled = tuple(replace(one, agreement_hash=agreement_hash(AGREEMENT)) for one in old)
    assert states(old) == [SignatureState.OTHER_TEXT] * 2
    assert states(relabelled) == [SignatureState.INVALID] * 2


@pytest.mark.parametrize("signature", ["", "AAAA", "%%%", base64.b64encode(bytes(64)).decode(), "é"])
def test_nonsense_is_an_invalid_signature(signature: str):
    """Whatever stands there, it is invalid and no error."""
    mine, yours = sign_all(AGREEMENT)
    assert states((replace(mine, signature=signature), yours)) == [
        SignatureState.INVALID,
        SignatureState.VALID,
    ]


def test_one_valid_signature_is_enough():
    """An invalid one beside it cannot take it away."""
    mine, yours = sign_all(AGREEMENT)
    assert states((replace(mine, signature="AAAA"), mine, yours)) == [SignatureState.VALID] * 2


def test_signatures_of_strangers_are_ignored():
    """Who is no signatory neither helps nor harms."""
    stranger = AgreementSignature(agreement_hash(AGREEMENT), "NO01", "AAAA")
    assert states((stranger, *sign_all(AGREEMENT))) == [SignatureState.VALID] * 2


def test_only_a_signatory_with_its_key_can_sign():
    """An unknown signatory and a key that is not in the document are refused."""
    with pytest.raises(AgreementError, match="'NO01' is no signatory of this agreement; one of KE01, UG01"):
        sign_agreement(AGREEMENT, "NO01", key_of("NO01"))
    with pytest.raises(AgreementError, match="the key is not KE01's"):
        sign_agreement(AGREEMENT, "KE01", key_of("UG01"))


def test_signed_text_names_purpose_house_version_and_signatory():
    """Domain separation: the exact bytes are part of the format."""
    assert signed_message(AGREEMENT, "KE01") == (
        b"setfair agreement v1\n"
        + agreement_hash(AGREEMENT).encode()
        + b"\nhouse HOUSE\nversion 1\nsignatory KE01\n"
    )


def test_keys_survive_their_file():
    """A new key written as PEM and read again signs under the same public key; two keys differ."""
    key = new_private_key()
    assert public_key_text(read_private_key(private_key_pem(key))) == public_key_text(key)
    assert public_key_text(new_private_key()) != public_key_text(key)


@pytest.mark.parametrize(
    "pem",
    [
        b"",
        b"secret-looking nonsense",
        private_key_pem(key_of("KE01"))[:60],
        ec.generate_private_key(ec.SECP256R1()).private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x")
        ),
        ec.generate_private_key(ec.SECP256R1()).private_bytes(
            Encoding.PEM,
            PrivateFormat.PKCS8,
            NoEncryption(),
        ),
    ],
)
def test_other_key_files_are_refused_without_showing_them(pem: bytes):
    """Empty, nonsense, truncated, encrypted or of another kind: one message, nothing of the content."""
    with pytest.raises(AgreementError) as caught:
        read_private_key(pem)
    assert str(caught.value).startswith("the key file holds no Ed25519 private key")
    assert caught.value.__cause__ is None


def test_file_of_signatures_is_read_back():
    """What is written is read again, in order."""
    signatures = sign_all(AGREEMENT)
    assert parse_signatures(format_signatures(signatures)) == signatures


def test_signing_again_replaces_the_same_signature():
    """The same signatory under the same text stands once; another text's signature stays."""
    mine, yours = sign_all(AGREEMENT)
    older = replace(mine, agreement_hash="0" * 64)
    assert add_signature((older, mine, yours), mine) == (older, yours, mine)


GOOD = json.loads(format_signatures(sign_all(AGREEMENT)))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"{}",
        b'{"format": "something else", "signatures": []}',
        b"\xff",
        b"[" * 100_000,
        b"x" * (SIGNATURES_BYTES_MAX + 1),
        json.dumps({**GOOD, "signatures": [1]}).encode(),
        json.dumps({**GOOD, "signatures": [{**GOOD["signatures"][0], "signatory": 5}]}).encode(),
        json.dumps({**GOOD, "signatures": [{"signatory": "KE01"}]}).encode(),
        format_signatures(sign_all(AGREEMENT))[:100],
    ],
)
def test_other_files_are_no_files_of_signatures(raw: bytes):
    """Anything else is refused with a message of ours."""
    with pytest.raises(AgreementError, match="file of signatures"):
        parse_signatures(raw)
