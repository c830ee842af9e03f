"""The plain twin of set-off under a choice: every way to cancel is tried, one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

Row = tuple[int, int, int, int]
"""Debtor, creditor, amount, due day."""


def circulations(rows: list[Row]) -> Iterator[tuple[int, ...]]:
    """Yield every way to reduce the obligations that changes no net position."""
    last = {
        party: max(i for i, row in enumerate(rows) if party in row[:2]) for row in rows for party in row[:2]
    }
    ends: list[list[int]] = [[] for _ in rows]
    for party, place in last.items():
        ends[place].append(party)
    net = dict.fromkeys(last, 0)

    def extend(place: int, chosen: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        if place == len(rows):
            yield chosen
            return
        debtor, creditor, amount, _ = rows[place]
        for part in range(amount + 1):
            net[debtor] += part
            net[creditor] -= part
            if not any(net[party] for party in ends[place]):
                yield from extend(place + 1, (*chosen, part))
            net[debtor] -= part
            net[creditor] += part

    return extend(0, ())


def allowed(
    rows: list[Row],
    cleared: tuple[int, ...],
    untouched: tuple[bool, ...],
    least: int,
    most: int | Mapping[int, int] | None,
) -> bool:
    """Say whether a way to cancel keeps the limits."""
    if any(part and keep for part, keep in zip(cleared, untouched, strict=True)):
        return False
    if any(0 < part < least for part in cleared):
        return False
    for party in {row[0] for row in rows}:
        limit = most.get(party) if isinstance(most, Mapping) else most
        through = sum(part for row, part in zip(rows, cleared, strict=True) if row[0] == party)
        if limit is not None and through > limit:
            return False
    return True


def best_value(ways: list[tuple[int, ...]]) -> int:
    """Return the largest total."""
    return max(sum(way) for way in ways)


def most_closed(rows: list[Row], ways: list[tuple[int, ...]]) -> int:
    """Return how many obligations can be closed at the largest total."""
    best = best_value(ways)
    return max(closed(rows, way) for way in ways if sum(way) == best)


def closed(rows: list[Row], way: tuple[int, ...]) -> int:
    """Count the obligations that are cancelled in full."""
    return sum(part == row[2] for row, part in zip(rows, way, strict=True))


def by_age(rows: list[Row], way: tuple[int, ...]) -> tuple[int, ...]:
    """Return what is cancelled by due day, oldest first; tuples compare as the objective does."""
    days = sorted({row[3] for row in rows})
    return tuple(sum(part for row, part in zip(rows, way, strict=True) if row[3] == day) for day in days)


def every_limit() -> list[tuple[int, int | None]]:
    """Return pairs of a least amount and a most for a party that small instances feel."""
    return list(product((0, 2, 3), (None, 0, 2, 5)))
