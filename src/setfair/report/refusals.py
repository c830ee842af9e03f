"""What was rejected, held or cancelled, why, and what people decided on screening hits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from setfair.domain.codes import InstructionKind, Status
from setfair.report.day import ReportDay
from setfair.report.read import Reader, Row

ROWS_MAX = 40
"""Instructions held, rejected or cancelled that are listed one by one; every reason is among them."""

ALERTS_MAX = 40
"""Screening hits that are listed one by one."""


@dataclass(frozen=True, slots=True)
class ReasonGroup:
    """Instructions with one status for one reason."""

    status: Status
    subject: str
    """payment, obligation or cancellation."""
    rule: str
    iso: str
    text: str
    number: int
    values: Mapping[int, int]
    """Minor units by currency number; only currencies of the house, and only what is not zero."""


@dataclass(frozen=True, slots=True)
class StoppedRow:
    """One instruction that was held, rejected or cancelled."""

    number: int
    kind: InstructionKind
    status: Status
    identification: str
    debtor_name: str
    creditor_name: str
    debtor_participant: str
    creditor_participant: str
    currency: str
    decimals: int
    amount: int
    iso: str
    text: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What one person decided on a held instruction."""

    time: int
    """Microseconds since 1970-01-01 UTC."""
    person: str
    releases: bool
    note: str


@dataclass(frozen=True, slots=True)
class Alert:
    """One screening hit."""

    number: int
    """Instruction number of what was held."""
    subject: str
    name: str
    list_id: str
    entry_id: str
    matched_name: str
    score: str
    status: Status
    decisions: tuple[Decision, ...]


@dataclass(frozen=True, slots=True)
class Refusals:
    """What did not go through, and why."""

    groups: tuple[ReasonGroup, ...]
    rows: tuple[StoppedRow, ...]
    alerts: tuple[Alert, ...]
    alert_count: int

    @property
    def stopped_count(self) -> int:
        """How many instructions are held, rejected or cancelled."""
        return sum(group.number for group in self.groups if group.status is not Status.ACSP)


def read_refusals(reader: Reader, day: ReportDay) -> Refusals:
    """Return what did not go through on the day."""
    rows = tuple(map(_stopped_row, reader.rows("stopped", ROWS_MAX)))
    found = reader.rows("alerts", ALERTS_MAX)
    held = sorted({int(row["held_number"]) for row in found})
    decisions: dict[int, list[Decision]] = {}
    for row in reader.rows("decisions", held):
        decisions.setdefault(int(row["held_number"]), []).append(_decision(row))
    return Refusals(
        _groups(reader.rows("reasons"), day.decimals),
        rows,
        tuple(_alert(row, decisions.get(int(row["held_number"]), [])) for row in found),
        int(found[0]["alerts"]) if found else 0,
    )


_SUBJECTS = ("payment", "cancellation", "obligation")
_ORDER = (Status.PDNG, Status.ACSP, Status.RJCT, Status.CANC)


def _groups(rows: Sequence[Row], decimals: Mapping[int, int]) -> tuple[ReasonGroup, ...]:
    gathered: dict[tuple[Status, str, str], list[Row]] = {}
    for row in rows:
        key = (Status(int(row["status"])), str(row["subject"]), str(row["rule"]))
        gathered.setdefault(key, []).append(row)
    groups = [
        ReasonGroup(
            status,
            subject,
            rule,
            str(own[0]["iso"]),
            str(own[0]["text"]),
            sum(int(row["number"]) for row in own),
            {
                int(row["currency_number"]): int(row["value"])
                for row in own
                if row["currency_number"] in decimals and row["value"]
            },
        )
        for (status, subject, rule), own in gathered.items()
    ]
    return tuple(
        sorted(
            groups,
            key=lambda group: (
                _ORDER.index(group.status),
                _SUBJECTS.index(group.subject),
                -group.number,
                group.rule,
            ),
        )
    )


def _stopped_row(row: Row) -> StoppedRow:
    is_cancellation = row["kind"] == InstructionKind.CANCELLATION.name
    return StoppedRow(
        int(row["number"]),
        InstructionKind[str(row["kind"])],
        Status[str(row["status"])],
        str(row["identification"]),
        str(row["debtor_name"]),
        str(row["creditor_name"]),
        str(row["sender"] if is_cancellation else row["debtor_participant"]),
        str(row["creditor_participant"]),
        str(row["currency"]),
        int(row["decimals"]),
        int(row["amount_minor"]),
        str(row["reason"]),
        str(row["reason_text"]),
    )


def _decision(row: Row) -> Decision:
    return Decision(
        int(row["time"]),
        str(row["person"]),
        row["decision"] == InstructionKind.RELEASE.name,
        str(row["note"]),
    )


def _alert(row: Row, decisions: Sequence[Decision]) -> Alert:
    return Alert(
        int(row["held_number"]),
        str(row["subject"]),
        str(row["name"]),
        str(row["list_id"]),
        str(row["entry_id"]),
        str(row["matched_name"]),
        str(row["score"]),
        Status[str(row["status"])],
        tuple(decisions),
    )
