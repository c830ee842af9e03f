"""Tables of obligations for tests, with their set-off certified."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

from setfair.formats.certificate import Certificate, read_certificate
from setfair.set_off_table.clear import certify, clear_table, write_result
from setfair.set_off_table.read import ObligationTable, read_obligations

HEADER = "obligation_id,debtor,creditor,currency,amount,due_date,debtor_name,creditor_name"
RING = ["I1,a,b,EUR,100.00,2026-01-05,,", "I2,b,c,EUR,70.5,2026-01-04,,", "I3,c,a,EUR,80.25,2026-01-03,,"]
"""Three firms in a ring: 70.50 of each clears."""


@dataclass(frozen=True, slots=True)
class Case:
    """A table on disk, its result and its certificate."""

    obligations: Path
    result: Path
    certificate: Path

    def table(self) -> ObligationTable:
        """Read the obligations."""
        return read_obligations(self.obligations)

    def claim(self) -> Certificate:
        """Read the certificate."""
        return read_certificate(self.certificate)


def write_table(path: Path, rows: list[str], header: str = HEADER) -> None:
    """Write a table of obligations."""
    path.write_text("\n".join([header, *rows]) + "\n", "utf-8")


def certified(folder: Path, rows: list[str]) -> Case:
    """Set off a table, with its certificate."""
    case = Case(*(folder / name for name in ("obligations.csv", "cleared.csv", "set_off.certificate")))
    write_table(case.obligations, rows)
    table = case.table()
    results = clear_table(table)
    write_result(case.result, [part.reduced for part in results])
    certify(case.certificate, table, results)
    return case


def random_rows(seed: int, count: int = 60, parties: int = 12) -> list[str]:
    """Return rows in three currencies, a few of which take no part."""
    source = random.Random(seed)
    rows = []
    for number in range(count):
        debtor, creditor = source.sample(range(parties), 2)
        currency, decimals = source.choice((("EUR", 2), ("EUR", 2), ("JPY", 0), ("TND", 3)))
        minor = source.randint(1, 9999)
        units, rest = divmod(minor, 10**decimals)
        amount = f"{units}.{rest:0{decimals}d}" if decimals else str(units)
        due = source.choice(("", "2026-01-05", "2026-02-01"))
        rows.append(f"N{number},firm {debtor},firm {creditor},{currency},{amount},{due},,")
    return [*rows, "S,firm 1,firm 1,EUR,1,,,", "N0,x,firm 2,XXQ,1,,,"]
