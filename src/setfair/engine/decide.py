"""The one transition: books and a batch in, records and outcomes out.

A batch is of one sort, told by its first instruction:

* payments: customer and institution payments, returns, liquidity transfers, cancellations, decisions on held
  payments, and holds of those that wait (`admit`);
* obligations: obligations, credit notes, confirmations, parties, decisions on them, and holds (`obligation`);
* one command: PHASE_CHANGE (`day`), EXTENSION and decisions on it (`extensions`), CYCLE (`cycle`), ADOPTION
  (`books`), EXPIRY (`link_entry` and `queue_change`), OFFSETTING (`offset_queue`), TERM_CHANGE and decisions
  on it (`terms`), QUEUE_CHANGE (`queue_change`), and LIST_ADOPTION and ALERT_NOTE, which change nothing here
  and go on record.

Same books and batch, same records, on any machine: nothing here reads a clock, a file or a hash seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from setfair.domain.codes import PHASE_MOVES, InstructionKind, Phase, Reason, RecordKind, Status
from setfair.engine.across_cycle import run_across_cycle
from setfair.engine.admit import admit
from setfair.engine.books import (
    NETTING_RULE,
    OFFSET_TIME,
    QUEUE_RULE,
    RERUN_RULE,
    WAREHOUSE_RULE,
    AccountTerms,
    Books,
    LimitTerms,
)
from setfair.engine.cycle import run_cycle
from setfair.engine.cycle_records import Stamp
from setfair.engine.cycle_terms import AS_EVER, CycleTerms
from setfair.engine.day import open_day, reject_waiting, take_up
from setfair.engine.extensions import (
    BY_CLOCK,
    comes_by_clock,
    decide_extension,
    propose_extension,
    reject_extensions,
    set_times,
)
from setfair.engine.invariants import check_account, check_books, check_page
from setfair.engine.layout import (
    LEG_COUNT,
    LEG_TERMS,
    NEXT_NUMBER,
    QUEUED_COUNT,
    RECORD,
    ROW_OUTCOME,
    TIMES,
    Array,
    Int64s,
    Journal,
    Setting,
)
from setfair.engine.link import LEGS_MAX
from setfair.engine.link_entry import expire_links
from setfair.engine.money_cycle import run_money_cycle
from setfair.engine.obligation import (
    ObligationSetting,
    admit_obligations,
    find_obligation,
)
from setfair.engine.offset_queue import offset_books
from setfair.engine.queue import NONE
from setfair.engine.queue_change import change_queue, let_times_pass, schedule_for
from setfair.engine.schedule import still_needed, with_times
from setfair.engine.sub_account import with_purposes
from setfair.engine.terms import acting_for, adopt_users, decide_change, propose_change, reject_changes

RECORDS_OF_LEG = 5
"""Records about a leg and its cancellation that one batch writes at most."""

NO_LEGS = np.zeros(0, LEG_TERMS)
NO_TIMES = np.zeros(0, TIMES)

# Plain numbers: to look for a member of an enumeration takes longer.
_PAYMENTS = frozenset(
    map(
        int,
        (
            InstructionKind.CUSTOMER_PAYMENT,
            InstructionKind.INSTITUTION_PAYMENT,
            InstructionKind.PAYMENT_RETURN,
            InstructionKind.LIQUIDITY_TRANSFER,
            InstructionKind.CANCELLATION,
        ),
    )
)
_OBLIGATIONS = frozenset(
    map(
        int,
        (
            InstructionKind.OBLIGATION,
            InstructionKind.CREDIT_NOTE,
            InstructionKind.CONFIRMATION,
            InstructionKind.PARTY_REGISTRATION,
        ),
    )
)
_DECISIONS = frozenset(
    map(int, (InstructionKind.RELEASE, InstructionKind.REFUSAL, InstructionKind.SCREENING_HOLD))
)


@dataclass(frozen=True, slots=True)
class Terms:
    """What adopting an agreement version changes in the books; an ADOPTION comes with it."""

    version: int
    accounts: Sequence[AccountTerms]
    limits: Sequence[LimitTerms]
    bypass: bool
    officers: int
    users: Sequence[int]
    """By user, the participant for which it acts; -1: the operator; -2: nobody any more."""
    automatic_confirmation: bool
    netting: bool
    """Whether a cycle nets what set-off leaves."""
    rerun_without: bool
    """Whether a cycle runs again without who cannot pay; if not, it nets again without it."""
    queue_max: int
    """Payments that may wait; 0: what cannot settle at once is rejected."""
    warehouse_days: int = 0
    """By how many days a value date may lie after the business day."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What a batch became."""

    rows: Array
    """ROW_OUTCOME, one for each instruction of the batch."""
    records: Array
    """RECORD, in the order in which things happened."""


def decide(
    books: Books,
    batch: Array,
    now: int,
    terms: Terms | None = None,
    party_account: NDArray[np.int32] | None = None,
    *,
    leg_terms: Array | None = None,
    times: Array | None = None,
    cycle_terms: CycleTerms = AS_EVER,
    searched: Int64s | None = None,
) -> Decided:
    """Decide one batch; `books` are changed in place.

    Parameters
    ----------
    books
        The state of the house.
    batch
        INSTRUCTION, of one sort, not empty.
    now
        Nanoseconds since 1970-01-01 UTC.
    terms
        With an ADOPTION: what it changes.
    party_account
        With a CYCLE: by party, the account in the cycle's currency of the participant that it banks
        with, or -1; None: no party has one.
    leg_terms
        With payments: LEG_TERMS of those that are legs of links, in the places that they name.
    times
        With payments: TIMES of those that say when they may settle, in the places that they name. With the
        PHASE_CHANGE that opens a day: its cut-offs, and its end with the next opening.
    cycle_terms
        With a CYCLE: what it comes with.
    searched
        With an OFFSETTING under `bypass`: what `offset_queue.search_queue` found on these books.

    Raises
    ------
    BrokenInvariantError
        If the books contradict themselves afterwards, or what an OFFSETTING comes with may not settle.
    """
    kind = int(batch["kind"][0])
    if kind in _DECISIONS:
        kind = _kind_of_held(books, int(batch["target"][0]))
    times = NO_TIMES if times is None else times
    if kind in _PAYMENTS:
        decided = _decide_payments(books, batch, now, NO_LEGS if leg_terms is None else leg_terms, times)
    elif kind in _OBLIGATIONS:
        decided = _decide_obligations(books, batch, now)
    else:
        beside = Beside(terms, times, party_account, cycle_terms, searched)
        decided = _decide_command(books, InstructionKind(kind), batch[0], now, beside)
        check_books(books)
        return decided
    check_page(books, len(batch))
    return decided


def _kind_of_held(books: Books, number: int) -> int:
    arrays = books.obligation_books()
    is_obligation = find_obligation(arrays, number) >= 0
    return int(InstructionKind.OBLIGATION if is_obligation else InstructionKind.CUSTOMER_PAYMENT)


def _decide_payments(books: Books, batch: Array, now: int, leg_terms: Array, times: Array) -> Decided:
    books.reserve_payments(len(batch))
    books.reserve_links(len(leg_terms))
    of_legs = RECORDS_OF_LEG * (books.leg_count + len(leg_terms))
    if of_legs:  # a hold takes a whole link out of the queues
        of_legs += LEGS_MAX * int(np.count_nonzero(batch["kind"] == InstructionKind.SCREENING_HOLD))
    journal = _journal(2 * len(batch) + int(books.counters[QUEUED_COUNT]) + of_legs)
    rows = np.zeros(len(batch), ROW_OUTCOME)
    setting = _setting(books, now, leg_terms, with_times(books.schedule, times))
    overdrawn = admit(books.payment_books(), journal, setting, with_purposes(books, batch), rows)
    if overdrawn != NONE:
        check_account(books, overdrawn)
    _keep_schedule(books, setting)
    return Decided(rows, _written(journal))


def _setting(books: Books, now: int, leg_terms: Array, schedule: Array) -> Setting:
    rules = books.rules.tolist()
    bypass, officers, queue_max, ahead = rules[0], rules[1], rules[QUEUE_RULE], rules[WAREHOUSE_RULE]
    return Setting(now, bool(bypass), queue_max, officers, leg_terms, schedule, len(books.schedule), ahead)


def _keep_schedule(books: Books, setting: Setting) -> None:
    if len(setting.schedule):
        books.schedule = still_needed(setting.schedule, books.payments[: books.payment_count])


def _decide_obligations(books: Books, batch: Array, now: int) -> Decided:
    books.reserve_obligations(len(batch))
    journal = _journal(2 * len(batch))
    rows = np.zeros(len(batch), ROW_OUTCOME)
    arrays = books.obligation_books()
    setting = ObligationSetting(now, bool(books.rules[3]), int(books.rules[1]))
    admit_obligations(arrays, journal, setting, batch, rows)
    return Decided(rows, _written(journal))


class Beside(NamedTuple):
    """What a command is decided by beside the books and its instruction."""

    terms: Terms | None
    """Of an ADOPTION."""
    times: Array
    """Of the opening of a day."""
    party_account: NDArray[np.int32] | None
    """Of a CYCLE, as the next."""
    cycle_terms: CycleTerms
    searched: Int64s | None
    """Of an OFFSETTING."""


def _decide_command(books: Books, kind: InstructionKind, command: Array, now: int, beside: Beside) -> Decided:
    number = books.next_number
    books.counters[NEXT_NUMBER] += 1
    if kind is InstructionKind.PHASE_CHANGE:
        records = _change_phase(books, command, number, now, beside.times)
    elif kind is InstructionKind.CYCLE:
        records = _run_cycle(books, command, number, now, beside)
    elif kind is InstructionKind.ADOPTION:
        records = _adopt(books, number, now, beside.terms)
    elif kind is InstructionKind.EXPIRY:
        records = _expire(books, number, now)
    elif kind is InstructionKind.OFFSETTING:
        records = offset_books(books, number, now, beside.searched)
    elif kind is InstructionKind.TERM_CHANGE:
        records = propose_change(books, command, number, now)
    elif kind in (InstructionKind.TERM_APPROVAL, InstructionKind.TERM_REFUSAL):
        records = decide_change(books, command, number, now)
    elif kind is InstructionKind.EXTENSION:
        records = propose_extension(books, command, number, now)
    elif kind in (InstructionKind.EXTENSION_APPROVAL, InstructionKind.EXTENSION_REFUSAL):
        records = decide_extension(books, command, number, now)
    elif kind is InstructionKind.QUEUE_CHANGE:
        records = _change_queue(books, command, number, now)
    elif kind is InstructionKind.ALERT_NOTE:
        records = _note_alert(command, number, now)
    else:
        records = _command_record(RecordKind.LISTS_ADOPTED, number, now)
    own = records[records["subject"] == number][-1]
    rows = np.zeros(1, ROW_OUTCOME)
    rows["number"], rows["index"] = number, -1
    rows["status"], rows["reason"] = own["status"], own["reason"]
    return Decided(rows, records)


def _run_cycle(books: Books, command: Array, number: int, now: int, beside: Beside) -> Array:
    """Run a cycle in one currency, or in all of a fixing."""
    stamp, day = Stamp(int(command["currency"]), number, now), int(command["value_date"])
    if beside.cycle_terms.fixing is not None:
        return run_across_cycle(books, day, stamp, beside.cycle_terms)
    if beside.cycle_terms.money is not None:
        return run_money_cycle(books, day, stamp, beside.party_account, beside.cycle_terms.money)
    return run_cycle(books, day, stamp, beside.party_account, beside.cycle_terms.choice)


def _change_phase(books: Books, command: Array, number: int, now: int, times: Array) -> Array:
    """Move one currency to its next phase; a move that is not allowed is a rejection."""
    currency, phase = int(command["currency"]), Phase(int(command["target"]))
    allowed = phase in PHASE_MOVES[Phase(int(books.phases[currency]))]
    mark = int(command["original_low"] if phase is Phase.OPEN else command["amount"])
    if mark == BY_CLOCK:
        allowed = allowed and comes_by_clock(books, currency, phase, now, times)
    room = 2 * books.payment_count + RECORDS_OF_LEG * books.leg_count
    journal, over = _journal(room), np.zeros(0, RECORD)
    if allowed and phase is Phase.OPEN:
        open_day(books, currency, int(command["value_date"]), int(command["amount"]))
        set_times(books, currency, times)
        books.day_times["by_clock"][currency] = command["priority"]
        books.rules[OFFSET_TIME] = now
        if (books.payments["status"][: books.payment_count] == Status.PDNG).any():
            setting = _setting(books, now, NO_LEGS, books.schedule.copy())
            take_up(books.payment_books(), journal, setting, currency, number)
            _keep_schedule(books, setting)
    elif allowed:
        books.phases[currency] = phase
        if phase in (Phase.INTERBANK_CUTOFF, Phase.CLOSED):
            reject_waiting(books, journal, currency, number, now)
        over = reject_extensions(books, currency, phase, number, now)
        if phase is Phase.CLOSED:
            over = np.concatenate([over, reject_changes(books, currency, number, now)])
    own = _command_record(RecordKind.PHASE_CHANGED, number, now)
    own["currency"], own["amount"] = currency, int(phase)
    own["debtor_after"] = books.business_day[currency]
    own["creditor_after"] = mark
    if not allowed:
        own["kind"], own["status"], own["reason"] = RecordKind.REJECTED, Status.RJCT, Reason.DAY_NOT_OPEN
    return np.concatenate([own, _written(journal), over], dtype=RECORD)


def _expire(books: Books, number: int, now: int) -> Array:
    """Reject what has reached its latest time, and let in what has reached its earliest."""
    room = (
        2 * len(books.schedule)
        + int(books.counters[QUEUED_COUNT])
        + RECORDS_OF_LEG * int(books.counters[LEG_COUNT])
    )
    journal = _journal(room)
    own = _command_record(RecordKind.EXPIRY_RUN, number, now)
    own["amount"] = expire_links(books.payment_books(), journal, number, now)
    if len(books.schedule):
        setting = _setting(books, now, NO_LEGS, books.schedule.copy())
        own["amount"] += let_times_pass(books.payment_books(), journal, setting, number)
        _keep_schedule(books, setting)
    return np.concatenate([own, _written(journal)], dtype=RECORD)


def _change_queue(books: Books, command: Array, number: int, now: int) -> Array:
    """Change how a payment waits."""
    room = 3 + LEGS_MAX + int(books.counters[QUEUED_COUNT]) + RECORDS_OF_LEG * int(books.counters[LEG_COUNT])
    journal = _journal(room)
    schedule = schedule_for(books, int(command["target"]))
    setting = _setting(books, now, NO_LEGS, schedule)._replace(schedule_first=len(schedule))
    acts_for = acting_for(books, int(command["person"]))
    change_queue(books.payment_books(), journal, setting, acts_for, np.array([command]), number)
    _keep_schedule(books, setting)
    return _written(journal)


def _note_alert(command: Array, number: int, now: int) -> Array:
    """Put a word on record as decisions are: the held instruction, the person, and what it was."""
    own = _command_record(RecordKind.DISPOSITION, number, now)
    own["amount"], own["debtor_after"] = command["target"], command["person"]
    own["creditor_after"] = int(InstructionKind.ALERT_NOTE)
    return own


def _adopt(books: Books, number: int, now: int, terms: Terms | None) -> Array:
    if terms is None:
        raise ValueError("an ADOPTION comes with its terms")
    books.lay_out_accounts(terms.accounts, terms.limits)
    adopt_users(books, terms.users)
    books.rules[0], books.rules[1] = int(terms.bypass), terms.officers
    books.rules[3] = int(terms.automatic_confirmation)
    books.rules[NETTING_RULE], books.rules[RERUN_RULE] = int(terms.netting), int(terms.rerun_without)
    books.rules[QUEUE_RULE], books.rules[WAREHOUSE_RULE] = terms.queue_max, terms.warehouse_days
    own = _command_record(RecordKind.AGREEMENT_ADOPTED, number, now)
    own["amount"] = terms.version
    return own


def _command_record(kind: RecordKind, number: int, now: int) -> Array:
    record = np.zeros(1, RECORD)
    record["kind"], record["status"] = kind, Status.ACSC
    record["debtor"], record["creditor"] = -1, -1
    record["subject"] = record["cause"] = number
    record["time"] = now
    return record


def _journal(room: int) -> Journal:
    return Journal(np.empty(room, RECORD), np.zeros(1, np.int64))


def _written(journal: Journal) -> Array:
    return journal.records[: journal.written[0]]
