"""A batch on its way to a page: what was taken, what screening found, and the documents that go along."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from setfair.domain.codes import InstructionKind
from setfair.engine.books import Books
from setfair.engine.decide import Terms
from setfair.engine.layout import INSTRUCTION
from setfair.engine.offset_queue import search_queue
from setfair.errors import HouseError
from setfair.intake.payments import Taken
from setfair.journal.page import LEGS_DOCUMENT, OFFSETTING_DOCUMENT, TIMES_DOCUMENT
from setfair.screening.match import Hit


@dataclass(slots=True)
class Draft:
    """A batch on its way to a page."""

    taken: Taken
    documents: dict[str, bytes] = field(default_factory=dict)
    hits: list[tuple[int, Hit]] = field(default_factory=list)
    """Row of the batch, and what screening found."""
    passed: Sequence[tuple[int, int]] = ()
    """Row of the batch, and the good-guy pair that passed a hit."""
    terms: Terms | None = None

    def keep_what_is_said(self, books: Books) -> dict[str, bytes]:
        """Put what a batch says beyond its instructions into the documents, and return these.

        Of payments that is terms of links, and times; of a run of offsetting, what a search on these books
        finds.
        """
        for name, rows in ((LEGS_DOCUMENT, self.taken.leg_terms), (TIMES_DOCUMENT, self.taken.times)):
            if rows is not None:
                self.documents[name] = rows.tobytes()
        first = self.taken.instructions[0]
        if first["kind"] == InstructionKind.OFFSETTING:
            searched = search_queue(books, int(first["amount"]))
            if searched is not None:
                self.documents[OFFSETTING_DOCUMENT] = searched.astype("<i8").tobytes()
        return self.documents


def one_instruction() -> Taken:
    """Return one empty instruction, for a command."""
    instruction = np.zeros(1, INSTRUCTION)
    instruction["debtor"], instruction["creditor"], instruction["person"] = -1, -1, -1
    return Taken(instruction, {})


def notes(reason: str, disposition: str) -> dict[str, bytes]:
    """Return the documents of one person's word; HouseError where the reason is missing."""
    if not reason.strip():
        raise HouseError("a decision needs a reason: say in a few words why")
    said = {"notes": {"0": reason}, "dispositions": {"0": disposition}}
    return {name: json.dumps(each, ensure_ascii=False).encode() for name, each in said.items()}


def texts_of(draft: Draft, fresh: NDArray[np.int64]) -> dict[str, object]:
    """Return the texts of the page: those of the rows that are not repeats."""
    texts = draft.taken.texts
    if len(fresh) == len(draft.taken.instructions):
        return dict(texts)
    return {name: column.take(fresh) for name, column in texts.items()}


_HIT_FIELDS = ("name", "list_id", "entry_id", "matched_name", "entry_hash")


def documents_of(draft: Draft, fresh: NDArray[np.int64]) -> dict[str, bytes]:
    """Return the documents of the page; hits are given by their place in it."""
    if not draft.hits and not draft.passed:
        return draft.documents
    place_of = {int(row): place for place, row in enumerate(fresh)}
    hits: list[dict[str, object]] = []
    for row, hit in draft.hits:
        if row in place_of:
            about: dict[str, object] = {name: getattr(hit, name) for name in _HIT_FIELDS}
            about |= {"score": str(hit.score), "explanation": hit.explain()}
            hits.append(about | {"row": place_of[row], "place": len(hits) + 1})
    passed = [{"row": place_of[row], "pair": pair} for row, pair in draft.passed if row in place_of]
    more: dict[str, object] = {"hits": hits} if draft.hits else {}
    if passed:
        more["passed"] = passed
    return draft.documents | {
        name: json.dumps(each, ensure_ascii=False).encode() for name, each in more.items()
    }
