"""What violates prices or labels: open halves that lead down by more than they count.

Rules
-----
1. A price is a label divided by the scale and rounded down, from a threshold on. It violates a half if that
   is open and cheaper than the difference of the prices at its ends. At the best threshold few do, or none:
   then the prices prove that the flow is optimal.
2. A half that is violated is filled, so that none is left; that makes excess at its far end.
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
def fill_violated(network: Network, scale: int) -> int:
    """Fill every open half that leads down by more than it counts; return how many there were."""
    filled = 0
    for node in range(network.excess.shape[0]):
        slot = network.start[node]
        while slot < network.start[node] + network.opened[node]:
            code = network.code[slot]
            other = head_of(code)
            if network.label[other] + cost_of(code) * scale + 1 < network.label[node]:
                half = network.half[slot]
                amount = network.room[half]
                network.excess[node] -= amount
                network.excess[other] += amount
                push(network, node, half, amount)
                filled += 1
            else:
                slot += 1
    return filled
