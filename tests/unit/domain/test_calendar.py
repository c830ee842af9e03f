"""Business days and cut-offs."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from setfair.domain.agreement import load_agreement
from setfair.domain.calendar import (
    DayTime,
    day_time_utc,
    is_business_day,
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
