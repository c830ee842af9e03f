"""`setfair clear --certificate`, and `--verify`: proven, refused or not readable."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from typer.testing import Result

from tests.e2e.test_cli_clear import run_command
from tests.set_off_cases import RING, Case, certified, random_rows, write_table


@pytest.fixture
def case(tmp_path: Path) -> Case:
    """The ring, set off by the command itself."""
    found = Case(*(tmp_path / name for name in ("obligations.csv", "cleared.csv", "proof")))
    write_table(found.obligations, RING)
    result = run_command(
        found.obligations, "--out", str(found.result), "--certificate", str(found.certificate)
    )
    assert result.exit_code == 0, result.output
    assert f"{found.certificate}: written" in result.output
    return found


def verify(case: Case, *options: str) -> Result:
    """Verify with the command."""
    return run_command(case.obligations, "--verify", str(case.certificate), *options)


def test_a_certificate_that_proves_ends_with_nothing_wrong(case: Case) -> None:
    """Exit code 0, and in words what was checked, the result included."""
    result = verify(case, "--result", str(case.result))
    assert result.exit_code == 0, result.output
    assert "EUR: 211.50 is cleared, and by the prices nobody can clear more" in result.output
    assert "cleared.csv: remaining is what the certificate says" in result.output
    assert "proven in" in result.output


def test_the_verdict_for_machines(case: Case) -> None:
    """JSON says whether it is proven, and why not."""
    verdict = json.loads(verify(case, "--json").stdout)
    assert (verdict["proven"], verdict["refusal"], len(verdict["checked"])) == (True, None, 6)
    write_table(case.obligations, [*RING, "I4,a,b,EUR,1,,,"])
    result = verify(case, "--json")
    verdict = json.loads(result.stdout)
    assert result.exit_code == 1
    assert verdict["proven"] is False
    assert verdict["refusal"] == "the certificate is of a table with 3 rows; this one has 4"


def test_a_result_that_differs_is_refused(case: Case) -> None:
    """Exit code 1 and the line."""
    case.result.write_text(case.result.read_text("utf-8").replace("29.50", "29.49"), "utf-8")
    result = verify(case, "--result", str(case.result))
    assert result.exit_code == 1
    assert "cleared.csv, line 2, 'I1': remaining is '29.49'; by the certificate it is 29.50" in result.stderr


def test_files_that_cannot_be_read_are_another_matter(case: Case) -> None:
    """Exit code 2: a certificate that was altered, is none or is missing, a result that is none."""
    assert verify(case, "--result", str(case.certificate)).exit_code == 2
    raw = case.certificate.read_bytes()
    for wrong, words in ((raw[:-1] + bytes([raw[-1] ^ 1]), "was altered"), (b"no", "no certificate")):
        case.certificate.write_bytes(wrong)
        result = verify(case)
        assert result.exit_code == 2
        assert words in result.stderr
    case.certificate.unlink()
    assert verify(case).exit_code == 2


def test_options_that_do_not_go_together(case: Case) -> None:
    """Each is named, with exit code 2, and nothing is written over."""
    out, proof = str(case.result), str(case.certificate)
    wrong = {
        ("--verify", proof, "--out", out): "--verify writes and chooses nothing: leave out --out",
        ("--out", out, "--result", out): "--result is a file to check",
        (): "name the result with --out",
        ("--out", out, "--certificate", out): "is named with --certificate and --out; name another",
        ("--out", out, "--certificate", str(case.obligations)): "is the input; name another",
        ("--out", out, "--certificate", str(case.result.parent)): "cannot be written",
    }
    before = [path.read_bytes() for path in (case.result, case.certificate, case.obligations)]
    for options, words in wrong.items():
        result = run_command(case.obligations, *options)
        assert result.exit_code == 2
        assert words in result.stderr
    assert [path.read_bytes() for path in (case.result, case.certificate, case.obligations)] == before


def test_the_same_table_gives_the_same_certificate(case: Case, tmp_path: Path) -> None:
    """Byte for byte."""
    run_command(case.obligations, "--out", str(case.result), "--certificate", str(tmp_path / "again"))
    assert (tmp_path / "again").read_bytes() == case.certificate.read_bytes()


@pytest.mark.no_cover  # what is done two hundred times, others do once
def test_no_other_obligations_pass(tmp_path: Path) -> None:
    """Two hundred changes of the table's cells and rows are refused, however small."""
    case = certified(tmp_path, random_rows(4, count=20))
    lines = case.obligations.read_text("utf-8").splitlines()
    source = random.Random(4)
    for number in range(200):
        write_table(case.obligations, tampered(source, lines[1:-2], number % 4) + lines[-2:])
        result = verify(case)
        assert result.exit_code == 1, result.output


def tampered(source: random.Random, rows: list[str], kind: int) -> list[str]:
    """Change a cell, exchange two rows, drop one or repeat one under another number."""
    place, other = source.sample(range(len(rows)), 2)
    wrong = list(rows)
    cells = rows[place].split(",")
    if kind == 0:
        column, value = source.choice(
            ((0, "X"), (1, "firm 99"), (2, "firm 99"), (3, "KES"), (4, cells[4] + "9"), (5, "2025-12-31"))
        )
        cells[column] = value
        wrong[place] = ",".join(cells)
    elif kind == 1:
        wrong[place], wrong[other] = rows[other], rows[place]
    elif kind == 2:
        del wrong[place]
    else:
        wrong.insert(place, "X" + rows[other])
    return wrong
