"""Section: accounts from opening to closing, and what ties the report to the journal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from setfair.report.day import ReportDay, Stretch
from setfair.report.draw_parts import Column, money, section, table
from setfair.report.html import Child, Html, element, name, shortened
from setfair.report.liquidity import Account, CurrencyAccounts
from setfair.report.read import Row
from setfair.report.words import PHASE_WORDS, clock_time, count, counted


def draw_accounts(day: ReportDay, accounts: Mapping[int, CurrencyAccounts]) -> Html:
    """Return the section of accounts."""
    lead = "Opening balance, less debits, plus credits, is the closing balance. Each currency sums to zero."
    tables = [
        _accounts(stretch, accounts[stretch.number])
        for stretch in day.stretches
        if stretch.number in accounts
    ]
    return section("accounts", "Accounts", lead, element("div", tables, class_="grid single"))


def _accounts(stretch: Stretch, accounts: CurrencyAccounts) -> Html:
    columns = [Column("account"), Column("participant")]
    columns += [Column(t, True) for t in ("opening", "debits", "credits", "closing", "credit line")]
    rows = [_account(account, stretch) for account in accounts.accounts]
    left = accounts.count - len(accounts.accounts)
    foot = () if left else _sums(accounts.accounts, stretch)
    note = f"{counted(left, 'account')} with fewer bookings are not listed." if left else None
    return element(
        "article",
        element("h3", stretch.currency),
        table(columns, rows, foot=foot),
        element("p", note, class_="note") if note else None,
    )


def _account(account: Account, stretch: Stretch) -> list[Child]:
    decimals = stretch.decimals
    roles = [
        "settlement agent" if account.is_agent else "",
        "" if account.is_open else "closed",
    ]
    role = ", ".join(filter(None, roles))
    return [
        shortened(account.participant, 20),
        [name(account.name, 60), element("small", " ", role) if role else None],
        money(account.opening, decimals),
        money(account.debits, decimals),
        money(account.credits, decimals),
        element("b", money(account.closing, decimals)),
        "no floor" if account.is_agent else money(account.credit_line, decimals),
    ]


def _sums(accounts: Sequence[Account], stretch: Stretch) -> list[Child]:
    sums = [
        sum(account.opening for account in accounts),
        sum(account.debits for account in accounts),
        sum(account.credits for account in accounts),
        sum(account.closing for account in accounts),
    ]
    return ["sum", "", *(money(value, stretch.decimals) for value in sums), ""]


def draw_journal(day: ReportDay, lists: Sequence[Row]) -> Html:
    """Return the section of what the report stands on."""
    first, last = day.first, day.last
    marks = element(
        "dl",
        _fact("Pages", f"{first.number} to {last.number}", f"{first.time_utc} to {last.time_utc}"),
        _fact("Records", f"{first.first_record} to {last.last_record}"),
        _fact("Instructions", f"{first.first_instruction} to {last.last_instruction}"),
        [
            _fact(
                f"Agreement {shortened(one.agreement_id, 40)}, version {one.version}",
                element("code", one.sha256),
                f"SHA-256; takes effect {one.effective_date}, adopted in page {one.page_number}",
            )
            for one in day.agreements
        ],
        [_list(row) for row in lists],
    )
    lead = (
        "What this report was made from. Whoever has the journal can recompute every number in it from "
        "these pages."
    )
    later = _extensions(day) if day.extensions else None
    return section("journal", "Phases and provenance", lead, _phases(day), later, marks)


def _fact(title: str, value: Child, more: Child = None) -> Html:
    return element(
        "div", element("dt", title), element("dd", value, element("small", more) if more else None)
    )


def _list(row: Row) -> Html:
    title = f"Screening list {shortened(str(row['list_id']), 40)}"
    more = [
        name(row["source"], 120),
        f", published {row['published']}, {counted(int(row['entries']), 'entry', 'entries')}, ",
        f"in force from page {row['page_number']}; SHA-256",
    ]
    return _fact(title, element("code", str(row["sha256"])), more)


def _phases(day: ReportDay) -> Html:
    columns = [Column("currency"), *(Column(words) for words in PHASE_WORDS.values())]
    columns += [Column("pages", True), Column("business date")]
    rows: list[list[Child]] = []
    for stretch in day.stretches:
        times = {
            moment.phase: clock_time(moment.time, day.time_zone, seconds=True) for moment in stretch.phases
        }
        rows.append(
            [
                stretch.currency,
                *(times.get(phase, "") for phase in PHASE_WORDS),
                f"{count(stretch.first_page)}\N{EN DASH}{count(stretch.last_page)}",
                str(day.business_date) if stretch.phases else "did not open",
            ]
        )
    return table(columns, rows)


def _extensions(day: ReportDay) -> Html:
    """Return the later cut-offs that were asked for, by whom and why."""
    names = ("currency", "what came later", "until", "state", "asked by", "decided by")
    rows: list[list[Child]] = [
        [
            one.currency,
            PHASE_WORDS[one.phase],
            clock_time(one.until, day.time_zone),
            name(one.state, 120),
            name(one.asked, 120),
            name(one.decided, 120),
        ]
        for one in day.extensions
    ]
    return table([Column(words) for words in names], rows)
