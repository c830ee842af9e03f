"""Seeded books, batches and pages: the same arguments give the same bytes.

Every name and identifier is invented.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from setfair.domain.codes import InstructionKind, Phase, Priority, Screening
from setfair.engine.books import Books
from setfair.engine.decide import decide
from setfair.engine.layout import ACCOUNT, INSTRUCTION, LEG_TERMS, LIMIT, STANDING, Array, cleared
from setfair.engine.ledger import ALL_OTHERS, HAS_MULTILATERAL, find_limit_slot, limits_table
from setfair.journal.page import Page

SEED = 20300115
EURO = 978
DOLLAR = 840
BUSINESS_DAY = 21929
"""2030-01-15."""
RICH_MINOR = 10**15
"""Credit line of accounts that always have cover."""
POOR_SHARE = 10
"""In a contended house every tenth account has no credit line."""
LEG_SHARE = 5
"""Where there are links, every fifth payment is a leg of one."""
NAMES = 10_000
"""Different names of parties."""


def books_of(accounts: int, *, limits: bool = False, contended: bool = False) -> Books:
    """Return the books of a house on an open day with this many accounts in one currency.

    Parameters
    ----------
    accounts
        How many.
    limits
        Whether every account has a multilateral limit, which each of its payments moves.
    contended
        Whether the first tenth of the accounts have no credit line.
    """
    table = cleared(accounts, ACCOUNT)
    table["head"], table["tail"] = -1, -1
    table["currency"], table["open"] = EURO, 1
    table["participant"] = np.arange(accounts)
    table["credit_line"] = RICH_MINOR
    if contended:
        table["credit_line"][: accounts // POOR_SHARE] = 0
    standing = np.zeros(accounts, STANDING)
    standing["credit_line"] = table["credit_line"]
    books = Books(accounts=table, standing=standing)
    books.phases[EURO], books.business_day[EURO] = Phase.OPEN, BUSINESS_DAY
    if limits:
        _limit_all(books)
    return books


def _limit_all(books: Books) -> None:
    books.accounts["limits"] = HAS_MULTILATERAL
    books.limits = limits_table(len(books.accounts))
    for account in range(len(books.accounts)):
        slot = find_limit_slot(books.limits, account, ALL_OTHERS)
        books.limits[slot] = np.array(((account << 32) | ALL_OTHERS, RICH_MINOR, 0, 0), LIMIT)


def batches_of(
    count: int,
    rows: int,
    accounts: int,
    *,
    identities: bool = True,
    contended: bool = False,
    seed: int = 0,
) -> list[Array]:
    """Return `count` batches of `rows` payments, each with an identity of its own.

    In a contended batch every tenth payment has no cover when it comes and is released by a payment to
    its debtor in the second half of the batch.
    """
    random = np.random.default_rng((SEED, seed) if seed else SEED)
    batches = []
    for _ in range(count):
        batch = np.zeros(rows, INSTRUCTION)
        batch["kind"], batch["priority"] = InstructionKind.CUSTOMER_PAYMENT, Priority.NORMAL
        batch["screening"], batch["currency"], batch["person"] = Screening.CLEAR, EURO, -1
        poor = accounts // POOR_SHARE if contended else 0
        batch["debtor"] = random.integers(poor, accounts, rows)
        step = random.integers(1, accounts - poor, rows)
        batch["creditor"] = poor + (batch["debtor"] - poor + step) % (accounts - poor)
        batch["amount"] = random.integers(1, 1_000_000, rows)
        if identities:
            batch["identity_high"], batch["identity_low"] = random.integers(1, 2**63, (2, rows))
            batch["content"] = random.integers(1, 2**63, rows)
        if contended:
            _contend(batch, poor, random)
        batches.append(batch)
    return batches


def _contend(batch: Array, poor: int, random: np.random.Generator) -> None:
    half = len(batch) // 2
    waiting = np.arange(0, half, POOR_SHARE // 2)
    # One account waits at most once in a batch, so each payment to it releases exactly one.
    debtors = random.permutation(poor)[: len(waiting)]
    waiting = waiting[: len(debtors)]
    batch["debtor"][waiting] = debtors
    batch["creditor"][waiting + half] = debtors
    batch["amount"][waiting + half] = batch["amount"][waiting]


def two_currencies(books: Books) -> Books:
    """Give each participant two accounts, of two currencies: account 2n and account 2n + 1."""
    books.accounts["participant"] = np.arange(len(books.accounts)) // 2
    books.accounts["currency"][1::2] = DOLLAR
    books.phases[DOLLAR], books.business_day[DOLLAR] = books.phases[EURO], books.business_day[EURO]
    return books


def linked_batches_of(count: int, rows: int, accounts: int) -> tuple[list[Array], list[Array]]:
    """Return batches for `two_currencies`, every fifth payment a leg, and the terms of their legs.

    A link is two payments that cross in two currencies and say what they are against; the second leg comes
    somewhere behind the first.
    """
    random = np.random.default_rng((SEED, 2))
    batches, terms = batches_of(count, rows, accounts // 2), []
    for batch in batches:
        batch["debtor"] *= 2
        batch["creditor"] *= 2
        legs = np.sort(random.permutation(rows)[: rows // LEG_SHARE // 2 * 2])
        first, second = legs[0::2], legs[1::2]
        batch["debtor"][second] = batch["creditor"][first] + 1
        batch["creditor"][second] = batch["debtor"][first] + 1
        batch["currency"][second] = DOLLAR
        batch["target"][legs] = np.arange(1, len(legs) + 1)
        said = np.zeros(len(legs), LEG_TERMS)
        link = random.integers(1, 2**63, (2, len(first)))
        said["link_high"], said["link_low"] = np.repeat(link, 2, axis=1)
        said["legs"] = 2
        said["against_amount"][0::2], said["against_amount"][1::2] = (
            batch["amount"][second],
            batch["amount"][first],
        )
        said["against_currency"][0::2], said["against_currency"][1::2] = DOLLAR, EURO
        terms.append(said)
    return batches, terms


def texts_of(rows: int, first: int) -> dict[str, pa.StringArray]:
    """Return the texts that a page keeps of `rows` customer payments from a pacs.008 file."""
    random = np.random.default_rng((SEED, first))
    numbers = [f"{number:09d}" for number in range(first, first + rows)]
    banks = [f"BNK{number:03d}XX" for number in random.integers(0, 200, rows)]
    columns = {
        "instruction_id": [f"I{number}" for number in numbers],
        "end_to_end_id": [f"INV-{number}" for number in numbers],
        "transaction_id": [f"T{number}" for number in numbers],
        "message_id": [f"MSG-{first:09d}"] * rows,
        "message_name": ["pacs.008.001.10"] * rows,
        "instructing_agent": banks,
        "debtor_agent": banks,
        "creditor_agent": [f"BNK{number:03d}XX" for number in random.integers(0, 200, rows)],
        "debtor_name": [name_of(number) for number in random.integers(0, NAMES, rows).tolist()],
        "creditor_name": [name_of(number) for number in random.integers(0, NAMES, rows).tolist()],
        "remittance": [f"Invoice {number}" for number in numbers],
        "has_uetr": ["1"] * rows,
    }
    empty = ("other_names", "original_instruction_id", "reason_code", "defect_text", "has_original_uetr")
    columns |= {name: [""] * rows for name in empty}
    return {name: pa.array(texts, pa.string()) for name, texts in columns.items()}


_FIRST = ("Amber", "Birch", "Cobalt", "Dune", "Ember", "Fjord", "Garnet", "Harbour", "Indigo", "Juniper")
_SECOND = ("Mills", "Textiles", "Shipping", "Foods", "Machines", "Optics", "Paper", "Ceramics")


def name_of(number: int) -> str:
    """Return the same invented firm for the same number, and another one for every other."""
    return f"{_FIRST[number % 10]} {_SECOND[number // 10 % 8]} {number:05d} Ltd"


def pages_of(count: int, rows: int, accounts: int) -> list[Page]:
    """Return pages that follow each other: one instruction and one record a payment."""
    books = books_of(accounts)
    pages = []
    for number, batch in enumerate(batches_of(count, rows, accounts)):
        decided = decide(books, batch, now=number + 1)
        pages.append(to_page(number + 1, batch, decided.records, texts_of(rows, number * rows + 1)))
    return pages


def to_page(number: int, batch: Array, records: Array, texts: dict[str, pa.StringArray]) -> Page:
    """Return a page; all pages before it have as many rows as this one."""
    first = (number - 1) * len(batch) + 1
    return Page(number, first, first, number, bytes(32), batch, records, texts)
