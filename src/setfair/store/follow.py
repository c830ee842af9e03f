"""Follower: keeps the tables of a house behind the pages that its writer makes durable.

Rules
-----
1. Pages wait until they have `STEP_RECORDS` records. Then their rows are laid, on a thread of its own, and
   the step before, which is laid by now, is put into the tables: in one transaction, where pages are stored,
   so that nothing else uses the database meanwhile. The writer decides, hashes and encodes further pages.
2. So the tables lag by less than three steps. `catch_up` brings them to the last page.
3. Tables that could not be written stay behind; what they lack is read from the pages when they catch up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

from setfair.errors import StoreError
from setfair.journal.page import Page, page_from_bytes
from setfair.store.projector import STEP_RECORDS, LaidStep, Projector, is_plain
from setfair.store.sqlite import SqliteStore


class _Laid(NamedTuple):
    """A step whose rows are being laid, or have been."""

    last: int
    """Its last page."""
    rows: Future[LaidStep]


class Follower:
    """What waits for the tables of one house."""

    def __init__(self, projector: Projector, pages_after: Callable[[int], Iterator[Page]]) -> None:
        """Begin with nothing that waits.

        Parameters
        ----------
        projector
            Of the house; nobody else projects while something waits here.
        pages_after
            Reads the pages after one.
        """
        self._projector = projector
        self._pages_after = pages_after
        self._laying = ThreadPoolExecutor(1, "setfair-rows")
        self.forget()

    def forget(self) -> None:
        """Let go of all that waits."""
        self._waiting: list[Page] = []
        self._records = 0
        self._laid: _Laid | None = None

    def note(self, page: Page) -> None:
        """Take a durable page; bring the tables nearer to it if there is enough to do.

        Raises
        ------
        StoreError
            If the tables cannot be written.
        """
        self._waiting.append(page)
        self._records += len(page.records)
        if self._records >= STEP_RECORDS:
            self._begin_step()

    def _begin_step(self) -> None:
        step, before = self._waiting, self._laid
        last = self._projector.position if before is None else before.last
        if step[0].number != last + 1 or not all(map(is_plain, step)):
            self.catch_up()
            return
        self._waiting, self._records = [], 0
        self._laid = _Laid(step[-1].number, self._laying.submit(self._projector.lay, step))
        if before is not None:
            self._put(before)

    def _put(self, laid: _Laid) -> None:
        try:
            rows = laid.rows.result()
        except OSError as error:
            raise StoreError(
                f"the tables could not be brought up to date: {error}. The pages are safe; mend the disk."
            ) from error
        # If the step before could not be written, what is laid is of no use.
        if rows.step[0].number == self._projector.position + 1:
            self._projector.project_laid(rows)

    def catch_up(self) -> None:
        """Bring the tables to the last page; StoreError if they cannot be written."""
        laid, self._laid = self._laid, None
        waiting, self._waiting, self._records = self._waiting, [], 0
        if laid is not None:
            self._put(laid)
        position = self._projector.position
        if waiting and waiting[0].number != position + 1:
            # Tables that could not be written a while ago: what they lack is no longer in memory.
            self._projector.project(self._pages_after(position))
        else:
            self._projector.project(waiting)


def pages_after(
    store: SqliteStore, number: int, on_page: Callable[[int], None] | None = None
) -> Iterator[Page]:
    """Yield the pages of a store after one, and tell `on_page` the number of each that is done with."""
    for page_number, body in store.pages_after(number):
        yield page_from_bytes(body)
        if on_page is not None:
            on_page(page_number)
