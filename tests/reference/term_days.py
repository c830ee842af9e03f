"""Random words of users on limits, reservations, credit lines and queues, mostly such that they count."""

from __future__ import annotations

from random import Random

from setfair.domain.codes import InstructionKind, Phase, QueueAction, Status, Term
from setfair.domain.money import AMOUNT_MAX_MINOR
from tests.reference.settlement import ReferenceHouse
from tests.reference.words import ExtensionCommand, QueueCommand, TermCommand


def draw_term_command(rng: Random, house: ReferenceHouse) -> TermCommand:
    """Draw what somebody asks for, or decides on what was asked for."""
    decides = rng.random() < (0.6 if house.terms.waiting else 0.1)
    return _decision(rng, house) if decides else _change(rng, house)


def _person_for(rng: Random, house: ReferenceHouse, account: int, term: Term) -> int:
    """Mostly a user who may change this."""
    is_line = term is Term.CREDIT_LINE and rng.random() < 0.8
    users = [user for user in range(len(house.terms.users)) if house.terms.may(user, account, line=is_line)]
    return rng.choice(users) if users and rng.random() < 0.9 else rng.randint(-1, 7)


def _change(rng: Random, house: ReferenceHouse) -> TermCommand:
    currency = rng.randrange(len(house.phase))
    accounts = [i for i, spec in enumerate(house.accounts) if spec.currency == currency]
    banks = [i for i in accounts if not house.accounts[i].is_agent]
    account = rng.choice(banks if rng.random() < 0.9 else accounts)
    term = rng.choice(list(Term))
    drawn = [i for i in banks if house.books.balance[i] < 0]
    waiting = [i for i in banks if house.queue[i]]
    if waiting and rng.random() < 0.4:
        # What this account waits for: more of its credit line, less of its reservations, a wider limit.
        account = rng.choice(waiting)
        term = rng.choice((Term.CREDIT_LINE, Term.CREDIT_LINE, *Term))
    if rng.random() < 0.03:
        account, term = next(i for i in accounts if house.accounts[i].is_agent), Term.CREDIT_LINE
    repays = bool(drawn) and rng.random() < 0.3
    if repays:
        account, term = rng.choice(drawn), Term.CREDIT_LINE
    subs = [i for i in banks if house.accounts[i].main >= 0]
    if subs and rng.random() < 0.6:
        terms = (*[Term.SUB_ACCOUNT] * 3, *[Term.SET_ASIDE] * 3, Term.GIVE_BACK)
        account, term = rng.choice(subs), rng.choice(terms)
        used = [i for i in subs if house.books.balance[i] or house.queue[i]]
        if used and term is Term.SUB_ACCOUNT and rng.random() < 0.8:
            account = rng.choice(used)
        short = [i for i in subs if house.queue[i]]
        if short and rng.random() < 0.4:
            account, term = rng.choice(short), Term.SET_ASIDE
    counterparty = rng.choice(accounts) if term is Term.BILATERAL_LIMIT else -1
    if counterparty >= 0 and house.queue[account]:
        counterparty = house.entries[house.queue[account][0]].instruction.creditor
    person = _person_for(rng, house, account, term)
    if rng.random() < 0.03:
        account = -1
    if rng.random() < 0.02:
        counterparty = rng.randrange(-1, len(house.accounts))
    day = 0 if rng.random() < 0.5 else house.date[currency] + rng.choice((0, 0, 0, 0, 0, 1))
    amount = rng.choice((-1, 0, 5, 10, 20, 40, 100))
    if term is Term.SUB_ACCOUNT:
        amount = rng.choice((0, 0, 0, 0, 1, 2))
    elif term in (Term.SET_ASIDE, Term.GIVE_BACK):
        amount = rng.choice((0, 1, 1, 2, 3, 5, 10))
    if repays:
        amount, day = rng.choice((0, 0, 5)), 0
    elif rng.random() < 0.03:
        amount = rng.choice((-2, AMOUNT_MAX_MINOR, AMOUNT_MAX_MINOR + 1))
    return TermCommand(InstructionKind.TERM_CHANGE, person, term, account, counterparty, amount, day)


def _decision(rng: Random, house: ReferenceHouse) -> TermCommand:
    kinds = (InstructionKind.TERM_APPROVAL, InstructionKind.TERM_APPROVAL, InstructionKind.TERM_REFUSAL)
    waiting = list(house.terms.waiting.values())
    if not waiting or rng.random() < 0.05:
        target = rng.randint(0, house.last_number + 1)
        return TermCommand(rng.choice(kinds), rng.randint(0, 5), target=target)
    change = rng.choice(waiting)
    person = _person_for(rng, house, change.asked.account, change.asked.term)
    if person == change.asked.person and rng.random() < 0.7:
        person = _person_for(rng, house, change.asked.account, change.asked.term)
    return TermCommand(rng.choice(kinds), person, target=change.number)


def draw_extension(rng: Random, house: ReferenceHouse) -> ExtensionCommand:
    """Draw what somebody asks for of a cut-off, or decides on what was asked for."""
    waiting = list(house.extensions.waiting.values())
    person = rng.choice((0, 0, 1, 1, 1, 2, 6, -1, 9)) if rng.random() < 0.5 else rng.randrange(2)
    if rng.random() < (0.5 if waiting else 0.05):
        kinds = (InstructionKind.EXTENSION_APPROVAL, InstructionKind.EXTENSION_REFUSAL)
        target = rng.randint(0, house.last_number + 1)
        if waiting and rng.random() < 0.95:
            asked = rng.choice(waiting)
            target = asked.number
            person = 1 - asked.command.person if person == asked.command.person < 2 else person
        return ExtensionCommand(rng.choice((*kinds, kinds[0])), person, target=target)
    currency = rng.randrange(len(house.phase))
    phase = rng.choice((Phase.CUSTOMER_CUTOFF, Phase.INTERBANK_CUTOFF, Phase.CLOSED))
    present = house.extensions.times[currency].get(phase, house.now)
    until = max(1, present + rng.choice((1, 1, 1, 2, 0, 4, -1)))
    return ExtensionCommand(InstructionKind.EXTENSION, person, currency, phase, until)


def draw_queue_command(rng: Random, house: ReferenceHouse) -> QueueCommand:
    """Draw what somebody wants of a payment, mostly of one that waits."""
    waiting = [n for n, entry in house.entries.items() if entry.status in (Status.ACSP, Status.PDNG)]
    queued = [n for n in waiting if house.entries[n].status is Status.ACSP]
    held = [n for n in waiting if house.entries[n].on_hold]
    action = rng.choice(list(QueueAction))
    found = held if action is QueueAction.REACTIVATE and rng.random() < 0.8 else queued
    found = found if found and rng.random() < 0.8 else waiting
    target = rng.choice(found) if found and rng.random() < 0.95 else rng.randint(0, house.last_number + 1)
    entry = house.entries.get(target)
    debtor = entry.instruction.debtor if entry is not None else -1
    users = [user for user in range(len(house.terms.users)) if debtor >= 0 and house.terms.may(user, debtor)]
    person = rng.choice(users) if users and rng.random() < 0.9 else rng.randint(-1, 7)
    earliest = rng.choice((0, 0, house.now + 1, house.now + 3, max(1, house.now)))
    latest = rng.choice((0, 0, house.now + 2, house.now + 4, max(1, house.now)))
    return QueueCommand(action, person, target, rng.choice((0, 1, 2, 2, 3)), earliest, latest)
