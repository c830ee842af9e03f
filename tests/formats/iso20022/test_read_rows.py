"""What is extracted from a message: identity, agents, amounts, priority, dates, names, originals."""

from __future__ import annotations

import uuid
from datetime import date
from pathlib import Path

import pytest

from setfair.domain.codes import InstructionKind, Priority, Reason
from setfair.formats.iso20022.read import read_iso20022
from tests.formats.iso20022 import read_cases as cases
from tests.formats.iso20022.read_cases import agent, customer_transfer, group_header, pacs008, read_row

UETR = uuid.UUID(cases.UETR).bytes


def institution_transfer(parties: str, **given: str) -> str:
    """A pacs.009 with one transaction."""
    transaction = (
        f"<CdtTrfTxInf><PmtId><InstrId>I-1</InstrId><EndToEndId>E-1</EndToEndId></PmtId>"
        f'<IntrBkSttlmAmt Ccy="EUR">100</IntrBkSttlmAmt>{parties}{given.get("after", "")}</CdtTrfTxInf>'
    )
    return cases.document("pacs.009.001.08", group_header() + transaction)


def test_customer_payment_has_every_column(tmp_path: Path) -> None:
    """An ordinary pacs.008 transaction becomes exactly this row."""
    text = pacs008(
        customer_transfer(
            agents=agent("InstgAgt", "ALPHXX22") + agent("InstdAgt", "BRAVXX22"),
            remittance="<RmtInf><Ustrd>Invoice 1</Ustrd><Ustrd>and 2</Ustrd></RmtInf>",
        )
    )
    assert read_row(tmp_path, text) == {
        "kind": InstructionKind.CUSTOMER_PAYMENT,
        "uetr": UETR,
        "instruction_id": "I-1",
        "end_to_end_id": "E-1",
        "transaction_id": "T-1",
        "message_id": "M-1",
        "message_name": "pacs.008.001.08",
        "instructing_agent": "ALPHXX22",
        "instructed_agent": "BRAVXX22",
        "debtor_agent": "ALPHXX22",
        "creditor_agent": "BRAVXX22",
        "currency": "EUR",
        "amount_minor": 1250,
        "priority": Priority.NORMAL,
        "value_date": date(2030, 1, 15),
        "debtor_name": "Amber Mills",
        "creditor_name": "Cobalt Foods",
        "other_names": "",
        "party_facts": "",
        "remittance": "Invoice 1 and 2",
        "other_texts": "",
        "original_uetr": None,
        "original_instruction_id": "",
        "reason_code": "",
        "link": "",
        "link_legs": 0,
        "against_currency": "",
        "against_amount_minor": 0,
        "until_ns": 0,
        "earliest_ns": 0,
        "defect": 0,
        "defect_text": "",
    }


def test_envelope_changes_nothing_but_the_sender(tmp_path: Path) -> None:
    """A message in an envelope of any name reads like the bare one, with the header's sender."""
    bare = read_row(tmp_path, pacs008())
    for root in ("Env", "RequestPayload", 'x:Any xmlns:x="urn:any:thing"'):
        text = cases.envelope(pacs008(), root=root).replace(f"</{root}>", f"</{root.split(' ')[0]}>")
        assert read_row(tmp_path, text) == bare | {"instructing_agent": "SENDXX22"}


def test_envelope_in_the_messages_own_namespace(tmp_path: Path) -> None:
    """An envelope may share the namespace of the message or wrap it more than once."""
    root = f'Env xmlns="{cases.NAMESPACE}pacs.008.001.08"'
    text = f"<{root}><Head/><Body><Inner>{pacs008()}</Inner></Body></Env>"
    assert read_row(tmp_path, text) == read_row(tmp_path, pacs008())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"])
def test_names_are_kept_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    """A name outside ASCII comes out as it was written."""
    declared = encoding.removesuffix("-sig")
    body = pacs008(customer_transfer(debtor="<Nm>Müller Café</Nm>"))
    text = f'<?xml version="1.0" encoding="{declared}"?>{body}'
    assert read_row(tmp_path, text.encode(encoding))["debtor_name"] == "Müller Café"


def test_names_in_other_scripts_are_kept(tmp_path: Path) -> None:
    """A name in any script is kept in the original."""
    row = read_row(tmp_path, pacs008(customer_transfer(debtor="<Nm>Янтарь 琥珀 عنبر</Nm>")))
    assert row["debtor_name"] == "Янтарь 琥珀 عنبر"


@pytest.mark.parametrize(
    ("currency", "amount", "minor", "reason"),
    [
        ("EUR", "12.5", 1250, Reason.NONE),
        ("EUR", "12.500", 1250, Reason.NONE),
        ("EUR", " +012.50 ", 1250, Reason.NONE),
        ("EUR", "0", 0, Reason.NONE),
        ("EUR", "12.505", 0, Reason.TOO_MANY_DECIMALS),
        ("JPY", "100", 100, Reason.NONE),
        ("JPY", "100.55", 0, Reason.TOO_MANY_DECIMALS),
        ("TND", "1.234", 1234, Reason.NONE),
        ("TND", "1.2345", 0, Reason.TOO_MANY_DECIMALS),
        ("EUR", "9999999999999999.99", 999_999_999_999_999_999, Reason.NONE),
        ("EUR", "99999999999999999", 0, Reason.AMOUNT_TOO_LARGE),
        ("XAU", "1", 0, Reason.UNKNOWN_CURRENCY),
        ("ZZZ", "1", 0, Reason.UNKNOWN_CURRENCY),
    ],
)
def test_amount_is_minor_units_or_a_defect(
    tmp_path: Path, currency: str, amount: str, minor: int, reason: Reason
) -> None:
    """An amount becomes whole minor units of its currency, or the payment a defect; nothing is rounded."""
    text = pacs008(customer_transfer(amount=f'<IntrBkSttlmAmt Ccy="{currency}">{amount}</IntrBkSttlmAmt>'))
    row = read_row(tmp_path, text)
    assert (row["currency"], row["amount_minor"], row["defect"]) == (currency, minor, reason)
    assert bool(row["defect_text"]) == bool(reason)


@pytest.mark.parametrize("amount", ["-1", "1e3", "1.123456", "1234567890123456789", "", "NaN", "1,5"])
def test_amount_that_the_standard_does_not_allow_refuses_the_file(tmp_path: Path, amount: str) -> None:
    """What ISO 20022 allows in no currency is no defect of one payment but a broken file."""
    text = pacs008(customer_transfer(amount=f'<IntrBkSttlmAmt Ccy="EUR">{amount}</IntrBkSttlmAmt>'))
    assert cases.refused(tmp_path, text).element.endswith("CdtTrfTxInf/IntrBkSttlmAmt")


@pytest.mark.parametrize(
    ("settlement", "instruction", "group", "expected"),
    [
        ("", "", "", Priority.NORMAL),
        ("URGT", "NORM", "", Priority.URGENT),
        ("HIGH", "NORM", "", Priority.HIGH),
        ("NORM", "HIGH", "", Priority.NORMAL),
        ("", "HIGH", "NORM", Priority.HIGH),
        ("", "", "HIGH", Priority.HIGH),
    ],
)
def test_priority(tmp_path: Path, settlement: str, instruction: str, group: str, expected: Priority) -> None:
    """The settlement priority counts first, then the instruction priority, then the group's."""

    def written(template: str, code: str) -> str:
        return template.format(code) if code else ""

    text = pacs008(
        customer_transfer(
            priority=written("<SttlmPrty>{}</SttlmPrty>", settlement),
            type=written("<PmtTpInf><InstrPrty>{}</InstrPrty></PmtTpInf>", instruction),
        ),
        after=written("<PmtTpInf><InstrPrty>{}</InstrPrty></PmtTpInf>", group),
    )
    assert read_row(tmp_path, text)["priority"] == expected


@pytest.mark.parametrize(
    ("institution", "expected"),
    [
        ("<BICFI>ALPHXX22</BICFI><LEI>529900ABCDEFGHIJKL12</LEI>", "ALPHXX22"),
        (
            "<ClrSysMmbId><MmbId>4711</MmbId></ClrSysMmbId><LEI>529900ABCDEFGHIJKL12</LEI>",
            "529900ABCDEFGHIJKL12",
        ),
        ("<ClrSysMmbId><MmbId>4711</MmbId></ClrSysMmbId><Nm>Alpha</Nm>", "4711"),
        ("<Nm>Alpha</Nm><Othr><Id>OTHER</Id></Othr>", "OTHER"),
        ("<Nm>Alpha</Nm>", "Alpha"),
        ("", ""),
    ],
)
def test_agent_is_named_by_its_best_identification(tmp_path: Path, institution: str, expected: str) -> None:
    """BIC before LEI before member id before other id before name."""
    text = customer_transfer(debtor_agent=f"<DbtrAgt><FinInstnId>{institution}</FinInstnId></DbtrAgt>")
    assert read_row(tmp_path, pacs008(text))["debtor_agent"] == expected


def test_instructing_agent_is_found_from_the_inside_out(tmp_path: Path) -> None:
    """The transaction's instructing agent counts, then the group's, the header's, the debtor agent."""
    inside = customer_transfer(agents=agent("InstgAgt", "INSIXX22"))
    group = agent("InstgAgt", "GROUXX22")
    texts = {
        "INSIXX22": cases.envelope(pacs008(inside, after=group)),
        "GROUXX22": cases.envelope(pacs008(after=group)),
        "SENDXX22": cases.envelope(pacs008()),
        "ALPHXX22": pacs008(),
    }
    for expected, text in texts.items():
        assert read_row(tmp_path, text)["instructing_agent"] == expected


def test_payment_without_any_identification_is_a_defect(tmp_path: Path) -> None:
    """A payment needs a UETR, an instruction id or a transaction id."""
    row = read_row(tmp_path, pacs008(customer_transfer(ids="<EndToEndId>NOTPROVIDED</EndToEndId>")))
    assert row["defect"] == Reason.IDENTIFIER_MISSING
    row = read_row(tmp_path, pacs008(customer_transfer(ids="<EndToEndId>E</EndToEndId><TxId>T-9</TxId>")))
    assert (row["defect"], row["instruction_id"]) == (0, "T-9")


@pytest.mark.parametrize("side", ["debtor", "creditor"])
def test_customer_without_a_name_is_a_defect(tmp_path: Path, side: str) -> None:
    """There is no anonymous customer."""
    row = read_row(tmp_path, pacs008(customer_transfer(**{side: "<CtryOfRes>XA</CtryOfRes>"})))
    assert row["defect"] == Reason.NAME_MISSING
    assert side in row["defect_text"]


def test_defect_spoils_one_payment_and_not_its_file(tmp_path: Path) -> None:
    """The payments beside one with a defect are read as ever; the first defect counts."""
    bad = customer_transfer(amount='<IntrBkSttlmAmt Ccy="ZZZ">1</IntrBkSttlmAmt>', debtor="")
    rows = cases.read_rows(tmp_path, pacs008(customer_transfer(), bad, customer_transfer()))
    assert [row["defect"] for row in rows] == [0, Reason.UNKNOWN_CURRENCY, 0]


@pytest.mark.parametrize(
    ("text", "expected", "reason"),
    [
        ("2030-01-15Z", date(2030, 1, 15), 0),
        ("2030-01-15+01:00", date(2030, 1, 15), 0),
        ("12030-01-15", None, Reason.DATE_INVALID),
        ("-0044-03-15", None, Reason.DATE_INVALID),
    ],
)
def test_value_date(tmp_path: Path, text: str, expected: date | None, reason: int) -> None:
    """A date may have a time zone; a year that no calendar here has is a defect."""
    row = read_row(tmp_path, pacs008(customer_transfer(date=f"<IntrBkSttlmDt>{text}</IntrBkSttlmDt>")))
    assert (row["value_date"], row["defect"]) == (expected, reason)


def test_value_date_of_the_group(tmp_path: Path) -> None:
    """Without a date of its own a transaction has its group's, and without either none."""
    undated = customer_transfer(date="")
    assert read_row(tmp_path, pacs008(undated))["value_date"] is None
    row = read_row(tmp_path, pacs008(undated, extra="<IntrBkSttlmDt>2030-02-01</IntrBkSttlmDt>"))
    assert row["value_date"] == date(2030, 2, 1)


def test_every_further_name_is_kept_for_screening(tmp_path: Path) -> None:
    """Ultimate parties, agents, contacts, invoicees, header and group: each name once, one a line."""
    transaction = customer_transfer(
        before_debtor="<UltmtDbtr><Nm>Ultimate\n Amber</Nm></UltmtDbtr>"
        "<InitgPty><Nm>Cobalt Foods</Nm></InitgPty>",
        debtor="<Nm>Amber\n  Mills</Nm><CtctDtls><Nm>Contact Person</Nm></CtctDtls>",
        debtor_agent="<DbtrAgt><FinInstnId><BICFI>ALPHXX22</BICFI><Nm>Alpha Bank</Nm></FinInstnId></DbtrAgt>",
        after_creditor="<UltmtCdtr><Nm>Ultimate Cobalt</Nm></UltmtCdtr>",
        remittance="<RmtInf><Strd><Invcee><Nm>Invoiced Dune</Nm></Invcee></Strd></RmtInf>",
    )
    group = "<InstgAgt><FinInstnId><Nm>Group Agent</Nm></FinInstnId></InstgAgt>"
    text = cases.envelope(pacs008(transaction, after=group)).replace(
        "<BICFI>SENDXX22</BICFI>", "<BICFI>SENDXX22</BICFI><Nm>Sender Bank</Nm>"
    )
    assert read_row(tmp_path, text)["other_names"].split("\n") == [
        "Ultimate Amber",
        "Contact Person",
        "Alpha Bank",
        "Ultimate Cobalt",
        "Invoiced Dune",
        "Sender Bank",
        "Group Agent",
    ]


def test_structured_remittance_becomes_text(tmp_path: Path) -> None:
    """Numbers of documents and references are part of the remittance text."""
    information = (
        "<RmtInf><Ustrd>For</Ustrd><Strd><RfrdDocInf><Nb>INV-7</Nb></RfrdDocInf>"
        "<CdtrRefInf><Ref>RF18</Ref></CdtrRefInf><AddtlRmtInf>thanks</AddtlRmtInf></Strd></RmtInf>"
    )
    row = read_row(tmp_path, pacs008(customer_transfer(remittance=information)))
    assert row["remittance"] == "For INV-7 RF18 thanks"


def test_institution_payment_goes_between_the_institutions_or_their_agents(tmp_path: Path) -> None:
    """The agents keep the settlement accounts where they are given, else the institutions themselves."""
    debtor, creditor = agent("Dbtr", "ALPHXX22"), agent("Cdtr", "BRAVXX22")
    row = read_row(tmp_path, institution_transfer(debtor + creditor))
    assert row["kind"] == InstructionKind.INSTITUTION_PAYMENT
    assert (row["debtor_agent"], row["creditor_agent"]) == ("ALPHXX22", "BRAVXX22")
    assert (row["debtor_name"], row["defect"]) == ("", 0)
    agents = agent("DbtrAgt", "CEDRXX22") + agent("CdtrAgt", "DELTXX22")
    row = read_row(tmp_path, institution_transfer(debtor + agents + creditor))
    assert (row["debtor_agent"], row["creditor_agent"]) == ("CEDRXX22", "DELTXX22")


def test_underlying_customers_of_a_cover_payment_are_screened(tmp_path: Path) -> None:
    """The customers behind a cover payment (pacs.009 COV) are among its names."""
    underlying = (
        "<UndrlygCstmrCdtTrf><Dbtr><Nm>Amber Mills</Nm></Dbtr>"
        f"{agent('DbtrAgt', 'ALPHXX22')}{agent('CdtrAgt', 'BRAVXX22')}"
        "<Cdtr><Nm>Cobalt Foods</Nm></Cdtr></UndrlygCstmrCdtTrf>"
    )
    parties = agent("Dbtr", "ALPHXX22") + agent("Cdtr", "BRAVXX22")
    row = read_row(tmp_path, institution_transfer(parties, after=underlying))
    assert row["other_names"] == "Amber Mills\nCobalt Foods"


@pytest.mark.parametrize("service", ["swift.cbprplus.adv.02", "adv.house", "x.adv"])
def test_advice_is_refused(tmp_path: Path, service: str) -> None:
    """A pacs.009 that only advises another payment settles nothing."""
    parties = agent("Dbtr", "ALPHXX22") + agent("Cdtr", "BRAVXX22")
    text = cases.envelope(institution_transfer(parties), message="pacs.009.001.08", service=service)
    problem = cases.refused(tmp_path, text)
    assert (problem.element, problem.reason) == ("AppHdr/BizSvc", "AG03")
    assert read_row(tmp_path, text.replace(service, "house.advanced"))["amount_minor"] == 10_000


def test_payment_that_settles_by_a_cover_is_refused(tmp_path: Path) -> None:
    """The money of a pacs.008 with method COVE moves by its cover payment, under the same UETR."""
    problem = cases.refused(tmp_path, pacs008(method="COVE"))
    assert (problem.element, problem.reason) == ("GrpHdr/SttlmInf/SttlmMtd", "AG03")


def test_header_must_announce_the_message(tmp_path: Path) -> None:
    """A header of another message is refused; another version of the same is not."""
    problem = cases.refused(tmp_path, cases.envelope(pacs008(), message="pacs.009.001.08"))
    assert problem.element == "AppHdr/MsgDefIdr"
    assert read_row(tmp_path, cases.envelope(pacs008(message="pacs.008.001.10")))["defect"] == 0


def test_rows_come_in_full_batches_in_order(tmp_path: Path) -> None:
    """A long file comes in batches of 8,192 rows, and progress is told in bytes."""
    ids = "<InstrId>{}</InstrId><EndToEndId>E</EndToEndId>"
    text = pacs008(*(customer_transfer(ids=ids.format(number)) for number in range(10_000)))
    path = cases.write(tmp_path, text)
    progress: list[int] = []
    batches = list(read_iso20022(path, on_progress=progress.append))
    assert [batch.rows.num_rows for batch in batches] == [8192, 1808]
    numbers = [int(row) for batch in batches for row in batch.rows.column("instruction_id").to_pylist()]
    assert numbers == list(range(10_000))
    assert progress == sorted(progress)
    assert progress[-1] == path.stat().st_size
