"""Section: what was rejected, held or cancelled, with reasons; screening hits and who decided."""

from __future__ import annotations

from collections.abc import Sequence

from setfair.domain.codes import Status
from setfair.report.day import ReportDay
from setfair.report.draw_parts import Column, amounts_of, money, section, table, who
from setfair.report.html import Child, Html, element, name, shortened
from setfair.report.refusals import Alert, Decision, ReasonGroup, Refusals, StoppedRow
from setfair.report.svg import picture
from setfair.report.words import DASH, KIND_WORDS, STATUS_WORDS, clock_time, count, counted

NUMBERS_MAX = 6
"""Numbers of alike screening hits that are written out."""

_BAR_WIDTH = 160.0
_SUBJECT_WORDS = {
    "payment": "payments",
    "obligation": "invoices",
    "cancellation": "requests to cancel",
}


def draw_refusals(day: ReportDay, refusals: Refusals) -> Html:
    """Return the section."""
    if not refusals.groups and not refusals.alerts:
        return section("refusals", "Rejected and held", "Everything went through.")
    return section(
        "refusals",
        "Rejected and held",
        "What did not go through and why, with ISO 20022 reason codes: what is held or waits first, then by "
        "frequency.",
        _reasons(day, refusals.groups),
        _rows(refusals),
        _alerts(day, refusals),
    )


def _reasons(day: ReportDay, groups: Sequence[ReasonGroup]) -> Child:
    if not groups:
        return None
    longest = max(group.number for group in groups)
    columns = [
        Column("what"),
        Column("reason"),
        Column("ISO"),
        Column(element("span", "share", class_="unseen")),
        Column("number", True),
        Column("value", True),
    ]
    rows = []
    for group in groups:
        words = STATUS_WORDS[group.status]
        rows.append(
            [
                element("span", words, " ", _SUBJECT_WORDS[group.subject], class_="what"),
                group.text or group.rule.lower().replace("_", " "),
                element("code", group.iso),
                _bar(group, longest),
                count(group.number),
                amounts_of(group.values, day.stretches),
            ]
        )
    return table(columns, rows)


def _bar(group: ReasonGroup, longest: int) -> Html:
    # A single one among thousands still shows.
    length = max(_BAR_WIDTH * group.number / longest, 2.0)
    return picture(
        _BAR_WIDTH,
        12.0,
        element("rect", x=0.0, y=1.0, width=length, height=10.0, class_=f"fill status-{group.status.name}"),
        description=f"{group.number} of them",
        class_="reason-bar",
    )


def _rows(refusals: Refusals) -> Child:
    if not refusals.rows:
        return None
    columns = [
        Column("no.", True),
        Column("identification"),
        Column("from"),
        Column("to"),
        Column("amount", True),
        Column("ISO"),
        Column("why"),
    ]
    left = refusals.stopped_count - len(refusals.rows)
    more = f" {counted(left, 'more is', 'more are')} in the tables of the house." if left else ""
    return element(
        "div",
        element("h3", "One by one"),
        element(
            "p", f"{counted(len(refusals.rows), 'instruction')}, some of every reason.{more}", class_="note"
        ),
        table(columns, [_row(row) for row in refusals.rows]),
        class_="one-by-one",
    )


def _row(row: StoppedRow) -> list[Child]:
    sum_ = [money(row.amount, row.decimals) if row.amount else DASH, " ", row.currency]
    return [
        str(row.number),
        element(
            "span",
            element("span", shortened(row.identification, 40), class_="mono"),
            element("small", f"{KIND_WORDS[row.kind]}, {STATUS_WORDS[row.status]}"),
            class_="who",
        ),
        who(row.debtor_name, row.debtor_participant),
        who(row.creditor_name, row.creditor_participant),
        element("span", sum_, class_="amount"),
        element("code", row.iso),
        name(row.text, 160),
    ]


def _alerts(day: ReportDay, refusals: Refusals) -> Child:
    if not refusals.alerts:
        return element("p", "Screening found no name on a list.", class_="note")
    columns = [
        Column("name"),
        Column("no."),
        Column("on the list"),
        Column("score", True),
        Column("now"),
        Column("who decided"),
    ]
    left = refusals.alert_count - len(refusals.alerts)
    note = (
        f"{counted(refusals.alert_count, 'possible match', 'possible matches')}; two people decide on each."
    )
    if left:
        note += f" The first {count(len(refusals.alerts))} are shown."
    return element(
        "div",
        element("h3", "Screening"),
        element("p", note, class_="note"),
        table(columns, [_alert(alike, day.time_zone) for alike in _alike(refusals.alerts)]),
        class_="alerts",
    )


def _alike(alerts: Sequence[Alert]) -> list[list[Alert]]:
    """Put hits together that differ in nothing but the number of what was held, as long as nobody decided."""
    groups: dict[tuple[object, ...], list[Alert]] = {}
    for alert in alerts:
        about = (alert.subject, alert.name, alert.list_id, alert.entry_id, alert.matched_name, alert.score)
        alone = alert.number if alert.decisions else None
        groups.setdefault((*about, alert.status, alone), []).append(alert)
    return list(groups.values())


def _alert(alike: Sequence[Alert], time_zone: str) -> list[Child]:
    alert = alike[0]
    numbers = ", ".join(str(one.number) for one in alike[:NUMBERS_MAX])
    if len(alike) > NUMBERS_MAX:
        numbers += f" and {count(len(alike) - NUMBERS_MAX)} more"
    entry = f"{shortened(alert.list_id, 20)} {shortened(alert.entry_id, 40)}"
    decisions = [_decision(decision, time_zone) for decision in alert.decisions]
    return [
        element(
            "span",
            name(alert.name, 80),
            element("small", _held_words(alert.subject, len(alike))),
            class_="who",
        ),
        numbers,
        element("span", name(alert.matched_name, 80), element("small", entry), class_="who"),
        shortened(alert.score, 6),
        _now(alert),
        element("ol", decisions, class_="decisions") if decisions else _nobody(alert),
    ]


def _now(alert: Alert) -> str:
    if alert.status is Status.ACSP or (alert.status is Status.ACSC and alert.subject != "payment"):
        return "released"
    return STATUS_WORDS[alert.status]


def _nobody(alert: Alert) -> str:
    return "nobody yet" if alert.status is Status.PDNG else "nobody in time"


def _held_words(subject: str, number: int) -> str:
    many = {"party": "parties", "obligation": "invoices"}.get(subject, f"{subject}s")
    one = "invoice" if subject == "obligation" else subject
    return one if number == 1 else f"{count(number)} {many}"


def _decision(decision: Decision, time_zone: str) -> Html:
    verb = "release" if decision.releases else "refuse"
    return element(
        "li",
        element("b", verb),
        " ",
        name(decision.person or "somebody who is no officer any more", 60),
        " ",
        element("small", clock_time(decision.time, time_zone)),
        " ",
        name(decision.note, 160),
    )
