"""A house on disk: a folder with the database, the keys, the screening lists and what is given out.

HOUSE/setfair.db      pages, checkpoint, projected tables
HOUSE/keys/           house.key (private, mode 0600), house.pub
HOUSE/lists/          screening lists, where the agreement names them
HOUSE/archive/        pages and rows of closed days, once they have left the database
HOUSE/derived/        screening lists as they were read, and their index: saves time, may be deleted
HOUSE/staging/        files while they are read; empty between commands
HOUSE/out/            messages, statements and notices by business date
HOUSE/writer.lease    who is writing
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from setfair.clearing_house import ClearingHouse
from setfair.domain.agreement import AGREEMENT_BYTES_MAX, Agreement, load_agreement
from setfair.domain.codes import Phase, RecordKind
from setfair.domain.instants import Clock, date_of, system_clock
from setfair.domain.signing import (
    SIGNATURES_BYTES_MAX,
    AgreementSignature,
    new_private_key,
    parse_signatures,
    private_key_pem,
    public_key_text,
    read_private_key,
)
from setfair.engine.extensions import BY_CLOCK
from setfair.errors import AgreementError, HouseError
from setfair.house_state import HouseState, recover_state
from setfair.journal.page import Page
from setfair.proof.checkpoint import Checkpoint, sign_checkpoint
from setfair.screening.derived import KEY_BYTES
from setfair.screening.in_force import FileLists
from setfair.store.follow import Follower, pages_after
from setfair.store.projector import Projector
from setfair.store.seal import seal_rows
from setfair.store.sqlite import DATABASE_NAME, SqlitePages, SqliteStore, check_house, connect
from setfair.tables import query

_LAST_ARCHIVE = "SELECT path FROM archived ORDER BY first_page DESC LIMIT 1"


@dataclass(slots=True)
class House:
    """An open house: the writer's side of everything."""

    folder: Path
    clearing_house: ClearingHouse
    store: SqliteStore
    projector: Projector
    follower: Follower
    lists: FileLists
    """The screening lists, as they were last read."""
    closed_by_clock: set[date] = field(default_factory=set)
    """Business days of which a currency has closed by the clock since the house was opened."""

    def note_page(self, page: Page) -> None:
        """Take a durable page for the tables, which follow."""
        own = page.records[:1]
        is_close = (own["kind"] == RecordKind.PHASE_CHANGED) & (own["amount"] == Phase.CLOSED)
        for record in own[is_close & (own["creditor_after"] == BY_CLOCK)]:
            self.closed_by_clock.add(date_of(int(record["debtor_after"])))
        self.follower.note(page)

    def catch_up(self) -> None:
        """Bring the tables to the last page."""
        self.follower.catch_up()

    def rebuild(self, on_page: Callable[[int], None] | None = None) -> None:
        """Drop every projected table and project all pages again."""
        self.follower.forget()
        self.projector.reset()
        self.projector.project(pages_after(self.store, 0, on_page))
        self.seal_rows()

    def seal_rows(self) -> None:
        """Move rows of archived pages that the live file has to a sealed file beside the newest archive."""
        archive = self.query(_LAST_ARCHIVE)
        if archive:
            seal_rows(self.store, self.folder, (self.folder / str(archive[0]["path"])).parent)

    def query(self, sql: str, parameters: tuple[object, ...] = ()) -> list[dict[str, Any]]:
        """Return the rows of one query over the tables, brought up to date first."""
        self.catch_up()
        return query(self.store.connection, sql, parameters)

    @property
    def staging(self) -> Path:
        """Folder for files while they are read."""
        return self.folder / "staging"

    @property
    def out(self) -> Path:
        """Folder for what is given out."""
        return self.folder / "out"


@contextmanager
def open_house(folder: Path, clock: Clock = system_clock) -> Iterator[House]:
    """Open a house for writing, and leave it with its tables up to date.

    Raises
    ------
    StoreError
        If there is no house in this folder.
    LeaseHeldError
        If another writer holds it.
    """
    store = SqliteStore(folder)
    try:
        yield from _opened(folder, store, clock)
    finally:
        store.close()


def _opened(folder: Path, store: SqliteStore, clock: Clock) -> Iterator[House]:
    projector = Projector(store.connection)
    lists = house_lists(folder)
    clearing_house = ClearingHouse(store, lists, clock, signer=house_signer(folder))
    follower = Follower(projector, partial(pages_after, store))
    house = House(folder, clearing_house, store, projector, follower, lists)
    clearing_house.journal.on_page = house.note_page
    projector.project(pages_after(store, projector.position))
    yield house
    clearing_house.sign_last_page()
    house.catch_up()
    clearing_house.checkpoint_if_worthwhile()


def read_state(folder: Path) -> HouseState:
    """Return the books of a house as its last page left them; nothing is written; a writer may be at work.

    Raises
    ------
    StoreError
        If there is no house in this folder.
    """
    check_house(folder)
    connection = connect(folder, read_only=True)
    try:
        return recover_state(SqlitePages(folder, connection))
    finally:
        connection.close()


def init_house(folder: Path, agreement_file: Path, clock: Clock = system_clock) -> tuple[Agreement, str]:
    """Make a house from a signed agreement that is in force; return it and the house's public key.

    The files of the agreement's screening lists that lie beside it are copied into the house.

    Raises
    ------
    AgreementError
        If the agreement is not valid or not in force.
    HouseError
        If the folder is a house already, or not empty.
    ScreeningUnavailableError
        If a mandatory screening list is missing, truncated or stale.
    """
    agreement, signatures = read_signed_agreement(agreement_file)
    if folder.exists() and any(folder.iterdir()):
        what = "is a house already" if (folder / DATABASE_NAME).exists() else "is not empty"
        raise HouseError(f"{folder} {what}: choose a new folder")
    is_new = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        public_key = _furnish(folder, agreement, agreement_file.parent)
        store = SqliteStore(folder, create=True)
        try:
            clearing_house = ClearingHouse(store, house_lists(folder), clock, signer=house_signer(folder))
            clearing_house.adopt(agreement, signatures)
            Projector(store.connection).project(pages_after(store, 0))
        finally:
            store.close()
    except BaseException:
        _remove_contents(folder)
        if is_new:
            folder.rmdir()
        raise
    return agreement, public_key


def _remove_contents(folder: Path) -> None:
    for inside in folder.iterdir():
        shutil.rmtree(inside) if inside.is_dir() else inside.unlink()


def _furnish(folder: Path, agreement: Agreement, beside: Path) -> str:
    """Make the folders, copy the lists, and make the house's key; return its public half."""
    for name in ("keys", "lists", "staging", "out"):
        (folder / name).mkdir()
    for each in agreement.screening.lists:
        source = beside / each.file
        for found in sorted(source.parent.glob("*")) if source.parent.is_dir() else []:
            if found.is_file() and found.name.startswith((source.name, "alt", "add", "sdn_comments")):
                target = folder / Path(each.file).parent / found.name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(found, target)
    key = new_private_key()
    write_private_key(folder / "keys" / "house.key", key)
    public_key = public_key_text(key)
    (folder / "keys" / "house.pub").write_text(public_key + "\n", encoding="utf-8")
    return public_key


def house_signer(folder: Path) -> Callable[[Checkpoint], str]:
    """Return what signs checkpoints with the house's key.

    Raises
    ------
    HouseError
        If the key is not there: a copy of a house can be read and verified, but not written.
    """
    key = _house_key(folder)
    return lambda checkpoint: sign_checkpoint(checkpoint, key)


def house_lists(folder: Path) -> FileLists:
    """Return the house's screening lists; what is kept of them on disk is sealed under the house's key.

    Raises
    ------
    HouseError
        If the key is not there.
    """
    secret = _house_key(folder).private_bytes_raw()
    derive = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=b"setfair screening lists on disk")
    return FileLists(folder, derive.derive(secret))


def _house_key(folder: Path) -> Ed25519PrivateKey:
    path = folder / "keys" / "house.key"
    try:
        return read_private_key(path.read_bytes())
    except FileNotFoundError:
        raise HouseError(
            f"{path} is missing: without the house's key nothing can be signed; put it back"
        ) from None


def write_private_key(path: Path, key: Ed25519PrivateKey) -> None:
    """Write a private key that only its owner can read; never over a file that is there."""
    path.touch(mode=0o600, exist_ok=False)
    path.write_bytes(private_key_pem(key))


def read_signed_agreement(path: Path) -> tuple[Agreement, tuple[AgreementSignature, ...]]:
    """Read an agreement and the signatures beside it (FILE.signatures.json)."""
    if path.stat().st_size > AGREEMENT_BYTES_MAX:
        raise AgreementError(f"{path} is too large; at most {AGREEMENT_BYTES_MAX} bytes")
    agreement = load_agreement(path.read_bytes())
    beside = path.with_name(path.name + ".signatures.json")
    if not beside.exists():
        return agreement, ()
    if beside.stat().st_size > SIGNATURES_BYTES_MAX:
        raise AgreementError(f"{beside} is too large; at most {SIGNATURES_BYTES_MAX} bytes")
    return agreement, parse_signatures(beside.read_bytes())


def adopt_version(house: House, agreement_file: Path) -> Agreement:
    """Put a new signed version of the agreement into force."""
    agreement, signatures = read_signed_agreement(agreement_file)
    house.clearing_house.adopt(agreement, signatures)
    return agreement
