"""JournalWriter: makes pages durable, each with what its records add to the tree and a signed checkpoint.

Rules
-----
1. A page, the nodes that it adds to the tree and its signed checkpoint are durable together, or none is.
2. Pages are stored in their order, one at a time. While one is stored the next are hashed, encoded and
   decided (`begin`); at most `PAGES_AHEAD` are under way, so that what waits in memory is bounded.
3. What came of a page is told to nobody before it is durable (`durable_page`). When one cannot be stored,
   none after it is.
4. What is done with a page that is durable (`on_page`) is done where it was stored, before the next is.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait

from setfair.domain.agreement import Agreement
from setfair.domain.codes import InstructionKind
from setfair.domain.instants import NANOSECONDS, format_utc
from setfair.errors import PageDamagedError, StoreError
from setfair.journal.page import Page, page_to_bytes
from setfair.journal.tree import Frontier
from setfair.journal.tree_bulk import leaves_in_bulk, parents_in_bulk
from setfair.proof.checkpoint import Checkpoint, origin_of
from setfair.store.protocol import PageMeta, Store

LARGE_PAGE_RECORDS = 1024
"""From this many records on a page is worth a second core."""
PAGES_AHEAD = 2
"""Pages that are under way at most."""


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
            self._store_page(page, agreement, self._extend(page), page_to_bytes(page))

    def begin(self, page: Page, agreement: Agreement | None) -> None:
        """Begin to make a page durable, and return at once; StoreError if one before it could not be."""
        while len(self._begun) >= PAGES_AHEAD:
            self._finish_oldest()
        hashed = self._hashing.submit(self._extend, page)
        encoded = self._encoding.submit(page_to_bytes, page)
        self._begun.append(self._storing.submit(self._store_begun, page, agreement, hashed, encoded))

    def finish(self) -> None:
        """Wait until every page that was begun is durable; StoreError if one could not be made so."""
        while self._begun:
            self._finish_oldest()

    def _finish_oldest(self) -> None:
        wait((self._begun[0],))  # an interrupted wait leaves it to be waited for again
        self._begun.popleft().result()

    def abandon(self) -> None:
        """Wait until nothing is under way, whatever came of it."""
        wait(self._begun)
        self._begun.clear()
        self._failed = False
        self._grown = self.tree

    def _extend(self, page: Page) -> tuple[Frontier, bytes]:
        """Return the tree with the records of the page, and the nodes that they complete."""
        self._grown, nodes = self._grown.extend(leaves_in_bulk(page), parents_in_bulk)
        return self._grown, nodes

    def _store_begun(
        self,
        page: Page,
        agreement: Agreement | None,
        hashed: Future[tuple[Frontier, bytes]],
        encoded: Future[bytes],
    ) -> None:
        if self._failed:
            raise StoreError(f"page {page.number} was not written: the page before it could not be")
        try:
            self._store_page(page, agreement, hashed.result(), encoded.result())
        except BaseException:
            self._failed = True
            raise

    def _store_page(
        self, page: Page, agreement: Agreement | None, extended: tuple[Frontier, bytes], body: bytes
    ) -> None:
        tree, nodes = extended
        note = self._sign(tree, agreement) if self._is_to_be_signed(page.time_ns, agreement) else ""
        self._store.append(_meta(page, tree), body, nodes=nodes, note=note)
        self.tree, self.durable_page = tree, page.number
        if note:
            self._signed_time = page.time_ns
        if self.on_page is not None:
            self.on_page(page)

    def _is_to_be_signed(self, now: int, agreement: Agreement | None) -> bool:
        if self._signer is None or agreement is None:
            return False
        return now - self._signed_time >= agreement.journal.checkpoint_seconds * NANOSECONDS

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
