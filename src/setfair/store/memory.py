"""A store in memory, for simulation and tests: the same protocol, nothing durable."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from setfair.store.protocol import PageMeta, StoredPage, check_follow, has_some


class MemoryStore:
    """Pages in a list."""

    def __init__(self) -> None:
        self._pages: list[tuple[PageMeta, bytes]] = []
        self._checkpoint: tuple[int, list[bytes]] | None = None
        self._nodes: list[bytes] = []
        self._note: tuple[int, str] | None = None

    def append(self, *pages: StoredPage) -> None:
        """Append pages that follow each other."""
        check_follow(pages, len(self._pages))
        for page in pages:
            self._pages.append((page.meta, page.body))
            self._nodes.append(page.nodes)
            if page.note:
                self.write_note(page.meta.number, page.note)

    def last_page(self) -> PageMeta | None:
        """Return the newest page's description, or None."""
        return self._pages[-1][0] if self._pages else None

    def pages_after(self, number: int) -> Iterator[tuple[int, bytes]]:
        """Yield (number, bytes) of the pages after `number`, in order."""
        for meta, body in self._pages:
            if meta.number > number:
                yield meta.number, body

    def pages_with(self, instructions: Sequence[int]) -> Iterator[tuple[int, bytes]]:
        """Yield (number, bytes) of the pages in which some of these instructions are, in order."""
        for meta, body in self._pages:
            if has_some(instructions, meta.first_instruction, meta.instruction_count):
                yield meta.number, body

    def write_note(self, page_number: int, note: str) -> None:
        """Keep the signed checkpoint of the tree after a page."""
        self._note = (page_number, note)

    def last_note(self) -> tuple[int, str] | None:
        """Return the newest signed checkpoint and its page, or None."""
        return self._note

    def nodes(self) -> bytes:
        """Return all nodes of the tree's stored level."""
        return b"".join(self._nodes)

    def write_checkpoint(self, page_number: int, pieces: Iterable[bytes]) -> None:
        """Keep the state after a page."""
        self._checkpoint = (page_number, list(pieces))

    def read_checkpoint(self) -> tuple[int, Iterator[bytes]] | None:
        """Return the newest checkpoint, its page and its pieces, or None."""
        return (self._checkpoint[0], iter(self._checkpoint[1])) if self._checkpoint else None

    def close(self) -> None:
        """Nothing is held."""
