"""The demo plays, and its summary, its report, what was given out and the tables agree with each other."""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from tests.e2e.demo import CURRENCIES, DAY, Play, content, plain, play
from tests.unit.statements.given import camt053, csv_statement, digests, notices, rows, statuses, xml

IS_PAYMENT = (
    "kind NOT IN ('CANCELLATION', 'LIQUIDITY_TRANSFER') AND NOT EXISTS (SELECT 1 FROM account a "
    "WHERE a.role = 'settlement agent' AND a.account_number IN (y.debtor_account, y.creditor_account))"
)
"""What counts as a payment: neither a request nor funding."""


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Play, Play]:
    """The demo played twice on one folder."""
    folder = tmp_path_factory.mktemp("demo")
    return play(folder, "first"), play(folder, "second")


@pytest.fixture(scope="module")
def first(both: tuple[Play, Play]) -> Play:
    """The house after the day."""
    assert both[0].returncode == 0, both[0].output[-3000:]
    return both[0]


@pytest.fixture(scope="module")
def second(both: tuple[Play, Play]) -> Play:
    """The house after the day was played again."""
    assert both[1].returncode == 0, both[1].output[-3000:]
    return both[1]


def tally(played: Play, currency: str, status: str) -> tuple[int, Decimal]:
    """Return how many payments have a status, and their value, added up from the tables."""
    found = played.sql(
        f"SELECT amount_minor, decimals FROM payment y WHERE {IS_PAYMENT} "
        f"AND currency = '{currency}' AND status = '{status}'"
    )
    value = sum((Decimal(row["amount_minor"]).scaleb(-row["decimals"]) for row in found), Decimal(0))
    return len(found), value


def test_the_demo_ends_with_its_summary_and_the_report(first: Play) -> None:
    """All four currencies are summed up, and the last line but one names the report, which is there."""
    assert sorted(first.summary) == sorted(CURRENCIES)
    *_, path = re.findall(r"^report: (/.*report\.html)$", first.output, re.MULTILINE)
    assert Path(path).parts[-3:] == ("out", DAY, "report.html")
    assert Path(path).exists()
    assert "the report does not say" not in first.output
    assert len(re.findall(r"^checked: ", first.output, re.MULTILINE)) == 2


@pytest.mark.parametrize("currency", CURRENCIES)
def test_summary_report_and_tables_count_the_same_payments(first: Play, currency: str) -> None:
    """Received, settled, rejected, cancelled, waiting and held: number and value."""
    card = first.card(currency)
    words = {
        "ACSC": "settled",
        "RJCT": "rejected",
        "CANC": "cancelled",
        "ACSP": "still waiting",
        "PDNG": "held",
    }
    tallies = {status: tally(first, currency, status) for status in words}
    for status, label in words.items():
        assert (plain(card[label][0]), card[label][1]) == tallies[status]
    whole = tuple(map(sum, zip(*tallies.values(), strict=True)))
    assert (plain(card["received"][0]), card["received"][1]) == whole
    payments, settled, rejected, value, _, _ = first.summary[currency]
    assert (settled, value) == tallies["ACSC"]
    # The summary counts payments between two accounts; a few are rejected for want of one.
    assert payments <= whole[0]
    assert rejected <= tallies["RJCT"][0]
    assert whole[0] - payments == tallies["RJCT"][0] - rejected
    assert tallies["ACSP"][0] == tallies["PDNG"][0] == 0
    assert min(settled, rejected, tallies["CANC"][0]) > 0


def test_every_phase_has_its_words_in_the_charts(first: Play) -> None:
    """Cut-offs that follow each other closely do not push each other out, and no words lie over others."""
    charts = first.report.xpath("//section[@id='settled' or @id='queue']//figure")
    assert len(charts) == 8
    for chart in charts:
        labels = chart.xpath(".//*[local-name()='text'][@class='phase']")
        assert sorted(map(content, labels)) == ["closed", "customer cut-off", "cycle", "interbank cut-off"]
        ends = sorted((each.get("y"), float(each.get("x")), len(content(each))) for each in labels)
        for (row, end, _), (after_row, after_end, length) in pairwise(ends):
            assert row != after_row or end < after_end - 5.5 * length


def test_the_tiles_are_the_sums_of_the_cards(first: Play) -> None:
    """What stands on top of the report adds up what stands below, with payments in unknown currencies."""
    tiles = [plain(content(each)) for each in first.report.xpath("//ul[@class='tiles']/li/b")]
    cards = [first.card(currency) for currency in CURRENCIES]
    strangers = first.sql(
        "SELECT count(*) FROM payment WHERE kind <> 'CANCELLATION' "
        "AND currency NOT IN (SELECT currency FROM account)"
    )[0][0]
    sums = {
        label: sum(plain(card[label][0]) for card in cards) for label in ("received", "settled", "due, gross")
    }
    stopped = sum(plain(card[label][0]) for card in cards for label in ("rejected", "cancelled"))
    expected = [sums["received"] + strangers, sums["settled"], stopped + strangers, 0, sums["due, gross"]]
    assert tiles == expected


def test_what_waited_to_the_end_was_rejected(first: Play) -> None:
    """Queued, then rejected at the cut-off: the report's line, the journal's records and pacs.002 agree."""
    records = first.sql(
        "WITH waited AS MATERIALIZED (SELECT DISTINCT subject_number FROM record_row WHERE kind IN (2, 4)) "
        "SELECT y.currency, y.decimals, count(*) AS number, sum(w.amount_minor) AS value_minor "
        "FROM record_row w JOIN waited q USING (subject_number) "
        "JOIN payment y ON y.payment_number = w.subject_number "
        "WHERE w.kind = 3 AND y.reason = 'TM01' GROUP BY y.currency, y.decimals"
    )
    (line,) = first.report.xpath("//section[@id='refusals']//tr[td[2]='still queued at the cut-off']")
    cells = [content(cell) for cell in line]
    assert (cells[0], cells[2]) == ("rejected payments", "TM01")
    assert plain(cells[4]) == sum(row["number"] for row in records) > 100
    shown = {content(part[1]): plain(content(part[0])) for part in line.xpath("td[6]/span/span")}
    assert shown == {row["currency"]: Decimal(row["value_minor"]).scaleb(-row["decimals"]) for row in records}


def test_every_status_was_given_out_once(first: Play) -> None:
    """The pacs.002 of all participants hold each payment once with the status of the tables."""
    told = [one[:3] for folder in first.out.iterdir() if folder.is_dir() for one in statuses(folder)]
    tables = first.sql("SELECT payment_number, status, reason FROM payment WHERE kind <> 'CANCELLATION'")
    assert sorted(told) == sorted(map(tuple, tables))
    assert len(told) > 4900


def test_what_was_wrong_on_purpose_got_its_reason(first: Play) -> None:
    """Each payment that the generator spoilt is rejected for what is wrong with it, and nothing else is."""
    planned = json.loads((first.folder / "day" / "expected.json").read_text(encoding="utf-8"))
    found = first.sql("SELECT instruction_id, reason FROM payment WHERE status = 'RJCT'")
    reasons: dict[str, set[str]] = {}
    for row in found:
        reasons.setdefault(row["instruction_id"], set()).add(row["reason"])
    for one in planned["rejected_payments"]:
        assert one["reason"] in reasons[one["instruction_id"]], one
    spoilt = {one["instruction_id"] for one in planned["rejected_payments"]}
    others = Counter(row["reason"] for row in found if row["instruction_id"] not in spoilt)
    assert set(others) <= {"TM01", "RR04", "NOOR"}


@pytest.mark.parametrize("currency", CURRENCIES)
def test_set_off_totals_agree(first: Play, currency: str) -> None:
    """Summary, report, the cycle's record, its set-offs, what invoices lost, and notices for both sides."""
    (cycle,) = first.sql(f"SELECT * FROM cycle WHERE currency = '{currency}'")
    decimals = cycle["decimals"]
    cleared = Decimal(cycle["cleared_minor"]).scaleb(-decimals)
    gross = Decimal(cycle["gross_minor"]).scaleb(-decimals)
    card = first.card(currency)
    assert first.summary[currency][4:] == [gross, cleared]
    assert (card["due, gross"][1], card["set off"][1]) == (gross, cleared)
    assert card["remaining"][1] == gross - cleared
    assert card["net debit"][1] == Decimal(cycle["net_debit_minor"]).scaleb(-decimals)
    sums = first.sql(
        f"SELECT (SELECT sum(cleared_minor) FROM set_off WHERE currency = '{currency}'), "
        f"(SELECT sum(cleared_minor) FROM obligation WHERE currency = '{currency}')"
    )[0]
    assert tuple(sums) == (cycle["cleared_minor"], cycle["cleared_minor"])
    for side in ("DEBTOR", "CREDITOR"):
        told = [
            Decimal(row["cleared"])
            for folder in first.out.iterdir()
            for row in notices(folder)
            if (row["side"], row["currency"]) == (side, currency)
        ]
        assert sum(told) == cleared > 0


@pytest.mark.parametrize("currency", CURRENCIES)
def test_closing_balances_agree(first: Play, currency: str) -> None:
    """Each account: camt.053, CSV, report, tables, and its bookings added up; the currency sums to zero."""
    tables = {
        row["participant"]: Decimal(row["balance_minor"]).scaleb(-row["decimals"])
        for row in first.sql(f"SELECT * FROM account WHERE currency = '{currency}'")
    }
    moved = {
        row["participant"]: Decimal(row["moved"]).scaleb(-row["decimals"])
        for row in first.sql(
            "SELECT a.participant, a.decimals, sum(CASE a.account_number WHEN w.creditor THEN w.amount_minor "
            "ELSE -w.amount_minor END) AS moved FROM account a "
            "JOIN record_row w ON w.kind = 1 AND a.account_number IN (w.debtor, w.creditor) "
            f"WHERE a.currency = '{currency}' GROUP BY a.participant, a.decimals"
        )
    }
    told, reported = {}, first.account_rows(currency)
    for participant in tables:
        statement = camt053(first.out / participant)[currency]
        assert csv_statement(first.out / participant, currency) == statement
        assert statement.opening is not None
        changes = [entry.amount for entry in statement.entries]
        assert statement.opening + sum(changes) == statement.closing
        debits = -sum(change for change in changes if change < 0)
        credits_ = sum(change for change in changes if change > 0)
        assert reported[participant] == [statement.opening, debits, credits_, statement.closing]
        told[participant] = statement.closing
    assert told == tables == moved
    assert len(told) == 11
    assert sum(tables.values()) == 0


def test_settled_value_is_what_participants_were_debited(first: Play) -> None:
    """The debits in all camt.053 of banks, funding apart, add up to the value settled."""
    agents = {row["participant"] for row in first.sql("SELECT participant FROM account WHERE role <> 'bank'")}
    assert agents == {"KECB", "UGCB", "TNCB", "ZACB"}
    sums: Counter[str] = Counter()
    for folder in first.out.iterdir():
        if folder.is_dir() and folder.name not in agents:
            for path in folder.glob("camt.053*.xml"):
                root, space = xml(path)
                for entry in root.iterfind(".//c:Ntry", space):
                    kind = entry.findtext("c:BkTxCd/c:Prtry/c:Cd", None, space)
                    if entry.findtext("c:CdtDbtInd", None, space) == "DBIT" and kind != "LIQUIDITY_TRANSFER":
                        amount = entry.find("c:Amt", space)
                        sums[amount.get("Ccy")] += Decimal(amount.text)  # type: ignore[assignment]
    assert dict(sums) == {code: first.summary[code][3] for code in CURRENCIES}


def test_fees_add_up(first: Play) -> None:
    """Payments charged to participants are those that settled between them, returns apart."""
    charged: Counter[str] = Counter()
    for path in first.out.glob("*/fees.csv"):
        for row in rows(path):
            if row["item"] == "SETTLED_PAYMENTS":
                charged[row["currency"]] += int(row["payments"])
    debited = first.sql(
        "SELECT currency, count(*) AS payments FROM payment "
        "WHERE status = 'ACSC' AND kind IN ('CUSTOMER_PAYMENT', 'INSTITUTION_PAYMENT') GROUP BY currency"
    )
    agreement = tomllib.loads((first.folder / "day" / "agreement.toml").read_text(encoding="utf-8"))
    priced = {row["currency"] for row in agreement["fees"]["schedule"] if row["settled_payment"] != "0"}
    assert dict(charged) == {row["currency"]: row["payments"] for row in debited if row["currency"] in priced}
    assert priced


def test_again_gives_the_same_outcomes(first: Play, second: Play) -> None:
    """The second run says so, and its summary is that of the first."""
    assert "no balance and no settled record changed" in second.output
    assert second.summary == first.summary
    on_record = re.findall(r"^(\S+) .*?([\d,]+) (?:was|were) on record before", second.output, re.MULTILINE)
    assert len(on_record) > 55


def test_again_moves_nothing_twice(first: Play, second: Play) -> None:
    """No new page settles anything, every balance and every outcome is what it was."""
    for query in (
        "SELECT account_number, balance_minor FROM account ORDER BY account_number",
        "SELECT count(*), sum(amount_minor), max(record_number) FROM record_row WHERE kind IN (1, 10, 11)",
        "SELECT status, count(*) FROM obligation GROUP BY status ORDER BY status",
    ):
        assert list(map(tuple, second.sql(query))) == list(map(tuple, first.sql(query)))
    last = first.sql("SELECT max(page_number), max(first_record + record_count - 1) FROM page")[0]
    later = second.sql(f"SELECT kind, status FROM record_row WHERE page_number > {last[0]}")
    assert {row["status"] for row in later} <= {5}
    kept = "SELECT payment_number, status, reason FROM payment WHERE page_number <= {} ORDER BY 1"
    assert list(map(tuple, second.sql(kept.format(last[0])))) == list(
        map(tuple, first.sql(kept.format(last[0])))
    )


def test_again_gives_out_the_same_bytes(first: Play, second: Play) -> None:
    """Every message, statement and notice of the day, and the report."""
    before = digests(first.out)
    assert digests(second.out) == before
    assert len(before) > 150
    assert first.out.name == DAY
