"""Write the files of an example day: an agreement, lists, and everything that is sent to the house.

    python examples/generate_day.py --out DIR --seed 20260105 --date 2026-01-05

The same seed and date give the same bytes. `examples/README.md` describes what is written.
"""

from __future__ import annotations

import argparse
import json
import shutil
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from demo_day import documents, iso
from demo_day.agreement import agreement_text, write_keys
from demo_day.cast import AGENTS, BANK_BY_ID, BY_CURRENCY, Bank, Firm, invent_firms
from demo_day.lists import write_lists
from demo_day.mistakes import csv_mistakes
from demo_day.payments import Liquidity, Payment, PaymentDraw, agent_of, measure_liquidity, measure_shortfall
from demo_day.refused import write_refused
from demo_day.trade import Invoice, draw_invoices, draw_links

from setfair.cli.without_pandas import leave_pandas_out

CUSTOMER_FILES = (
    ("11", "08", "KE01", ""),
    ("12", "09", "UG01", ""),
    ("13", "10", "TN02", "02"),
    ("31", "11", "ZA01", "01"),
    ("32", "12", "KE02", ""),
    ("33", "13", "ZA02", "04"),
)
"""Place in the order, version of pacs.008, sender, version of the head.001 header if enveloped."""
INSTITUTION_FILES = (("14", "08", "ZA01", ""), ("34", "10", "UG02", "03"), ("51", "12", "TN01", ""))
"""The same for pacs.009."""
TABLE_ROWS = {"10_payments_morning": 1250, "30_payments_noon": 1400, "50_payments_afternoon": 500}
ROWS_PER_CUSTOMER_FILE = 130
ROWS_PER_INSTITUTION_FILE = 40
SATURDAY = 5
TOP_UPS = 6
"""Accounts that get more liquidity in the afternoon."""
CROSSING_PAIRS = 60
"""Pairs of payments in opposite directions, in each of two tables."""
STUCK = ("KE01", "UG01", "TN01", "ZA01", "KE03", "ZA03")
"""Who sends a payment that it cannot cover all day long."""
CANCELLED = 4
"""How many of these are sent at noon and cancelled; the others come late and wait until the cut-off."""
DEFUNDED = "ZA02"
"""Which bank gives liquidity back in the afternoon."""
WRITTEN = ("inbox", "late", "refused", "keys", "lists", "agreement.toml", "expected.json")
"""What this program writes into its folder."""


class Day:
    """Collects the files of the day and what is expected of them."""

    def __init__(self, out: Path, seed: int, day: date) -> None:
        self.rng = Random(seed)
        self.out, self.seed, self.day = out, seed, day
        self.inbox = out / "inbox"
        self.firms: tuple[Firm, ...] = invent_firms(self.rng)
        self.links = draw_links(self.rng, self.firms)
        self.draw = PaymentDraw(self.rng, self.links, day)
        self.mistakes: list[dict[str, str]] = []
        self.listed_firm = self.firms[0]
        self.refused: dict[str, str] = {}
        self.counts: dict[str, int] = {}

    def write(self, name: str, text: str, rows: int, folder: str = "inbox") -> None:
        """Write one text file and note how many rows, transactions or documents are in it."""
        path = self.out / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        self.counts[f"{folder}/{name}"] = rows

    def message(self, name: str, place: str, sender: Bank, enveloped: str = "") -> iso.Message:
        """Return the head of a message; its place in the order is part of its identification."""
        identity = f"{sender.id}-{self.day:%Y%m%d}-{place}"
        return iso.Message(name, identity, sender, self.day, enveloped)

    def note_mistake(self, file: str, instruction_id: str, wrong: str, reason: str) -> None:
        """Note a payment that is wrong on purpose, and the ISO reason that it must get."""
        self.mistakes.append(
            {"file": f"inbox/{file}", "instruction_id": instruction_id, "wrong": wrong, "reason": reason}
        )


def generate(out: Path, seed: int, day: date) -> None:
    """Write the whole example day into a folder."""
    clear_folder(out)
    story = Day(out, seed, day)
    tables = {name: story.draw.customer(count) for name, count in TABLE_ROWS.items()}
    customer = {file: story.draw.customer(ROWS_PER_CUSTOMER_FILE, sender=file[2]) for file in CUSTOMER_FILES}
    institution = {
        file: story.draw.institution(ROWS_PER_INSTITUTION_FILE, file[2]) for file in INSTITUTION_FILES
    }
    # What the senders of the messages paid out comes back to them in the afternoon.
    for *_, sender, _ in CUSTOMER_FILES:
        tables["50_payments_afternoon"] += story.draw.customer(
            ROWS_PER_CUSTOMER_FILE * 5 // 6, receiver=sender
        )
    story.rng.shuffle(tables["50_payments_afternoon"])
    liquidity = measure_liquidity(story.draw.drawn)
    short = measure_shortfall(story.draw.drawn, liquidity)
    stuck = make_stuck(story, liquidity)
    tables["30_payments_noon"][200:200] = stuck[:CANCELLED]
    tables["50_payments_afternoon"][-150:-150] = stuck[CANCELLED:]
    for name in ("30_payments_noon", "50_payments_afternoon"):
        tables[name] += story.draw.crossing(CROSSING_PAIRS, liquidity)
    story.listed_firm = find_listed_firm(story)
    write_house(story, liquidity)
    write_funding(story, liquidity)
    write_liquidity_changes(story, liquidity, short)
    write_tables(story, tables)
    write_messages(story, customer, institution)
    write_invoices(story, draw_invoices(story.rng, story.firms, story.links, day))
    write_corrections(story, stuck, tables["10_payments_morning"][:80])
    write_late(story)
    write_bad_files(story, customer[CUSTOMER_FILES[0]], tables["10_payments_morning"])
    write_expectations(story)


def clear_folder(out: Path) -> None:
    """Remove what an earlier run wrote into a folder; a folder with anything else is left alone.

    Raises
    ------
    SystemExit
        If the folder holds something and was not written by this program.
    """
    if not out.exists() or not any(out.iterdir()):
        return
    if not (out / "expected.json").is_file():
        raise SystemExit(f"{out} is not empty and holds no example day: name another folder")
    for name in WRITTEN:
        path = out / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def make_stuck(story: Day, liquidity: list[Liquidity]) -> list[Payment]:
    """Return payments that no account can cover, so that what comes after them waits."""
    found = []
    for bank_id in STUCK:
        bank = BANK_BY_ID[bank_id]
        line = next(
            line
            for line in liquidity
            if line.bank is bank and BY_CURRENCY[line.currency].code == bank.country
        )
        other = BANK_BY_ID["UG02" if bank_id != "UG01" else "KE02"]
        amount = 30 * (line.funding_minor + line.credit_line_minor)
        found.append(story.draw.make(bank, other, line.currency, amount, priority="NORMAL"))
    return found


def write_house(story: Day, liquidity: list[Liquidity]) -> None:
    """Write the agreement, the keys, the lists and the parties."""
    keys = write_keys(story.out / "keys", story.seed)
    (story.out / "agreement.toml").write_text(agreement_text(story.day, liquidity, keys), encoding="utf-8")
    write_lists(story.out / "lists", story.rng, story.day, story.listed_firm.name)
    rows = [
        {"party_id": firm.id, "name": firm.name, "country": firm.country, "participant": firm.bank.reference}
        for firm in story.firms
    ]
    columns = ("party_id", "name", "country", "participant")
    story.write("01_parties.csv", documents.csv_text(columns, rows), len(rows))


def find_listed_firm(story: Day) -> Firm:
    """Return a firm with three to six payments: the one whose name is on the example list."""
    seen: dict[str, int] = {}
    for payment in story.draw.drawn:
        for name in {payment.debtor_name, payment.creditor_name}:
            seen[name] = seen.get(name, 0) + 1
    return next(firm for firm in story.firms if 3 <= seen.get(firm.name, 0) <= 6 and firm.name.isascii())


def write_funding(story: Day, liquidity: list[Liquidity]) -> None:
    """Write the start of the day: camt.050 in the banks' own currencies, pacs.009 in the others."""
    rest: dict[str, list[Payment]] = {agent.id: [] for agent in AGENTS}
    home = 0
    for line in liquidity:
        agent = agent_of(line.currency)
        payment = story.draw.make(agent, line.bank, line.currency, line.funding_minor, priority="URGENT")
        if BY_CURRENCY[line.currency].code != line.bank.country:
            rest[agent.id].append(payment)
            continue
        version = ("05", "06", "07")[home % 3]
        message = story.message(f"camt.050.001.{version}", f"02-{line.bank.id}", agent)
        story.write(f"02_funding_camt050_{line.bank.id}.xml", iso.liquidity_transfer(message, payment), 1)
        home += 1
    for agent_id, payments in rest.items():
        message = story.message("pacs.009.001.08", "03", BANK_BY_ID[agent_id])
        text = iso.institution_transfers(message, payments)
        story.write(f"03_funding_pacs009_{agent_id}.xml", text, len(payments))


def write_liquidity_changes(
    story: Day, liquidity: list[Liquidity], short: list[tuple[Liquidity, int]]
) -> None:
    """Write camt.050 of the afternoon: agents lend to those that are worst off, one bank gives back."""
    for place, (line, amount) in enumerate(short[:TOP_UPS], 1):
        agent = agent_of(line.currency)
        payment = story.draw.make(agent, line.bank, line.currency, amount, priority="URGENT")
        message = story.message("camt.050.001.06", f"52-{place}", agent)
        name = f"52_top_up_camt050_{line.bank.id}_{line.currency}.xml"
        story.write(name, iso.liquidity_transfer(message, payment), 1)
    bank = BANK_BY_ID[DEFUNDED]
    line = next(line for line in liquidity if line.bank is bank and line.currency == "ZAR")
    back = story.draw.make(bank, agent_of("ZAR"), "ZAR", max(1, line.funding_minor // 2), priority="HIGH")
    message = story.message("camt.050.001.07", "60", bank)
    story.write(f"60_defunding_camt050_{bank.id}.xml", iso.liquidity_transfer(message, back), 1)


def write_tables(story: Day, tables: dict[str, list[Payment]]) -> None:
    """Write the bulk of the payments as CSV, with the mistakes in the middle of the morning's."""
    for name, payments in tables.items():
        rows = [documents.payment_row(payment) for payment in payments]
        if name == "10_payments_morning":
            middle = len(rows) // 2
            for row, wrong, reason in csv_mistakes(story.draw, payments, story.day):
                rows.insert(middle, row)
                middle += 1
                story.note_mistake(f"{name}.csv", row["instruction_id"], wrong, reason)
        story.write(f"{name}.csv", documents.csv_text(documents.PAYMENT_COLUMNS, rows), len(rows))


def write_messages(
    story: Day,
    customer: dict[tuple[str, str, str, str], list[Payment]],
    institution: dict[tuple[str, str, str, str], list[Payment]],
) -> None:
    """Write the pacs.008 and pacs.009 files; the second pacs.008 has mistakes in it."""
    for file, payments in customer.items():
        place, version, sender, enveloped = file
        name = f"{place}_pacs008_v{version}_{sender}{'_envelope' if enveloped else ''}.xml"
        amounts: dict[str, str] = {}
        if place == "12":
            amounts = spoil(story, name, payments)
        message = story.message(f"pacs.008.001.{version}", place, BANK_BY_ID[sender], enveloped)
        story.write(name, iso.customer_transfers(message, payments, amounts), len(payments))
    for (place, version, sender, enveloped), payments in institution.items():
        name = f"{place}_pacs009_v{version}_{sender}{'_envelope' if enveloped else ''}.xml"
        message = story.message(f"pacs.009.001.{version}", place, BANK_BY_ID[sender], enveloped)
        story.write(name, iso.institution_transfers(message, payments), len(payments))


def spoil(story: Day, file: str, payments: list[Payment]) -> dict[str, str]:
    """Spoil some payments of a message and return the amounts that replace theirs."""
    nobody = Bank("NO01", "Nobody's Bank", "ZA", bic="QXNOZAJ0XXX")
    payments[20] = replace(payments[20], creditor_agent=nobody)
    payments[40] = replace(payments[40], value_date=story.day - timedelta(days=1))
    payments[60] = replace(payments[60], currency="UGX")
    mistakes = (
        (20, "an agent that nobody knows receives", "RC04"),
        (40, "the value date is yesterday", "DT01"),
        (60, "UGX has no decimals", "AM09"),
        (80, "nothing is paid", "AM01"),
    )
    for index, wrong, reason in mistakes:
        story.note_mistake(file, payments[index].instruction_id, wrong, reason)
    return {payments[60].uetr: "100.55", payments[80].uetr: "0"}


def write_invoices(story: Day, invoices: list[Invoice]) -> None:
    """Write the invoices: most in tables, some as UBL and CII, two credit notes."""
    single, table, parquet = invoices[:18], invoices[18:2200], invoices[2200:]
    rows = [documents.invoice_row(invoice) for invoice in table]
    story.write("20_invoices.csv", documents.csv_text(documents.OBLIGATION_COLUMNS, rows), len(rows))
    rows = [documents.invoice_row(invoice) for invoice in parquet]
    documents.write_parquet(story.inbox / "21_invoices.parquet", rows)
    story.counts["inbox/21_invoices.parquet"] = len(rows)
    for number, invoice in enumerate(single[:10], 1):
        story.write(f"22_invoice_ubl_{number:02d}.xml", documents.ubl_invoice(invoice), 1)
    for number, invoice in enumerate(single[10:], 1):
        story.write(f"23_invoice_cii_{number:02d}.xml", documents.cii_invoice(invoice), 1)
    for number, invoice in enumerate(single[:2], 1):
        story.write(f"24_creditnote_ubl_{number:02d}.xml", documents.ubl_credit_note(invoice), 1)


def write_corrections(story: Day, stuck: list[Payment], settled: list[Payment]) -> None:
    """Write cancellations of what is stuck, one of a payment that nobody knows, and returns."""
    unknown = replace(stuck[0], uetr="00000000-0000-4000-8000-000000000001", instruction_id="KE01-NEVER-SENT")
    for place, version, originals, enveloped in (
        ("40", "08", [stuck[0], unknown], ""),
        ("41", "10", [stuck[1]], ""),
        ("42", "11", [stuck[2]], "02"),
        ("43", "09", [stuck[3]], ""),
    ):
        sender = originals[0].debtor_agent
        message = story.message(f"camt.056.001.{version}", place, sender, enveloped)
        name = f"{place}_cancellation_camt056_v{version}_{sender.id}.xml"
        story.write(name, iso.cancellations(message, originals), len(originals))
    # The smallest of the first payments of the day settle at once: they can be returned.
    smallest = sorted(settled, key=lambda payment: (payment.amount_minor / typical(payment), payment.uetr))
    by_creditor: dict[str, list[Payment]] = {}
    for payment in smallest[:30]:
        if not payment.creditor_agent.through:
            by_creditor.setdefault(payment.creditor_agent.id, []).append(payment)
    chosen = sorted(by_creditor.items(), key=lambda item: (-len(item[1]), item[0]))[:2]
    for place, version, (creditor_id, originals) in zip(("44", "45"), ("09", "13"), chosen, strict=True):
        message = story.message(f"pacs.004.001.{version}", place, BANK_BY_ID[creditor_id])
        text = iso.returns(message, originals[:4])
        story.write(f"{place}_returns_pacs004_v{version}_{creditor_id}.xml", text, len(originals[:4]))


def typical(payment: Payment) -> int:
    """Return the typical amount in the currency of a payment."""
    return BY_CURRENCY[payment.currency].typical_minor


def write_late(story: Day) -> None:
    """Write payments for after the customer cut-off; each is rejected with TM01."""
    rows = [documents.payment_row(payment) for payment in story.draw.customer(5)]
    text = documents.csv_text(documents.PAYMENT_COLUMNS, rows)
    story.write("70_after_cutoff.csv", text, len(rows), folder="late")


def write_bad_files(story: Day, payments: list[Payment], table: list[Payment]) -> None:
    """Write the files that a house refuses as a whole; their payments have identifications of their own."""
    fresh = [
        story.draw.make(p.debtor_agent, p.creditor_agent, p.currency, p.amount_minor) for p in payments[:3]
    ]
    message = story.message("pacs.008.001.08", "90", BANK_BY_ID["KE01"])
    rows = [documents.payment_row(payment) for payment in story.draw.customer(5)]
    story.refused = write_refused(story.out / "refused", iso.customer_transfers(message, fresh), rows)


def write_expectations(story: Day) -> None:
    """Write what is in the files and what must come of what is wrong, for tests and the curious."""
    listed = story.listed_firm
    data: dict[str, Any] = {
        "seed": story.seed,
        "date": story.day.isoformat(),
        "files": dict(sorted(story.counts.items())),
        "rejected_payments": [mistake for mistake in story.mistakes if mistake["reason"]],
        "repeated_payments": [mistake for mistake in story.mistakes if not mistake["reason"]],
        "refused_files": dict(sorted(story.refused.items())),
        "listed_firm": {"id": listed.id, "name": listed.name},
    }
    path = story.out / "expected.json"
    path.write_text(json.dumps(data, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def main() -> None:
    """Read the command line and write the day."""
    parser = argparse.ArgumentParser(description="Write the files of an example day.")
    parser.add_argument("--out", type=Path, required=True, help="folder to write into")
    parser.add_argument("--seed", type=int, default=20260105, help="the same seed gives the same day")
    parser.add_argument("--date", type=date.fromisoformat, default=date(2026, 1, 5), help="business day")
    given = parser.parse_args()
    if given.date.weekday() >= SATURDAY or (given.date.month, given.date.day) in ((12, 25), (1, 1)):
        parser.error(f"{given.date} is no business day of the example house; name a weekday")
    leave_pandas_out()
    generate(given.out, given.seed, given.date)
    print(f"wrote the example day {given.date} to {given.out}")


if __name__ == "__main__":
    main()
