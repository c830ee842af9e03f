"""What a set-off is to achieve, as an explicit choice, and the words for it."""

from __future__ import annotations

from enum import Enum


class Objective(Enum):
    """What comes first. The value is the word for it at the doors."""

    VALUE = "value"
    CLOSED = "closed"
    OLDEST = "oldest"

    @property
    def words(self) -> str:
        """What it means, in one sentence."""
        return _WORDS[self]

    @property
    def proven(self) -> str:
        """What is proven of the result, and what is not."""
        return _PROVEN[self]


_WORDS = {
    Objective.VALUE: "Most value: the largest total is cancelled.",
    Objective.CLOSED: "Most value, then many closed: of the ways to cancel the largest total, one that "
    "cancels many obligations in full.",
    Objective.OLDEST: "Oldest first: the most of the oldest debts is cancelled, then the most of the next, "
    "and so on.",
}
_PROVEN = {
    Objective.VALUE: "The total is the largest possible; the prices prove it.",
    Objective.CLOSED: "The total is the largest possible; the prices prove it. The number of closed "
    "obligations is not proven the largest: no way to cancel the same total closes more than the bound.",
    Objective.OLDEST: "Of each class of age the most is cancelled that the older ones leave possible; the "
    "prices of the stages prove it. The total may be smaller than the largest.",
}
