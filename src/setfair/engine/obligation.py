"""Obligations, credit notes, confirmations and parties: docs/clearing-rules.md, "Entry"."""

from __future__ import annotations

from typing import NamedTuple

from setfair.by_reference import by_reference
from setfair.domain.codes import InstructionKind, Reason, RecordKind, Screening, Status
from setfair.engine.entry import AMOUNT_MAX
from setfair.engine.identity import ABSENT, CONFLICT, find_index, remember
from setfair.engine.layout import NEXT_NUMBER, OBLIGATION_COUNT, Array, Journal, ObligationBooks, Row
from setfair.engine.request import REFUSES, check_decision, write_decision
from setfair.kernel import inner, kernel

NONE = -1
_CREDIT_NOTE, _CONFIRMATION = int(InstructionKind.CREDIT_NOTE), int(InstructionKind.CONFIRMATION)
_RELEASE, _REFUSAL = int(InstructionKind.RELEASE), int(InstructionKind.REFUSAL)
_HOLD = int(InstructionKind.SCREENING_HOLD)
_OBLIGATION = int(InstructionKind.OBLIGATION)
_PARTY = int(InstructionKind.PARTY_REGISTRATION)
_UNSCREENED, _HIT = int(Screening.UNSCREENED), int(Screening.HIT)
_RCVD, _PDNG, _ACSP = int(Status.RCVD), int(Status.PDNG), int(Status.ACSP)
_ACSC, _RJCT, _CANC = int(Status.ACSC), int(Status.RJCT), int(Status.CANC)
_REJECTED, _HELD = int(RecordKind.REJECTED), int(RecordKind.HELD)
_OPENED, _PENDING = int(RecordKind.OBLIGATION_OPENED), int(RecordKind.OBLIGATION_PENDING)
_APPLIED, _REGISTERED = int(RecordKind.CREDIT_NOTE_APPLIED), int(RecordKind.PARTY_REGISTERED)
_DUPLICATE, _NOT_POSITIVE = int(Reason.DUPLICATE), int(Reason.AMOUNT_NOT_POSITIVE)
_TOO_LARGE, _SAME_PARTY = int(Reason.AMOUNT_TOO_LARGE), int(Reason.SAME_PARTY)
_NOT_SCREENED, _SCREENING_HIT = int(Reason.NOT_SCREENED), int(Reason.SCREENING_HIT)
_SCREENING_REFUSED = int(Reason.SCREENING_REFUSED)
_UNKNOWN, _NOT_MATCHING = int(Reason.ORIGINAL_UNKNOWN), int(Reason.RETURN_NOT_MATCHING)
_ORIGINAL_CLOSED, _EXCEEDS = int(Reason.ORIGINAL_REJECTED), int(Reason.CREDIT_EXCEEDS_OBLIGATION)
_BY_CREDIT_NOTE, _NOT_PENDING = int(Reason.CANCELLED_BY_CREDIT_NOTE), int(Reason.NOT_PENDING)
_NOT_HELD = int(Reason.NOT_HELD)

HELD_OPEN = 2
"""In `held`: it was open when screening held it, and is open again when it is released."""


@by_reference
class ObligationSetting(NamedTuple):
    """What a batch of obligations is decided under."""

    now: int
    """Nanoseconds since 1970-01-01 UTC."""
    automatic: bool
    """True where the agreement confirms obligations automatically."""
    officers: int
    """How many people may decide on what is held."""


@kernel
def admit_obligations(
    books: ObligationBooks, journal: Journal, setting: ObligationSetting, batch: Array, rows: Array
) -> None:
    """Decide a batch of obligations, credit notes, confirmations, parties and decisions in order.

    Parameters and outcomes are as in `admit.admit`.
    """
    for i in range(batch.shape[0]):
        rows[i]["index"] = NONE
        rows[i]["repeated"] = 0
        kind = batch[i]["kind"]
        if kind == _HOLD:
            _hold_again(books, journal, setting, batch[i], rows[i])
        elif kind in (_RELEASE, _REFUSAL):
            _admit_decision(books, journal, setting, batch[i], rows[i])
        else:
            _admit_one(books, journal, setting, batch[i], rows[i])
    for i in range(rows.shape[0]):
        if rows[i]["index"] != NONE:
            entry = books.obligations[rows[i]["index"]]
            rows[i]["number"] = entry["number"]
            rows[i]["status"] = entry["status"]
            rows[i]["reason"] = entry["reason"]
            rows[i]["mechanism"] = 0


@inner
def _admit_one(
    books: ObligationBooks, journal: Journal, setting: ObligationSetting, instruction: Row, row: Row
) -> None:
    place = books.counters[OBLIGATION_COUNT]
    known = ABSENT
    if _is_remembered(books, instruction):
        known = remember(
            books.identities,
            instruction["identity_high"],
            instruction["identity_low"],
            instruction["content"],
            place,
        )
    if known >= 0:
        row["index"] = known
        row["repeated"] = 1
        return
    row["index"] = place
    _new_obligation(books, place, instruction)
    reason = _DUPLICATE if known == CONFLICT else _check(books, place, instruction)
    if reason != 0:
        _finish(books, journal, place, _RJCT, reason, _REJECTED, setting.now)
    elif instruction["screening"] == _HIT and instruction["kind"] != _CONFIRMATION:
        books.obligations[place]["held"] = 1
        _finish(books, journal, place, _PDNG, _SCREENING_HIT, _HELD, setting.now)
    else:
        _accept(books, journal, setting, place)


@inner
def _is_remembered(books: ObligationBooks, instruction: Row) -> bool:
    """Tell whether what comes again gets the first outcome: a confirmation only once it has fitted."""
    high, low = instruction["identity_high"], instruction["identity_low"]
    if high == 0 and low == 0:
        return False
    if instruction["kind"] != _CONFIRMATION or find_index(books.identities, high, low) != ABSENT:
        return True
    original = find_index(books.identities, instruction["original_high"], instruction["original_low"])
    return _awaits(books, original, instruction["debtor"])


@inner
def _awaits(books: ObligationBooks, original: int, debtor: int) -> bool:
    """Tell whether an obligation waits for this debtor's confirmation."""
    if original == ABSENT:
        return False
    entry = books.obligations[original]
    is_pending = entry["kind"] == _OBLIGATION and entry["status"] == _PDNG and entry["held"] == 0
    return is_pending and entry["debtor"] == debtor


@inner
def _new_obligation(books: ObligationBooks, place: int, instruction: Row) -> None:
    number = books.counters[NEXT_NUMBER]
    books.counters[NEXT_NUMBER] = number + 1
    books.counters[OBLIGATION_COUNT] = place + 1
    entry = books.obligations[place]
    entry["number"] = number
    entry["amount"] = instruction["amount"]
    entry["remaining"] = 0
    entry["debtor"] = instruction["debtor"]
    entry["creditor"] = instruction["creditor"]
    entry["due"] = instruction["value_date"]
    entry["original"] = find_index(
        books.identities, instruction["original_high"], instruction["original_low"]
    )
    entry["person"] = NONE
    entry["currency"] = instruction["currency"]
    entry["reason"] = 0
    entry["kind"] = instruction["kind"]
    entry["status"] = _RCVD
    entry["held"] = 0


@inner
def _check(books: ObligationBooks, place: int, instruction: Row) -> int:
    """Steps 2 to 5: the reason why not, or 0."""
    if instruction["defect"] != 0:
        return instruction["defect"]
    if instruction["kind"] == _CONFIRMATION:
        return 0
    if instruction["kind"] == _PARTY:
        return _NOT_SCREENED if instruction["screening"] == _UNSCREENED else 0
    if instruction["amount"] <= 0:
        return _NOT_POSITIVE
    if instruction["amount"] > AMOUNT_MAX:
        return _TOO_LARGE
    if instruction["debtor"] == instruction["creditor"]:
        return _SAME_PARTY
    if instruction["screening"] == _UNSCREENED:
        return _NOT_SCREENED
    return 0


@inner
def _accept(books: ObligationBooks, journal: Journal, setting: ObligationSetting, place: int) -> None:
    entry = books.obligations[place]
    if entry["kind"] == _CONFIRMATION:
        _confirm(books, journal, place, setting.now)
    elif entry["kind"] == _PARTY:
        _finish(books, journal, place, _ACSC, 0, _REGISTERED, setting.now)
    elif entry["kind"] == _CREDIT_NOTE:
        _apply_credit_note(books, journal, place, setting.now)
    else:
        if entry["remaining"] == 0:
            entry["remaining"] = entry["amount"]
        if setting.automatic:
            _finish(books, journal, place, _ACSP, 0, _OPENED, setting.now)
        else:
            _finish(books, journal, place, _PDNG, 0, _PENDING, setting.now)


@inner
def _confirm(books: ObligationBooks, journal: Journal, place: int, now: int) -> None:
    entry = books.obligations[place]
    original = entry["original"]
    if not _awaits(books, original, entry["debtor"]):
        _finish(books, journal, place, _RJCT, _NOT_PENDING, _REJECTED, now)
        return
    entry["status"] = _ACSC
    _finish(books, journal, original, _ACSP, 0, _OPENED, now)


@inner
def _apply_credit_note(books: ObligationBooks, journal: Journal, place: int, now: int) -> None:
    """Step 7."""
    entry = books.obligations[place]
    original = entry["original"]
    reason = _check_credit_note(books, place)
    if reason != 0:
        _finish(books, journal, place, _RJCT, reason, _REJECTED, now)
        return
    reduced = books.obligations[original]
    reduced["remaining"] -= entry["amount"]
    if reduced["remaining"] == 0:
        reduced["status"] = _CANC
        reduced["reason"] = _BY_CREDIT_NOTE
    entry["status"] = _ACSC
    write_obligation_record(books, journal, original, _APPLIED, entry["amount"], entry["number"], now)


@inner
def _check_credit_note(books: ObligationBooks, place: int) -> int:
    entry = books.obligations[place]
    if entry["original"] == ABSENT:
        return _UNKNOWN
    reduced = books.obligations[entry["original"]]
    if reduced["kind"] != _OBLIGATION:
        return _UNKNOWN
    if (
        reduced["debtor"] != entry["debtor"]
        or reduced["creditor"] != entry["creditor"]
        or reduced["currency"] != entry["currency"]
    ):
        return _NOT_MATCHING
    if reduced["held"] != 0 or (reduced["status"] != _ACSP and reduced["status"] != _PDNG):
        return _ORIGINAL_CLOSED
    if entry["amount"] > reduced["remaining"]:
        return _EXCEEDS
    return 0


@inner
def _finish(
    books: ObligationBooks, journal: Journal, place: int, status: int, reason: int, kind: int, now: int
) -> None:
    """Set status and reason and write the record; the cause is the newest instruction."""
    entry = books.obligations[place]
    entry["status"] = status
    entry["reason"] = reason
    if status == _RJCT:
        entry["remaining"] = 0
    write_obligation_record(
        books, journal, place, kind, entry["amount"], books.counters[NEXT_NUMBER] - 1, now
    )


@inner
def write_obligation_record(
    books: ObligationBooks, journal: Journal, place: int, kind: int, amount: int, cause: int, now: int
) -> None:
    """Write a record about an obligation; `debtor_after` is what remains of it."""
    at = journal.written[0]
    record, entry = journal.records[at], books.obligations[place]
    record["kind"] = kind
    record["status"] = entry["status"]
    record["mechanism"], record["spare"] = 0, 0
    record["reason"] = entry["reason"]
    record["currency"] = entry["currency"]
    record["debtor"], record["creditor"] = entry["debtor"], entry["creditor"]
    record["amount"] = amount
    record["subject"], record["cause"] = entry["number"], cause
    record["debtor_after"], record["creditor_after"] = entry["remaining"], 0
    record["time"] = now
    journal.written[0] = at + 1


@kernel
def find_obligation(books: ObligationBooks, number: int) -> int:
    """Return the obligation with this instruction number by binary search, or -1."""
    low, high = 0, books.counters[OBLIGATION_COUNT]
    while low < high:
        middle = (low + high) // 2
        if books.obligations[middle]["number"] < number:
            low = middle + 1
        else:
            high = middle
    if low < books.counters[OBLIGATION_COUNT] and books.obligations[low]["number"] == number:
        return low
    return NONE


@inner
def _admit_decision(
    books: ObligationBooks, journal: Journal, setting: ObligationSetting, instruction: Row, row: Row
) -> None:
    """Apply one person's decision on a held obligation or credit note."""
    number = books.counters[NEXT_NUMBER]
    books.counters[NEXT_NUMBER] = number + 1
    place = find_obligation(books, instruction["target"])
    is_held = place != NONE and books.obligations[place]["held"] != 0
    first_person = books.obligations[place]["person"] if is_held else NONE
    reason = check_decision(instruction, is_held, first_person, setting.officers)
    write_decision(journal, number, instruction, reason, setting.now)
    row["number"], row["reason"], row["mechanism"] = number, reason, 0
    row["status"] = _ACSC if reason == 0 else _RJCT
    if reason == 0:
        _apply_decision(books, journal, setting, place, instruction)


@inner
def _apply_decision(
    books: ObligationBooks, journal: Journal, setting: ObligationSetting, place: int, instruction: Row
) -> None:
    entry = books.obligations[place]
    refuses = instruction["kind"] == _REFUSAL
    if entry["person"] == NONE:
        entry["person"] = instruction["person"] + (REFUSES if refuses else 0)
        return
    was_open = entry["held"] == HELD_OPEN
    entry["held"] = 0
    if refuses or entry["person"] >= REFUSES:
        _finish(books, journal, place, _RJCT, _SCREENING_REFUSED, _REJECTED, setting.now)
    elif was_open:
        _finish(books, journal, place, _ACSP, 0, _OPENED, setting.now)
    else:
        _accept(books, journal, setting, place)


@inner
def _hold_again(
    books: ObligationBooks, journal: Journal, setting: ObligationSetting, instruction: Row, row: Row
) -> None:
    """Hold an obligation that is open, pending or held already: a decision on it is void."""
    number = books.counters[NEXT_NUMBER]
    books.counters[NEXT_NUMBER] = number + 1
    place = find_obligation(books, instruction["target"])
    waits = place != NONE and (
        books.obligations[place]["status"] == _ACSP or books.obligations[place]["status"] == _PDNG
    )
    row["number"], row["mechanism"] = number, 0
    row["reason"] = 0 if waits else _NOT_HELD
    row["status"] = _ACSC if waits else _RJCT
    if not waits:
        write_decision(journal, number, instruction, _NOT_HELD, setting.now)
        return
    entry = books.obligations[place]
    if entry["held"] == 0:
        entry["held"] = HELD_OPEN if entry["status"] == _ACSP else 1
    entry["person"] = NONE
    _finish(books, journal, place, _PDNG, _SCREENING_HIT, _HELD, setting.now)
