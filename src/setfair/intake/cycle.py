"""What a cycle comes with: documents of its page to the engine's terms, checked against the agreement.

Rules
-----
1. A cycle across currencies has the fixing as a document of its page, with the currencies that take part:
   JSON as `domain.fixing` has it, and ``currencies``. The currency of its instruction is 0.
2. The agreement has to have `clearing.across`; the unit of account is the agreed one, every rate comes from
   an agreed source and is at most so old as agreed, and none is of a time to come.
3. What takes part are currencies of the agreement, two at least, each with a rate; the unit needs none.
4. What a cycle is run for, and within which limits, is the document `choice` of its page: JSON with
   ``objective``, ``keep`` (numbers of obligations), ``minimum_minor`` and ``party_maximum_minor``. Without
   one it is run for the most value. The agreement has to allow the objective, and each limit that it has.
5. Limits that are amounts are for cycles of one currency.
6. Money that is put in is `intake.money`'s.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from setfair.domain.agreement import Agreement
from setfair.domain.agreement_parts import Clearing
from setfair.domain.fixing import Fixing, Rate, fixing_of
from setfair.domain.instants import NANOSECONDS, format_utc
from setfair.engine.cycle_terms import ChoiceTerms, CycleTerms, FixingTerms
from setfair.engine.setoff import Objective
from setfair.errors import HouseError
from setfair.intake.directory import currency_number
from setfair.intake.money import MONEY_DOCUMENT, check_money

FIXING_DOCUMENT, CHOICE_DOCUMENT = "fixing", "choice"
"""Names of the documents of a cycle: rates, and what it is run for."""


def cycle_documents(
    agreement: Agreement,
    choice: ChoiceTerms | None,
    across: tuple[Fixing, Sequence[str]] | None = None,
    money: Mapping[str, object] | None = None,
) -> dict[str, bytes]:
    """Return the documents of a cycle.

    Parameters
    ----------
    agreement
        In force: its first objective counts without a choice.
    choice
        What it is run for; the most value without limits needs no document.
    across
        With a cycle across currencies: rates, and the currencies that take part.
    money
        With a cycle into which money is put: its document (`intake.money`).
    """
    if choice is None:
        choice = ChoiceTerms(Objective(agreement.clearing.objectives[0]))
    documents = {} if across is None else {FIXING_DOCUMENT: fixing_document(*across)}
    if money is not None:
        documents[MONEY_DOCUMENT] = json.dumps(money, ensure_ascii=False).encode()
    if choice != ChoiceTerms():
        documents[CHOICE_DOCUMENT] = choice_document(choice)
    return documents


def fixing_document(fixing: Fixing, currencies: Sequence[str]) -> bytes:
    """Return the document of a cycle across these currencies; rates of others are left out."""
    said = fixing.for_currencies(currencies).plain() | {"currencies": list(currencies)}
    return json.dumps(said, ensure_ascii=False).encode()


def read_fixing_document(document: bytes) -> tuple[Fixing, tuple[str, ...]]:
    """Return the fixing of a cycle across currencies, and the currencies that take part."""
    said = json.loads(document)
    return fixing_of(said), tuple(map(str, said["currencies"]))


def choice_document(choice: ChoiceTerms) -> bytes:
    """Return the document of what a cycle is run for (rule 4)."""
    said = {
        "objective": choice.objective.value,
        "keep": list(choice.keep),
        "minimum_minor": choice.minimum_minor,
        "party_maximum_minor": choice.party_maximum_minor,
    }
    return json.dumps(said).encode()


def read_choice_document(document: bytes) -> ChoiceTerms:
    """Return what a cycle is run for, and within which limits."""
    said = json.loads(document)
    most = said["party_maximum_minor"]
    return ChoiceTerms(
        Objective(said["objective"]),
        tuple(map(int, said["keep"])),
        int(said["minimum_minor"]),
        None if most is None else int(most),
    )


def cycle_terms_of(documents: Mapping[str, bytes]) -> CycleTerms:
    """Return what the documents of a page say of its cycle."""
    choice, fixing = documents.get(CHOICE_DOCUMENT), documents.get(FIXING_DOCUMENT)
    return CycleTerms(
        None if fixing is None else _fixing_terms(*read_fixing_document(fixing)),
        None if choice is None else read_choice_document(choice),
    )


def _fixing_terms(fixing: Fixing, codes: Sequence[str]) -> FixingTerms:
    values = zip(map(currency_number, codes), fixing.minor_values(codes), strict=True)
    return FixingTerms(fixing.unit.number, dict(values))


def check_agreed(agreement: Agreement | None, documents: Mapping[str, bytes], now: int) -> None:
    """Check that what a cycle comes with is as agreed: when it is decided, and when it is decided again.

    Raises
    ------
    SetfairError
        Saying what the agreement allows.
    """
    if agreement is None:
        return
    if FIXING_DOCUMENT in documents:
        _check_fixing(agreement, documents[FIXING_DOCUMENT], now)
    if MONEY_DOCUMENT in documents:
        check_money(agreement, documents[MONEY_DOCUMENT], documents)
    if CHOICE_DOCUMENT in documents:
        choice = read_choice_document(documents[CHOICE_DOCUMENT])
        _check_choice(agreement.clearing, choice, across=FIXING_DOCUMENT in documents)


def _check_choice(agreed: Clearing, choice: ChoiceTerms, *, across: bool) -> None:
    """Check what a cycle is run for: rules 4 and 5."""
    if choice.objective.value not in agreed.objectives:
        allowed = ", ".join(agreed.objectives)
        raise HouseError(f"the agreement has no cycles for {choice.objective.value!r}; agreed are {allowed}")
    amounts = {"minimum": choice.minimum_minor > 0, "party_maximum": choice.party_maximum_minor is not None}
    for name, is_given in {"keep": bool(choice.keep), **amounts}.items():
        if is_given and name not in agreed.limits:
            raise HouseError(
                f"the agreement has no cycles with the limit {name!r}: [clearing] limits names "
                f"{', '.join(agreed.limits) or 'none'}"
            )
    if across and any(amounts.values()):
        raise HouseError("the least amount and the most for a party are for cycles of one currency")


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
