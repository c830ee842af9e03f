"""Play the example day through a house, command by command, as an operator would.

    python examples/run_day.py --folder demo

Writes the day's files to FOLDER/day, makes a house in FOLDER/house, and runs the day at rehearsal times (the
`--now` of each command is shown). Run it again, and everything is submitted again: the same outcomes, and
nothing moves twice.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from fork_command import load, run_command
from lxml import etree
from rich.console import Console
from rich.table import Table

from setfair.domain.agreement import load_agreement
from setfair.domain.money import format_amount
from setfair.domain.signing import format_signatures, read_private_key, sign_agreement
from setfair.tables import open_tables

ROOT = Path(__file__).resolve().parents[1]
console = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else 120)


@dataclass(frozen=True, slots=True)
class Player:
    """Runs commands on the business day at given local times."""

    folder: Path
    day: date

    @property
    def house(self) -> Path:
        """Where the house is."""
        return self.folder / "house"

    @property
    def files(self) -> Path:
        """Where the day's files are."""
        return self.folder / "day"

    def run(self, at: str, *arguments: object, expect: int = 0) -> None:
        """Show one command and run it; stop the day if it ends with another exit code than expected."""
        words = [str(argument) for argument in arguments]
        shown = _shown([_short(word, self.folder) for word in words])
        console.print(f"\n[dim]{at}[/]  [bold]setfair[/] {shown}")
        found = run_command(words, self._environment(at))
        if found != expect:
            console.print(f"[bold red]the command ended with exit code {found}, expected {expect}[/]")
            sys.exit(1)

    def _environment(self, at: str) -> dict[str, str]:
        return {"SETFAIR_NOW": f"{self.day.isoformat()}T{at}:00+03:00"}

    def read(self, *arguments: object) -> list[dict[str, object]]:
        """Run a command with --json and return what it printed."""
        words = [str(argument) for argument in (*arguments, "--json")]
        output = self.folder / "output.json"
        if found := run_command(words, self._environment("18:30"), output):
            sys.exit(found)
        return json.loads(output.read_bytes())

    def sql(self, query: str) -> list[dict[str, object]]:
        """Return the rows of a query over the house's tables, as `setfair sql` would."""
        with open_tables(self.house) as tables:
            return tables.query(query)

    def inbox(self, first: int, last: int) -> list[Path]:
        """Return the files numbered from first to last, in order."""
        names = sorted(path for path in (self.files / "inbox").iterdir())
        return [path for path in names if first <= int(path.name[:2]) <= last]


def _shown(words: list[str]) -> str:
    """Return a command as a line, long lists of files cut."""
    files = [word for word in words if word.startswith("day/") and word not in words[:3]]
    if len(files) <= 3:
        return " ".join(words)
    kept = [word for word in words if word not in files[2:]]
    return f"{' '.join(kept)} [dim]... and {len(files) - 2} more[/]"


def _short(word: str, folder: Path) -> str:
    return word.replace(str(folder) + "/", "")


def main() -> None:
    """Generate the files, then play the day, or play it again."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--folder", type=Path, default=Path("demo"))
    parser.add_argument("--seed", type=int, default=20260105)
    parser.add_argument("--date", type=date.fromisoformat, default=date(2026, 1, 5))
    given = parser.parse_args()
    started = time.monotonic()
    load()
    player = Player(given.folder, given.date)
    if (player.house / "setfair.db").exists():
        replay_day(player)
    else:
        prepare(player, given.seed)
        play_day(player)
    summarize(player)
    console.print(f"\n[dim]{time.monotonic() - started:.0f} s[/]")


def prepare(player: Player, seed: int) -> None:
    """Write the day's files and let everybody sign the agreement."""
    console.rule("A business day of four countries")
    command = [sys.executable, ROOT / "examples" / "generate_day.py", "--out", player.files]
    subprocess.run([*command, "--seed", str(seed), "--date", player.day.isoformat()], check=True)
    file = player.files / "agreement.toml"
    player.run("07:30", "agreement", "check", file)
    agreement = load_agreement(file.read_bytes())
    signatures = [
        sign_agreement(
            agreement, each.id, read_private_key((player.files / "keys" / f"{each.id}.key").read_bytes())
        )
        for each in agreement.signatories
    ]
    file.with_name(file.name + ".signatures.json").write_bytes(format_signatures(signatures))
    player.run("07:40", "agreement", "status", file)


def play_day(player: Player) -> None:
    """Play the day from its opening to its report."""
    house, inbox = player.house, player.inbox
    player.run("07:45", "init", house, "--agreement", player.files / "agreement.toml")
    player.run("08:00", "day", "open", house)
    player.run("08:10", "submit", house, *inbox(1, 3))
    player.run("09:00", "submit", house, *inbox(10, 10))
    player.run("09:40", "submit", house, *inbox(11, 14))
    player.run("10:30", "submit", house, *inbox(20, 24))
    player.run("10:45", "submit", house, *sorted((player.files / "refused").iterdir()), expect=2)
    player.run("11:30", "cycle", house)
    player.run("12:10", "submit", house, *inbox(30, 30))
    player.run("12:50", "submit", house, *inbox(31, 34))
    player.run("13:20", "submit", house, *inbox(40, 45))
    decide_alerts(player)
    player.run("14:30", "submit", house, *inbox(50, 51))
    player.run("15:10", "submit", house, *inbox(52, 52))
    player.run("15:30", "submit", house, *inbox(60, 69))
    player.run("16:00", "day", "cutoff", house)
    player.run("16:05", "submit", house, *sorted((player.files / "late").iterdir()))
    player.run("17:00", "day", "cutoff", house)
    player.run("18:00", "day", "close", house)
    player.run("18:10", "report", house)
    player.run("18:15", "status", house)


def decide_alerts(player: Player) -> None:
    """Release the first alert and refuse the second: two different people each time."""
    player.run("13:30", "alert", "list", player.house)
    numbers = sorted({int(str(alert["held_number"])) for alert in player.read("alert", "list", player.house)})
    officers = [str(row["person"]) for row in player.sql("SELECT person FROM officer ORDER BY person_number")]
    decisions = (
        (("13:40", "13:45"), "release", "the firm is known to us and not the listed one"),
        (("13:50", "13:55"), "refuse", "the beneficiary could not be told from the listed one"),
    )
    for number, (times, verb, why) in zip(numbers, decisions, strict=False):
        for at, officer in zip(times, officers, strict=False):
            player.run(at, "alert", verb, player.house, number, "--by", officer, "--reason", why)


def replay_day(player: Player) -> None:
    """Submit everything again and show that nothing moved."""
    console.rule("The same day again: the same outcomes, nothing moves twice")
    query = "SELECT count(*) AS records, sum(amount_minor) AS moved FROM record WHERE kind = 'SETTLED'"
    accounts = "SELECT account_number, balance_minor FROM account ORDER BY account_number"
    before = (player.sql(query), player.sql(accounts))
    player.run("18:30", "submit", player.house, *player.inbox(0, 99))
    after = (player.sql(query), player.sql(accounts))
    if before != after:
        console.print("[bold red]something moved twice[/]")
        sys.exit(1)
    console.print("\nno balance and no settled record changed")
    player.run("18:40", "statements", player.house)
    player.run("18:40", "report", player.house)


_SUMMARY = """
WITH agent AS (SELECT account_number FROM account WHERE role = 'settlement agent')
SELECT currency, decimals, count(*) AS payments, sum(status = 'ACSC') AS settled,
       sum(status = 'RJCT') AS rejected, sum(status = 'CANC') AS cancelled,
       sum(CASE WHEN status = 'ACSC' THEN amount_minor ELSE 0 END) AS value_minor
FROM payment
WHERE kind NOT IN ('CANCELLATION', 'LIQUIDITY_TRANSFER') AND currency IN (SELECT currency FROM account)
  AND debtor_account NOT IN agent AND creditor_account NOT IN agent
GROUP BY currency, decimals ORDER BY currency
"""


def summarize(player: Player) -> None:
    """Print the day in numbers, as the tables have them, and check what was given out against them."""
    console.print()
    console.rule("The day in numbers")
    rows = player.sql(_SUMMARY)
    cycles = {
        str(row["currency"]): row
        for row in player.sql("SELECT * FROM cycle WHERE gross_minor > 0 ORDER BY cycle_number DESC")
    }
    table = Table(box=None, padding=(0, 3, 0, 0))
    for name in ("", "payments", "settled", "rejected", "value settled", "owed by invoices", "set off"):
        table.add_column(name, justify="right" if name else "left", no_wrap=True)
    for row in rows:
        decimals = int(str(row["decimals"]))
        cycle = cycles.get(str(row["currency"]), {"gross_minor": 0, "cleared_minor": 0})
        amounts = (row["value_minor"], cycle["gross_minor"], cycle["cleared_minor"])
        counts = (row[name] for name in ("payments", "settled", "rejected"))
        table.add_row(
            str(row["currency"]),
            *(f"{int(str(count)):,}" for count in counts),
            *(_with_commas(format_amount(int(str(amount)), decimals)) for amount in amounts),
        )
    console.print(table)
    console.print("[dim]without transfers of settlement agents, which are funding[/]\n")
    out = player.house / "out" / player.day.isoformat()
    check_statements(player, out)
    check_report(player, out / "report.html", rows)
    console.print(f"\nmessages and statements: {out.resolve()}")
    console.print(f"report: [bold]{(out / 'report.html').resolve()}[/]")


def check_statements(player: Player, out: Path) -> None:
    """Compare every camt.053 with the tables: closing balances, and entries with bookings."""
    closing, entries = {}, 0
    for path in sorted(out.glob("*/camt.053*.xml")):
        root = etree.parse(path).getroot()
        space = {"c": root.nsmap[None]}
        balance = root.xpath("//c:Bal[c:Tp/c:CdOrPrtry/c:Cd='CLBD']", namespaces=space)[0]
        amount = balance.find("c:Amt", space)
        sign = "-" if balance.findtext("c:CdtDbtInd", None, space) == "DBIT" else ""
        closing[path.parent.name, amount.get("Ccy")] = Decimal(sign + amount.text)
        entries += len(root.findall(".//c:Ntry", space))
    tables = {
        (row["participant"], row["currency"]): Decimal(
            format_amount(int(str(row["balance_minor"])), int(str(row["decimals"])))
        )
        for row in player.sql("SELECT participant, currency, decimals, balance_minor FROM account")
    }
    bookings = int(str(player.sql("SELECT count(*) AS bookings FROM booking")[0]["bookings"]))
    if closing != tables or entries != bookings:
        console.print("[bold red]the camt.053 statements and the tables differ[/]")
        sys.exit(1)
    console.print(
        f"checked: {len(closing)} camt.053 statements, {entries:,} entries: as accounts and bookings have it"
    )


def check_report(player: Player, report: Path, rows: list[dict[str, object]]) -> None:
    """Look every settled value and every amount set off up in the report."""
    text = report.read_text(encoding="utf-8")
    amounts = [(row["value_minor"], row["decimals"]) for row in rows]
    amounts += [
        (row["cleared_minor"], row["decimals"])
        for row in player.sql("SELECT * FROM cycle WHERE cleared_minor > 0")
    ]
    shown = [_with_commas(format_amount(int(str(amount)), int(str(digits)))) for amount, digits in amounts]
    missing = [amount for amount in shown if amount not in text]
    if missing:
        console.print(f"[bold red]the report does not say {', '.join(missing)}[/]")
        sys.exit(1)
    console.print(f"checked: {len(shown)} totals of the tables stand in the report")


def _with_commas(amount: str) -> str:
    whole, point, fraction = amount.partition(".")
    return f"{int(whole):,}{point}{fraction}"


if __name__ == "__main__":
    main()
