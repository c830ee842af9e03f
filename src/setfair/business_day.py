"""The business day of a house: all its currencies together, in the order of the agreement."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from setfair.clearing_house import ClearingHouse
from setfair.clockwork import first_remembered_day, next_day_of, times_of_day
from setfair.domain.agreement import Agreement
from setfair.domain.agreement_parts import CurrencyRules
from setfair.domain.calendar import DayTime, day_time_utc, is_business_day
from setfair.domain.codes import Phase
from setfair.domain.fixing import Fixing
from setfair.domain.instants import date_of, to_instant
from setfair.domain.party_amount import PartyAmount
from setfair.engine.books import Books
from setfair.engine.cycle_terms import ChoiceTerms
from setfair.engine.extensions import BY_CLOCK, DAY_BY_CLOCK, TIME_OF
from setfair.errors import HouseError, PhaseError
from setfair.intake.directory import currency_number
from setfair.intake.money import Money, agreed_money, money_of_table

Moved = list[tuple[str, Phase]]
"""Currencies and the phase that each has moved to."""


def agreement_of(house: ClearingHouse) -> Agreement:
    """Return the agreement in force."""
    agreement = house.state.directory.agreement
    if agreement is None:
        raise HouseError("no agreement is in force yet: adopt one first")
    return agreement


def currencies_of(house: ClearingHouse, chosen: Sequence[str]) -> list[str]:
    """Return the chosen currencies, or all of the agreement.

    Raises
    ------
    HouseError
        If one is not part of the agreement.
    """
    known = [rules.code for rules in agreement_of(house).currencies]
    for code in chosen:
        if code not in known:
            raise HouseError(f"{code} is not a currency of the agreement; it has {', '.join(known)}")
    return [code for code in known if not chosen or code in chosen]


def phase_of(house: ClearingHouse, currency: str) -> Phase:
    """Return the present phase of a currency."""
    return Phase(int(house.state.books.phases[currency_number(currency)]))


def business_date_of(house: ClearingHouse, currency: str) -> date | None:
    """Return the newest business day of a currency, or None before its first."""
    days = int(house.state.books.business_day[currency_number(currency)])
    return date_of(days) if days else None


def open_day(house: ClearingHouse, day: date | None = None, chosen: Sequence[str] = ()) -> Moved:
    """Open the business day of the currencies that settle on that day.

    Parameters
    ----------
    house
        The house.
    day
        Business day; None: of each currency today in its own time zone.
    chosen
        Currencies; none: all that settle on that day.

    Raises
    ------
    PhaseError
        If none of them settles on that day, or one is not closed.
    """
    agreement, currencies = agreement_of(house), currencies_of(house, chosen)
    days = {code: day or _today_of(house, code) for code in currencies}
    if not chosen:
        currencies = [code for code in currencies if is_business_day(agreement, code, days[code])]
        if not currencies:
            raise PhaseError(f"{day or house.today()} is no business day of any currency: see [calendar]")
    for code in currencies:
        house.open_day(code, days[code], first_remembered_day(agreement, code, days[code]))
    return [(code, Phase.OPEN) for code in currencies]


def _today_of(house: ClearingHouse, currency: str) -> date:
    rules = agreement_of(house).find_currency_rules(currency)
    return house.today(rules.time_zone if rules is not None else None)


def cut_off(house: ClearingHouse, chosen: Sequence[str] = ()) -> Moved:
    """Move each open currency to its next cut-off: customer payments first, then institutions'."""
    following = {Phase.OPEN: Phase.CUSTOMER_CUTOFF, Phase.CUSTOMER_CUTOFF: Phase.INTERBANK_CUTOFF}
    before = {code: phase_of(house, code) for code in currencies_of(house, chosen)}
    house.expire_due()
    moved: Moved = []
    for code, present in before.items():
        if present in following:
            # Where the clock has just moved it, that was the next cut-off.
            if phase_of(house, code) is present:
                house.change_phase(code, following[present])
            moved.append((code, phase_of(house, code)))
    if not moved:
        raise PhaseError("no currency is before its cut-off: open the day first, or close it")
    return moved


def close_day(house: ClearingHouse, chosen: Sequence[str] = ()) -> Moved:
    """Close the day; a currency that is still open passes its interbank cut-off on the way."""
    moved: Moved = []
    house.expire_due()
    for code in currencies_of(house, chosen):
        if phase_of(house, code) is Phase.CLOSED:
            continue
        if phase_of(house, code) is not Phase.INTERBANK_CUTOFF:
            house.change_phase(code, Phase.INTERBANK_CUTOFF)
        house.change_phase(code, Phase.CLOSED)
        moved.append((code, Phase.CLOSED))
    if not moved:
        raise PhaseError("the day is closed already")
    return moved


Chooser = Callable[[str], ChoiceTerms | None]
"""Says for a currency, or for `ACROSS`, what its cycle is run for, within which limits; None: as agreed."""
ACROSS = ""


def as_agreed(_: str) -> ChoiceTerms | None:
    """Choose nothing."""
    return None


def run_cycles(
    house: ClearingHouse,
    chosen: Sequence[str] = (),
    day: date | None = None,
    choose: Chooser = as_agreed,
    table: Sequence[PartyAmount] | None = None,
) -> list[str]:
    """Set off what is due, one currency at a time, with the money that is agreed; return the currencies.

    Parameters
    ----------
    house
        The house.
    chosen
        Currencies; none: all of the agreement.
    day
        Business day; None: the newest of each currency, or today.
    choose
        What each cycle is run for. Money goes with the most value alone.
    table
        Money that is put in instead of all that is agreed: within it.

    Raises
    ------
    HouseError
        If the table is not as agreed.
    PhaseError
        If it puts money into a currency that is closed.
    """
    currencies = currencies_of(house, chosen)
    choices = {code: choose(code) for code in currencies}
    offers = {code: _money(house, code, table) if choices[code] is None else None for code in currencies}
    for code, money in offers.items():
        when = day or business_date_of(house, code) or house.today()
        if money is not None:
            house.run_cycle(code, when, money=money)
        if money is None or agreement_of(house).clearing.netting == "net":
            house.run_cycle(code, when, choices[code])
    return currencies


def _money(house: ClearingHouse, code: str, table: Sequence[PartyAmount] | None) -> Money | None:
    """Return the money of a cycle of one currency; none on a closed day, on which no money moves."""
    is_closed = phase_of(house, code) is Phase.CLOSED
    if table is None:
        return None if is_closed else agreed_money(agreement_of(house), code)
    money = money_of_table(table, code, house.state.directory)
    if money is not None and is_closed:
        raise PhaseError(f"{code} is closed, and no money moves: open the day, or leave out its money")
    return money


def run_across_cycle(
    house: ClearingHouse,
    fixing: Fixing,
    chosen: Sequence[str] = (),
    day: date | None = None,
    choose: Chooser = as_agreed,
) -> list[str]:
    """Set off what is due in all currencies together, then net in each what remains, where that is agreed.

    Parameters
    ----------
    house
        The house.
    fixing
        With a rate for each of the currencies.
    chosen
        Currencies; none: all of the agreement.
    day
        Business day; None: the newest that one of the currencies has opened, or today.
    choose
        What the cycle, and those that net after it, are run for.
    """
    currencies = currencies_of(house, chosen)
    days = [found for code in currencies if (found := business_date_of(house, code))]
    house.run_across_cycle(fixing, currencies, day or max(days, default=house.today()), choose(ACROSS))
    if agreement_of(house).clearing.netting == "net":
        return run_cycles(house, currencies, day, choose, ())
    return currencies


@dataclass(frozen=True, slots=True)
class Due:
    """What comes next in a currency's business day."""

    currency: str
    day: date
    """The business day that is moved, or that opens."""
    phase: Phase
    time_ns: int
    """When, nanoseconds since 1970-01-01 UTC, as extended; 0: the agreement says no time of it."""
    agreed_ns: int
    """When as the agreement says."""
    by_clock: bool
    """Whether the house does it by itself, with the next command; else the operator does."""

    def is_due(self, now: int) -> bool:
        """Tell whether its time has come."""
        return 0 < self.time_ns <= now


_FOLLOWING = {
    Phase.OPEN: Phase.CUSTOMER_CUTOFF,
    Phase.CUSTOMER_CUTOFF: Phase.INTERBANK_CUTOFF,
    Phase.INTERBANK_CUTOFF: Phase.CLOSED,
}


def what_comes(agreement: Agreement, books: Books, now: int) -> list[Due]:
    """Return what the clock asks for next in each currency, by now or later, the soonest first."""
    found = [_next_of(agreement, books, rules, now) for rules in agreement.currencies]
    return sorted((due for due in found if due is not None), key=lambda due: (due.time_ns, due.currency))


def _next_of(agreement: Agreement, books: Books, rules: CurrencyRules, now: int) -> Due | None:
    number = currency_number(rules.code)
    present, last = Phase(int(books.phases[number])), date_of(int(books.business_day[number]))
    if present is Phase.CLOSED:
        day = next_day_of(agreement, rules, last, now)
        opens = to_instant(day_time_utc(agreement, rules.code, day, DayTime.OPENS))
        is_by_clock = rules.day == "clock" and books.day_times["by_clock"][number] == DAY_BY_CLOCK
        return Due(rules.code, day, Phase.OPEN, opens, opens, by_clock=bool(is_by_clock))
    phase = _FOLLOWING[present]
    name = TIME_OF[phase]
    agreed = times_of_day(agreement, rules.code, last)
    said = dict(zip(TIME_OF.values(), (*agreed[0].tolist(), agreed[1]["earliest"]), strict=True))
    times = books.day_times[number]
    mark = DAY_BY_CLOCK if phase is Phase.CLOSED else BY_CLOCK
    return Due(rules.code, last, phase, int(times[name]), int(said[name]), bool(times["by_clock"] >= mark))
