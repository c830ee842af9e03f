"""Rows of a bulk table of firms, and of confirmations of obligations.

Rules, in order; the first that a row breaks is its defect
-----
1. Every identification is given (IDENTIFIER_MISSING; a firm's participant may be empty), in at most 140
   characters, a participant's in 35 (IDENTIFIER_INVALID).
2. A firm has a name with a letter or a digit (NAME_MISSING), in at most 140 characters (REJECTED_BY_READER).
3. A country that is given is one of ISO 3166 (COUNTRY_INVALID).
"""

from __future__ import annotations

from setfair.domain.instruction import Batch, Family
from setfair.formats.chunk import Chunk, Defects, to_batch
from setfair.formats.columns import IDENTIFIER_CHARS_MAX, PARTY_ID_CHARS_MAX
from setfair.formats.table_checks import read_countries, read_identifier, read_name

PARTY_REQUIRED = ("party_id", "name")
PARTY_OPTIONAL = ("country", "participant")
CONFIRMATION_REQUIRED = ("debtor", "creditor", "obligation_id")


def read_parties(chunk: Chunk) -> Batch:
    """Turn rows of a table into registrations of firms."""
    defects = Defects(chunk)
    values = {
        "party_id": read_identifier(chunk, defects, "party_id", chars_max=PARTY_ID_CHARS_MAX),
        "participant": read_identifier(
            chunk, defects, "participant", chars_max=IDENTIFIER_CHARS_MAX, required=False
        ),
        "name": read_name(chunk, defects, "name"),
        "country": read_countries(chunk, defects, "country"),
    }
    return to_batch(Family.PARTY, chunk.rows.num_rows, values | defects.columns())


def read_confirmations(chunk: Chunk) -> Batch:
    """Turn rows of a table into confirmations."""
    defects = Defects(chunk)
    values = {
        name: read_identifier(chunk, defects, name, chars_max=PARTY_ID_CHARS_MAX)
        for name in CONFIRMATION_REQUIRED
    }
    return to_batch(Family.CONFIRMATION, chunk.rows.num_rows, values | defects.columns())
