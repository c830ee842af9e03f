"""Operational errors: what went wrong outside the rules of settlement, and what to do about it.

A rejection of one payment is a value with an ISO reason (`domain.codes.Reason`) and is journaled;
it is never an exception. The exceptions here stop a command. A broken invariant is a
`BrokenInvariantError`: nothing catches it, the house stops and keeps the evidence.

    SetfairError
      AgreementError            the agreement document is not valid, or not signed
      FileRefusedError          a file is malformed, truncated or hostile; nothing of it was applied
      HouseError                the house on disk cannot be used as asked
        LeaseHeldError          another writer holds the house
        StoreError              the store failed; what was not acknowledged did not happen
          PageDamagedError      a page on record was altered, or has a format that is not read here
        PhaseError              the business day is not in the phase that the command needs
      NotProvenError            a proof does not prove what it is said to prove
      ScreeningUnavailableError a mandatory list is missing, truncated or stale; nothing settles
    BrokenInvariantError        the books contradict themselves
"""

from __future__ import annotations

from dataclasses import dataclass


class SetfairError(Exception):
    """Base of all operational errors; the message says what to do."""


class AgreementError(SetfairError):
    """The agreement is not valid: `problems` names each field by its path."""

    def __init__(self, message: str, problems: tuple[str, ...] = ()) -> None:
        super().__init__("\n".join((message, *(f"  {problem}" for problem in problems))))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class FileProblem:
    """One thing that is wrong with a file, and where."""

    line: int | None
    """Line number, from 1; None where the format has no lines."""
    element: str
    """Element path, column name or section; empty where it concerns the whole file."""
    text: str
    """What is wrong and what is allowed."""
    reason: str = "FF01"
    """ISO 20022 external reason code (FF01: invalid file format)."""

    def __str__(self) -> str:
        where = [f"line {self.line}"] if self.line is not None else []
        where += [self.element] if self.element else []
        return f"{', '.join(where) or 'file'}: {self.text} [{self.reason}]"


class FileRefusedError(SetfairError):
    """A whole file is refused; nothing of it was applied."""

    def __init__(self, path: str, problems: tuple[FileProblem, ...]) -> None:
        lines = [f"{path}: refused, nothing of it was applied"]
        lines += [f"  {problem}" for problem in problems]
        super().__init__("\n".join(lines))
        self.path = path
        self.problems = problems


class HouseError(SetfairError):
    """The house on disk cannot be used as asked."""


class LeaseHeldError(HouseError):
    """Another writer holds the house; the message names it."""


class StoreError(HouseError):
    """The store failed; what was not acknowledged did not happen."""


class PageDamagedError(StoreError):
    """The bytes are not a page that this version can read, or were altered."""


class PhaseError(HouseError):
    """The business day is not in the phase that the command needs."""


class NotProvenError(SetfairError):
    """A proof does not prove what it is said to prove; the message says what does not hold."""


class ScreeningUnavailableError(SetfairError):
    """A mandatory list is missing, truncated or stale: nothing settles until it is mended."""


class BrokenInvariantError(Exception):
    """The books contradict themselves: the house stops and keeps the evidence."""
