"""What each account may do now: credit line, reservations and limits, with how much of them is used.

Rules
-----
1. All amounts are of now: what is in force today, which may be other than what stands (`engine.terms`).
2. Used of a credit line is what the balance is below zero, of a limit what was paid net under it today.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from setfair.domain.codes import Term
from setfair.domain.money import BALANCE_MAX_MINOR
from setfair.engine.books import Books
from setfair.engine.ledger import ALL_OTHERS
from setfair.engine.limit_table import entries, find_limit


@dataclass(frozen=True, slots=True)
class TermInForce:
    """One limit, reservation or credit line; amounts in minor units."""

    account: int
    term: Term
    counterparty: int | None
    """Of a bilateral limit."""
    amount_minor: int | None
    """In force today; None: no limit today."""
    standing_minor: int | None
    """In force when the next day opens; None: no limit."""
    used_minor: int | None
    """None for reservations, which are what is left of them."""


def terms_in_force(books: Books) -> Iterator[TermInForce]:
    """Yield what every account may do, account by account; reservations of nothing are left out."""
    limits = _limits(books)
    for account, row in enumerate(books.accounts):
        standing = books.standing[account]
        if row["credit_line"] < BALANCE_MAX_MINOR:
            line, used = int(row["credit_line"]), max(0, -int(row["balance"]))
            yield TermInForce(account, Term.CREDIT_LINE, None, line, int(standing["credit_line"]), used)
        for term, name in ((Term.RESERVED_URGENT, "reserved_urgent"), (Term.RESERVED_HIGH, "reserved_high")):
            if row[name] or standing[name]:
                yield TermInForce(account, term, None, int(row[name]), int(standing[name]), None)
        yield from limits.get(account, ())


def _limits(books: Books) -> dict[int, list[TermInForce]]:
    nets = {int(row["key"]): int(row["net"]) for row in entries(books.limits)}
    keys = sorted({*nets, *(int(row["key"]) for row in entries(books.standing_limits))})
    found: dict[int, list[TermInForce]] = {}
    for key in keys:
        account, creditor = key >> 32, key & 0xFFFFFFFF
        is_shared = creditor == ALL_OTHERS
        found.setdefault(account, []).append(
            TermInForce(
                account,
                Term.MULTILATERAL_LIMIT if is_shared else Term.BILATERAL_LIMIT,
                None if is_shared else creditor,
                find_limit(books.limits, account, creditor),
                find_limit(books.standing_limits, account, creditor),
                nets.get(key, 0),
            )
        )
    return found
