"""Certificates of runs with objectives and limits: they prove, and nothing that was altered does."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from setfair.engine.setoff import Objective
from setfair.formats.certificate import Certificate, CurrencyCertificate, read_certificate
from setfair.formats.certificate import Objective as Prices
from setfair.set_off_table.choose import Wanted, choose
from setfair.set_off_table.clear import certify, clear_table
from setfair.set_off_table.read import ObligationTable, read_obligations
from setfair.verify.set_off import verify_set_off
from setfair.verify.verdict import Verdict
from tests.set_off_cases import RING, random_rows, write_table
from tests.uncompiled import share

CHOICES = (
    Wanted(Objective.OLDEST),
    Wanted(Objective.CLOSED),
    Wanted(minimum="7"),
    Wanted(party_maximum="40"),
    Wanted(Objective.OLDEST, minimum="3", party_maximum="60"),
    Wanted(Objective.CLOSED, minimum="11", party_maximum="90"),
)


def certified(folder: Path, rows: list[str], wanted: Wanted) -> tuple[Certificate, ObligationTable]:
    """Set off a table under a choice; return the certificate as it is read, and the table."""
    write_table(folder / "obligations.csv", rows)
    table = read_obligations(folder / "obligations.csv")
    certify(folder / "certificate", table, clear_table(table, choose(wanted, table)))
    return read_certificate(folder / "certificate"), table


def judge(claim: Certificate, table: ObligationTable) -> Verdict:
    """Verify a claim against a table."""
    return verify_set_off(claim, table.currencies, rows=len(table.rows), left_out=table.left_out)


@pytest.mark.parametrize("wanted", CHOICES)
def test_every_choice_is_proven(tmp_path: Path, wanted: Wanted) -> None:
    """Random tables in three currencies, under objectives and limits and several together."""
    for seed in range(share(12)):
        verdict = judge(*certified(tmp_path, random_rows(seed), wanted))
        assert verdict.refusal is None


def of_ring(**changes: object) -> Callable[[Certificate], Certificate]:
    """Return what changes the claim about the only currency."""

    def change(claim: Certificate) -> Certificate:
        return replace(claim, currencies=(replace(claim.currencies[0], **changes),))  # type: ignore[arg-type]

    return change


def prices(*each: tuple[str, list[int], list[int] | None]) -> tuple[Prices, ...]:
    """Return objectives with prices as debtor and as creditor."""
    return tuple(
        Prices(name, np.array(owes), None if owed is None else np.array(owed)) for name, owes, owed in each
    )


REFUSALS: dict[str, tuple[Wanted, Callable[[Certificate], Certificate]]] = {
    "row 1, 'I1': 20.25 is cleared of 100.00; is not to be touched": (
        Wanted(party_maximum="20.25"),
        of_ring(stage=np.array([-1, 0, 0])),
    ),
    "row 3, 'I3': 20.25 is cleared of 80.25; takes no part": (
        Wanted(party_maximum="20.25"),
        of_ring(stage=np.array([0, 0, -2])),
    ),
    "20.25 is cleared of 100.00; the least amount is 20.26": (
        Wanted(party_maximum="20.25"),
        of_ring(minimum_minor=2026),
    ),
    "it is in whole multiples of 0.02": (Wanted(party_maximum="20.25"), of_ring(unit_minor=2)),
    "party 'b': of its debts 20.25 is cleared; its maximum is 20.24": (
        Wanted(party_maximum="20.25"),
        of_ring(maximum_minor=np.array([2025, 2024, 2025])),
    ),
    "where its prices need": (
        Wanted(party_maximum="20.25"),
        of_ring(maximum_minor=np.array([2026, 2026, 2026])),
    ),
    "the prices need all of it": (
        Wanted(party_maximum="20.25"),
        of_ring(objectives=prices(("most cleared", [0, 0, 0], None))),
    ),
    "puts something due earlier into a later class": (
        Wanted(Objective.OLDEST),
        of_ring(stage=np.array([0, 1, 2])),
    ),
    "the certificate is for: fewest firms": (
        Wanted(Objective.OLDEST),
        of_ring(objectives=prices(("fewest firms", [0, 0, 0], None)) * 3),
    ),
}


@pytest.mark.parametrize("words", REFUSALS)
def test_every_refusal_has_its_own_words(tmp_path: Path, words: str) -> None:
    """Each limit, and each rule of the prices, is named where it does not hold."""
    wanted, change = REFUSALS[words]
    claim, table = certified(tmp_path, RING, wanted)
    assert judge(claim, table).is_proven
    assert words in str(judge(change(claim), table).refusal)


def tampered(source: random.Random, part: CurrencyCertificate, kind: int) -> CurrencyCertificate:
    """Move what is cleared, drop a maximum, take part in what took none, or say another total."""
    if kind == 0:
        cleared = part.cleared_minor.copy()
        change = source.choice((-1, 1))
        cleared[source.randrange(len(cleared))] += change
        return replace(part, cleared_minor=cleared, cleared_total_minor=part.cleared_total_minor + change)
    if kind == 1:
        return replace(part, net_debit_minor=part.net_debit_minor + source.choice((-1, 1)))
    if kind == 2:
        return replace(part, minimum_minor=int(part.cleared_minor[part.cleared_minor > 0].min()) + 1)
    used = np.flatnonzero(part.cleared_minor)
    stage = np.zeros(len(part.row), np.int64) if part.stage is None else part.stage.copy()
    stage[source.choice(used.tolist())] = source.choice((-1, -2))
    return replace(part, stage=stage)


def test_no_tampering_passes(tmp_path: Path) -> None:
    """A thousand false claims about runs under all choices are refused."""
    source = random.Random(8)
    honest = [certified(tmp_path, random_rows(seed), wanted) for seed, wanted in enumerate(CHOICES)]
    refused = 0
    while refused < 1000:
        claim, table = source.choice(honest)
        place = source.randrange(len(claim.currencies))
        if not claim.currencies[place].cleared_minor.any():
            continue
        parts = list(claim.currencies)
        parts[place] = tampered(source, parts[place], refused % 4)
        assert judge(replace(claim, currencies=tuple(parts)), table).refusal is not None
        refused += 1
