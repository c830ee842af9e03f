"""Business days and cut-offs."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice

import pytest

from setfair.domain.agreement import load_agreement
from setfair.domain.calendar import (
    DayTime,
    day_time_utc,
    is_business_day,
    is_cycle_day,
    joint_business_days,
    local_time_to_utc,
    next_business_day,
)
from setfair.errors import AgreementError
from tests.agreements import Bank, agreement_text

AGREEMENT = load_agreement(
    agreement_text([Bank("B1", {})], ["KES", "TND"], extra="[calendar]\nholidays = [2026-01-01]").replace(
        'code = "TND"', 'code = "TND"\nholidays = [2026-01-14]\ntime_zone = "Africa/Tunis"'
    )
)


@pytest.mark.parametrize(
    ("currency", "day", "expected"),
    [
        ("KES", date(2026, 1, 5), True),
        ("KES", date(2026, 1, 3), False),  # a Saturday
        ("KES", date(2026, 1, 4), False),  # a Sunday
        ("KES", date(2026, 1, 1), False),  # the house's holiday
        ("TND", date(2026, 1, 1), False),
        ("TND", date(2026, 1, 14), False),  # the currency's own holiday
        ("KES", date(2026, 1, 14), True),
    ],
)
def test_business_days(currency: str, day: date, expected: bool):
    """Weekends and holidays of the house close every currency, a currency's holidays only itself."""
    assert is_business_day(AGREEMENT, currency, day) is expected


def test_next_business_day_skips_weekend_and_holidays():
    """From the last day of the year over a holiday and a weekend."""
    assert next_business_day(AGREEMENT, "KES", date(2025, 12, 31)) == date(2026, 1, 2)
    assert next_business_day(AGREEMENT, "KES", date(2026, 1, 2)) == date(2026, 1, 5)
    assert next_business_day(AGREEMENT, "TND", date(2026, 1, 13)) == date(2026, 1, 15)


def test_other_weekends():
    """Friday and Saturday are as good a weekend."""
    agreement = load_agreement(agreement_text(extra='[calendar]\nweekend = ["saturday", "friday"]'))
    assert not is_business_day(agreement, "KES", date(2026, 1, 2))
    assert is_business_day(agreement, "KES", date(2026, 1, 4))


def test_a_calendar_without_business_days_is_an_error():
    """A year and more of holidays ends the search with a message."""
    days = ", ".join(date.fromordinal(date(2026, 1, 1).toordinal() + n).isoformat() for n in range(400))
    agreement = load_agreement(agreement_text(extra=f"[calendar]\nholidays = [{days}]"))
    with pytest.raises(AgreementError, match="no business day in 366 days"):
        next_business_day(agreement, "KES", date(2026, 1, 1))


def test_unknown_currency_is_an_error():
    """A currency without rules has no calendar."""
    with pytest.raises(AgreementError, match="EUR is not part of the agreement"):
        is_business_day(AGREEMENT, "EUR", date(2026, 1, 5))


@pytest.mark.parametrize(
    ("day", "local", "zone", "expected"),
    [
        (date(2026, 1, 5), time(16), "Africa/Nairobi", datetime(2026, 1, 5, 13, tzinfo=UTC)),
        (date(2026, 1, 5), time(16), "Europe/Berlin", datetime(2026, 1, 5, 15, tzinfo=UTC)),
        (date(2026, 7, 6), time(16), "Europe/Berlin", datetime(2026, 7, 6, 14, tzinfo=UTC)),
        (date(2026, 3, 29), time(2, 30), "Europe/Berlin", datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        (date(2026, 10, 25), time(2, 30), "Europe/Berlin", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        (date(2026, 1, 5), time(1), "Pacific/Auckland", datetime(2026, 1, 4, 12, tzinfo=UTC)),
    ],
)
def test_local_times_become_instants(day: date, local: time, zone: str, expected: datetime):
    """Summer time, the skipped hour, the first of the doubled hour, and a zone ahead of the date line."""
    assert local_time_to_utc(day, local, zone) == expected


def test_cutoffs_use_the_currency_s_zone_or_the_house_s():
    """KES has no zone of its own and takes Nairobi's; TND has Tunis's."""
    day = date(2026, 1, 5)
    assert day_time_utc(AGREEMENT, "KES", day, DayTime.CUSTOMER_CUTOFF).hour == 13
    assert day_time_utc(AGREEMENT, "TND", day, DayTime.CUSTOMER_CUTOFF).hour == 15
    assert day_time_utc(AGREEMENT, "TND", day, DayTime.OPENS).hour == 7
    assert day_time_utc(AGREEMENT, "TND", day, DayTime.INTERBANK_CUTOFF).hour == 16


def test_joint_business_days_are_those_of_all():
    """A link settles on days on which all of its currencies do."""
    days = joint_business_days(AGREEMENT, ["KES", "TND"], date(2026, 1, 13))
    assert list(islice(days, 3)) == [date(2026, 1, 13), date(2026, 1, 15), date(2026, 1, 16)]


def _agreement_in(zones: dict[str, str], extra: str = ""):
    """An agreement with a time zone for each currency."""
    text = agreement_text([Bank("B1", {})], list(zones), extra=extra)
    for code, zone in zones.items():
        text = text.replace(f'code = "{code}"', f'code = "{code}"\ntime_zone = "{zone}"')
    return load_agreement(text)


def test_a_day_on_which_clocks_are_set_forward_is_an_hour_nearer():
    """In Oslo clocks go forward on 29 March 2026: the same local cut-off comes an hour earlier in UTC."""
    agreement = _agreement_in({"NOK": "Europe/Oslo", "TND": "Africa/Tunis"})
    friday, monday = date(2026, 3, 27), date(2026, 3, 30)
    assert next_business_day(agreement, "NOK", friday) == monday
    cutoff = [day_time_utc(agreement, "NOK", day, DayTime.INTERBANK_CUTOFF) for day in (friday, monday)]
    assert [each.hour for each in cutoff] == [16, 15]
    assert cutoff[1] - cutoff[0] == timedelta(days=3, hours=-1)
    other = [day_time_utc(agreement, "TND", day, DayTime.INTERBANK_CUTOFF) for day in (friday, monday)]
    assert other[1] - other[0] == timedelta(days=3)


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25)])
def test_the_day_of_the_change_itself_is_shorter_or_longer(day: date):
    """A house that works on Sundays has a day of 23 hours in spring and of 25 in autumn."""
    agreement = _agreement_in({"NOK": "Europe/Oslo"}, "[calendar]\nweekend = []")
    midnights = [local_time_to_utc(each, time(0), "Europe/Oslo") for each in (day, day + timedelta(days=1))]
    assert midnights[1] - midnights[0] == timedelta(hours=23 if day.month == 3 else 25)
    opens = day_time_utc(agreement, "NOK", day, DayTime.OPENS)
    assert opens.hour == (6 if day.month == 3 else 7)


def test_one_business_day_on_both_sides_of_the_date_line():
    """The same business day begins in Auckland when the day before has not ended in Honolulu."""
    agreement = _agreement_in({"NZD": "Pacific/Auckland", "USD": "Pacific/Honolulu"})
    day = date(2026, 1, 6)
    assert next(joint_business_days(agreement, ["NZD", "USD"], day)) == day
    east = day_time_utc(agreement, "NZD", day, DayTime.OPENS)
    west = day_time_utc(agreement, "USD", day, DayTime.OPENS)
    assert east == datetime(2026, 1, 5, 19, tzinfo=UTC)
    assert west - east == timedelta(hours=23)
    # They have no hour in common: Auckland's interbank cut-off comes before Honolulu opens.
    assert day_time_utc(agreement, "NZD", day, DayTime.INTERBANK_CUTOFF) < west


def test_a_cycle_of_two_months_runs_on_their_last_business_day():
    """Of January and February on 27 February 2026, a Friday; of one a day on every business day."""
    cycle = '[[clearing.cycles]]\nname = "c"\ntime = 12:00:00\ncurrencies = ["KES"]\n'
    agreement = load_agreement(agreement_text([Bank("B1", {})], ["KES"], extra=cycle + "every_months = 2"))
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(90)]
    (found,) = agreement.clearing.cycles
    assert [day for day in days if is_cycle_day(agreement, found, day)] == [date(2026, 2, 27)]
    daily = load_agreement(agreement_text([Bank("B1", {})], ["KES"], extra=cycle))
    (found,) = daily.clearing.cycles
    assert sum(is_cycle_day(daily, found, day) for day in days[:31]) == 22
