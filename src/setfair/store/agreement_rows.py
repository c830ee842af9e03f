"""Rows of an agreement: participants, currencies, officers, accounts."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

from setfair.domain.agreement import Agreement


def adopt(cursor: Any, page_number: int, document: bytes, layout: bytes) -> NDArray[np.int64]:
    """Bring the tables to an agreement version; return the participant number of each account.

    Parameters
    ----------
    cursor
        In the projector's transaction.
    page_number
        Page of the adoption.
    document
        Canonical JSON of the agreement.
    layout
        JSON: `participants`, ids in the order of their numbers; `accounts`, for each account in the
        order of the numbers participant number, currency number, credit line, reserved urgent,
        reserved high, agent (0, 1), open (0, 1); `officers`, ids in the order of their numbers.
    """
    agreement = Agreement.model_validate_json(document)
    placed = json.loads(layout)
    header = agreement.agreement
    cursor.execute(
        "INSERT INTO agreement VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            header.version,
            page_number,
            header.id,
            header.name,
            header.effective_date.isoformat(),
            hashlib.sha256(document).hexdigest(),
            document.decode(),
        ),
    )
    _participants(cursor, agreement, placed["participants"])
    for officer in agreement.screening.officers:
        number = placed["officers"].index(officer.id)
        cursor.execute("INSERT OR REPLACE INTO officer VALUES (?, ?, ?)", (number, officer.id, officer.name))
    for number, account in enumerate(placed["accounts"]):
        cursor.execute(_ACCOUNT, (number, *account[:2], 0, *account[2:]))
    return np.array([account[0] for account in placed["accounts"]], np.int64)


_ACCOUNT = (
    "INSERT INTO account_row VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (account_number) DO UPDATE SET "
    "credit_line_minor = excluded.credit_line_minor, "
    "reserved_urgent_minor = excluded.reserved_urgent_minor, "
    "reserved_high_minor = excluded.reserved_high_minor, "
    "is_agent = excluded.is_agent, is_open = excluded.is_open"
)


def _participants(cursor: Any, agreement: Agreement, numbered: list[str]) -> None:
    for participant in agreement.participants:
        cursor.execute(
            "INSERT OR REPLACE INTO participant VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                numbered.index(participant.id),
                participant.id,
                participant.bic or "",
                participant.lei or "",
                participant.member_id or "",
                participant.name,
                participant.country,
                participant.kind,
                participant.role,
                participant.through or "",
            ),
        )
