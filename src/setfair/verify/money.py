"""Whether money that was put into a set-off is what it claims to be, and discharges the most that it can.

Rules
-----
1. A funder gives no more than it offered, and to its beneficiaries alone, unless it gives to anyone.
2. A party is given at most what it owes, and ends up with at most what it is owed.
3. A party's net position changes by just the money that it was given or got.
4. Let an obligation have the gain of `limits`, rule 3. For objective k let the gain of a gift be the price of
   the party as creditor less that of the funder; of what a funder puts in that of the funder less that of the
   hub, less 1 for the objective of the least money; of what a party gets that of the hub less that of the
   party as creditor. The first that is not 0 decides: above 0 as much flows as can, below 0 nothing.
5. What can flow at most: of a gift the lesser of what the funder offers and the party owes; of a funder the
   lesser of what it offers and its gifts can be; to a party the lesser of what it is owed and all funders can
   put in. More only goes around: from a party that gets it back to one that gives.
6. With 4 nobody can discharge more of the first objective, and so on, and nobody as much with less money.
7. If a table of money is given, funders, amounts and beneficiaries are those of it.

Sums of gifts are Python integers: nothing wraps around.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from setfair.domain.obligations import Obligations
from setfair.domain.party_amount import ANYONE, PartyAmount
from setfair.formats.certificate import CurrencyCertificate
from setfair.formats.money_claim import MoneyClaim
from setfair.verify.limits import (
    by_party,
    check_ages,
    check_objectives,
    refuse_obligation,
    signs_of,
    stage_of,
)
from setfair.verify.verdict import RefusedError, money

Int64Array = npt.NDArray[np.int64]
Objects = npt.NDArray[np.object_]
OFFERS_MAX_MINOR = 2**62 - 1
"""What all funders of a currency may offer."""


def check_gifts(part: CurrencyCertificate, owed: Obligations, claim: MoneyClaim) -> str:
    """Rules 1 and 2."""
    code = part.currency
    offered = sum(claim.funder_minor.tolist())
    if offered > OFFERS_MAX_MINOR:
        raise RefusedError(f"{code}: the offers sum to {offered} minor units, more than {OFFERS_MAX_MINOR}")
    put_in = _sums(claim.gift_funder, claim.gift_minor, len(claim.funder))
    over = np.flatnonzero(put_in > claim.funder_minor.astype(object))
    if len(over):
        place = int(over[0])
        raise RefusedError(
            f"{code}, funder {claim.funder[place].as_py()!r}: puts in {money(owed, put_in[place])}"
            f" and offered {money(owed, claim.funder_minor[place])}"
        )
    parties = len(owed.party_id)
    named = claim.beneficiary_funder * np.int64(parties) + claim.beneficiary_party
    pair = claim.gift_funder * np.int64(parties) + claim.gift_party
    wrong = ~claim.funds_anyone[claim.gift_funder] & ~np.isin(pair, named)
    if wrong.any():
        place = int(np.argmax(wrong))
        raise RefusedError(
            f"{code}, funder {claim.funder[int(claim.gift_funder[place])].as_py()!r}: gives to"
            f" {owed.party_id[int(claim.gift_party[place])].as_py()!r}, which is none of its beneficiaries"
        )
    owes, is_owed = _owes_and_owed(part, owed)
    given = _sums(claim.gift_party, claim.gift_minor, parties)
    for what, amounts, most in (("is given", given, owes), ("gets", claim.received_minor, is_owed)):
        over = np.flatnonzero(amounts > most)
        if len(over):
            place = int(over[0])
            raise RefusedError(
                f"{code}, party {owed.party_id[place].as_py()!r}: {what} {money(owed, amounts[place])} of"
                f" {money(owed, most[place])}"
            )
    return (
        f"{code}: of {money(owed, offered)} offered {money(owed, int(sum(put_in.tolist())))} is put in, by no"
        " funder more than it offered, and for its beneficiaries alone"
    )


def check_positions_with_money(part: CurrencyCertificate, owed: Obligations, claim: MoneyClaim) -> str:
    """Rule 3."""
    parties = len(owed.party_id)
    change = by_party(owed, owed.debtor, part.cleared_minor)
    change -= by_party(owed, owed.creditor, part.cleared_minor)
    given = _sums(claim.gift_party, claim.gift_minor, parties)
    by_money = given - claim.received_minor.astype(object)
    wrong = np.flatnonzero(change.astype(object) != by_money)
    if len(wrong):
        place = int(wrong[0])
        raise RefusedError(
            f"{part.currency}, party {owed.party_id[place].as_py()!r}: its net position changes by"
            f" {_signed(owed, int(change[place]))}, and money changes it by {_signed(owed, by_money[place])}"
        )
    return f"{part.currency}: the net position of each of the {parties} parties changes by its money alone"


def check_most_discharged(part: CurrencyCertificate, owed: Obligations, claim: MoneyClaim) -> str:
    """Rules 4 to 6, and that classes of age follow the due days."""
    check_objectives(part)
    stage = stage_of(part)
    if (stage >= len(part.objectives) - 1).any():
        raise RefusedError(f"{part.currency}: the certificate counts an obligation as money")
    if part.unit_minor > 1 or part.minimum_minor:
        raise RefusedError(f"{part.currency}: with money no least amount is verified")
    check_ages(part, owed, stage)
    sign, sign_of_party = signs_of(part, owed, stage)
    takes_part = stage >= 0
    reason = "the prices need {}: the certificate does not prove that no more can be discharged"
    partly = takes_part & (sign > 0) & (part.cleared_minor < owed.amount_minor)
    refuse_obligation(owed, part, partly, reason.format("all of it"))
    loses = takes_part & (sign < 0) & (part.cleared_minor > 0)
    refuse_obligation(owed, part, loses, reason.format("nothing of it"))
    owes, is_owed = _owes_and_owed(part, owed)
    most = owes if part.maximum_minor is None else np.minimum(owes, part.maximum_minor)
    through = by_party(owed, owed.debtor, part.cleared_minor)
    _refuse_money(part, owed, "what is discharged of the debts of a party", (sign_of_party, through, most))
    for what, *column in _flows(part, owed, claim, owes, is_owed):
        _refuse_money(part, owed, what, column)
    total, used = int(part.cleared_minor.sum()), sum(claim.gift_minor.tolist())
    within = " within the limits" if part.stage is not None or part.maximum_minor is not None else ""
    names = [each.name.partition(": ")[2] for each in part.objectives[:-1]]
    of_what = f" of what is {', then '.join(names)}," if len(names) > 1 else ""
    return (
        f"{part.currency}: {money(owed, total)} is discharged with {money(owed, used)}, and by the prices"
        f" nobody can discharge more{of_what}{within} with what is offered, or as much with less"
    )


def check_offers(
    part: CurrencyCertificate, owed: Obligations, claim: MoneyClaim | None, rows: Sequence[PartyAmount]
) -> str:
    """Rule 7; `rows` are those of the table in this currency."""
    said: Mapping[str, tuple[int, tuple[str, ...]]] = {}
    if claim is not None:
        said = {name: (most, to) for name, most, to in _offers(owed, claim)}
    table = {row.party: (row.amount_minor, _beneficiaries(row)) for row in rows}
    for name in sorted({*said, *table}):
        if said.get(name) != table.get(name):
            raise RefusedError(
                f"{part.currency}, funder {name!r}: by the certificate it offers"
                f" {_words(owed, said.get(name))}; by the table of money {_words(owed, table.get(name))}"
            )
    return f"{part.currency}: the {len(said)} funders offer what the table of money says"


def _flows(
    part: CurrencyCertificate, owed: Obligations, claim: MoneyClaim, owes: Int64Array, is_owed: Int64Array
) -> list[tuple[str, Int64Array, Objects, Objects]]:
    """Return of gifts, funders and receipts the sign, what flows, and what can flow at most."""
    parties = len(owed.party_id)
    all_of = np.flatnonzero(claim.funds_anyone)
    funder = np.concatenate((claim.beneficiary_funder, np.repeat(all_of, parties)))
    party = np.concatenate((claim.beneficiary_party, np.tile(np.arange(parties), len(all_of))))
    pair = np.unique(funder * np.int64(parties) + party)
    funder, party = pair // parties, pair % parties
    gift = np.zeros(len(pair), np.int64)
    gift[np.searchsorted(pair, claim.gift_funder * np.int64(parties) + claim.gift_party)] = claim.gift_minor
    gift_most = np.minimum(claim.funder_minor[funder], owes[party])
    put_in = _sums(claim.gift_funder, claim.gift_minor, len(claim.funder))
    put_most = np.minimum(claim.funder_minor.astype(object), _sums(funder, gift_most, len(claim.funder)))
    got_most = np.minimum(is_owed.astype(object), sum(put_most.tolist()))
    signs = [np.zeros(len(each), np.int64) for each in (pair, put_in, is_owed)]
    last = len(part.objectives) - 1
    for number, objective in enumerate(part.objectives):
        arrives = objective.price if objective.price_as_creditor is None else objective.price_as_creditor
        hub, of_funder = claim.price_of_hub[number], claim.prices_of_funders(number)
        gains = (arrives[party] - of_funder[funder], of_funder - hub - int(number == last), hub - arrives)
        signs = [np.where(sign == 0, np.sign(gain), sign) for sign, gain in zip(signs, gains, strict=True)]
    return [
        ("a gift of money", signs[0], gift.astype(object), gift_most.astype(object)),
        ("what a funder puts in", signs[1], put_in, put_most),
        ("what a party gets", signs[2], claim.received_minor.astype(object), got_most),
    ]


def _refuse_money(
    part: CurrencyCertificate, owed: Obligations, what: str, column: Sequence[npt.NDArray[Any]]
) -> None:
    sign, flows, most = column
    wrong = ((sign > 0) & (flows < most)) | ((sign < 0) & (flows > 0))
    if wrong.any():
        place = int(np.argmax(wrong))
        needed = money(owed, most[place]) if sign[place] > 0 else "nothing"
        raise RefusedError(
            f"{part.currency}: {what} is {money(owed, flows[place])}, where the prices need {needed}: the"
            " certificate does not prove that no more can be discharged, or as much with less money"
        )


def _owes_and_owed(part: CurrencyCertificate, owed: Obligations) -> tuple[Int64Array, Int64Array]:
    """Return by party what it owes and is owed, of what takes part."""
    amount = np.where(stage_of(part) >= 0, owed.amount_minor, 0)
    return by_party(owed, owed.debtor, amount), by_party(owed, owed.creditor, amount)


def _sums(place: Int64Array, amount: Int64Array, size: int) -> Objects:
    """Return sums by place, as Python integers."""
    sums = np.zeros(size, object)
    np.add.at(sums, place, amount.astype(object))
    return sums


def _signed(owed: Obligations, minor: int) -> str:
    return f"{'-' if minor < 0 else ''}{money(owed, abs(minor))}"


def _offers(owed: Obligations, claim: MoneyClaim) -> list[tuple[str, int, tuple[str, ...]]]:
    """Return name, amount and beneficiaries of each funder."""
    named: dict[int, list[str]] = {}
    pairs = zip(claim.beneficiary_funder.tolist(), claim.beneficiary_party.tolist(), strict=True)
    for funder, party in pairs:
        named.setdefault(funder, []).append(owed.party_id[party].as_py())
    columns = zip(claim.funder.to_pylist(), claim.funder_minor.tolist(), claim.funds_anyone, strict=True)
    return [
        (name, most, (ANYONE,) if anyone else tuple(sorted(named.get(place, ()))))
        for place, (name, most, anyone) in enumerate(columns)
    ]


def _beneficiaries(row: PartyAmount) -> tuple[str, ...]:
    """Return for whom a row is: nobody named is the party itself."""
    return tuple(sorted(set(row.beneficiaries) or {row.party}))


def _words(owed: Obligations, offer: tuple[int, tuple[str, ...]] | None) -> str:
    if offer is None:
        return "nothing"
    most, to = offer
    whom = "anyone" if to == (ANYONE,) else ", ".join(to) or "nobody"
    return f"{money(owed, most)} for {whom}"
