"""How labels rise, and which of the open halves of a node are looked at for that.

Rules
-----
1. A half is tight if it is open and the label at its far end is smaller by just what the half counts.
2. The label of a node rises to the smallest that its open halves allow; one of them is tight then.
3. A half that is far from tight sleeps: nobody looks at it. For each node it is known up to which label none
   of its sleeping halves is tight (labels at their far ends only rise, so this stays true). A label that
   would rise above wakes those that are near by then.
4. A node without open halves is a dead end: any label is valid, so it gets one that is out of the way.
"""

from __future__ import annotations

from typing import NamedTuple

from setfair.engine.setoff.labels import FAR
from setfair.engine.setoff.network import Network, cost_of, head_of, swap
from setfair.kernel import forward, inlined, kernel


class Limits(NamedTuple):
    """What bounds one call of `route`."""

    scale: int
    """Of the labels."""
    budget: int
    """Halves to look at."""
    label_max: int
    """Largest label."""
    asleep_from: int
    """Halves that are tight only at a label so much higher sleep."""


@inlined
def find_tight(network: Network, node: int, scale: int) -> tuple[int, int]:
    """Go on with the scan of a node; return the slot of its next tight half, or -1, and how many it read."""
    node = forward(node)
    end = network.start[node] + network.awake[node]
    label = network.label[node]
    begin = network.current[node]
    slot = begin
    while slot < end:
        code = network.code[forward(slot)]
        if network.label[forward(head_of(code))] + cost_of(code) * scale + 1 == label:
            break
        slot += 1
    network.current[node] = slot
    if slot < end:
        return slot, slot - begin + 1
    return -1, slot - begin + 1


@inlined
def bound_of(network: Network, slot: int, scale: int) -> int:
    """Return the label of its node at which a half is tight."""
    code = network.code[forward(slot)]
    return network.label[forward(head_of(code))] + cost_of(code) * scale + 1


@inlined
def _lowest(network: Network, begin: int, end: int, scale: int) -> tuple[int, int]:
    """Return the lowest bound of the halves of some slots, `FAR` if there are none, and its slot."""
    best, tight = FAR, begin
    for slot in range(begin, end):
        bound = bound_of(network, slot, scale)
        if bound < best:
            best, tight = bound, slot
    return best, tight


@inlined
def raise_label(network: Network, node: int, limits: Limits) -> bool:
    """Raise a label as far as the open halves allow; one of them is tight then. False if it got too large."""
    node = forward(node)
    begin = network.start[node]
    best, tight = _lowest(network, begin, begin + network.awake[node], limits.scale)
    if best > network.wake[node] and network.awake[node] < network.opened[node]:
        asleep = begin + network.awake[node]
        sleeper, _ = _lowest(network, asleep, begin + network.opened[node], limits.scale)
        _part(network, node, asleep, min(best, sleeper) + limits.asleep_from, limits)
        best, tight = _lowest(network, begin, begin + network.awake[node], limits.scale)
    if best == FAR:
        best = network.label[node] + 4 * limits.scale
    if best > limits.label_max:
        return False
    network.label[node] = best
    network.current[node] = tight
    return True


@inlined
def _part(network: Network, node: int, begin: int, label: int, limits: Limits) -> None:
    """Of the open halves from a slot on, let those sleep that are tight at no label below the given one."""
    node = forward(node)
    slot, end, wake = begin, network.start[node] + network.opened[node], limits.label_max
    while slot < end:
        bound = bound_of(network, slot, limits.scale)
        if bound < label:
            slot += 1
            continue
        wake = min(wake, bound)
        end -= 1
        while end > slot:
            last = bound_of(network, end, limits.scale)
            if last < label:
                break
            wake = min(wake, last)
            end -= 1
        swap(network, slot, end)
    network.awake[node] = slot - network.start[node]
    network.wake[node] = wake


@kernel
def send_to_sleep(network: Network, limits: Limits) -> None:
    """Part the open halves of every node into those that are nearly tight and those that sleep."""
    for node in range(network.excess.shape[0]):
        label = network.label[node] + limits.asleep_from
        _part(network, node, network.start[node], label, limits)
