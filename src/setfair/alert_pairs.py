"""Good-guy pairs of a house: proposed by one officer from an alert, confirmed by another.

The same verb does both: the first officer's words propose, another officer's, about the same party, entry and
day, confirm. What a pair is and what it passes: `screening.pairs`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from setfair.domain.codes import InstructionKind
from setfair.domain.instruction import Family
from setfair.errors import HouseError
from setfair.house import House
from setfair.journal.page import Page, page_from_bytes
from setfair.rescreening import rows_of_page
from setfair.screening.pairs import DAYS_MAX, Pair, parties_of

_FAMILIES = {
    InstructionKind.CUSTOMER_PAYMENT: Family.PAYMENT,
    InstructionKind.INSTITUTION_PAYMENT: Family.PAYMENT,
    InstructionKind.PAYMENT_RETURN: Family.PAYMENT,
    InstructionKind.OBLIGATION: Family.OBLIGATION,
    InstructionKind.CREDIT_NOTE: Family.OBLIGATION,
}


def pair_alert(house: House, number: int, person: str, reason: str, expires: date) -> list[Pair]:
    """Propose a pair for each name of a held instruction that was hit, or confirm what another proposed.

    Raises
    ------
    HouseError
        If nothing of the instruction can be paired, the day is none, or the same officer asks twice.
    """
    today = house.clearing_house.today()
    if not today < expires <= today + timedelta(days=DAYS_MAX):
        last = today + timedelta(days=DAYS_MAX)
        raise HouseError(f"a pair expires after today and by {last}, not on {expires}")
    wanted = list(_pairable(house, number, person, expires))
    if not wanted:
        raise HouseError(
            f"{number}: no name of its debtor or creditor was hit; names in other places are never passed"
        )
    return [_put_on_record(house, number, pair, person, reason) for pair in wanted]


def _put_on_record(house: House, number: int, pair: Pair, person: str, reason: str) -> Pair:
    state = house.clearing_house.state
    proposals = [
        each
        for each in state.pairs.values()
        if each.key == pair.key and each.entry_hash == pair.entry_hash and each.expires == pair.expires
    ]
    if any(each.confirmed_by for each in proposals):
        raise HouseError(f"'{pair.name}' and entry {pair.entry_id} of list {pair.list_id} are a pair already")
    if any(each.proposed_by == person for each in proposals):
        raise HouseError(f"{person} proposed this pair: another officer confirms it")
    disposition = "pair confirmed" if proposals else "pair proposed"
    pair = replace(proposals[0], confirmed_by=person) if proposals else pair
    house.clearing_house.note_alert(number, person, reason, disposition, pair)
    return (
        max(house.clearing_house.state.pairs.values(), key=lambda each: each.number)
        if not proposals
        else pair
    )


def _pairable(house: House, number: int, person: str, expires: date) -> Iterator[Pair]:
    said = _page_with(house, number)
    row = number - said.first_instruction
    family = _FAMILIES.get(InstructionKind(int(said.instructions[row]["kind"])))
    if family is None:
        return
    rows = rows_of_page(said, family, np.array([row]))
    parties = dict.fromkeys(parties_of(rows, family, 0))
    found: dict[tuple[str, str, str, str], Pair] = {}
    for hit in _hits_about(house, number):
        for name, identity in parties:
            if name == hit["name"] and hit["entry_id"]:
                pair = Pair(
                    0,
                    name,
                    identity,
                    hit["list_id"],
                    hit["entry_id"],
                    hit["entry_hash"],
                    expires.isoformat(),
                    person,
                )
                found[pair.key] = pair  # of several hits of one entry the last: what it said last
    yield from found.values()


def _hits_about(house: House, number: int) -> Iterator[dict[str, str]]:
    """Yield the hits of an instruction: those when it came in, then those by which it was held again."""
    rows = house.query(
        "SELECT DISTINCT page_number FROM hit WHERE instruction_number = ? ORDER BY 1", (number,)
    )
    for row in rows:
        page = _page(house, int(row["page_number"]))
        for hit in json.loads(page.documents["hits"]):
            own = page.instructions[hit["row"]]
            held = own["kind"] == InstructionKind.SCREENING_HOLD
            if number == (int(own["target"]) if held else page.first_instruction + hit["row"]):
                yield hit


def _page_with(house: House, number: int) -> Page:
    rows = house.query(
        "SELECT max(page_number) AS page FROM page "
        "WHERE first_instruction <= ? AND ? < first_instruction + instruction_count",
        (number, number),
    )
    if rows[0]["page"] is None:
        raise HouseError(f"{number}: there is no such instruction")
    return _page(house, int(rows[0]["page"]))


def _page(house: House, page_number: int) -> Page:
    return page_from_bytes(next(house.store.pages_after(page_number - 1))[1])
