"""The monitor: what screening did in a house, for an overseer, from the journal and from nothing else.

Rules
-----
1. It reads the pages themselves, and neither the tables made of them nor any setting: no role, agreement or
   list turns it off or makes it say less. It changes nothing and asks nobody.
2. Every page's digest is checked; a page that is missing or altered is a gap, and so is all that cannot be
   said for that reason.
3. Shown: every version of the lists and what changed in it; how much was screened, settled, set off and
   netted under each; every decision of a person, every hold, good-guy pair and hit that one passed.
4. A gap is what must not be: something settled that was held and not released by two people, or that was
   never screened; lists without the UN's; a list that was older than the agreement allowed.
5. Every event has its record's number, for `setfair prove`, and the page of the first signed checkpoint that
   covers it, with how many cosigned.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from setfair.domain.codes import InstructionKind, RecordKind, Screening
from setfair.domain.instants import format_utc, local_date
from setfair.engine.layout import Array
from setfair.errors import PageDamagedError
from setfair.journal.page import Page, page_from_bytes
from setfair.screening.gate import UN_LIST_ID
from setfair.store.archived import PageBodies
from setfair.store.sqlite import check_house, connect
from setfair.tables import query

_SCREENED = (
    InstructionKind.CUSTOMER_PAYMENT,
    InstructionKind.INSTITUTION_PAYMENT,
    InstructionKind.PAYMENT_RETURN,
    InstructionKind.LIQUIDITY_TRANSFER,
    InstructionKind.OBLIGATION,
    InstructionKind.CREDIT_NOTE,
    InstructionKind.PARTY_REGISTRATION,
)
_FINAL = (RecordKind.SETTLED, RecordKind.SET_OFF, RecordKind.NETTED)
_NOTHING = "none"

Progress = Callable[[int, int], None]
"""Called with how many pages were read, and how many there are."""


@dataclass(slots=True)
class Version:
    """One version of the lists, and what happened under it."""

    list_set: str
    page_number: int
    time_utc: str
    lists: list[dict[str, Any]]
    """As the journal describes them: id, source, date, hash, entries."""
    left_out: list[str]
    ageing: list[str]
    changes: dict[str, dict[str, int]]
    """By list: entries added, changed, removed."""
    clear: int = 0
    hit: int = 0
    passed: int = 0
    """Hits that a good-guy pair passed."""
    settled: int = 0
    set_off: int = 0
    netted: int = 0


@dataclass(frozen=True, slots=True)
class Event:
    """Something that a person did, or that was held since a list had changed."""

    kind: str
    """What was said (false positive, true match ...), held again, or passed."""
    page_number: int
    time_utc: str
    record_number: int
    """For `setfair prove`; 0 where a document of the page says it, and no record of its own."""
    about: int
    """Number of the instruction that it is about."""
    person: str
    reason: str
    signed_page: int
    """Page of the first signed checkpoint that covers it; 0: none yet."""
    cosigned: int
    """Cosignatures of that checkpoint."""


@dataclass(slots=True)
class Overview:
    """What an overseer sees."""

    pages: int = 0
    versions: list[Version] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)


def watch(house: Path, on_progress: Progress) -> Overview:
    """Read the journal of a house and return what screening did in it.

    Raises
    ------
    StoreError
        If there is no house in this folder.
    """
    check_house(house)
    connection = connect(house, read_only=True)
    try:
        signed = query(
            connection,
            "SELECT s.page_number, "
            "(SELECT count(*) FROM cosignature c WHERE c.page_number = s.page_number) AS n "
            "FROM signed_checkpoint s ORDER BY s.page_number",
        )
        watcher = _Watcher([int(row["page_number"]) for row in signed], [int(row["n"]) for row in signed])
        numbers = [
            int(row["page_number"]) for row in query(connection, "SELECT page_number FROM page ORDER BY 1")
        ]
        bodies = PageBodies(lambda sql, given: query(connection, sql, given))
        for count, number in enumerate(numbers, 1):
            watcher.take(number, bodies.body(number))
            on_progress(count, len(numbers))
    finally:
        connection.close()
    return watcher.overview


class _Watcher:
    """Goes through the pages in order and keeps what it needs of them."""

    def __init__(self, signed_pages: list[int], cosigned: list[int]) -> None:
        self.overview = Overview()
        self._signed_pages, self._cosigned = signed_pages, cosigned
        self._last_page = self._next_instruction = 0
        self._officers: list[str] = []
        self._lists: list[dict[str, Any]] = []
        self._zone = "UTC"
        self._released: dict[int, set[int]] = {}
        """By number of what is held: who released it since it was held last."""
        self._unscreened: set[int] = set()

    def take(self, number: int, body: bytes) -> None:
        """Take the next page."""
        self.overview.pages += 1
        if number != self._last_page + 1:
            self._gap(f"pages {self._last_page + 1} to {number - 1} are missing")
        self._last_page = number
        try:
            page = page_from_bytes(body)
        except PageDamagedError as error:
            self._gap(f"page {number}: {error}")
            self._next_instruction = 0
            return
        first = page.first_instruction
        if self._next_instruction and first != self._next_instruction:
            self._gap(f"page {number}: instructions {self._next_instruction} to {first - 1} are missing")
        self._next_instruction = first + len(page.instructions)
        self._take_documents(page)
        self._take_instructions(page)
        self._take_records(page)

    def _gap(self, text: str) -> None:
        self.overview.gaps.append(text)

    def _version(self) -> Version:
        """Return the version in force; before the first there is one without lists."""
        if not self.overview.versions:
            self.overview.versions.append(Version(_NOTHING, 0, "", [], [], [], {}))
        return self.overview.versions[-1]

    def _take_documents(self, page: Page) -> None:
        documents = page.documents
        if "agreement" in documents:
            agreement = json.loads(documents["agreement"])
            self._lists, self._zone = agreement["screening"]["lists"], agreement["agreement"]["time_zone"]
        if "layout" in documents:
            self._officers = json.loads(documents["layout"])["officers"]
        if "lists" in documents:
            about = json.loads(documents["lists"])
            changes = {
                list_id: {
                    "added": len(said["set"]) - said["changed"],
                    "changed": said["changed"],
                    "removed": len(said["removed"]),
                }
                for list_id, said in json.loads(documents.get("list_change", b"{}")).items()
            }
            version = Version(
                about["list_set"], page.number, format_utc(page.time_ns), about["sources"], about["left_out"],
                about.get("ageing", []), changes,
            )  # fmt: skip
            self.overview.versions.append(version)
            if UN_LIST_ID not in {each["list_id"] for each in version.lists}:
                self._gap(f"page {page.number}: the UN list is not among the lists in force")

    def _take_instructions(self, page: Page) -> None:
        own = page.instructions
        screened = np.isin(own["kind"], _SCREENED)
        hits = screened & (own["screening"] == Screening.HIT)
        version = self._version()
        version.hit += int(hits.sum())
        version.clear += int((screened & (own["screening"] == Screening.CLEAR)).sum())
        unscreened = np.flatnonzero(screened & (own["screening"] == Screening.UNSCREENED))
        self._unscreened.update((page.first_instruction + unscreened).tolist())
        for number in (page.first_instruction + np.flatnonzero(hits)).tolist():
            self._released[number] = set()
        for passed in json.loads(page.documents.get("passed", b"[]")):
            version.passed += 1
            said = f"good-guy pair {passed['pair']}"
            self._event("passed", page, 0, page.first_instruction + passed["row"], reason=said)

    def _take_records(self, page: Page) -> None:
        records, version = page.records, self._version()
        kinds = records["kind"]
        final = np.isin(kinds, _FINAL)
        counts = [int((kinds == kind).sum()) for kind in _FINAL]
        version.settled += counts[0]
        version.set_off += counts[1]
        version.netted += counts[2]
        if final.any():
            self._check_ages(page, version)
        told = np.isin(kinds, (RecordKind.HELD, RecordKind.DISPOSITION))
        if self._released or self._unscreened:
            watched = np.fromiter((*self._released, *self._unscreened), np.int64)
            told |= final & np.isin(records["subject"], watched)
        for place in np.flatnonzero(told).tolist():
            self._take_record(page, place, records[place])

    def _take_record(self, page: Page, place: int, record: Array) -> None:
        kind, subject = int(record["kind"]), int(record["subject"])
        number = page.first_record + place
        if kind == RecordKind.HELD:
            self._released[subject] = set()
            if int(record["cause"]) != subject:
                self._event("held again", page, number, subject, reason="a list has changed")
        elif kind == RecordKind.DISPOSITION:
            self._take_disposition(page, number, record)
        elif len(self._released.get(subject, (0, 1))) < 2:
            self._gap(f"page {page.number}: {subject} settled, and was not released by two people")
        elif subject in self._unscreened:
            self._gap(f"page {page.number}: {subject} settled, and was never screened")

    def _take_disposition(self, page: Page, number: int, record: Array) -> None:
        row = str(int(record["subject"]) - page.first_instruction)
        about, person, kind = (int(record[name]) for name in ("amount", "debtor_after", "creditor_after"))
        if kind == InstructionKind.RELEASE:
            self._released.setdefault(about, set()).add(person)
        said = json.loads(page.documents.get("dispositions", b"{}")).get(row, "")
        reason = json.loads(page.documents.get("notes", b"{}")).get(row, "")
        name = self._officers[person] if 0 <= person < len(self._officers) else f"person {person}"
        self._event(
            said or InstructionKind(kind).name.lower(), page, number, about, person=name, reason=reason
        )

    def _event(
        self, kind: str, page: Page, record_number: int, about: int, *, person: str = "", reason: str = ""
    ) -> None:
        place = bisect_left(self._signed_pages, page.number)
        signed = place < len(self._signed_pages)
        self.overview.events.append(
            Event(
                kind,
                page.number,
                format_utc(page.time_ns),
                record_number,
                about,
                person,
                reason,
                self._signed_pages[place] if signed else 0,
                self._cosigned[place] if signed else 0,
            )
        )

    def _check_ages(self, page: Page, version: Version) -> None:
        """Note a list that was older than agreed when something settled; one gap a version and list."""
        today = local_date(page.time_ns, self._zone)
        for text in self._too_old(version, today):
            if text not in self.overview.gaps:
                self._gap(text)

    def _too_old(self, version: Version, today: date) -> Iterator[str]:
        agreed = {each["id"]: int(each["max_age_days"]) for each in self._lists}
        for each in version.lists:
            age_days = (today - date.fromisoformat(each["published"])).days
            if each["list_id"] in agreed and age_days > agreed[each["list_id"]]:
                yield (
                    f"list {each['list_id']} of {each['published']}: something settled on {today}, when it "
                    f"was {age_days} days old, and {agreed[each['list_id']]} are allowed"
                )
