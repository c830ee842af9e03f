"""Whether a certificate proves the set-off of these obligations: one pass, nothing is computed anew.

Rules, in order; the first that does not hold is the refusal
-----
1. The certificate is of these obligations: the same rows take part, and their content has the same digest.
2. Of no obligation less than nothing or more than its amount is cleared; limits are kept (`limits`).
3. No party's net position changes: as much is cleared of what it owes as of what it is owed. With money put
   in, it changes by that alone, and `money` proves the rest.
4. The prices prove that nothing larger satisfies 2 and 3. For an obligation from u to v let
   gain = 1 - price[u] + price[v]. Around any loop the prices cancel, so whatever satisfies 3 clears
   sum(cleared) = sum(cleared * gain), and by 2 at most bound = sum(amount * max(0, gain)). Where an
   obligation with gain > 0 is cleared whole and one with gain < 0 not at all, sum(cleared) is this bound.
   With classes of age or limits there are more prices, and `limits` proves the same of what takes part.
5. The totals are those that the certificate says.

Everything is exact: sums that could leave int64 are taken in two halves and put together as Python integers.

Source: complementary slackness of linear programming, as in R. Ahuja, T. Magnanti, J. Orlin, "Network Flows",
1993, section 9.4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np
import numpy.typing as npt

from setfair.domain.obligations import Obligations
from setfair.domain.party_amount import PartyAmount
from setfair.formats.certificate import Certificate, CurrencyCertificate
from setfair.verify.limits import check_limits, check_objectives, check_staged, is_plain
from setfair.verify.money import (
    check_gifts,
    check_most_discharged,
    check_offers,
    check_positions_with_money,
)
from setfair.verify.table import check_currencies, check_digest, check_table
from setfair.verify.verdict import RefusedError, Verdict, money, run_checks

GROSS_MAX_MINOR = 2**62 - 1
"""Largest sum of obligations: with it no sum over some of them leaves int64."""
_HALF_BITS = 31

Int64Array = npt.NDArray[np.int64]


def verify_set_off(
    certificate: Certificate,
    obligations: Sequence[Obligations],
    *,
    rows: int,
    left_out: int,
    liquidity: Sequence[PartyAmount] | None = None,
) -> Verdict:
    """Check a certificate against the obligations that it is of.

    Parameters
    ----------
    certificate
        What is claimed.
    obligations
        What takes part of the table, currency by currency in the order of their codes.
    rows, left_out
        Rows of the table, and how many of them take no part.
    liquidity
        The table of money that the offers are to be those of; None: they are as the certificate says.
    """
    return run_checks(_checks(certificate, obligations, (rows, left_out), liquidity))


def _checks(
    certificate: Certificate,
    obligations: Sequence[Obligations],
    size: tuple[int, int],
    liquidity: Sequence[PartyAmount] | None,
) -> Iterator[Callable[[], str]]:
    yield partial(_check_table, certificate, obligations, size)
    if liquidity is not None:
        yield partial(_check_money_currencies, certificate, liquidity)
    for part, owed in zip(certificate.currencies, obligations, strict=True):
        yield partial(_check_content, part, owed)
        yield partial(_check_bounds, part, owed)
        if liquidity is not None:
            offers = [row for row in liquidity if row.currency.code == part.currency]
            yield partial(check_offers, part, owed, part.money, offers)
        if part.money is not None:
            yield partial(check_gifts, part, owed, part.money)
            yield partial(check_positions_with_money, part, owed, part.money)
            if part.stage is not None or part.maximum_minor is not None:
                yield partial(check_limits, part, owed)
            yield partial(check_most_discharged, part, owed, part.money)
            yield partial(_check_totals, part, owed)
            continue
        yield partial(_check_positions, part, owed)
        if is_plain(part):
            yield partial(_check_optimum, part, owed)
        else:
            yield partial(check_limits, part, owed)
            yield partial(check_staged, part, owed)
        yield partial(_check_totals, part, owed)


def _check_table(certificate: Certificate, obligations: Sequence[Obligations], found: tuple[int, int]) -> str:
    """Rule 1, for the table as a whole."""
    said = check_table((certificate.rows, certificate.left_out), found)
    check_currencies(
        [part.currency for part in certificate.currencies], [owed.currency.code for owed in obligations]
    )
    return said


def _check_money_currencies(certificate: Certificate, liquidity: Sequence[PartyAmount]) -> str:
    """Refuse a table of money in a currency that the certificate is not of."""
    codes = [part.currency for part in certificate.currencies]
    for row in liquidity:
        if row.currency.code not in codes:
            raise RefusedError(
                f"the table of money has {row.currency.code} in line {row.line}, and the certificate has not"
            )
    return "the table of money is in currencies of the certificate"


def _check_content(part: CurrencyCertificate, owed: Obligations) -> str:
    """Rule 1, for one currency."""
    if not np.array_equal(part.row, owed.row):
        row = int(np.setxor1d(part.row, owed.row)[0])
        where = (
            "in the certificate, not in this table"
            if row in part.row
            else "in this table, not in the certificate"
        )
        raise RefusedError(f"{part.currency}, row {row}: takes part {where}")
    if not part.party_id.equals(owed.party_id):
        raise RefusedError(
            f"{part.currency}: the parties are not those of the certificate{_first_other(part, owed)}"
        )
    return check_digest(part.currency, part.content_sha256, owed)


def _first_other(part: CurrencyCertificate, owed: Obligations) -> str:
    ids, others = part.party_id.to_pylist(), owed.party_id.to_pylist()
    other = min(set(ids) ^ set(others))
    return f": {other!r} is only in {'the certificate' if other in ids else 'this table'}"


def _check_bounds(part: CurrencyCertificate, owed: Obligations) -> str:
    """Rule 2, and that sums of amounts stay inside int64."""
    gross = _sum(owed.amount_minor)
    if gross > GROSS_MAX_MINOR:
        raise RefusedError(
            f"{part.currency}: the obligations sum to {gross} minor units, more than {GROSS_MAX_MINOR}"
        )
    wrong = (part.cleared_minor < 0) | (part.cleared_minor > owed.amount_minor)
    if wrong.any():
        place = int(np.argmax(wrong))
        cleared, amount = money(owed, part.cleared_minor[place]), money(owed, owed.amount_minor[place])
        raise RefusedError(f"{owed.describe(place)}: {cleared} is cleared of {amount}")
    return f"{part.currency}: of every obligation between nothing and its amount is cleared"


def _check_positions(part: CurrencyCertificate, owed: Obligations) -> str:
    """Rule 3."""
    change = _net(owed, part.cleared_minor)
    if change.any():
        party = int(np.argmax(change != 0))
        side = "owes" if change[party] > 0 else "is owed"
        raise RefusedError(
            f"{part.currency}, party {owed.party_id[party].as_py()!r}: its net position changes, by"
            f" {money(owed, abs(int(change[party])))} that it {side} less"
        )
    return f"{part.currency}: the net position of none of the {len(owed.party_id)} parties changes"


def _check_optimum(part: CurrencyCertificate, owed: Obligations) -> str:
    """Rule 4."""
    check_objectives(part)
    (objective,) = part.objectives
    gain = 1 - objective.price[owed.debtor] + objective.price[owed.creditor]
    partly = (gain > 0) & (part.cleared_minor < owed.amount_minor)
    wrong = partly | ((gain < 0) & (part.cleared_minor > 0))
    if wrong.any():
        place = int(np.argmax(wrong))
        cleared, amount = money(owed, part.cleared_minor[place]), money(owed, owed.amount_minor[place])
        needed = "all of it" if gain[place] > 0 else "nothing of it"
        raise RefusedError(
            f"{owed.describe(place)}: {cleared} is cleared of {amount}, where the prices need {needed}:"
            " the certificate does not prove that no more can be cleared"
        )
    total, bound = _sum(part.cleared_minor), _bound(owed.amount_minor, gain)
    if total != bound:
        raise RefusedError(
            f"{part.currency}: {money(owed, total)} is cleared, the prices allow for {money(owed, bound)}:"
            " the certificate does not prove that no more can be cleared"
        )
    return f"{part.currency}: {money(owed, total)} is cleared, and by the prices nobody can clear more"


def _check_totals(part: CurrencyCertificate, owed: Obligations) -> str:
    """Rule 5."""
    net = _net(owed, owed.amount_minor)
    totals = (
        ("gross", part.gross_minor, _sum(owed.amount_minor)),
        ("cleared", part.cleared_total_minor, _sum(part.cleared_minor)),
        ("net debit", part.net_debit_minor, int(net[net > 0].sum())),
    )
    for name, claimed, found in totals:
        if claimed != found:
            raise RefusedError(
                f"{part.currency}: the certificate says {name} {money(owed, claimed)};"
                f" it is {money(owed, found)}"
            )
    words = ", ".join(f"{name} {money(owed, found)}" for name, _, found in totals)
    return f"{part.currency}: the totals are right: {words}"


def _net(owed: Obligations, amount_minor: Int64Array) -> Int64Array:
    """Return by party the sum of what it owes minus that of what it is owed."""
    net = np.zeros(len(owed.party_id), np.int64)
    np.add.at(net, owed.debtor, amount_minor)
    np.subtract.at(net, owed.creditor, amount_minor)
    return net


def _sum(values: Int64Array) -> int:
    """Return a sum of numbers from 0 on, exactly."""
    upper, lower = values >> _HALF_BITS, values & ((1 << _HALF_BITS) - 1)
    return (int(upper.sum()) << _HALF_BITS) + int(lower.sum())


def _bound(amount_minor: Int64Array, gain: Int64Array) -> int:
    """Return sum(amount * max(0, gain)), exactly however large the prices: one product for each gain."""
    positive = gain > 0
    amount, gain = amount_minor[positive], gain[positive]
    if not len(gain):
        return 0
    order = np.argsort(gain, kind="stable")
    amount, gain = amount[order], gain[order]
    first = np.flatnonzero(np.concatenate(([True], gain[1:] != gain[:-1])))
    # Sums of amounts are at most GROSS_MAX_MINOR.
    sums = np.add.reduceat(amount, first)
    return sum(each * total for each, total in zip(gain[first].tolist(), sums.tolist(), strict=True))
