"""What set-off across currencies means, in obvious Python: given what a circulation cancels, all the rest.

Nothing here is taken from the engine. The circulation itself is checked by its optimum, not computed twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor

GROSS_MAX = 2**62 - 1


@dataclass(frozen=True)
class Owed:
    """One obligation."""

    debtor: int
    creditor: int
    amount: int
    due: int
    currency: int


def fine_units(rows: Sequence[Owed], worth: Sequence[Fraction]) -> Fraction | None:
    """Return fine units in one minor unit of account; None if there is no way."""
    used = sorted({row.currency for row in rows})
    if not used:
        return Fraction(1)
    gross = sum(row.amount * worth[row.currency] for row in rows)
    # The largest unit of which all are whole multiples: the greatest common divisor of fractions.
    divisor = worth[used[0]]
    for number in used:
        one, other = divisor, worth[number]
        while other:
            one, other = other, one % other
        divisor = one
    if gross / divisor <= GROSS_MAX:
        return 1 / divisor
    power = Fraction(10) ** 60
    while gross * power > GROSS_MAX:
        power /= 10
    return power if all(worth[number] * power >= 1 for number in used) else None


def values(rows: Sequence[Owed], worth: Sequence[Fraction], fine: Fraction) -> list[int]:
    """Return what each obligation counts for."""
    return [floor(row.amount * worth[row.currency] * fine) for row in rows]


def reductions(
    rows: Sequence[Owed], worth: Sequence[Fraction], fine: Fraction, cancelled: Sequence[int]
) -> list[int]:
    """Return by how many minor units each obligation is reduced."""
    found = []
    for row, value, part in zip(rows, values(rows, worth, fine), cancelled, strict=True):
        minor = worth[row.currency] * fine
        found.append(row.amount if part == value else floor(part / minor + Fraction(1, 2)))
    return found


def changes(rows: Sequence[Owed], reduced: Sequence[int]) -> dict[tuple[int, int], int]:
    """Return by party and currency what its net debt fell by."""
    change: dict[tuple[int, int], int] = defaultdict(int)
    for row, part in zip(rows, reduced, strict=True):
        change[row.debtor, row.currency] += part
        change[row.creditor, row.currency] -= part
    return {key: part for key, part in sorted(change.items()) if part}


def gains(rows: Sequence[Owed], worth: Sequence[Fraction], reduced: Sequence[int]) -> dict[int, Fraction]:
    """Return by party what it gained, in minor units of account."""
    gain = {party: Fraction(0) for row in rows for party in (row.debtor, row.creditor)}
    for row, part in zip(rows, reduced, strict=True):
        gain[row.debtor] += part * worth[row.currency]
        gain[row.creditor] -= part * worth[row.currency]
    return dict(sorted(gain.items()))


def bounds(
    rows: Sequence[Owed], worth: Sequence[Fraction], fine: Fraction, cancelled: Sequence[int]
) -> dict[int, Fraction]:
    """Return by party what its gain is at most in size, in minor units of account."""
    bound = {party: Fraction(0) for row in rows for party in (row.debtor, row.creditor)}
    for row, value, part in zip(rows, values(rows, worth, fine), cancelled, strict=True):
        minor = worth[row.currency]
        most = Fraction(0)
        if part == value and (minor * fine).denominator > 1:
            most = 1 / fine
        elif 0 < part < value and minor * fine > 1:
            most = minor / 2
        for party in (row.debtor, row.creditor):
            bound[party] += most
    return dict(sorted(bound.items()))


def entries(gain: dict[int, Fraction]) -> dict[int, int]:
    """Return by party what it owes the rounding account: whole minor units of account that sum to nothing."""
    entry = {party: floor(part) for party, part in gain.items()}
    while sum(entry.values()) < 0:
        # Who is furthest below its gain gets one; whoever has had one is above it.
        party = max(gain, key=lambda each: (gain[each] - entry[each], -each))
        entry[party] += 1
    return entry
