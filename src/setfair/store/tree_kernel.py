"""Pages of the trees of a database file, looked through as SQLite's own check does: what lies where in each.

Rules, for each page
--------------------
1. It has the type of its level, and cells; their pointers and the header end before the cells begin.
2. Each cell lies where cells lie; cells and free blocks share no byte, free blocks follow each other with
   four bytes or more between them, and what is left are the fragments that the header counts.
3. In a table the keys ascend from cell to cell and page to page, and none is above the key that the page
   above gives for the page.

Source: "Database File Format" (https://www.sqlite.org/fileformat2.html), sections 1.6 and 1.5; the same is
checked by `checkTreePage` in SQLite's btree.c.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from setfair.kernel import inlined, kernel
from setfair.store.row_kernel import PAGE_BYTES, Bytes

Int64s = NDArray[np.int64]

INTERIOR_OF_INDEX, INTERIOR_OF_TABLE, LEAF_OF_INDEX, LEAF_OF_TABLE = 2, 5, 10, 13
CELLS_MAX = (PAGE_BYTES - 8) // 6
"""Cells of a page: each takes four bytes at least, and two of its pointer."""
PADDING = 32
"""Bytes behind the last page that a kernel may look at: more than a cell has before its payload."""

LAST_KEY, CHILDREN, OVERFLOWS, CELLS, CONTENT = range(5)
"""Places in `state`: the highest key so far, and how many children and chains of overflow pages were found;
of the present page the number of cells, and where they begin."""

_HEADER, _INTERIOR_HEADER, _POINTER, _CHILD = 8, 12, 2, 4
_CELL_MIN = _BLOCK_MIN = 4
_VARINT_MAX, _ONE_BYTE = 9, 128
_PAYLOAD_MAX = 1 << 31
_LEAST_LOCAL = (PAGE_BYTES - 12) * 32 // 255 - 23
_TABLE_LOCAL, _INDEX_LOCAL = PAGE_BYTES - 35, (PAGE_BYTES - 12) * 64 // 255 - 23
_OVERFLOW_BYTES = PAGE_BYTES - 4


class TreePages(NamedTuple):
    """Pages of one level of a tree, and what was found in them."""

    pages: Bytes
    """Whole pages, and `PADDING` bytes behind them."""
    headers: Int64s
    """Shape (pages,): where in each its header begins."""
    until: Int64s
    """Shape (pages,): the highest key that each may have."""
    state: Int64s
    """LAST_KEY goes on from page to page; CHILDREN and OVERFLOWS begin at 0."""
    children: Int64s
    """Numbers of the pages below."""
    keys: Int64s
    """The highest key that each of these may have."""
    overflows: Int64s
    """Shape (n, 2): the first page of each chain of overflow pages, and how many it has."""
    places: Int64s
    """Scratch, shape (CELLS_MAX, 2): where each cell of a page begins, and how many bytes it takes."""
    covered: Bytes
    """Scratch, PAGE_BYTES: which bytes of a page belong to a cell or a free block."""


@inlined
def _two(pages: Bytes, at: int) -> int:
    return int(pages[at]) << 8 | int(pages[at + 1])


@inlined
def _four(pages: Bytes, at: int) -> int:
    return _two(pages, at) << 16 | _two(pages, at + 2)


@inlined
def _varint(pages: Bytes, at: int) -> tuple[int, int]:
    """Return an integer of variable length, and where it ends."""
    value = 0
    for i in range(_VARINT_MAX - 1):
        byte = int(pages[at + i])
        value = value << 7 | byte & 0x7F
        if byte < _ONE_BYTE:
            return value, at + i + 1
    return value << 8 | int(pages[at + _VARINT_MAX - 1]), at + _VARINT_MAX


@inlined
def _cover(covered: Bytes, begin: int, size: int) -> bool:
    """Note bytes of a page; tell whether all were free."""
    seen = np.uint8(0)
    for i in range(begin, begin + size):
        seen |= covered[i]
        covered[i] = 1
    return bool(seen == 0)


@inlined
def _payload_end(found: TreePages, at: int, payload: int, local_max: int) -> int:
    """Return where the part of a payload that is in the page ends; note its overflow pages; -1: too long."""
    if payload < 0 or payload >= _PAYLOAD_MAX:
        return -1
    if payload <= local_max:
        return at + payload
    local = _LEAST_LOCAL + (payload - _LEAST_LOCAL) % _OVERFLOW_BYTES
    if local > local_max:
        local = _LEAST_LOCAL
    if at % PAGE_BYTES + local + _CHILD > PAGE_BYTES:
        return -1
    count = found.state[OVERFLOWS]
    found.overflows[count, 0] = _four(found.pages, at + local)
    found.overflows[count, 1] = -(-(payload - local) // _OVERFLOW_BYTES)
    found.state[OVERFLOWS] = count + 1
    return at + local + _CHILD


@inlined
def _note_child(found: TreePages, number: int, key: int) -> None:
    count = found.state[CHILDREN]
    found.children[count], found.keys[count] = number, key
    found.state[CHILDREN] = count + 1


@inlined
def _cell_end(found: TreePages, kind: int, at: int, until: int) -> int:
    """Return where a cell ends, and note what it leads to; -1: it is none, or its key is not in order."""
    begin, key = at, until
    if kind in (INTERIOR_OF_INDEX, INTERIOR_OF_TABLE):
        at += _CHILD
    if kind != INTERIOR_OF_TABLE:
        payload, at = _varint(found.pages, at)
    if kind in (INTERIOR_OF_TABLE, LEAF_OF_TABLE):
        key, at = _varint(found.pages, at)
        if key <= found.state[LAST_KEY] or key > until:
            return -1
        found.state[LAST_KEY] = key
    if kind in (INTERIOR_OF_INDEX, INTERIOR_OF_TABLE):
        _note_child(found, _four(found.pages, begin), key)
    if kind != INTERIOR_OF_TABLE:
        at = _payload_end(found, at, payload, _TABLE_LOCAL if kind == LEAF_OF_TABLE else _INDEX_LOCAL)
    return -1 if at < 0 else max(at, begin + _CELL_MIN)


@inlined
def _free_bytes(found: TreePages, base: int, block: int, content: int) -> int:
    """Return the bytes of the free blocks from one on, and note them; -1: they cannot be followed."""
    total = 0
    while block:
        if block < content or block > PAGE_BYTES - _BLOCK_MIN:
            return -1
        size, following = _two(found.pages, base + block + 2), _two(found.pages, base + block)
        if size < _BLOCK_MIN or block + size > PAGE_BYTES or not _cover(found.covered, block, size):
            return -1
        if following and following <= block + size + _BLOCK_MIN - 1:
            return -1
        total += size
        block = following
    return total


@inlined
def _look_at_cells(found: TreePages, base: int, pointers: int, kind: int, until: int) -> bool:
    """Look through the cells that the first places are for, and note where they lie; False: one is none."""
    for cell in range(found.state[CELLS]):
        at = _two(found.pages, base + pointers + _POINTER * cell)
        if at < found.state[CONTENT] or at > PAGE_BYTES - _CELL_MIN:
            return False
        end = _cell_end(found, kind, base + at, until)
        if end < 0 or end > base + PAGE_BYTES:
            return False
        found.places[cell, 0], found.places[cell, 1] = at, end - base
    return True


@inlined
def _are_packed(found: TreePages) -> bool:
    """Tell whether the cells lie one before the other, from the end of the page to where cells begin."""
    end = PAGE_BYTES
    for cell in range(found.state[CELLS]):
        if found.places[cell, 1] != end:
            return False
        end = found.places[cell, 0]
    return bool(end == found.state[CONTENT])


@inlined
def _fragments(found: TreePages, base: int, block: int) -> int:
    """Return the bytes that belong to no cell and no free block; -1: one belongs to two of them."""
    for i in range(PAGE_BYTES):
        found.covered[i] = 0
    left = PAGE_BYTES - found.state[CONTENT]
    for cell in range(found.state[CELLS]):
        begin, size = found.places[cell, 0], found.places[cell, 1] - found.places[cell, 0]
        if not _cover(found.covered, begin, size):
            return -1
        left -= size
    free = _free_bytes(found, base, block, found.state[CONTENT])
    return -1 if free < 0 else left - free


@inlined
def _is_page(found: TreePages, base: int, header: int, kind: int, until: int) -> bool:
    """Rules 1 to 3 for one page."""
    pages, begin = found.pages, base + header
    is_interior = kind in (INTERIOR_OF_INDEX, INTERIOR_OF_TABLE)
    cells, content = _two(pages, begin + 3), _two(pages, begin + 5)
    if content == 0:
        content = PAGE_BYTES
    pointers = header + (_INTERIOR_HEADER if is_interior else _HEADER)
    if pages[begin] != kind or cells > CELLS_MAX or pointers + _POINTER * cells > content:
        return False
    found.state[CELLS], found.state[CONTENT] = cells, content
    if not _look_at_cells(found, base, pointers, kind, until):
        return False
    block, fragments = _two(pages, begin + 1), pages[begin + 7]
    is_plain = block == 0 and fragments == 0 and _are_packed(found)
    if not is_plain and _fragments(found, base, block) != fragments:
        return False
    if is_interior:
        _note_child(found, _four(pages, begin + 8), until)
    return cells > 0


@kernel
def are_pages(found: TreePages, kind: int) -> bool:
    """Look through pages of one level; tell whether all are as they must be.

    Parameters
    ----------
    found
        The pages; what is found in them is written.
    kind
        Their type.
    """
    for page in range(len(found.until)):
        until = found.until[page]
        if not _is_page(found, page * PAGE_BYTES, found.headers[page], kind, until):
            return False
        found.state[LAST_KEY] = until
    return True
