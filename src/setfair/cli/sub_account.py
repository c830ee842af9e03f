"""`setfair sub-account`: money of an account that is for one purpose; one person asks, another approves."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from setfair.cli.common import console, operational_errors, print_json, with_separators
from setfair.cli.limit import Amount, Currency, Today, Whose, ask_for_change, minor_units
from setfair.cli.options import AsJson, By, HouseFolder, Now, Why, participant_asked
from setfair.domain.codes import Purpose, Term
from setfair.domain.money import find_currency, format_amount
from setfair.house import read_state
from setfair.user_words import Said, TermChange

sub_account_app = typer.Typer(
    help="Open and close sub-accounts, set money aside on them, give it back: two people, as of limits.",
    no_args_is_help=True,
)

Which = Annotated[str, typer.Argument(metavar="NAME", help="Name of the sub-account.")]


@sub_account_app.command("list")
@operational_errors()
def list_(
    house: HouseFolder,
    participant: Annotated[
        str | None, typer.Option("--participant", metavar="ID", help="Only this participant's.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List sub-accounts: what they are for, whether they are open, and what is set aside on them."""
    state = read_state(house)
    wanted, rows = participant_asked(state.directory, participant), []
    for row in state.books.sub_accounts:
        name, account = state.directory.accounts[int(row["account"])], state.books.accounts[row["account"]]
        found = find_currency(name.currency)
        rows.append(
            {
                "participant": name.participant,
                "currency": name.currency,
                "sub_account": name.sub_account,
                "purpose": Purpose(int(row["purpose"])).name,
                "counterparty": state.directory.participants[row["counterparty"]]
                if row["counterparty"] >= 0
                else "",
                "state": "open" if account["open"] else "closed",
                "decimals": found.decimals if found is not None else 0,
                "balance_minor": int(account["balance"]),
            }
        )
    rows = [row for row in rows if wanted is None or row["participant"] == wanted]
    if as_json:
        print_json(rows)
        return
    if not rows:
        console.print("the agreement has no sub-accounts")
        return
    table = Table("account", "name", "for", "with", "state", "set aside", box=None, padding=(0, 2, 0, 0))
    for row in rows:
        amount = with_separators(format_amount(int(str(row["balance_minor"])), int(str(row["decimals"]))))
        said = (row[name] for name in ("sub_account", "purpose", "counterparty", "state"))
        table.add_row(f"{row['participant']} {row['currency']}", *map(str, said), amount)
    console.print(table)


@sub_account_app.command("open")
@operational_errors()
def open_(
    house: HouseFolder,
    participant: Whose,
    currency: Currency,
    name: Which,
    *,
    by: By,
    reason: Why,
    as_json: AsJson = False,
    now: Now = None,
) -> None:
    """Ask to open a sub-account: from then on what its purpose names goes over it."""
    change = TermChange(Term.SUB_ACCOUNT, participant, currency, 1, sub_account=name)
    ask_for_change(house, change, Said(by, reason), today=False, as_json=as_json, now=now)


@sub_account_app.command()
@operational_errors()
def close(
    house: HouseFolder,
    participant: Whose,
    currency: Currency,
    name: Which,
    *,
    by: By,
    reason: Why,
    as_json: AsJson = False,
    now: Now = None,
) -> None:
    """Ask to close a sub-account: it has to be empty then."""
    change = TermChange(Term.SUB_ACCOUNT, participant, currency, 0, sub_account=name)
    ask_for_change(house, change, Said(by, reason), today=False, as_json=as_json, now=now)


@sub_account_app.command()
@operational_errors()
def fund(
    house: HouseFolder,
    participant: Whose,
    currency: Currency,
    name: Which,
    amount: Amount,
    *,
    by: By,
    reason: Why,
    today: Today = False,
    as_json: AsJson = False,
    now: Now = None,
) -> None:
    """Ask to set money aside; with --today the request itself lapses with the business day."""
    minor = minor_units(amount, currency)
    change = TermChange(Term.SET_ASIDE, participant, currency, minor, sub_account=name)
    ask_for_change(house, change, Said(by, reason), today=today, as_json=as_json, now=now)


@sub_account_app.command()
@operational_errors()
def release(
    house: HouseFolder,
    participant: Whose,
    currency: Currency,
    name: Which,
    amount: Amount,
    *,
    by: By,
    reason: Why,
    today: Today = False,
    as_json: AsJson = False,
    now: Now = None,
) -> None:
    """Ask to give money back to the account; with --today the request itself lapses with the business day."""
    minor = minor_units(amount, currency)
    change = TermChange(Term.GIVE_BACK, participant, currency, minor, sub_account=name)
    ask_for_change(house, change, Said(by, reason), today=today, as_json=as_json, now=now)
