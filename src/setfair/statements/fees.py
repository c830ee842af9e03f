"""What the house charges for a day, under the schedule of the agreement that was in force at its end.

Rules
-----
1. SETTLED_PAYMENTS: the fee for each settled customer or institution payment, to the participant whose
   account was debited. Returns and liquidity transfers are free.
2. SET_OFF: the basis points of what set-off cancelled of the debts of the participant's parties. Each unit
   cancelled is charged once, to the debtor's side. A party that banks with no participant pays itself.
3. Integers throughout. Basis points have up to four decimals, so a fee is cleared * points / 10^8 with points
   in ten-thousandths; it is rounded once for each payer, currency and day, half up to the minor unit.
4. A currency is charged once its day has closed; nothing to charge, no row; no row, no file.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from setfair.domain.codes import Reason
from setfair.domain.money import Currency, currency_of_number, format_amount, parse_amount
from setfair.errors import AgreementError
from setfair.formats.csv_text import csv_text, write_rows
from setfair.statements.files import Outbox
from setfair.statements.messages import Issue
from setfair.statements.notices import Firms

FEE_COLUMNS = ("date", "payer", "currency", "item", "payments", "cleared", "rate", "fee")
"""`rate` is an amount a payment, or basis points."""

_POINTS_DECIMALS = 4
_POINTS_WHOLE = 10_000 * 10**_POINTS_DECIMALS


@dataclass(frozen=True, slots=True)
class Fee:
    """One line of what a payer is charged."""

    payer: str
    """Participant, or party that banks with none."""
    currency: Currency
    item: str
    """SETTLED_PAYMENTS or SET_OFF."""
    payments: int
    cleared_minor: int
    rate: str
    fee_minor: int


@dataclass(frozen=True, slots=True)
class _Rates:
    payment_minor: int
    payment_text: str
    points: int
    """Ten-thousandths of a basis point."""
    points_text: str


def set_off_fee(cleared_minor: int, points: int) -> int:
    """Return the fee for what was cleared, in minor units, rounded half up: rule 3.

    Parameters
    ----------
    cleared_minor
        What set-off cancelled, in minor units.
    points
        Ten-thousandths of a basis point.
    """
    return (2 * cleared_minor * points + _POINTS_WHOLE) // (2 * _POINTS_WHOLE)


def find_fees(issue: Issue, firms: Firms) -> dict[int, list[Fee]]:
    """Return what each participant, by number, is charged; under `HOUSE_PARTIES` what parties are."""
    rates = _rates(issue)
    fees: dict[int, list[Fee]] = defaultdict(list)
    for account in issue.members.accounts.values():
        moved, rate = issue.gathered.turnover.get(account.number), rates.get(account.currency_number)
        if moved is not None and rate is not None and moved.charged_count and rate.payment_minor:
            count, currency = moved.charged_count, account.account.currency
            fee_minor = count * rate.payment_minor
            fees[account.owner.number].append(
                Fee(account.owner.id, currency, "SETTLED_PAYMENTS", count, 0, rate.payment_text, fee_minor)
            )
    for (payer_number, payer, currency_number), cleared_minor in _cleared(issue, firms).items():
        rate = rates.get(currency_number)
        if rate is not None and rate.points:
            currency, fee_minor = currency_of_number(currency_number), set_off_fee(cleared_minor, rate.points)
            fees[payer_number].append(
                Fee(payer, currency, "SET_OFF", 0, cleared_minor, rate.points_text, fee_minor)
            )
    for found in fees.values():
        found.sort(key=lambda fee: (fee.payer, fee.currency.code, fee.item))
    return fees


def _cleared(issue: Issue, firms: Firms) -> Counter[tuple[int, str, int]]:
    """Return what was cleared of debts, by payer's number, payer's id and currency number: rule 2."""
    cleared_minor: Counter[tuple[int, str, int]] = Counter()
    payers: dict[int, tuple[int, str]] = {}
    for number, parties in firms.of_member.items():
        member = issue.members.by_number.get(number)
        for party in parties:
            payers[party] = (number, member.id if member is not None else firms.by_number[party].party_id)
    for (party, currency_number), minor in issue.gathered.cleared_minor.items():
        cleared_minor[*payers[party], currency_number] += minor
    return cleared_minor


def _rates(issue: Issue) -> dict[int, _Rates]:
    """Return the schedule for the currencies whose day has closed, by currency number."""
    closed = {day.currency.code: number for number, day in issue.day.currencies.items() if day.is_closed}
    rates = {}
    for row in issue.members.agreement.fees.schedule:
        number = closed.get(row.currency)
        if number is not None:
            decimals = issue.day.currencies[number].currency.decimals
            rates[number] = _Rates(
                _integer(row.settled_payment, decimals),
                row.settled_payment,
                _integer(row.set_off_basis_points, _POINTS_DECIMALS),
                row.set_off_basis_points,
            )
    return rates


def _integer(text: str, decimals: int) -> int:
    parsed = parse_amount(text, decimals)
    if isinstance(parsed, Reason):
        raise AgreementError(f"{text} in the schedule of fees: {parsed.text}")
    return parsed


def write_fees(outbox: Outbox, issue: Issue, fees: Sequence[Fee]) -> None:
    """Write what one participant is charged, or nothing if it is nothing."""
    if not fees:
        return

    def write(out: BinaryIO) -> int:
        write_rows(out, _rows(issue, fees))
        return len(fees)

    outbox.write("fees.csv", "fees", write)


def _rows(issue: Issue, fees: Sequence[Fee]) -> Iterator[tuple[str | int, ...]]:
    yield FEE_COLUMNS
    for fee in fees:
        decimals = fee.currency.decimals
        yield (
            issue.day.business_date.isoformat(),
            csv_text(fee.payer),
            fee.currency.code,
            fee.item,
            fee.payments or "",
            format_amount(fee.cleared_minor, decimals) if fee.cleared_minor else "",
            fee.rate,
            format_amount(fee.fee_minor, decimals),
        )
