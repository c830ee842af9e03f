"""What a verifier found: what was checked, in words, and the first thing that does not hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from setfair.domain.money import format_amount
from setfair.domain.obligations import Obligations


@dataclass(frozen=True, slots=True)
class Verdict:
    """The end of a verification."""

    checked: tuple[str, ...]
    """What holds, a sentence each, in the order of the checks."""
    refusal: str | None
    """What does not hold, naming the first obligation or party; None if everything holds."""

    @property
    def is_proven(self) -> bool:
        """Say whether everything holds."""
        return self.refusal is None


class RefusedError(Exception):
    """A check does not hold; the message is the refusal. Never leaves `setfair.verify`."""


def run_checks(checks: Iterable[Callable[[], str]]) -> Verdict:
    """Run checks until one does not hold; each returns what holds or raises `RefusedError`."""
    checked: list[str] = []
    for check in checks:
        try:
            checked.append(check())
        except RefusedError as error:
            return Verdict(tuple(checked), str(error))
    return Verdict(tuple(checked), None)


def money(owed: Obligations, minor: int) -> str:
    """Write minor units of the currency of obligations."""
    return format_amount(int(minor), owed.currency.decimals)
