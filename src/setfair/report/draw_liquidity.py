"""Section: liquidity used, account by account."""

from __future__ import annotations

from collections.abc import Mapping

from setfair.report.day import ReportDay, Stretch
from setfair.report.draw_parts import Column, data, money, section, table
from setfair.report.html import Html, element, name, number, shortened
from setfair.report.liquidity import CurrencyAccounts, LiquidityUse
from setfair.report.series import Window
from setfair.report.svg import Frame, picture, step_area, step_line
from setfair.report.words import amount, count, counted, percent

_SPARK_WIDTH, _SPARK_HEIGHT = 150.0, 34.0
_BAR_WIDTH, _BAR_HEIGHT = 150.0, 34.0


def draw_liquidity(day: ReportDay, accounts: Mapping[int, CurrencyAccounts], window: Window) -> Html:
    """Return the section."""
    lead = (
        "How far payments drew each account down. The line is what an account received less what it paid "
        "over the day; its lowest point is the liquidity that it used. The bar sets that against what was "
        "at hand: the opening balance with what the agent lent, then the credit line."
    )
    panels = [
        _panel(stretch, accounts[stretch.number], window)
        for stretch in day.stretches
        if stretch.number in accounts
    ]
    key = element(
        "ul",
        element("li", element("i", class_="swatch used"), "used"),
        element("li", element("i", class_="swatch funded"), "balance and loans of the agent"),
        element("li", element("i", class_="swatch credit"), "credit line"),
        class_="legend",
    )
    return section("liquidity", "Liquidity used", lead, key, element("div", panels, class_="grid"))


def _panel(stretch: Stretch, accounts: CurrencyAccounts, window: Window) -> Html:
    title = element(
        "h3", stretch.currency, " ", element("b", money(accounts.used, stretch.decimals)), " used in all"
    )
    if not accounts.uses:
        return element("article", title, element("p", "No account paid anything.", class_="note"))
    rows = [_row(use, stretch, window) for use in accounts.uses]
    columns = [
        Column("account"),
        Column("position over the day"),
        Column("used / at hand"),
        Column("used", True),
        Column("share", True),
    ]
    left = accounts.paying - len(accounts.uses)
    rest = sum(use.used for use in accounts.uses)
    used_by_rest = amount(accounts.used - rest, stretch.decimals)
    note = (
        element("p", f"{counted(left, 'more account')} used {used_by_rest} together.", class_="note")
        if left
        else None
    )
    return element(
        "article",
        title,
        table(columns, rows),
        note,
        _numbers(stretch, accounts, window),
        class_="uses",
        id=f"liquidity-{stretch.currency}",
    )


def _row(use: LiquidityUse, stretch: Stretch, window: Window) -> list[Html]:
    account = use.account
    tip = (
        f"{account.name}: {amount(use.used, stretch.decimals)} {stretch.currency} used of "
        f"{amount(account.at_hand, stretch.decimals)} at hand, lowest at {window.label(use.time)}"
    )
    return [
        element("span", shortened(account.participant, 12), title=account.name),
        _spark(use, window, tip),
        _bar(use, tip),
        money(use.used, stretch.decimals),
        element("span", percent(use.used, account.at_hand)),
    ]


def _spark(use: LiquidityUse, window: Window, tip: str) -> Html:
    """Return the small picture of the position over the day."""
    points = [(time, float(position)) for time, position in use.positions]
    highest = max((position for _, position in points), default=0.0)
    lowest = min((position for _, position in points), default=0.0)
    frame = Frame(
        1.0, _SPARK_WIDTH - 1, 3.0, _SPARK_HEIGHT - 3, window, max(highest, 0.0), min(lowest, -1e-9)
    )
    below = [(time, min(position, 0.0)) for time, position in points]
    zero = frame.y(0.0)
    return picture(
        _SPARK_WIDTH,
        _SPARK_HEIGHT,
        element("path", d=step_area(frame, below), class_="fill used"),
        element("line", x1=frame.left, x2=frame.right, y1=zero, y2=zero, class_="axis"),
        element("path", d=step_line(frame, points), class_="edge position"),
        element("circle", cx=frame.x(use.time), cy=frame.y(lowest), r=2.5, class_="fill lowest")
        if use.used
        else None,
        description=tip,
        class_="spark",
        data_tip=tip,
    )


def _bar(use: LiquidityUse, tip: str) -> Html:
    """Return the bar of what was used of what was at hand; the whole length is what was at hand."""
    account = use.account
    whole = max(account.at_hand, 1)
    own = min(max(account.opening + account.funded, 0), whole)
    split = _BAR_WIDTH * own / whole
    used = _BAR_WIDTH * min(use.used, whole) / whole
    middle = _BAR_HEIGHT / 2
    return picture(
        _BAR_WIDTH,
        _BAR_HEIGHT,
        element("rect", x=0.0, y=middle - 7, width=split, height=14.0, class_="fill funded"),
        element("rect", x=split, y=middle - 7, width=_BAR_WIDTH - split, height=14.0, class_="fill credit"),
        element("rect", x=0.0, y=middle - 3, width=used, height=6.0, class_="fill used"),
        element(
            "path", d=f"M{number(split)} {number(middle - 10)}V{number(middle + 10)}", class_="edge limit"
        ),
        description=tip,
        class_="spark",
        data_tip=tip,
    )


def _numbers(stretch: Stretch, accounts: CurrencyAccounts, window: Window) -> Html:
    columns = [
        Column("account"),
        Column("name"),
        Column("opening", True),
        Column("lent by the agent", True),
        Column("credit line", True),
        Column("at hand", True),
        Column("used", True),
        Column("lowest at"),
        Column("bookings", True),
    ]
    rows = [
        [
            shortened(use.account.participant, 40),
            name(use.account.name, 60),
            money(use.account.opening, stretch.decimals),
            money(use.account.funded, stretch.decimals),
            money(use.account.credit_line, stretch.decimals),
            money(use.account.at_hand, stretch.decimals),
            money(use.used, stretch.decimals),
            window.label(use.time) if use.used else "",
            count(use.account.bookings),
        ]
        for use in accounts.uses
    ]
    return data("Numbers", table(columns, rows))
