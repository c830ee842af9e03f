"""Looking back: what settled since a date, against the lists that lie in the house now.

Rules
-----
1. Payments that settled, and obligations of which something was set off, netted or credited, in pages since
   the start of the date in the house's time zone. What they said comes from the pages themselves.
2. Nothing is changed and nothing goes on record: final is final. What is found is for the people who answer
   for it.
3. A hit says whether the same entry was an alert on this instruction before, and so two people knew.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from setfair.domain.agreement import Agreement
from setfair.domain.codes import InstructionKind
from setfair.domain.instruction import Family
from setfair.engine.layout import Int64s
from setfair.errors import HouseError
from setfair.formats.replace_file import replacing
from setfair.intake.directory import Directory
from setfair.journal.page import Page, page_from_bytes
from setfair.rescreening import listed_participants, rows_of_page, screen_rows
from setfair.screening.in_force import FileLists
from setfair.screening.screener import Screener
from setfair.store.archived import PageBodies
from setfair.tables import Tables, open_tables

_SETTLED = (
    "SELECT payment_number AS number FROM payment_row "
    "WHERE status = 4 AND kind BETWEEN 1 AND 4 AND page_number >= ? "
    "UNION ALL SELECT obligation_number FROM obligation_row "
    "WHERE cleared_minor + netted_minor + credited_minor > 0 AND page_number >= ? ORDER BY 1"
)
_FAMILIES = (
    (Family.PAYMENT, range(InstructionKind.CUSTOMER_PAYMENT, InstructionKind.LIQUIDITY_TRANSFER + 1)),
    (Family.OBLIGATION, range(InstructionKind.OBLIGATION, InstructionKind.CREDIT_NOTE + 1)),
)

Progress = Callable[[int, int], None]
"""Called with how many pages were read, and how many there are."""


@dataclass(frozen=True, slots=True)
class Found:
    """One settled instruction that the lists name somebody of, as they are now."""

    number: int
    time_utc: str
    subject: str
    """payment or obligation."""
    name: str
    list_id: str
    entry_id: str
    matched_name: str
    score: int
    explanation: str
    known: str
    """``alert`` where this entry was an alert on this instruction when it came in, else empty."""


def look_back(house: Path, since: date, today: date, on_progress: Progress) -> Iterator[Found]:
    """Yield what settled since a date and hits the lists that lie in the house now.

    Raises
    ------
    ScreeningUnavailableError
        If a mandatory list is missing, truncated or stale: the look-back would say less than it seems to.
    HouseError
        If the house has no agreement.
    """
    with open_tables(house) as tables:
        agreement = agreement_of(tables)
        directory = _directory(tables, agreement)
        screener = FileLists(house).screener(agreement, today)
        start = datetime.combine(since, time.min, ZoneInfo(agreement.agreement.time_zone)).astimezone(UTC)
        pages = tables.query(
            "SELECT page_number, time_utc FROM page WHERE time_utc >= ? ORDER BY page_number",
            (start.strftime("%Y-%m-%dT%H:%M:%S"),),
        )
        first = int(pages[0]["page_number"]) if pages else 0
        settled = np.array([row["number"] for row in tables.query(_SETTLED, (first, first))], np.int64)
        known = _known(tables)
        bodies = PageBodies(tables.query)
        for count, row in enumerate(pages, 1):
            body = bodies.body(int(row["page_number"]))
            for found in _of_page(page_from_bytes(body), str(row["time_utc"]), settled, screener, directory):
                mark = "alert" if (found.number, found.list_id, found.entry_id) in known else ""
                yield Found(**asdict(found) | {"known": mark})
            on_progress(count, len(pages))


def agreement_of(tables: Tables) -> Agreement:
    """Return the agreement in force.

    Raises
    ------
    HouseError
        If there is none yet.
    """
    rows = tables.query("SELECT document FROM agreement ORDER BY version DESC LIMIT 1")
    if not rows:
        raise HouseError("no agreement is in force yet: adopt one first")
    return Agreement.model_validate_json(rows[0]["document"])


def _directory(tables: Tables, agreement: Agreement) -> Directory:
    directory = Directory()
    directory.adopt(agreement)
    rows = tables.query(
        "SELECT party_number, party, name, country, participant FROM party ORDER BY party_number"
    )
    directory.set_parties([list(row.values()) for row in rows])
    return directory


def _known(tables: Tables) -> set[tuple[int, str, str]]:
    rows = tables.query("SELECT instruction_number, list_id, entry_id FROM hit")
    return {(int(row["instruction_number"]), str(row["list_id"]), str(row["entry_id"])) for row in rows}


def _of_page(
    page: Page, time_utc: str, settled: Int64s, screener: Screener, directory: Directory
) -> Iterator[Found]:
    listed = listed_participants(directory.agreement, screener) if len(settled) else {}
    numbers = page.first_instruction + np.arange(len(page.instructions))
    for family, kinds in _FAMILIES:
        chosen = np.flatnonzero(np.isin(page.instructions["kind"], kinds) & np.isin(numbers, settled))
        if not len(chosen):
            continue
        rows = rows_of_page(page, family, chosen)
        for row, hit in screen_rows(rows, family, screener, directory, listed).hits:
            yield Found(
                int(numbers[chosen[row]]), time_utc, family.value, hit.name, hit.list_id, hit.entry_id,
                hit.matched_name, hit.score, hit.explanation, "",
            )  # fmt: skip


def write_found(path: Path, found: Iterator[Found]) -> dict[str, int]:
    """Write what was found as CSV; return how many hits there are, of how many instructions."""
    count, known, numbers = 0, 0, set[int]()
    with replacing(path) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(Found.__dataclass_fields__)
        for each in found:
            writer.writerow(asdict(each).values())
            count += 1
            known += bool(each.known)
            numbers.add(each.number)
        text.detach()
    return {"hits": count, "instructions_hit": len(numbers), "known_before": known}
