"""The stores that the contract is run over: another one joins with a line in `KINDS`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from setfair.domain.codes import InstructionKind
from setfair.engine.layout import INSTRUCTION, RECORD
from setfair.journal.page import Page, page_to_bytes
from setfair.store.memory import MemoryStore
from setfair.store.protocol import PageMeta, Store, StoredPage
from setfair.store.sqlite import SqliteStore


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of store."""

    name: str
    open: Callable[[Path], Store]
    """Open the store that belongs to a folder, or make it."""
    durable: bool
    """Whether it is still there after closing."""


KINDS = (
    Kind("sqlite", lambda folder: SqliteStore(folder, create=True), durable=True),
    Kind("memory", lambda folder: MemoryStore(), durable=False),
)
DURABLE = tuple(kind for kind in KINDS if kind.durable)


def meta_of(number: int) -> PageMeta:
    """Return what a store keeps of a page beside its bytes, for page `number` of two instructions a page."""
    first = 2 * number - 1
    time_utc = "2026-01-05T06:00:00.000000Z"
    root, peaks = bytes([number % 256] * 32), bytes([number % 256] * 32 * (3 * number).bit_count())
    return PageMeta(number, time_utc, "CUSTOMER_PAYMENT", first, 2, 3 * number - 2, 3, root, peaks)


def body_of(number: int, padding: int = 0) -> bytes:
    """Return the bytes of a small real page, with a document of `padding` bytes that cannot be compressed."""
    instructions, records = np.zeros(2, INSTRUCTION), np.zeros(3, RECORD)
    instructions["kind"] = InstructionKind.CUSTOMER_PAYMENT
    noise = np.random.default_rng(number).bytes(padding)
    page = Page(
        number, 2 * number - 1, 3 * number - 2, number, bytes(32), instructions, records, {}, {"noise": noise}
    )
    return page_to_bytes(page)


def append(store: Store, *numbers: int, padding: int = 0) -> None:
    """Append these pages."""
    for number in numbers:
        store.append(StoredPage(meta_of(number), body_of(number, padding)))


def pages_of(store: Store, after: int = 0) -> list[tuple[int, bytes]]:
    """Return the pages after a page."""
    return list(store.pages_after(after))
