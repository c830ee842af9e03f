"""Notices: what the day's cycles set off and netted for the parties of one participant.

Rules
-----
1. One notice for each party and cycle, parties in the order of their ids, with both sides of each set-off;
   all notices of a participant's parties are one CSV and one JSON file, those of netting another two.
2. A party belongs to the participant that it banks with, or the direct participant through which that one is
   reached. Parties that name no participant are the house's own business: `HOUSE_PARTIES`.
3. The loops of each cycle are made again from its page (`explain.cycle`); a party is told of those that its
   own obligations lie in, and of its own neighbours in them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from setfair.domain.codes import RecordKind
from setfair.domain.instants import date_of
from setfair.domain.money import currency_of_number
from setfair.explain.cycle import CycleLoops, read_cycle
from setfair.formats.notice import (
    Exchanged,
    Firm,
    LoopSeen,
    MoneyMoved,
    Notice,
    SetOff,
    write_notices_csv,
    write_notices_json,
)
from setfair.statements.day import Query
from setfair.statements.files import Outbox
from setfair.statements.gather import NETTED, SET_OFF
from setfair.statements.messages import Issue
from setfair.statements.spool import Row

HOUSE_PARTIES = -1
"""In the place of a participant's number: parties that bank with none."""

_SLICE_PARTIES = 16_384
_PARTIES = "SELECT party_number, party, name, participant FROM party WHERE party_number BETWEEN ? AND ?"


@dataclass(frozen=True, slots=True)
class Firms:
    """The parties of a day's set-offs and nettings."""

    by_number: dict[int, Firm]
    of_member: dict[int, list[int]]
    """Numbers of the parties of each participant, in the order of their ids."""
    cycles: dict[int, CycleLoops]
    """The day's cycles and their loops, by number."""


def find_firms(query: Query, issue: Issue) -> Firms:
    """Return the parties that the day's cycles touched, and with whom they bank."""
    spool = issue.gathered.spool
    touched = {*spool.keys(SET_OFF), *spool.keys(NETTED)}
    by_number: dict[int, Firm] = {}
    of_member: dict[int, list[int]] = {}
    for first in range(0, max(touched, default=-1) + 1, _SLICE_PARTIES):
        for row in query(_PARTIES, (first, first + _SLICE_PARTIES - 1)):
            number = row["party_number"]
            if number in touched:
                by_number[number] = Firm(row["party"], row["name"])
                of_member.setdefault(issue.members.find_direct(row["participant"]), []).append(number)
    for numbers in of_member.values():
        numbers.sort(key=lambda number: by_number[number].party_id)
    cycles = {number: read_cycle(query, number) for number in sorted(issue.gathered.cycles)}
    return Firms(by_number, of_member, cycles)


def write_notices(outbox: Outbox, issue: Issue, firms: Firms, member: int) -> None:
    """Write the notices of the parties of one participant; no file where there are none."""
    for kind, name in ((SET_OFF, "set_off"), (NETTED, "netting")):
        told = set(issue.gathered.spool.keys(kind))
        parties = [party for party in firms.of_member.get(member, []) if party in told]
        if parties:
            _write_kind(outbox, issue, firms, (kind, name, parties))


def _write_kind(outbox: Outbox, issue: Issue, firms: Firms, what: tuple[str, str, list[int]]) -> None:
    """Write the notices of one kind (kind of rows, name of the files, parties)."""
    kind, name, parties = what
    for suffix, write in (("csv", write_notices_csv), ("json", write_notices_json)):
        outbox.write(
            f"{name}_notices.{suffix}",
            f"{name.replace('_', '-')} notices",
            lambda out, write=write: write(out, _notices(issue, firms, kind, parties)),  # type: ignore[misc]
        )


def _notices(issue: Issue, firms: Firms, kind: str, parties: Sequence[int]) -> Iterator[Notice]:
    for party in parties:
        rows = issue.gathered.spool.rows((kind, party))
        for cycle, group in groupby(rows, key=lambda row: row[2]):
            loops = firms.cycles[cycle] if kind == SET_OFF else None
            yield Notice(
                issue.members.house.name,
                firms.by_number[party],
                cycle,
                issue.day.business_date,
                (_set_off(row, firms, party, loops) for row in group),
                by_netting=kind == NETTED,
                across=_exchanged(loops, party) if loops else None,
                money=_money(loops, party) if loops else None,
            )


def _exchanged(cycle: CycleLoops, party: int) -> Exchanged | None:
    """Return what a cycle across currencies did to the net positions of a party; None if it was of one."""
    if cycle.across is None:
        return None
    own = cycle.moved[cycle.moved["debtor"] == party]
    changes = own[own["kind"] == RecordKind.EXCHANGED]
    return Exchanged(
        cycle.unit,
        {currency_of_number(int(row["currency"])): int(row["amount"]) for row in changes},
        int(own["amount"][own["kind"] == RecordKind.ROUNDED].sum()),
    )


def _money(cycle: CycleLoops, party: int) -> MoneyMoved | None:
    """Return what the money of a cycle did for a party; None if it did nothing."""
    own = cycle.money[cycle.money["creditor"] == party]
    if not len(own):
        return None
    given, received = (own[own["kind"] == kind] for kind in (RecordKind.GIVEN, RecordKind.RECEIVED))
    payers = [Firm(*cycle.funders[int(row["debtor"])]) for row in given]
    amounts = given["amount"].tolist()
    return MoneyMoved(cycle.unit, tuple(zip(payers, amounts, strict=True)), int(received["amount"].sum()))


def _set_off(row: Row, firms: Firms, party: int, loops: CycleLoops | None) -> SetOff:
    """Return a line of a notice; what netting settles lies on no loop."""
    record, _, _, currency, debtor, creditor, cleared_minor, remaining_minor, obligation, due = row
    return SetOff(
        record,
        obligation,
        firms.by_number[debtor],
        firms.by_number[creditor],
        currency_of_number(currency),
        cleared_minor + remaining_minor,
        cleared_minor,
        remaining_minor,
        date_of(due) if due else None,
        tuple(_loops_seen(firms, loops, record, is_debtor=party == debtor)) if loops else (),
    )


def _loops_seen(firms: Firms, cycle: CycleLoops, record: int, *, is_debtor: bool) -> Iterator[LoopSeen]:
    """Yield the loops through an obligation with the party's neighbour on its other side: rule 3."""
    for passage in cycle.through(record - cycle.first_record):
        other = cycle.neighbour(passage, is_debtor=is_debtor)
        neighbour = firms.by_number[other] if isinstance(other, int) else Firm(*other)
        yield LoopSeen(passage.amount_minor, passage.length, neighbour)
