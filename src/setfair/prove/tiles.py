"""The tree as static files that standard tools read (C2SP tlog-tiles): hashes alone, no records.

Rules
-----
1. A tile of level L and index N has the hashes at level 8 * L of the tree, from N * 256 on: 256 of them, or
   in a partial tile, `N.p/W`, the W that there are.
2. N is written in groups of three digits, all but the last with an `x` before them: 1234067 is x001/x234/067.
3. Whole tiles never change: those that are there are left alone. `checkpoint` is written last.
4. Records are not given out: bundles of entries would show everybody's payments. Salted leaves tell nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from setfair.formats.replace_file import replacing
from setfair.journal.sha256 import Rows
from setfair.journal.tree import STORED_LEVEL
from setfair.prove.checkpoints import SignedCheckpoint
from setfair.prove.journal_tree import TILE, JournalTree


def tile_path(level: int, index: int, width: int = TILE) -> str:
    """Return where a tile lies: rules 1 and 2."""
    digits = f"{index:03d}"
    digits = digits.rjust(-(-len(digits) // 3) * 3, "0")
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    name = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
    return f"tile/{level}/{name}" + ("" if width == TILE else f".p/{width}")


def write_tiles(
    out: Path,
    tree: JournalTree,
    found: SignedCheckpoint,
    on_progress: Callable[[int], None] = lambda _: None,
) -> int:
    """Write the tiles of a checkpoint, and the checkpoint; return how many files were new.

    Parameters
    ----------
    out
        Folder, with the tiles of earlier checkpoints or empty.
    tree
        The journal.
    found
        The checkpoint.
    on_progress
        Called with the records that are done.
    """
    written, size = 0, found.checkpoint.size
    for level, index, width in tiles_of(size):
        path = out / tile_path(level, index, width)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            with replacing(path) as file:
                file.write(_hashes(tree, level, index, width).tobytes())
            written += 1
        if level == 0:
            on_progress(index * TILE + width)
    out.mkdir(parents=True, exist_ok=True)
    with replacing(out / "checkpoint") as file:
        file.write(found.note.to_text().encode())
    return written + 1


def tiles_of(size: int) -> Iterator[tuple[int, int, int]]:
    """Yield level, index and width of each tile of a tree of this size."""
    level, count = 0, size
    while count:
        for index in range(count // TILE):
            yield level, index, TILE
        if count % TILE:
            yield level, count // TILE, count % TILE
        level, count = level + 1, count // TILE


def _hashes(tree: JournalTree, level: int, index: int, width: int) -> Rows:
    first = index * TILE
    if level == 0:
        return tree.leaves(first, first + width)
    return tree.stored(level * STORED_LEVEL)[first : first + width]
