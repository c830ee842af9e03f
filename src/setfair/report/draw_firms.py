"""The firms that owed and were owed most, before and after set-off."""

from __future__ import annotations

from setfair.report.draw_parts import Column, money, table, who
from setfair.report.figures import CurrencyFigures
from setfair.report.html import Html, element
from setfair.report.owed import FirmOwing, Owing
from setfair.report.svg import picture
from setfair.report.words import amount, count, counted

_WIDTH, _HEIGHT = 260.0, 22.0


def draw_firms(figures: CurrencyFigures, owing: Owing) -> Html:
    """Return the table of the largest firms, with bars on one scale."""
    decimals, currency = figures.stretch.decimals, figures.stretch.currency
    longest = max(max(firm.owes_before, firm.owed_before) for firm in owing.firms)
    columns = [
        Column("firm"),
        Column("owes", True),
        Column(["owes ", element("span", "\N{BLACK LEFT-POINTING TRIANGLE}", aria_hidden="true")], True),
        Column([element("span", "\N{BLACK RIGHT-POINTING TRIANGLE}", aria_hidden="true"), " is owed"]),
        Column("is owed", True),
        Column("net, unchanged", True),
    ]
    rows = [
        [
            who(firm.name or firm.party, firm.participant or firm.country),
            _pair(firm.owes_before, firm.owes_after, decimals),
            _bar(firm, currency, decimals, longest, owes=True),
            _bar(firm, currency, decimals, longest, owes=False),
            _pair(firm.owed_before, firm.owed_after, decimals),
            money(firm.net, decimals),
        ]
        for firm in owing.firms
    ]
    title = f"The largest {count(len(rows))} of {counted(owing.firm_count, 'firm')}"
    note = element("p", "Light: before set-off. Full: after. Amounts in ", currency, ".", class_="note")
    return element("div", element("h4", title), note, table(columns, rows), class_="firms")


def _pair(before: int, after: int, decimals: int) -> Html:
    """Return the amounts before and after, one over the other."""
    return element(
        "span",
        element("span", money(before, decimals), class_="soft"),
        element("span", money(after, decimals)),
        class_="amounts",
    )


def _bar(firm: FirmOwing, currency: str, decimals: int, longest: int, *, owes: bool) -> Html:
    """Return a bar that grows away from the middle: debts to the left, claims to the right."""
    before, after = (firm.owes_before, firm.owes_after) if owes else (firm.owed_before, firm.owed_after)
    verb = "owes" if owes else "is owed"
    tip = (
        f"{firm.name} {verb} {amount(before, decimals)} {currency} before and "
        f"{amount(after, decimals)} after set-off"
    )
    bars = []
    for value, class_ in ((before, "before"), (after, "after")):
        length = _WIDTH * value / longest
        x = _WIDTH - length if owes else 0.0
        side = "owes" if owes else "owed"
        bars.append(
            element("rect", x=x, y=3.0, width=length, height=_HEIGHT - 6, class_=f"fill {side} {class_}")
        )
    return picture(_WIDTH, _HEIGHT, bars, description=tip, class_="firm-bar", data_tip=tip)
