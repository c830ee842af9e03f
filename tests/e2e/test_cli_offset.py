"""`setfair offset` from two spreadsheets to a third."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from typer.testing import Result

from tests.cli import invoke
from tests.houses import NOW, csv_payment, make_house, write_csv

QUEUE = [
    "payment_id,debtor,creditor,currency,amount,priority,link",
    "P1,AMANI,BLUE,KES,100.00,,",
    "P2,BLUE,CEDAR,KES,120,,",
    "P3,CEDAR,AMANI,KES,110,HIGH,",
    "P4,AMANI,CEDAR,KES,500,,X1",
    "P5,CEDAR,AMANI,JPY,3,normal,X1",
    "P6,AMANI,CEDAR,KES,0.5,,",
]
BALANCES = [
    "participant,currency,balance,credit_line",
    "AMANI,KES,-5,20.50",
    "BLUE,KES,20,0",
    "CEDAR,KES,0,",
    "AMANI,JPY,0,",
    "CEDAR,JPY,5,",
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with both files."""
    write(tmp_path, "queue.csv", QUEUE)
    write(tmp_path, "balances.csv", BALANCES)
    return tmp_path


def write(folder: Path, name: str, lines: list[str]) -> None:
    """Write a file."""
    (folder / name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def run(folder: Path, *options: str) -> Result:
    """Run the command."""
    files = ["queue.csv", "--balances", "balances.csv", "--out", "settled.csv"]
    found = [each if each.startswith("--") else str(folder / each) for each in files]
    return invoke("offset", *found, *options)


def settled(folder: Path) -> list[str]:
    """Return the identifications of what settles; every payment of the queue has a row, in its order."""
    with (folder / "settled.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["payment_id"] for row in rows] == [line.split(",")[0] for line in QUEUE[1:]]
    return [row["payment_id"] for row in rows if row["settled"] == "true"]


def test_in_order_what_stands_behind_a_payment_waits(folder: Path) -> None:
    """P6 would fit, but P4 stands before it; and that is the default."""
    result = run(folder)
    assert result.exit_code == 0, result.output
    assert settled(folder) == ["P1", "P2", "P3"]
    assert "no set of this discipline has more value" in result.output


def test_bypass_takes_what_fits(folder: Path) -> None:
    """Figures for machines: exact decimals by currency, values, bound and gap."""
    result = run(folder, "--discipline", "bypass", "--json")
    assert result.exit_code == 0, result.output
    assert settled(folder) == ["P1", "P2", "P3", "P6"]
    summary = json.loads(result.stdout)
    assert summary.pop("seconds") >= 0
    assert summary.pop("work") >= 0
    assert summary.pop("out") == str(folder / "settled.csv")
    assert summary == {
        "discipline": "bypass",
        "payments": 6,
        "settled": 4,
        "ordered_settled": 3,
        "value": 33_050,
        "ordered_value": 33_000,
        "bound": 33_050,
        "gap": 0,
        "gap_percent": 0.0,
        "is_optimum": True,
        "currencies": [
            {
                "currency": "KES",
                "payments": 5,
                "payments_settled": 4,
                "queued": "830.50",
                "settled": "330.50",
                "ordered": "330.00",
            },
            {
                "currency": "JPY",
                "payments": 1,
                "payments_settled": 0,
                "queued": "3",
                "settled": "0",
                "ordered": "0",
            },
        ],
    }


def test_rates_weigh_the_currencies(folder: Path) -> None:
    """A link that ties up little in one currency and brings much in another, and a payment in its way."""
    header = "currency,unit,unit_per_currency,currency_per_unit,source,time"
    write(folder, "queue.csv", [QUEUE[0], "P1,A,B,KES,10,,", "P2,A,B,KES,9,,X", "P3,C,D,JPY,5,,X"])
    write(folder, "balances.csv", [BALANCES[0], "A,KES,10,", "B,KES,0,", "C,JPY,5,", "D,JPY,0,", "E,EUR,0,"])
    for yen, best in (("0.001", ["P1"]), ("0.5", ["P2", "P3"])):
        rows = [
            header,
            "KES,EUR,0.01,,made up,2026-01-05T00:00:00Z",
            f"JPY,EUR,{yen},,made up,2026-01-05T00:00:00Z",
        ]
        write(folder, "rates.csv", rows)
        result = run(folder, "--discipline", "bypass", "--rates", str(folder / "rates.csv"))
        assert result.exit_code == 0, result.output
        with (folder / "settled.csv").open(encoding="utf-8", newline="") as file:
            assert [row["payment_id"] for row in csv.DictReader(file) if row["settled"] == "true"] == best
    write(folder, "rates.csv", rows[:2])
    result = run(folder, "--discipline", "bypass", "--rates", str(folder / "rates.csv"))
    assert result.exit_code == 2
    assert "no rate for JPY" in result.output


WRONG_ROWS = {
    "line 2, payment_id: is empty": ("P1,AMANI", ",AMANI"),
    "line 3, payment_id: 'P1' is in line 2 already": ("P2,", "P1,"),
    "line 2, currency: 'XXX' is no currency": ("KES,100.00", "XXX,100.00"),
    "line 3, debtor: 'NOBODY' has no KES in the balances": ("BLUE,CEDAR", "NOBODY,CEDAR"),
    "line 2, creditor: 'AMANI' is the debtor too": ("AMANI,BLUE", "AMANI,AMANI"),
    "line 3, amount: '120.001'": ("120", "120.001"),
    "line 3, amount: '-120'": ("120", "-120"),
    "line 3, amount: is zero": ("120", "0"),
    "line 4, priority: 'FIRST' is no priority; allowed are URGENT, HIGH, NORMAL": ("HIGH", "FIRST"),
    "line 1: column missing: 'amount'; column not known: 'sum'; the columns are": (",amount,", ",sum,"),
    "line 1: column given twice: 'link'": ("priority", "link"),
    "line 4: 6 fields where the line of column names has 7": ("HIGH,", "HIGH"),
    "line 2: byte 2 is 01": ("P1", "P\x01"),
}


@pytest.mark.parametrize("text", WRONG_ROWS)
def test_a_wrong_queue_is_refused_with_its_place(folder: Path, text: str) -> None:
    """Line, column and what is allowed; exit code 2; nothing is written."""
    before, after = WRONG_ROWS[text]
    write(folder, "queue.csv", "\n".join(QUEUE).replace(before, after, 1).split("\n"))
    result = run(folder)
    assert result.exit_code == 2
    assert text in " ".join(result.output.split())
    assert not (folder / "settled.csv").exists()


WRONG_BALANCES = {
    "line 2, balance: 'much'": ("-5", "much"),
    "line 3, participant: 'AMANI' has KES in line 2 already": ("BLUE", "AMANI"),
    "line 2, credit_line: '-20.50'": ("20.50", "-20.50"),
    "line 2, participant: is empty": ("AMANI", ""),
}


@pytest.mark.parametrize("text", WRONG_BALANCES)
def test_wrong_balances_are_refused_with_their_place(folder: Path, text: str) -> None:
    """All problems of a file are said together."""
    before, after = WRONG_BALANCES[text]
    write(folder, "balances.csv", "\n".join(BALANCES).replace(before, after, 1).split("\n"))
    result = run(folder)
    assert result.exit_code == 2
    assert text in " ".join(result.output.split())


def test_all_problems_are_said_together(folder: Path) -> None:
    """Two wrong rows, two lines of the message; the right ones say nothing."""
    write(folder, "queue.csv", [*QUEUE, "P7,AMANI,BLUE,KES,x,,", "P8,AMANI,BLUE,KES,1,SOON,"])
    text = run(folder).output
    assert "line 8, amount" in text
    assert "line 9, priority" in text
    assert "line 7" not in text


def test_inputs_are_not_written_over(folder: Path) -> None:
    """The output is another file, in a folder that exists."""
    for place in ("queue.csv", "balances.csv", "nowhere/settled.csv"):
        result = run(folder, "--out", str(folder / place))
        assert result.exit_code == 2
        assert "--out" in result.output
    assert (folder / "queue.csv").read_text(encoding="utf-8").startswith(QUEUE[0])


def test_a_house_offsets_what_waits(tmp_path: Path) -> None:
    """Three banks that wait for each other settle together; table options are refused there."""
    house = make_house(tmp_path)
    pairs = (("KE01", "UG01"), ("UG01", "TN01"), ("TN01", "KE01"))
    lines = [csv_payment(number, *pair, "1500.00") for number, pair in enumerate(pairs, 1)]
    circle = write_csv(tmp_path / "circle.csv", *lines)
    for words in (("day", "open", house, "--now", NOW), ("submit", house, circle, "--now", NOW)):
        assert setfair(*words).exit_code == 0
    assert json.loads(setfair("offset", house, "--now", NOW, "--json").stdout) == {
        "discipline": "ordered",
        "payments": 3,
        "settled": 3,
        "value": 450_000,
        "ordered_value": 450_000,
        "bound": 450_000,
        "gap": 0,
        "is_optimum": True,
        "released": 0,
    }
    assert "0 of 0 queued payments" in setfair("offset", house, "--now", NOW).stdout
    refused = setfair("offset", house, "--discipline", "bypass")
    assert (refused.exit_code, "is a folder" in refused.stderr) == (2, True)


def setfair(*words: object) -> Result:
    """Run `setfair` with these words."""
    return invoke(*words)
