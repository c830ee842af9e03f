"""A certificate proves what it claims, or is refused for the first thing that does not hold."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from setfair.domain.money import find_currency
from setfair.domain.obligations import Obligations
from setfair.formats.certificate import Certificate, CurrencyCertificate, Objective, content_digest
from setfair.set_off_table.read import ObligationTable
from setfair.verify.set_off import verify_set_off
from setfair.verify.verdict import Verdict
from tests.set_off_cases import RING, certified, random_rows


def judge(certificate: Certificate, table: ObligationTable) -> Verdict:
    """Verify a certificate against a table."""
    return verify_set_off(certificate, table.currencies, rows=len(table.rows), left_out=table.left_out)


def with_part(certificate: Certificate, place: int, **changes: object) -> Certificate:
    """Return the certificate with something of one currency changed."""
    parts = list(certificate.currencies)
    parts[place] = replace(parts[place], **changes)  # type: ignore[arg-type]
    return replace(certificate, currencies=tuple(parts))


def with_price(certificate: Certificate, place: int, price: np.ndarray) -> Certificate:
    """Return the certificate with other prices of one currency."""
    name = certificate.currencies[place].objectives[0].name
    return with_part(certificate, place, objectives=(Objective(name, price),))


def proves(part: CurrencyCertificate, owed: Obligations) -> bool:
    """Say, a row at a time and in Python's integers, whether the prices prove what was cleared."""
    price = part.objectives[0].price.tolist()
    total = bound = 0
    columns = (owed.debtor, owed.creditor, owed.amount_minor, part.cleared_minor)
    for debtor, creditor, amount, cleared in zip(*(column.tolist() for column in columns), strict=True):
        total += cleared
        bound += amount * max(0, 1 - price[debtor] + price[creditor])
    return total == bound


def test_a_run_proves_itself(tmp_path: Path) -> None:
    """Three currencies, rows left out: everything holds, and each check is told in words."""
    case = certified(tmp_path, random_rows(1))
    verdict = judge(case.claim(), case.table())
    assert verdict.refusal is None
    assert verdict.is_proven
    assert len(verdict.checked) == 1 + 5 * 3
    assert (
        verdict.checked[0] == "the certificate is of a table with as many rows: 62, of which 2 take no part"
    )


def test_the_words_of_a_ring(tmp_path: Path) -> None:
    """What is proven is said with amounts in units of the currency."""
    case = certified(tmp_path, RING)
    assert judge(case.claim(), case.table()).checked[4:] == (
        "EUR: 211.50 is cleared, and by the prices nobody can clear more",
        "EUR: the totals are right: gross 250.75, cleared 211.50, net debit 29.50",
    )


def test_a_table_without_obligations_is_proven(tmp_path: Path) -> None:
    """Nothing owed, nothing cleared."""
    case = certified(tmp_path, [])
    assert judge(case.claim(), case.table()).is_proven


def say(**changes: object) -> Callable[[Certificate], Certificate]:
    """Return what changes the claim about the ring."""
    return lambda claim: with_part(claim, 0, **changes)


def clear(*cleared: int) -> Callable[[Certificate], Certificate]:
    """Return what changes how much is cleared, in cents."""
    return say(cleared_minor=np.array(cleared))


def price(*prices: int) -> Callable[[Certificate], Certificate]:
    """Return what changes the prices."""
    return say(objectives=(Objective("most cleared", np.array(prices)),))


FEWEST_FIRMS = (Objective("fewest firms", np.zeros(3, np.int64)),)
OTHER_PARTIES = pa.array(["a", "b", "d"])

REFUSALS: dict[str, Callable[[Certificate], Certificate]] = {
    "a table with 4 rows; this one has 3": lambda claim: replace(claim, rows=4),
    "a table with 1 rows left out; this one has 0": lambda claim: replace(claim, left_out=1),
    "is of KES; what takes part of the table is of EUR": say(currency="KES"),
    "is of no currency": lambda claim: replace(claim, currencies=()),
    "row 2: takes part in this table, not in the certificate": say(
        row=np.array([1, 3]), cleared_minor=np.array([0, 0])
    ),
    "not those of the certificate: 'c' is only in this table": say(party_id=OTHER_PARTIES),
    "the obligations are not those of the certificate": say(content_sha256=bytes(32)),
    "EUR, row 2, 'I2': 70.51 is cleared of 70.50": clear(7051, 7051, 7051),
    "EUR, row 1, 'I1': -0.01 is cleared of 100.00": clear(-1, 0, 0),
    "EUR, party 'a': its net position changes, by 0.01 that it owes less": clear(7051, 7050, 7050),
    "EUR, party 'a': its net position changes, by 0.05 that it is owed less": clear(7050, 7050, 7055),
    "row 2, 'I2': 70.49 is cleared of 70.50, where the prices need all of it": clear(7049, 7049, 7049),
    "row 1, 'I1': 70.50 is cleared of 100.00, where the prices need all of it": price(0, 0, 0),
    "where the prices need nothing of it": price(2**60, 0, 0),
    "EUR: the certificate is for: fewest firms; verified here is: most cleared": say(objectives=FEWEST_FIRMS),
    "EUR: the certificate is for: no objective": say(objectives=()),
    "EUR: the certificate says gross 250.76; it is 250.75": say(gross_minor=25_076),
    "EUR: the certificate says cleared 211.51; it is 211.50": say(cleared_total_minor=21_151),
    "EUR: the certificate says net debit 0.00; it is 29.50": say(net_debit_minor=0),
}


@pytest.mark.parametrize("words", REFUSALS)
def test_every_refusal_has_its_own_words(tmp_path: Path, words: str) -> None:
    """Each thing that does not hold is named, with the first obligation or party."""
    case = certified(tmp_path, RING)
    verdict = judge(REFUSALS[words](case.claim()), case.table())
    assert verdict.refusal is not None
    assert words in verdict.refusal


def obligations(debtor: list[int], creditor: list[int], amount: list[int]) -> Obligations:
    """Return obligations in yen between parties whose names ascend."""
    currency = find_currency("JPY")
    assert currency is not None
    parties = max(debtor + creditor) + 1
    return Obligations(
        currency,
        np.arange(1, len(amount) + 1),
        pa.chunked_array([[f"N{number}" for number in range(len(amount))]]),
        pa.array([f"{number:03d}" for number in range(parties)]),
        *(np.array(column, np.int64) for column in (debtor, creditor, amount)),
        np.zeros(len(amount), np.int64),
    )


def claim_of(owed: Obligations, cleared: list[int], price: list[int], net_debit: int) -> Certificate:
    """Return a certificate with right totals."""
    part = CurrencyCertificate(
        "JPY",
        content_digest(owed),
        sum(owed.amount_minor.tolist()),
        sum(cleared),
        net_debit,
        (Objective("most cleared", np.array(price, np.int64)),),
        owed.party_id,
        owed.row,
        np.array(cleared, np.int64),
    )
    return Certificate(len(owed), 0, (part,))


def test_large_amounts_and_prices_do_not_overflow() -> None:
    """A bound that would wrap around to the total in 64 bits is seen for what it is."""
    most = 2**60 - 1
    owed = obligations([0, 1, 1], [1, 0, 0], [most, most, most])
    right = claim_of(owed, [most, most, 0], [0, 1], most)
    assert verify_set_off(right, (owed,), rows=3, left_out=0).is_proven
    # With these prices the first obligation gains 2^60, and its amount times it leaves int64.
    wrong = claim_of(owed, [most, 0, most], [0, 2**60 - 1], most)
    assert not proves(wrong.currencies[0], owed)
    assert "need nothing of it" in str(verify_set_off(wrong, (owed,), rows=3, left_out=0).refusal)


def test_a_far_price_of_another_component_is_fine() -> None:
    """Prices of parts that do not meet may be far apart, as long as no obligation joins them."""
    owed = obligations([0, 1, 2, 3], [1, 0, 3, 2], [10**17, 10**17, 5, 7])
    claim = claim_of(owed, [10**17, 10**17, 5, 5], [2**60, 2**60, 0, 1], 2)
    assert verify_set_off(claim, (owed,), rows=4, left_out=0).is_proven


def test_sums_that_leave_the_range_are_refused() -> None:
    """More than 2^62 in all is not verified: sums of parts could wrap around."""
    owed = obligations([0] * 5, [1] * 5, [10**18 - 1] * 5)
    verdict = verify_set_off(claim_of(owed, [0] * 5, [1, 0], 0), (owed,), rows=5, left_out=0)
    assert "sum to 4999999999999999995" in str(verdict.refusal)


def tampered_flow(source: random.Random, claim: Certificate, place: int, owed: Obligations) -> Certificate:
    """Change what is cleared of one obligation by a unit, and the total with it."""
    part = claim.currencies[place]
    cleared = part.cleared_minor.copy()
    change = source.choice((-1, 1))
    cleared[source.randrange(len(cleared))] += change
    return with_part(
        claim, place, cleared_minor=cleared, cleared_total_minor=part.cleared_total_minor + change
    )


def tampered_loop(source: random.Random, claim: Certificate, place: int, owed: Obligations) -> Certificate:
    """Clear less around one loop, with the right total: possible, but not the largest."""
    part = claim.currencies[place]
    cleared = part.cleared_minor.copy()
    used = np.flatnonzero(cleared)
    if not len(used):
        return tampered_total(source, claim, place, owed)
    way = [int(source.choice(used))]
    parties = [int(owed.debtor[way[0]])]
    while int(owed.creditor[way[-1]]) not in parties:
        parties.append(int(owed.creditor[way[-1]]))
        way.append(int(source.choice(used[owed.debtor[used] == parties[-1]])))
    loop = way[parties.index(int(owed.creditor[way[-1]])) :]
    cleared[loop] -= source.randint(1, int(cleared[loop].min()))
    return with_part(claim, place, cleared_minor=cleared, cleared_total_minor=int(cleared.sum()))


def tampered_price(source: random.Random, claim: Certificate, place: int, owed: Obligations) -> Certificate:
    """Change the price of one party."""
    price = claim.currencies[place].objectives[0].price.copy()
    party = source.randrange(len(price))
    price[party] = max(0, int(price[party]) + source.choice((-2, -1, 1, 2, 1000, 2**59)))
    return with_price(claim, place, price)


def tampered_total(source: random.Random, claim: Certificate, place: int, owed: Obligations) -> Certificate:
    """Change a total by a unit."""
    name = source.choice(("gross_minor", "cleared_total_minor", "net_debit_minor"))
    value = getattr(claim.currencies[place], name) + source.choice((-1, 1))
    return with_part(claim, place, **{name: value})


TAMPERINGS = (tampered_flow, tampered_loop, tampered_price, tampered_total)


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Certificate, ObligationTable]]:
    """Certificates of random tables that prove what they claim."""
    cases = [certified(tmp_path_factory.mktemp("case"), random_rows(seed)) for seed in range(5)]
    pairs = [(case.claim(), case.table()) for case in cases]
    assert all(judge(*pair).is_proven for pair in pairs)
    return pairs


@pytest.mark.parametrize("tamper", TAMPERINGS)
def test_no_tampering_passes(
    tamper: Callable[[random.Random, Certificate, int, Obligations], Certificate],
    honest: list[tuple[Certificate, ObligationTable]],
) -> None:
    """A hundred false claims of each kind are refused; a price that proves the same is no false claim."""
    source = random.Random(tamper.__name__)
    refused = 0
    while refused < 100:
        claim, table = source.choice(honest)
        place = source.randrange(len(claim.currencies))
        wrong = tamper(source, claim, place, table.currencies[place])
        still_proves = tamper is tampered_price and proves(wrong.currencies[place], table.currencies[place])
        assert judge(wrong, table).is_proven == still_proves
        refused += not still_proves
