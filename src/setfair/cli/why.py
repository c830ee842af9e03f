"""`setfair why`: what a queued payment waits for."""

from __future__ import annotations

from typing import Annotated

import typer

from setfair.cli.common import console, operational_errors, print_json, with_separators
from setfair.cli.find_payment import find_payment
from setfair.cli.options import AsJson, HouseFolder
from setfair.domain.codes import Reason, Status
from setfair.domain.money import find_currency, format_amount
from setfair.explain.queued import Queued, explain_queued, schedule_of
from setfair.house import read_state
from setfair.house_state import HouseState

NUMBERS_SHOWN = 10
"""Numbers of payments that one line shows."""


@operational_errors()
def why(
    house: HouseFolder,
    payment: Annotated[str, typer.Argument(metavar="UETR|NUMBER", help="A payment: its UETR or its number.")],
    as_json: AsJson = False,
) -> None:
    """Explain a queued payment: what it lacks, what is ahead of it, and what would release it."""
    state = read_state(house)
    place = find_payment(state.books, payment)
    row = state.books.payments[place].copy()
    status, reason = Status(int(row["status"])), Reason(int(row["reason"]))
    about = {"number": int(row["number"]), "status": status.name, "rule": reason.name, "reason": reason.text}
    about |= schedule_of(state.books, place)
    if status is not Status.ACSP:
        _show_other(about, as_json=as_json)
        return
    queued = explain_queued(state.books, place)
    account = state.directory.accounts[int(row["debtor"])]
    found = about | {"participant": account.participant, "currency": account.currency}
    found |= {"sub_account": account.sub_account} | _amounts(queued, state)
    if as_json:
        print_json(found)
    else:
        _show(found)


def _amounts(queued: Queued, state: HouseState) -> dict[str, object]:
    sums = {name: getattr(queued, name) for name in ("ahead", "counter_payments", "incoming")}
    return {
        "needed_minor": queued.needed_minor,
        "available_minor": queued.available_minor,
        "lacks_minor": queued.lacks_minor,
        "limit_left_minor": queued.limit_left_minor,
        "releasing_credit_minor": queued.releasing_credit_minor,
        **{
            name: {"payments": each.numbers, "amount_minor": each.amount_minor} for name, each in sums.items()
        },
        "legs": [
            {
                "number": leg.number,
                "participant": state.directory.accounts[leg.account][0],
                "currency": state.directory.accounts[leg.account][1],
                "rule": leg.reason.name,
                "reason": leg.reason.text,
                **leg.times,
            }
            for leg in queued.legs
        ],
    }


def _show_other(about: dict[str, object], *, as_json: bool) -> None:
    if as_json:
        print_json(about)
    else:
        console.print(
            f"payment {about['number']} does not wait in a queue: {about['status']} {about['reason']}"
        )
        _show_times(about)


def _show_times(about: dict[str, object]) -> None:
    """Print when a payment may settle, and that its payer holds it."""
    if about["value_date"]:
        console.print(f"for {about['value_date']}")
    if about["on_hold"]:
        console.print("its payer holds it: setfair queue reactivate")
    if about["earliest_utc"]:
        console.print(f"not before {about['earliest_utc']}")
    if about["latest_utc"]:
        console.print(f"rejected if it has not settled by {about['latest_utc']}")


def _show(found: dict[str, object]) -> None:
    """Print the explanation for people."""
    currency = find_currency(str(found["currency"]))
    decimals = currency.decimals if currency is not None else 0

    def text(minor: object) -> str:
        return f"{with_separators(format_amount(int(str(minor)), decimals))} {found['currency']}"

    over = f" over its sub-account {found['sub_account']}" if found["sub_account"] else ""
    console.print(f"payment {found['number']} of {found['participant']}{over}: {found['reason']}")
    console.print(f"needs {text(found['needed_minor'])}, available {text(found['available_minor'])}")
    if found["limit_left_minor"] is not None:
        console.print(f"its limit leaves {text(found['limit_left_minor'])}")
    words = {
        "ahead": "ahead of it",
        "counter_payments": "wait the other way",
        "incoming": "wait to be paid to it",
    }
    for name, said in words.items():
        each: dict[str, object] = found[name]  # type: ignore[assignment]
        numbers: tuple[int, ...] = each["payments"]  # type: ignore[assignment]
        if numbers:
            more = ", ..." if len(numbers) > NUMBERS_SHOWN else ""
            shown = ", ".join(map(str, numbers[:NUMBERS_SHOWN])) + more
            noun = "payment" if len(numbers) == 1 else "payments"
            verb = said if len(numbers) != 1 else said.replace("wait ", "waits ")
            console.print(f"{len(numbers):,} {noun} of {text(each['amount_minor'])} {verb}: {shown}")
    _show_times(found)
    legs: list[dict[str, object]] = found["legs"]  # type: ignore[assignment]
    for leg in legs:
        when = f", for {leg['value_date']}" if leg["value_date"] else ""
        when += f", by {leg['latest_utc']}" if leg["latest_utc"] else ""
        console.print(
            f"leg {leg['number']} of {leg['participant']} in {leg['currency']}{when}: {leg['reason']}"
        )
    if found["releasing_credit_minor"]:
        console.print(f"a credit of {text(found['releasing_credit_minor'])} covers it and what is ahead")
