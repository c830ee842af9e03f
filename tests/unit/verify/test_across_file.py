"""The certificate of a set-off across currencies as a file: it proves, and nothing that was altered does."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from setfair.domain.fixing import Fixing
from setfair.errors import FileRefusedError
from setfair.formats.across_certificate import (
    AcrossCertificate,
    across_certificate_parts,
    read_across_certificate,
    write_across_certificate,
)
from setfair.formats.rates import read_rates
from setfair.set_off_across import certify_across, clear_across, reductions
from setfair.set_off_table.clear import write_result
from setfair.set_off_table.read import ObligationTable, read_obligations
from setfair.verify.across_file import reduced_parts, verify_across
from setfair.verify.cleared_csv import verify_cleared
from setfair.verify.verdict import Verdict
from tests.set_off_cases import random_rows, write_table

RATES = """currency,unit,currency_per_unit,source,time
JPY,EUR,161.37,A central bank,2026-01-05T14:15:00Z
TND,EUR,3.3719,Another one,2026-01-05T16:15:00+01:00
"""


def certified(folder: Path, rows: list[str]) -> tuple[AcrossCertificate, ObligationTable, Path]:
    """Set off a table across its currencies; return what is claimed, the table, and the result."""
    write_table(folder / "obligations.csv", rows)
    (folder / "rates.csv").write_text(RATES, "utf-8")
    table = read_obligations(folder / "obligations.csv")
    found = clear_across(table.rows.filter(pa.array(table.reasons == 0)), read_rates(folder / "rates.csv"))
    claim = certify_across(found, table.currencies, rows=len(table.rows), left_out=table.left_out)
    write_result(folder / "cleared.csv", reductions(found, table.currencies))
    return claim, table, folder / "cleared.csv"


def judge(claim: AcrossCertificate, table: ObligationTable, fixing: Fixing | None = None) -> Verdict:
    """Verify a claim against a table."""
    return verify_across(claim, table.currencies, table=(len(table.rows), table.left_out), fixing=fixing)


def with_rate(claim: AcrossCertificate, place: int, **changes: object) -> AcrossCertificate:
    """Return the claim with something of one rate changed."""
    rates = list(claim.fixing.rates)
    rates[place] = replace(rates[place], **changes)  # type: ignore[arg-type]
    return replace(claim, fixing=Fixing(claim.fixing.unit, tuple(rates)))


def test_what_is_written_is_read_and_proves(tmp_path: Path) -> None:
    """Every field comes back, the result agrees, and each check is told in words."""
    claim, table, result = certified(tmp_path, random_rows(1))
    path = tmp_path / "certificate"
    write_across_certificate(path, claim)
    found = read_across_certificate(path)
    assert [bytes(part) for part in across_certificate_parts(found)] == [
        bytes(part) for part in across_certificate_parts(claim)
    ]
    verdict = judge(found, table, read_rates(tmp_path / "rates.csv"))
    assert verdict.refusal is None
    assert "161.37 JPY for one EUR (A central bank, 2026-01-05T14:15:00" in verdict.checked[5]
    parts = list(zip(table.currencies, reduced_parts(found, table.currencies), strict=True))
    assert verify_cleared(result, parts).is_proven


def test_a_table_without_obligations_is_proven(tmp_path: Path) -> None:
    """Nothing owed, nothing cleared, at no rate."""
    claim, table, _ = certified(tmp_path, [])
    assert judge(claim, table).is_proven


REFUSALS: dict[str, Callable[[AcrossCertificate], AcrossCertificate]] = {
    "a table with 63 rows": lambda claim: replace(claim, rows=63),
    "is of EUR, JPY; what takes part": lambda claim: replace(claim, content=claim.content[:2]),
    "row 1: takes part in this table": lambda claim: replace(claim, row=claim.row[1:]),
    "EUR: the obligations are not those": lambda claim: replace(
        claim, content=(("EUR", bytes(32)), *claim.content[1:])
    ),
    "'firm 0' is only in this table": lambda claim: replace(
        claim, party_id=claim.party_id[1:], price=claim.price[1:], entry_minor=claim.entry_minor[1:]
    ),
    "the fixing has no rate for TND": lambda claim: replace(
        claim, fixing=Fixing(claim.fixing.unit, claim.fixing.rates[:1])
    ),
    "its entry to the rounding account is": lambda claim: replace(claim, entry_minor=claim.entry_minor + 1),
}


@pytest.mark.parametrize("words", REFUSALS)
def test_every_refusal_has_its_own_words(tmp_path: Path, words: str) -> None:
    """What does not hold is named, rows and parties as the table has them."""
    claim, table, _ = certified(tmp_path, random_rows(1))
    assert words in str(judge(REFUSALS[words](claim), table).refusal)


def tampered(
    source: random.Random, claim: AcrossCertificate, kind: int, parties: list[int]
) -> AcrossCertificate:
    """Change one number of a claim: what is cancelled, reduced or posted, a rate, a row, or a digest."""
    if kind < 3:
        name = ("cancelled_fine", "reduced_minor", "entry_minor")[kind]
        column = getattr(claim, name).copy()
        column[source.randrange(len(column))] += source.choice((-1, 1, -1000, 10**6))
        return replace(claim, **{name: column})
    if kind == 3:
        place = source.randrange(len(claim.fixing.rates))
        rate = claim.fixing.rates[place]
        digit = source.choice([each for each in "123456789" if each != rate.quoted[-1]])
        return with_rate(claim, place, quoted=rate.quoted[:-1] + digit)
    if kind == 4:
        # An obligation of which a part is cancelled allows for no other difference of prices.
        price = claim.price.copy()
        price[source.choice(parties)] += source.choice((1, 2, 1000))
        return replace(claim, price=price)
    content = list(claim.content)
    place = source.randrange(len(content))
    digest = bytearray(content[place][1])
    digest[source.randrange(32)] ^= 1 << source.randrange(8)
    content[place] = (content[place][0], bytes(digest))
    return replace(claim, content=tuple(content))


def parties_at_a_part(claim: AcrossCertificate, table: ObligationTable) -> list[int]:
    """Return the debtors of obligations that are reduced in part: no other price of theirs proves it."""
    number = {party: place for place, party in enumerate(claim.party_id.to_pylist())}
    found = set()
    for owed, reduced in zip(table.currencies, reduced_parts(claim, table.currencies), strict=True):
        for place in np.flatnonzero((reduced > 0) & (reduced < owed.amount_minor)).tolist():
            found.add(number[owed.party_id[int(owed.debtor[place])].as_py()])
    return sorted(found)


def test_no_tampered_certificate_or_result_passes(tmp_path: Path) -> None:
    """A thousand and two hundred false claims, altered files and altered results are refused, each."""
    claim, table, result = certified(tmp_path, random_rows(2, count=40, parties=8))
    parties = parties_at_a_part(claim, table)
    fixing = read_rates(tmp_path / "rates.csv")
    source = random.Random(6)
    for number in range(600):
        assert judge(tampered(source, claim, number % 6, parties), table, fixing).refusal is not None
    raw = b"".join(bytes(part) for part in across_certificate_parts(claim))
    for _ in range(400):
        at = source.randrange(len(raw))
        bit = bytes([raw[at] ^ (1 << source.randrange(8))])
        (tmp_path / "altered").write_bytes(raw[:at] + bit + raw[at + 1 :])
        with pytest.raises(FileRefusedError):
            read_across_certificate(tmp_path / "altered")
    parts = list(zip(table.currencies, reduced_parts(claim, table.currencies), strict=True))
    text = result.read_text("utf-8")
    digits = [place for place, each in enumerate(text) if each.isdigit()]
    for _ in range(200):
        at = source.choice(digits)
        digit = source.choice([each for each in "0123456789" if each != text[at]])
        result.write_bytes((text[:at] + digit + text[at + 1 :]).encode())
        assert verify_cleared(result, parts).refusal is not None
