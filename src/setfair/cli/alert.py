"""`setfair alert`: what screening held, and the decisions of two people."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from setfair.alert_pairs import pair_alert
from setfair.cli.clock import command_clock
from setfair.cli.common import console, fail, operational_errors, print_json, print_plain
from setfair.cli.open_house import opened_house
from setfair.cli.options import AsJson, HouseFolder, Now, Why
from setfair.domain.codes import Reason, Status
from setfair.domain.instants import format_utc, to_instant
from setfair.errors import HouseError
from setfair.formats.replace_file import replacing
from setfair.look_back import agreement_of
from setfair.tables import open_tables

alert_app = typer.Typer(
    help="Show what screening held, and release or refuse it: two different people decide.",
    no_args_is_help=True,
)

Number = Annotated[
    int, typer.Argument(metavar="NUMBER", min=1, max=2**63 - 1, help="Number of the held instruction.")
]
By = Annotated[str, typer.Option("--by", metavar="PERSON", help="Who decides: an officer of the agreement.")]

_CASES = """
SELECT a.name, a.list_id, a.entry_id, max(a.matched_name) AS matched_name, max(CAST(a.score AS INTEGER)) AS
       score, count(DISTINCT a.held_number) AS instructions, min(a.time_utc) AS since_utc, count(DISTINCT CASE
       WHEN a.status = 'PDNG' THEN a.held_number END) AS held, group_concat(DISTINCT CASE WHEN a.status =
       'PDNG' THEN a.held_number END) AS held_numbers, coalesce((SELECT group_concat(d.person || ': ' ||
       d.disposition || ' (' || d.note || ')', '; ') FROM disposition d WHERE d.held_number IN ( SELECT
       b.held_number FROM alert b WHERE b.name = a.name AND b.list_id = a.list_id AND b.entry_id =
       a.entry_id)), '') AS decisions FROM alert a GROUP BY a.name, a.list_id, a.entry_id ORDER BY since_utc,
       a.name, a.list_id, a.entry_id
"""
_EXPORTED = """
SELECT a.held_number, a.subject, a.status, a.time_utc, a.name, a.list_id, a.entry_id, a.matched_name, a.score,
       a.explanation, coalesce(d.time_utc, '') AS decided_utc, coalesce(d.person, '') AS person,
       coalesce(d.disposition, '') AS disposition, coalesce(d.note, '') AS reason
FROM alert a LEFT JOIN disposition d ON d.held_number = a.held_number
ORDER BY a.held_number, a.hit_number, d.instruction_number
"""
_OPEN = "SELECT * FROM alert WHERE status = 'PDNG' ORDER BY held_number, hit_number"
_ALL = "SELECT * FROM alert ORDER BY held_number, hit_number"
_EXPORTED_COLUMNS = (
    "held_number", "subject", "status", "time_utc", "name", "list_id", "entry_id", "matched_name", "score",
    "explanation", "decided_utc", "person", "disposition", "reason",
)  # fmt: skip
_PAIRS = (
    "SELECT p.*, (SELECT count(*) FROM passed_by_pair q WHERE q.pair_number = p.pair_number) AS passed "
    "FROM good_guy_pair p ORDER BY p.pair_number"
)
_DECISIONS = "SELECT * FROM disposition ORDER BY instruction_number"


@alert_app.command("list")
@operational_errors()
def list_(
    house: HouseFolder,
    every: Annotated[bool, typer.Option("--all", help="Also what is decided.")] = False,
    as_json: AsJson = False,
) -> None:
    """List what is held, with what screening found and who has decided so far."""
    with open_tables(house) as tables:
        alerts = tables.query(_ALL if every else _OPEN)
        decisions = tables.query(_DECISIONS)
    by_number: dict[int, list[str]] = {}
    for each in decisions:
        said = (
            "release"
            if each["decision"] == "RELEASE"
            else "refusal"
            if each["decision"] == "REFUSAL"
            else each["disposition"]
        )
        text = f"{each['person']}: {said} ({each['note']})"
        by_number.setdefault(int(each["held_number"]), []).append(text)
    if as_json:
        print_json([alert | {"decisions": by_number.get(int(alert["held_number"]), [])} for alert in alerts])
        return
    if not alerts:
        console.print("nothing is held")
        return
    names = ("number", "what", "status", "name", "list", "entry", "listed as", "decided")
    table = Table(*names, box=None, padding=(0, 2, 0, 0))
    for alert in alerts:
        decided = "; ".join(by_number.get(int(alert["held_number"]), []))
        table.add_row(
            str(alert["held_number"]),
            alert["subject"],
            alert["status"],
            *(escape(str(alert[name])) for name in ("name", "list_id", "entry_id", "matched_name")),
            escape(decided),
        )
    console.print(table)
    console.print("[dim]--json tells why each of them is a hit[/]")


@alert_app.command()
@operational_errors()
def cases(
    house: HouseFolder,
    every: Annotated[
        bool, typer.Option("--all", help="Also those of which nothing is held any more.")
    ] = False,
    as_json: AsJson = False,
    now: Now = None,
) -> None:
    """List the alerts by party and list entry: what is held, until when two people decide, what was said."""
    moment = command_clock(now)()
    with open_tables(house) as tables:
        found = tables.query(_CASES)
        hours = agreement_of(tables).screening.decide_within_hours
    rows = []
    for row in found:
        if row["held"] or every:
            due = datetime.fromisoformat(str(row["since_utc"])) + timedelta(hours=hours)
            late = bool(row["held"]) and to_instant(due) < moment
            rows.append({**row, "due_utc": format_utc(to_instant(due)), "overdue": late})
    if as_json:
        print_json(rows)
        return
    if not rows:
        console.print("nothing is held")
        return
    names = ("name", "list", "entry", "listed as", "score", "held", "due", "said")
    table = Table(*names, box=None, padding=(0, 2, 0, 0))
    for row in rows:
        until = f"{row['due_utc'][:16]}{' OVERDUE' if row['overdue'] else ''}"
        cells = (row["name"], row["list_id"], row["entry_id"], row["matched_name"], row["score"])
        table.add_row(
            *(escape(str(cell)) for cell in (*cells, row["held_numbers"] or "", until, row["decisions"]))
        )
    console.print(table)


@alert_app.command()
@operational_errors()
def export(
    house: HouseFolder,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where to write, CSV.")],
) -> None:
    """Write every alert with every decision and word on it, for the overseer."""
    with open_tables(house) as tables, replacing(out) as file:
        rows = tables.query(_EXPORTED)
        text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(_EXPORTED_COLUMNS)
        writer.writerows([row[name] for name in _EXPORTED_COLUMNS] for row in rows)
        text.detach()
    print_plain(f"{len(rows)} rows: {out}")


@alert_app.command()
@operational_errors()
def escalate(
    house: HouseFolder, number: Number, by: By, reason: Why, as_json: AsJson = False, now: Now = None
) -> None:
    """Say that others have to look at it; it stays held, and two people decide as before."""
    _say(house, number, by, reason, "escalated", as_json=as_json, now=now)


@alert_app.command()
@operational_errors()
def ask(
    house: HouseFolder, number: Number, by: By, reason: Why, as_json: AsJson = False, now: Now = None
) -> None:
    """Say that information is needed, and which; it stays held, and two people decide as before."""
    _say(house, number, by, reason, "need information", as_json=as_json, now=now)


@alert_app.command()
@operational_errors()
def pair(
    house: HouseFolder,
    number: Number,
    by: By,
    reason: Why,
    expires: Annotated[
        datetime, typer.Option("--expires", formats=["%Y-%m-%d"], help="Last day on which the pair holds.")
    ],
    as_json: AsJson = False,
    now: Now = None,
) -> None:
    """Propose, or as another officer confirm, that the party is not the listed one: a good-guy pair."""
    with opened_house(house, now) as opened:
        pairs = pair_alert(opened, number, by, reason, expires.date())
    if as_json:
        print_json([each.plain() for each in pairs])
        return
    for each in pairs:
        what = (
            "confirmed"
            if each.confirmed_by
            else "proposed; another officer confirms it with the same command"
        )
        print_plain(f"'{each.name}' ({each.identity}), entry {each.entry_id} of list {each.list_id}: {what}")


@alert_app.command()
@operational_errors()
def pairs(house: HouseFolder, as_json: AsJson = False) -> None:
    """List the good-guy pairs, with how many hits each has passed."""
    with open_tables(house) as tables:
        rows = tables.query(_PAIRS)
    if as_json:
        print_json(rows)
        return
    for row in rows:
        state = f"confirmed by {row['confirmed_by']}" if row["confirmed_by"] else "not confirmed"
        print_plain(
            f"{row['pair_number']}: '{row['name']}' ({row['identity']}), "
            f"entry {row['entry_id']} of list {row['list_id']}, "
            f"until {row['expires']}, proposed by {row['proposed_by']}, {state}, passed {row['passed']}"
        )


def _say(
    house: HouseFolder, number: int, by: str, reason: str, disposition: str, *, as_json: bool, now: Now
) -> None:
    with opened_house(house, now) as opened:
        known = opened.query(
            "SELECT count(*) AS n FROM alert WHERE held_number = ? AND status = 'PDNG'", (number,)
        )
        if not known[0]["n"]:
            raise HouseError(f"nothing is held under {number}")
        opened.clearing_house.note_alert(number, by, reason, disposition)
    if as_json:
        print_json({"number": number, "disposition": disposition})
    else:
        console.print(f"{number}: {disposition}, on record")


@alert_app.command()
@operational_errors()
def release(
    house: HouseFolder, number: Number, by: By, reason: Why, as_json: AsJson = False, now: Now = None
) -> None:
    """Decide to release a held instruction; it goes on when a second person decides the same."""
    _decide(house, number, by, reason, release=True, as_json=as_json, now=now)


@alert_app.command()
@operational_errors()
def refuse(
    house: HouseFolder, number: Number, by: By, reason: Why, as_json: AsJson = False, now: Now = None
) -> None:
    """Decide to refuse a held instruction; a second person's decision of either kind makes it final."""
    _decide(house, number, by, reason, release=False, as_json=as_json, now=now)


def _decide(
    house: HouseFolder, number: int, by: str, reason: str, *, release: bool, as_json: bool, now: Now
) -> None:
    with opened_house(house, now) as opened:
        outcome = opened.clearing_house.decide_held(number, by, reason, release=release)
        alerts = opened.query("SELECT status FROM alert WHERE held_number = ? LIMIT 1", (number,))
    row = outcome.rows[0]
    if row["status"] != Status.ACSC:
        why = Reason(int(row["reason"]))
        fail(f"the decision does not count: {why.text} [{why.iso}]")
    status = str(alerts[0]["status"])
    if as_json:
        print_json({"number": number, "status": status})
    elif status == Status.PDNG.name:
        console.print(f"{number}: on record; another person decides now")
    else:
        console.print(f"{number}: decided, status {status}")
