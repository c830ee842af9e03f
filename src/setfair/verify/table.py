"""Whether a certificate is of this table: as many rows, the same left out, the same content."""

from __future__ import annotations

from collections.abc import Sequence

from setfair.domain.obligations import Obligations
from setfair.formats.certificate import content_digest
from setfair.verify.verdict import RefusedError


def check_table(claimed: tuple[int, int], found: tuple[int, int]) -> str:
    """Refuse another table by its rows.

    Parameters
    ----------
    claimed, found
        Rows of the table and how many of them take no part: by the certificate, and in the table.
    """
    for name, by_certificate, in_table in zip(("rows", "rows left out"), claimed, found, strict=True):
        if by_certificate != in_table:
            raise RefusedError(
                f"the certificate is of a table with {by_certificate} {name}; this one has {in_table}"
            )
    rows, left_out = found
    return f"the certificate is of a table with as many rows: {rows}, of which {left_out} take no part"


def check_currencies(claimed: Sequence[str], found: Sequence[str]) -> None:
    """Refuse another table by its currencies."""
    if list(claimed) != list(found):
        raise RefusedError(
            f"the certificate is of {', '.join(claimed) or 'no currency'};"
            f" what takes part of the table is of {', '.join(found) or 'no currency'}"
        )


def check_digest(code: str, claimed: bytes, owed: Obligations) -> str:
    """Refuse other obligations of one currency."""
    if content_digest(owed) != claimed:
        raise RefusedError(
            f"{code}: the obligations are not those of the certificate: an identification, a party,"
            f" an amount or a due date differs; their digest is not {claimed.hex()}"
        )
    return f"{code}: the {len(owed)} obligations are those of the certificate, by their SHA-256"
