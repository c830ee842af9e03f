"""The agreement of the example house, and the demonstration keys of its signatories."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from demo_day.cast import AGENTS, BANKS, BY_CURRENCY, COUNTRIES, DIRECT_BANKS, HOUSE_BIC, OVERSEER, Bank
from demo_day.payments import Liquidity
from setfair.domain.money import format_amount
from setfair.domain.signing import private_key_pem, public_key_text

SIGNATORIES = tuple(bank.id for bank in (*AGENTS, *DIRECT_BANKS))


def write_keys(folder: Path, seed: int) -> dict[str, str]:
    """Write a demonstration key for each signatory and return the public keys.

    The keys follow from the seed, so that the same seed gives the same day. They are secret to nobody: a real
    signatory makes its own with `setfair agreement keygen`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    public_keys = {}
    for signatory in SIGNATORIES:
        secret = hashlib.sha256(f"setfair demonstration key {seed} {signatory}".encode()).digest()
        key = Ed25519PrivateKey.from_private_bytes(secret)
        path = folder / f"{signatory}.key"
        path.touch(mode=0o600)
        path.write_bytes(private_key_pem(key))
        public_keys[signatory] = public_key_text(key)
    return public_keys


def agreement_text(day: date, liquidity: Sequence[Liquidity], public_keys: dict[str, str]) -> str:
    """Return the agreement as TOML."""
    tables = [_head(day)]
    tables += [_currency(country.currency) for country in COUNTRIES]
    tables.append(f"[calendar]\nholidays = [{day.year}-01-01, {day.year}-12-25]\n")
    tables += [_participant(bank, "settlement_agent") for bank in AGENTS]
    tables += [_participant(bank, "bank") for bank in BANKS]
    tables.append(
        f'[[participants]]\nid = "{OVERSEER}"\nname = "Example Oversight Board"\ncountry = "KE"\n'
        'member_id = "OVERSIGHT-1"\nrole = "overseer"\n'
    )
    tables += [_account(line) for line in liquidity]
    tables += [_limit(line) for line in liquidity if (line.bank.id, line.currency) in LIMITED]
    tables.append(_REST)
    tables += [
        f'[[signatories]]\nid = "{signatory}"\npublic_key = "{key}"\n'
        for signatory, key in public_keys.items()
    ]
    return "\n".join(tables)


LIMITED = {("ZA01", "ZAR"): "KE01", ("TN01", "TND"): "ZA02"}
"""Who has a bilateral limit towards whom, by account."""

_REST = """[clearing]
confirmation = "automatic"

[[clearing.cycles]]
name = "midday"
time = 12:00:00
currencies = ["KES", "UGX", "TND", "ZAR"]

[screening]
officers = [
  { id = "officer-1", name = "First Example Officer" },
  { id = "officer-2", name = "Second Example Officer" },
  { id = "officer-3", name = "Third Example Officer" },
]
score_min = 650

[[screening.lists]]
id = "UN"
format = "un_xml"
file = "lists/un.xml"
max_age_days = 7
entries_min = 500
entries_max = 20000

[[screening.lists]]
id = "HOUSE"
format = "operator_csv"
file = "lists/operator.csv"
max_age_days = 30
entries_min = 1
entries_max = 10000

[offsetting]
discipline = "ordered"

[[fees.schedule]]
currency = "KES"
settled_payment = "5.00"
set_off_basis_points = "0.5"

[[fees.schedule]]
currency = "UGX"
settled_payment = "150"
set_off_basis_points = "0.5"
"""


def _head(day: date) -> str:
    return f"""# The example house: four countries, every name invented. Written by generate_day.py.

[agreement]
id = "CLR4"
name = "Four-country clearing house"
version = 1
effective_date = {day.isoformat()}
bic = "{HOUSE_BIC}"
time_zone = "Africa/Nairobi"
identity_memory_days = 10
"""


def _currency(code: str) -> str:
    country = BY_CURRENCY[code]
    return (
        f'[[currencies]]\ncode = "{code}"\nsettlement_agent = "{country.agent}"\n'
        "opens = 08:00:00\ncustomer_cutoff = 16:00:00\ninterbank_cutoff = 17:00:00\n"
        f'time_zone = "{country.time_zone}"\n'
    )


def _participant(bank: Bank, role: str) -> str:
    fields = {
        "id": bank.id,
        "name": bank.name,
        "country": bank.country,
        "bic": bank.bic,
        "lei": bank.lei,
        "member_id": bank.member_id,
        "role": role,
        "kind": "indirect" if bank.through else "direct",
        "through": bank.through,
    }
    return "[[participants]]\n" + "".join(f'{name} = "{value}"\n' for name, value in fields.items() if value)


def _account(line: Liquidity) -> str:
    decimals = BY_CURRENCY[line.currency].decimals
    text = (
        f'[[accounts]]\nparticipant = "{line.bank.id}"\ncurrency = "{line.currency}"\n'
        f'credit_line = "{format_amount(line.credit_line_minor, decimals)}"\n'
    )
    if BY_CURRENCY[line.currency].code == line.bank.country:
        text += f'reserved_urgent = "{format_amount(line.funding_minor // 20, decimals)}"\n'
    return text


def _limit(line: Liquidity) -> str:
    decimals = BY_CURRENCY[line.currency].decimals
    amount = format_amount(line.funding_minor + line.credit_line_minor, decimals)
    counterparty = LIMITED[line.bank.id, line.currency]
    return (
        f'[[limits]]\nparticipant = "{line.bank.id}"\ncounterparty = "{counterparty}"\n'
        f'currency = "{line.currency}"\namount = "{amount}"\n'
    )
