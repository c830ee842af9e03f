"""The house as a day's messages show it: who takes part, with which accounts and balances.

Rules
-----
1. Names, identifications and fees are those of the agreement that was in force at the end of the day.
2. A balance at the end of a page is the balance before the first booking after that page, or the present
   balance where there is none. So a past day is told as it was.
3. An account's identification is its owner's local id, a dash and the currency; a sub-account's has another
   dash and its name.
"""

from __future__ import annotations

from dataclasses import dataclass

from setfair.domain.agreement import Agreement
from setfair.domain.money import currency_of_number
from setfair.errors import HouseError
from setfair.formats.iso20022.statement_types import Account, Party
from setfair.statements.day import Day, Query

_AGREEMENT = """
SELECT document FROM agreement WHERE page_number <= ? ORDER BY page_number DESC LIMIT 1
"""
_PARTICIPANTS = "SELECT * FROM participant ORDER BY participant_number"
_ACCOUNTS = """
SELECT account_number, participant_number, currency_number, balance_minor, sub_account FROM account_row
ORDER BY account_number
"""
_LATER_DEBITS = """
SELECT debtor AS account, min(record_number) AS record, debtor_after + amount_minor AS before_minor
FROM record_row WHERE record_number > ? AND kind = 1 AND currency_number = ? GROUP BY debtor
"""
_LATER_CREDITS = """
SELECT creditor AS account, min(record_number) AS record, creditor_after - amount_minor AS before_minor
FROM record_row WHERE record_number > ? AND kind = 1 AND currency_number = ? GROUP BY creditor
"""


@dataclass(frozen=True, slots=True)
class Member:
    """A participant."""

    number: int
    id: str
    party: Party


@dataclass(frozen=True, slots=True)
class MemberAccount:
    """A settlement account with its balance at the end of the day."""

    number: int
    owner: Member
    currency_number: int
    account: Account
    closing_minor: int
    sub_account: str
    """Name of a sub-account; empty for the account itself."""
    is_agreed: bool
    """Whether the agreement of the day has it; if not, it is only what is left of an earlier one."""


@dataclass(frozen=True, slots=True)
class Members:
    """Everybody who takes part, as of the end of a day."""

    agreement: Agreement
    house: Party
    by_number: dict[int, Member]
    accounts: dict[int, MemberAccount]
    """By account number: those of the currencies that had a business day."""
    _direct: dict[str, int]

    @property
    def house_id(self) -> str:
        """Local id of the house."""
        return self.agreement.agreement.id

    def find_direct(self, reference: str) -> int:
        """Return the number of the direct participant that a BIC, LEI, member id or id leads to, or -1."""
        return self._direct.get(reference.strip().upper(), -1)

    def accounts_of(self, number: int) -> list[MemberAccount]:
        """Return the accounts of one participant, in the order of their currencies' codes."""
        found = [account for account in self.accounts.values() if account.owner.number == number]
        return sorted(found, key=lambda account: account.account.currency.code)


def find_members(query: Query, day: Day) -> Members:
    """Return who took part at the end of a day.

    Raises
    ------
    HouseError
        If no agreement was in force.
    """
    found = query(_AGREEMENT, (day.mark.page,))
    if not found:
        raise HouseError("no agreement was in force on that day")
    agreement = Agreement.model_validate_json(found[0]["document"])
    header = agreement.agreement
    house = Party(bic=header.bic, name=header.name)
    by_number = _members(query, agreement)
    numbers = {member.id: member.number for member in by_number.values()}
    direct = {
        reference: numbers[agreement.direct_of(participant)]
        for reference, participant in agreement.participant_by_reference().items()
    }
    accounts = _accounts(query, day, agreement, by_number, house)
    return Members(agreement, house, by_number, accounts, direct)


def _members(query: Query, agreement: Agreement) -> dict[int, Member]:
    agreed = {participant.id: participant for participant in agreement.participants}
    members = {}
    for row in query(_PARTICIPANTS, ()):
        found = agreed.get(row["participant"])
        if found is not None:
            party = Party(found.bic or "", found.lei or "", found.member_id or "", found.name)
        else:
            party = Party(row["bic"], row["lei"], row["member_id"], row["name"])
        number = row["participant_number"]
        members[number] = Member(number, row["participant"], party)
    return members


def _accounts(
    query: Query, day: Day, agreement: Agreement, members: dict[int, Member], house: Party
) -> dict[int, MemberAccount]:
    agreed = {(row.participant_id, row.currency, row.sub_account) for row in agreement.settlement_accounts()}
    # Present balances first: a booking that comes in between is then found as a later one.
    rows = query(_ACCOUNTS, ())
    before = _balances_before_later_bookings(query, day)
    accounts = {}
    for row in rows:
        if row["currency_number"] not in day.currencies:
            continue
        number, owner = row["account_number"], members[row["participant_number"]]
        currency = currency_of_number(row["currency_number"])
        name = row["sub_account"]
        tail = f"-{name}" if name else ""
        account = Account(f"{owner.id}-{currency.code}{tail}", currency, owner.party, house)
        closing_minor = before.get(number, int(row["balance_minor"]))
        is_agreed = (owner.id, currency.code, name) in agreed
        accounts[number] = MemberAccount(
            number, owner, currency.number, account, closing_minor, name, is_agreed=is_agreed
        )
    return accounts


def _balances_before_later_bookings(query: Query, day: Day) -> dict[int, int]:
    """Return the balance of each account before its first booking after its day: rule 2."""
    first: dict[int, tuple[int, int]] = {}
    for currency_number, currency_day in day.currencies.items():
        for sql in (_LATER_DEBITS, _LATER_CREDITS):
            for row in query(sql, (currency_day.last_record, currency_number)):
                found = (row["record"], row["before_minor"])
                first[row["account"]] = min(found, first.get(row["account"], found))
    return {account: before_minor for account, (_, before_minor) in first.items()}
