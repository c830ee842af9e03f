"""`setfair limit`: limits, reservations and credit lines; one person asks, another one approves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.markup import escape
from rich.table import Table

from setfair.cli.common import console, fail, operational_errors, print_json, with_separators
from setfair.cli.open_house import opened_house
from setfair.cli.options import AsJson, By, HouseFolder, Now, Why, participant_asked
from setfair.domain.codes import InstructionKind, Mechanism, Reason, RecordKind, Status, Term
from setfair.domain.money import find_currency, format_amount, parse_amount
from setfair.errors import HouseError
from setfair.explain.terms import terms_in_force
from setfair.house import House, read_state
from setfair.house_state import HouseState
from setfair.intake.directory import currency_number
from setfair.tables import open_tables
from setfair.user_words import Said, TermChange, ask_for, decide_on

limit_app = typer.Typer(
    help="Show and change limits, reservations and credit lines: one person asks, another approves.",
    no_args_is_help=True,
)

Whose = Annotated[
    str, typer.Argument(metavar="PARTICIPANT", help="Whose account: BIC, LEI, member id or id.")
]
Currency = Annotated[str, typer.Argument(metavar="CURRENCY", help="ISO 4217 code.")]
Amount = Annotated[str, typer.Argument(metavar="AMOUNT", help="Decimal amount.")]
Number = Annotated[
    int, typer.Argument(metavar="NUMBER", min=1, max=2**63 - 1, help="Number of the change that waits.")
]
Today = Annotated[
    bool, typer.Option("--today", help="For the present business day alone; without it until further notice.")
]

_CHANGES = "SELECT * FROM term_change ORDER BY change_number"
_WORDS = {
    Term.BILATERAL_LIMIT: "bilateral limit",
    Term.MULTILATERAL_LIMIT: "multilateral limit",
    Term.RESERVED_URGENT: "reserved for urgent",
    Term.RESERVED_HIGH: "reserved for high",
    Term.CREDIT_LINE: "credit line",
    Term.SUB_ACCOUNT: "sub-account, 1 open, 0 closed",
    Term.SET_ASIDE: "set aside on a sub-account",
    Term.GIVE_BACK: "given back by a sub-account",
}


@limit_app.command("list")
@operational_errors()
def list_(
    house: HouseFolder,
    participant: Annotated[
        str | None, typer.Option("--participant", metavar="ID", help="Only this participant's.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List what every account may do now: credit lines, reservations, limits, and what is used of them."""
    state = read_state(house)
    wanted = participant_asked(state.directory, participant)
    rows = [row for row in _rows(state) if wanted is None or row["participant"] == wanted]
    if as_json:
        print_json(rows)
        return
    table = Table(box=None, padding=(0, 2, 0, 0))
    for name in ("account", "what", "towards", "amount", "used", "left", "from the next day"):
        table.add_column(name, justify="left" if name in ("account", "what", "towards") else "right")
    for row in rows:
        amounts = (_text(row[f"{name}_minor"], int(row["decimals"])) for name in _AMOUNTS)
        account = f"{row['participant']} {row['currency']}"
        table.add_row(account, _WORDS[Term[row["term"]]], row["counterparty"], *amounts)
    console.print(table)


_AMOUNTS = ("amount", "used", "left", "standing")


def _rows(state: HouseState) -> list[dict[str, Any]]:
    rows = []
    for each in terms_in_force(state.books):
        participant, currency, sub_account = state.directory.accounts[each.account]
        if sub_account:
            continue  # it has none of these terms: `setfair sub-account list`
        found = find_currency(currency)
        is_used = each.amount_minor is not None and each.used_minor is not None
        rows.append(
            {
                "participant": participant,
                "currency": currency,
                "decimals": found.decimals if found is not None else 0,
                "term": each.term.name,
                "counterparty": ""
                if each.counterparty is None
                else state.directory.accounts[each.counterparty][0],
                "amount_minor": each.amount_minor,
                "used_minor": each.used_minor,
                "left_minor": each.amount_minor - each.used_minor if is_used else None,  # type: ignore[operator]
                "standing_minor": each.standing_minor,
            }
        )
    return rows


def _text(minor: int | None, decimals: int) -> str:
    return "none" if minor is None else with_separators(format_amount(minor, decimals))


@limit_app.command()
@operational_errors()
def changes(
    house: HouseFolder,
    every: Annotated[bool, typer.Option("--all", help="Also what is in force or rejected.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the changes that wait for a second person."""
    with open_tables(house) as tables:
        rows = [row for row in tables.query(_CHANGES) if every or row["state"] == "waiting"]
    if as_json:
        print_json(rows)
        return
    if not rows:
        console.print("no change waits")
        return
    names = ("number", "account", "what", "towards", "amount", "only on", "asked by", "state", "decided by")
    table = Table(*names, box=None, padding=(0, 2, 0, 0))
    for row in rows:
        table.add_row(
            str(row["change_number"]),
            f"{row['participant'] or '?'} {row['currency']} {row['sub_account']}".strip(),
            _WORDS[Term[row["term"]]],
            row["counterparty"],
            _text(row["amount_minor"], int(row["decimals"])),
            row["only_day"],
            escape(f"{row['asked_by']}: {row['asked_reason']}"),
            f"{row['state']} {escape(row['reason_text'])}".strip(),
            escape(f"{row['decided_by']}: {row['decided_reason']}" if row["decided_by"] else ""),
        )
    console.print(table)


@limit_app.command("set")
@operational_errors()
def set_(
    house: HouseFolder,
    participant: Whose,
    currency: Currency,
    amount: Annotated[str, typer.Argument(metavar="AMOUNT|none", help="Decimal amount; none: no limit.")],
    *,
    by: By,
    reason: Why,
    towards: Annotated[
        str,
        typer.Option(
            "--towards",
            metavar="PARTICIPANT",
            help="Towards whom; without it all that have no limit of their own.",
        ),
    ] = "",
    today: Today = False,
    as_json: AsJson = False,
    now: Now = None,
) -> None:
    """Ask for a limit on what may be paid net in a day; it counts when another person approves it."""
    term = Term.BILATERAL_LIMIT if towards else Term.MULTILATERAL_LIMIT
    minor = None if amount == "none" else minor_units(amount, currency)
    change = TermChange(term, participant, currency, minor, towards)
    ask_for_change(house, change, Said(by, reason), today=today, as_json=as_json, now=now)


@limit_app.command()
@operational_errors()
def reserve(
    house: HouseFolder,
    participant: Whose,
    currency: Currency,
    amount: Amount,
    *,
    by: By,
    reason: Why,
    priority: Annotated[
        Literal["urgent", "high"],
        typer.Option("--for", help="urgent, or high: for urgent and high payments."),
    ],
    today: Today = False,
    as_json: AsJson = False,
    now: Now = None,
) -> None:
    """Ask to set liquidity aside for urgent, or for high payments."""
    term = Term.RESERVED_URGENT if priority == "urgent" else Term.RESERVED_HIGH
    change = TermChange(term, participant, currency, minor_units(amount, currency))
    ask_for_change(house, change, Said(by, reason), today=today, as_json=as_json, now=now)


@limit_app.command("credit-line")
@operational_errors()
def credit_line(
    house: HouseFolder,
    participant: Whose,
    currency: Currency,
    amount: Amount,
    *,
    by: By,
    reason: Why,
    today: Today = False,
    as_json: AsJson = False,
    now: Now = None,
) -> None:
    """Ask for another credit line: users of the operator ask and approve."""
    change = TermChange(Term.CREDIT_LINE, participant, currency, minor_units(amount, currency))
    ask_for_change(house, change, Said(by, reason), today=today, as_json=as_json, now=now)


@limit_app.command()
@operational_errors()
def approve(
    house: HouseFolder, number: Number, by: By, reason: Why, as_json: AsJson = False, now: Now = None
) -> None:
    """Put a change into force that another person asked for; what waited for it settles at once."""
    _decide(house, number, Said(by, reason), approve=True, as_json=as_json, now=now)


@limit_app.command()
@operational_errors()
def refuse(
    house: HouseFolder, number: Number, by: By, reason: Why, as_json: AsJson = False, now: Now = None
) -> None:
    """Refuse a change that waits, or take back one's own."""
    _decide(house, number, Said(by, reason), approve=False, as_json=as_json, now=now)


def minor_units(amount: str, currency: str) -> int:
    """Return an amount as it was written, in minor units of its currency.

    Raises
    ------
    HouseError
        If the currency is none of ISO 4217, or the amount none in it.
    """
    found = find_currency(currency)
    if found is None:
        raise HouseError(f"{currency} is not an ISO 4217 code")
    minor = parse_amount(amount, found.decimals)
    if isinstance(minor, Reason):
        raise HouseError(f"{amount} {currency}: {minor.text}")
    return minor


def ask_for_change(
    house: Path, change: TermChange, said: Said, *, today: bool, as_json: bool, now: Now
) -> None:
    """Ask a house for a change of a term, which another person confirms, and print its number.

    Parameters
    ----------
    house
        Folder of the house.
    change
        What changes, for whom and to how much.
    said
        Who asks, and why.
    today
        Whether the change is for this business day alone.
    as_json
        Whether to print JSON.
    now
        The time at which it is asked; the clock's if not given.
    """
    with opened_house(house, now) as opened:
        if today:
            change = _for_today(opened, change)
        outcome = opened.clearing_house.take_word(
            ask_for(change, opened.clearing_house.state.directory, said)
        )
    row = outcome.rows[0]
    if row["status"] == Status.RJCT:
        why = Reason(int(row["reason"]))
        fail(f"the change is not taken: {why.text} [{why.iso}]")
    if as_json:
        print_json({"number": int(row["number"]), "state": "waiting"})
    else:
        console.print(f"{row['number']}: on record; another person approves it now")


def _for_today(house: House, change: TermChange) -> TermChange:
    days = int(house.clearing_house.state.books.business_day[currency_number(change.currency)])
    day = date(1970, 1, 1) + timedelta(days=days)
    return replace(change, day=day)


def _decide(house: Path, number: int, said: Said, *, approve: bool, as_json: bool, now: Now) -> None:
    with opened_house(house, now) as opened:
        directory = opened.clearing_house.state.directory
        kind = InstructionKind.TERM_APPROVAL if approve else InstructionKind.TERM_REFUSAL
        outcome = opened.clearing_house.take_word(decide_on(number, directory, said, kind))
    row = outcome.rows[0]
    if row["status"] == Status.RJCT:
        why = Reason(int(row["reason"]))
        fail(f"the decision does not count: {why.text} [{why.iso}]")
    settled = 0
    if outcome.page is not None:
        records = outcome.page.records
        is_payment = (records["kind"] == RecordKind.SETTLED) & (records["mechanism"] != Mechanism.SUB_ACCOUNT)
        settled = int(is_payment.sum())
    state = "in force" if approve else "rejected"
    if as_json:
        print_json({"number": number, "state": state, "settled": settled})
    else:
        console.print(f"{number}: {state}" + (f"; {settled:,} payments settled by it" if settled else ""))
