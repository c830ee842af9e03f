"""Sections: settled value over time, and the queue over time. One chart a currency, each with its scales."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TypeVar

from setfair.domain.codes import Phase
from setfair.report.day import Stretch
from setfair.report.draw_numbers import MECHANISM_CLASSES
from setfair.report.draw_parts import Column, chart, data, legend, money, section, table
from setfair.report.figures import CurrencyFigures, DayFigures
from setfair.report.html import Child, Html, element
from setfair.report.series import STRIPS_PER_TICK, DaySeries, QueueState, SettledState, Window
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
from setfair.report.words import (
    MECHANISM_WORDS,
    PHASE_WORDS,
    amount,
    clock_time,
    count,
    counted,
    rough,
)

_WIDTH, _LEFT, _RIGHT = 560.0, 58.0, 548.0

_LABEL_ROWS, _LABEL_HEIGHT, _LABEL_CHARACTER = 2, 14.0, 5.9
"""Rows of words above a chart, so that phases that follow each other closely all have theirs."""

State = TypeVar("State", SettledState, QueueState)


def draw_settled(series: DaySeries, figures: DayFigures) -> Html:
    """Return the section of settled value over time."""
    colours = legend(zip(MECHANISM_CLASSES, MECHANISM_WORDS.values(), strict=True))
    charts = [
        _settled_chart(series.window, one, series.settled.get(one.stretch.number, ()))
        for one in figures.currencies
    ]
    lead = f"Each payment adds its value at the moment it became final. Times are {series.window.time_zone}."
    return section("settled", "Settled value over time", lead, colours, element("div", charts, class_="grid"))


def draw_queue(series: DaySeries, figures: DayFigures) -> Html:
    """Return the section of the queue over time."""
    charts = [
        _queue_chart(series.window, one, series.queue.get(one.stretch.number, ()))
        for one in figures.currencies
    ]
    lead = "What was accepted and waited for cover: its value above, the number of payments below."
    return section("queue", "The queue over time", lead, element("div", charts, class_="grid"))


def _settled_chart(window: Window, figures: CurrencyFigures, states: Sequence[SettledState]) -> Html:
    stretch, total = figures.stretch, figures.settled
    frame = Frame(_LEFT, _RIGHT, 36.0, 210.0, window, max(total.value * 1.04, 1.0))
    layers = []
    # The whole is drawn first and each part over it, so that every layer needs only its upper edge.
    for place in reversed(range(len(MECHANISM_CLASSES))):
        points = [(state.time, float(sum(state.values[: place + 1]))) for state in states]
        layers.append(element("path", d=step_area(frame, points), class_=f"fill {MECHANISM_CLASSES[place]}"))

    def tip(state: SettledState | None) -> str:
        value, number = (sum(state.values), state.payments) if state else (0, 0)
        return f"{amount(value, stretch.decimals)} {stretch.currency} settled in {counted(number, 'payment')}"

    drawing = picture(
        _WIDTH,
        234.0,
        _axes(frame, stretch),
        layers if states else _nothing(frame, "nothing settled"),
        _phases(frame, stretch, figures),
        bands(frame, _tips(window, states, tip)),
        description=f"{stretch.currency}: {amount(total.value, stretch.decimals)} settled in "
        f"{counted(total.number, 'payment')} by {clock_time(window.end, window.time_zone)}",
    )
    title = [stretch.currency, " ", element("b", money(total.value, stretch.decimals))]
    return chart(f"settled-{stretch.currency}", title, drawing, _settled_data(window, stretch, states))


def _queue_chart(window: Window, figures: CurrencyFigures, states: Sequence[QueueState]) -> Html:
    stretch = figures.stretch
    most_value = max((state.value for state in states), default=0)
    most_number = max((state.payments for state in states), default=0)
    upper = Frame(_LEFT, _RIGHT, 36.0, 146.0, window, max(most_value * 1.06, 1.0))
    lower = Frame(_LEFT, _RIGHT, 160.0, 210.0, window, max(most_number * 1.06, 1.0))
    values = [(state.time, float(state.value)) for state in states]
    numbers = [(state.time, float(state.payments)) for state in states]

    def tip(state: QueueState | None) -> str:
        value, number = (state.value, state.payments) if state else (0, 0)
        return f"{amount(value, stretch.decimals)} {stretch.currency} waiting in {counted(number, 'payment')}"

    both = Frame(_LEFT, _RIGHT, upper.top, lower.bottom, window, 1.0)
    drawn = [
        element("path", d=step_area(upper, values), class_="fill waiting"),
        element("path", d=step_line(upper, values), class_="edge waiting"),
        element("path", d=step_area(lower, numbers), class_="fill counted"),
    ]
    drawing = picture(
        _WIDTH,
        234.0,
        _axes(upper, stretch, with_time=False),
        quantity_axis(lower, [(float(most_number), count(most_number))] if most_number else []),
        time_axis(lower),
        drawn if states else _nothing(both, "nothing waited"),
        _phases(both, stretch, figures),
        bands(both, _tips(window, states, tip)),
        description=f"{stretch.currency}: at most {amount(most_value, stretch.decimals)} waited, and at most "
        f"{counted(most_number, 'payment')}",
    )
    title = [stretch.currency, " ", element("b", money(most_value, stretch.decimals)), " at most"]
    return chart(f"queue-{stretch.currency}", title, drawing, _queue_data(window, stretch, states))


def _axes(frame: Frame, stretch: Stretch, *, with_time: bool = True) -> list[Html]:
    scale = 10**stretch.decimals
    ticks = [tick * scale for tick in quantity_ticks(frame.maximum / scale)] if frame.maximum > 1 else []
    grid = quantity_axis(frame, [(tick, rough(tick, stretch.decimals)) for tick in ticks])
    return [grid, time_axis(frame)] if with_time else [grid]


def _nothing(frame: Frame, words: str) -> Html:
    x, y = (frame.left + frame.right) / 2, (frame.top + frame.bottom) / 2
    return element("text", words, x=x, y=y, text_anchor="middle", class_="nothing")


def _phases(frame: Frame, stretch: Stretch, figures: CurrencyFigures) -> Html:
    """Return lines where the currency's phase changed or a cycle ran."""
    marks = [(moment.time, PHASE_WORDS[moment.phase]) for moment in stretch.phases]
    if stretch.phases and stretch.phases[0].phase is Phase.OPEN:
        marks = marks[1:]
    marks += [(cycle.time, "cycle") for cycle in figures.cycles]
    parts: list[Child] = []
    free = [frame.right + 1.0] * _LABEL_ROWS
    for time, words in sorted(marks, reverse=True):
        x, width = frame.x(time), _LABEL_CHARACTER * len(words)
        # Latest first, each in the row where it comes nearest to its line.
        ends = [min(x + width / 2, limit) for limit in free]
        row = ends.index(max(ends))
        top = frame.top - 6 - _LABEL_HEIGHT * row
        parts.append(element("line", x1=x, x2=x, y1=top, y2=frame.bottom, class_="phase"))
        if ends[row] >= x - 2 and ends[row] - width >= frame.left:
            parts.append(element("text", words, x=ends[row], y=top - 4, text_anchor="end", class_="phase"))
            free[row] = ends[row] - width - 8
    return element("g", parts)


def _tips(
    window: Window, states: Sequence[State], tip: Callable[[State | None], str]
) -> list[tuple[int, int, str]]:
    """Return what holds at the end of each strip."""
    edges = [window.begin, *window.moments(STRIPS_PER_TICK)[1:], window.end]
    return [
        (begin, end, f"{window.label(end)}  {tip(_state_at(window, states, end))}")
        for begin, end in pairwise(edges)
    ]


def _state_at(window: Window, states: Sequence[State], moment: int) -> State | None:
    """Return the state just before a mark or the end of a strip; at the end of the window the last one."""
    side = bisect_right if moment == window.end else bisect_left
    place = side(states, moment, key=lambda state: state.time)
    return states[place - 1] if place else None


def _moments(window: Window) -> list[int]:
    """Return the moments for which a chart's table has a line."""
    return [*(mark for mark in window.moments() if window.begin < mark < window.end), window.end]


def _settled_data(window: Window, stretch: Stretch, states: Sequence[SettledState]) -> Html:
    rows = []
    for moment in _moments(window):
        state = _state_at(window, states, moment) or SettledState(0, (0,) * len(MECHANISM_CLASSES), 0)
        whole = [*state.values, sum(state.values)]
        amounts = [money(value, stretch.decimals) for value in whole]
        rows.append([window.label(moment), count(state.payments), *amounts])
    titles = [*MECHANISM_WORDS.values(), f"together, {stretch.currency}"]
    columns = [Column("until"), Column("payments", True), *(Column(title, True) for title in titles)]
    return data("Numbers", table(columns, rows))


def _queue_data(window: Window, stretch: Stretch, states: Sequence[QueueState]) -> Html:
    rows = []
    for moment in _moments(window):
        state = _state_at(window, states, moment) or QueueState(0, 0, 0)
        waiting = money(state.value, stretch.decimals)
        rows.append([window.label(moment), count(state.payments), waiting])
    columns = [
        Column("just before"),
        Column("payments waiting", True),
        Column(f"value, {stretch.currency}", True),
    ]
    return data("Numbers", table(columns, rows))
