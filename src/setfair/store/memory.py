"""A store in memory, for simulation and tests: the same protocol, nothing durable."""

from __future__ import annotations

from collections.abc import Iterator

from setfair.store.protocol import PageMeta, check_follows


class MemoryStore:
    """Pages in a list."""

    def __init__(self) -> None:
        self._pages: list[tuple[PageMeta, bytes]] = []
        self._checkpoint: tuple[int, bytes] | None = None

    def append(self, meta: PageMeta, body: bytes) -> None:
        """Append a page."""
        check_follows(meta, len(self._pages))
        self._pages.append((meta, body))

    def last_page(self) -> PageMeta | None:
        """Return the newest page's description, or None."""
        return self._pages[-1][0] if self._pages else None

    def pages_after(self, number: int) -> Iterator[tuple[int, bytes]]:
        """Yield (number, bytes) of the pages after `number`, in order."""
        for meta, body in self._pages:
            if meta.number > number:
                yield meta.number, body

    def write_checkpoint(self, page_number: int, body: bytes) -> None:
        """Keep the state after a page."""
        self._checkpoint = (page_number, body)

    def read_checkpoint(self) -> tuple[int, bytes] | None:
        """Return the newest checkpoint, or None."""
        return self._checkpoint

    def close(self) -> None:
        """Nothing is held."""
