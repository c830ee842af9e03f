"""A table of results says what the certificate says, or is refused with its line."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from setfair.domain.obligations import Obligations
from setfair.errors import FileRefusedError
from setfair.verify.cleared_csv import verify_cleared
from setfair.verify.verdict import Verdict
from tests.set_off_cases import RING, Case, certified, random_rows


def parts_of(case: Case) -> list[tuple[Obligations, np.ndarray]]:
    """Return the obligations of a case and what its certificate says of them."""
    pairs = zip(case.table().currencies, case.claim().currencies, strict=True)
    return [(owed, part.cleared_minor) for owed, part in pairs]


def judge(case: Case) -> Verdict:
    """Verify a case's result."""
    return verify_cleared(case.result, parts_of(case))


def test_a_result_is_what_the_certificate_says(tmp_path: Path) -> None:
    """Rows of several currencies, in input order, each in its decimals."""
    verdict = judge(certified(tmp_path, random_rows(2)))
    assert verdict.refusal is None
    assert verdict.checked == (
        "cleared.csv has the 60 obligations in their order",
        "cleared.csv: amount is what the certificate says, row by row",
        "cleared.csv: cleared is what the certificate says, row by row",
        "cleared.csv: remaining is what the certificate says, row by row",
    )


def test_what_a_spreadsheet_does_to_it_is_no_difference(tmp_path: Path) -> None:
    """Other line ends, and zeros at the end that are gone."""
    case = certified(tmp_path, ["=1+1,a,b,EUR,5,,,", '"x, ""y""",b,a,EUR,7.10,,,'])
    text = case.result.read_bytes().decode()
    assert "'=1+1,5.00" in text
    case.result.write_text(text.replace("\r\n", "\n").replace(".00", "").replace(".10", ".1"), "utf-8")
    assert judge(case).is_proven


CHANGES = {
    "has 2 rows; 3 obligations take part": ("I2,70.50,70.50,0.00\r\n", ""),
    "line 3: is 'I4'; 'I2' stands here in the obligations": ("I2", "I4"),
    "line 4, 'I3': cleared is '70.51'; by the certificate it is 70.50": ("80.25,70.50", "80.25,70.51"),
    "line 2, 'I1': amount is '1e2'; by the certificate it is 100.00": ("100.00", "1e2"),
    "line 2, 'I1': remaining is ''; by the certificate it is 29.50": ("29.50", ""),
}


@pytest.mark.parametrize("words", CHANGES)
def test_a_change_is_named_with_its_line(tmp_path: Path, words: str) -> None:
    """Line, obligation, column, and what it should be."""
    case = certified(tmp_path, RING)
    case.result.write_bytes(case.result.read_bytes().replace(*(part.encode() for part in CHANGES[words])))
    assert words in str(judge(case).refusal)


@pytest.mark.parametrize(
    ("text", "words"),
    [("one,two\r\n1,2\r\n", "is no table of results"), ("", "cannot be read"), ("a,b\r\n1\r\n", "cannot be")],
)
def test_another_table_is_refused_as_a_file(tmp_path: Path, text: str, words: str) -> None:
    """It is not a wrong result but none."""
    case = certified(tmp_path, RING)
    case.result.write_text(text, "utf-8")
    with pytest.raises(FileRefusedError, match=words):
        judge(case)


def test_no_tampering_passes(tmp_path: Path) -> None:
    """Two hundred changes of a digit, of a name, of the order or of the number of rows are refused."""
    case = certified(tmp_path, random_rows(3))
    parts = parts_of(case)
    lines = case.result.read_text("utf-8").splitlines()
    source = random.Random(3)
    for number in range(200):
        wrong = tampered(source, lines, number % 4)
        case.result.write_text("\n".join(wrong) + "\n", "utf-8")
        assert verify_cleared(case.result, parts).refusal is not None


def tampered(source: random.Random, lines: list[str], kind: int) -> list[str]:
    """Change one digit or name, or drop, repeat or exchange rows."""
    place, other = source.sample(range(1, len(lines)), 2)
    wrong = list(lines)
    if kind == 0:
        spots = [at for at, char in enumerate(lines[place]) if char.isdigit()]
        at = source.choice(spots)
        digit = source.choice([char for char in "0123456789" if char != lines[place][at]])
        wrong[place] = lines[place][:at] + digit + lines[place][at + 1 :]
    elif kind == 1:
        wrong[place] = "X" + lines[place]
    elif kind == 2:
        wrong[place], wrong[other] = lines[other], lines[place]
    elif source.random() < 0.5:
        del wrong[place]
    else:
        wrong.insert(place, lines[place])
    return wrong
