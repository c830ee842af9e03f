"""`setfair queue`: what waits, and how it is to wait."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

import typer
from rich.markup import escape
from rich.table import Table

from setfair.cli.common import console, fail, operational_errors, print_json, with_separators
from setfair.cli.find_payment import find_payment
from setfair.cli.open_house import opened_house
from setfair.cli.options import AsJson, By, HouseFolder, Now, Why, participant_asked
from setfair.domain.codes import Priority, QueueAction, Reason, RecordKind, Status
from setfair.domain.money import find_currency, format_amount
from setfair.errors import HouseError
from setfair.explain.waiting import Waiting, waiting_payments
from setfair.formats.leg_text import read_time
from setfair.house import House, read_state
from setfair.house_state import HouseState
from setfair.tables import open_tables
from setfair.user_words import QueueChange, Said, cancellation, change_queue

queue_app = typer.Typer(
    help="Show what waits, and reorder, hold, time or cancel it: the payer's users, or the operator's.",
    no_args_is_help=True,
)

Which = Annotated[str, typer.Argument(metavar="UETR|NUMBER", help="A payment: its UETR or its number.")]
Moment = Annotated[
    str, typer.Option(metavar="TIME", help="Time with its zone; without it none.", show_default=False)
]

_CHANGES = "SELECT * FROM queue_change ORDER BY change_number"


@queue_app.command("list")
@operational_errors()
def list_(
    house: HouseFolder,
    participant: Annotated[
        str | None, typer.Option("--participant", metavar="ID", help="Only what this participant pays.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List what waits: its place, what is lacking, and when it may settle."""
    state = read_state(house)
    wanted = participant_asked(state.directory, participant)
    rows = [_row(state, each) for each in waiting_payments(state.books)]
    rows = [row for row in rows if wanted is None or row["participant"] == wanted]
    if as_json:
        print_json(rows)
        return
    if not rows:
        console.print("nothing waits")
        return
    names = ("account", "place", "number", "to", "amount", "priority", "why", "lacks", "for", "from", "until")
    table = Table(*names, box=None, padding=(0, 2, 0, 0))
    for row in rows:
        decimals = int(row["decimals"])
        table.add_row(
            f"{row['participant']} {row['currency']} {row['sub_account']}".strip(),
            "" if row["place"] is None else str(row["place"]),
            str(row["number"]),
            row["creditor"],
            with_separators(format_amount(row["amount_minor"], decimals)),
            row["priority"],
            row["reason"],
            "" if not row["lacks_minor"] else with_separators(format_amount(row["lacks_minor"], decimals)),
            str(row["value_date"]),
            str(row["earliest_utc"]),
            str(row["latest_utc"]),
        )
    console.print(table)


def _row(state: HouseState, waiting: Waiting) -> dict[str, Any]:
    participant, currency, sub_account = state.directory.accounts[waiting.account]
    found = find_currency(currency)
    return {
        "participant": participant,
        "currency": currency,
        "sub_account": sub_account,
        "decimals": found.decimals if found is not None else 0,
        "place": waiting.place,
        "number": waiting.number,
        "creditor": state.directory.accounts[waiting.creditor][0],
        "amount_minor": waiting.amount_minor,
        "priority": waiting.priority.name,
        "rule": waiting.reason.name,
        "reason": waiting.reason.text,
        "lacks_minor": waiting.lacks_minor,
        "limit_left_minor": waiting.limit_left_minor,
        **waiting.times,
    }


@queue_app.command()
@operational_errors()
def changes(house: HouseFolder, as_json: AsJson = False) -> None:
    """List what users changed of how payments wait."""
    with open_tables(house) as tables:
        rows = tables.query(_CHANGES)
    if as_json:
        print_json(rows)
        return
    if not rows:
        console.print("nothing was changed")
        return
    table = Table("number", "payment", "what", "by", "state", box=None, padding=(0, 2, 0, 0))
    for row in rows:
        what = " ".join(
            filter(None, (row["action"], row["priority"], row["earliest_utc"], row["latest_utc"]))
        )
        by = escape(f"{row['person']}: {row['note']}")
        state = f"{row['state']} {row['reason_text']}".strip()
        table.add_row(str(row["change_number"]), str(row["payment_number"]), what, by, state)
    console.print(table)


@queue_app.command()
@operational_errors()
def top(
    house: HouseFolder, payment: Which, by: By, reason: Why, as_json: AsJson = False, now: Now = None
) -> None:
    """Put a payment at the top of its priority, and with a leg all of its link that one may speak for."""
    _change(house, payment, Said(by, reason), {"action": QueueAction.TOP}, as_json=as_json, now=now)


@queue_app.command()
@operational_errors()
def bottom(
    house: HouseFolder, payment: Which, by: By, reason: Why, as_json: AsJson = False, now: Now = None
) -> None:
    """Put a payment at the bottom of its priority, and with a leg all of its link that one may speak for."""
    _change(house, payment, Said(by, reason), {"action": QueueAction.BOTTOM}, as_json=as_json, now=now)


@queue_app.command()
@operational_errors()
def priority(
    house: HouseFolder,
    payment: Which,
    level: Annotated[str, typer.Argument(metavar="URGENT|HIGH|NORMAL", help="The new priority.")],
    *,
    by: By,
    reason: Why,
    as_json: AsJson = False,
    now: Now = None,
) -> None:
    """Put a payment at the bottom of another priority, with a leg all of its link that one may speak for."""
    if level.upper() not in Priority.__members__:
        fail(f"{level} is none of {', '.join(Priority.__members__)}")
    what = {"action": QueueAction.PRIORITY, "priority": Priority[level.upper()]}
    _change(house, payment, Said(by, reason), what, as_json=as_json, now=now)


@queue_app.command()
@operational_errors()
def times(
    house: HouseFolder,
    payment: Which,
    *,
    by: By,
    reason: Why,
    earliest: Moment = "",
    latest: Moment = "",
    as_json: AsJson = False,
    now: Now = None,
) -> None:
    """Give a payment an earliest and a latest time instead of those that it has; without them it has none."""
    what = {
        "action": QueueAction.TIMES,
        "earliest_ns": _time("--earliest", earliest),
        "latest_ns": _time("--latest", latest),
    }
    _change(house, payment, Said(by, reason), what, as_json=as_json, now=now)


def _time(option: str, text: str) -> int:
    moment = read_time(text)
    if moment is None:
        raise HouseError(f"{option} {text}: no time with a zone; write for example 2026-01-05T14:00:00+03:00")
    return moment


@queue_app.command()
@operational_errors()
def hold(
    house: HouseFolder, payment: Which, by: By, reason: Why, as_json: AsJson = False, now: Now = None
) -> None:
    """Take a payment out of its queue until it is reactivated; what is behind it moves up."""
    _change(house, payment, Said(by, reason), {"action": QueueAction.HOLD}, as_json=as_json, now=now)


@queue_app.command()
@operational_errors()
def reactivate(
    house: HouseFolder, payment: Which, by: By, reason: Why, as_json: AsJson = False, now: Now = None
) -> None:
    """Let a payment that is on hold go on, as if it came in now."""
    _change(house, payment, Said(by, reason), {"action": QueueAction.REACTIVATE}, as_json=as_json, now=now)


@queue_app.command()
@operational_errors()
def cancel(
    house: HouseFolder, payment: Which, by: By, reason: Why, as_json: AsJson = False, now: Now = None
) -> None:
    """Ask for the cancellation of a payment that waits, as camt.056 does; its payer's users may."""
    with opened_house(house, now) as opened:
        state = opened.clearing_house.state
        place = find_payment(state.books, payment)
        asked = cancellation(state, place, Said(by, reason), uuid4().hex[:30])
        outcome = opened.clearing_house.submit(asked)
        number = int(state.books.payments["number"][place])
        status = Status(int(state.books.payments["status"][place]))
    row = outcome.rows[0]
    if row["status"] == Status.RJCT:
        why = Reason(int(row["reason"]))
        fail(f"it is not cancelled: {why.text} [{why.iso}]")
    if as_json:
        print_json({"number": number, "status": status.name})
    else:
        console.print(
            f"{number}: {'cancelled' if status is Status.CANC else 'waits for the others of its link'}"
        )


def _change(folder: Path, payment: str, said: Said, what: dict[str, Any], *, as_json: bool, now: Now) -> None:
    with opened_house(folder, now) as opened:
        number, settled, moved = _take(opened, payment, said, what)
        books = opened.clearing_house.state.books
        row = books.payments[find_payment(books, str(number))]
        status, why = Status(int(row["status"])), Reason(int(row["reason"]))
    if as_json:
        told = {"number": number, "status": status.name, "rule": why.name, "settled": settled}
        print_json(told | ({"legs": moved} if moved > 1 else {}))
    else:
        more = f"; {moved} legs of its link" if moved > 1 else ""
        more += f"; {settled:,} payments settled by it" if settled else ""
        console.print(f"{number}: {status.name} {why.text}".rstrip() + more)


def _take(house: House, payment: str, said: Said, what: dict[str, Any]) -> tuple[int, int, int]:
    """Put one person's word on record; return the payment's number, and how many settled and were moved."""
    state = house.clearing_house.state
    number = int(state.books.payments["number"][find_payment(state.books, payment)])
    outcome = house.clearing_house.take_word(
        change_queue(QueueChange(number=number, **what), state.directory, said)
    )
    row = outcome.rows[0]
    if row["status"] == Status.RJCT:
        why = Reason(int(row["reason"]))
        fail(f"nothing is changed: {why.text} [{why.iso}]")
    kinds = outcome.page.records["kind"].tolist() if outcome.page is not None else []
    return number, kinds.count(RecordKind.SETTLED), kinds.count(RecordKind.QUEUE_CHANGED)
