"""Answers to status and account report requests: what is the asker's own, valid by the official schemas."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from lxml import etree

from setfair.business_day import open_day
from setfair.errors import FileRefusedError, HouseError
from setfair.formats.iso20022.read import read_iso20022
from setfair.formats.iso20022.read_request import read_request
from setfair.house import House
from setfair.statements.answer import answer_request
from tests.agreements import invented_bic
from tests.cli import invoke
from tests.formats.iso20022 import read_cases as cases
from tests.formats.iso20022.write_cases import check_valid
from tests.unit.statements.days import TUESDAY, Player, two_days

WEDNESDAY = TUESDAY + timedelta(days=1)


def institution(bic: str) -> str:
    return f"<FinInstnId><BICFI>{bic}</BICFI></FinInstnId>"


def status_request(asker: str, inner: str) -> str:
    """A pacs.028 of one participant."""
    header = (
        "<GrpHdr><MsgId>ASK-1</MsgId><CreDtTm>2026-01-06T12:00:00Z</CreDtTm>"
        f"<InstgAgt>{institution(invented_bic(asker))}</InstgAgt></GrpHdr>"
    )
    return cases.document("pacs.028.001.03", header + inner)


def report_request(asker: str, owner: str, message: str, more: str = "") -> str:
    """A camt.060 of one participant, about Tuesday."""
    return cases.document(
        "camt.060.001.05",
        "<GrpHdr><MsgId>ASK-2</MsgId><CreDtTm>2026-01-06T12:00:00Z</CreDtTm>"
        f"<MsgSndr><Agt>{institution(invented_bic(asker))}</Agt></MsgSndr></GrpHdr>"
        f"<RptgReq><Id>R1</Id><ReqdMsgNmId>{message}</ReqdMsgNmId>{more}"
        f"<AcctOwnr><Agt>{institution(invented_bic(owner))}</Agt></AcctOwnr>"
        "<RptgPrd><FrToDt><FrDt>2026-01-06</FrDt></FrToDt><Tp>ALLL</Tp></RptgPrd></RptgReq>",
    )


@pytest.fixture(scope="module")
def player(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The house after two days, a third one open."""
    with two_days(tmp_path_factory.mktemp("asked"), seed=5, payments=30) as player:
        yield player


def ask(player: Player, folder: Path, text: str) -> list[etree._Element]:
    """Answer a request and return the answers, each valid by its official schema."""
    path = folder / "request.xml"
    path.write_text(text, encoding="utf-8")
    player.house.clearing_house.checkpoint()
    written = answer_request(player.house.query, folder / "answer", read_request(path))
    definitions = {
        "pacs.002": "pacs.002.001.10",
        "camt.052": "camt.052.001.08",
        "camt.053": "camt.053.001.08",
    }
    return [check_valid(each.path.read_bytes(), definitions[each.message]) for each in written]


def _named(row: dict[str, Any]) -> str:
    return f"<TxInf><OrgnlUETR>{UUID(bytes=row['uetr'])}</OrgnlUETR></TxInf>"


def _rows(house: House, where: str) -> list[dict[str, Any]]:
    return house.query(
        "SELECT y.*, p.participant FROM payment_row y "
        "JOIN account_row a ON a.account_number = y.debtor_account "
        "JOIN participant p USING (participant_number) "
        f"WHERE y.uetr <> x'' AND y.kind IN (1, 2) AND {where} ORDER BY 1"
    )


def test_a_status_request_is_answered_with_what_became_of_each(player: Player, tmp_path: Path) -> None:
    """Settled and rejected payments of the asker are told as the tables have them, in the order asked."""
    settled = _rows(player.house, "y.status = 4 AND p.participant = 'KE01'")[0]
    rejected = _rows(player.house, "y.status = 5 AND p.participant = 'KE01'")[0]
    (answer,) = ask(player, tmp_path, status_request("KE01", _named(rejected) + _named(settled)))
    told = [
        (each.findtext("{*}TxSts"), each.findtext("{*}ClrSysRef")) for each in answer.iter("{*}TxInfAndSts")
    ]
    assert told == [
        ("RJCT", str(rejected["payment_number"])),
        ("ACSC", str(settled["payment_number"])),
    ]


def test_others_payments_are_as_if_they_were_not(player: Player, tmp_path: Path) -> None:
    """What one neither sent nor receives is answered with NOOR, as is what never was."""
    others = _rows(player.house, "p.participant = 'UG01'")
    mine = {
        row["account_number"]
        for row in player.house.query("SELECT * FROM account WHERE participant = 'KE01'")
    }
    other = next(row for row in others if row["creditor_account"] not in mine)
    never = "<TxInf><OrgnlInstrId>NEVER-SENT</OrgnlInstrId></TxInf>"
    (answer,) = ask(player, tmp_path, status_request("KE01", _named(other) + never))
    for each in answer.iter("{*}TxInfAndSts"):
        assert each.find("{*}TxSts") is None
        assert each.findtext("{*}StsRsnInf/{*}Rsn/{*}Cd") == "NOOR"


def test_a_whole_message_may_be_asked_for(player: Player, tmp_path: Path) -> None:
    """A group without a transaction means all payments of the asker in that message."""
    row = _rows(player.house, "p.participant = 'KE01'")[0]
    group = (
        f"<OrgnlGrpInf><OrgnlMsgId>{row['message_id']}</OrgnlMsgId>"
        "<OrgnlMsgNmId>pacs.008.001.08</OrgnlMsgNmId></OrgnlGrpInf>"
    )
    (answer,) = ask(player, tmp_path, status_request("KE01", group))
    numbers = {each.text for each in answer.iter("{*}ClrSysRef")}
    assert str(row["payment_number"]) in numbers


def test_a_closed_day_is_answered_with_its_statement(player: Player, tmp_path: Path) -> None:
    """The closing balance is that of the tables; each of the asker's accounts has one statement."""
    answers = ask(player, tmp_path, report_request("KE01", "KE01", "camt.053.001.08"))
    assert len(answers) == 3
    for answer in answers:
        closing = next(
            each for each in answer.iter("{*}Bal") if each.findtext("{*}Tp/{*}CdOrPrtry/{*}Cd") == "CLBD"
        )
        assert closing.find("{*}Amt") is not None


def test_one_account_and_an_interim_report(player: Player, tmp_path: Path) -> None:
    """A camt.052 of one account has the interim booked balance, with the account that was asked for."""
    account = "<Acct><Id><Othr><Id>KE01-EUR</Id></Othr></Id></Acct>"
    (answer,) = ask(player, tmp_path, report_request("KE01", "KE01", "camt.052.001.08", account))
    codes = [each.text for each in answer.iter("{*}Cd") if each.text in ("OPBD", "ITBD", "CLBD")]
    assert codes == ["OPBD", "ITBD"]
    assert answer.findtext(".//{*}Acct/{*}Id/{*}Othr/{*}Id") == "KE01-EUR"


@pytest.mark.parametrize(
    ("asker", "owner", "message", "problem"),
    [
        ("KE01", "UG01", "camt.053.001.08", "KE01 has no"),
        ("NOBODY", "KE01", "camt.053.001.08", "takes no part"),
        ("KE01", "KE01", "camt.054.001.08", "given are camt.052 and camt.053"),
    ],
)
def test_who_may_not_ask_is_refused(
    player: Player, tmp_path: Path, asker: str, owner: str, message: str, problem: str
) -> None:
    """Nobody gets another's account, strangers get nothing, and other messages are not given."""
    with pytest.raises(HouseError, match=problem):
        ask(player, tmp_path, report_request(asker, owner, message))


def test_a_request_is_no_instruction(tmp_path: Path) -> None:
    """What asks cannot be submitted, and what instructs is no request."""
    path = tmp_path / "request.xml"
    path.write_text(status_request("KE01", ""), encoding="utf-8")
    with pytest.raises(FileRefusedError, match="`setfair answer` answers it"):
        list(read_iso20022(path))
    path.write_text(cases.document("pacs.009.001.08", ""), encoding="utf-8")
    with pytest.raises(FileRefusedError, match="`setfair submit` takes it in"):
        read_request(path)


def test_an_open_day_and_the_command(player: Player, tmp_path: Path) -> None:
    """Who asks for a statement of a day that is not over gets an interim report; `setfair answer` does it."""
    open_day(player.house.clearing_house, WEDNESDAY)
    player.house.query("SELECT 1", ())  # brings the tables up to date
    text = report_request("KE01", "KE01", "camt.053.001.08").replace("01-06</FrDt>", "01-07</FrDt>")
    path = tmp_path / "request.xml"
    path.write_text(text, encoding="utf-8")
    given = ["answer", str(player.house.folder), str(path), "--out", str(tmp_path / "out"), "--json"]
    result = invoke(*given)
    assert result.exit_code == 0, result.output
    assert sorted(each.name[:10] for each in (tmp_path / "out").iterdir()) == ["1_camt.052"] * 3
