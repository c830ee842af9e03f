"""`setfair explain`: why set-off cancelled this much of an obligation, and in which loops."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from setfair.cli.common import operational_errors, print_json, print_plain, with_separators
from setfair.cli.options import AsJson, HouseFolder
from setfair.explain.choose import choose
from setfair.explain.obligation import explain
from setfair.tables import open_tables


@operational_errors()
def explain_obligation(
    house: HouseFolder,
    obligation: Annotated[
        str, typer.Argument(metavar="OBLIGATION", help="Its number, or the creditor's id of it.")
    ],
    party: Annotated[
        str | None,
        typer.Option(
            "--as", metavar="PARTY", help="As this party may see it; without it all names are shown."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Explain how much of an obligation set-off cancelled, in which loops, and why no more."""
    with open_tables(house) as tables:
        told = explain(tables.query, choose(tables.query, obligation, party))
    if as_json:
        print_json(told)
        return
    for line in _lines(told):
        print_plain("".join(char if char.isprintable() else " " for char in line))


def _firm(firm: dict[str, str]) -> str:
    return f"{firm['name']} ({firm['party_id']})" if firm["name"] else firm["party_id"]


def _lines(told: dict[str, Any]) -> Iterator[str]:
    it = told["obligation"]
    amount = f"{it['currency']} {with_separators(it['amount'])}"
    due = f", due {it['due_date']}" if it["due_date"] else ""
    yield f"{it['obligation_id']} (number {it['number']}): {_firm(it['debtor'])} owes {_firm(it['creditor'])}"
    parts = [("credited", it["credited"]), ("set off", it["cleared"]), ("netted", it["netted"])]
    parts = [(word, text) for word, text in parts if word == "set off" or text.strip("0.")]
    parts.append(("remaining", it["remaining"]))
    yield f"{amount}{due}; " + ", ".join(f"{word} {with_separators(text)}" for word, text in parts)
    if "text" in told:
        yield f"{told['text']}."
    for cycle in told["cycles"]:
        yield ""
        yield from _cycle_lines(cycle)


def _for_party(loop: dict[str, Any]) -> str:
    """Say who is next to a party in a loop: a firm, or money that was put in."""
    before = f"{_firm(loop['owes_you'])} owes you"
    if loop.get("paid_for_you"):
        before = f"money of {_firm(loop['owes_you'])} pays your debt"
    if loop.get("you_get_money"):
        return f"{before}, and you get money"
    return f"{before}, and you owe {_firm(loop['you_owe'])}"


def _cycle_lines(cycle: dict[str, Any]) -> Iterator[str]:
    before, cleared, remaining = (with_separators(cycle[name]) for name in ("before", "cleared", "remaining"))
    count = cycle["loop_count"]
    loops = "1 loop" if count == 1 else f"{count:,} loops"
    head = f"Cycle {cycle['cycle']} of {cycle['date']}"
    worth = f"worth {cycle['unit']} " if cycle["across_currencies"] else ""
    yield f"{head}: of {before} it cancelled {cleared} in {loops}; {remaining} remains."
    for number, loop in enumerate(cycle["loops"], 1):
        size = f"{worth}{with_separators(loop['amount'])} around {loop['length']} obligations"
        payer = loop.get("paid_with_money_of")
        with_money = f", with money of {payer['name']} ({payer['participant']})" if payer else ""
        yield f"  loop {number}: {size}{with_money}"
        if "obligations" in loop:
            for each in loop["obligations"]:
                yield f"    {_firm(each['debtor'])} owes {_firm(each['creditor'])}: {each['obligation_id']}"
        else:
            yield f"    {_for_party(loop)}"
    if count > len(cycle["loops"]):
        yield f"  and {count - len(cycle['loops']):,} smaller loops"
    if "text" in cycle:
        yield f"Why no more: {cycle['text']}."
    for side in ("debtor", "creditor"):
        if f"{side}_stood" in cycle:
            stood = cycle[f"{side}_stood"]
            owed, claimed = (with_separators(stood[name]) for name in ("owed", "claimed"))
            stood_text = f"Its {side} owed {worth}{owed} in all and was owed {claimed}"
            if "most" not in stood:
                yield f"{stood_text}."
                continue
            what = "debts" if side == "debtor" else "claims"
            most = with_separators(stood["most"])
            yield f"{stood_text}: of its {what} no more than {most} can cancel."
