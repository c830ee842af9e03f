"""How numbers, shares and times are written."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from setfair.report.words import (
    DASH,
    amount,
    clock_time,
    count,
    counted,
    country_name,
    percent,
    rough,
    shares,
    times,
)


@pytest.mark.parametrize(
    ("minor", "decimals", "written"),
    [
        (0, 2, "0.00"),
        (5, 2, "0.05"),
        (-5, 3, "\N{MINUS SIGN}0.005"),
        (1234567, 0, "1,234,567"),
        (-123456789, 2, "\N{MINUS SIGN}1,234,567.89"),
        (2**70, 3, "1,180,591,620,717,411,303.424"),
    ],
)
def test_amounts_keep_every_digit(minor: int, decimals: int, written: str) -> None:
    """With the decimals of the currency, also past 64 bits."""
    assert amount(minor, decimals) == written


@given(st.integers(-(2**80), 2**80), st.integers(0, 4))
def test_an_amount_reads_back(minor: int, decimals: int) -> None:
    """What is written is exactly the amount."""
    plain = amount(minor, decimals).replace(",", "").replace("\N{MINUS SIGN}", "-")
    assert Decimal(plain).scaleb(decimals) == minor


@pytest.mark.parametrize(
    ("part", "whole", "written"),
    [
        (0, 0, DASH),
        (0, 7, "0.0 %"),
        (7, 7, "100.0 %"),
        (1, 10**9, "<0.1 %"),
        (10**9 - 1, 10**9, ">99.9 %"),
        (1, 3, "33.3 %"),
        (2, 3, "66.7 %"),
        (30, 2, "1,500.0 %"),
    ],
)
def test_a_percentage_never_lies(part: int, whole: int, written: str) -> None:
    """Something is never nothing, and not all is never all."""
    assert percent(part, whole) == written


@given(st.lists(st.integers(0, 10**18), min_size=1, max_size=6).filter(any))
def test_shares_sum_to_the_whole(parts: list[int]) -> None:
    """100.0 % together, and each within a tenth of a percent of what it is."""
    written = [Decimal(share.removesuffix(" %")) for share in shares(parts)]
    assert sum(written) == 100
    for share, part in zip(written, parts, strict=True):
        assert abs(share - Decimal(100) * part / sum(parts)) <= Decimal("0.1")


def test_shares_of_nothing() -> None:
    """There are none."""
    assert shares([0, 0]) == [DASH, DASH]


def test_counts_have_their_noun() -> None:
    """In the singular for one, in a plural of their own where they have one."""
    assert [counted(number, "payment") for number in (0, 1, 1200)] == [
        "0 payments",
        "1 payment",
        "1,200 payments",
    ]
    assert counted(2, "currency", "currencies") == "2 currencies"
    assert count(1234567) == "1,234,567"


def test_turnover_is_rounded_half_up() -> None:
    """As the indicators have it; nothing for no liquidity."""
    assert times(294, 100) == "2.9\N{MULTIPLICATION SIGN}"
    assert times(295, 100) == "3.0\N{MULTIPLICATION SIGN}"
    assert times(5, 0) == DASH


@pytest.mark.parametrize(
    ("minor", "decimals", "written"),
    [
        (50, 2, "0.5"),
        (99_900, 2, "999"),
        (123_456, 2, "1.23\u202fk"),
        (4 * 10**12, 0, "4\u202fT"),
        (0, 2, "0"),
    ],
)
def test_axes_have_few_characters(minor: int, decimals: int, written: str) -> None:
    """Three digits and a unit."""
    assert rough(minor, decimals) == written


def test_times_are_local() -> None:
    """In the time zone of the house, with seconds where they are asked for."""
    moment = 1_767_600_061 * 10**6
    assert clock_time(moment, "UTC") == "08:01"
    assert clock_time(moment, "Africa/Nairobi", seconds=True) == "11:01:01"


def test_countries_have_their_common_names() -> None:
    """A code that is none stands for itself."""
    assert [country_name(code) for code in ("KE", "TZ", "XK", "")] == [
        "Kenya",
        "Tanzania",
        "XK",
        "no country",
    ]
