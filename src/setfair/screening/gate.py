"""The gate: which lists are in force today, or why nothing settles.

Rules
-----
1. The list with the id ``UN`` is always required: format ``un_xml``, mandatory, at least `UN_ENTRIES_MIN`
   entries asked for, at most `UN_AGE_DAYS_MAX` days old. No agreement, setting or role changes that.
2. A list is in force only if it was read whole, has as many entries as its bounds say, is not published in
   the future and not older than its bound.
3. If a mandatory list is not in force, nothing settles: the error names every list, what is wrong and what to
   do. A list that is not mandatory is left out, and the set of lists says so. A list that grows old degrades
   in the steps that the agreement names: from one age on the set of lists warns (where none is named, from
   three quarters of the last one), from a later one what is new
   is held for two people, and from `max_age_days` on nothing settles.
4. The version of the set changes when any byte of a list in force changes, or the rules by which names are
   compared.

What decides whether a name is on a list is elsewhere: `match`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from setfair.errors import FileRefusedError, ScreeningUnavailableError
from setfair.screening.lists import READERS
from setfair.screening.lists.model import ListFormat, SanctionsList, hash_facts

UN_LIST_ID = "UN"
UN_ENTRIES_MIN = 500
"""The consolidated list had 877 entries in 2025 and has 1,003 in 2026: half of it is not the list."""
UN_AGE_DAYS_MAX = 31
"""Members of the UN must act without delay; a month is the most that an operator without a network connection
can need to bring a new file. An agreement should ask for a week or less."""
FUTURE_DAYS_MAX = 1
"""A list that was published this evening in one time zone may carry tomorrow's date in another."""
SETTINGS_VERSION = "fuzzy-8"
"""Changes with every change of normalisation or matching, so that no decision made before is taken over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRequirement:
    """What an agreement asks of one list."""

    list_id: str
    format: str
    """A `ListFormat`."""
    path: Path
    mandatory: bool
    """Whether nothing settles without it."""
    max_age_days: int
    """Days from its publication during which it is in force."""
    entries_min: int
    entries_max: int
    warn_age_days: int | None = None
    """Days from which on the set of lists warns; None: three quarters of `max_age_days`."""
    hold_age_days: int | None = None
    """Days from which on what is new is held for two people; None: never."""

    @property
    def warns_after_days(self) -> int:
        """Age after which the set of lists warns."""
        return self.max_age_days * 3 // 4 if self.warn_age_days is None else self.warn_age_days


@dataclass(frozen=True, slots=True)
class ListSource:
    """What the journal keeps about one list in force."""

    list_id: str
    source: str
    published: date
    content_hash: str
    entry_count: int


@dataclass(frozen=True, slots=True)
class ListSet:
    """The lists in force; decisions are bound to `version`."""

    lists: tuple[SanctionsList, ...] = field(repr=False)
    """In the order of their ids."""
    version: str
    """SHA-256, hexadecimal, of list ids, content hashes and `SETTINGS_VERSION`."""
    left_out: tuple[str, ...] = ()
    """Why a list that is not mandatory is not in force; one line each."""
    warnings: tuple[str, ...] = ()
    """Which lists grow old; one line each."""
    holds: tuple[str, ...] = ()
    """Which lists are so old that what is new is held; one line each."""

    @property
    def sources(self) -> tuple[ListSource, ...]:
        """Return what the journal keeps about each list."""
        return tuple(
            ListSource(each.list_id, each.source, each.published, each.content_hash, len(each.entries))
            for each in self.lists
        )


def read_list(format_name: str, list_id: str, path: Path) -> SanctionsList:
    """Read a list by the reader of its format."""
    return READERS[format_name](list_id, path)


def load_lists(
    requirements: Iterable[ListRequirement],
    today: date,
    read: Callable[[str, str, Path], SanctionsList] = read_list,
) -> ListSet:
    """Read every list that the agreement asks for and put it in force.

    Parameters
    ----------
    requirements
        What the agreement asks for; the UN list must be among it.
    today
        The business day, by which the age of lists is counted.
    read
        Reads a list of a format, or raises `FileRefusedError`.

    Raises
    ------
    ScreeningUnavailableError
        If a requirement breaks rule 1 or a mandatory list is not in force: nothing settles.
    """
    requirements = sorted(requirements, key=lambda requirement: requirement.list_id)
    problems = check_requirements(requirements)
    if problems:
        raise _unavailable(problems)
    lists: list[SanctionsList] = []
    left_out: list[str] = []
    for requirement in requirements:
        outcome = _load(requirement, today, read)
        if isinstance(outcome, SanctionsList):
            lists.append(outcome)
        elif requirement.mandatory:
            problems.append(outcome)
        else:
            left_out.append(outcome)
    if problems:
        raise _unavailable(problems)
    warnings, holds = _ageing(requirements, lists, today)
    return ListSet(tuple(lists), _version(lists), tuple(left_out), warnings, holds)


def _ageing(
    requirements: Sequence[ListRequirement], lists: Sequence[SanctionsList], today: date
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return which lists in force are old enough to warn, and which to hold what is new."""
    published = {each.list_id: each.published for each in lists}
    warnings, holds = [], []
    for each in requirements:
        if each.list_id not in published:
            continue
        age_days = (today - published[each.list_id]).days
        said = f"list {each.list_id}: published on {published[each.list_id]}, {age_days} days ago"
        left = f"nothing settles when it is older than {each.max_age_days}; put a newer file at {each.path}"
        if each.hold_age_days is not None and age_days > each.hold_age_days:
            holds.append(f"{said}: what is new is held for two people; {left}")
        elif age_days > each.warns_after_days:
            warnings.append(f"{said}; {left}")
    return tuple(warnings), tuple(holds)


def check_settling(lists: ListSet) -> None:
    """Check that what was accepted before may settle in a cycle, where no two people look at each of it.

    Raises
    ------
    ScreeningUnavailableError
        If a list is so old that what is new is held.
    """
    if lists.holds:
        raise _unavailable(lists.holds)


def check_requirements(requirements: Sequence[ListRequirement]) -> list[str]:
    """Return what is wrong with the requirements themselves, one line each; nothing if all is well."""
    ids = [requirement.list_id for requirement in requirements]
    problems = [
        f"list {each}: required twice; name it once" for each in dict.fromkeys(ids) if ids.count(each) > 1
    ]
    if UN_LIST_ID not in ids:
        problems.append(
            f"list {UN_LIST_ID}: missing from the agreement; it is always required: add it with format "
            f"{ListFormat.UN_XML.value}"
        )
    for requirement in requirements:
        problems += [f"list {requirement.list_id}: {text}" for text in _requirement_problems(requirement)]
    return problems


def _requirement_problems(requirement: ListRequirement) -> list[str]:
    problems = []
    if requirement.format not in READERS:
        problems.append(f"format {requirement.format!r} is not known; allowed is {', '.join(READERS)}")
    if not 1 <= requirement.entries_min <= requirement.entries_max:
        problems.append(
            f"entries_min {requirement.entries_min} and entries_max {requirement.entries_max} are no bounds; "
            "1 <= entries_min <= entries_max is allowed"
        )
    if requirement.max_age_days < 1:
        problems.append(f"max_age_days {requirement.max_age_days} is no bound; 1 or more is allowed")
    return problems + (_un_problems(requirement) if requirement.list_id == UN_LIST_ID else [])


def _un_problems(requirement: ListRequirement) -> list[str]:
    problems = []
    if requirement.format != ListFormat.UN_XML.value:
        problems.append(f"its format is {ListFormat.UN_XML.value}, not {requirement.format!r}")
    if not requirement.mandatory:
        problems.append("it is always mandatory; no agreement can make it optional")
    if requirement.entries_min < UN_ENTRIES_MIN:
        problems.append(
            f"entries_min {requirement.entries_min} is too low; {UN_ENTRIES_MIN} or more is allowed"
        )
    if requirement.max_age_days > UN_AGE_DAYS_MAX:
        problems.append(
            f"max_age_days {requirement.max_age_days} is too long; at most {UN_AGE_DAYS_MAX} is allowed"
        )
    return problems


def _load(
    requirement: ListRequirement, today: date, read: Callable[[str, str, Path], SanctionsList]
) -> SanctionsList | str:
    """Return the list, or one line that says why it is not in force and what to do."""
    name, again = f"list {requirement.list_id}", f"put a newly downloaded file at {requirement.path}"
    try:
        found = read(requirement.format, requirement.list_id, requirement.path)
    except FileRefusedError as error:
        reasons = "; ".join(str(problem) for problem in error.problems)
        return f"{name}: {error.path} is not whole or not this list: {reasons}; {again}"
    problem = problem_with(found, requirement, today)
    return f"{name}: {problem}" if problem is not None else found


def problem_with(found: SanctionsList, requirement: ListRequirement, today: date) -> str | None:
    """Return why a list that was read whole is not in force, and what to do; None if it can be."""
    again = f"put a newly downloaded file at {requirement.path}"
    count, age_days = len(found.entries), (today - found.published).days
    if count < requirement.entries_min:
        return f"{count} entries, at least {requirement.entries_min} are expected; {again}"
    if count > requirement.entries_max:
        return (
            f"{count} entries, at most {requirement.entries_max} are expected; check that the file "
            "is this list, or raise entries_max in the agreement"
        )
    if age_days < -FUTURE_DAYS_MAX:
        return (
            f"published on {found.published}, which is after the business day {today}; check the "
            f"business day, or {again}"
        )
    if age_days > requirement.max_age_days:
        return (
            f"published on {found.published}, {age_days} days before the business day {today}; at "
            f"most {requirement.max_age_days} days are allowed; {again}"
        )
    return None


def _unavailable(problems: Sequence[str]) -> ScreeningUnavailableError:
    lines = [f"  {problem}" for problem in problems]
    return ScreeningUnavailableError("\n".join(("screening is not available, nothing settles:", *lines)))


def _version(lists: Sequence[SanctionsList]) -> str:
    facts = [(each.list_id, each.content_hash) for each in lists]
    return hash_facts([*facts, ("settings", SETTINGS_VERSION)])
