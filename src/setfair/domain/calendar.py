"""Business days and cut-offs, from the agreement's data alone.

1. A day is a business day of a currency unless it is a weekend day or holiday of the house, or a holiday of
   the currency.
2. Times of day are local times of the currency's time zone and become instants by the IANA rules. A time
   that happens twice (clocks set back) is the first of the two; one that is skipped (clocks set forward)
   is read with the offset before the gap: 02:30 is then the instant that clocks show as 03:30.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from setfair.domain.agreement import Agreement
from setfair.domain.agreement_parts import WEEKDAYS, CurrencyRules, Cycle
from setfair.errors import AgreementError

BUSINESS_DAY_GAP_MAX_DAYS = 366
"""Longest stretch without a business day that is searched."""


class DayTime(Enum):
    """The times of a currency's business day, by the field of the agreement that holds them."""

    OPENS = "opens"
    CUSTOMER_CUTOFF = "customer_cutoff"
    INTERBANK_CUTOFF = "interbank_cutoff"
    CLOSES = "closes"


def is_business_day(agreement: Agreement, currency: str, day: date) -> bool:
    """Return whether a currency settles on a day.

    Raises
    ------
    AgreementError
        If the currency is not part of the agreement.
    """
    rules = _rules(agreement, currency)
    calendar = agreement.calendar
    if WEEKDAYS[day.weekday()] in calendar.weekend:
        return False
    return day not in calendar.holidays and day not in rules.holidays


def next_business_day(agreement: Agreement, currency: str, day: date) -> date:
    """Return the first business day of a currency after a day.

    Raises
    ------
    AgreementError
        If the currency is not part of the agreement, or its holidays leave no day within a year.
    """
    for offset in range(1, BUSINESS_DAY_GAP_MAX_DAYS + 1):
        candidate = day + timedelta(days=offset)
        if is_business_day(agreement, currency, candidate):
            return candidate
    raise AgreementError(
        f"{currency} has no business day in {BUSINESS_DAY_GAP_MAX_DAYS} days after {day}: check its holidays"
    )


def joint_business_days(agreement: Agreement, currencies: Sequence[str], first: date) -> Iterator[date]:
    """Yield the days from `first` on, within a year, on which all of these currencies settle.

    A link has legs in several currencies: it can settle on these days alone.

    Raises
    ------
    AgreementError
        If one of them is not part of the agreement.
    """
    for offset in range(BUSINESS_DAY_GAP_MAX_DAYS + 1):
        day = first + timedelta(days=offset)
        if all(is_business_day(agreement, currency, day) for currency in currencies):
            yield day


def is_cycle_day(agreement: Agreement, cycle: Cycle, day: date) -> bool:
    """Return whether a clearing cycle runs on a day: for at least one of its currencies.

    A cycle of every so many months runs on their last business day: of every two months on that of February,
    April, and so on.
    """
    for currency in cycle.currencies:
        if is_business_day(agreement, currency, day) and (
            cycle.every_months == 0
            or (
                day.month % cycle.every_months == 0
                and next_business_day(agreement, currency, day).month != day.month
            )
        ):
            return True
    return False


def local_time_to_utc(day: date, local: time, time_zone: str) -> datetime:
    """Return the instant of a local time of day, with time zone UTC."""
    return datetime.combine(day, local.replace(fold=0), tzinfo=ZoneInfo(time_zone)).astimezone(UTC)


def day_time_utc(agreement: Agreement, currency: str, day: date, which: DayTime) -> datetime:
    """Return the instant at which a currency opens, cuts off or closes on a day, with time zone UTC.

    Raises
    ------
    AgreementError
        If the agreement says no such time.
    """
    rules = _rules(agreement, currency)
    local: time | None = getattr(rules, which.value)
    if local is None:
        raise AgreementError(f"the agreement does not say when the day of {currency} closes")
    return local_time_to_utc(day, local, rules.time_zone or agreement.agreement.time_zone)


def _rules(agreement: Agreement, currency: str) -> CurrencyRules:
    rules = agreement.find_currency_rules(currency)
    if rules is None:
        raise AgreementError(f"{currency} is not part of the agreement")
    return rules
