"""JournalWriter: makes pages durable, each with what its records add to the tree and a signed checkpoint.

Rules
-----
1. A page, the nodes that it adds to the tree and its signed checkpoint are durable together, or none is.
2. Pages are stored in their order. While some are stored the next are hashed, encoded and decided (`begin`):
   at most `PAGES_IN_WORK` wait to be hashed and encoded, and at most `PAGES_AHEAD` are under way in all, so
   that what waits in memory is bounded. Pages that are ready at the same time are stored in one transaction:
   on a slow disk, or while the tables are written, what waits shares one sync.
3. What came of a page is told to nobody before it is durable (`durable_page`). When one cannot be stored,
   none after it is.
4. What is done with a page that is durable (`on_page`) is done where it was stored, before others are.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import NamedTuple

from setfair.domain.agreement import Agreement
from setfair.domain.codes import InstructionKind
from setfair.domain.instants import NANOSECONDS, format_utc
from setfair.errors import PageDamagedError, StoreError
from setfair.journal.page import Page, page_to_bytes
from setfair.journal.tree import Frontier
from setfair.journal.tree_bulk import leaves_in_bulk, parents_in_bulk
from setfair.proof.checkpoint import Checkpoint, origin_of
from setfair.store.protocol import PageMeta, Store, StoredPage

LARGE_PAGE_RECORDS = 1024
"""From this many records on a page is worth a second core."""
PAGES_IN_WORK = 3
"""Pages that are being hashed and encoded, or wait for it, at most."""
PAGES_AHEAD = 16
"""Pages that are under way at most: as many as come while a step of the tables is written."""


class _Made(NamedTuple):
    """A page, with all that is stored of it."""

    page: Page
    agreement: Agreement | None
    tree: Frontier
    nodes: bytes
    body: bytes


class _Begun(NamedTuple):
    """A page that is being hashed and encoded."""

    page: Page
    agreement: Agreement | None
    hashed: Future[tuple[Frontier, bytes]]
    encoded: Future[bytes]

    @property
    def is_made(self) -> bool:
        """Whether nobody would wait for it."""
        return self.hashed.done() and self.encoded.done()

    def wait(self) -> None:
        """Wait until it is made, whatever came of it."""
        wait((self.hashed,))
        wait((self.encoded,))

    def made(self) -> _Made:
        """Wait until it is made, and return it."""
        return _Made(self.page, self.agreement, *self.hashed.result(), self.encoded.result())


class JournalWriter:
    """The writing end of one house's journal."""

    def __init__(self, store: Store, signer: Callable[[Checkpoint], str] | None) -> None:
        self._store = store
        self._signer = signer
        self._signed_time = 0
        # Threads are made when they are first used, which a house with small pages never does.
        self._hashing = ThreadPoolExecutor(1, "setfair-hashing")
        self._encoding = ThreadPoolExecutor(1, "setfair-encoding")
        self._storing = ThreadPoolExecutor(1, "setfair-storing")
        self._begun: deque[Future[None]] = deque()
        self._in_work: deque[_Begun] = deque()
        self._ready: deque[_Begun] = deque()
        self._failed = False
        self._grown = Frontier()
        self.tree = Frontier()
        """The tree over all records that are durable; `_grown` has those of the pages under way too."""
        self.durable_page = 0
        """The number of the last page that is durable."""
        self.on_page: Callable[[Page], None] | None = None
        """Called with every page once it is durable."""

    def read_back(self, record_count: int) -> None:
        """Take the tree as the last page left it; the audit hashes all records anew.

        Raises
        ------
        PageDamagedError
            If what is kept of the tree does not give the root that the page has.
        """
        last = self._store.last_page()
        self.tree = self._grown = Frontier() if last is None else _tree_after(last, record_count)
        self.durable_page = 0 if last is None else last.number

    def write(self, page: Page, agreement: Agreement | None) -> None:
        """Make a page durable.

        Parameters
        ----------
        page
            The page after the last one.
        agreement
            The version in force after the page: it says whose tree is signed, and how often.

        Raises
        ------
        StoreError
            If it, or one begun before it, could not be made durable.
        """
        if len(page.records) >= LARGE_PAGE_RECORDS:
            self.begin(page, agreement)
            self.finish()
        else:
            self.finish()
            self._store_pages([_Made(page, agreement, *self._extend(page), page_to_bytes(page))])

    def begin(self, page: Page, agreement: Agreement | None) -> None:
        """Begin to make a page durable, and return at once; StoreError if one before it could not be."""
        while len(self._begun) >= PAGES_AHEAD:
            self._finish_oldest()
        while len(self._in_work) >= PAGES_IN_WORK:
            self._in_work[0].wait()
            self._in_work.popleft()
        hashed = self._hashing.submit(self._extend, page)
        encoded = self._encoding.submit(page_to_bytes, page)
        begun = _Begun(page, agreement, hashed, encoded)
        self._in_work.append(begun)
        self._ready.append(begun)
        self._begun.append(self._storing.submit(self._store_up_to, page.number))

    def finish(self) -> None:
        """Wait until every page that was begun is durable; StoreError if one could not be made so."""
        while self._begun:
            self._finish_oldest()
        self._in_work.clear()

    def _finish_oldest(self) -> None:
        wait((self._begun[0],))  # an interrupted wait leaves it to be waited for again
        self._begun.popleft().result()

    def abandon(self) -> None:
        """Wait until nothing is under way, whatever came of it."""
        wait(self._begun)
        self._begun.clear()
        self._ready.clear()
        self._in_work.clear()
        self._failed = False
        self._grown = self.tree

    def _extend(self, page: Page) -> tuple[Frontier, bytes]:
        """Return the tree with the records of the page, and the nodes that they complete."""
        self._grown, nodes = self._grown.extend(leaves_in_bulk(page), parents_in_bulk)
        return self._grown, nodes

    def _store_up_to(self, number: int) -> None:
        """Store a page that was begun, if it is not yet, and with it those after it that are made."""
        if self._failed:
            raise StoreError(f"page {number} was not written: the page before it could not be")
        if number <= self.durable_page:
            return
        try:
            made = [self._ready.popleft().made()]
            while self._ready and self._ready[0].is_made:
                made.append(self._ready.popleft().made())
            self._store_pages(made)
        except BaseException:
            self._failed = True
            raise

    def _store_pages(self, made: Sequence[_Made]) -> None:
        signed_time, stored = self._signed_time, []
        for each in made:
            note = ""
            if self._is_to_be_signed(each.page.time_ns - signed_time, each.agreement):
                note, signed_time = self._sign(each.tree, each.agreement), each.page.time_ns
            stored.append(StoredPage(_meta(each.page, each.tree), each.body, each.nodes, note))
        self._store.append(*stored)
        self.tree, self.durable_page = made[-1].tree, made[-1].page.number
        self._signed_time = signed_time
        if self.on_page is not None:
            for each in made:
                self.on_page(each.page)

    def _is_to_be_signed(self, since: int, agreement: Agreement | None) -> bool:
        if self._signer is None or agreement is None:
            return False
        return since >= agreement.journal.checkpoint_seconds * NANOSECONDS

    def _sign(self, tree: Frontier, agreement: Agreement | None) -> str:
        if self._signer is None or agreement is None:
            return ""
        return self._signer(Checkpoint(origin_of(agreement.agreement.id), tree.size, tree.root))

    def sign_last_page(self, agreement: Agreement | None, time_ns: int) -> None:
        """Sign the checkpoint after the last page, which is of this time, if it is not signed yet."""
        last, note = self._store.last_page(), self._store.last_note()
        if last is None or self._signer is None or (note is not None and note[0] >= last.number):
            return
        self._store.write_note(last.number, self._sign(self.tree, agreement))
        self._signed_time = time_ns


def _tree_after(last: PageMeta, record_count: int) -> Frontier:
    try:
        tree = Frontier.from_bytes(record_count, last.peaks)
    except ValueError as error:
        raise PageDamagedError(f"page {last.number}: {error}") from error
    if tree.root != last.root:
        raise PageDamagedError(f"page {last.number}: the frontier of the tree does not give its root")
    return tree


def _meta(page: Page, tree: Frontier) -> PageMeta:
    return PageMeta(
        page.number,
        format_utc(page.time_ns),
        InstructionKind(int(page.instructions[0]["kind"])).name,
        page.first_instruction,
        len(page.instructions),
        page.first_record,
        len(page.records),
        tree.root,
        tree.to_bytes(),
    )
