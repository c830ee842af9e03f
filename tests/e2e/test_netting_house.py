"""Netting in a house on disk: tables, commands, statements, notices, and what a crash leaves."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from setfair.business_day import close_day, open_day, run_cycles
from setfair.domain.codes import InstructionKind, Status, Term
from setfair.domain.instants import to_instant
from setfair.domain.instruction import BatchBuilder, Family
from setfair.engine.invariants import check_books
from setfair.errors import StoreError
from setfair.explain.choose import choose
from setfair.explain.due import Why
from setfair.explain.obligation import explain
from setfair.house import House, open_house
from setfair.statements.write_day import write_day
from setfair.user_words import Said, TermChange, ask_for, decide_on
from tests.agreements import AGENT
from tests.cli import invoke
from tests.unit.statements.days import MONDAY, Player, flushed, made_house

CLEARING = '[clearing]\nnetting = "net"\nunable_to_pay = "{0}"\nstructural_cycles = 2\n'
PARTIES = {"A": "KE01", "B": "UG01", "C": "TN01", "D": "SO01", "N": ""}
"""D's bank is reached through KE01; N names none."""
Owed = tuple[str, str, int]


def register(house: House) -> None:
    """Name the firms and with whom they bank."""
    builder = BatchBuilder(Family.PARTY)
    for party, bank in PARTIES.items():
        builder.add(party_id=party, name=f"Firm {party}", country="KE", participant=bank)
    house.clearing_house.submit(flushed(builder))


def owe(house: House, *owed: Owed, due: date | None = None) -> None:
    """Enter obligations in EUR (minor units)."""
    builder = BatchBuilder(Family.OBLIGATION)
    number = house.clearing_house.state.books.next_number
    for place, (debtor, creditor, amount) in enumerate(owed):
        builder.add(
            kind=InstructionKind.OBLIGATION,
            obligation_id=f"INV-{number + place}",
            debtor=debtor,
            creditor=creditor,
            currency="EUR",
            amount_minor=amount,
            due_date=due,
        )
    house.clearing_house.submit(flushed(builder))


def fund(house: House, bank: str, amount: int) -> None:
    """Give a bank money."""
    Player(house, house.clearing_house.state.books.next_number).send(
        [
            {
                "kind": InstructionKind.LIQUIDITY_TRANSFER,
                "instruction_id": f"F{house.clearing_house.state.books.next_number}",
                "message_name": "camt.050.001.05",
                "instructing_agent": AGENT,
                "debtor_agent": AGENT,
                "creditor_agent": bank,
                "currency": "EUR",
                "amount_minor": amount,
            }
        ]
    )


@pytest.fixture
def opened(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[House]:
    """A house that nets, with its day open; credit lines are 500.00."""
    unable_to_pay = getattr(request, "param", "leave_due")
    with made_house(tmp_path, CLEARING.format(unable_to_pay)) as house:
        register(house)
        open_day(house.clearing_house, MONDAY)
        yield house


def cycle(house: House) -> dict[str, Any]:
    """Run the cycle in EUR and return its row."""
    run_cycles(house.clearing_house, ("EUR",), MONDAY)
    return house.query("SELECT * FROM cycle ORDER BY cycle_number DESC LIMIT 1")[0]


def numbers(house: House) -> list[int]:
    """Return the numbers of the obligations."""
    return [row["obligation_number"] for row in house.query("SELECT obligation_number FROM obligation")]


def cycle_netted(house: House) -> int:
    """Return what all cycles netted, in minor units."""
    return int(house.query("SELECT sum(netted_minor) AS n FROM cycle")[0]["n"])


def test_what_remains_is_settled_and_in_the_tables(opened: House) -> None:
    """A cycle sets off, nets the rest with one leg, and the tables say so; D settles through KE01."""
    owe(opened, ("A", "B", 30_000), ("B", "D", 12_000), ("D", "A", 12_000), ("A", "N", 500))
    row = cycle(opened)
    assert (row["gross_minor"], row["cleared_minor"], row["netted_minor"]) == (54_500, 36_000, 18_000)
    assert (row["paid_minor"], row["remaining_minor"], row["rounds"], row["left_out"]) == (18_000, 500, 1, 0)
    positions = opened.query(
        "SELECT participant, owed_minor, owes_minor, net_minor, outcome FROM net_position"
    )
    assert [tuple(one.values()) for one in positions] == [
        ("KE01", 0, 18_000, -18_000, "settled"),
        ("UG01", 18_000, 0, 18_000, "settled"),
    ]
    legs = opened.query("SELECT debtor_participant, creditor_participant, amount_minor FROM netting_leg")
    assert [tuple(leg.values()) for leg in legs] == [("KE01", "UG01", 18_000)]
    obligations = opened.query(
        "SELECT amount_minor, cleared_minor, netted_minor, remaining_minor, status FROM obligation"
    )
    assert [tuple(one.values()) for one in obligations] == [
        (30_000, 12_000, 18_000, 0, "ACSC"),
        (12_000, 12_000, 0, 0, "ACSC"),
        (12_000, 12_000, 0, 0, "ACSC"),
        (500, 0, 0, 500, "ACSP"),
    ]
    assert opened.query("SELECT sum(balance_minor) AS s FROM account")[0]["s"] == 0
    assert opened.query("SELECT netted_minor FROM netted") == [{"netted_minor": 18_000}]


@pytest.mark.parametrize(
    ("opened", "cleared", "stays"),
    [("leave_due", 20_000, 80_000), ("rerun_without", 0, 90_000)],
    indirect=["opened"],
)
def test_who_cannot_pay_is_left_out(opened: House, cleared: int, stays: int) -> None:
    """A owes more than KE01 has: it is left out, its obligations stay due as agreed, the others settle."""
    owe(opened, ("A", "B", 90_000), ("B", "A", 10_000), ("B", "C", 7_000))
    row = cycle(opened)
    assert (row["cleared_minor"], row["netted_minor"], row["left_out"]) == (cleared, 7_000, 1)
    (left,) = opened.query("SELECT * FROM net_position WHERE outcome = 'left out'")
    assert (left["participant"], left["round"], left["rule"]) == ("KE01", 1, "INSUFFICIENT_FUNDS")
    assert (left["net_minor"], left["lacked_minor"]) == (-80_000, 30_000)
    (due,) = opened.query("SELECT * FROM left_due")
    assert (due["left_out_participant"], due["affected_participant"]) == ("KE01", "UG01")
    assert (due["owes_minor"], due["owed_minor"]) == (stays, 10_000 if not cleared else 0)
    balances = opened.query(
        "SELECT balance_minor FROM account WHERE currency = 'EUR' AND participant = 'KE01'"
    )
    assert balances == [{"balance_minor": 0}]


@pytest.mark.parametrize(
    ("opened", "why"),
    [("leave_due", Why.USED_UP), ("rerun_without", Why.LEFT_OUT)],
    indirect=["opened"],
)
def test_an_explanation_says_who_was_left_out(opened: House, why: Why) -> None:
    """What a cycle left out by the second rule took no part in set-off; what was netted is said."""
    owe(opened, ("A", "B", 90_000), ("B", "C", 10_000), ("C", "A", 10_000), ("C", "B", 100))
    cycle(opened)
    told = [explain(opened.query, choose(opened.query, str(number), None)) for number in numbers(opened)]
    assert told[0]["cycles"][-1]["why_no_more"] == why.name  # type: ignore[index]
    netted = [Decimal(each["obligation"]["netted"]) for each in told]  # type: ignore[index]
    assert netted[0] == 0
    assert sum(netted) == Decimal(cycle_netted(opened)) / 100


def test_rebuilt_and_reopened_it_is_the_same(opened: House, tmp_path: Path) -> None:
    """The pages decided again give the same records, and projected again the same rows."""
    owe(opened, ("A", "B", 90_000), ("B", "C", 7_000))
    cycle(opened)
    views = ("cycle", "netting", "net_position", "left_due", "netting_leg", "netted", "structural_position")
    before = {view: opened.query(f"SELECT * FROM {view}") for view in (*views, "obligation", "account")}
    opened.rebuild()
    assert {view: opened.query(f"SELECT * FROM {view}") for view in before} == before
    opened.clearing_house.recover()
    check_books(opened.clearing_house.state.books)
    fund(opened, "KE01", 90_000)
    assert cycle(opened)["netted_minor"] == 90_000


def test_a_page_that_does_not_become_durable_leaves_nothing(
    opened: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the store fails under a cycle with netting, the books are as before, and the cycle runs again."""
    owe(opened, ("A", "B", 30_000))
    before = state_of(opened)

    def fail(*_: object, **__: object) -> None:
        raise StoreError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(opened.store, "append", fail)
        with pytest.raises(StoreError):
            cycle(opened)
    assert state_of(opened) == before
    assert cycle(opened)["paid_minor"] == 30_000


def state_of(house: House) -> dict[str, bytes]:
    """Return the books as bytes."""
    return {name: array.tobytes() for name, array in house.clearing_house.state.books.snapshot().items()}


def test_structural_debtors_are_named(opened: House) -> None:
    """A net debtor in both of two nettings is structural; near the end of its line it is asked to settle."""
    owe(opened, ("A", "B", 30_000))
    cycle(opened)
    assert structure(opened) == {
        "KE01": ("", "", 60),
        "UG01": ("", "", 0),
        "TN01": ("", "", 0),
        "NO01": ("", "", 0),
    }
    owe(opened, ("A", "C", 8_000), ("B", "A", 100))
    cycle(opened)
    found = structure(opened)
    assert found["KE01"] == ("structural debtor", "early settlement", 75)
    assert found["UG01"] == ("", "", 0)
    owe(opened, ("B", "C", 1))
    cycle(opened)
    assert structure(opened)["KE01"] == ("", "early settlement", 75)
    assert structure(opened)["TN01"] == ("structural creditor", "", 0)
    (row,) = opened.query("SELECT * FROM structural_position WHERE participant = 'KE01' AND currency = 'EUR'")
    assert (row["cycles"], row["debtor_cycles"], row["creditor_cycles"]) == (3, 2, 0)
    assert (row["net_sum_minor"], row["last_net_minor"], row["swing_most_minor"]) == (-37_900, 0, 37_900)


def structure(house: House) -> dict[str, tuple[str, str, int]]:
    """Return structure, what is asked for, and use of the credit line, by participant."""
    rows = house.query("SELECT * FROM structural_position WHERE currency = 'EUR' ORDER BY account_number")
    return {row["participant"]: (row["structure"], row["asked_for"], row["swing_percent"]) for row in rows}


def test_statements_and_notices_have_the_netting(opened: House) -> None:
    """A leg is an entry of both statements, opening + entries = closing; both parties get a notice."""
    fund(opened, "KE01", 5_000)
    owe(opened, ("A", "B", 30_000), ("B", "A", 10_000), ("D", "A", 40))
    row = cycle(opened)
    close_day(opened.clearing_house)
    write_day(opened.query, opened.out, MONDAY)
    folder = opened.out / MONDAY.isoformat()
    rows = read_csv(folder / "KE01" / "statement_EUR.csv")
    (leg,) = [line for line in rows if line["kind"] == "CYCLE"]
    assert leg["instruction_id"].startswith(f"NET-{row['cycle_number']}-")
    assert leg["remittance"] == f"Netting of cycle {row['cycle_number']}"
    statement = (folder / "UG01" / "camt.053_EUR.xml").read_text(encoding="utf-8")
    assert f"NET-{row['cycle_number']}-" in statement
    assert "<Cd>CYCLE</Cd>" in (folder / "UG01" / "camt.054.xml").read_text(encoding="utf-8")
    notices = {
        (line["party"], line["side"], line["obligation_id"]): (
            line["amount"],
            line["cleared"],
            line["remaining"],
        )
        for bank in ("KE01", "UG01")
        for line in read_csv(folder / bank / "netting_notices.csv")
    }
    numbers = [str(one["obligation_id"]) for one in opened.query("SELECT obligation_id FROM obligation")]
    assert notices == {
        ("A", "DEBTOR", numbers[0]): ("200.00", "200.00", "0.00"),
        ("B", "CREDITOR", numbers[0]): ("200.00", "200.00", "0.00"),
        ("D", "DEBTOR", numbers[2]): ("0.40", "0.40", "0.00"),
        ("A", "CREDITOR", numbers[2]): ("0.40", "0.40", "0.00"),
    }
    told = json.loads((folder / "KE01" / "netting_notices.json").read_text(encoding="utf-8"))
    assert [len(one["netted"]) for one in told] == [2, 1]
    assert sum(Decimal(line["cleared"]) for line in read_csv(folder / "UG01" / "set_off_notices.csv")) == 200


def read_csv(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Run a command at noon and return what it printed."""
    monkeypatch.setenv("SETFAIR_NOW", "2026-01-05T12:00:00+03:00")

    def run_well(*words: object) -> str:
        result = invoke(*words)
        assert result.exit_code == 0, result.output
        return result.stdout

    return run_well


def test_the_commands_show_it(tmp_path: Path, run: Callable[..., str]) -> None:
    """`setfair cycle` shows positions and who was left out; `setfair positions` who is structural."""
    with made_house(tmp_path, CLEARING.format("leave_due")) as house:
        register(house)
        open_day(house.clearing_house, MONDAY)
        owe(house, ("A", "B", 90_000), ("B", "C", 7_000))
    folder = tmp_path / "house"
    (row,) = json.loads(run("cycle", folder, "--currency", "EUR", "--date", MONDAY, "--json"))
    assert [(one["participant"], one["outcome"]) for one in row["net_positions"]] == [
        ("KE01", "left out"),
        ("UG01", "computed again"),
        ("TN01", "computed again"),
        ("UG01", "settled"),
        ("TN01", "settled"),
    ]
    assert [one["amount_minor"] for one in row["legs"]] == [7_000]
    assert [one["owes_minor"] for one in row["left_due"]] == [90_000]
    with open_house(folder, lambda: to_instant(datetime(2026, 1, 5, 9, 0, 1, tzinfo=UTC))) as again:
        owe(again, ("B", "C", 1_000))
    shown = run("cycle", folder, "--currency", "EUR", "--date", MONDAY)
    assert "KE01 was left out in round 1: INSUFFICIENT_FUNDS" in shown
    assert "UG01: 1 obligation stays due: 900.00 to it, 0.00 from it" in shown
    table = {
        row["participant"]: row for row in json.loads(run("positions", folder, "--json")) if row["cycles"]
    }
    assert table["KE01"]["structure"] == "structural debtor"
    assert table["KE01"]["left_out_cycles"] == 2
    assert [one["net_minor"] for one in table["UG01"]["last"]] == [-7_000, -1_000]
    assert "structural debtor" in run("positions", folder)


SUB_ACCOUNT = """
[[users]]
id = "omar"
name = "Omar"

[[users]]
id = "olga"
name = "Olga"

[[sub_accounts]]
participant = "KE01"
currency = "EUR"
name = "CLEARING"
purpose = "cycles"
"""


def change_sub_account(house: House, term: Term, amount: int) -> None:
    """Let two people of the operator change KE01's sub-account."""
    directory = house.clearing_house.state.directory
    change = TermChange(term, "KE01", "EUR", amount, sub_account="CLEARING")
    asked = house.clearing_house.take_word(ask_for(change, directory, Said("omar", "a test"))).rows[0]
    approval = InstructionKind.TERM_APPROVAL
    word = decide_on(int(asked["number"]), directory, Said("olga", "a test"), approval)
    assert house.clearing_house.take_word(word).rows[0]["status"] == Status.ACSC


def test_a_cycle_nets_only_what_is_set_aside_for_it(tmp_path: Path) -> None:
    """A bank with a credit line is left out of a cycle until it has set enough aside, and is paid there."""
    with made_house(tmp_path, CLEARING.format("leave_due") + SUB_ACCOUNT) as house:
        register(house)
        open_day(house.clearing_house, MONDAY)
        change_sub_account(house, Term.SUB_ACCOUNT, 1)
        owe(house, ("A", "B", 30_000))
        assert cycle(house)["left_out"] == 1
        change_sub_account(house, Term.SET_ASIDE, 30_000)
        row = cycle(house)
        assert (row["left_out"], row["paid_minor"]) == (0, 30_000)
        owe(house, ("B", "A", 1_000))
        cycle(house)
        balances = house.query(
            "SELECT sub_account, balance_minor FROM account WHERE participant = 'KE01' AND currency = 'EUR'"
        )
        assert [tuple(each.values()) for each in balances] == [("", -30_000), ("CLEARING", 1_000)]
        check_books(house.clearing_house.state.books)
        close_day(house.clearing_house)
        write_day(house.query, house.out, MONDAY)
        assert (house.out / MONDAY.isoformat() / "KE01" / "statement_EUR_CLEARING.csv").exists()
    assert invoke("audit", str(tmp_path / "house")).exit_code == 0
