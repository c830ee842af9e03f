"""`setfair clear` from a spreadsheet to a spreadsheet."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pyarrow as pa
import pytest
from typer.testing import Result

from setfair.cli.clear_show import LEFT_OUT_SHOWN_MAX
from setfair.domain.codes import InstructionKind, Reason
from setfair.domain.instruction import BatchBuilder, Family
from setfair.set_off_table.read import COLUMNS, sort_out
from tests.cli import invoke
from tests.set_off_cases import HEADER, RING, write_table


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A file for obligations."""
    return tmp_path / "obligations.csv"


def run(table: Path, rows: list[str], *options: str, header: str = HEADER) -> Result:
    """Write rows and clear them."""
    write_table(table, rows, header)
    return run_file(table, *options)


def run_file(table: Path, *options: str) -> Result:
    """Clear a file."""
    return run_command(table, "--out", str(table.with_name("cleared.csv")), *options)


def run_command(table: Path, *options: str) -> Result:
    """Run the command on a file."""
    return invoke("clear", table, *options)


def read_result(table: Path) -> list[list[str]]:
    """Read the output."""
    with table.with_name("cleared.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_a_ring_is_cleared_by_its_smallest_obligation(table: Path) -> None:
    """Input order, currency units, amount = cleared + remaining."""
    result = run(table, RING)
    assert result.exit_code == 0, result.output
    assert read_result(table) == [
        ["obligation_id", "amount", "cleared", "remaining"],
        ["I1", "100.00", "70.50", "29.50"],
        ["I2", "70.50", "70.50", "0.00"],
        ["I3", "80.25", "70.50", "9.75"],
    ]
    assert "250.75" in result.output
    assert "211.50" in result.output


def test_the_summary_for_machines(table: Path) -> None:
    """JSON has the totals of every currency as exact decimals, and they agree with the output."""
    yen = ["J1,a,b,JPY,100,,,", "J2,b,a,JPY,60,,,"]
    summary = json.loads(run(table, [*RING, *yen], "--json").stdout)
    assert summary["obligations"] == 5
    assert summary["left_out"] == 0
    euro, yen_totals = summary["currencies"]
    assert euro.pop("seconds") >= 0
    assert euro == {
        "currency": "EUR",
        "obligations": 3,
        "parties": 3,
        "gross": "250.75",
        "cleared": "211.50",
        "remaining": "39.25",
        "net_debit": "29.50",
        "cleared_percent": 84.35,
    }
    assert (yen_totals["gross"], yen_totals["cleared"], yen_totals["remaining"]) == ("160", "120", "40")
    assert [row[2] for row in read_result(table)[4:]] == ["60", "60"]


def test_oldest_due_date_first_and_none_is_due_at_once(table: Path) -> None:
    """Of parallel obligations the one without a date goes first, then the oldest."""
    rows = ["N,a,b,EUR,5,2026-03-01,,", "O,a,b,EUR,5,2026-02-01,,", "P,a,b,EUR,5,,,", "Q,b,a,EUR,8,,,"]
    assert run(table, rows).exit_code == 0
    assert [row[2] for row in read_result(table)[1:]] == ["0.00", "3.00", "5.00", "8.00"]


def test_the_due_date_may_be_absent_and_names_empty(table: Path) -> None:
    """Without a column of due dates everything is due at once; without names nothing is amiss."""
    rows = ["1,a,b,TND,1.234,,", "2,b,a,TND,1.235,Ann Works,"]
    header = "obligation_id,debtor,creditor,currency,amount,debtor_name,creditor_name"
    assert run(table, rows, "--strict", header=header).exit_code == 0
    assert [row[2] for row in read_result(table)[1:]] == ["1.234", "1.234"]


BAD_ROWS = {
    "D1,a,b,EUR,1.005,,,": "TOO_MANY_DECIMALS",
    "D1,a,b,JPY,1.5,,,": "TOO_MANY_DECIMALS",
    "D1,a,b,TND,1.0005,,,": "TOO_MANY_DECIMALS",
    "D1,a,b,JPY,1000000000000000000,,,": "AMOUNT_TOO_LARGE",
    "D1,a,b,EUR,10000000000000000.00,,,": "AMOUNT_TOO_LARGE",
    "D3,a,b,EUR,-5,,,": "AMOUNT_NEGATIVE_OR_NIL_DUE",
    "D6,a,b,EUR,1,2026-02-30,,": "DATE_INVALID",
    ",a,b,EUR,1,,,": "IDENTIFIER_MISSING",
    "D2,a,b,EUR,much,,,": "AMOUNT_MALFORMED",
    "D3,a,b,EUR,0,,,": "AMOUNT_NEGATIVE_OR_NIL_DUE",
    "D4,a,b,ZZZ,1,,,": "UNKNOWN_CURRENCY",
    "D5,a,a,EUR,1,,,": "SAME_PARTY",
    "I1,x,b,EUR,1,,,": "DUPLICATE",
}


def test_bad_rows_are_left_out_with_row_and_reason(table: Path) -> None:
    """Rows with a defect, self-obligations and repeated identifications take no part; the others do."""
    summary = json.loads(run(table, [*RING, *BAD_ROWS], "--json").stdout)
    assert [row["reason"] for row in summary["left_out_rows"]] == list(BAD_ROWS.values())
    assert [row["row"] for row in summary["left_out_rows"]] == list(range(4, 4 + len(BAD_ROWS)))
    assert summary["left_out"] == len(BAD_ROWS)
    assert [row[0] for row in read_result(table)] == ["obligation_id", "I1", "I2", "I3"]
    (euro,) = summary["currencies"]
    assert (euro["obligations"], euro["gross"], euro["cleared"]) == (3, "250.75", "211.50")


def test_the_largest_amount_takes_part_to_its_last_digit(table: Path) -> None:
    """Eighteen digits, in currencies of no, two and three decimals."""
    for currency, amount in (("JPY", "9" * 18), ("EUR", f"{'9' * 16}.99"), ("TND", f"{'9' * 15}.999")):
        assert run(table, [f"1,a,b,{currency},{amount},,,", f"2,b,a,{currency},1,,,"]).exit_code == 0
        nines = int(amount.replace(".", ""))
        remaining = str(nines - 10 ** len(amount.partition(".")[2]))
        assert read_result(table)[1][1] == amount
        assert read_result(table)[1][3].replace(".", "") == remaining


WORDS = {
    "line 5, 'D1': amount '1.005', currency 'EUR': the amount has more decimals": "2 for EUR",
    "line 8, 'D1': amount '1000000000000000000'": "allowed are at most 999999999999999999 minor units",
    "line 10, 'D3': amount '-5', currency 'EUR': nothing is due": "allowed is more than 0",
    "line 11, 'D6': due_date '2026-02-30'": "is not a date YYYY-MM-DD",
    "line 12, '': obligation_id is empty": "allowed are 1 to 140 characters",
    "line 13, 'D2': amount 'much'": "allowed are plain digits with at most one point",
    "line 14, 'D3': amount '0'": "allowed is more than 0",
    "line 15, 'D4': amount '1', currency 'ZZZ'": "allowed is a code with minor units, for example KES",
    "line 16, 'D5': debtor and creditor are the same party": "allowed are two different parties",
    "line 17, 'I1': obligation_id: an earlier row has the same": "allowed is one row for a creditor",
}


def test_what_is_left_out_says_line_column_and_what_is_allowed(table: Path) -> None:
    """For each kind of wrong row; an empty line before it counts as a line."""
    said = {line.partition(", ")[0]: line for line in run(table, [*RING, *BAD_ROWS]).stderr.splitlines()}
    for words, allowed in WORDS.items():
        line = said[f"left out {words.partition(',')[0]}"]
        assert words in line
        assert allowed in line
    summary = json.loads(run(table, ["", *RING, "", "", "D5,a,a,EUR,1,,,"], "--json").stdout)
    assert [(row["row"], row["line"]) for row in summary["left_out_rows"]] == [(4, 8)]


GOOD_BYTES = {
    "a byte order mark and CR LF": "\ufeff" + "\r\n".join([HEADER, *RING]) + "\r\n",
    "quoted fields": "\n".join([HEADER, *('"' + row.replace(",", '","') + '"' for row in RING)]) + "\n",
    "empty lines": "\n\n".join([HEADER, *RING]) + "\n\n",
}


@pytest.mark.parametrize("form", GOOD_BYTES)
def test_the_forms_of_a_table_give_the_same_result(table: Path, form: str) -> None:
    """What programs write: the rows are the same, and so is what clears."""
    table.write_bytes(GOOD_BYTES[form].encode())
    assert run_file(table, "--strict").exit_code == 0
    assert [row[2] for row in read_result(table)[1:]] == ["70.50", "70.50", "70.50"]


def test_quotes_and_other_scripts_come_back_as_they_are(table: Path) -> None:
    """Commas and quotes in a name, Arabic, Chinese and Cyrillic; digits of another script are no amount."""
    rows = [
        '"فاتورة, ١","شركة ""النور""",株式会社,EUR,5,,,',
        '発票2,株式会社,"شركة ""النور""",EUR,7.00,,,',
        "И3,株式会社,ООО Свет,EUR,١٢,,,",
    ]
    result = run(table, rows)
    assert [row[::2] for row in read_result(table)[1:]] == [["فاتورة, ١", "5.00"], ["発票2", "5.00"]]
    assert "line 4, 'И3': amount '١٢'" in result.stderr


NO_TABLE = {
    "the file is empty; read are UBL 2 and CII invoices (XML), and tables in CSV, Arrow or Parquet with the"
    " columns of obligations: obligation_id,debtor,creditor,currency,amount [debtor_name,": b"",
    "line 1: the column names are those of no table of obligations; allowed: obligations:": b"id,from,to\n",
    "line 1: column missing: 'amount'; column not known: 'amt'; allowed: obligations: obligation_id,": (
        b"obligation_id,debtor,creditor,currency,amt\n"
    ),
    "line 1: is a table of payments, which is not read here; allowed: obligations: obligation_id,": (
        b"instruction_id,debtor_agent,creditor_agent,currency,amount\n"
    ),
    "line 1: is a table of confirmations, which is not read here": b"debtor,creditor,obligation_id\n",
    "line 1: no line of column names ends": HEADER.encode(),
    "bytes; line ends are LF or CR LF": (HEADER + "\r").encode(),
    "line 3: the last line has no line end: the file may have been": f"{HEADER}\n{RING[0]}\nI2,b".encode(),
    "is a text in UTF-16: save it in UTF-8": (HEADER + "\n").encode("utf-16"),
    "line 2: byte 4 is not UTF-8: save the file in UTF-8": (HEADER + "\nI1,\xe4,b,EUR,1,,,\n").encode(
        "latin-1"
    ),
    "line 2, column 2: the field has a line end in it": (HEADER + '\nI1,"a\nx",b,EUR,1,,,\n').encode(),
}


@pytest.mark.parametrize("words", NO_TABLE)
def test_bytes_that_are_no_table_are_refused_by_what_they_are(table: Path, words: str) -> None:
    """Empty, without a header, cut off, in another encoding, or with a line end in a field."""
    table.write_bytes(NO_TABLE[words])
    result = run_file(table)
    assert result.exit_code == 2
    assert words in result.stderr
    assert not table.with_name("cleared.csv").exists()


MALFORMED = {
    "line 4: 7 fields where the line of column names has 8": (
        "I3,c,a,EUR,80.25,2026-01-03,,",
        "I3,c,a,EUR,80.25,,",
    ),
    "line 2: byte 2 is 01: control characters are not allowed": ("I1,a", "I\x01,a"),
    "line 3": ("I2,b", '"I2,b'),
    "line 1: column missing: 'amount'; allowed: obligations": (",amount,", ",sum,"),
    "line 1: column given twice: 'amount'": ("due_date", "amount"),
    "line 1: the fields are not separated by commas": (",", ";"),
    "the last line has no line end: the file may have been cut off": ("01-03,,\n", "01-03,,"),
}


@pytest.mark.parametrize("words", MALFORMED)
def test_a_malformed_table_is_refused_with_its_line(table: Path, words: str) -> None:
    """Where, what, and what is allowed; nothing is written."""
    write_table(table, RING)
    old, new = MALFORMED[words]
    table.write_text(table.read_text("utf-8").replace(old, new), "utf-8")
    result = run_file(table)
    assert result.exit_code == 2
    assert words in result.stderr
    assert not table.with_name("cleared.csv").exists()


def test_strict_fails_when_a_row_is_left_out(table: Path) -> None:
    """Exit code 1 under --strict alone; the result is written all the same."""
    assert run(table, [*RING, "D5,a,a,EUR,1,,,"]).exit_code == 0
    result = run(table, [*RING, "D5,a,a,EUR,1,,,"], "--strict")
    assert result.exit_code == 1
    assert "line 5, 'D5'" in result.stderr
    assert "SAME_PARTY" in result.stderr
    assert len(read_result(table)) == 4
    assert run(table, RING, "--strict").exit_code == 0


def test_the_same_identification_of_two_creditors_is_no_repeat(table: Path) -> None:
    """An invoice number belongs to its creditor."""
    assert run(table, ["1,a,b,EUR,5,,,", "1,b,a,EUR,5,,,"], "--strict").exit_code == 0
    assert [row[2] for row in read_result(table)[1:]] == ["5.00", "5.00"]


def test_a_credit_note_is_left_out_and_an_invoice_is_not(table: Path) -> None:
    """Invoices in XML are obligations too; a credit note is not taken for one."""
    builder = BatchBuilder(Family.OBLIGATION)
    common = {"debtor": "a", "creditor": "b", "currency": "EUR", "amount_minor": 100}
    builder.add(kind=InstructionKind.OBLIGATION, obligation_id="1", **common)
    batch = builder.add(kind=InstructionKind.CREDIT_NOTE, obligation_id="2", **common) or builder.flush()
    assert batch is not None
    table_read = sort_out(pa.Table.from_batches([batch.rows.select(COLUMNS)]))
    assert table_read.reasons.tolist() == [0, Reason.REJECTED_BY_READER]


def test_many_rows_left_out_are_not_all_printed(table: Path) -> None:
    """People see the first, and how many there are; machines see all."""
    rows = [f"D{n},a,a,EUR,1,,," for n in range(LEFT_OUT_SHOWN_MAX + 5)]
    result = run(table, rows)
    assert result.stderr.count("left out") == LEFT_OUT_SHOWN_MAX + 1
    assert f"{len(rows)} rows were left out" in result.stderr
    assert len(json.loads(run(table, rows, "--json").stdout)["left_out_rows"]) == len(rows)


def test_markup_in_an_identification_is_only_text(table: Path) -> None:
    """Square brackets of a stranger do not style the terminal, and a formula does not run."""
    result = run(table, ["[red]=1[/red],a,a,EUR,1,,,", "=1+1,a,b,EUR,1,,,"])
    assert "'[red]=1[/red]'" in result.stderr
    assert [row[0] for row in read_result(table)[1:]] == ["'=1+1"]


def test_a_table_without_rows_gives_an_empty_result(table: Path) -> None:
    """Nothing owed is no error."""
    result = run(table, [], "--json", "--strict")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["currencies"] == []
    assert len(read_result(table)) == 1


def test_a_file_that_is_no_table_is_refused_and_nothing_is_written(table: Path) -> None:
    """Exit code 2, a message, and an older result stays as it was."""
    table.with_name("cleared.csv").write_text("before", "utf-8")
    result = run(table, ["1,2"], header="one,two")
    assert result.exit_code == 2
    assert "refused" in result.stderr
    assert table.with_name("cleared.csv").read_text("utf-8") == "before"
    assert sorted(path.name for path in table.parent.iterdir()) == ["cleared.csv", "obligations.csv"]


def test_payments_are_no_obligations(table: Path) -> None:
    """A table of payments is refused by what it holds."""
    header = (
        "uetr,instruction_id,debtor_agent,creditor_agent,currency,amount,priority,"
        "debtor_name,creditor_name,value_date"
    )
    row = "6f1f3ee4-55a1-4b0b-8d0b-3d1a3a1b9c11,P1,AAAABEBB,BBBBFRPP,EUR,5,NORMAL,Ann,Bob,"
    result = run(table, [row], header=header)
    assert result.exit_code == 2
    assert not table.with_name("cleared.csv").exists()


def test_sums_beyond_the_largest_are_refused(table: Path) -> None:
    """Five obligations of 18 digits are more than one run takes."""
    rows = [f"{n},a{n},b,JPY,999999999999999999,,," for n in range(5)]
    result = run(table, rows)
    assert result.exit_code == 2
    assert "JPY: the obligations sum to 4999999999999999995" in result.stderr


def test_a_missing_file_and_a_bad_place_for_the_result(table: Path) -> None:
    """Both are named, with exit code 2, before anything is done."""
    result = run_file(table)
    assert result.exit_code == 2
    assert "obligations.csv" in result.stderr
    table.write_text(HEADER + "\n", "utf-8")
    for out in (table, table.parent, table.parent / "none" / "cleared.csv"):
        result = run_file(table, "--out", str(out))
        assert result.exit_code == 2
        assert "name a" in result.stderr
    assert table.read_text("utf-8") == HEADER + "\n"


def test_the_same_file_gives_the_same_bytes(table: Path) -> None:
    """Twice the same, byte for byte."""
    run(table, RING)
    first = table.with_name("cleared.csv").read_bytes()
    run(table, RING)
    assert table.with_name("cleared.csv").read_bytes() == first
