"""What a cycle comes with: documents of its page to the engine's terms, checked against the agreement.

Rules
-----
1. A cycle across currencies has the fixing as a document of its page, with the currencies that take part:
   JSON as `domain.fixing` has it, and ``currencies``. The currency of its instruction is 0.
2. The agreement has to have `clearing.across`; the unit of account is the agreed one, every rate comes from
   an agreed source and is at most so old as agreed, and none is of a time to come.
3. What takes part are currencies of the agreement, two at least, each with a rate; the unit needs none.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from setfair.domain.agreement import Agreement
from setfair.domain.fixing import Fixing, Rate, fixing_of
from setfair.domain.instants import NANOSECONDS, format_utc
from setfair.engine.cycle_terms import AS_EVER, CycleTerms, FixingTerms
from setfair.errors import HouseError
from setfair.intake.directory import currency_number

FIXING_DOCUMENT = "fixing"
"""Name of the document that has the rates of a cycle across currencies."""


def fixing_document(fixing: Fixing, currencies: Sequence[str]) -> bytes:
    """Return the document of a cycle across these currencies; rates of others are left out."""
    said = fixing.for_currencies(currencies).plain() | {"currencies": list(currencies)}
    return json.dumps(said, ensure_ascii=False).encode()


def read_fixing_document(document: bytes) -> tuple[Fixing, tuple[str, ...]]:
    """Return the fixing of a cycle across currencies, and the currencies that take part."""
    said = json.loads(document)
    return fixing_of(said), tuple(map(str, said["currencies"]))


def cycle_terms_of(documents: Mapping[str, bytes]) -> CycleTerms:
    """Return what the documents of a page say of its cycle."""
    if FIXING_DOCUMENT not in documents:
        return AS_EVER
    fixing, codes = read_fixing_document(documents[FIXING_DOCUMENT])
    values = dict(zip(map(currency_number, codes), fixing.minor_values(codes), strict=True))
    return CycleTerms(FixingTerms(fixing.unit.number, values))


def check_agreed(agreement: Agreement | None, documents: Mapping[str, bytes], now: int) -> None:
    """Check that what a cycle comes with is as agreed: when it is decided, and when it is decided again.

    Raises
    ------
    SetfairError
        Saying what the agreement allows.
    """
    if FIXING_DOCUMENT in documents and agreement is not None:
        _check_fixing(agreement, documents[FIXING_DOCUMENT], now)


def _check_fixing(agreement: Agreement, document: bytes, now: int) -> None:
    """Check that a cycle may run across currencies at a fixing: rules 2 and 3."""
    agreed = agreement.clearing.across
    if agreed is None:
        raise HouseError(
            "the agreement does not allow set-off across currencies: [clearing.across] names the unit of "
            "account and the sources of rates, and all participants sign it"
        )
    fixing, codes = read_fixing_document(document)
    if fixing.unit.code != agreed.unit:
        raise HouseError(f"the fixing is in {fixing.unit.code}; the unit of account agreed is {agreed.unit}")
    unknown = [code for code in codes if agreement.find_currency_rules(code) is None]
    if unknown or len(set(codes)) < 2:
        said = (
            f"{', '.join(unknown)} is no currency of it" if unknown else "two currencies at least take part"
        )
        raise HouseError(f"the agreement does not allow this cycle across currencies: {said}")
    fixing.minor_values(codes)
    oldest = agreed.max_age_hours * 3600 * NANOSECONDS
    for rate in fixing.rates:
        if rate.currency.code != agreed.unit:
            _check_rate(rate, agreed.sources, now, oldest)


def _check_rate(rate: Rate, sources: Sequence[str], now: int, oldest: int) -> None:
    code = rate.currency.code
    if rate.source not in sources:
        raise HouseError(f"the rate of {code} comes from {rate.source!r}; agreed are {', '.join(sources)}")
    if not 0 <= now - rate.time <= oldest:
        raise HouseError(
            f"the rate of {code} is of {format_utc(rate.time)}, and it is {format_utc(now)}: agreed are "
            f"rates of the last {oldest // (3600 * NANOSECONDS)} hours"
        )
