"""One obligation explained: what each cycle cancelled of it, in which loops, and why no more.

Rules
-----
1. The overseer sees every loop whole, with the names of all in it. A party sees its own obligations only: of
   each loop its amount, its length, who owes the party in it and whom the party owes in it. What a party's
   view says is made of nothing else, and an obligation of others is answered like one that is not there.
2. Every cycle that reduced the obligation is shown, and the last one that it took part in: for that one it is
   said why no more was cancelled.
3. At most `LOOPS_SHOWN_MAX` loops of an obligation are listed, the largest first; their number is said.
4. A loop through money that was put in begins with the obligation of whose debtor the money paid it, and ends
   with the claim of who got the money. The overseer sees whose money it was, a party if it is next to it.
5. In a cycle across currencies loops, and what the parties stood at, are values in its unit of account.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from setfair.domain.codes import RecordKind, Status
from setfair.domain.instants import date_of
from setfair.domain.money import format_amount
from setfair.errors import HouseError
from setfair.explain.choose import Chosen, Query
from setfair.explain.cycle import CycleLoops, Passage, read_cycle
from setfair.explain.due import Due, Stand, read_due

LOOPS_SHOWN_MAX = 100
"""Loops of one obligation that are listed."""

_STEPS = """
SELECT record_number, kind, status, amount_minor, cause_number, debtor_after FROM record_row
WHERE subject_number = ? AND kind IN (7, 8, 9, 10) ORDER BY record_number
"""
_CYCLES = """
SELECT cycle_number, g.first_record FROM cycle JOIN page g USING (page_number)
WHERE currency = ? AND g.first_record > ? ORDER BY cycle_number DESC
"""
_IDS = "SELECT obligation_number, obligation_id FROM obligation_row WHERE obligation_number IN ({})"
_NAMES = "SELECT party_number, party, name FROM party WHERE party_number IN ({})"


def explain(query: Query, chosen: Chosen) -> dict[str, object]:
    """Explain one obligation in words and numbers that JSON can carry; amounts are decimals in text.

    Raises
    ------
    HouseError
        If the tables do not show what a cycle's record says.
    """
    steps = query(_STEPS, (chosen.number,))
    reducing = [step for step in steps if step["kind"] == RecordKind.SET_OFF]
    cycles = {int(step["cause_number"]): read_cycle(query, int(step["cause_number"])) for step in reducing}
    last = _last_cycle(query, chosen, steps, cycles)
    shown = [_cycle(query, chosen, cycles[int(step["cause_number"])], _after(step)) for step in reducing]
    if last is not None:
        if last.number not in cycles:
            shown.append(_cycle(query, chosen, last, None))
        shown[-1] |= _last(chosen, last, read_due(query, last))
    words = chosen.words
    answer: dict[str, object] = {
        "obligation": {
            "number": chosen.number,
            "obligation_id": words["obligation_id"],
            "debtor": {"party_id": words["debtor"], "name": words["debtor_name"]},
            "creditor": {"party_id": words["creditor"], "name": words["creditor_name"]},
            "currency": words["currency"],
            "amount": chosen.amount(int(words["amount_minor"])),
            "credited": chosen.amount(int(words["credited_minor"])),
            "cleared": chosen.amount(int(words["cleared_minor"])),
            "netted": chosen.amount(int(words["netted_minor"])),
            "remaining": chosen.amount(int(words["remaining_minor"])),
            "due_date": words["due_date"] or None,
            "status": words["status"],
        },
        "cycles": shown,
    }
    if last is None:
        answer["text"] = _not_yet(words)
    return answer


def _after(step: dict[str, Any]) -> tuple[int, int]:
    """What a step took and what it left."""
    return int(step["amount_minor"]), int(step["debtor_after"])


def _not_yet(words: dict[str, Any]) -> str:
    if words["status"] == Status.RJCT.name:
        return f"it was rejected and takes part in no cycle: {words['reason_text']}"
    if words["status"] == Status.PDNG.name:
        return "it waits for a confirmation or a decision and takes part in no cycle before that"
    if words["status"] == Status.CANC.name:
        return "a credit note reduced it to nothing before any cycle took it"
    return "no cycle that was run took it: it was not due"


def _last_cycle(
    query: Query, chosen: Chosen, steps: list[dict[str, Any]], known: dict[int, CycleLoops]
) -> CycleLoops | None:
    """Return the last cycle in which the obligation took part."""
    if not steps:
        return None
    for row in query(_CYCLES, (chosen.words["currency"], steps[0]["record_number"])):
        number, first = int(row["cycle_number"]), int(row["first_record"])
        before = [step for step in steps if step["record_number"] < first]
        if before[-1]["status"] != Status.ACSP:
            continue
        cycle = known.get(number) or read_cycle(query, number)
        due = chosen.words["due_date"]
        if not due or due <= date_of(cycle.day).isoformat():
            return cycle
    return None


def _cycle(
    query: Query, chosen: Chosen, cycle: CycleLoops, step: tuple[int, int] | None
) -> dict[str, object]:
    """What one cycle did to the obligation; None: nothing."""
    told: dict[str, object] = {
        "cycle": cycle.number,
        "date": date_of(cycle.day).isoformat(),
        "across_currencies": cycle.across is not None,
        "unit": cycle.unit.code,
    }
    if step is None:
        return told | {"cleared": chosen.amount(0), "loop_count": 0, "loops": []}
    place = cycle.find(chosen.number)
    passages = cycle.through(place)
    cleared, after = step
    told |= {
        "before": chosen.amount(cleared + after),
        "cleared": chosen.amount(cleared),
        "remaining": chosen.amount(after),
        "loop_count": len(passages),
    }
    chosen_passages = passages[:LOOPS_SHOWN_MAX]
    show = _loops_for_overseer if chosen.party is None else _loops_for_party
    return told | {"loops": show(query, chosen, cycle, chosen_passages)}


def _rows_in(query: Query, sql: str, numbers: Iterable[int]) -> list[dict[str, Any]]:
    """Return the rows of some numbers, asked for in portions; the numbers are ours, not a stranger's."""
    wanted, rows = sorted({int(number) for number in numbers}), []
    for first in range(0, len(wanted), 500):
        portion = wanted[first : first + 500]
        rows += query(sql.format(", ".join("?" * len(portion))), tuple(portion))
    return rows


def _firms(query: Query, numbers: Iterable[int]) -> dict[int, dict[str, str]]:
    rows = _rows_in(query, _NAMES, numbers)
    return {row["party_number"]: {"party_id": row["party"], "name": row["name"]} for row in rows}


def _loops_for_overseer(
    query: Query, chosen: Chosen, cycle: CycleLoops, passages: list[Passage]
) -> list[dict[str, object]]:
    """Every loop whole, from the explained obligation on and back to its debtor."""
    place = cycle.find(chosen.number)
    ways = [cycle.set_offs[cycle.around(passage, place)] for passage in passages]
    ends = (way[side] for way in ways for side in ("debtor", "creditor"))
    firms = _firms(query, (number for numbers in ends for number in numbers))
    ids = {
        row["obligation_number"]: row["obligation_id"]
        for row in _rows_in(query, _IDS, (number for way in ways for number in way["subject"]))
    }
    return [
        {
            "amount": _in_unit(cycle, passage.amount_minor),
            "length": passage.length,
            **_through_money(cycle, passage),
            "obligations": [
                {
                    "number": int(record["subject"]),
                    "obligation_id": ids[int(record["subject"])],
                    "debtor": firms[int(record["debtor"])],
                    "creditor": firms[int(record["creditor"])],
                }
                for record in way
            ],
        }
        for passage, way in zip(passages, ways, strict=True)
    ]


def _next_to_money(other: int | tuple[str, str], *, is_debtor: bool) -> dict[str, object]:
    """Say what money does for a party in a loop, where it is next to it."""
    if isinstance(other, int):
        return {}
    return {"paid_for_you": True} if is_debtor else {"you_get_money": True}


def _through_money(cycle: CycleLoops, passage: Passage) -> dict[str, object]:
    """Return whose money began a loop, where it goes through money."""
    if not cycle.has_money:
        return {}
    funder = cycle.funder_of(passage)
    return {"paid_with_money_of": funder and dict(zip(("participant", "name"), funder, strict=True))}


def _loops_for_party(
    query: Query, chosen: Chosen, cycle: CycleLoops, passages: list[Passage]
) -> list[dict[str, object]]:
    """Of each loop the amount, the length, and the party's own two neighbours: rule 1."""
    is_debtor = chosen.party == chosen.debtor
    others = [cycle.neighbour(passage, is_debtor=is_debtor) for passage in passages]
    known = [chosen.debtor, chosen.creditor, *(other for other in others if isinstance(other, int))]
    firms = _firms(query, known)

    def words(other: int | tuple[str, str]) -> dict[str, str]:
        if isinstance(other, int):
            return firms[other]
        return dict(zip(("party_id", "name"), other, strict=True))

    return [
        {
            "amount": _in_unit(cycle, passage.amount_minor),
            "length": passage.length,
            "owes_you": words(other if is_debtor else chosen.debtor),
            "you_owe": words(chosen.creditor if is_debtor else other),
            **_next_to_money(other, is_debtor=is_debtor),
        }
        for passage, other in zip(passages, others, strict=True)
    ]


def _last(chosen: Chosen, cycle: CycleLoops, due: Due) -> dict[str, object]:
    """Why the last cycle cancelled no more of it; what bounds it is told of the asking party alone."""
    at, place = due.find(chosen.number), cycle.find(chosen.number)
    if at < 0:
        raise HouseError(
            f"the tables do not show that obligation {chosen.number} took part in cycle {cycle.number}: make "
            "them again with `setfair rebuild`"
        )
    cleared = int(cycle.set_offs["amount"][place]) if place >= 0 else 0
    before = int(due.amount_minor[at])
    why = due.why(at, cleared)
    told: dict[str, object] = {
        "before": chosen.amount(before),
        "remaining": chosen.amount(before - cleared),
        "why_no_more": why.name,
        "text": why.value,
    }
    sides = {"debtor": chosen.debtor, "creditor": chosen.creditor}
    for side, party in sides.items():
        if chosen.party in (None, party):
            told[f"{side}_stood"] = _stood(cycle, due.stand(party))
    return told


def _stood(cycle: CycleLoops, stand: Stand) -> dict[str, str]:
    counted = {"owed": stand.owed, "claimed": stand.claimed}
    if not cycle.has_money:
        # With money more of a party's debts is discharged than of its claims, or less.
        counted["most"] = stand.most
    return {name: _in_unit(cycle, cycle.minor(each)) for name, each in counted.items()}


def _in_unit(cycle: CycleLoops, minor: int) -> str:
    """Write an amount in what the cycle counted in."""
    return format_amount(minor, cycle.unit.decimals)
