"""The tree and its proofs: against the definitions of RFC 9162, published roots, and somebody else's code."""

from __future__ import annotations

from functools import cache, partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from setfair.journal.sha256 import Rows
from setfair.journal.tree import (
    STORED_LEVEL,
    Frontier,
    Parents,
    consistency_path,
    inclusion_path,
    parents,
    subtree_hash,
)
from setfair.journal.tree_bulk import FEW, WAYS, parents_in_bulk
from setfair.proof.tree import leaf_hash, node_hash, root_of_inclusion, roots_of_consistency
from tests.reference import tree as reference

ways = [partial(parents_in_bulk, way=way) for way in WAYS]
both = pytest.mark.parametrize("parents_of", [parents, *ways])

ENTRIES = [bytes.fromhex(entry) for entry in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
"""Roots over the first entries: the test vectors of Certificate Transparency's reference implementation
(github.com/google/certificate-transparency, cpp/merkletree/merkle_tree_test.cc)."""

SIZES = range(1, 34)


def entry(number: int) -> bytes:
    """Return the data of a leaf."""
    return number.to_bytes(4, "big")


@cache
def entries(size: int) -> list[bytes]:
    """Return the data of the first leaves."""
    return [entry(number) for number in range(size)]


def leaves(data: list[bytes]) -> Rows:
    """Return the hashes of leaves as rows."""
    raw = b"".join(leaf_hash(each) for each in data)
    return np.frombuffer(raw, np.uint8).reshape(-1, 32)


def node(level: int, index: int) -> bytes:
    """Return a whole subtree's root over the leaves that `entry` makes."""
    return reference.root([entry(n) for n in range(index << level, (index + 1) << level)])


def test_published_roots() -> None:
    """The roots that Certificate Transparency publishes for its eight entries, as they are appended."""
    tree, found = Frontier(), []
    for data in ENTRIES:
        tree, _ = tree.extend(leaves([data]), parents)
        found.append(tree.root.hex())
    assert tuple(found) == ROOTS


def test_an_empty_tree() -> None:
    """Its root is the SHA-256 of nothing."""
    assert Frontier().root == reference.root([])
    assert subtree_hash(0, 0, node) == reference.root([])


@both
@given(st.lists(st.integers(0, 700), min_size=1, max_size=5))
def test_appending_in_any_portions(parents_of: Parents, portions: list[int]) -> None:
    """Portions of any size give the root of the definition, and each node of the stored level once."""
    tree, stored, size = Frontier(), b"", 0
    for portion in portions:
        more = [entry(number) for number in range(size, size + portion)]
        tree, nodes = tree.extend(leaves(more), parents_of)
        size += portion
        stored += nodes
        assert Frontier.from_bytes(size, tree.to_bytes()) == tree
    assert tree.root == reference.root(entries(size))
    whole = size >> STORED_LEVEL
    assert stored == b"".join(node(STORED_LEVEL, index) for index in range(whole))


@both
@pytest.mark.parametrize("pairs", [0, 1, FEW, 31, 32, 33, 100])
def test_parents(parents_of: Parents, pairs: int) -> None:
    """Nodes over pairs, with sums that run over 32 bits among them."""
    nodes = np.random.default_rng(pairs).integers(0, 256, (2 * pairs, 32), np.uint8)
    nodes[:2], nodes[2:4] = 0, 255
    expected = b"".join(
        node_hash(nodes[at].tobytes(), nodes[at + 1].tobytes()) for at in range(0, 2 * pairs, 2)
    )
    assert parents_of(nodes).tobytes() == expected


def test_a_frontier_of_another_size() -> None:
    """Peaks that a tree of this size does not have are refused."""
    with pytest.raises(ValueError, match="5 leaves has 2 peaks"):
        Frontier.from_bytes(5, bytes(32))


@pytest.mark.parametrize("size", SIZES)
def test_inclusion(size: int) -> None:
    """Every leaf's path is that of the definition and leads to the root, from no other leaf or place."""
    root = reference.root(entries(size))
    for index in range(size):
        path = inclusion_path(index, size, node)
        assert path == reference.path(index, entries(size))
        leaf = leaf_hash(entry(index))
        assert root_of_inclusion(index, size, leaf, path) == root
        assert root_of_inclusion(index, size, leaf_hash(b"other"), path) != root
        for other in range(size):
            if other != index and len(reference.path(other, entries(size))) == len(path):
                assert root_of_inclusion(other, size, leaf, path) != root


@pytest.mark.parametrize("size", SIZES)
def test_paths_of_another_length(size: int) -> None:
    """A shortened and a lengthened path lead to no root."""
    for index in range(size):
        path = reference.path(index, entries(size))
        with pytest.raises(ValueError, match="too long"):
            root_of_inclusion(index, size, leaf_hash(entry(index)), [*path, bytes(32)])
        if path:
            with pytest.raises(ValueError, match="too short"):
                root_of_inclusion(index, size, leaf_hash(entry(index)), path[:-1])


def test_a_leaf_that_is_not_there() -> None:
    """An index behind the last leaf, or before the first."""
    for index in (-1, 5, 6):
        with pytest.raises(ValueError, match=f"no leaf {index} in a tree of 5"):
            root_of_inclusion(index, 5, bytes(32), [])


@pytest.mark.parametrize("size", SIZES)
def test_consistency(size: int) -> None:
    """Every earlier size is shown as the definition says; with a changed hash or root it is not."""
    new = reference.root(entries(size))
    for before in range(1, size + 1):
        path, old = consistency_path(before, size, node), reference.root(entries(before))
        assert path == reference.proof(before, entries(size))
        assert roots_of_consistency(before, size, old, path) == (old, new)
        for place in range(len(path)):
            changed = [*path[:place], bytes(32), *path[place + 1 :]]
            assert roots_of_consistency(before, size, old, changed) != (old, new)
        with pytest.raises(ValueError, match=r"too long|no hashes"):
            roots_of_consistency(before, size, old, [*path, bytes(32)])
        if path:
            with pytest.raises(ValueError, match=r"too short|no hashes"):
                roots_of_consistency(before, size, old, path[:-1])


@pytest.mark.parametrize(("before", "after"), [(0, 5), (6, 5), (-1, 5)])
def test_sizes_that_are_no_states(before: int, after: int) -> None:
    """A journal does not shrink, and nothing needs no proof."""
    with pytest.raises(ValueError, match="no later state"):
        roots_of_consistency(before, after, bytes(32), [])


@pytest.mark.parametrize("size", SIZES)
def test_somebody_elses_code(size: int) -> None:
    """An independent implementation makes the same roots and proofs, and accepts ours."""
    other = pytest.importorskip("tamperlog.merkle")
    hashes = [leaf_hash(each) for each in entries(size)]
    root = subtree_hash(0, size, node)
    assert other.merkle_root(hashes) == root
    for index in range(size):
        path = inclusion_path(index, size, node)
        assert other.inclusion_proof(index, hashes) == path
        other.verify_inclusion(index, size, hashes[index], path, root)
        before = index + 1
        proof = consistency_path(before, size, node)
        assert other.consistency_proof(before, hashes) == proof
        other.verify_consistency(before, other.merkle_root(hashes[:before]), size, root, proof)
