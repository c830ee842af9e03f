"""`setfair day extend`, `approve`, `refuse`, `extensions` and `due`: the times of the business day."""

from __future__ import annotations

from datetime import datetime, time
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import typer
from rich.markup import escape
from rich.table import Table

from setfair.business_day import agreement_of, what_comes
from setfair.cli.clock import command_clock
from setfair.cli.common import console, fail, operational_errors, print_json
from setfair.cli.open_house import opened_house
from setfair.cli.options import AsJson, By, HouseFolder, Now, Why
from setfair.domain.codes import InstructionKind, Phase, Reason, Status
from setfair.domain.instants import date_of, format_utc, to_instant
from setfair.errors import HouseError
from setfair.formats.leg_text import read_time
from setfair.house import House, read_state
from setfair.intake.directory import Directory, currency_number
from setfair.tables import open_tables
from setfair.user_words import Extension, Said, ask_for_extension, decide_on

extend_app = typer.Typer()

Number = Annotated[
    int, typer.Argument(metavar="NUMBER", min=1, max=2**63 - 1, help="Number of the extension that waits.")
]
_PHASES = {
    "customer-cutoff": Phase.CUSTOMER_CUTOFF,
    "interbank-cutoff": Phase.INTERBANK_CUTOFF,
    "close": Phase.CLOSED,
}
_WORDS = {phase: word for word, phase in _PHASES.items()} | {Phase.OPEN: "open"}
_ALL = "SELECT * FROM extension ORDER BY extension_number"


@extend_app.command()
@operational_errors()
def extend(
    house: HouseFolder,
    *,
    currency: Annotated[str, typer.Option("--currency", metavar="CODE", help="Of which currency.")],
    phase: Annotated[
        Literal["customer-cutoff", "interbank-cutoff", "close"],
        typer.Option("--phase", help="What is to come later."),
    ],
    until: Annotated[
        str,
        typer.Option(
            "--until",
            metavar="TIME",
            help="HH:MM of the business day where the currency is, or a date and time with its zone.",
        ),
    ],
    by: By,
    reason: Why,
    as_json: AsJson = False,
    now: Now = None,
) -> None:
    """Ask for a later cut-off; it counts when another person of the operator approves it."""
    with opened_house(house, now) as opened:
        directory = opened.clearing_house.state.directory
        asked = Extension(currency, _PHASES[phase], _until(opened, currency, until))
        outcome = opened.clearing_house.take_word(ask_for_extension(asked, directory, Said(by, reason)))
    row = outcome.rows[0]
    if row["status"] == Status.RJCT:
        fail(f"the extension is not taken: {_why_not(Reason(int(row['reason'])), directory)}")
    if as_json:
        print_json({"number": int(row["number"]), "state": "waiting"})
    else:
        console.print(f"{row['number']}: on record; another person approves it now")


def _why_not(reason: Reason, directory: Directory) -> str:
    """Say why a word does not count, and if it is the person's who may say it."""
    text = f"{reason.text} [{reason.iso}]"
    agreement = directory.agreement
    if reason is not Reason.PERSON_NOT_AUTHORISED or agreement is None:
        return text
    may = [user.id for user in agreement.users if user.participant is None]
    if not may:
        return f"{text}; the agreement names no user of the operator: [[users]] without a participant"
    return f"{text}; users of the operator are {', '.join(may)}"


def _until(opened: House, currency: str, text: str) -> int:
    """Read a time of day at the currency's place on its business day, or an instant."""
    try:
        local = time.fromisoformat(text)
    except ValueError:
        moment = read_time(text)
        if moment is None:
            raise HouseError(f"--until {text}: HH:MM, or a date and time with its zone") from None
        return moment
    agreement = agreement_of(opened.clearing_house)
    rules = agreement.find_currency_rules(currency)
    if rules is None or local.tzinfo is not None:
        raise HouseError(f"{currency} {text}: a currency of the agreement, and HH:MM without a zone")
    day = date_of(int(opened.clearing_house.state.books.business_day[currency_number(currency)]))
    zone = ZoneInfo(rules.time_zone or agreement.agreement.time_zone)
    return to_instant(datetime.combine(day, local, tzinfo=zone))


@extend_app.command()
@operational_errors()
def approve(
    house: HouseFolder, number: Number, by: By, reason: Why, as_json: AsJson = False, now: Now = None
) -> None:
    """Put a later cut-off into force that another person asked for."""
    _decide(house, number, Said(by, reason), approve=True, as_json=as_json, now=now)


@extend_app.command()
@operational_errors()
def refuse(
    house: HouseFolder, number: Number, by: By, reason: Why, as_json: AsJson = False, now: Now = None
) -> None:
    """Refuse a later cut-off that waits, or take back one's own."""
    _decide(house, number, Said(by, reason), approve=False, as_json=as_json, now=now)


def _decide(house: Path, number: int, said: Said, *, approve: bool, as_json: bool, now: Now) -> None:
    with opened_house(house, now) as opened:
        directory = opened.clearing_house.state.directory
        kind = InstructionKind.EXTENSION_APPROVAL if approve else InstructionKind.EXTENSION_REFUSAL
        outcome = opened.clearing_house.take_word(decide_on(number, directory, said, kind))
    row = outcome.rows[0]
    if row["status"] == Status.RJCT:
        fail(f"the decision does not count: {_why_not(Reason(int(row['reason'])), directory)}")
    state = "in force" if approve else "rejected"
    if as_json:
        print_json({"number": number, "state": state})
    else:
        console.print(f"{number}: {state}")


@extend_app.command()
@operational_errors()
def extensions(
    house: HouseFolder,
    every: Annotated[bool, typer.Option("--all", help="Also what is in force or rejected.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the later cut-offs that wait for a second person."""
    with open_tables(house) as tables:
        rows = [row for row in tables.query(_ALL) if every or row["state"] == "waiting"]
    if as_json:
        print_json(rows)
        return
    if not rows:
        console.print("no extension waits")
        return
    names = ("number", "currency", "day", "what", "until, UTC", "asked by", "state", "decided by")
    table = Table(*names, box=None, padding=(0, 2, 0, 0))
    for row in rows:
        table.add_row(
            str(row["extension_number"]),
            row["currency"],
            row["business_date"],
            _WORDS[Phase[row["phase"]]],
            row["until_utc"],
            escape(f"{row['asked_by']}: {row['asked_reason']}"),
            f"{row['state']} {escape(row['reason_text'])}".strip(),
            escape(f"{row['decided_by']}: {row['decided_reason']}" if row["decided_by"] else ""),
        )
    console.print(table)


@extend_app.command()
@operational_errors()
def due(house: HouseFolder, as_json: AsJson = False, now: Now = None) -> None:
    """Show what comes next in each currency's day, when, and whether its time has come."""
    state, instant = read_state(house), command_clock(now)()
    if state.directory.agreement is None:
        raise HouseError("no agreement is in force yet: adopt one first")
    rows = [
        {
            "currency": each.currency,
            "business_date": each.day.isoformat(),
            "phase": each.phase.name,
            "time_utc": format_utc(each.time_ns) if each.time_ns else "",
            "agreed_utc": format_utc(each.agreed_ns) if each.agreed_ns else "",
            "by": "clock" if each.by_clock else "operator",
            "due": each.is_due(instant),
        }
        for each in what_comes(state.directory.agreement, state.books, instant)
    ]
    if as_json:
        print_json(rows)
        return
    table = Table("currency", "day", "what", "when, UTC", "agreed", "by", "", box=None, padding=(0, 2, 0, 0))
    for row in rows:
        shown = [str(row[name]).replace("T", " ")[:16] for name in ("time_utc", "agreed_utc")]
        what = _WORDS[Phase[str(row["phase"])]]
        table.add_row(
            str(row["currency"]), str(row["business_date"]), what, *shown, str(row["by"]),
            "due" if row["due"] else "",
        )  # fmt: skip
    console.print(table)
