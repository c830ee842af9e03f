"""The whole page: head, sections, style and script in one file that needs no network.

Rules
-----
1. The Content-Security-Policy allows this file's own style and script, by their hashes, and nothing else:
   even markup that slipped into a name could neither run nor load anything.
2. Nothing in the page depends on when or where it was made: the same journal gives the same bytes.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from importlib.resources import files

from setfair.domain.codes import Status
from setfair.report.day import ReportDay
from setfair.report.draw_parts import tab_styles
from setfair.report.figures import DayFigures
from setfair.report.html import Child, Html, element, name
from setfair.report.words import clock_time, count, counted, percent


def draw_page(
    day: ReportDay, figures: DayFigures, sections: Sequence[Html], panels: Mapping[str, int]
) -> str:
    """Return the report of a day as one HTML document.

    Parameters
    ----------
    day
        The day.
    figures
        Its numbers.
    sections
        Sections, in order.
    panels
        By key of a section with panels, how many it has.

    """
    title = f"{day.house}, {day.business_date or 'all days'}"
    return draw_document(title, _masthead(day, figures), sections, _foot(day), panels)


def draw_document(
    title: str, masthead: Html, sections: Sequence[Html], foot: Child, panels: Mapping[str, int]
) -> str:
    """Return one HTML document with the report's style, script and policy.

    Parameters
    ----------
    title
        Of the document.
    masthead, sections, foot
        What it holds, in this order.
    panels
        By key of a section with panels, how many it has.

    """
    style = _resource("report.css") + "\n".join(tab_styles(*each) for each in panels.items()) + "\n"
    script = _resource("report.js")
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_policy(style, script)),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="referrer", content="no-referrer"),
        element("meta", name="color-scheme", content="light dark"),
        element("link", rel="icon", href="data:,"),
        element("title", title),
        # Both are our own files, and neither has a character that HTML or XML would take for markup.
        element("style", Html(style)),
    )
    body = element(
        "body",
        masthead,
        element("main", sections),
        element("footer", foot),
        element("div", id="tip", role="status", hidden="hidden"),
        element("script", Html(script)),
    )
    return f"<!DOCTYPE html>\n{element('html', head, body, lang='en')}\n"


def _resource(file: str) -> str:
    return files("setfair.report").joinpath(file).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(content: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()


def _masthead(day: ReportDay, figures: DayFigures) -> Html:
    settled = figures.number(Status.ACSC)
    received = figures.number(*Status) + figures.other
    waiting = figures.number(Status.ACSP)
    held = figures.number(Status.PDNG)
    stopped = figures.number(Status.RJCT, Status.CANC) + figures.other
    tiles = [
        (count(received), "payments received", ""),
        (count(settled), "settled", percent(settled, received)),
        (count(stopped), "rejected or cancelled", percent(stopped, received)),
        (count(waiting + held), "payments waiting or held", ""),
        (count(sum(one.due.obligations for one in figures.currencies)), "obligations due", ""),
    ]
    return element(
        "header",
        element("p", name(day.house), class_="house"),
        element("h1", _date_words(day)),
        element("p", _state_words(day), class_="state"),
        draw_tiles(tiles),
        class_="masthead",
    )


def draw_tiles(tiles: Sequence[tuple[str, str, str]]) -> Html:
    """Return the few large numbers of a masthead: each with its words and a share."""
    return element(
        "ul",
        [
            element("li", element("b", number), element("span", words), element("small", share))
            for number, words, share in tiles
        ],
        class_="tiles",
    )


def _date_words(day: ReportDay) -> str:
    if day.business_date is None:
        return "All days so far"
    return f"{day.business_date:%A}, {day.business_date.day} {day.business_date:%B %Y}"


def _state_words(day: ReportDay) -> str:
    last = clock_time(day.last.time, day.time_zone)
    if day.business_date is None:
        return f"as of {day.last.time_utc}"
    if all(stretch.is_closed for stretch in day.stretches if stretch.phases):
        return f"Business day closed at {last} ({day.time_zone})"
    still = [stretch.currency for stretch in day.stretches if stretch.phases and not stretch.is_closed]
    return f"Not closed yet: {', '.join(still)}; as of {last} ({day.time_zone})"


def _foot(day: ReportDay) -> list[Html | str]:
    pages = f"pages {day.first.number} to {day.last.number}"
    records = f"records {day.first.first_record} to {day.last.last_record}"
    agreement = day.agreements[-1]
    return [
        f"Setfair report, {pages}, {records}, {counted(len(day.stretches), 'currency', 'currencies')}. "
        f"Agreement {agreement.agreement_id} version {agreement.version}, SHA-256 ",
        element("code", agreement.sha256),
    ]
