"""From pages to the rows of leg_row: what a payment says of the link that it is a leg of."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from setfair.engine.layout import LEG_TERMS
from setfair.journal.page import LEGS_DOCUMENT, Page


def leg_rows(page: Page) -> pa.Table | None:
    """Return the rows of leg_row for one page, or None if it has no leg that is new."""
    if LEGS_DOCUMENT not in page.documents:
        return None
    terms = np.frombuffer(page.documents[LEGS_DOCUMENT], LEG_TERMS)
    # The legs that repeat what is on record are in the document, and not in the page.
    rows = np.flatnonzero(page.instructions["target"] > 0)
    if not len(rows):
        return None
    terms = terms[page.instructions["target"][rows] - 1]
    keys = np.stack((terms["link_high"].astype(">u8"), terms["link_low"].astype(">u8")), axis=1)
    return pa.table(
        {
            "payment_number": page.first_instruction + rows,
            "link_key": pa.array([key.tobytes().hex() for key in keys], pa.string()),
            "link": page.texts["link"].take(pa.array(rows)),
            "legs": terms["legs"].astype(np.int64),
            "against_currency_number": terms["against_currency"].astype(np.int64),
            "against_minor": terms["against_amount"].copy(),
            "until_ns": terms["until"].copy(),
        }
    )
