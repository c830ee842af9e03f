"""Accounts of the day, and the liquidity that payments used on each.

Rules
-----
1. closing = opening + credits - debits, to the minor unit; the closing balance is the present one with what
   came after the day taken back.
2. The position of an account is what it received less what it paid in payments since the day began, funding
   apart. The liquidity that it used is the largest debit position; payments that were offset together count
   as one step.
3. At hand for it were the opening balance, what the settlement agent lent on the day, and the credit line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from setfair.report.read import Reader, Row
from setfair.report.series import Window

ACCOUNTS_MAX = 60
"""Accounts of one currency that the table lists: the settlement agent's and those with the most bookings."""

USERS_MAX = 24
"""Accounts of one currency whose use of liquidity is drawn: those that used the most."""

SPARK_SLICES_PER_TICK = 15
"""Slices of time between two marks in the small pictures of positions."""


@dataclass(frozen=True, slots=True)
class Account:
    """One settlement account on the day; amounts in minor units."""

    number: int
    currency_number: int
    participant: str
    name: str
    country: str
    is_agent: bool
    is_open: bool
    opening: int
    debits: int
    credits: int
    closing: int
    bookings: int
    funded: int
    """Lent by the settlement agent on the day."""
    defunded: int
    """Given back to the settlement agent on the day."""
    credit_line: int

    @property
    def at_hand(self) -> int:
        """Most that the account could have paid out net."""
        return self.opening + self.funded + self.credit_line


@dataclass(frozen=True, slots=True)
class LiquidityUse:
    """The largest debit position of one account."""

    account: Account
    used: int
    time: int
    """When the position was lowest; microseconds since 1970-01-01 UTC."""
    positions: tuple[tuple[int, int], ...]
    """Moments and the position from then on."""


@dataclass(frozen=True, slots=True)
class CurrencyAccounts:
    """The accounts of one currency."""

    accounts: tuple[Account, ...]
    count: int
    """All of them, those that are not listed too."""
    uses: tuple[LiquidityUse, ...]
    """Who used the most comes first."""
    paying: int
    """Accounts with payments."""
    used: int
    """By all accounts together."""


def read_accounts(reader: Reader, window: Window) -> dict[int, CurrencyAccounts]:
    """Return the accounts of the day by currency number."""
    users = reader.rows("liquidity_used", USERS_MAX)
    numbers = [int(row["account_number"]) for row in users]
    found = reader.rows("accounts", ACCOUNTS_MAX, numbers)
    slices = (window.base, window.step // SPARK_SLICES_PER_TICK)
    positions = _positions(reader.rows("positions_over_time", *slices, numbers))
    accounts = {account.number: account for account in map(_account, found)}
    counts = {int(row["currency_number"]): int(row["accounts"]) for row in found}
    return {
        number: _currency_accounts(
            [account for account in accounts.values() if account.currency_number == number],
            count,
            [row for row in users if row["currency_number"] == number],
            positions,
        )
        for number, count in counts.items()
    }


def _currency_accounts(
    accounts: Sequence[Account],
    count: int,
    users: Sequence[Row],
    positions: Mapping[int, tuple[tuple[int, int], ...]],
) -> CurrencyAccounts:
    by_number = {account.number: account for account in accounts}
    uses = tuple(
        LiquidityUse(
            by_number[int(row["account_number"])],
            int(row["used"]),
            int(row["time"]),
            positions.get(int(row["account_number"]), ()),
        )
        for row in users
    )
    paying = int(users[0]["accounts"]) if users else 0
    used = int(users[0]["all_used"]) if users else 0
    return CurrencyAccounts(tuple(accounts), count, uses, paying, used)


def _positions(rows: Sequence[Row]) -> dict[int, tuple[tuple[int, int], ...]]:
    found: dict[int, list[tuple[int, int]]] = {}
    for row in rows:
        moments = found.setdefault(int(row["account_number"]), [])
        moments.append((int(row["time"]), int(row["position"])))
    return {number: tuple(moments) for number, moments in found.items()}


def _account(row: Row) -> Account:
    closing = int(row["balance_minor"]) - int(row["later"])
    debits, received = int(row["debits"]), int(row["credits"])
    return Account(
        number=int(row["account_number"]),
        currency_number=int(row["currency_number"]),
        participant=str(row["participant"]),
        name=str(row["name"]),
        country=str(row["country"]),
        is_agent=bool(row["is_agent"]),
        is_open=bool(row["is_open"]),
        opening=closing + debits - received,
        debits=debits,
        credits=received,
        closing=closing,
        bookings=int(row["debit_count"]) + int(row["credit_count"]),
        funded=int(row["funded"]),
        defunded=int(row["defunded"]),
        credit_line=int(row["credit_line_minor"]),
    )
