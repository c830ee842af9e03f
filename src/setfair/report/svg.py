"""Small drawings: scales, ticks, steps. All return markup without inline styles; colours are classes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import floor, log10

from setfair.report.html import Child, Html, element, number
from setfair.report.series import Window


@dataclass(frozen=True, slots=True)
class Frame:
    """The rectangle of a chart in its drawing, and the quantities that its sides stand for."""

    left: float
    right: float
    top: float
    bottom: float
    window: Window
    maximum: float
    """Quantity at the top; the bottom is `minimum`."""
    minimum: float = 0.0

    def x(self, time: int) -> float:
        """Return where a moment lies."""
        share = (time - self.window.begin) / self.window.span
        return self.left + min(max(share, 0.0), 1.0) * (self.right - self.left)

    def y(self, quantity: float) -> float:
        """Return where a quantity lies."""
        height = self.maximum - self.minimum
        share = (quantity - self.minimum) / height if height else 0.0
        return self.bottom - share * (self.bottom - self.top)


def picture(width: float, height: float, *children: Child, description: str, **attributes: object) -> Html:
    """Return a drawing with its description for those who do not see it."""
    return element(
        "svg",
        element("desc", description),
        *children,
        viewBox=f"0 0 {number(width)} {number(height)}",
        role="img",
        **attributes,
    )


def step_line(frame: Frame, points: Sequence[tuple[int, float]], start: float = 0.0) -> str:
    """Return the path of a quantity that stays as it is until it changes.

    Parameters
    ----------
    frame
        Where to draw.
    points
        Moments and the quantity from then on, in order.
    start
        The quantity before the first moment.

    """
    parts = [f"M{number(frame.left)} {number(frame.y(start))}"]
    for time, quantity in points:
        parts.append(f"H{number(frame.x(time))}V{number(frame.y(quantity))}")
    parts.append(f"H{number(frame.right)}")
    return "".join(parts)


def step_area(frame: Frame, points: Sequence[tuple[int, float]], start: float = 0.0) -> str:
    """Return the path of the area between a quantity and zero."""
    zero = number(frame.y(0.0))
    return f"{step_line(frame, points, start)}V{zero}H{number(frame.left)}Z"


def quantity_ticks(maximum: float, wanted: int = 4) -> list[float]:
    """Return round quantities from one step above zero up to `maximum`."""
    if maximum <= 0:
        return []
    rough_step = maximum / wanted
    power: float = 10.0 ** floor(log10(rough_step))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough_step)
    return [step * place for place in range(1, int(maximum / step) + 1)]


def time_axis(frame: Frame) -> Html:
    """Return the marks and times below a chart."""
    parts: list[Child] = [
        element("line", x1=frame.left, x2=frame.right, y1=frame.bottom, y2=frame.bottom, class_="axis")
    ]
    for time in frame.window.moments():
        x = frame.x(time)
        parts.append(element("line", x1=x, x2=x, y1=frame.bottom, y2=frame.bottom + 4, class_="axis"))
        anchor = "end" if x > frame.right - 14 else "start" if x < frame.left + 2 else "middle"
        label = frame.window.label(time)
        parts.append(element("text", label, x=x, y=frame.bottom + 17, text_anchor=anchor, class_="tick"))
    return element("g", parts)


def quantity_axis(frame: Frame, labels: Iterable[tuple[float, str]]) -> Html:
    """Return grid lines with what they stand for."""
    parts: list[Child] = []
    for quantity, label in labels:
        y = frame.y(quantity)
        parts.append(element("line", x1=frame.left, x2=frame.right, y1=y, y2=y, class_="grid"))
        parts.append(element("text", label, x=frame.left - 6, y=y + 4, text_anchor="end", class_="tick"))
    return element("g", parts)


def bands(frame: Frame, tips: Sequence[tuple[int, int, str]]) -> Html:
    """Return invisible strips that say on touch what holds between two moments."""
    return element(
        "g",
        [
            element(
                "rect",
                x=frame.x(begin),
                y=frame.top,
                width=max(frame.x(end) - frame.x(begin), 0.0),
                height=frame.bottom - frame.top,
                data_tip=tip,
            )
            for begin, end, tip in tips
        ],
        class_="bands",
    )
