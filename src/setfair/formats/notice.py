"""Notices: what a cycle set off or netted of what a party owes and is owed, as CSV and as JSON.

Rules
-----
1. One notice for each party and cycle, with both sides: what the party owed (DEBTOR) and what it was owed
   (CREDITOR). The same obligation reads the same in the notices of both parties, but for their neighbours.
2. `amount` is what was open before the cycle; amount - cleared = remaining exactly, none of them negative.
3. Amounts are decimals in text: JSON numbers lose digits in many readers.
4. Totals are by currency; set-off leaves the party's net position as it was, so in each currency what was
   cleared of its debts equals what was cleared of its claims.
5. A netting notice has the same form: `cleared` is what netting settled, all that had remained. The
   difference between debts and claims is what the party's participant pays or gets; rule 4 does not apply.
6. Each line says in how many loops the obligation was cancelled, and of each the amount, the length and the
   party's neighbour in it on its other side: who owes it, where the line is a debt; whom it owes, where it is
   a claim. Nobody else in a loop is named. At most `LOOPS_LISTED_MAX` are listed, the largest first.
7. In a notice of a cycle across currencies the amount of a loop is what it is worth in the unit of account.
   Instead of rule 4, what was cleared of the party's debts less what was cleared of its claims is in each
   currency what the cycle exchanged for it; JSON says so, and its entry to the rounding account.
8. In a notice of a cycle with money it is what participants paid of its debts less what it gets; JSON has it.
   A neighbour in a loop may then be the participant whose money it is, or the money that the party gets.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import BinaryIO

from setfair.domain.money import Currency, format_amount
from setfair.errors import BrokenInvariantError
from setfair.formats.csv_text import csv_text, write_rows

NOTICE_COLUMNS = (
    "cycle",
    "date",
    "side",
    "obligation_id",
    "counterparty",
    "counterparty_name",
    "currency",
    "amount",
    "cleared",
    "remaining",
    "due_date",
    "record",
    "loops",
    "loop_lengths",
    "loop_neighbours",
)
"""`side` is what the party of the notice is: DEBTOR or CREDITOR."""

LOOPS_LISTED_MAX = 100
"""Loops of one obligation in a JSON notice."""
CELL_PARTS_MAX = 20
"""Lengths, or neighbours, in one cell of a CSV notice."""


@dataclass(frozen=True, slots=True)
class Firm:
    """A party of obligations."""

    party_id: str
    """LEI or a local id."""
    name: str


@dataclass(frozen=True, slots=True)
class LoopSeen:
    """A loop as one of its parties is told of it."""

    amount_minor: int
    length: int
    """Obligations in the loop, which is its parties too."""
    neighbour: Firm
    """Who owes the party in it, if the obligation is its debt; whom it owes, if it is its claim."""


@dataclass(frozen=True, slots=True)
class SetOff:
    """One obligation that a cycle reduced, by set-off or by netting."""

    record_number: int
    """Number of the journal record."""
    obligation_id: str
    """The creditor's number of the invoice."""
    debtor: Firm
    creditor: Firm
    currency: Currency
    amount_minor: int
    """Open before the cycle."""
    cleared_minor: int
    remaining_minor: int
    due_date: date | None = None
    loops: tuple[LoopSeen, ...] = ()
    """All loops through it, the largest first, as the party of the notice is told of them."""


@dataclass(frozen=True, slots=True)
class Exchanged:
    """What a cycle across currencies did to the net positions of one party."""

    unit: Currency
    """Unit of account."""
    change_minor: Mapping[Currency, int]
    """By currency: what it owes less on balance; below zero, what it is owed less."""
    rounding_minor: int
    """What it owes the rounding account, in the unit of account; below zero, what it is owed."""


@dataclass(frozen=True, slots=True)
class MoneyMoved:
    """What money that was put into a cycle did for one party."""

    currency: Currency
    paid_by: tuple[tuple[Firm, int], ...]
    """Participants that paid debts of the party, and how much."""
    received_minor: int
    """What the party gets on the account of the participant that it banks with."""

    @property
    def change_minor(self) -> int:
        """What the party owes less on balance."""
        return sum(minor for _, minor in self.paid_by) - self.received_minor


@dataclass(frozen=True, slots=True)
class Notice:
    """What one cycle did for one party."""

    house_name: str
    party: Firm
    cycle: int
    business_date: date
    set_offs: Iterable[SetOff]
    """Those in which the party is debtor or creditor; taken one by one."""
    by_netting: bool = False
    """Whether this is a netting notice: rule 5."""
    across: Exchanged | None = None
    """With a cycle across currencies: rule 7."""
    money: MoneyMoved | None = None
    """With a cycle into which money was put, where it did something for the party: rule 8."""


def _checked_lines(notice: Notice) -> Iterator[tuple[SetOff, bool]]:
    """Yield the set-offs and whether the party is the debtor; stop at one that cannot be."""
    cleared: dict[Currency, int] = {}
    for set_off in notice.set_offs:
        parts = (set_off.amount_minor, set_off.cleared_minor, set_off.remaining_minor)
        if min(parts) < 0 or parts[0] - parts[1] != parts[2]:
            raise BrokenInvariantError(
                f"record {set_off.record_number}: {parts[0]} - {parts[1]} = {parts[2]} is no set-off"
            )
        is_debtor = set_off.debtor.party_id == notice.party.party_id
        if (
            notice.across is None
            and set_off.loops
            and sum(loop.amount_minor for loop in set_off.loops) != parts[1]
        ):
            raise BrokenInvariantError(f"record {set_off.record_number}: its loops do not sum to {parts[1]}")
        if is_debtor == (set_off.creditor.party_id == notice.party.party_id):
            raise BrokenInvariantError(
                f"record {set_off.record_number} is not between {notice.party.party_id} and another party"
            )
        currency = set_off.currency
        cleared[currency] = cleared.get(currency, 0) + (parts[1] if is_debtor else -parts[1])
        yield set_off, is_debtor
    expected = {} if notice.across is None else dict(notice.across.change_minor)
    if notice.money is not None:
        expected[notice.money.currency] = notice.money.change_minor
    for currency, net_minor in cleared.items():
        if net_minor != expected.get(currency, 0) and not notice.by_netting:
            raise BrokenInvariantError(
                f"cycle {notice.cycle} moved the net position of {notice.party.party_id} "
                f"by {net_minor} minor units of {currency.code}"
            )


def _csv_rows(notice: Notice) -> Iterator[tuple[str | int, ...]]:
    yield NOTICE_COLUMNS
    for set_off, is_debtor in _checked_lines(notice):
        other = set_off.creditor if is_debtor else set_off.debtor
        decimals = set_off.currency.decimals
        yield (
            notice.cycle,
            notice.business_date.isoformat(),
            "DEBTOR" if is_debtor else "CREDITOR",
            csv_text(set_off.obligation_id),
            csv_text(other.party_id),
            csv_text(other.name),
            set_off.currency.code,
            format_amount(set_off.amount_minor, decimals),
            format_amount(set_off.cleared_minor, decimals),
            format_amount(set_off.remaining_minor, decimals),
            set_off.due_date.isoformat() if set_off.due_date else "",
            set_off.record_number,
            len(set_off.loops),
            _joined(_lengths(set_off)),
            _joined(_neighbours(set_off)),
        )


def _lengths(set_off: SetOff) -> list[str]:
    """Return the lengths of the loops, each with how many have it where they are several."""
    counts = Counter(loop.length for loop in set_off.loops)
    return [f"{length} ({count})" if count > 1 else str(length) for length, count in sorted(counts.items())]


def _neighbours(set_off: SetOff) -> list[str]:
    """Return the ids of the party's neighbours, each once."""
    return list(dict.fromkeys(loop.neighbour.party_id for loop in set_off.loops))


def _joined(parts: list[str]) -> str:
    """Put parts into one cell."""
    more = len(parts) - CELL_PARTS_MAX
    return csv_text("; ".join([*parts[:CELL_PARTS_MAX], *([f"and {more} more"] if more > 0 else [])]))


def write_notice_csv(out: BinaryIO, notice: Notice) -> None:
    """Write a notice as CSV.

    Raises
    ------
    BrokenInvariantError
        If a set-off does not add up or the party's net position moved; the file is then not whole.
    """
    write_rows(out, _csv_rows(notice))


def _json_text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _json_line(set_off: SetOff, is_debtor: bool, across: Exchanged | None) -> dict[str, object]:
    other = set_off.creditor if is_debtor else set_off.debtor
    decimals = set_off.currency.decimals
    of_loops = set_off.currency if across is None else across.unit
    return {
        "side": "DEBTOR" if is_debtor else "CREDITOR",
        "obligation_id": set_off.obligation_id,
        "counterparty": {"party_id": other.party_id, "name": other.name},
        "currency": set_off.currency.code,
        "amount": format_amount(set_off.amount_minor, decimals),
        "cleared": format_amount(set_off.cleared_minor, decimals),
        "remaining": format_amount(set_off.remaining_minor, decimals),
        "due_date": set_off.due_date.isoformat() if set_off.due_date else None,
        "record": set_off.record_number,
        "loop_count": len(set_off.loops),
        "loops": [
            {
                "amount": format_amount(loop.amount_minor, of_loops.decimals),
                "currency": of_loops.code,
                "length": loop.length,
                "owes_you" if is_debtor else "you_owe": {
                    "party_id": loop.neighbour.party_id,
                    "name": loop.neighbour.name,
                },
            }
            for loop in set_off.loops[:LOOPS_LISTED_MAX]
        ],
    }


def _json_totals(totals: dict[Currency, list[int]]) -> list[dict[str, str]]:
    names = ("owed", "owed_cleared", "claimed", "claimed_cleared")
    return [
        {"currency": currency.code}
        | {name: format_amount(minor, currency.decimals) for name, minor in zip(names, sums, strict=True)}
        for currency, sums in sorted(totals.items(), key=lambda item: item[0].code)
    ]


def _json_exchanged(across: Exchanged) -> dict[str, object]:
    changes = sorted(across.change_minor.items(), key=lambda item: item[0].code)
    return {
        "unit": across.unit.code,
        "owes_less": [
            {"currency": currency.code, "amount": format_amount(minor, currency.decimals)}
            for currency, minor in changes
        ],
        "owes_rounding_account": format_amount(across.rounding_minor, across.unit.decimals),
    }


def _json_money(money: MoneyMoved) -> dict[str, object]:
    decimals = money.currency.decimals
    return {
        "currency": money.currency.code,
        "paid_for_you": [
            {"participant": payer.party_id, "name": payer.name, "amount": format_amount(minor, decimals)}
            for payer, minor in money.paid_by
        ],
        "you_get": format_amount(money.received_minor, decimals),
    }


def write_notice_json(out: BinaryIO, notice: Notice) -> None:
    """Write a notice as JSON: one object, a line for each set-off, totals by currency at the end.

    Raises
    ------
    BrokenInvariantError
        If a set-off does not add up or the party's net position moved; the file is then not whole.
    """
    head = {
        "house": notice.house_name,
        "party": {"party_id": notice.party.party_id, "name": notice.party.name},
        "cycle": notice.cycle,
        "date": notice.business_date.isoformat(),
    }
    totals: dict[Currency, list[int]] = {}
    text = _json_text(head)[:-1] + f',\n"{"netted" if notice.by_netting else "set_offs"}": ['
    separator = "\n"
    for set_off, is_debtor in _checked_lines(notice):
        sums = totals.setdefault(set_off.currency, [0, 0, 0, 0])
        side = 0 if is_debtor else 2
        sums[side] += set_off.amount_minor
        sums[side + 1] += set_off.cleared_minor
        text += separator + _json_text(_json_line(set_off, is_debtor, notice.across))
        out.write(text.encode("utf-8", "replace"))
        text, separator = "", ",\n"
    text += "\n]"
    if notice.across is not None:
        text += f',\n"across_currencies": {_json_text(_json_exchanged(notice.across))}'
    if notice.money is not None:
        text += f',\n"money": {_json_text(_json_money(notice.money))}'
    text += f',\n"totals": {_json_text(_json_totals(totals))}}}\n'
    out.write(text.encode("utf-8", "replace"))


def write_notices_csv(out: BinaryIO, notices: Iterable[Notice]) -> int:
    """Write notices as one CSV, the party in front of each row, and return their number.

    Raises
    ------
    BrokenInvariantError
        As `write_notice_csv`.
    """
    count = 0

    def rows() -> Iterator[tuple[str | int, ...]]:
        nonlocal count
        yield "party", "party_name", *NOTICE_COLUMNS
        for notice in notices:
            count += 1
            party = (csv_text(notice.party.party_id), csv_text(notice.party.name))
            for row in islice(_csv_rows(notice), 1, None):
                yield *party, *row

    write_rows(out, rows())
    return count


def write_notices_json(out: BinaryIO, notices: Iterable[Notice]) -> int:
    """Write notices as a JSON array, each as `write_notice_json` does, and return their number.

    Raises
    ------
    BrokenInvariantError
        As `write_notice_json`.
    """
    count = 0
    for notice in notices:
        out.write(b"," if count else b"[")
        write_notice_json(out, notice)
        count += 1
    out.write(b"]\n" if count else b"[]\n")
    return count
