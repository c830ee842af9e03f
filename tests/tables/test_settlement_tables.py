"""The decision tables against the reference; any other house runs them by its factory."""

from __future__ import annotations

from pathlib import Path

import pytest

from setfair.domain.codes import Mechanism
from tests.reference.engine import EngineHouse
from tests.reference.settlement import ReferenceHouse
from tests.reference.words import ENGINE_REASONS
from tests.tables.parse import Scenario, TableError, read_scenarios
from tests.tables.run import run_scenario

SCENARIOS = read_scenarios(Path(__file__).with_name("settlement.txt"))


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.title)
def test_reference(scenario: Scenario) -> None:
    """The reference comes to what the table says, line by line."""
    run_scenario(scenario, ReferenceHouse.of)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.title)
def test_engine(scenario: Scenario) -> None:
    """The compiled engine comes to what the table says, line by line."""
    run_scenario(scenario, EngineHouse)


def test_every_reason_that_the_rules_give_has_a_row() -> None:
    """No reason of the engine is without a case."""
    expected = [row.expected for scenario in SCENARIOS for step in scenario.steps for row in step.rows]
    facts = [fact for scenario in SCENARIOS for step in scenario.steps for _, fact in step.outcomes]
    said = {step.word.reason for scenario in SCENARIOS for step in scenario.steps if step.word}
    missing = ENGINE_REASONS - {case.reason for case in expected + facts} - said
    assert {reason.name for reason in missing} == set()


def test_every_mechanism_has_a_row() -> None:
    """Every way to settle has a case; netting has a table of its own, and sub-accounts settle no payment."""
    facts = [fact for scenario in SCENARIOS for step in scenario.steps for _, fact in step.outcomes]
    rows = [row.expected for scenario in SCENARIOS for step in scenario.steps for row in step.rows]
    assert {case.mechanism for case in facts + rows} == set(Mechanism) - {
        Mechanism.NETTING,
        Mechanism.SUB_ACCOUNT,
    }


def test_titles_are_unique() -> None:
    """Every scenario can be named."""
    titles = [scenario.title for scenario in SCENARIOS]
    assert sorted(set(titles)) == sorted(titles)


@pytest.mark.parametrize(
    "line",
    [
        "submit P1 A->B 5 EUR | settled IMMEDIATE",
        "submit P1 A->A 5 EUR | paid",
        "submit P1 A->A 5 EUR | rejected AM04 SAME_ACCOUNT",
        "submit P1 A->A 5 EUR later | rejected AG01 SAME_ACCOUNT",
        "submit P1 A->A 5 EUR",
        "settle P1",
        "account B EUR rich",
        "house quick",
    ],
)
def test_a_line_outside_the_grammar_is_refused(tmp_path: Path, line: str) -> None:
    """An unknown account, word, code or verb in a table is an error with its line, never skipped."""
    table = tmp_path / "table.txt"
    table.write_text(f"scenario one\n  account A EUR\n  {line}\n", "utf-8")
    with pytest.raises(TableError, match=r"table\.txt, line 3"):
        read_scenarios(table)


@pytest.mark.parametrize(
    "said",
    [
        "rejected AG01 SAME_ACCOUNT",
        "queued AM04 INSUFFICIENT_FUNDS ; balance A EUR 1",
        "queued AM04 INSUFFICIENT_FUNDS ; order",
        "queued AM04 INSUFFICIENT_FUNDS ; P1 settled RELEASE",
    ],
)
def test_a_table_that_says_otherwise_fails(tmp_path: Path, said: str) -> None:
    """The runner notices a wrong outcome, balance, order or fact."""
    table = tmp_path / "table.txt"
    lines = ["account A EUR", "account B EUR", "open EUR 1", f"submit P1 A->B 5 EUR | {said}"]
    table.write_text("\n".join(["scenario one", *lines]), "utf-8")
    with pytest.raises(AssertionError):
        run_scenario(read_scenarios(table)[0], ReferenceHouse.of)
