"""Whether a set-off keeps its limits, and whether the prices of several objectives prove it.

Rules
-----
1. An obligation that takes no part is kept whole. Of any other at least the least amount is cleared or
   nothing, in whole multiples of the unit; of a party's debts at most its maximum.
2. Classes of age follow the due days: whatever is due earlier is in no later class.
3. Every objective has two prices for each party: as debtor and as creditor. The gain of an obligation is 1
   if the objective counts it, else 0, minus the debtor's price as debtor, plus the creditor's as creditor.
   The first objective whose gain is not 0 decides: above 0 the obligation is cleared whole (amounts rounded
   down to whole units), below 0 not at all.
4. The gain of a party is its price as debtor minus that as creditor. The first that is not 0 decides: above
   0 as much of its debts is cleared as can be (the least of its maximum, what it owes and what it is owed),
   below 0 nothing.
5. With 3 and 4 nobody can clear more that the first objective counts, and of those who clear as much nobody
   more that the second counts, and so on: with W^-k for objective k and W large the prices are those of one
   linear programme, and 3 and 4 its complementary slackness.

What is not to be touched, and what takes no part because too little of it would cancel, is what the
certificate says: it is counted in words, and what is proven holds for the others.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from setfair.domain.obligations import Obligations
from setfair.formats.certificate import LEAST_MONEY, MOST_CLEARED, NO_PART, TOO_LITTLE, CurrencyCertificate
from setfair.verify.verdict import RefusedError, money

Int64Array = npt.NDArray[np.int64]


def is_plain(part: CurrencyCertificate) -> bool:
    """Say whether there is one objective that counts everything, and no limit."""
    is_free = part.stage is None and part.maximum_minor is None and part.money is None
    has_amounts = part.unit_minor > 1 or part.minimum_minor > 0
    one_price = all(each.price_as_creditor is None for each in part.objectives)
    return is_free and not has_amounts and one_price and len(part.objectives) < 2


def check_objectives(part: CurrencyCertificate) -> None:
    """Refuse objectives that are not verified here; with money the last of them is that of the least.

    Raises
    ------
    RefusedError
        If one of them is another than the most that is cleared, of all or of a class, or there is none.
    """
    names = [objective.name for objective in part.objectives]
    cleared = names[:-1] if part.money is not None and names[-1:] == [LEAST_MONEY] else names
    known = [name for name in cleared if name.partition(": ")[0] == MOST_CLEARED]
    if not cleared or known != cleared or (part.money is not None and cleared == names):
        raise RefusedError(
            f"{part.currency}: the certificate is for: {', then '.join(names) or 'no objective'};"
            f" verified here is: {MOST_CLEARED}"
        )


def check_limits(part: CurrencyCertificate, owed: Obligations) -> str:
    """Rule 1; return the limits in words."""
    stage, cleared = stage_of(part), part.cleared_minor
    for number, why in ((NO_PART, "is not to be touched"), (TOO_LITTLE, "takes no part")):
        refuse_obligation(owed, part, (stage == number) & (cleared > 0), why)
    counts = (
        (NO_PART, "not to be touched"),
        (TOO_LITTLE, "left out, too little would cancel"),
    )
    sizes = ((int((stage == number).sum()), why) for number, why in counts)
    words = [f"{_obligations(size)} {why}" for size, why in sizes if size]
    if part.minimum_minor:
        least = money(owed, part.minimum_minor)
        too_little = (cleared > 0) & (cleared < part.minimum_minor)
        refuse_obligation(owed, part, too_little, f"the least amount is {least}")
        words.append(f"of any other at least {least} is cleared or nothing")
    if part.unit_minor > 1:
        unit = money(owed, part.unit_minor)
        in_parts = cleared % part.unit_minor != 0
        refuse_obligation(owed, part, in_parts, f"it is in whole multiples of {unit}")
        words.append(f"in whole multiples of {unit}")
    if part.maximum_minor is not None:
        through = by_party(owed, owed.debtor, cleared)
        over = through > part.maximum_minor
        if over.any():
            party = int(np.argmax(over))
            raise RefusedError(
                f"{owed.currency.code}, party {owed.party_id[party].as_py()!r}: of its debts"
                f" {money(owed, through[party])} is cleared; its maximum is"
                f" {money(owed, part.maximum_minor[party])}"
            )
        words.append("of no party's debts more than its maximum")
    return f"{part.currency}: the limits are kept: {'; '.join(words) or 'there are none'}"


def check_staged(part: CurrencyCertificate, owed: Obligations) -> str:
    """Rules 2 to 5."""
    check_objectives(part)
    stage = stage_of(part)
    check_ages(part, owed, stage)
    amount = owed.amount_minor // part.unit_minor * part.unit_minor
    takes_part = stage >= 0
    sign, sign_of_party = signs_of(part, owed, stage)
    partly = takes_part & (sign > 0) & (part.cleared_minor < amount)
    reason = "the prices need {}: the certificate does not prove that no more can be cleared"
    refuse_obligation(owed, part, partly, reason.format("all of it"))
    refuse_obligation(
        owed, part, takes_part & (sign < 0) & (part.cleared_minor > 0), reason.format("nothing of it")
    )
    _check_parties(part, owed, np.where(takes_part, amount, 0), sign_of_party)
    total = money(owed, int(part.cleared_minor.sum()))
    if len(part.objectives) == 1:
        return (
            f"{part.currency}: {total} is cleared, and by the prices nobody can clear more within the limits"
        )
    names = ", then ".join(each.name.partition(": ")[2] or each.name for each in part.objectives)
    return (
        f"{part.currency}: {total} is cleared, and by the prices nobody can clear more of what is {names},"
        " within the limits"
    )


def stage_of(part: CurrencyCertificate) -> Int64Array:
    """Return by obligation the objective that counts it, or below 0 why it takes no part."""
    return np.zeros(len(part.row), np.int64) if part.stage is None else part.stage


def check_ages(part: CurrencyCertificate, owed: Obligations, stage: Int64Array) -> None:
    """Refuse classes of age that do not follow the due days: rule 2."""
    present = np.unique(stage[stage >= 0])
    days = [owed.due_day[stage == number] for number in present]
    for (earlier, later), number in zip(pairwise(days), present[1:], strict=True):
        if later.min() <= earlier.max():
            raise RefusedError(
                f"{part.currency}: the certificate puts something due earlier into a later class:"
                f" {part.objectives[int(number)].name}"
            )


def signs_of(
    part: CurrencyCertificate, owed: Obligations, stage: Int64Array
) -> tuple[Int64Array, Int64Array]:
    """Return the sign of the first gain that is not 0, by obligation and by party."""
    sign, sign_of_party = np.zeros(len(owed), np.int64), np.zeros(len(owed.party_id), np.int64)
    for number, objective in enumerate(part.objectives):
        leaves = objective.price
        arrives = leaves if objective.price_as_creditor is None else objective.price_as_creditor
        gain = (stage == number) - leaves[owed.debtor] + arrives[owed.creditor]
        sign = np.where(sign == 0, np.sign(gain), sign)
        sign_of_party = np.where(sign_of_party == 0, np.sign(leaves - arrives), sign_of_party)
    return sign, sign_of_party


def _check_parties(
    part: CurrencyCertificate, owed: Obligations, amount: Int64Array, sign: Int64Array
) -> None:
    """Rule 4."""
    through = by_party(owed, owed.debtor, part.cleared_minor)
    most = np.minimum(by_party(owed, owed.debtor, amount), by_party(owed, owed.creditor, amount))
    if part.maximum_minor is not None:
        most = np.minimum(most, part.maximum_minor)
    wrong = ((sign > 0) & (through < most)) | ((sign < 0) & (through > 0))
    if wrong.any():
        party = int(np.argmax(wrong))
        needed = money(owed, most[party]) if sign[party] > 0 else "nothing"
        raise RefusedError(
            f"{owed.currency.code}, party {owed.party_id[party].as_py()!r}: of its debts"
            f" {money(owed, through[party])} is cleared, where its prices need {needed}:"
            " the certificate does not prove that no more can be cleared"
        )


def by_party(owed: Obligations, end: Int64Array, amount: Int64Array) -> Int64Array:
    """Return sums by party of amounts by obligation; `end` is the party of each that counts."""
    sums = np.zeros(len(owed.party_id), np.int64)
    np.add.at(sums, end, amount)
    return sums


def refuse_obligation(
    owed: Obligations, part: CurrencyCertificate, wrong: npt.NDArray[np.bool_], why: str
) -> None:
    """Refuse the first obligation of which too much or too little is cleared, if any is wrong."""
    if wrong.any():
        place = int(np.argmax(wrong))
        cleared, amount = money(owed, part.cleared_minor[place]), money(owed, owed.amount_minor[place])
        raise RefusedError(f"{owed.describe(place)}: {cleared} is cleared of {amount}; {why}")


def _obligations(number: int) -> str:
    return f"{number} obligation{'' if number == 1 else 's'}"
