"""Participants, accounts and parties by name: the places that the engine's arrays use.

Rules
-----
1. Places are given once and never reused: an account that a later agreement drops is closed, and an officer
   keeps the number under which decisions are on record.
2. A participant is found by BIC (8 or 11 characters), LEI, member id or local id; an indirect one is
   settled through its direct one.
3. A party gets its place when it is first named; its data do not change in silence.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from setfair.domain.agreement import Agreement, SettlementAccount
from setfair.domain.codes import InstructionKind
from setfair.domain.money import find_currency
from setfair.engine.books import AccountTerms, LimitTerms
from setfair.engine.decide import Terms
from setfair.engine.layout import CURRENCY_NUMBERS, Row
from setfair.engine.terms import NOBODY, OPERATOR


class AccountName(NamedTuple):
    """Which account it is."""

    participant: str
    """Id of its owner."""
    currency: str
    """ISO 4217 code."""
    sub_account: str = ""
    """Name of a sub-account; empty for the account itself."""

    @property
    def label(self) -> str:
        """The account in one word for people."""
        return f"{self.participant} {self.currency}{' ' if self.sub_account else ''}{self.sub_account}"


class PartyData(NamedTuple):
    """What is known of a firm."""

    party_id: str
    name: str
    country: str
    participant: str
    """The participant that it banks with, or empty."""


@dataclass(slots=True)
class Directory:
    """Names and places of one house."""

    agreement: Agreement | None = None
    participants: list[str] = field(default_factory=list)
    """Participant ids in the order of their numbers."""
    accounts: list[AccountName] = field(default_factory=list)
    """In the order of the account numbers."""
    officers: list[str] = field(default_factory=list)
    """Ids of screening officers in the order of their numbers, those of earlier versions too."""
    users: list[str] = field(default_factory=list)
    """Ids of users in the order of their numbers, those of earlier versions too."""
    parties: dict[str, int] = field(default_factory=dict)
    """Party id to number."""
    party_data: list[PartyData] = field(default_factory=list)
    """What is known of each party, by number."""
    _references: dict[str, int] = field(default_factory=dict)
    _account_table: NDArray[np.int32] = field(default_factory=lambda: np.full((1, 1), -1, np.int32))
    _currency_column: NDArray[np.int32] = field(
        default_factory=lambda: np.full(CURRENCY_NUMBERS, -1, np.int32)
    )

    def adopt(self, agreement: Agreement) -> Terms:
        """Take over an agreement version and return what it changes in the books."""
        known = set(self.participants)
        self.participants += [each.id for each in agreement.participants if each.id not in known]
        for officer in agreement.screening.officers:
            if officer.id not in self.officers:
                self.officers.append(officer.id)
        for user in agreement.users:
            if user.id not in self.users:
                self.users.append(user.id)
        agreed = {
            AccountName(row.participant_id, row.currency, row.sub_account): row
            for row in agreement.settlement_accounts()
        }
        there = set(self.accounts)
        self.accounts += [key for key in agreed if key not in there]
        self.agreement = agreement
        self._index(agreement)
        places = {key: place for place, key in enumerate(self.accounts)}
        numbers = {participant: number for number, participant in enumerate(self.participants)}
        return Terms(
            version=agreement.agreement.version,
            accounts=[_terms(key, numbers, places, agreed.get(key)) for key in self.accounts],
            limits=[
                LimitTerms(
                    places[AccountName(limit.participant_id, limit.currency)],
                    places[AccountName(limit.counterparty_id, limit.currency)],
                    limit.amount_minor,
                )
                for limit in agreement.bilateral_limits()
            ],
            bypass=agreement.offsetting.discipline == "bypass",
            officers=len(self.officers),
            users=self._users(agreement),
            automatic_confirmation=agreement.clearing.confirmation == "automatic",
            netting=agreement.clearing.netting == "net",
            rerun_without=agreement.clearing.unable_to_pay == "rerun_without",
            queue_max=agreement.settlement.queue_length_max,
            warehouse_days=agreement.settlement.warehouse_days,
        )

    def _users(self, agreement: Agreement) -> list[int]:
        """Return for whom each user acts: a participant's number, the operator, or nobody any more."""
        present = {user.id: user.participant for user in agreement.users}
        return [
            NOBODY
            if user not in present
            else OPERATOR
            if (participant := present[user]) is None
            else self.participants.index(participant)
            for user in self.users
        ]

    def _index(self, agreement: Agreement) -> None:
        numbers = {participant: number for number, participant in enumerate(self.participants)}
        self._references = {
            reference: numbers[participant]
            for reference, participant in agreement.participant_by_reference().items()
        }
        self._currency_column[:] = -1
        for column, rules in enumerate(agreement.currencies):
            self._currency_column[currency_number(rules.code)] = column
        table = np.full((len(self.participants) + 1, len(agreement.currencies) + 1), -1, np.int32)
        for account, (participant, currency, sub_account) in enumerate(self.accounts):
            column = self._currency_column[currency_number(currency)]
            if column >= 0 and not sub_account:
                table[numbers[participant], column] = account
        for member in agreement.participants:
            if member.through is not None:
                direct = numbers[member.through]
                table[numbers[member.id]] = table[direct]
        self._account_table = table

    def layout_document(self, terms: Terms) -> bytes:
        """Return the numbering of participants and accounts as the projection reads it."""
        accounts = [
            [
                account.participant,
                account.currency,
                account.credit_line,
                account.reserved_urgent,
                account.reserved_high,
                int(account.is_agent),
                int(account.open),
            ]
            for account in terms.accounts
        ]
        layout: dict[str, object] = {
            "participants": self.participants,
            "accounts": accounts,
            "officers": self.officers,
        }
        layout |= {"users": self.users}
        names = {str(place): each.sub_account for place, each in enumerate(self.accounts) if each.sub_account}
        if names:
            layout |= {"sub_accounts": names}
        return json.dumps(layout).encode()

    def find_participant(self, reference: str) -> int:
        """Return the number of the participant with this BIC, LEI, member id or id, or -1."""
        return self._references.get(reference.strip().upper(), -1)

    def participant_named(self, reference: str) -> str:
        """Return the id of the participant with this BIC, LEI, member id or id, or empty."""
        number = self.find_participant(reference)
        return self.participants[number] if number >= 0 else ""

    def participant_of_party(self, party_id: str) -> str:
        """Return the id of the participant that a party banks with, or empty."""
        number = self.parties.get(party_id.strip(), -1)
        return self.party_data[number].participant if number >= 0 else ""

    def find_officer(self, person: str) -> int:
        """Return the number of a screening officer of the agreement in force, or -1."""
        present = self.agreement.screening.officers if self.agreement is not None else ()
        return self.officers.index(person) if person in {officer.id for officer in present} else -1

    def find_user(self, person: str) -> int:
        """Return the number of a user of the agreement in force, or -1."""
        present = self.agreement.users if self.agreement is not None else ()
        return self.users.index(person) if person in {user.id for user in present} else -1

    def find_account(self, reference: str, currency: str) -> int:
        """Return the account of the participant with this BIC, LEI, member id or id, or -1."""
        participant, number = self.find_participant(reference), currency_number(currency)
        if participant < 0 or not number or not self.has_currency(number):
            return -1
        return int(self._account_table[participant, self._currency_column[number]])

    def find_sub_account(self, reference: str, currency: str, name: str) -> int:
        """Return the sub-account of this name of the participant's account in a currency, or -1."""
        wanted = AccountName(self.participant_named(reference), currency, name.upper())
        return self.accounts.index(wanted) if name and wanted in self.accounts else -1

    def accounts_of(
        self, participants: NDArray[np.int32], currencies: NDArray[np.uint16]
    ) -> NDArray[np.int32]:
        """Return the account of each participant in each currency, or -1; shapes (n,)."""
        return self._account_table[participants, self._currency_column[currencies]]

    def party_accounts(self, currency: int) -> NDArray[np.int32]:
        """Return by party the account in a currency of the participant that it banks with, or -1."""
        column = self._currency_column[currency]
        account_of = {"": -1}
        for number, participant in enumerate(self.participants):
            account_of[participant] = int(self._account_table[number, column]) if column >= 0 else -1
        return np.array([account_of[data.participant] for data in self.party_data], np.int32)

    def accounts_for(self, command: Row) -> NDArray[np.int32] | None:
        """Return what the engine needs to know of the parties to decide an instruction: for a CYCLE only."""
        if command["kind"] != InstructionKind.CYCLE:
            return None
        return self.party_accounts(int(command["currency"]))

    def has_currency(self, number: int) -> bool:
        """Tell whether the agreement has this currency."""
        return bool(self._currency_column[number] >= 0)

    def direct_participant(self, number: int) -> int:
        """Return the direct participant through which this one is settled: itself if it is direct."""
        if number < 0 or self.agreement is None:
            return -1
        return self.participants.index(self.agreement.direct_of(self.participants[number]))

    def add_party(self, data: PartyData) -> int:
        """Give a new party its number, or add what was not known of a known one."""
        number = self.parties.get(data.party_id)
        if number is None:
            number = self.parties[data.party_id] = len(self.party_data)
            self.party_data.append(data)
        else:
            known = self.party_data[number]
            self.party_data[number] = PartyData(
                data.party_id,
                known.name or data.name,
                known.country or data.country,
                known.participant or data.participant,
            )
        return number

    def set_parties(self, rows: list[list[object]]) -> None:
        """Take over parties as a page has them: (number, id, name, country, participant)."""
        for number, *data in rows:
            party = PartyData(*map(str, data))
            place = int(str(number))
            self.parties[party.party_id] = place
            if place == len(self.party_data):
                self.party_data.append(party)
            else:
                self.party_data[place] = party


def currency_number(code: str) -> int:
    """Return the ISO 4217 number of a code, or 0 if there is none."""
    found = find_currency(code)
    return found.number if found is not None else 0


def _terms(
    name: AccountName,
    numbers: Mapping[str, int],
    places: Mapping[AccountName, int],
    agreed: SettlementAccount | None,
) -> AccountTerms:
    """Return what a version says of an account; None: it does not name it."""
    participant, currency = numbers[name.participant], currency_number(name.currency)
    main = places[AccountName(name.participant, name.currency)] if name.sub_account else -1
    if agreed is None:
        return AccountTerms(participant, currency, 0, 0, 0, None, is_agent=False, open=False, main=main)
    return AccountTerms(
        participant,
        currency,
        agreed.credit_line_minor,
        agreed.reserved_urgent_minor,
        agreed.reserved_high_minor,
        agreed.multilateral_limit_minor,
        is_agent=agreed.is_settlement_agent,
        open=agreed.open,
        main=main,
        purpose=int(agreed.purpose),
        counterparty=numbers[agreed.counterparty_id] if agreed.counterparty_id else -1,
    )
