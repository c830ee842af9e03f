"""What the tables of an agreement must fulfil together. Each check yields its problems as text.

Rules
-----
1. Ids are unique; a BIC, LEI, member id or id means one participant only, and none is the house's.
2. An indirect participant is reached through a direct one that is no overseer.
3. Each currency stands once; its settlement agent is a participant with that role.
4. Accounts belong to direct participants that are no overseers, stand once for each participant and
   currency, and their amounts have no more decimals than the currency. The settlement agent's account in its
   currency has no floor and so no credit line, reservation or limit.
5. Bilateral limits are between two different accounts of one currency, once for each direction.
6. Cycles and fees name currencies of the agreement, once.
7. Screening always has the list UN in the format un_xml, mandatory, with at least 500 entries and at most
   31 days old. No agreement turns it off. Officers are different people.
8. Signatories are participants or the house itself, each once and each with its own key.
9. Witnesses are no signatories, who may cosign anyway; ids and keys stand once among both.
10. Users stand once; each acts for the operator, or for a direct participant that is no overseer.
11. Who puts money into cycles has an account in its currency, and one row; the first objective is then value.
12. A sub-account is of a participant that has an account in its currency and is not its settlement agent;
    names and purposes stand once for each account. The counterparty of a pair is another one with an account.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from setfair.domain.agreement_fields import shorten
from setfair.domain.codes import Reason
from setfair.domain.money import find_currency, parse_amount

if TYPE_CHECKING:
    from setfair.domain.agreement import Agreement
    from setfair.domain.agreement_parts import Account, Participant

UN_LIST_ID = "UN"
"""The list that no setting turns off."""
UN_ENTRIES_MIN = 500
"""A UN list with fewer entries is no UN list."""
UN_AGE_MAX_DAYS = 31
"""Oldest that an agreement may let the UN list become."""


def find_problems(agreement: Agreement) -> tuple[str, ...]:
    """Return every problem between the tables of an agreement whose tables are valid by themselves."""
    checks = (
        check_references,
        check_participants,
        check_currencies,
        check_accounts,
        check_sub_accounts,
        check_limits,
        check_users,
        check_cycles_and_fees,
        check_liquidity,
        check_screening,
        check_signatories,
        check_witnesses,
    )
    return tuple(problem for check in checks for problem in check(agreement))


def bic_forms(bic: str) -> tuple[str, ...]:
    """Return the forms in which a BIC names the same institution: 8 characters mean branch XXX."""
    if len(bic) == 8:
        return bic, bic + "XXX"
    return (bic, bic[:8]) if bic.endswith("XXX") else (bic,)


def references_of(participant: Participant) -> Iterator[tuple[str, str]]:
    """Yield (field, reference in capitals) for all that names a participant."""
    yield "id", participant.id
    for form in bic_forms(participant.bic) if participant.bic else ():
        yield "bic", form
    if participant.lei:
        yield "lei", participant.lei
    if participant.member_id:
        yield "member_id", participant.member_id.upper()


def check_references(agreement: Agreement) -> Iterator[str]:
    """Rule 1."""
    owners = dict.fromkeys(bic_forms(agreement.agreement.bic), "agreement.bic")
    owners[agreement.agreement.id] = "agreement.id"
    for index, participant in enumerate(agreement.participants):
        mine: dict[str, str] = {}
        for field, reference in references_of(participant):
            path = f"participants[{index}].{field}"
            if reference in owners and path not in mine.values():
                yield f"{path}: {reference} is also {owners[reference]}; each means one participant only"
            mine.setdefault(reference, path)
        for reference, path in mine.items():
            owners.setdefault(reference, path)


def check_participants(agreement: Agreement) -> Iterator[str]:
    """Rule 2."""
    known = {participant.id: participant for participant in agreement.participants}
    for index, participant in enumerate(agreement.participants):
        if participant.through is None:
            continue
        path = f"participants[{index}].through"
        through = known.get(participant.through)
        if through is None:
            yield _unknown_participant(path, participant.through)
        elif through.kind != "direct" or through.role == "overseer":
            yield f"{path}: {through.id} is {_describe(through)}; a direct bank or settlement agent"


def check_currencies(agreement: Agreement) -> Iterator[str]:
    """Rule 3."""
    yield from _repeated("currencies", "code", (currency.code for currency in agreement.currencies))
    known = {participant.id: participant for participant in agreement.participants}
    for index, currency in enumerate(agreement.currencies):
        path = f"currencies[{index}].settlement_agent"
        agent = known.get(currency.settlement_agent)
        if agent is None:
            yield _unknown_participant(path, currency.settlement_agent)
        elif agent.role != "settlement_agent":
            yield f'{path}: {agent.id} is {_describe(agent)}; a participant with role = "settlement_agent"'


def check_accounts(agreement: Agreement) -> Iterator[str]:
    """Rule 4."""
    known = {participant.id: participant for participant in agreement.participants}
    agents = {currency.code: currency.settlement_agent for currency in agreement.currencies}
    first: dict[tuple[str, str], int] = {}
    for index, account in enumerate(agreement.accounts):
        path = f"accounts[{index}]"
        owner = known.get(account.participant)
        if owner is None:
            yield _unknown_participant(f"{path}.participant", account.participant)
        elif owner.kind != "direct" or owner.role == "overseer":
            yield f"{path}.participant: {owner.id} is {_describe(owner)}; a direct bank or settlement agent"
        if account.currency not in agents:
            yield _unknown_currency(f"{path}.currency", account.currency, agents)
        key = (account.participant, account.currency)
        if first.setdefault(key, index) != index:
            yield f"{path}: {key[0]} has a {key[1]} account in accounts[{first[key]}] already; one each"
        yield from _check_account_amounts(
            account, path, is_agent=agents.get(account.currency) == account.participant
        )


def _check_account_amounts(account: Account, path: str, *, is_agent: bool) -> Iterator[str]:
    fields = ("credit_line", "reserved_urgent", "reserved_high", "multilateral_limit")
    for field in fields:
        text: str | None = getattr(account, field)
        if text is not None:
            yield from _check_amount(f"{path}.{field}", text, account.currency)
        if is_agent and text is not None and (text != "0" or field == "multilateral_limit"):
            yield f"{path}.{field}: the settlement agent's account has no floor; leave this field out"
    if is_agent and account.status != "open":
        yield f'{path}.status: the settlement agent\'s account must be open; "open"'


def check_sub_accounts(agreement: Agreement) -> Iterator[str]:
    """Rule 12."""
    held = {(account.participant, account.currency) for account in agreement.accounts}
    agents = {(currency.settlement_agent, currency.code) for currency in agreement.currencies}
    first: dict[tuple[str, ...], int] = {}
    for index, said in enumerate(agreement.sub_accounts):
        path = f"sub_accounts[{index}]"
        owner, other = (said.participant, said.currency), (said.counterparty or "", said.currency)
        if owner not in held - agents:
            yield f"{path}.participant: {owner[0]} has no {owner[1]} account that it funds; the owner of one"
        if said.counterparty is not None and (other not in held | agents or other == owner):
            yield f"{path}.counterparty: {other[0]} is no other with a {other[1]} account; the owner of one"
        for what, key in (("name", said.name), ("purpose", f"{said.purpose} {said.counterparty or ''}")):
            place = first.setdefault((*owner, what, key), index)
            if place != index:
                yield f"{path}.{what}: repeats sub_accounts[{place}]; one each for an account"


def check_limits(agreement: Agreement) -> Iterator[str]:
    """Rule 5."""
    held = {(account.participant, account.currency) for account in agreement.accounts}
    held |= {(currency.settlement_agent, currency.code) for currency in agreement.currencies}
    first: dict[tuple[str, str, str], int] = {}
    for index, limit in enumerate(agreement.limits):
        path = f"limits[{index}]"
        for field, who in (("participant", limit.participant), ("counterparty", limit.counterparty)):
            if (who, limit.currency) not in held:
                yield f"{path}.{field}: {who} has no {limit.currency} account; the owner of one"
        if limit.participant == limit.counterparty:
            yield f"{path}.counterparty: {limit.counterparty} is the participant itself; another participant"
        key = (limit.participant, limit.counterparty, limit.currency)
        if first.setdefault(key, index) != index:
            yield f"{path}: repeats limits[{first[key]}]; one limit for each direction and currency"
        yield from _check_amount(f"{path}.amount", limit.amount, limit.currency)


def check_users(agreement: Agreement) -> Iterator[str]:
    """Rule 10."""
    known = {participant.id: participant for participant in agreement.participants}
    yield from _repeated("users", "id", (user.id for user in agreement.users))
    for index, user in enumerate(agreement.users):
        if user.participant is None:
            continue
        path, member = f"users[{index}].participant", known.get(user.participant)
        if member is None:
            yield _unknown_participant(path, user.participant)
        elif member.kind != "direct" or member.role == "overseer":
            yield f"{path}: {member.id} is {_describe(member)}; a direct participant with accounts"


def check_cycles_and_fees(agreement: Agreement) -> Iterator[str]:
    """Rule 6."""
    codes = [currency.code for currency in agreement.currencies]
    yield from _repeated("clearing.cycles", "name", (cycle.name for cycle in agreement.clearing.cycles))
    for index, cycle in enumerate(agreement.clearing.cycles):
        for place, code in enumerate(cycle.currencies):
            if code not in codes:
                yield _unknown_currency(f"clearing.cycles[{index}].currencies[{place}]", code, codes)
    yield from _repeated("fees.schedule", "currency", (fee.currency for fee in agreement.fees.schedule))
    for index, fee in enumerate(agreement.fees.schedule):
        path = f"fees.schedule[{index}]"
        if fee.currency not in codes:
            yield _unknown_currency(f"{path}.currency", fee.currency, codes)
        yield from _check_amount(f"{path}.settled_payment", fee.settled_payment, fee.currency)


def check_liquidity(agreement: Agreement) -> Iterator[str]:
    """Rule 11."""
    accounts = {(account.participant, account.currency) for account in agreement.accounts}
    first: dict[tuple[str, str], int] = {}
    for index, row in enumerate(agreement.clearing.liquidity):
        path, key = f"clearing.liquidity[{index}]", (row.funder, row.currency)
        if key not in accounts:
            yield f"{path}.funder: {row.funder} has no {row.currency} account; a participant with one"
        if first.setdefault(key, index) != index:
            yield f"{path}: {key[0]} has a row in {key[1]} in clearing.liquidity[{first[key]}] already"
        if "*" in row.beneficiaries and len(row.beneficiaries) > 1:
            yield f"{path}.beneficiaries: * stands alone: it is anyone"
        yield from _check_amount(f"{path}.amount", row.amount, row.currency)
    if agreement.clearing.liquidity and agreement.clearing.objectives[0] != "value":
        yield "clearing.liquidity: money is put into cycles for the most value; name it first in objectives"


def check_screening(agreement: Agreement) -> Iterator[str]:
    """Rule 7."""
    screening = agreement.screening
    yield from _repeated("screening.officers", "id", (officer.id for officer in screening.officers))
    yield from _repeated("screening.lists", "id", (entry.id for entry in screening.lists))
    yield from _repeated("screening.lists", "file", (entry.file for entry in screening.lists))
    found = False
    for index, entry in enumerate(screening.lists):
        if entry.id != UN_LIST_ID:
            continue
        found = True
        path = f"screening.lists[{index}]"
        if entry.format != "un_xml":
            yield f'{path}.format: "{entry.format}" for the list UN; "un_xml"'
        if not entry.mandatory:
            yield f"{path}.mandatory: the list UN is always on; true"
        if entry.entries_min < UN_ENTRIES_MIN:
            yield f"{path}.entries_min: {entry.entries_min} for the list UN; {UN_ENTRIES_MIN} or more"
        if entry.max_age_days > UN_AGE_MAX_DAYS:
            yield f"{path}.max_age_days: {entry.max_age_days} for the list UN; {UN_AGE_MAX_DAYS} or fewer"
    if not found:
        yield 'screening.lists: the list UN is missing; it is always on: id = "UN", format = "un_xml"'


def check_signatories(agreement: Agreement) -> Iterator[str]:
    """Rule 8."""
    allowed = {participant.id for participant in agreement.participants} | {agreement.agreement.id}
    yield from _repeated("signatories", "id", (signatory.id for signatory in agreement.signatories))
    yield from _repeated("signatories", "public_key", (one.public_key for one in agreement.signatories))
    for index, signatory in enumerate(agreement.signatories):
        if signatory.id not in allowed:
            path = f"signatories[{index}].id"
            yield f"{path}: {signatory.id} is unknown; a participant's id or the house's"


def check_witnesses(agreement: Agreement) -> Iterator[str]:
    """Rule 9."""
    witnesses = agreement.journal.witnesses
    ids = {one.id for one in agreement.signatories} | {agreement.agreement.id}
    keys = {one.public_key for one in agreement.signatories}
    yield from _repeated("journal.witnesses", "id", (one.id for one in witnesses))
    yield from _repeated("journal.witnesses", "public_key", (one.public_key for one in witnesses))
    for index, witness in enumerate(witnesses):
        path = f"journal.witnesses[{index}]"
        if witness.id in ids:
            yield f"{path}.id: {witness.id} is the house or a signatory, who may cosign anyway; leave it out"
        if witness.public_key in keys:
            yield f"{path}.public_key: is a signatory's key; each key once"


def _check_amount(path: str, text: str, code: str) -> Iterator[str]:
    currency = find_currency(code)
    if currency is None:
        return
    parsed = parse_amount(text, currency.decimals)
    if parsed is Reason.TOO_MANY_DECIMALS:
        yield f"{path}: {shorten(text)} has more decimals than {code}; at most {currency.decimals}"
    elif isinstance(parsed, Reason):
        yield f"{path}: {shorten(text)} is too large; at most 18 digits, those after the point included"


def _repeated(table: str, field: str, values: Iterable[str]) -> Iterator[str]:
    first: dict[str, int] = {}
    for index, value in enumerate(values):
        if first.setdefault(value, index) != index:
            path = f"{table}[{index}].{field}"
            yield f"{path}: {shorten(value)} stands in {table}[{first[value]}] already; each once"


def _unknown_participant(path: str, reference: str) -> str:
    return f"{path}: {reference} is unknown; the id of a participant in [[participants]]"


def _unknown_currency(path: str, code: str, allowed: Iterable[str]) -> str:
    return f"{path}: {code} is not part of the agreement; one of {', '.join(allowed)}"


def _describe(participant: Participant) -> str:
    return f"{participant.kind}, {participant.role}"
