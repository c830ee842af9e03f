"""The decision tables of netting against the plain twin and the engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from setfair.domain.codes import Reason
from tests.reference.netting import NettingHouse
from tests.reference.netting_engine import NettingEngine
from tests.tables.parse import TableError
from tests.tables.parse_netting import Cycle, NetScenario, read_net_scenarios
from tests.tables.run_netting import run_net_scenario

SCENARIOS = read_net_scenarios(Path(__file__).with_name("netting.txt"))


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.table.title)
def test_reference(scenario: NetScenario) -> None:
    """The plain twin comes to what the table says, line by line."""
    run_net_scenario(scenario, NettingHouse.clearing_of)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.table.title)
def test_engine(scenario: NetScenario) -> None:
    """The engine comes to what the table says, line by line."""
    run_net_scenario(scenario, NettingEngine)


def test_every_reason_to_be_left_out_has_a_row() -> None:
    """Each reason that the rules of netting give stands in the table, and both disciplines do."""
    cycles = [play for scenario in SCENARIOS for play in scenario.plays if isinstance(play, Cycle)]
    assert {reason for cycle in cycles for _, reason, _, _ in cycle.left} == {
        Reason.INSUFFICIENT_FUNDS,
        Reason.BEHIND_IN_QUEUE,
        Reason.LIMIT_REACHED,
        Reason.BALANCE_OVERFLOW,
    }
    assert any(cycle.closed for cycle in cycles)
    assert {scenario.clears for scenario in SCENARIOS} == {"leave_due", "rerun_without", "none"}


@pytest.mark.parametrize(
    "said",
    [
        "netted O1",
        "leg A->B 7",
        "leg A->B 8 ; netted O1",
        "leg A->B 7 ; netted O1 ; remains O1 7",
        "leg A->B 7 ; netted O1 ; closed",
        "leg A->B 7 ; netted O1 ; balance A EUR 0",
        "leg A->B 7 ; netted O1 ; left A LIMIT_REACHED 1 round 1",
    ],
)
def test_a_table_that_says_otherwise_fails(tmp_path: Path, said: str) -> None:
    """The runner notices a leg, an obligation, an account left out or a balance that is not as it says."""
    table = tmp_path / "table.txt"
    lines = ["account A EUR line 9", "account B EUR", "party a A", "party b B", "open EUR 1"]
    lines += ["owe O1 a->b 7 EUR", f"cycle EUR 1 | {said}"]
    table.write_text("scenario one\n" + "\n".join(lines), "utf-8")
    (scenario,) = read_net_scenarios(table)
    with pytest.raises(AssertionError):
        run_net_scenario(scenario, NettingHouse.clearing_of)


@pytest.mark.parametrize("line", ["clears all", "owe O1 a->z 5 EUR", "cycle EUR 1 | leg A->B", "cycle USD 1"])
def test_a_line_outside_the_grammar_is_refused(tmp_path: Path, line: str) -> None:
    """What is not in the grammar is an error with its line."""
    table = tmp_path / "table.txt"
    table.write_text(f"scenario one\naccount A EUR\nparty a A\n{line}\n", "utf-8")
    with pytest.raises(TableError, match=r"table\.txt, line 4"):
        read_net_scenarios(table)
