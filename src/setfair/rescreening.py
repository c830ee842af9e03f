"""What waits, against lists that have changed; and participants that a list names.

Rules
-----
1. A new version of the lists is held against the one on record entry by entry (`screening.delta`). What waits
   (queued and held payments, open, pending and held obligations, held registrations) is screened against the
   entries that are new or changed, and against no other. Where the rules of comparing or the threshold
   changed, and not the lists alone, it is screened against all.
2. What hits is held (SCREENING_HOLD), also if two people had released it: their decision was about another
   entry, or about the same one when it said something else. A first decision is void for the same reason. A
   release that is about an entry that did not change stays.
3. The holds are durable before the new version goes on record. If the house stops in between, it is all done
   again: holding twice changes nothing.
4. Whatever waits for an account of a participant that a list names, or for a party that banks with one, is
   held like a hit; so is what comes in. No agreement version that names a listed participant is adopted.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from setfair.domain.agreement import Agreement
from setfair.domain.codes import InstructionKind, Screening, Status
from setfair.domain.instruction import BATCH_ROWS_MAX, Family
from setfair.engine.layout import INSTRUCTION, Array, Int64s
from setfair.house_state import HouseState
from setfair.intake.directory import Directory
from setfair.intake.obligations import registered_names
from setfair.journal.page import Page, page_from_bytes
from setfair.screening.delta import ListDelta, compare_all, entries_of
from setfair.screening.gate import ListSet
from setfair.screening.lists.model import SanctionsList
from setfair.screening.match import Hit
from setfair.screening.screen_batch import ScreeningResult
from setfair.screening.screen_instructions import PLANS, RowHit, screen_instructions
from setfair.screening.screener import Screener

Pages = Callable[[Sequence[int]], Iterator[tuple[int, bytes]]]
"""Yields (number, bytes) of the pages in which some instructions are, in order."""

_PAYMENT_KINDS = (
    InstructionKind.CUSTOMER_PAYMENT,
    InstructionKind.INSTITUTION_PAYMENT,
    InstructionKind.PAYMENT_RETURN,
    InstructionKind.LIQUIDITY_TRANSFER,
)
_AGENTS = ("instructing_agent", "instructed_agent", "debtor_agent", "creditor_agent")


@dataclass(frozen=True, slots=True)
class Hold:
    """One instruction that is to be held, and why."""

    number: int
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """What a new version of the lists changes."""

    deltas: tuple[ListDelta, ...]
    document: bytes
    """For the journal: short hashes of entries that are new or changed, ids of those that are gone."""
    against: Screener | None
    """What waits is screened against this; None: there is nothing new to find."""


def what_changed(state: HouseState, screener: Screener) -> Change:
    """Hold the lists in force against those on record."""
    deltas, after = compare_all(state.listed, screener.lists.lists)
    said = {
        delta.list_id: {
            "set": {entry_id: after[delta.list_id][entry_id] for entry_id in (*delta.added, *delta.changed)},
            "changed": len(delta.changed),
            "removed": list(delta.removed),
        }
        for delta in deltas
    }
    document = json.dumps(said, ensure_ascii=False).encode()
    if not deltas or not state.list_set:
        return Change(tuple(deltas), document, screener if state.list_set else None)
    if state.screening_rules != screener.rules:
        return Change(tuple(deltas), document, screener)
    by_id = {delta.list_id: delta for delta in deltas}
    parts = [
        SanctionsList(each.list_id, each.source, each.published, each.content_hash, entries)
        for each in screener.lists.lists
        if each.list_id in by_id and (entries := entries_of(each, by_id[each.list_id]))
    ]
    against = screener.over(ListSet(tuple(parts), screener.lists.version)) if parts else None
    return Change(tuple(deltas), document, against)


def find_holds(state: HouseState, pages: Pages, against: Screener) -> tuple[list[Hold], list[Hold]]:
    """Screen what waits; return the payments and the obligations that are to be held.

    Parameters
    ----------
    state
        The books and names.
    pages
        The journal, for what instructions said.
    against
        The entries that are new or changed.

    Notes
    -----
    Complexity: reads the pages in which instructions that wait came in, and no other.
    """
    payments, obligations = _waiting_payments(state), _waiting_obligations(state)
    listed = listed_participants(state.directory.agreement, against)
    found: tuple[list[Hold], list[Hold]] = ([], [])
    waiting = np.union1d(payments, obligations)
    if not len(waiting):
        return found
    is_payment = set(payments.tolist())
    for _, body in pages(waiting.tolist()):
        page = page_from_bytes(body)
        for number, hits in _screen_page(state.directory, page, waiting, against, listed):
            found[number not in is_payment].append(Hold(number, tuple(hits)))
    return found


def _waiting_payments(state: HouseState) -> Int64s:
    rows = state.books.payments[: state.books.payment_count]
    return rows["number"][np.isin(rows["status"], (Status.ACSP, Status.PDNG))]


def _waiting_obligations(state: HouseState) -> Int64s:
    rows = state.books.obligations[: state.books.obligation_count]
    return rows["number"][np.isin(rows["status"], (Status.ACSP, Status.PDNG))]


def _screen_page(
    directory: Directory, page: Page, waiting: Int64s, against: Screener, listed: Mapping[str, Sequence[Hit]]
) -> Iterator[tuple[int, list[Hit]]]:
    numbers = page.first_instruction + np.arange(len(page.instructions))
    kinds = page.instructions["kind"]
    waits = np.isin(numbers, waiting)
    for family, own in (
        (Family.PAYMENT, np.isin(kinds, _PAYMENT_KINDS)),
        (Family.OBLIGATION, np.isin(kinds, (InstructionKind.OBLIGATION, InstructionKind.CREDIT_NOTE))),
        (Family.PARTY, kinds == InstructionKind.PARTY_REGISTRATION),
    ):
        chosen = np.flatnonzero(waits & own)
        if len(chosen):
            rows = rows_of_page(page, family, chosen)
            by_row: dict[int, list[Hit]] = {}
            for row, hit in screen_rows(rows, family, against, directory, listed).hits:
                by_row.setdefault(row, []).append(hit)
            yield from ((int(numbers[chosen[row]]), found) for row, found in sorted(by_row.items()))


def rows_of_page(page: Page, family: Family, chosen: Int64s) -> pa.RecordBatch:
    """Return what some instructions of a page said, as far as it is screened."""
    plan = PLANS[family]
    names = [
        *plan.names,
        *plan.texts,
        *plan.identifiers,
        *plan.countries,
        *(["party_facts"] if plan.has_facts else []),
    ]
    places = pa.array(chosen)
    empty = pa.repeat("", len(chosen))
    columns = [page.texts[name].take(places) if name in page.texts else empty for name in names]
    return pa.RecordBatch.from_arrays(columns, names=names)


def screen_rows(
    rows: pa.RecordBatch,
    family: Family,
    screener: Screener,
    directory: Directory,
    listed: Mapping[str, Sequence[Hit]],
) -> ScreeningResult:
    """Screen instructions: what they say, what is registered of their parties, and their participants."""
    registered = registered_names(rows, directory) if family is Family.OBLIGATION else ()
    screened = screen_instructions(rows, PLANS[family], screener, registered)
    more = list(of_participants(rows, family, directory, listed))
    if not more:
        return screened
    screened.outcome[[row for row, _ in more]] = Screening.HIT
    hits = sorted({**dict.fromkeys(screened.hits), **dict.fromkeys(more)}, key=lambda pair: pair[0])
    return ScreeningResult(screened.outcome, hits, screened.list_version)


def listed_participants(agreement: Agreement | None, screener: Screener) -> dict[str, list[Hit]]:
    """Return what names, identifiers and countries of the participants hit, by participant."""
    found: dict[str, list[Hit]] = {}
    for participant in agreement.participants if agreement is not None else ():
        hits = screener.match([participant.name])
        for identifier in filter(None, (participant.bic, participant.lei)):
            hits += screener.identifiers.of_identifier(identifier)
        hits += screener.identifiers.of_country(participant.country)
        if hits:
            found[participant.id] = hits
    return found


def of_participants(
    rows: pa.RecordBatch, family: Family, directory: Directory, listed: Mapping[str, Sequence[Hit]]
) -> Iterator[RowHit]:
    """Yield the rows about a listed participant: by its account, or by a party that banks with it."""
    if not listed or family is Family.CONFIRMATION:
        return
    columns: dict[Family, tuple[str, ...]] = {
        Family.PAYMENT: _AGENTS,
        Family.OBLIGATION: ("debtor", "creditor"),
        Family.PARTY: ("participant",),
    }
    is_obligation = family is Family.OBLIGATION
    find = directory.participant_of_party if is_obligation else directory.participant_named
    for name in columns[family]:
        for row, text in enumerate(rows.column(name).to_pylist()):
            for hit in listed.get(find(text), ()):
                yield row, hit


def hold_instructions(holds: Sequence[Hold]) -> Iterator[tuple[Array, list[RowHit]]]:
    """Yield batches of instructions that hold what was found, each with its hits by row."""
    for begin in range(0, len(holds), BATCH_ROWS_MAX):
        part = holds[begin : begin + BATCH_ROWS_MAX]
        instructions = np.zeros(len(part), INSTRUCTION)
        instructions["kind"] = InstructionKind.SCREENING_HOLD
        instructions["debtor"] = instructions["creditor"] = instructions["person"] = -1
        instructions["target"] = [hold.number for hold in part]
        yield instructions, [(row, hit) for row, hold in enumerate(part) for hit in hold.hits]
