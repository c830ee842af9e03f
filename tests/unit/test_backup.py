"""Backups: made while the house works, whole or not there; houses made of them, whole or up to a page."""

from __future__ import annotations

import io
import os
import shutil
import tarfile
from pathlib import Path

import pytest

from setfair.audit.audit import fresh_audit, run_audit
from setfair.backup.make import make_backup
from setfair.backup.restore import Until, restore_backup
from setfair.errors import HouseError, NotProvenError, SetfairError, StoreError
from setfair.house import open_house
from setfair.prove.checkpoints import compare, house_key
from setfair.store.sqlite import connect
from setfair.tables import query
from tests.houses import funding, make_house, payment, payments, table_rows, ticking_clock, usual_agreement
from tests.processes import plain_sql
from tests.proofs import SIGNATORIES, WITNESSES, morning, play

EVERYTHING = Until()
NOW = 1_767_600_000_000_000_000


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a house after a morning, and its backup; only read and copied."""
    folder = tmp_path_factory.mktemp("made")
    house = make_house(folder, usual_agreement(signatories=SIGNATORIES, extra=WITNESSES))
    play(house, lambda opened: morning(opened, 777, "Example Dyeworks"))
    play(house, lambda opened: opened.clearing_house.checkpoint())
    make_backup(house, folder / "backup.tar", NOW)
    return folder


def is_sound(house: Path) -> int:
    """Audit everything in a house; return how many pages it has."""
    done, connection = fresh_audit(), connect(house, read_only=True)
    run_audit(done, connection, (house / "keys" / "house.pub").read_text(), lambda page: None)
    connection.close()
    assert done.finding is None
    assert done.compared_rows
    return done.pages


def test_a_backup_and_a_house_of_it(made: Path, tmp_path: Path) -> None:
    """The same rows in every table, and it goes on where the house was."""
    restored = restore_backup(
        made / "backup.tar", tmp_path / "again", until=EVERYTHING, private_key=made / "house/keys/house.key"
    )
    assert (restored.page, restored.records, restored.has_private_key) == (10, 620, True)
    assert is_sound(tmp_path / "again") == 10
    shutil.copytree(made / "house", tmp_path / "house")
    rows = []
    for folder in (tmp_path / "house", tmp_path / "again"):
        with open_house(folder, ticking_clock()) as opened:
            rows.append(table_rows(opened))
            opened.clearing_house.submit(payments(funding(50, "KE01", 10), payment(51, "KE01", "UG01", 1)))
    assert rows[0] == rows[1]
    assert is_sound(tmp_path / "again") == 11
    assert (tmp_path / "again/lists/un.xml").read_bytes() == (made / "house/lists/un.xml").read_bytes()


def test_what_is_in_it(made: Path) -> None:
    """The newest checkpoint, the public key and the lists; nothing of the private key."""
    raw = (made / "backup.tar").read_bytes()
    with tarfile.open(made / "backup.tar") as tar:
        names = tar.getnames()
        note = tar.extractfile("checkpoint")
        assert note is not None
        text = note.read().decode()
    assert names == ["about.json", "checkpoint", "house.pub", "lists/un.xml", "setfair.db"]
    assert text.splitlines()[1] == "620"
    secret = (made / "house/keys/house.key").read_text().splitlines()[1]
    assert secret.encode() not in raw


def test_made_while_the_house_writes(made: Path, tmp_path: Path) -> None:
    """A backup holds what was durable when it began; the writer goes on."""
    shutil.copytree(made / "house", tmp_path / "house")
    with open_house(tmp_path / "house", ticking_clock()) as opened:
        about = make_backup(tmp_path / "house", tmp_path / "b.tar", NOW)
        opened.clearing_house.submit(payments(funding(50, "KE01", 10)))
        later = make_backup(tmp_path / "house", tmp_path / "b.tar", NOW)
    assert (about.pages, later.pages) == (10, 11)
    restored = restore_backup(tmp_path / "b.tar", tmp_path / "again", until=EVERYTHING)
    assert (restored.page, restored.has_private_key) == (11, False)
    with pytest.raises(HouseError, match="without the house's key"), open_house(tmp_path / "again"):
        pass


@pytest.mark.parametrize("until", [Until(page=7), Until(time_utc="at page 7")])
def test_a_point_in_time(made: Path, tmp_path: Path, until: Until) -> None:
    """What came later is left out; whoever has a later checkpoint can tell."""
    time = plain_sql(made / "house/setfair.db", "SELECT time_utc FROM page WHERE page_number = 7")[0][0]
    chosen = until if until.page else Until(time_utc=time)
    restored = restore_backup(made / "backup.tar", tmp_path / "again", until=chosen)
    assert (restored.page, restored.about.pages) == (7, 10)
    assert is_sound(tmp_path / "again") == 7
    note = plain_sql(made / "house/setfair.db", "SELECT note FROM signed_checkpoint WHERE page_number = 10")[
        0
    ][0]
    connection = connect(tmp_path / "again", read_only=True)
    with pytest.raises(NotProvenError, match="more than is here"):
        compare(
            lambda sql, given: query(connection, sql, given),
            note,
            house_key(tmp_path / "again", "setfair/HOUSE"),
        )
    connection.close()


def test_a_point_before_the_first_page(made: Path, tmp_path: Path) -> None:
    """There is nothing to restore, and nothing is left behind."""
    for until in (Until(page=11), Until(time_utc="2020-01-01T00:00:00.000000Z")):
        with pytest.raises(HouseError, match="pages 1 to 10"):
            restore_backup(made / "backup.tar", tmp_path / "again", until=until)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.98])
def test_a_backup_that_is_cut_short(made: Path, tmp_path: Path, share: float) -> None:
    """It is refused, and no house is made."""
    raw = (made / "backup.tar").read_bytes()
    (tmp_path / "cut.tar").write_bytes(raw[: int(share * len(raw))])
    with pytest.raises(SetfairError):
        restore_backup(tmp_path / "cut.tar", tmp_path / "again", until=EVERYTHING)
    assert os.listdir(tmp_path) == ["cut.tar"]


def test_a_backup_that_was_altered(made: Path, tmp_path: Path) -> None:
    """A page whose bytes changed: the audit says which, and no house is made."""
    raw = bytearray((made / "backup.tar").read_bytes())
    body = plain_sql(made / "house/setfair.db", "SELECT body FROM page WHERE page_number = 6")[0][0]
    place = raw.find(bytes.fromhex(body)[:400])
    assert place > 0
    raw[place + 300] ^= 1
    (tmp_path / "altered.tar").write_bytes(raw)
    with pytest.raises(SetfairError, match="the backup is damaged: page 6"):
        restore_backup(tmp_path / "altered.tar", tmp_path / "again", until=EVERYTHING)
    assert os.listdir(tmp_path) == ["altered.tar"]


@pytest.mark.parametrize("name", ["../outside", "lists/../../outside", "/outside", "keys/house.key"])
def test_a_member_that_no_backup_has(made: Path, tmp_path: Path, name: str) -> None:
    """Nothing is written outside the house."""
    shutil.copy(made / "backup.tar", tmp_path / "hostile.tar")
    with tarfile.open(tmp_path / "hostile.tar", "a") as tar:
        member = tarfile.TarInfo(name)
        member.size = 3
        tar.addfile(member, io.BytesIO(b"bad"))
    with pytest.raises(SetfairError, match="nothing that a backup has"):
        restore_backup(tmp_path / "hostile.tar", tmp_path / "again", until=EVERYTHING)
    assert os.listdir(tmp_path) == ["hostile.tar"]


def test_refusals(made: Path, tmp_path: Path) -> None:
    """A folder in use, another house's key, no house, no room."""
    with pytest.raises(HouseError, match="is not empty"):
        restore_backup(made / "backup.tar", made / "house", until=EVERYTHING)
    other = make_house(tmp_path)
    with pytest.raises(SetfairError, match="key of another house"):
        restore_backup(
            made / "backup.tar", tmp_path / "again", until=EVERYTHING, private_key=other / "keys/house.key"
        )
    with pytest.raises(StoreError, match="make a house"):
        make_backup(tmp_path, tmp_path / "b.tar", NOW)
    with pytest.raises(FileNotFoundError):
        make_backup(made / "house", tmp_path / "nowhere" / "b.tar", NOW)
    assert not (tmp_path / "b.tar").exists()
