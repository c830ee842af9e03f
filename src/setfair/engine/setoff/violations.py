"""What violates prices or labels: open halves that lead down by more than they count.

Rules
-----
1. A price is a label divided by the scale and rounded down, from a threshold on. It violates a half if that
   is open and cheaper than the difference of the prices at its ends. At the best threshold few do, or none:
   then the prices prove that the flow is optimal.
2. A half that is violated is filled, so that none is left; that makes excess at its far end.
3. A violation need not mean that the flow could be cheaper: along a way of many steps the labels rise by a
   unit of cost where the prices do not. Prices that are lowered in the order of the labels come to rest if
   that is all; around a cycle that would make the flow cheaper they never do.
"""

from __future__ import annotations

from setfair.engine.setoff.network import Int64Array, Network, cost_of, head_of, push
from setfair.kernel import kernel


@kernel
def count_violations(network: Network, scale: int, by_threshold: Int64Array) -> None:
    """Count for each rounding threshold, int64, shape (scale,), the halves that it violates."""
    for node in range(network.excess.shape[0]):
        label = network.label[node]
        for slot in range(network.start[node], network.start[node] + network.opened[node]):
            code = network.code[slot]
            if network.label[head_of(code)] + cost_of(code) * scale + 1 == label:
                by_threshold[label % scale] += 1


@kernel
def fill_violated(network: Network, scale: int, slack: int) -> int:
    """Fill every open half that leads down by more than it counts; return how many there were.

    A half counts `scale` * cost + `slack`: slack 1 for labels, 0 with scale 1 for prices in their place.
    """
    filled = 0
    for node in range(network.excess.shape[0]):
        slot = network.start[node]
        while slot < network.start[node] + network.opened[node]:
            code = network.code[slot]
            other = head_of(code)
            if network.label[other] + cost_of(code) * scale + slack < network.label[node]:
                half = network.half[slot]
                amount = network.room[half]
                network.excess[node] -= amount
                network.excess[other] += amount
                push(network, node, half, amount)
                filled += 1
            else:
                slot += 1
    return filled


@kernel
def lower_prices(network: Network, order: Int64Array, price: Int64Array) -> int:
    """Lower each price, in this order of nodes, to what its open halves allow; return how many changed."""
    lowered = 0
    for place in range(order.shape[0]):
        node = order[place]
        lowest = price[node]
        for slot in range(network.start[node], network.start[node] + network.opened[node]):
            code = network.code[slot]
            lowest = min(lowest, price[head_of(code)] + cost_of(code))
        lowered += lowest < price[node]
        price[node] = lowest
    return lowered
