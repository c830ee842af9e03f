"""Moving closed days out of the live file: pages into Parquet, with what proves them, rows into sealed files.

Rules
-----
1. Pages go in order, up to the last page of the last closed day that is asked for; no page of a day that is
   open in some currency goes.
2. What was written is read back from the disk and hashed again before anything is let go: its records give
   the roots, frontiers and nodes of the house, and its checkpoints have the house's signature.
3. The file is durable before one transaction says that it has the pages and lets go of their bytes. A crash
   leaves the pages in the live file, or in the archive; a file that no transaction names is written over.
4. What stays: the row of each page with its root, the nodes of the tree, the signatures, and the saved
   books, so that identities are known and a start reads no archive.
5. Then their rows in the tables go, in a transaction of their own (`setfair.store.seal`). What a crash left
   of that is done first the next time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from setfair.domain.instants import Clock
from setfair.domain.progress import Progress
from setfair.errors import HouseError, NotProvenError, StoreError
from setfair.formats.replace_file import replacing, sync_folder
from setfair.house import House, open_house
from setfair.journal.page import page_from_bytes
from setfair.journal.tree import Frontier
from setfair.journal.tree_bulk import leaves_in_bulk, parents_in_bulk
from setfair.proof.checkpoint import Checkpoint, checkpoint_of, origin_of
from setfair.proof.note import ED25519, Key, check_signed, read_key, read_note
from setfair.store.archived import SCHEMA
from setfair.store.seal import seal_rows, stored_path
from setfair.store.sealed import SealedFile
from setfair.tables import query

GROUP_BYTES = 8 << 20
"""Bytes of pages that one row group holds at least: what a reader of one page reads."""

_DAYS = "SELECT phase, business_date, first_page, last_page FROM business_day"
_ARCHIVED = "SELECT coalesce(max(last_page), 0) AS page FROM archived"
_PAGE = """
SELECT p.*, coalesce(t.hashes, x'') AS nodes, coalesce(s.note, '') AS note
FROM page p LEFT JOIN tree_node t USING (first_record) LEFT JOIN signed_checkpoint s USING (page_number)
WHERE p.page_number = ?
"""


@dataclass(frozen=True, slots=True)
class Archived:
    """What became of an archive."""

    path: Path
    first_page: int
    last_page: int
    records: int
    size: int
    """Bytes of the file."""
    sha256: str
    rows: SealedFile | None
    """The file that has their rows now; None: there were none to move."""
    shrunk: bool
    """Whether the live file gave its room back to the disk; if not, it uses it for pages to come."""


def archive_days(
    folder: Path,
    until: date,
    *,
    to: Path | None,
    clock: Clock,
    on_progress: Progress = lambda what, page, last: None,
) -> Archived:
    """Move the pages of closed days into a file of an archive.

    Parameters
    ----------
    folder
        The house's.
    until
        The last business day.
    to
        Folder of the archive; None: `archive` in the house's.
    clock
        The house's.
    on_progress
        Called with what is being done and how far it has come.

    Raises
    ------
    HouseError
        If no closed day up to `until` has pages that are not in an archive yet.
    StoreError
        If the file cannot be written, or does not hold what it should: then nothing was let go.
    """
    with open_house(folder, clock) as house:
        target = (to or folder / "archive").absolute()
        house.seal_rows()
        first, last = _pages_to_archive(house, until)
        target.mkdir(parents=True, exist_ok=True)
        path = target / f"pages-{first:09d}-{last:09d}.parquet"
        _check_free(path, house)
        try:
            with replacing(path) as out:
                _write(out, house, (first, last), on_progress)
            sync_folder(target)
            sync_folder(target.parent)
        except (OSError, pa.ArrowException) as error:
            raise StoreError(f"{path} could not be written, and nothing was archived: {error}") from error
        records = _check(path, house, (first, last), on_progress)
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        house.clearing_house.checkpoint()
        size = path.stat().st_size
        house.store.archive(first, last, path=stored_path(folder, path), size=size, sha256=digest)
        on_progress("moving their rows", last, last)
        rows = seal_rows(house.store, folder, target)
        on_progress("making the live file smaller", last, last)
        return Archived(path, first, last, records, size, digest, rows, house.store.shrink())


def _check_free(path: Path, house: House) -> None:
    """Check that no file of another house is written over."""
    if not path.exists():
        return
    try:
        told = pq.read_schema(path).metadata or {}
    except (OSError, pa.ArrowException):
        return  # what a crash left of such a file
    if told.get(b"setfair.key", b"").decode() != _public_key(house):
        raise HouseError(f"{path} is of another house: choose another folder for this one's archive")


def _pages_to_archive(house: House, until: date) -> tuple[int, int]:
    """Rule 1."""
    days, begin = house.query(_DAYS), int(house.query(_ARCHIVED)[0]["page"]) + 1
    closed = [day for day in days if day["phase"] == "CLOSED" and day["business_date"] <= until.isoformat()]
    others = [int(day["first_page"]) for day in days if day not in closed]
    last = min([max((int(day["last_page"]) for day in closed), default=0), *(page - 1 for page in others)])
    if last < begin:
        raise HouseError(
            f"there is nothing to archive: no day up to {until} is closed in all currencies and not in an "
            "archive yet"
        )
    return begin, last


def _write(out: Any, house: House, pages: tuple[int, int], on_progress: Progress) -> None:
    about = {"setfair.house": _house_id(house), "setfair.key": _public_key(house)}
    with pq.ParquetWriter(
        out,
        SCHEMA.with_metadata(about),
        compression="none",
        use_dictionary=False,
        write_statistics=["page_number"],
    ) as writer:
        for group in _groups(house, pages):
            writer.write_table(pa.Table.from_pylist(group, SCHEMA))
            on_progress(
                "writing pages", int(group[-1]["page_number"]) - pages[0] + 1, pages[1] - pages[0] + 1
            )


def _groups(house: House, pages: tuple[int, int]) -> Iterator[list[dict[str, Any]]]:
    group: list[dict[str, Any]] = []
    size = 0
    for number in range(pages[0], pages[1] + 1):
        group.append(_row(house, number))
        size += len(group[-1]["body"])
        if size >= GROUP_BYTES:
            yield group
            group, size = [], 0
    if group:
        yield group


def _row(house: House, number: int) -> dict[str, Any]:
    rows = query(house.store.connection, _PAGE, (number,))
    if not rows:
        raise StoreError(f"page {number} is missing: run `setfair audit`")
    return rows[0]


def _house_id(house: House) -> str:
    agreement = house.clearing_house.state.directory.agreement
    return agreement.agreement.id if agreement is not None else ""


def _public_key(house: House) -> str:
    return (house.folder / "keys" / "house.pub").read_text(encoding="utf-8").strip()


def _check(path: Path, house: House, pages: tuple[int, int], on_progress: Progress) -> int:
    """Rule 2; return how many records there are."""
    origin = origin_of(_house_id(house))
    key = read_key(_public_key(house), origin, ED25519)
    tree, number, records = _tree_before(house, pages[0]), pages[0], 0
    file = pq.ParquetFile(path)
    for group in range(file.metadata.num_row_groups):
        for row in file.read_row_group(group).to_pylist():
            if row != _row(house, number):
                raise StoreError(f"{path}: page {number} is not as it was written; nothing was archived")
            page = page_from_bytes(row["body"], texts=False)
            tree, nodes = tree.extend(leaves_in_bulk(page), parents_in_bulk)
            if (tree.root, tree.to_bytes(), nodes) != (row["root"], row["peaks"], row["nodes"]):
                raise StoreError(
                    f"page {number} does not give its root: run `setfair audit`; nothing was archived"
                )
            if row["note"]:
                _check_note(row["note"], Checkpoint(origin, tree.size, tree.root), key, number)
            records += len(page.records)
            on_progress("reading them back", number - pages[0] + 1, pages[1] - pages[0] + 1)
            number += 1
    if number != pages[1] + 1:
        raise StoreError(f"{path} ends before page {pages[1]}; nothing was archived")
    return records


def _tree_before(house: House, first: int) -> Frontier:
    rows = query(
        house.store.connection,
        "SELECT first_record + record_count - 1 AS size, peaks FROM page WHERE page_number = ?",
        (first - 1,),
    )
    return Frontier.from_bytes(int(rows[0]["size"]), rows[0]["peaks"]) if rows else Frontier()


def _check_note(text: str, expected: Checkpoint, key: Key, number: int) -> None:
    try:
        note = read_note(text)
        check_signed(note, key)
        fits = checkpoint_of(note) == expected
    except NotProvenError as error:
        raise StoreError(f"the checkpoint of page {number}: {error}; nothing was archived") from error
    if not fits:
        raise StoreError(f"the checkpoint of page {number} is of another tree; nothing was archived")
