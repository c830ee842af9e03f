"""Valid agreements for tests: `agreement_text` writes the TOML, `sign_all` signs it with generated keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from setfair.domain.agreement import Agreement, load_agreement
from setfair.domain.signing import AgreementSignature, public_key_text, sign_agreement

AGENT = "AGENT"
"""Id of the settlement agent of every currency of `agreement_text`."""


@lru_cache
def key_of(signatory: str) -> Ed25519PrivateKey:
    """Return the test key of a signatory: the same in every run, and secret to nobody."""
    return Ed25519PrivateKey.from_private_bytes(sha256(f"setfair test key {signatory}".encode()).digest())


@dataclass(frozen=True, slots=True)
class Bank:
    """A participant of a test agreement."""

    id: str
    credit_lines: Mapping[str, str] | None = None
    """Credit line by currency; None: "0" in every currency. An absent currency: no account."""
    through: str | None = None
    """The direct participant of an indirect one, which has no accounts."""


def invented_bic(participant_id: str) -> str:
    """Return an invented BIC for a participant id: QX, two letters, KE, two characters."""
    digest = sha256(participant_id.encode()).digest()
    letters = "".join(chr(65 + byte % 26) for byte in digest[:2])
    tail = "".join("ABCDEFGHJKLMNPQRSTUVWXYZ23456789"[byte % 32] for byte in digest[2:7])
    return f"QX{letters}KE{tail}"


def agreement_text(
    banks: Sequence[str | Bank] = ("KE01", "UG01"),
    currencies: Sequence[str] = ("KES",),
    *,
    credit_line: str | None = None,
    signatories: Sequence[str] = (AGENT,),
    extra: str = "",
    **header: str,
) -> str:
    """Return a valid agreement as TOML.

    Parameters
    ----------
    banks
        Participants: ids (direct, an account in every currency), or `Bank`s.
    currencies
        ISO 4217 codes; the participant `AGENT` is the settlement agent of each.
    credit_line
        Credit line of every account of a bank that names none; decimal text.
    signatories
        Who must sign; their keys are `key_of(id)`.
    extra
        TOML to append, for example limits or cycles.
    header
        Further or other fields of ``[agreement]``, each as TOML, for example ``version="2"``.

    """
    members = [bank if isinstance(bank, Bank) else Bank(bank) for bank in banks]
    fields = {
        "id": '"HOUSE"',
        "name": '"Test house"',
        "version": "1",
        "effective_date": "2026-01-05",
        "bic": '"SFCHKEN1XXX"',
        "time_zone": '"Africa/Nairobi"',
        **header,
    }
    tables = ["[agreement]\n" + "".join(f"{name} = {value}\n" for name, value in fields.items())]
    tables += [_currency(code) for code in currencies]
    tables += [
        _participant(Bank(AGENT), "settlement_agent"),
        *(_participant(bank, "bank") for bank in members),
    ]
    tables += [_accounts(bank, currencies, credit_line or "0") for bank in members if bank.through is None]
    tables.append(_SCREENING)
    tables += [
        f'[[signatories]]\nid = "{one}"\npublic_key = "{public_key_text(key_of(one))}"\n'
        for one in signatories
    ]
    return "\n".join((*tables, extra))


def sign_all(agreement: Agreement | str) -> tuple[AgreementSignature, ...]:
    """Return valid signatures of all signatories of an agreement that `agreement_text` wrote."""
    loaded = load_agreement(agreement) if isinstance(agreement, str) else agreement
    return tuple(sign_agreement(loaded, one.id, key_of(one.id)) for one in loaded.signatories)


_SCREENING = """
[screening]
officers = [{ id = "amara", name = "Amara Test" }, { id = "bela", name = "Bela Test" }]

[[screening.lists]]
id = "UN"
format = "un_xml"
file = "lists/un.xml"
max_age_days = 7
entries_min = 500
entries_max = 20000
"""


def _currency(code: str) -> str:
    return (
        f'[[currencies]]\ncode = "{code}"\nsettlement_agent = "{AGENT}"\n'
        "opens = 08:00:00\ncustomer_cutoff = 16:00:00\ninterbank_cutoff = 17:00:00\n"
    )


def _participant(bank: Bank, role: str) -> str:
    text = f'[[participants]]\nid = "{bank.id}"\nname = "Participant {bank.id}"\ncountry = "KE"\n'
    text += f'bic = "{invented_bic(bank.id)}"\nrole = "{role}"\n'
    return text + (f'kind = "indirect"\nthrough = "{bank.through}"\n' if bank.through else "")


def _accounts(bank: Bank, currencies: Sequence[str], credit_line: str) -> str:
    lines = bank.credit_lines if bank.credit_lines is not None else dict.fromkeys(currencies, credit_line)
    return "\n".join(
        f'[[accounts]]\nparticipant = "{bank.id}"\ncurrency = "{code}"\ncredit_line = "{line}"\n'
        for code, line in lines.items()
    )
