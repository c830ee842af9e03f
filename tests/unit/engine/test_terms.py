"""Terms of accounts over versions of the agreement: what a version says otherwise counts, the rest stays."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from setfair.domain.codes import InstructionKind, Term
from setfair.engine.books import AccountTerms, Books, LimitTerms
from setfair.engine.decide import decide
from setfair.engine.layout import INSTRUCTION
from setfair.engine.ledger import ALL_OTHERS, HAS_BILATERAL, HAS_MULTILATERAL
from setfair.engine.limit_table import entries, find_limit
from setfair.engine.terms import adopt_users

EURO = 978
ACCOUNT = AccountTerms(0, EURO, 100, 10, 20, None, is_agent=False, open=True)
ACCOUNTS = [ACCOUNT, replace(ACCOUNT, participant=1), replace(ACCOUNT, participant=2, multilateral_limit=7)]
LIMITS = [LimitTerms(0, 1, 50), LimitTerms(1, 0, 60)]


def change(books: Books, term: Term, account: int, amount: int, creditor: int = -1) -> None:
    """Change a term by two users of the operator."""
    row = np.zeros(1, INSTRUCTION)
    row["kind"], row["target"], row["amount"] = InstructionKind.TERM_CHANGE, term, amount
    row["debtor"], row["creditor"] = account, creditor
    number = decide(books, row, 1).rows["number"][0]
    row["kind"], row["target"], row["person"] = InstructionKind.TERM_APPROVAL, number, 1
    assert decide(books, row, 1).rows["reason"][0] == 0


def changed_books() -> Books:
    """Return books in which a limit of each sort, a reservation and a credit line were changed."""
    books = Books()
    books.lay_out_accounts(ACCOUNTS, LIMITS)
    adopt_users(books, [-1, -1])
    change(books, Term.BILATERAL_LIMIT, 0, 40, 1)
    change(books, Term.BILATERAL_LIMIT, 2, 30, 0)
    change(books, Term.MULTILATERAL_LIMIT, 2, -1)
    change(books, Term.CREDIT_LINE, 0, 500)
    change(books, Term.RESERVED_HIGH, 0, 5)
    return books


def test_a_version_about_something_else_leaves_what_was_changed() -> None:
    """Limits, reservations and credit lines are those of the users, not of the agreement."""
    books = changed_books()
    books.lay_out_accounts([*ACCOUNTS, replace(ACCOUNT, participant=3)], LIMITS)
    assert find_limit(books.limits, 0, 1) == 40
    assert find_limit(books.limits, 2, 0) == 30
    assert find_limit(books.limits, 2, ALL_OTHERS) is None
    assert find_limit(books.limits, 1, 0) == 60
    assert books.accounts["credit_line"].tolist() == [500, 100, 100, 100]
    assert books.accounts["reserved_high"].tolist() == [5, 20, 20, 20]
    assert books.accounts["limits"].tolist() == [HAS_BILATERAL, HAS_BILATERAL, HAS_BILATERAL, 0]


def test_what_a_version_says_otherwise_counts() -> None:
    """A changed limit, line or reservation, a limit that is new and one that is gone."""
    books = changed_books()
    versions = [replace(ACCOUNT, credit_line=90, reserved_high=0), *ACCOUNTS[1:]]
    versions[2] = replace(versions[2], multilateral_limit=8)
    books.lay_out_accounts(versions, [LimitTerms(0, 1, 45), LimitTerms(0, 2, 1)])
    found = {
        (int(row["key"]) >> 32, int(row["key"]) & 0xFFFFFFFF): int(row["limit"])
        for row in entries(books.limits)
    }
    assert found == {(0, 1): 45, (0, 2): 1, (2, 0): 30, (2, ALL_OTHERS): 8}
    assert books.accounts["credit_line"].tolist() == [90, 100, 100]
    assert books.accounts["reserved_high"].tolist() == [0, 20, 20]
    assert books.accounts["limits"][2] == HAS_BILATERAL | HAS_MULTILATERAL


def test_many_limits_are_found_after_the_table_grew() -> None:
    """A table is filled anew with room for all, and loses none."""
    books = Books()
    accounts = [replace(ACCOUNT, participant=place) for place in range(60)]
    books.lay_out_accounts(accounts, [LimitTerms(0, place, place) for place in range(1, 60)])
    adopt_users(books, [-1, -1])
    for place in range(2, 60):
        change(books, Term.BILATERAL_LIMIT, 1, 2 * place, place)
    change(books, Term.BILATERAL_LIMIT, 1, -1, 30)
    assert [find_limit(books.limits, 1, place) for place in (2, 29, 30, 31)] == [4, 58, None, 62]
    assert [find_limit(books.standing_limits, 0, place) for place in (1, 59)] == [1, 59]
    assert 2 * int(np.count_nonzero(books.limits["key"] != -1)) <= len(books.limits)
