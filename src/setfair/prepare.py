"""Compile the kernels that a house needs, before they are needed: `python -m setfair.prepare`.

Numba compiles a kernel when it is first called, and keeps it on disk. So a day of two accounts is decided
here, and a set-off of two debts made: what they answer is of no interest. Kernels that share rules are
compiled in one process, two groups beside each other. Most of the time Numba is at work in Python, so it is
that which is made faster in those processes (`setfair.compiler`).
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context
from tempfile import TemporaryFile

import numpy as np
import pyarrow as pa

from setfair.compiler import compile_fast
from setfair.domain.codes import InstructionKind, Phase, Priority, QueueAction, Screening
from setfair.engine.books import BYPASS_RULE, WAREHOUSE_RULE, AccountTerms, Books, LimitTerms
from setfair.engine.decide import Terms, decide
from setfair.engine.identity import find_known
from setfair.engine.layout import INSTRUCTION, LEG_TERMS, RECORD, TIMES, Array, Int64s
from setfair.engine.limit_table import find_limit
from setfair.engine.loops import find_loops
from setfair.engine.offset.branch import search_all
from setfair.engine.offset.dives import dive_first
from setfair.engine.offset.fill import fill_rooms
from setfair.engine.offset.frontier import make_frontier
from setfair.engine.offset.model import assemble
from setfair.engine.offset.neighbourhood import improve
from setfair.engine.offset.oscillate import oscillate
from setfair.engine.offset.price import improve_prices
from setfair.engine.offset.search import fill_up
from setfair.engine.offset.wide import improve_wide
from setfair.engine.offset_queue import search_queue
from setfair.engine.setoff import set_off
from setfair.formats import columns
from setfair.formats.kernels import hash_texts
from setfair.intake.digest import mix_text, mix_words
from setfair.journal.page import Page
from setfair.journal.tree_bulk import FEW, leaves_in_bulk, parents_in_bulk
from setfair.screening.cache import CachedMatcher
from setfair.screening.free_text import TextIndex
from setfair.screening.fuzzy import FuzzyMatcher
from setfair.screening.gate import ListSet
from setfair.screening.lists.model import Entry, EntryKind, Name, NameQuality, SanctionsList
from setfair.screening.seen_texts import SeenTexts
from setfair.store.page_kernel import LATER, lay_later, note_balances, note_later
from setfair.store.page_pieces import payment_pieces, record_pieces
from setfair.store.row_file import Table, pieces_of, write_row_file
from setfair.store.row_leaves import TableLeaves
from setfair.store.sound_file import is_sound
from setfair.store.tables import STATUS_RECORDS

_EURO = 978
_CHAINS = (2, 100, 6000)
"""Firms in chains: two need one scale, a hundred another; with thousands labels are wide, and lie too far
apart for a third (`setfair.engine.setoff.solve`)."""
_SPOKES = 400
"""So many around one are concentrated (`setfair.engine.setoff.start`)."""
_DAY = 20_000
"""Days since 1970-01-01; any day does."""


def prepare() -> None:
    """Compile all kernels, on two cores where there are two."""
    with ProcessPoolExecutor(2, get_context("spawn"), compile_fast) as pool:
        for part in [pool.submit(part) for part in _parts()]:
            part.result()


def load() -> None:
    """Load all kernels into this process: what is forked from it need not, which takes half a second."""
    for part in _parts():
        part()


def _parts() -> tuple[Callable[[], None], ...]:
    return (screen_a_name, decide_a_day, clear_debts, choose_payments, read_a_line, compare_a_page)


def decide_a_day() -> None:
    """Decide a day of payments, obligations and a cycle that nets."""
    books = Books()
    accounts = [AccountTerms(place, _EURO, 100, 0, 0, 100, False, True) for place in range(2)]
    terms = Terms(1, accounts, [LimitTerms(0, 1, 100)], True, 2, [], True, True, True, 1_000)
    decide(books, _one(InstructionKind.ADOPTION), 1, terms)
    opening = _one(InstructionKind.PHASE_CHANGE, target=Phase.OPEN, value_date=_DAY, amount=_DAY)
    decide(books, opening, 2)
    decide(books, _one(InstructionKind.CUSTOMER_PAYMENT, identity_high=1, amount=200), 3)
    for party in range(2):
        decide(books, _one(InstructionKind.PARTY_REGISTRATION, identity_high=10 + party, debtor=party), 4)
    decide(books, _one(InstructionKind.OBLIGATION, identity_high=2), 4)
    decide(books, _one(InstructionKind.OBLIGATION, identity_high=3, debtor=1, creditor=0, amount=5), 5)
    decide(books, _one(InstructionKind.CYCLE, value_date=_DAY), 6, None, np.arange(2, dtype=np.int32))
    decide(books, _one(InstructionKind.RELEASE, target=99, person=1), 7)
    find_limit(books.limits, 0, 1)
    later = np.array([(10**18, 0)], TIMES)
    decide(books, _one(InstructionKind.CUSTOMER_PAYMENT, identity_high=40, target=-1), 8, times=later)
    decide(books, _one(InstructionKind.QUEUE_CHANGE, target=99, amount=QueueAction.TOP), 8)
    decide(books, _one(InstructionKind.EXPIRY), 8)
    for bypass in (False, True):
        books.rules[BYPASS_RULE] = bypass
        for number, debtor in enumerate((0, 1)):
            row = {"identity_high": 20 + 2 * bypass + number, "debtor": debtor, "creditor": 1 - debtor}
            decide(books, _one(InstructionKind.CUSTOMER_PAYMENT, amount=1000 + number, **row), 8)
        decide(books, _one(InstructionKind.OFFSETTING), 8, searched=search_queue(books, 1000))
    leg = np.zeros(1, LEG_TERMS)
    leg["link_high"], leg["legs"] = 1, 2
    decide(books, _one(InstructionKind.INSTITUTION_PAYMENT, identity_high=30, target=1), 8, leg_terms=leg)
    books.rules[WAREHOUSE_RULE] = 1
    decide(books, _one(InstructionKind.CUSTOMER_PAYMENT, identity_high=41, value_date=_DAY + 1), 8)
    for phase in (Phase.INTERBANK_CUTOFF, Phase.CLOSED):
        decide(books, _one(InstructionKind.PHASE_CHANGE, target=phase), 8)
    decide(books, _one(InstructionKind.PHASE_CHANGE, target=Phase.OPEN, value_date=_DAY + 1, amount=_DAY), 8)
    find_known(books.obligation_memory(), np.uint64(1), np.uint64(1))
    books.reserve_payments(1000)
    books.forget_payments_before(_DAY + 1)


def _one(kind: InstructionKind, **fields: int) -> Array:
    instruction = np.zeros(1, INSTRUCTION)
    default = {"currency": _EURO, "amount": 10, "creditor": 1, "value_date": _DAY}
    words = {"priority": Priority.NORMAL, "screening": Screening.CLEAR}
    for name, value in {"kind": kind, **default, **words, **fields}.items():
        instruction[name] = value
    return instruction


def choose_payments() -> None:
    """Choose among three payments of which liquidity covers one, by every search there is."""
    value, room = np.array([6, 6, 5]), np.zeros(3, np.int64)
    core = assemble(value, np.arange(3), room, -value, np.array([10]))
    nothing = np.zeros(3, np.bool_)
    oscillate(core, fill_up(core, nothing), 100, 10)
    improve_prices(core, np.zeros(1, np.int64), 1, 0, 100)
    improve(core, search_all(core, nothing, 1).inside, np.zeros(3), 100, 10)
    improve_wide(core, (nothing,), 1000, 10)
    dive_first(core, nothing, np.zeros(3), 100)
    fill_rooms(core, nothing, 100)
    frontier = make_frontier(core, 0)
    frontier.go_on(0, 1)
    frontier.gains()


def clear_debts() -> None:
    """Set off debts around chains of firms, each of which owes those next to it, on both sides.

    Then around one where all owe one as well, and it owes them.
    """
    for parties in _CHAINS:
        firm = np.arange(parties)
        _set_off(np.tile(firm, 2), np.concatenate((np.roll(firm, -1), np.roll(firm, 1))))
    spoke = np.arange(1, _SPOKES)
    hub = np.zeros_like(spoke)
    _set_off(np.concatenate((hub, spoke, spoke)), np.concatenate((spoke, hub, np.roll(spoke, 1))))


def _set_off(debtor: Int64s, creditor: Int64s) -> None:
    amount = 1 + np.arange(len(debtor)) * 7919 % 1009
    set_off(debtor, creditor, amount, np.zeros(len(debtor), np.int32))


def read_a_line() -> None:
    """Hash a leaf and nodes, read and hash a line of text, find the loop of two debts, lay out a row."""
    leaves_in_bulk(Page(1, 1, 1, 0, bytes(32), np.zeros(1, INSTRUCTION), np.zeros(1, RECORD)))
    parents_in_bulk(np.zeros((2 * FEW, 32), np.uint8))
    find_loops(np.array([0, 1]), np.array([1, 0]), np.array([5, 5]))
    texts = pa.array(["1.50"])
    columns.read_amounts(columns.trim(texts), np.zeros(1, np.int8))
    columns.read_uetrs(texts)
    columns.mark_nameless(texts)
    buffers = columns.buffers_of(texts)
    hash_texts(buffers.data, buffers.offsets, np.zeros(1, np.int64))
    digests = np.zeros(1, np.uint64)
    mix_text(digests, texts)
    mix_words(digests, digests)
    row = pa.table({"number": [1], "text": ["any"]})
    with TemporaryFile() as file:
        write_row_file(file, [Table("any", "CREATE TABLE any (number INTEGER PRIMARY KEY, text TEXT)", row)])
        TableLeaves(file.fileno(), 2).told(pieces_of(row))
        is_sound(file.fileno(), [2])


def compare_a_page() -> None:
    """Lay out the rows of a page as the audit does, and note what it has found of them."""
    page = Page(1, 1, 1, 0, bytes(32), np.zeros(1, INSTRUCTION), np.zeros(1, RECORD))
    tuple(record_pieces(page))
    tuple(payment_pieces(page, np.zeros(1, np.int64)))
    later = np.zeros(1, LATER)
    lay_later(page.records, 1, 1, STATUS_RECORDS, later)
    note_later(np.zeros((1, 4), np.int64), 1, later)
    note_balances(page.records, np.zeros(1, np.int64), np.zeros(1, np.bool_))


def screen_a_name() -> None:
    """Compare a name with a list of one that is spelt a little differently."""
    name = Name("Example Harbour Works", NameQuality.MAIN)
    entry = Entry("1", EntryKind.ORGANISATION, (name,), "", "", (), "")
    listed = SanctionsList("X", "prepare", date(2026, 1, 1), "", (entry,))
    lists = ListSet((listed,), "")
    SeenTexts().add(pa.array([str(number) for number in range(2_000)]))
    cached = CachedMatcher(FuzzyMatcher(lists))
    for _ in range(2):
        cached.match(["Exampel Harbor Works", "Somebody"])
    TextIndex(lists).find_in(pa.array(["for Example Harbour Works"]))


if __name__ == "__main__":
    if sys.stderr.isatty():
        print("compiling, once; it takes about half a minute", file=sys.stderr)
    prepare()
