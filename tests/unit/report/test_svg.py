"""Scales, steps and axes of the small drawings."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from setfair.report.html import element
from setfair.report.series import TICKS_MAX, Window
from setfair.report.svg import (
    Frame,
    bands,
    picture,
    quantity_axis,
    quantity_ticks,
    step_area,
    step_line,
    time_axis,
)

SECOND = 10**6
MORNING = 1_767_589_200 * SECOND
"""2026-01-05, 08:00 in Nairobi."""
HOUR = 3600 * SECOND


def frame(begin: int = MORNING, end: int = MORNING + 10 * HOUR, **changes: float) -> Frame:
    sides = {"left": 0.0, "right": 100.0, "top": 0.0, "bottom": 50.0, "maximum": 10.0} | changes
    return Frame(window=Window(begin, end, "Africa/Nairobi"), **sides)


def test_places_in_a_frame() -> None:
    """Time goes from left to right and is kept within, quantity from bottom to top."""
    own = frame(minimum=-10.0)
    assert [own.x(MORNING + hour * HOUR) for hour in (-1, 0, 5, 10, 11)] == [0.0, 0.0, 50.0, 100.0, 100.0]
    assert [own.y(quantity) for quantity in (-10.0, 0.0, 10.0)] == [50.0, 25.0, 0.0]
    assert frame(maximum=0.0).y(0.0) == 50.0


def test_steps_stay_until_they_change() -> None:
    """No slope between two states, and the area comes back along zero."""
    points = [(MORNING + 2 * HOUR, 5.0), (MORNING + 4 * HOUR, 10.0)]
    assert step_line(frame(), points) == "M0 50H20V25H40V0H100"
    assert step_area(frame(), points) == "M0 50H20V25H40V0H100V50H0Z"
    assert step_line(frame(), []) == "M0 50H100"


@given(st.floats(1e-3, 1e18))
def test_marks_of_a_quantity(maximum: float) -> None:
    """Two to six evenly spaced ones, the largest no further from the top than a step."""
    ticks = quantity_ticks(maximum)
    assert 2 <= len(ticks) <= 6
    assert ticks[-1] <= maximum < ticks[-1] + ticks[0] * (1 + 1e-9)


def test_nothing_has_no_marks() -> None:
    """Also not less than nothing."""
    assert quantity_ticks(0.0) == quantity_ticks(-1.0) == []


@given(st.integers(0, 2**40), st.integers(1, 4 * 10**9))
def test_marks_of_time(begin_seconds: int, length_seconds: int) -> None:
    """A bounded number, all within the window, at even distances."""
    begin = begin_seconds % 4_000_000_000 * SECOND
    window = Window(begin, begin + length_seconds * SECOND, "Africa/Nairobi")
    moments = window.moments()
    assert len(moments) <= TICKS_MAX
    assert all(begin <= moment <= window.end for moment in moments)
    assert {later - moment for moment, later in pairwise(moments)} <= {window.step}


@pytest.mark.parametrize(
    ("length", "labels"),
    [
        (10 * HOUR, ["08:00", "10:00", "12:00", "14:00", "16:00", "18:00"]),
        (20 * SECOND, ["08:00:00", "08:00:05", "08:00:10", "08:00:15", "08:00:20"]),
    ],
)
def test_time_axis(length: int, labels: list[str]) -> None:
    """Round local times, with seconds where the window is short."""
    axis = etree.fromstring(time_axis(frame(end=MORNING + length)))
    assert [each.text for each in axis.iter("text")] == labels
    assert [each.get("text-anchor") for each in axis.iter("text")][:: len(labels) - 1] == ["start", "end"]


def test_a_picture_says_what_it_shows() -> None:
    """To those who do not see it; and its parts are where they belong."""
    drawn = etree.fromstring(picture(10.0, 5.0, element("g"), description="a < b", class_="x"))
    assert (drawn.get("viewBox"), drawn.get("role"), drawn.findtext("desc")) == ("0 0 10 5", "img", "a < b")
    axis = etree.fromstring(quantity_axis(frame(left=20.0), [(5.0, "5 m")]))
    assert (axis.findtext("text"), axis.find("line").get("y1")) == ("5 m", "25")
    strips = etree.fromstring(
        bands(frame(), [(MORNING, MORNING + HOUR, "tip"), (MORNING + HOUR, MORNING, "no")])
    )
    assert [(each.get("width"), each.get("data-tip")) for each in strips] == [("10", "tip"), ("0", "no")]
