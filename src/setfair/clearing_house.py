"""ClearingHouse: the one way in.

The way of a batch, whatever door it came through:

    submit  ->  _screen    every name is compared with the lists; without lists nothing goes on
            ->  _take      names become places, once (`intake`)
            ->  _decide    books and instructions in, records out (`engine`)
            ->  journal    the records become leaves of the tree, its root is signed, and the page is durable,
                           or nothing happened (`journal_writer`, `store`)
            ->  Outcome    what became of each row

Files, API, console, CLI and simulator all come through here; there is no second way to change the books.
If anything fails before the page is durable, the books in memory are thrown away and read back.
"""

from __future__ import annotations

import json
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from setfair.clockwork import Move, is_overdue, next_move, opening_fields, pass_clock, times_of_day
from setfair.domain.agreement import Agreement, canonical_bytes
from setfair.domain.calendar import is_business_day
from setfair.domain.codes import PHASE_MOVES, InstructionKind, Phase
from setfair.domain.fixing import Fixing
from setfair.domain.instants import NANOSECONDS, days_of, format_utc, local_date
from setfair.domain.instruction import Batch, Family
from setfair.domain.signing import AgreementSignature, format_signatures, is_in_force
from setfair.draft import Draft, documents_of, notes, one_instruction, texts_of
from setfair.engine.books import OFFSET_LEFT, OFFSET_TIME
from setfair.engine.cycle_terms import ChoiceTerms
from setfair.engine.decide import decide
from setfair.engine.layout import Array
from setfair.errors import AgreementError, BrokenInvariantError, HouseError, PhaseError
from setfair.house_state import HouseState, check_adoption, recover_state, said_beside, state_pieces
from setfair.intake.cycle import check_agreed, cycle_documents
from setfair.intake.directory import currency_number
from setfair.intake.money import Money
from setfair.intake.obligations import (
    PartyRows,
    take_confirmations,
    take_obligations,
    take_parties,
)
from setfair.intake.payments import Taken, take_payments
from setfair.intake.sub_accounts import bring_to_sub_accounts
from setfair.journal.page import SALT_KEY_LENGTH, Page
from setfair.journal_writer import JournalWriter
from setfair.proof.checkpoint import Checkpoint
from setfair.rescreening import (
    find_holds,
    hold_instructions,
    listed_participants,
    screen_rows,
    what_changed,
)
from setfair.screening.gate import check_settling
from setfair.screening.match import Hit
from setfair.screening.pairs import Pair, pass_pairs
from setfair.screening.screen_batch import ScreeningResult
from setfair.screening.screener import ListsInForce, Screener
from setfair.store.protocol import Store

CLOCK_BACK_MAX_NS = 600 * 10**9
"""How far the clock may be behind the last page before the house refuses to go on: ten minutes."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a batch."""

    rows: Array
    """ROW_OUTCOME, one a row of the batch."""
    page: Page | None
    """The page that the batch became; None if every row repeats what is on record."""


class ClearingHouse:
    """One house: its books in memory, its pages in a store."""

    def __init__(
        self,
        store: Store,
        lists: ListsInForce,
        clock: Callable[[], int],
        *,
        random_bytes: Callable[[int], bytes] = os.urandom,
        signer: Callable[[Checkpoint], str] | None = None,
    ) -> None:
        """Read the books back from the store.

        Parameters
        ----------
        store
            Where pages are made durable.
        lists
            The screening gate.
        clock
            Nanoseconds since 1970-01-01 UTC.
        random_bytes
            Source of the pages' salt keys.
        signer
            Signs checkpoints with the house's key; None: nothing is signed, in simulation and tests.
        """
        self._store = store
        self._lists = lists
        self._clock = clock
        self._random_bytes = random_bytes
        self._listed: tuple[tuple[str, int], dict[str, list[Hit]]] = (("", 0), {})
        self.journal = JournalWriter(store, signer)
        """Where pages go."""
        self.state = HouseState()
        self.recover()

    def recover(self) -> None:
        """Throw the books in memory away and read them back: the checkpoint, then the pages after it."""
        self.journal.abandon()
        self.state = recover_state(self._store)
        self.journal.read_back(self.state.record_count)

    # The way in.

    def submit(self, batch: Batch) -> Outcome:
        """Decide one batch of instructions; when this returns, what became of it is durable.

        Raises
        ------
        ScreeningUnavailableError
            If a mandatory list is missing, truncated or stale: nothing of the batch is applied.
        StoreError
            If the page could not be made durable: nothing of the batch is applied.
        """
        self._do_what_is_due()
        with self._all_or_nothing():
            screened = self._screen(batch)
            outcome = self._apply(self._take(batch, screened))
        self._do_what_is_due()
        return outcome

    def submit_each(self, batches: Iterable[Batch]) -> Iterator[tuple[Batch, Outcome]]:
        """Decide one batch after the other, and yield each with what became of it once that is durable.

        While pages are made durable the next batch is decided. The books are not to be used otherwise
        before the last outcome was taken.

        Raises
        ------
        ScreeningUnavailableError, StoreError
            As `submit` does. What was yielded is on record, and perhaps the first of what was not: to submit
            the same again repeats nothing.
        """
        waiting: deque[tuple[Batch, Outcome]] = deque()
        with self._all_or_nothing():
            for batch in batches:
                self._do_what_is_due()
                outcome = self._decide(self._take(batch, self._screen(batch)))
                waiting.append((batch, outcome))
                if outcome.page is not None:
                    self.journal.begin(outcome.page, self.state.directory.agreement)
                    self._checkpoint_now_and_then()
                while waiting and self._is_durable(waiting[0][1]):
                    yield waiting.popleft()
            self._do_what_is_due()
            self.journal.finish()
        yield from waiting

    def _is_durable(self, outcome: Outcome) -> bool:
        """Tell whether what an outcome says is durable, if all before it is."""
        return outcome.page is None or outcome.page.number <= self.journal.durable_page

    def _screen(self, batch: Batch) -> ScreeningResult:
        """Compare what a batch says with the lists in force; what is unscreened does not settle."""
        screener, agreement = self._screener(), self._agreement()
        key = (screener.version, agreement.agreement.version)
        if self._listed[0] != key:
            self._listed = (key, listed_participants(agreement, screener))
        found = screen_rows(batch.rows, batch.family, screener, self.state.directory, self._listed[1])
        if not (found.hits and self.state.pairs):
            return found
        pairs = {pair.key: pair for pair in self.state.pairs.values() if pair.confirmed_by}
        return pass_pairs(batch.rows, batch.family, found, pairs, self.today())

    def _take(self, batch: Batch, screened: ScreeningResult) -> Draft:
        """Turn names into places; parties that are new go into the page."""
        directory = self.state.directory
        parties: PartyRows = []
        if batch.family is Family.PAYMENT:
            taken = take_payments(batch.rows, directory)
            bring_to_sub_accounts(taken.instructions, self.state.books)
        elif batch.family is Family.CONFIRMATION:
            taken = take_confirmations(batch.rows, directory)
        elif batch.family is Family.OBLIGATION:
            taken, parties = take_obligations(batch.rows, directory)
        else:
            taken, parties = take_parties(batch.rows, directory, self.state.books.obligation_memory())
        taken.instructions["screening"] = screened.outcome
        documents = {"screening": json.dumps({"list_set": screened.list_version}).encode()}
        if parties:
            documents["parties"] = json.dumps(parties, ensure_ascii=False).encode()
        return Draft(taken, documents, screened.hits, screened.passed)

    def _screener(self) -> Screener:
        """Return the screener over the lists in force; a new version of them goes on record first."""
        screener = self._lists.screener(self._agreement(), self.today())
        if screener.version != self.state.list_set:
            self._adopt_lists(screener)
        return screener

    def _adopt_lists(self, screener: Screener) -> None:
        """Put a version of the lists in force: what waits is held against what changed, then it counts."""
        change = what_changed(self.state, screener)
        if change.against is not None:
            self.journal.finish()
            for holds in find_holds(self.state, self._store.pages_with, change.against):
                for instructions, hits in hold_instructions(holds):
                    screening = json.dumps({"list_set": screener.version}).encode()
                    with self._all_or_nothing():
                        self._apply(Draft(Taken(instructions, {}), {"screening": screening}, hits))
        documents = {"lists": self._lists.description(), "list_change": change.document}
        self._command(InstructionKind.LIST_ADOPTION, Draft(one_instruction(), documents))

    # Commands: one instruction each, the same way.

    def adopt(self, agreement: Agreement, signatures: Sequence[AgreementSignature]) -> Outcome:
        """Put a version of the agreement into force; document and signatures go on record.

        Raises
        ------
        AgreementError
            If not all have signed it, its date has not come, it cannot follow the version in force
            (`house_state.check_adoption`), or it names a participant that is on a screening list.
        """
        header = agreement.agreement
        in_force, why = is_in_force(agreement, signatures, self._today_of(agreement))
        if not in_force:
            raise AgreementError(f"agreement {header.id} version {header.version}: {why}")
        check_adoption(self.state, agreement, signatures)
        with self._all_or_nothing():
            screener = self._lists.screener(agreement, self._today_of(agreement))
            hits = [hit for found in listed_participants(agreement, screener).values() for hit in found]
            if hits:
                raise AgreementError(
                    "participants that a screening list names cannot take part",
                    tuple(hit.explain() for hit in hits),
                )
            terms = self.state.directory.adopt(agreement)
            documents = {
                "agreement": canonical_bytes(agreement),
                "signatures": format_signatures(signatures),
                "layout": self.state.directory.layout_document(terms),
            }
            return self._command(InstructionKind.ADOPTION, Draft(one_instruction(), documents, terms=terms))

    def open_day(self, currency: str, day: date, remember_from: date) -> Outcome:
        """Open the business day of a currency; identities of days before `remember_from` are forgotten.

        Raises
        ------
        PhaseError
            If the currency is not closed, or does not settle on that day.
        """
        if not is_business_day(self._agreement(), currency, day):
            raise PhaseError(f"{day} is no business day of {currency}: see [calendar] in the agreement")
        books, number = self.state.books, self._currency(currency)
        if books.phases[number] == Phase.CLOSED and days_of(day) <= int(books.business_day[number]):
            raise PhaseError(f"{currency} was open on {day}, or on a later day, already: a day opens once")
        draft = Draft(one_instruction()._replace(times=times_of_day(self._agreement(), currency, day)))
        fields = opening_fields(self._agreement(), currency, day, remember_from)
        return self._change_phase(currency, Phase.OPEN, draft, **fields)

    def change_phase(self, currency: str, phase: Phase) -> Outcome:
        """Move the business day of a currency to its next phase; PhaseError if that move is not allowed."""
        return self._change_phase(currency, phase, Draft(one_instruction()))

    def _change_phase(self, currency: str, phase: Phase, draft: Draft, **fields: int) -> Outcome:
        number = self._currency(currency)
        self.expire_due()
        present = Phase(int(self.state.books.phases[number]))
        if phase not in PHASE_MOVES[present]:
            allowed = " or ".join(move.name for move in PHASE_MOVES[present])
            raise PhaseError(f"{currency} is {present.name}: it can move to {allowed}, not to {phase.name}")
        if phase is Phase.OPEN:
            self._screener()
        return self._command(InstructionKind.PHASE_CHANGE, draft, currency=number, target=phase, **fields)

    def run_cycle(
        self, currency: str, day: date, choice: ChoiceTerms | None = None, money: Money | None = None
    ) -> Outcome:
        """Set off, and net as agreed, the obligations in one currency that are due on `day` or before.

        `choice` says what it is run for, and within which limits; None: the first objective of the agreement.
        With `money` (`intake.money`) it discharges with that, too, and nets nothing. HouseError if that is
        not agreed, ScreeningUnavailableError if a list is missing, or too old for anything to settle.
        """
        documents = cycle_documents(self._agreement(), choice, money=money)
        return self._run_cycle(documents, self._currency(currency), day)

    def run_across_cycle(
        self, fixing: Fixing, currencies: Sequence[str], day: date, choice: ChoiceTerms | None = None
    ) -> Outcome:
        """Set off together, at a fixing, what is due in all of these currencies; raises as `run_cycle`."""
        return self._run_cycle(cycle_documents(self._agreement(), choice, (fixing, currencies)), 0, day)

    def _run_cycle(self, documents: dict[str, bytes], currency: int, day: date) -> Outcome:
        self.expire_due()
        check_settling(self._screener().lists)
        draft = Draft(one_instruction(), documents)
        fields = {"currency": currency, "value_date": days_of(day)}
        try:
            return self._command(InstructionKind.CYCLE, draft, **fields)
        except OverflowError as error:
            raise HouseError(f"{error}; run the cycle for an earlier --date first") from error

    def expire_due(self) -> Outcome | None:
        """Pass what comes by the clock, then let times come that payments have: every way in begins so."""
        pass_clock(lambda: next_move(self.state, self._now), self._move_by_clock, self._screener)
        if not 0 < self.state.books.next_time <= self._now():
            return None
        return self._command(InstructionKind.EXPIRY, Draft(one_instruction()))

    def _move_by_clock(self, move: Move) -> None:
        draft = Draft(one_instruction()._replace(times=move.times))
        self._command(InstructionKind.PHASE_CHANGE, draft, **move.fields)

    def offset_queue(self, work: int = 0) -> Outcome:
        """Settle together what waits, as much of it as is found with so much work (0: as agreed).

        What the search of `bypass` finds goes on record with the run: nobody has to find it again.
        """
        self.expire_due()
        self._screener()
        work = work or self._agreement().offsetting.work
        return self._command(InstructionKind.OFFSETTING, Draft(one_instruction()), amount=work)

    def _do_what_is_due(self) -> None:
        """Let expire what has reached its time, and offset the queue where the agreement asks for it."""
        self.expire_due()
        books, agreed = self.state.books, self._agreement().offsetting
        is_long = 0 < agreed.queue_length <= books.queued_count - int(books.rules[OFFSET_LEFT])
        period = agreed.period_seconds * NANOSECONDS
        since = int(books.rules[OFFSET_TIME])
        if is_long or (books.queued_count and 0 < period <= self._now() - since):
            self.offset_queue()

    def decide_held(self, number: int, person: str, reason: str, *, release: bool) -> Outcome:
        """Put one person's decision on a held instruction on record; the second person's takes effect."""
        self.expire_due()
        self._screener()
        return self._command(
            InstructionKind.RELEASE if release else InstructionKind.REFUSAL,
            Draft(one_instruction(), notes(reason, "false positive" if release else "true match")),
            target=number,
            person=self.state.directory.find_officer(person),
        )

    def take_word(self, draft: Draft) -> Outcome:
        """Put on record what a user says (`user_words`); what that lets go settles."""
        self.expire_due()
        self._screener()
        with self._all_or_nothing():
            return self._apply(draft)

    def note_alert(
        self, number: int, person: str, reason: str, disposition: str, pair: Pair | None = None
    ) -> Outcome:
        """Put one officer's word on a held instruction on record, which decides nothing; or a good-guy pair.

        Raises
        ------
        HouseError
            If the person is no screening officer, or gives no reason.
        """
        officer = self.state.directory.find_officer(person)
        if officer < 0:
            raise HouseError(f"{person} is not among the agreement's screening officers")
        documents = notes(reason, disposition)
        if pair is not None:
            pair = pair if pair.number else replace(pair, number=self.state.books.next_number)
            documents["pair"] = json.dumps(pair.plain(), ensure_ascii=False).encode()
        return self._command(
            InstructionKind.ALERT_NOTE, Draft(one_instruction(), documents), target=number, person=officer
        )

    def _command(self, kind: InstructionKind, draft: Draft, **fields: int) -> Outcome:
        instruction = draft.taken.instructions
        instruction["kind"] = kind
        for name, value in fields.items():
            instruction[name] = value
        with self._all_or_nothing():
            return self._apply(draft)

    # The one place where the books change.

    def _apply(self, draft: Draft) -> Outcome:
        """Decide, make the page durable, and only then answer."""
        outcome = self._decide(draft)
        if outcome.page is not None:
            self.journal.write(outcome.page, self.state.directory.agreement)
            self._checkpoint_now_and_then()
        return outcome

    def _decide(self, draft: Draft) -> Outcome:
        """Decide, in memory: what comes of it may be told once the page is durable."""
        instructions, now = draft.taken.instructions, self._now()
        while is_overdue(self.state.books, instructions[0], now):
            self.expire_due()
            now = self._now()
        first = self.state.books.next_number
        accounts = self.state.directory.accounts_for(instructions[0])
        check_agreed(self.state.directory.agreement, draft.documents, now)
        said = said_beside(draft.keep_what_is_said(self.state.books), self.state.directory)
        decided = decide(self.state.books, instructions, now, draft.terms, accounts, **said)
        rows = decided.rows
        fresh = np.flatnonzero(rows["repeated"] == 0)
        if not len(fresh):
            if "parties" in draft.documents:
                self.journal.finish()
                self.recover()  # there is no page that could name them
            return Outcome(rows, None)
        page = Page(
            number=self.state.page_number + 1,
            first_instruction=first,
            first_record=self.state.record_count + 1,
            time_ns=now,
            salt_key=self._random_bytes(SALT_KEY_LENGTH),
            instructions=instructions[fresh],
            records=decided.records,
            texts=texts_of(draft, fresh),
            documents=documents_of(draft, fresh),
        )
        self.state.advance(page)
        return Outcome(rows, page)

    def sign_last_page(self) -> None:
        """Sign the checkpoint after the last page if it is not signed yet."""
        self.journal.sign_last_page(self.state.directory.agreement, self.state.last_time)

    @contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        """Read the books back if anything fails; a broken invariant is left as it is, as evidence."""
        try:
            yield
        except BrokenInvariantError:
            self.journal.abandon()
            raise
        except BaseException:
            self.recover()
            raise

    def _checkpoint_now_and_then(self) -> None:
        if self.state.is_save_due:
            self.checkpoint()

    def checkpoint_if_worthwhile(self) -> None:
        """Write a checkpoint if enough pages have come since the last one to make the next start slow."""
        if self.state.is_save_worthwhile:
            self.checkpoint()

    def checkpoint(self) -> None:
        """Keep the books as they are, so that the next start reads only the pages after this."""
        self.journal.finish()
        self._store.write_checkpoint(self.state.page_number, state_pieces(self.state))
        self.state.note_save()

    def _now(self) -> int:
        """Return the clock's time, and never a time before the last page."""
        now, last = self._clock(), self.state.last_time
        if now < last - CLOCK_BACK_MAX_NS:
            raise HouseError(
                f"the clock says {format_utc(now)}, but the last page is of {format_utc(last)}: "
                "set the clock right"
            )
        return max(now, last)

    def today(self, time_zone: str | None = None) -> date:
        """Return the date in a time zone; None: the house's."""
        return local_date(self._now(), time_zone or self._agreement().agreement.time_zone)

    def _today_of(self, agreement: Agreement) -> date:
        return local_date(self._now(), agreement.agreement.time_zone)

    def _agreement(self) -> Agreement:
        agreement = self.state.directory.agreement
        if agreement is None:
            raise HouseError("no agreement is in force yet: adopt one first")
        return agreement

    def _currency(self, code: str) -> int:
        number = currency_number(code)
        if not number or not self.state.directory.has_currency(number):
            raise HouseError(f"{code} is not a currency of the agreement")
        return number
