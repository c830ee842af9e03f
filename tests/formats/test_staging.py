"""Batches are put aside until their file has ended well."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

import pytest

from setfair.domain.instruction import Batch, BatchBuilder, Family
from setfair.errors import FileRefusedError, StoreError
from setfair.formats import staging
from setfair.formats.staging import stage


def _batch(family: Family, *ids: str) -> Batch:
    builder = BatchBuilder(family)
    for name in ids:
        builder.add(**{"party_id" if family is Family.PARTY else "obligation_id": name})
    batch = builder.flush()
    assert batch is not None
    return batch


BATCHES = [
    _batch(Family.PARTY, "a", "b"),
    _batch(Family.OBLIGATION, "c"),
    _batch(Family.OBLIGATION, "d"),
    _batch(Family.PARTY, "e"),
]


@pytest.mark.parametrize("count", range(len(BATCHES) + 1))
def test_batches_come_back_as_they_were_and_as_often_as_asked(tmp_path: Path, count: int) -> None:
    """Order, families and rows are the same, for none, one or many."""
    with stage(iter(BATCHES[:count]), tmp_path) as staged:
        assert list(staged.batches()) == BATCHES[:count]
        assert list(staged.batches()) == BATCHES[:count]
        assert staged.rows == sum(batch.rows.num_rows for batch in BATCHES[:count])


def test_nothing_is_to_be_seen_in_the_folder(tmp_path: Path) -> None:
    """The file has no name, so that not even a killed process leaves one behind."""
    with stage(iter(BATCHES), tmp_path):
        assert list(tmp_path.iterdir()) == []


def test_one_batch_needs_no_disk(tmp_path: Path) -> None:
    """A folder that is not there is not asked for."""
    with stage(iter(BATCHES[:1]), tmp_path / "gone") as staged:
        assert list(staged.batches()) == BATCHES[:1]


def test_what_the_reader_raises_goes_through(tmp_path: Path) -> None:
    """A file that is refused at its end has nothing staged, and no open file is left."""

    def batches() -> Iterator[Batch]:
        yield from BATCHES
        raise FileRefusedError("x", ())

    before = len(os.listdir("/proc/self/fd"))
    with pytest.raises(FileRefusedError):
        stage(batches(), tmp_path)
    assert len(os.listdir("/proc/self/fd")) == before


def test_an_error_of_the_reader_is_not_taken_for_one_of_the_disk(tmp_path: Path) -> None:
    """An OSError while the file is read is no StoreError."""

    def batches() -> Iterator[Batch]:
        yield from BATCHES
        raise OSError(5, "Input/output error")

    with pytest.raises(OSError, match="Input/output error"):
        stage(batches(), tmp_path)


@pytest.mark.parametrize("copies", [1, 2000])
def test_a_full_disk_is_a_store_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, copies: int) -> None:
    """The message says so, whether it is noticed while writing or at the end."""

    def full(folder: Path) -> BinaryIO:
        return cast(BinaryIO, open("/dev/full", "w+b"))

    monkeypatch.setattr(staging, "_temporary_file", full)
    before = len(os.listdir("/proc/self/fd"))
    with pytest.raises(StoreError, match=r"No space left on device.*nothing was applied"):
        stage(iter(BATCHES * copies), tmp_path)
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_folder_that_is_gone_is_a_store_error(tmp_path: Path) -> None:
    """Where nothing can be put aside, nothing is applied."""
    with pytest.raises(StoreError, match="No such file"):
        stage(iter(BATCHES), tmp_path / "gone")
