"""The bound by prices: whatever a unit of each room costs, no set is worth more than what the prices say.

Rules
-----
1. An item's gain is its value less the price of what it takes and plus the price of what it adds. For any
   prices from 0, no set is worth more than the rooms at their prices and all gains above 0 together.
2. Prices of the flow are the best ones where there are no links. With links they are moved against what would
   be short or left over (a subgradient step, deflected), as many times as the work allows, and the best are
   kept.
3. Prices are whole numbers of 1 / scale. The scale is the largest power of two that keeps every sum in int64.

Source: M. Held, P. Wolfe, H. Crowder, "Validation of subgradient optimization", Mathematical Programming 6,
1974; P. Camerini, L. Fratta, F. Maffioli, "On improving relaxation methods by modified gradient techniques",
Mathematical Programming Study 3, 1975.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from setfair.engine.offset.given import Int64Array
from setfair.engine.offset.model import Core
from setfair.kernel import inlined, kernel

PRICE_MAX = 15
"""The largest price that is worked with: a unit of liquidity is rarely worth more than one of value."""
SCALE_MAX = 2**16
_STEP_UNIT = 2**10
_GUIDE_BITS = 16


class Priced(NamedTuple):
    """Prices and what follows from them."""

    price: Int64Array
    """By room, in 1 / scale."""
    gain: Int64Array
    """By item, in 1 / scale."""
    total: int
    """Rooms at their prices and gains above 0, in 1 / scale: a bound."""
    scale: int


def find_scale(value: Int64Array, room: Int64Array) -> int:
    """Return the scale for items of these values and rooms of these sizes; 0 if there is none: rule 3."""
    # A gain is at most value * (1 + 4 * price); a touch occurs on at most four rooms for each payment.
    most = int(value.sum()) * (2 + 4 * PRICE_MAX) + int(room.sum()) * PRICE_MAX
    scale = SCALE_MAX
    while scale and most * scale >= 2**62:
        scale //= 2
    return scale


def price_items(core: Core, price: Int64Array, scale: int) -> Priced:
    """Return the gains and the bound that prices give."""
    gain = np.empty(core.items, np.int64)
    total = _find_gains(core, price, scale, gain)
    return Priced(price, gain, total, scale)


class _Room(NamedTuple):
    """What the steps need, by room but the last two."""

    price: Int64Array
    best: Int64Array
    left: Int64Array
    direction: Int64Array
    gain: Int64Array
    tally: Int64Array
    """Work used, and the best total."""


def improve_prices(
    core: Core, start: Int64Array, scale: int, floor: int, work_max: int
) -> tuple[Priced, int]:
    """Move prices so that their bound comes down; return the best, and the work used.

    Parameters
    ----------
    core
        Items and rooms.
    start
        Prices to begin with, in 1 / scale.
    scale
        From `find_scale`, more than 0.
    floor
        A value that is reached: the bound cannot come below it.
    work_max
        Touches that may be looked at.
    """
    rooms = len(core.room)
    state = _Room(
        price=start.copy(),
        best=start.copy(),
        left=np.zeros(rooms, np.int64),
        direction=np.zeros(rooms, np.int64),
        gain=np.zeros(core.items, np.int64),
        tally=np.zeros(2, np.int64),
    )
    _step(core, state, scale, floor, work_max)
    return price_items(core, state.best, scale), int(state.tally[0])


@kernel
def _find_gains(core: Core, price: Int64Array, scale: int, gain: Int64Array) -> int:
    """Fill the gains; return the bound, in 1 / scale."""
    total = 0
    for room in range(core.room.shape[0]):
        total += price[room] * core.room[room]
    for item in range(core.value.shape[0]):
        own = scale * core.value[item]
        for touch in range(core.item_start[item], core.item_start[item + 1]):
            own += price[core.touch_room[touch]] * core.touch_by[touch]
        gain[item] = own
        if own > 0:
            total += own
    return total


@inlined
def _bits_over(number: int, bits: int) -> int:
    """Return by how many bits a number has to be shifted to have at most so many."""
    shift = 0
    while number >> shift >= 1 << bits:
        shift += 1
    return shift


@inlined
def _copy(source: Int64Array, target: Int64Array) -> None:
    # Assigning a slice would allocate.
    for place in range(target.shape[0]):
        target[place] = source[place]


@kernel
def _step(core: Core, state: _Room, scale: int, floor: int, work_max: int) -> None:
    """Rule 2. The step shrinks where the bound has not come down for a while."""
    price, best, left, direction, gain, tally = state
    each = core.touch_by.shape[0] * 2 + core.room.shape[0]
    length, stale = _STEP_UNIT, 0
    tally[1] = -1
    while tally[0] + each <= work_max and length > 4:
        tally[0] += each
        total = _find_gains(core, price, scale, gain)
        if tally[1] < 0 or total < tally[1]:
            stale = 0 if tally[1] < 0 or tally[1] - total > total >> 14 else stale + 1
            tally[1] = total
            _copy(price, best)
        else:
            stale += 1
        if stale > 12:
            stale, length = 0, length * 3 // 4
            _copy(best, price)
        _copy(core.room, left)
        for item in range(core.value.shape[0]):
            if gain[item] > 0:
                for touch in range(core.item_start[item], core.item_start[item + 1]):
                    left[core.touch_room[touch]] += core.touch_by[touch]
        largest = 1
        for room in range(left.shape[0]):
            # What cannot move says nothing: a price of 0 does not fall.
            if price[room] == 0 and left[room] > 0:
                left[room] = 0
            direction[room] = (direction[room] * 5 + left[room] * 3) // 8
            if price[room] == 0 and direction[room] > 0:
                direction[room] = 0
            largest = max(largest, abs(direction[room]))
        shift = _bits_over(largest, _GUIDE_BITS)
        norm = 1
        for room in range(left.shape[0]):
            norm += (direction[room] >> shift) ** 2
        # Gap * scale * length / norm * direction, in an order that neither leaves int64 nor loses the step.
        gap = max(1, (tally[1] - floor * scale) >> shift)
        over = _bits_over(gap, 40)
        ratio = ((gap >> over) * length) // max(1, (norm * _STEP_UNIT) >> (over + 10))
        for room in range(left.shape[0]):
            move = (ratio * (direction[room] >> shift)) >> 10
            price[room] = min(max(price[room] - move, 0), PRICE_MAX * scale)
