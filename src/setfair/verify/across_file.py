"""Whether a certificate proves a set-off across the currencies of a table: `across`, applied to the file.

Rules, in order; the first that does not hold is the refusal
-----
1. The certificate is of this table: as many rows, the same left out, the same currencies, rows and content.
2. If a conversion table is given, its rates are those of the certificate, source and time included.
3. The parties are those of the obligations.
4. `across.check_across`: fine unit, bounds, net positions, optimum, reductions, entries.

What the proof cannot tell is whether the rates were the right ones: they are told in words, with their source
and time, for whoever reads them, or compared with a table by rule 2.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np

from setfair.domain.fixing import Fixing
from setfair.domain.instants import format_utc
from setfair.domain.money import format_amount
from setfair.domain.obligations import Obligations
from setfair.errors import SetfairError
from setfair.formats.across_certificate import AcrossCertificate
from setfair.verify.across import Obligation, check_across
from setfair.verify.table import check_currencies, check_digest, check_table
from setfair.verify.verdict import RefusedError, Verdict, run_checks


def verify_across(
    claim: AcrossCertificate,
    obligations: Sequence[Obligations],
    *,
    table: tuple[int, int],
    fixing: Fixing | None = None,
) -> Verdict:
    """Check a certificate against the obligations that it is of.

    Parameters
    ----------
    claim
        What is claimed.
    obligations
        What takes part of the table, currency by currency in the order of their codes.
    table
        Rows of the table, and how many of them take no part.
    fixing
        The conversion table that the rates are to be those of; None: the certificate's are taken.
    """
    return run_checks(_checks(claim, obligations, table, fixing))


def reduced_parts(claim: AcrossCertificate, obligations: Sequence[Obligations]) -> list[np.ndarray]:
    """Return by currency what its obligations are reduced by; the certificate is of these obligations."""
    return [claim.reduced_minor[np.searchsorted(claim.row, owed.row)] for owed in obligations]


def _checks(
    claim: AcrossCertificate,
    obligations: Sequence[Obligations],
    table: tuple[int, int],
    fixing: Fixing | None,
) -> Iterator[Callable[[], str]]:
    yield partial(check_table, (claim.rows, claim.left_out), table)
    yield partial(_check_rows, claim, obligations)
    for (code, digest), owed in zip(claim.content, obligations, strict=True):
        yield partial(check_digest, code, digest, owed)
    yield partial(_check_fixing, claim, fixing)
    yield partial(_check_parties, claim, obligations)
    yield partial(_check_proof, claim, obligations)


def _check_rows(claim: AcrossCertificate, obligations: Sequence[Obligations]) -> str:
    """Rule 1."""
    check_currencies([code for code, _ in claim.content], [owed.currency.code for owed in obligations])
    rows = _rows(obligations)
    if not np.array_equal(claim.row, rows):
        row = int(np.setxor1d(claim.row, rows)[0])
        where = (
            "the certificate, not in this table" if row in claim.row else "this table, not in the certificate"
        )
        raise RefusedError(f"row {row}: takes part in {where}")
    codes = ", ".join(code for code, _ in claim.content) or "no currency"
    return f"the certificate is of the {len(rows)} rows that take part, in {codes}"


def _rows(obligations: Sequence[Obligations]) -> np.ndarray:
    return np.sort(np.concatenate([np.empty(0, np.int64), *(owed.row for owed in obligations)]))


def _check_fixing(claim: AcrossCertificate, fixing: Fixing | None) -> str:
    """Rule 2."""
    unit = claim.fixing.unit.code
    if fixing is not None:
        by_code = {rate.currency.code: rate for rate in fixing.rates}
        if fixing.unit != claim.fixing.unit:
            raise RefusedError(
                f"the certificate counts in {unit}, the conversion table in {fixing.unit.code}"
            )
        for rate in claim.fixing.rates:
            if by_code.get(rate.currency.code) != rate:
                raise RefusedError(
                    f"{rate.currency.code}: the rate of the certificate, {rate.quoted} of {rate.source},"
                    f" {format_utc(rate.time)}, is not that of the conversion table"
                )
    rates = [
        f"{rate.quoted} {rate.currency.code} for one {unit}"
        if rate.is_inverse
        else f"{rate.quoted} {unit} for one {rate.currency.code}"
        for rate in claim.fixing.rates
    ]
    told = [
        f"{text} ({rate.source}, {format_utc(rate.time)})"
        for text, rate in zip(rates, claim.fixing.rates, strict=True)
    ]
    compared = "those of the conversion table" if fixing is not None else "as the certificate says"
    return f"the rates are, {compared}: {'; '.join(told) or f'none: all is in {unit}'}"


def _check_parties(claim: AcrossCertificate, obligations: Sequence[Obligations]) -> str:
    """Rule 3."""
    found = sorted({party for owed in obligations for party in owed.party_id.to_pylist()})
    claimed = claim.party_id.to_pylist()
    # The order of texts is that of their bytes in UTF-8, as it is of their code points.
    if found != claimed:
        other = min(set(found) ^ set(claimed))
        where = "the certificate" if other in claimed else "this table"
        raise RefusedError(f"the parties are not those of the certificate: {other!r} is only in {where}")
    return f"each of the {len(found)} parties has a price"


def _check_proof(claim: AcrossCertificate, obligations: Sequence[Obligations]) -> str:
    """Rule 4."""
    codes = [owed.currency.code for owed in obligations]
    try:
        values = claim.fixing.minor_values(codes)
    except SetfairError as error:
        raise RefusedError(str(error)) from error
    worth = dict(zip(codes, values, strict=True))
    number = {party: place for place, party in enumerate(claim.party_id.to_pylist())}
    price = dict(enumerate(claim.price.tolist()))
    entries = {place: entry for place, entry in enumerate(claim.entry_minor.tolist()) if entry}
    rows = sorted(_obligations(claim, obligations, number), key=lambda each: each[0])
    refused = check_across([owed for _, owed in rows], worth, price, entries)
    if refused is not None:
        raise RefusedError(_with_names(refused, [row for row, _ in rows], claim))
    unit = claim.fixing.unit
    value = sum(owed.reduced_minor * worth[owed.currency] for _, owed in rows)
    posted = format_amount(sum(entry for entry in entries.values() if entry > 0), unit.decimals)
    return (
        f"a value of {format_amount(int(value), unit.decimals)} {unit.code} is cleared, and by the prices"
        f" nobody can clear more; every reduction follows, and the {len(entries)} entries to the rounding"
        f" account, {posted} in all"
    )


def _obligations(
    claim: AcrossCertificate, obligations: Sequence[Obligations], number: dict[str, int]
) -> Iterator[tuple[int, Obligation]]:
    """Yield the row of each obligation, and the obligation with what is claimed of it."""
    for owed in obligations:
        places = np.searchsorted(claim.row, owed.row)
        parties = [number[party] for party in owed.party_id.to_pylist()]
        columns = (
            owed.row,
            owed.debtor,
            owed.creditor,
            owed.amount_minor,
            claim.cancelled_fine[places],
            claim.reduced_minor[places],
        )
        for row, debtor, creditor, amount, cancelled, reduced in zip(
            *(column.tolist() for column in columns), strict=True
        ):
            yield (
                row,
                Obligation(
                    parties[debtor], parties[creditor], owed.currency.code, amount, cancelled, reduced
                ),
            )


def _with_names(refused: str, rows: Sequence[int], claim: AcrossCertificate) -> str:
    """Name the row or the party that a refusal is about."""
    kind, _, rest = refused.partition(" ")
    place, colon, text = rest.partition(":")
    if not place.isdigit():
        return refused
    if kind == "obligation":
        return f"row {rows[int(place)]}{colon}{text}"
    return f"party {claim.party_id[int(place)].as_py()!r}{colon}{text}"
