"""Files into a house: whole or not at all, and what is said of each."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from setfair.domain.codes import Reason, Status
from setfair.domain.instruction import BATCH_ROWS_MAX, Family
from setfair.errors import StoreError
from setfair.house import House, open_house
from setfair.store.protocol import StoredPage
from setfair.submission import SHOWN_MAX, FileResult, submit_files
from tests.houses import (
    DAY,
    REMEMBER_FROM,
    csv_payment,
    funding,
    make_house,
    payments,
    ticking_clock,
    write_csv,
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A house with an open day and money; only copied."""
    folder = make_house(tmp_path_factory.mktemp("made"))
    with open_house(folder, ticking_clock()) as opened:
        opened.clearing_house.open_day("KES", DAY, REMEMBER_FROM)
        opened.clearing_house.submit(payments(funding(9_000_000, "KE01", 10_000_000)))
    return folder


@pytest.fixture
def house(made: Path, tmp_path: Path) -> Iterator[House]:
    """A copy of that house, open for writing."""
    with open_house(Path(shutil.copytree(made, tmp_path / "house")), ticking_clock()) as opened:
        yield opened


def submit(house: House, *paths: Path) -> list[FileResult]:
    """Submit files and return what became of each."""
    return list(submit_files(house, paths))


def test_what_became_of_a_file(house: House, tmp_path: Path) -> None:
    """Rows, statuses, reasons, and the rejected ones by their identification."""
    file = write_csv(
        tmp_path / "p.csv",
        csv_payment(1, "KE01", "UG01", "5.00"),
        csv_payment(2, "UG01", "TN01", "9000.00"),
        csv_payment(3, "KE01", "NOBODY", "1"),
        csv_payment(4, "KE01", "UG01", "1.005"),
    )
    (result,) = submit(house, file)
    assert (result.family, result.rows, result.repeated, result.pages) == (Family.PAYMENT, 4, 0, 1)
    assert result.statuses == {Status.ACSC: 1, Status.ACSP: 1, Status.RJCT: 2}
    assert result.reasons == {Reason.UNKNOWN_CREDITOR_AGENT: 1, Reason.TOO_MANY_DECIMALS: 1}
    assert [(row.identification, row.reason) for row in result.rejected] == [
        ("P3", Reason.UNKNOWN_CREDITOR_AGENT),
        ("P4", Reason.TOO_MANY_DECIMALS),
    ]
    assert "row 4" in result.rejected[1].text
    numbers = house.query("SELECT payment_number FROM payment WHERE status = 'RJCT' ORDER BY 1")
    assert [row.number for row in result.rejected] == [row["payment_number"] for row in numbers]


def test_a_row_without_a_number_is_named_by_its_uetr(house: House, tmp_path: Path) -> None:
    """Or by nothing, where it has neither."""
    lines = [csv_payment(1, "KE01", "NOBODY", "1", instruction_id="")]
    lines.append(csv_payment(2, "KE01", "UG01", "1", instruction_id="", uetr=""))
    (result,) = submit(house, write_csv(tmp_path / "p.csv", *lines))
    assert [row.identification for row in result.rejected] == ["00000000-0000-4000-8000-000000000001", ""]


def test_the_same_file_twice(house: House, tmp_path: Path) -> None:
    """The same outcomes, no page, and the money stays where it is."""
    file = write_csv(tmp_path / "p.csv", *(csv_payment(n, "KE01", "UG01", "2") for n in range(1, 30)))
    first, second = submit(house, file, file)
    assert (first.pages, second.pages) == (1, 0)
    assert (first.repeated, second.repeated) == (0, 29)
    assert first.statuses == second.statuses == {Status.ACSC: 29}
    balance = house.query("SELECT balance_minor FROM account WHERE participant = 'UG01' AND currency = 'KES'")
    assert balance == [{"balance_minor": 29 * 200}]


def test_a_wrong_file_does_not_stop_the_others(house: House, tmp_path: Path) -> None:
    """A refused file leaves no page; the files before and after it are applied."""
    good = write_csv(tmp_path / "a.csv", csv_payment(1, "KE01", "UG01", "2"))
    many = [csv_payment(n, "KE01", "UG01", "2") for n in range(100, 100 + 2 * BATCH_ROWS_MAX)]
    bad = write_csv(tmp_path / "b.csv", *many, "only,three,columns")
    other = write_csv(tmp_path / "c.csv", csv_payment(2, "KE01", "UG01", "2"))
    results = submit(house, good, bad, tmp_path / "not-there.csv", other)
    assert [result.refused is not None for result in results] == [False, True, True, False]
    assert str(results[1].refused).startswith(f"{bad}: refused, nothing of it was applied")
    assert house.query("SELECT count(*) AS n FROM payment_row") == [{"n": 3}]
    assert list(house.staging.iterdir()) == []


def test_rejected_rows_are_named_up_to_a_bound(house: House, tmp_path: Path) -> None:
    """All are counted."""
    file = write_csv(tmp_path / "p.csv", *(csv_payment(n, "KE01", "NOBODY", "2") for n in range(1, 151)))
    (result,) = submit(house, file)
    assert len(result.rejected) == SHOWN_MAX
    assert result.statuses[Status.RJCT] == 150


def test_a_store_that_fails_in_the_middle_of_a_file(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was acknowledged stays, the rest did not happen, and the same file completes it."""
    rows = 3 * BATCH_ROWS_MAX
    file = write_csv(
        tmp_path / "p.csv", *(csv_payment(n, "KE01", "UG01", "0.01") for n in range(1, rows + 1))
    )
    append, appended = house.store.append, 0

    def append_once(*pages: StoredPage) -> None:
        nonlocal appended
        appended += 1
        if appended == 2:
            raise StoreError("no room")
        append(*pages)

    house.store.append = append_once  # type: ignore[method-assign]
    # The second page is not stored with the first, however long that takes.
    monkeypatch.setattr("setfair.journal_writer._Begun.is_made", False)
    with pytest.raises(StoreError, match="no room"):
        submit(house, file)
    assert house.query("SELECT count(*) AS n FROM payment_row") == [{"n": 1 + BATCH_ROWS_MAX}]
    (result,) = submit(house, file)
    assert (result.rows, result.repeated, result.pages) == (rows, BATCH_ROWS_MAX, 2)
    assert house.query("SELECT sum(balance_minor) AS s FROM account_row") == [{"s": 0}]
    balance = house.query("SELECT balance_minor FROM account WHERE participant = 'UG01' AND currency = 'KES'")
    assert balance == [{"balance_minor": rows}]


def test_other_families(house: House, tmp_path: Path) -> None:
    """Obligations and parties by their own numbers."""
    header = "obligation_id,debtor,creditor,currency,amount,due_date,debtor_name,creditor_name"
    lines = ["I1,A,B,KES,5.00,,Firm A,Firm B", "I2,A,A,KES,5.00,,Firm A,Firm A"]
    (result,) = submit(house, write_csv(tmp_path / "o.csv", *lines, header=header))
    assert result.family is Family.OBLIGATION
    assert [(row.identification, row.reason) for row in result.rejected] == [("I2", Reason.SAME_PARTY)]
    lines = ["A,Firm A,KE,KE01", "B,Another,KE,KE01"]
    party = write_csv(tmp_path / "f.csv", *lines, header="party_id,name,country,participant")
    (result,) = submit(house, party)
    assert result.family is Family.PARTY
    assert [(row.identification, row.reason) for row in result.rejected] == [("B", Reason.PARTY_CHANGED)]


def test_progress_is_told(house: House, tmp_path: Path) -> None:
    """Reading up to the file's size, deciding up to its rows."""
    file = write_csv(tmp_path / "p.csv", *(csv_payment(n, "KE01", "UG01", "2") for n in range(1, 30)))
    told: list[tuple[str, int, int]] = []
    list(submit_files(house, [file], on_progress=lambda *what: told.append(what)))
    assert told[-1] == ("deciding p.csv", 29, 29)
    assert ("reading p.csv", file.stat().st_size, file.stat().st_size) in told
