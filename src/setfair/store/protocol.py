"""What the clearing house needs of a store: small, so that any store can be had."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from setfair.errors import StoreError


@dataclass(frozen=True, slots=True)
class PageMeta:
    """What a store keeps of a page beside its bytes, so that it can be found."""

    number: int
    time_utc: str
    """ISO 8601, microseconds, Z."""
    instruction_kind: str
    """Name of the first instruction's kind."""
    first_instruction: int
    instruction_count: int
    first_record: int
    record_count: int
    root: bytes
    """Root of the tree over all records up to this page's last."""
    peaks: bytes
    """Its frontier (`setfair.journal.tree.Frontier`): what the next page's leaves are appended to."""


@dataclass(frozen=True, slots=True)
class StoredPage:
    """A page as a store takes it, with what is kept with it or not at all."""

    meta: PageMeta
    body: bytes
    nodes: bytes = b""
    """The nodes of the tree's stored level that this page completes, one after the other."""
    note: str = ""
    """The signed checkpoint of the tree after it; empty: none."""


class Store(Protocol):
    """Durable pages in order, what proofs need of their tree, and a checkpoint of the books."""

    def append(self, *pages: StoredPage) -> None:
        """Append pages that follow each other; when this returns, all of them are durable.

        Raises
        ------
        StoreError
            If they could not be made durable, or do not follow the last page: then none of them is there.
        """

    def last_page(self) -> PageMeta | None:
        """Return the newest page's description, or None."""

    def pages_after(self, number: int) -> Iterator[tuple[int, bytes]]:
        """Yield (number, bytes) of the pages after `number`, in order."""

    def pages_with(self, instructions: Sequence[int]) -> Iterator[tuple[int, bytes]]:
        """Yield (number, bytes) of the pages in which some of these instructions are, in order.

        Parameters
        ----------
        instructions
            Numbers of instructions, ascending.
        """

    def write_note(self, page_number: int, note: str) -> None:
        """Keep the signed checkpoint of the tree after a page."""

    def last_note(self) -> tuple[int, str] | None:
        """Return the newest signed checkpoint and its page, or None."""

    def nodes(self) -> bytes:
        """Return all nodes of the tree's stored level, one after the other."""

    def write_checkpoint(self, page_number: int, pieces: Iterable[bytes]) -> None:
        """Keep the state after a page, all pieces or none; older checkpoints go."""

    def read_checkpoint(self) -> tuple[int, Iterator[bytes]] | None:
        """Return the newest checkpoint, its page and its pieces in order, or None."""

    def close(self) -> None:
        """Let go of the store and of the writer's lease."""


def has_some(instructions: Sequence[int], first: int, count: int) -> bool:
    """Tell whether some of ascending numbers are among the `count` from `first` on."""
    return bisect_left(instructions, first) < bisect_left(instructions, first + count)


def check_follow(pages: Iterable[StoredPage], last: int) -> None:
    """Check that pages follow each other, the first of them page `last` (0: none yet).

    Raises
    ------
    StoreError
        If one repeats a page or leaves a gap: the books that it was decided on are not those of the pages.
    """
    for page in pages:
        if page.meta.number != last + 1:
            raise StoreError(
                f"page {page.meta.number} does not follow page {last}, and nothing of it was applied"
            )
        last += 1
