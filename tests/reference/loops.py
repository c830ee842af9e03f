"""What `engine.loops` means: the same rules with dictionaries and lists, one step after the other."""

from __future__ import annotations

from itertools import pairwise

Loop = tuple[tuple[int, ...], int]
"""Obligations of a loop, and its amount."""


class Unwinder:
    """Takes one circulation apart."""

    def __init__(self, rows: list[tuple[int, int, int]], arcs_searched_max: int) -> None:
        """Take debtor, creditor and amount of each obligation."""
        self.rest = [amount for _, _, amount in rows]
        self.most = arcs_searched_max
        self.waiting: dict[tuple[int, int], list[int]] = {}
        for place, (debtor, creditor, amount) in enumerate(rows):
            if amount:
                self.waiting.setdefault((debtor, creditor), []).append(place)
        self.out: dict[int, list[int]] = {}
        self.into: dict[int, list[int]] = {}
        for debtor, creditor in sorted(self.waiting):
            self.out.setdefault(debtor, []).append(creditor)
            self.into.setdefault(creditor, []).append(debtor)
        self.path: list[int] = []
        self.toward: dict[int, int] = {}
        self.in_ball: set[int] = set()
        self.loops: list[Loop] = []

    def run(self) -> list[Loop]:
        """Find all loops."""
        for debtor, creditor in sorted(self.waiting):
            while debtor < creditor and self.is_left(debtor, creditor) and self.is_left(creditor, debtor):
                self.take([debtor, creditor, debtor])
        for root in sorted(self.out):
            self.make_ball(root)
            while any(self.is_left(root, other) for other in self.out[root]):
                self.path = [root]
                self.close_loops_until_back(root)
        return self.loops

    def is_left(self, debtor: int, creditor: int) -> bool:
        return bool(self.waiting.get((debtor, creditor)))

    def take(self, parties: list[int]) -> None:
        """Reduce the obligations from each party to the next by the smallest, and note the loop."""
        arcs = list(pairwise(parties))
        places = [self.waiting[arc][0] for arc in arcs]
        amount = min(self.rest[place] for place in places)
        for arc, place in zip(arcs, places, strict=True):
            self.rest[place] -= amount
            if not self.rest[place]:
                self.waiting[arc].pop(0)
        self.loops.append((tuple(places), amount))

    def make_ball(self, root: int) -> None:
        """Find the parties around the root."""
        self.toward = self.ball_around(root)
        self.in_ball = set(self.toward)

    def ball_around(self, root: int) -> dict[int, int]:
        """By party around the root: whom it leads to the root over."""
        toward = {root: root}
        queue, looked = [root], 0
        for party in queue:
            for debtor in self.into.get(party, []):
                if looked == self.most:
                    return toward
                looked += 1
                if debtor not in toward and self.is_left(debtor, party):
                    toward[debtor] = party
                    queue.append(debtor)
        return toward

    def close_loops_until_back(self, root: int) -> None:
        """Walk and close loops until the path is back at its root; make a ball anew that was not enough."""
        is_good = True
        while True:
            way, closes = self.search(self.path[-1])
            if not closes:
                is_good = is_good and len(self.path) > 1
                self.path += way
                continue
            start = self.path.index(way[-1])
            self.take([*self.path[start:], *way])
            del self.path[start + 1 :]
            if start == 0:
                break
        if not is_good:
            self.make_ball(root)

    def search(self, origin: int) -> tuple[list[int], bool]:
        """Return the parties on the way from the end of the path, and whether it closes a loop."""
        came_from = {origin: origin}
        queue, looked = [origin], 0
        on_path = set(self.path)
        for party in queue:
            creditors = self.out.get(party, [])
            first = next((n for n, each in enumerate(creditors) if self.is_left(party, each)), len(creditors))
            for other in creditors[first:]:
                if looked == self.most:
                    return self.way(came_from, queue[-1]), False
                looked += 1
                if not self.is_left(party, other) or (other in came_from and other != origin):
                    continue
                if other in on_path:
                    return [*self.way(came_from, party), other], True
                came_from[other] = party
                rest = self.along_ball(other, on_path, set(came_from))
                if rest:
                    return [*self.way(came_from, other), *rest], True
                queue.append(other)
        raise AssertionError("in a circulation every way comes back")

    def way(self, came_from: dict[int, int], to: int) -> list[int]:
        """Return the parties after the origin, up to and with `to`."""
        parties = []
        while came_from[to] != to:
            parties.append(to)
            to = came_from[to]
        return parties[::-1]

    def along_ball(self, party: int, on_path: set[int], met: set[int]) -> list[int]:
        """Return the parties from one of the ball to the path, or none if something on the way is used up."""
        parties = []
        start = party
        while start in self.in_ball and party not in on_path:
            following = self.toward[party]
            if not self.is_left(party, following) or (following in met and following not in on_path):
                self.in_ball.remove(start)
                return []
            party = following
            parties.append(party)
        return parties
