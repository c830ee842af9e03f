"""Rows of an agreement: participants, currencies, officers, accounts."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

from setfair.domain.agreement import Agreement, read_agreement


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
        reserved high, agent (0, 1), open (0, 1); `officers` and `users`, ids in the order of their numbers;
        where there are any, `sub_accounts`, names by account number.
    """
    agreement = read_agreement(document)
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
    for user in agreement.users:
        values = (placed["users"].index(user.id), user.id, user.name, user.participant or "")
        cursor.execute("INSERT OR REPLACE INTO user_row VALUES (?, ?, ?, ?)", values)
    names = placed.get("sub_accounts", {})
    for number, account in enumerate(placed["accounts"]):
        line, urgent, high, is_agent, is_agreed = account[2:]
        name = names.get(str(number), "")
        # A sub-account opens by its users' word: what it is then stays, as long as the agreement has it.
        values = (number, *account[:2], 0, line, urgent, high, is_agent, 0 if name else is_agreed)
        cursor.execute(_ACCOUNT, (*values, line, line, urgent, high, name))
        if name and not is_agreed:
            cursor.execute("UPDATE account_row SET is_open = 0 WHERE account_number = ?", (number,))
    return np.array([account[0] for account in placed["accounts"]], np.int64)


_ACCOUNT = (
    "INSERT INTO account_row VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (account_number) DO UPDATE SET "
    "credit_line_minor = CASE WHEN agreed_line_minor = excluded.agreed_line_minor "
    "THEN credit_line_minor ELSE excluded.credit_line_minor END, "
    "standing_line_minor = CASE WHEN agreed_line_minor = excluded.agreed_line_minor "
    "THEN standing_line_minor ELSE excluded.credit_line_minor END, "
    "reserved_urgent_minor = CASE WHEN agreed_urgent_minor = excluded.agreed_urgent_minor "
    "THEN reserved_urgent_minor ELSE excluded.reserved_urgent_minor END, "
    "reserved_high_minor = CASE WHEN agreed_high_minor = excluded.agreed_high_minor "
    "THEN reserved_high_minor ELSE excluded.reserved_high_minor END, "
    "agreed_line_minor = excluded.agreed_line_minor, agreed_urgent_minor = excluded.agreed_urgent_minor, "
    "agreed_high_minor = excluded.agreed_high_minor, "
    "is_agent = excluded.is_agent, "
    "is_open = CASE WHEN sub_account = '' THEN excluded.is_open ELSE is_open END"
)


def _participants(cursor: Any, agreement: Agreement, numbered: list[str]) -> None:
    number_of = {participant: number for number, participant in enumerate(numbered)}
    for participant in agreement.participants:
        cursor.execute(
            "INSERT OR REPLACE INTO participant VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                number_of[participant.id],
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
