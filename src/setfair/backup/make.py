"""Making a backup while the house works.

Rules
-----
1. Everything is read in one transaction: the backup is the house between two pages, whatever is written
   meanwhile. The writer waits for nothing.
2. The file is whole or not there, and durable when `make_backup` returns.
3. A backup is the whole house: pages that were archived are in it as all others are, and the house that is
   made of it needs no archive.
"""

from __future__ import annotations

import tarfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

import adbc_driver_manager

from setfair.backup.contents import ABOUT, CHECKPOINT, LISTS, PUBLIC_KEY, About, about_bytes
from setfair.domain.agreement import Agreement
from setfair.domain.instants import format_utc
from setfair.errors import HouseError, StoreError
from setfair.formats.replace_file import replacing, sync_folder
from setfair.journal.page import page_from_bytes
from setfair.store.archived import PageBodies
from setfair.store.sqlite import DATABASE_NAME, TRUTH, SqliteStore, check_house, connect
from setfair.store.transaction import transaction
from setfair.tables import query

_LAST = """
SELECT page_number, first_record + record_count - 1 AS records, hex(root) AS root FROM copy.page
ORDER BY page_number DESC LIMIT 1
"""
_NOTE = "SELECT note FROM copy.signed_checkpoint ORDER BY page_number DESC LIMIT 1"
_FIRST = "SELECT body FROM copy.page ORDER BY page_number LIMIT 1"

Step = Callable[[str], None]
"""Called with what is being done."""


def make_backup(house: Path, file: Path, now: int, on_step: Step = lambda what: None) -> About:
    """Write a backup of a house.

    Parameters
    ----------
    house
        Its folder.
    file
        Where to; an older file there is replaced.
    now
        Nanoseconds since 1970-01-01 UTC.
    on_step
        Called with what is being done.

    Raises
    ------
    StoreError
        If the house cannot be read, or the backup not be written.
    """
    check_house(house)
    with TemporaryDirectory(prefix=".setfair-backup-", dir=file.absolute().parent) as made:
        copy = Path(made)
        on_step("copying pages")
        about, note = _copy_truth(house, copy, now)
        on_step("writing the file")
        with replacing(file) as out:
            _write(out, house, copy / DATABASE_NAME, about, note)
    sync_folder(file.absolute().parent)
    return about


def _copy_truth(house: Path, copy: Path, now: int) -> tuple[About, str]:
    """Rule 1: copy the tables of the truth into a database of their own."""
    SqliteStore(copy, create=True).close()
    connection = connect(house)
    try:
        with connection.cursor() as cursor:
            cursor.execute("ATTACH DATABASE ? AS copy", (str(copy / DATABASE_NAME),))
            cursor.execute("PRAGMA copy.journal_mode=OFF")
            cursor.execute("PRAGMA copy.synchronous=OFF")
        with transaction(connection) as cursor:
            for table in sorted(TRUTH - {"archived"}):
                cursor.execute(f"INSERT INTO copy.{table} SELECT * FROM main.{table}")  # noqa: S608
            _put_archived(cursor, connection)
        return _about(connection, now), str(query(connection, _NOTE)[0]["note"])
    except adbc_driver_manager.Error as error:
        raise StoreError(
            f"the backup could not be made: {error}. Check both disks, then try again."
        ) from error
    except IndexError:
        raise HouseError("there is no page, or no signed checkpoint: this is no house yet") from None
    finally:
        connection.close()


def _put_archived(cursor: Any, connection: Any) -> None:
    """Rule 3: give the pages that are in an archive their bytes back."""
    bodies = PageBodies(lambda sql, given: query(connection, sql, given))
    for row in query(connection, "SELECT first_page, last_page FROM archived"):
        for number in range(int(row["first_page"]), int(row["last_page"]) + 1):
            values = (bodies.body(number), number)
            cursor.execute("UPDATE copy.page SET body = ? WHERE page_number = ?", values)


def _about(connection: Any, now: int) -> About:
    last = query(connection, _LAST)[0]
    first = page_from_bytes(query(connection, _FIRST)[0]["body"])
    agreement = Agreement.model_validate_json(first.documents["agreement"])
    return About(
        agreement.agreement.id,
        int(last["page_number"]),
        int(last["records"]),
        str(last["root"]).lower(),
        format_utc(now),
    )


def _write(out: BinaryIO, house: Path, database: Path, about: About, note: str) -> None:
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        _add(tar, ABOUT, about_bytes(about))
        _add(tar, CHECKPOINT, note.encode())
        _add(tar, PUBLIC_KEY, (house / "keys" / "house.pub").read_bytes())
        for path in sorted((house / "lists").rglob("*")):
            if path.is_file():
                _add_file(tar, LISTS + path.relative_to(house / "lists").as_posix(), path)
        _add_file(tar, DATABASE_NAME, database)


def _member(name: str, size: int) -> tarfile.TarInfo:
    """Return a member without what this machine would say of it: owner, time."""
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o644
    return member


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    tar.addfile(_member(name, len(data)), BytesIO(data))


def _add_file(tar: tarfile.TarFile, name: str, path: Path) -> None:
    with path.open("rb") as file:
        tar.addfile(_member(name, path.stat().st_size), file)
