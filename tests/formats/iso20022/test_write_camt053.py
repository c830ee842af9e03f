"""The statement adds up, keeps names, and says what it cannot say."""

from __future__ import annotations

import io
from dataclasses import replace
from decimal import Decimal
from itertools import repeat

import pytest
from hypothesis import given, settings
from lxml import etree

from setfair.domain.codes import InstructionKind
from setfair.errors import BrokenInvariantError, SetfairError
from setfair.formats.iso20022.statement_types import Direction, EntryTotals, Party, Statement
from setfair.formats.iso20022.write_camt053 import write_camt053
from setfair.formats.iso20022.write_entry import BANK_TRANSACTION_CODES
from setfair.formats.iso20022.write_xml import clean_text
from tests.formats.iso20022 import write_cases as cases


def written(*statements: Statement) -> etree._Element:
    """The message, parsed."""
    return etree.fromstring(cases.bytes_of(lambda out: write_camt053(out, statements, cases.HEADER)))


def signed(element: etree._Element) -> Decimal:
    """The amount of a balance or an entry with its sign."""
    amount = Decimal(element.findtext("{*}Amt", ""))
    return amount if element.findtext("{*}CdtDbtInd") == "CRDT" else -amount


@settings(max_examples=60, deadline=None)
@given(cases.statements())
def test_opening_and_entries_give_closing(statement: Statement) -> None:
    """In the file as it stands, opening + entries = closing to the minor unit, and the totals agree."""
    document = written(statement)
    opening, closing = (signed(item) for item in document.iterfind(".//{*}Bal"))
    entries = [signed(item) for item in document.iterfind(".//{*}Ntry")]
    assert opening + sum(entries) == closing
    assert closing == Decimal(statement.closing_minor).scaleb(-statement.account.currency.decimals)
    credit, debit = (
        Decimal(document.findtext(f".//{{*}}{name}/{{*}}Sum", ""))
        for name in ("TtlCdtNtries", "TtlDbtNtries")
    )
    assert credit - debit == sum(entries)


@settings(max_examples=60, deadline=None)
@given(cases.statements())
def test_names_are_kept(statement: Statement) -> None:
    """Every name is in the file in its own script, up to 140 characters."""
    names = [clean_text(item.debtor_name)[:140] for item in statement.entries]
    found = cases.texts(written(statement), "Dbtr", "Pty", "Nm")
    assert found == [name for name in names if name]


def test_one_entry_word_by_word() -> None:
    """An entry has exactly these elements in this order."""
    message = cases.bytes_of(
        lambda out: write_camt053(out, [cases.a_statement("TND", -5000, (-1234,))], cases.HEADER)
    ).decode()
    assert message.split("\n")[9] == (
        '<Ntry><NtryRef>1</NtryRef><Amt Ccy="TND">1.234</Amt><CdtDbtInd>DBIT</CdtDbtInd>'
        "<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-01-05</Dt></BookgDt><ValDt><Dt>2026-01-05</Dt></ValDt>"
        "<AcctSvcrRef>1</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>ICDT</Cd>"
        "<SubFmlyCd>XBCT</SubFmlyCd></Fmly></Domn><Prtry><Cd>CUSTOMER_PAYMENT</Cd><Issr>Setfair</Issr>"
        "</Prtry></BkTxCd><AddtlInfInd><MsgNmId>pacs.008.001.08</MsgNmId></AddtlInfInd><NtryDtls><TxDtls>"
        "<Refs><AcctSvcrRef>1</AcctSvcrRef><InstrId>INSTR-1</InstrId><EndToEndId>E2E-1</EndToEndId>"
        "<UETR>00000000-0000-4000-8000-000000000001</UETR><TxId>TX-1</TxId><ClrSysRef>1001</ClrSysRef></Refs>"
        '<Amt Ccy="TND">1.234</Amt><CdtDbtInd>DBIT</CdtDbtInd><RltdPties><Dbtr><Pty><Nm>شركة النخيل 1</Nm>'
        "</Pty></Dbtr><Cdtr><Pty><Nm>Fjell &amp; Sjø &lt;1&gt;</Nm></Pty></Cdtr></RltdPties><RltdAgts>"
        "<DbtrAgt><FinInstnId><BICFI>AURBXXAAXXX</BICFI></FinInstnId></DbtrAgt><CdtrAgt><FinInstnId>"
        "<LEI>529900EXAMPLE0BORE42</LEI><Nm>Boreal &amp; Søn &lt;Bank&gt;</Nm></FinInstnId></CdtrAgt>"
        "</RltdAgts><RmtInf><Ustrd>Invoice 2026-1</Ustrd></RmtInf><RltdDts>"
        "<TxDtTm>2026-01-05T12:00:00.001+00:00</TxDtTm></RltdDts></TxDtls></NtryDtls><AddtlNtryInf>"
        "Customer payment to Fjell &amp; Sjø &lt;1&gt;: Invoice 2026-1</AddtlNtryInf></Ntry>"
    )


@pytest.mark.parametrize(
    ("code", "opening_minor", "expected"),
    [("JPY", -100, "100"), ("EUR", -100, "1.00"), ("TND", -100, "0.100"), ("KWD", -1, "0.001")],
)
def test_balance_has_the_decimals_of_its_currency(code: str, opening_minor: int, expected: str) -> None:
    """A negative balance is a debit of a positive amount with exactly the currency's decimals."""
    balance = written(cases.a_statement(code, opening_minor, ())).find(".//{*}Bal")
    assert balance is not None
    assert (balance.findtext("{*}Amt"), balance.findtext("{*}CdtDbtInd")) == (expected, "DBIT")


def test_balance_of_nothing_is_a_credit() -> None:
    """A balance of zero is a credit of nothing, as is a total without entries."""
    document = written(cases.a_statement("EUR", 0, ()))
    assert set(cases.texts(document, "CdtDbtInd")) == {"CRDT"}


def test_agents_change_sides_with_the_direction() -> None:
    """The owner is the debtor agent of a debit and the creditor agent of a credit."""
    document = written(cases.a_statement("EUR", 0, (5, -3)))
    assert cases.texts(document, "RltdAgts", "CdtrAgt", "FinInstnId", "BICFI") == ["AURBXXAAXXX"]
    assert cases.texts(document, "RltdAgts", "DbtrAgt", "FinInstnId", "LEI") == ["529900EXAMPLE0BORE42"]
    credit, debit = document.iterfind(".//{*}Ntry")
    assert cases.texts(credit, "DbtrAgt", "FinInstnId", "LEI") == ["529900EXAMPLE0BORE42"]
    assert cases.texts(debit, "DbtrAgt", "FinInstnId", "BICFI") == ["AURBXXAAXXX"]


def test_long_remittance_is_repeated_in_lines() -> None:
    """Remittance information of 300 characters stands in three lines of at most 140."""
    statement = cases.a_statement("EUR", 0, (1,))
    entry = cases.a_booking(1, Direction.CREDIT, 1, remittance="&" * 300)
    lines = cases.texts(written(replace(statement, entries=[entry])), "Ustrd")
    assert lines == ["&" * 140, "&" * 140, "&" * 20]


def test_every_kind_has_its_codes() -> None:
    """Each kind of booking has one bank transaction code received and another issued."""
    assert set(BANK_TRANSACTION_CODES) == {(kind, side) for kind in cases.KINDS for side in Direction}
    assert all(
        BANK_TRANSACTION_CODES[kind, Direction.CREDIT] != BANK_TRANSACTION_CODES[kind, Direction.DEBIT]
        for kind in cases.KINDS
    )


def test_liquidity_transfer_names_the_counterparty() -> None:
    """An entry without names of debtor and creditor is still described by its counterparty."""
    entry = cases.a_booking(
        1,
        Direction.CREDIT,
        1,
        kind=InstructionKind.LIQUIDITY_TRANSFER,
        debtor_name="",
        creditor_name="",
        remittance="",
        counterparty=Party(member_id="AGENT-7"),
    )
    document = written(replace(cases.a_statement("EUR", 0, (1,)), entries=[entry]))
    assert cases.texts(document, "AddtlNtryInf") == ["Liquidity transfer from AGENT-7"]
    assert cases.texts(document, "RltdPties") == []


def test_closing_that_does_not_follow_stops_the_writer() -> None:
    """A closing balance that is one minor unit off is a broken invariant, found before the statement."""
    statement = cases.a_statement("EUR", 100, (5, -3))
    out = io.BytesIO()
    with pytest.raises(BrokenInvariantError, match="give 102, not the closing 103"):
        write_camt053(out, [replace(statement, closing_minor=103)], cases.HEADER)
    assert b"<Stmt>" not in out.getvalue()


def test_entries_that_are_not_the_totals_stop_the_writer() -> None:
    """A missing entry is a broken invariant, and the file has no end."""
    statement = cases.a_statement("EUR", 100, (5, -3))
    out = io.BytesIO()
    with pytest.raises(BrokenInvariantError, match="AURBXXAA-EUR on 2026-01-05: the entries are"):
        write_camt053(out, [replace(statement, entries=list(statement.entries)[:1])], cases.HEADER)
    assert b"</Document>" not in out.getvalue()


@pytest.mark.parametrize("amount_minor", [-1, 10**18 + 4])
def test_unlawful_amount_stops_the_writer(amount_minor: int) -> None:
    """An entry with a negative amount, or with one of more than 18 digits, is a broken invariant."""
    entries = [cases.a_booking(1, Direction.CREDIT, amount_minor)]
    totals = EntryTotals.of(entries)
    statement = replace(
        cases.a_statement("EUR", 0, ()),
        entries=entries,
        totals=totals,
        opening_minor=5 - amount_minor,
        closing_minor=5,
    )
    with pytest.raises(BrokenInvariantError, match=f"an entry of {amount_minor} minor units"):
        write_camt053(io.BytesIO(), [statement], cases.HEADER)


def test_balance_of_nineteen_digits_is_refused() -> None:
    """A balance that ISO 20022 cannot carry is refused with its account named."""
    statement = cases.a_statement("EUR", 10**18, ())
    with pytest.raises(SetfairError, match=r"OPBD balance of account AURBXXAA-EUR is 10000000000000000\.00"):
        write_camt053(io.BytesIO(), [statement], cases.HEADER)


def test_sum_of_nineteen_digits_is_left_out() -> None:
    """Sums that ISO 20022 cannot carry are left out, the counts stay."""
    largest = 10**18 - 1
    document = written(cases.a_statement("EUR", 0, (largest, -largest)))
    assert cases.texts(document, "TtlNtries", "NbOfNtries") == ["2"]
    assert cases.texts(document, "TtlNtries", "Sum") == []
    assert cases.texts(document, "TtlCdtNtries", "Sum") == ["9999999999999999.99"]


def test_message_without_statement_is_refused() -> None:
    """The schema asks for at least one statement, and so does the writer."""
    with pytest.raises(SetfairError, match="at least one statement"):
        write_camt053(io.BytesIO(), [], cases.HEADER)


def test_empty_account_id_is_refused() -> None:
    """An account without an identification cannot be written."""
    statement = cases.a_statement("EUR", 0, ())
    account = replace(statement.account, account_id=" \x00"[:1])
    with pytest.raises(SetfairError, match="without Id"):
        write_camt053(io.BytesIO(), [replace(statement, account=account)], cases.HEADER)


def test_time_without_zone_is_refused() -> None:
    """A moment without a time zone is never guessed at."""
    header = replace(cases.HEADER, created_utc=cases.NOON.replace(tzinfo=None))
    with pytest.raises(ValueError, match="carries no time zone"):
        write_camt053(io.BytesIO(), [cases.a_statement("EUR", 0, ())], header)


def test_entries_are_taken_one_by_one() -> None:
    """The file grows while entries come, so that memory does not."""
    out = io.BytesIO()
    sizes: list[int] = []
    booking = cases.a_booking(1, Direction.CREDIT, 0)

    def entries():  # type: ignore[no-untyped-def]
        for item in repeat(booking, 10_000):
            sizes.append(out.tell())
            yield item

    statement = replace(
        cases.a_statement("EUR", 0, ()), entries=entries(), totals=EntryTotals(10_000, 0, 0, 0)
    )
    assert write_camt053(out, [statement], cases.HEADER) == 10_000
    assert out.tell() - sizes[-1] < out.tell() / 3
