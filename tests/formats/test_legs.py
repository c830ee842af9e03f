"""What a table and a pacs.009 say of the link of a payment, and what of it is refused."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from setfair.domain.codes import Reason
from setfair.domain.instants import to_instant
from tests.formats.iso20022 import read_cases as cases
from tests.formats.tables import GOOD_PAYMENT, PAYMENT_HEADER, rows_of, write_csv

HEADER = f"{PAYMENT_HEADER},link,link_legs,against_currency,against_amount,until"
SAID = ("link", "link_legs", "against_currency", "against_amount_minor", "until_ns")
NOON_UTC = to_instant(datetime(2030, 1, 15, 12, tzinfo=UTC))


def read_line(folder: Path, said: str, more: str = "") -> dict[str, object]:
    """Return the row of a payment that says this of its link."""
    (row,) = rows_of(write_csv(folder, HEADER + more, f"{GOOD_PAYMENT},{said}"))
    return row


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("FX-17,,,,", ("FX-17", 2, "", 0, 0)),
        ("FX-17,3,KES,1250.50,2030-01-15T15:00:00+03:00", ("FX-17", 3, "KES", 125_050, NOON_UTC)),
        (",,,,", ("", 0, "", 0, 0)),
    ],
)
def test_a_table_says_it_in_columns(tmp_path: Path, said: str, expected: tuple[object, ...]) -> None:
    """Reference, number of legs, what the payer is to receive, and the latest time."""
    row = read_line(tmp_path, said)
    assert (tuple(row[name] for name in SAID), row["defect"]) == (expected, 0)


@pytest.mark.parametrize(
    ("said", "text"),
    [
        (",3,,,", "link is empty"),
        (f"{'x' * 36},,,,", "more than 35 characters"),
        ("X,1,,,", "not a number from 2 to 16"),
        ("X,17,,,", "not a number from 2 to 16"),
        ("X,²,,,", "not a number from 2 to 16"),
        ("X,,XXX,5,", "not an ISO 4217 code"),
        ("X,,KES,,", "against_amount"),
        ("X,,KES,0,", "greater than zero"),
        ("X,,UGX,1.50,", "more decimals"),
        ("X,,,5,", "not an ISO 4217 code"),
        ("X,,,,noon", "no time with a time zone"),
        ("X,,,,2030-01-15T15:00:00", "no time with a time zone"),
        ("X,,,,9999-12-31T23:59:59-23:00", "no time with a time zone"),
    ],
)
def test_what_is_malformed_is_a_defect(tmp_path: Path, said: str, text: str) -> None:
    """A row that breaks a rule of links is rejected with words that say which."""
    row = read_line(tmp_path, said)
    assert row["defect"] == Reason.LINK_INVALID
    assert text in str(row["defect_text"])
    assert row["link"] == ""


def institution_transfer(*said: str, time: str = "") -> str:
    """Return a pacs.009 whose instructions for the next agent are these."""
    instructions = "".join(f"<InstrForNxtAgt><InstrInf>{text}</InstrInf></InstrForNxtAgt>" for text in said)
    wanted = f"<SttlmTmReq><RjctTm>{time}</RjctTm></SttlmTmReq>" if time else ""
    return cases.document(
        "pacs.009.001.08",
        cases.group_header()
        + "<CdtTrfTxInf><PmtId><InstrId>I-1</InstrId><EndToEndId>E-1</EndToEndId>"
        + f"<UETR>{cases.UETR}</UETR></PmtId>"
        + '<IntrBkSttlmAmt Ccy="EUR">12.50</IntrBkSttlmAmt><IntrBkSttlmDt>2030-01-15</IntrBkSttlmDt>'
        + wanted
        + "<Dbtr><FinInstnId><BICFI>ALPHXX22</BICFI></FinInstnId></Dbtr>"
        + "<Cdtr><FinInstnId><BICFI>BRAVXX22</BICFI></FinInstnId></Cdtr>"
        + instructions
        + "</CdtTrfTxInf>",
    )


@pytest.mark.parametrize(
    ("said", "time", "expected"),
    [
        (("/LINK/FX-17",), "", ("FX-17", 2, "", 0, 0)),
        (("/LINK/FX-17 /LEGS/3", "/AGST/KES1250.50"), "12:00:00", ("FX-17", 3, "KES", 125_050, NOON_UTC)),
        (("/LINK/FX-17",), "15:00:00+03:00", ("FX-17", 2, "", 0, NOON_UTC)),
        (("/FIN53/SOMETHING",), "12:00:00", ("", 0, "", 0, NOON_UTC)),
    ],
)
def test_a_pacs009_says_it_to_the_next_agent(
    tmp_path: Path, said: tuple[str, ...], time: str, expected: tuple[object, ...]
) -> None:
    """Code words between slashes, and the reject time on the value date."""
    row = cases.read_row(tmp_path, institution_transfer(*said, time=time))
    assert (tuple(row[name] for name in SAID), row["defect"]) == (expected, 0)


@pytest.mark.parametrize("said", ["/LINK/X /LEGS/99", "/LINK/X /AGST/KES", "/LINK/X /AGST/ZZZ5.00"])
def test_what_is_malformed_in_a_pacs009_is_a_defect(tmp_path: Path, said: str) -> None:
    """The payment is rejected, not its file."""
    assert cases.read_row(tmp_path, institution_transfer(said))["defect"] == Reason.LINK_INVALID


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (",,,,2030-01-15T15:00:00+03:00,2030-01-15T11:00:00Z", (NOON_UTC - 3600 * 10**9, NOON_UTC, 0)),
        (",,,,,2030-01-15T12:00:00Z", (NOON_UTC, 0, 0)),
        (",,,,2030-01-15T10:00:00Z,2030-01-15T11:00:00Z", (0, 0, Reason.DATE_INVALID)),
        (",,,,,noon", (0, 0, Reason.DATE_INVALID)),
        ("X,,,,,2030-01-15T11:00:00Z", (0, 0, Reason.LINK_INVALID)),
    ],
)
def test_a_payment_by_itself_has_times(tmp_path: Path, said: str, expected: tuple[int, int, int]) -> None:
    """`from` and `until` without a link are the payment's earliest and latest time; a leg has no `from`."""
    row = read_line(tmp_path, said, more=",from")
    assert (row["earliest_ns"], row["until_ns"], row["defect"]) == expected


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ("<FrTm>11:00:00</FrTm><RjctTm>12:00:00</RjctTm>", (NOON_UTC - 3600 * 10**9, NOON_UTC, 0)),
        ("<TillTm>12:00:00Z</TillTm><RjctTm>12:30:00Z</RjctTm>", (0, NOON_UTC, 0)),
        ("<CLSTm>11:00:00Z</CLSTm>", (0, 0, 0)),
        ("<FrTm>13:00:00Z</FrTm><RjctTm>12:00:00Z</RjctTm>", (0, 0, Reason.DATE_INVALID)),
    ],
)
def test_times_of_a_message(tmp_path: Path, times: str, expected: tuple[int, int, int]) -> None:
    """`FrTm` is the earliest time, the earlier of `TillTm` and `RjctTm` the latest; `CLSTm` is none."""
    text = institution_transfer(time="12:00:00").replace("<RjctTm>12:00:00</RjctTm>", times)
    row = cases.read_row(tmp_path, text)
    assert (row["earliest_ns"], row["until_ns"], row["defect"]) == expected
