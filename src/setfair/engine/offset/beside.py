"""Searches beside each other, each on a core of its own: kernels release the interpreter lock.

None looks at another while it runs, and work is counted, not timed: what is found does not depend on which
is done first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor


def run_beside(tasks: Sequence[Callable[[], None]]) -> None:
    """Run tasks beside each other until all are done."""
    with ThreadPoolExecutor(len(tasks), "setfair-offset") as pool:
        for each in [pool.submit(task) for task in tasks]:
            each.result()
