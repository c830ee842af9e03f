"""JournalWriter: makes pages durable, each with what its records add to the tree and a signed checkpoint.

Rules
-----
1. A page, the nodes that it adds to the tree and its signed checkpoint are durable together, or none is.
2. Pages are written in their order, one at a time. While one is written the next may be decided (`begin`,
   `finish`), one and no more: what waits in memory is bounded.
3. Whoever decided a page tells nobody what came of it before `finish` returned.
4. What is done with a page that is durable (`on_page`) is done where it was written, before the next is.

Hashing the records and compressing the page do not need each other: a large page has them done on both cores.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait

from setfair.domain.agreement import Agreement
from setfair.domain.codes import InstructionKind
from setfair.domain.instants import NANOSECONDS, format_utc
from setfair.errors import PageDamagedError
from setfair.journal.leaves import leaf_hashes
from setfair.journal.page import Page, page_to_bytes
from setfair.journal.sha256_lanes import hash_in_lanes
from setfair.journal.tree import Frontier
from setfair.proof.checkpoint import Checkpoint, origin_of
from setfair.store.protocol import PageMeta, Store

LARGE_PAGE_RECORDS = 1024
"""From this many records on a page is worth a second core."""


class JournalWriter:
    """The writing end of one house's journal."""

    def __init__(self, store: Store, signer: Callable[[Checkpoint], str] | None) -> None:
        self._store = store
        self._signer = signer
        self._signed_time = 0
        self._begun: Future[None] | None = None
        # Threads are made when they are first used, which a house with small pages never does.
        self._writing = ThreadPoolExecutor(1, "setfair-journal")
        self._encoding = ThreadPoolExecutor(1, "setfair-page")
        self.tree = Frontier()
        """The tree over all records that are durable."""
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
        if last is None:
            self.tree = Frontier()
            return
        try:
            tree = Frontier.from_bytes(record_count, last.peaks)
        except ValueError as error:
            raise PageDamagedError(f"page {last.number}: {error}") from error
        if tree.root != last.root:
            raise PageDamagedError(f"page {last.number}: the frontier of the tree does not give its root")
        self.tree = tree

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
            If it, or the one begun before it, could not be made durable.
        """
        self.finish()
        self._write(page, agreement)

    def begin(self, page: Page, agreement: Agreement | None) -> None:
        """Begin to make a page durable, and return at once; the page begun before it is finished first."""
        self.finish()
        self._begun = self._writing.submit(self._write, page, agreement)

    def finish(self) -> None:
        """Wait until the page that was begun is durable; StoreError if it could not be made so."""
        begun = self._begun
        self.abandon()
        if begun is not None:
            begun.result()

    def abandon(self) -> None:
        """Wait until nothing is being written, whatever came of it."""
        if self._begun is not None:
            wait((self._begun,))  # an interrupted wait leaves it to be waited for again
            self._begun = None

    def _write(self, page: Page, agreement: Agreement | None) -> None:
        if len(page.records) < LARGE_PAGE_RECORDS:
            body = page_to_bytes(page)
            tree, nodes = self._extend(page)
        else:
            encoded = self._encoding.submit(page_to_bytes, page)
            tree, nodes = self._extend(page)
            body = encoded.result()
        note = self._sign(tree, agreement) if self._is_to_be_signed(page.time_ns, agreement) else ""
        self._store.append(_meta(page, tree), body, nodes=nodes, note=note)
        self.tree = tree
        if note:
            self._signed_time = page.time_ns
        if self.on_page is not None:
            self.on_page(page)

    def _extend(self, page: Page) -> tuple[Frontier, bytes]:
        return self.tree.extend(leaf_hashes(page, hash_in_lanes), hash_in_lanes)

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
