"""Putting a version of the agreement into force: who signed, from when, and what may not happen."""

from __future__ import annotations

import json

import pytest

from setfair.clearing_house import ClearingHouse
from setfair.domain.agreement import canonical_bytes, load_agreement
from setfair.domain.codes import Phase, Reason
from setfair.domain.signing import new_private_key, public_key_text, sign_agreement
from setfair.errors import AgreementError
from setfair.screening.in_force import FileLists
from setfair.store.memory import MemoryStore
from tests.agreements import AGENT, Bank, agreement_text, key_of, sign_all
from tests.houses import (
    BANKS,
    DAY,
    REMEMBER_FROM,
    adopt_text,
    balances_of,
    funding,
    open_clearing_house,
    payment,
    payments,
    ticking_clock,
    usual_agreement,
)
from tests.screening.samples import invented_name


@pytest.fixture
def house(lists: FileLists) -> ClearingHouse:
    """A house whose bank KE01 is 5.00 KES below zero."""
    opened = open_clearing_house(lists)
    opened.submit(payments(funding(1, "UG01", 1_000), payment(2, "KE01", "UG01", 500)))
    assert balances_of(opened)["KE01", "KES"] == -500
    return opened


def refused(house: ClearingHouse, text: str, match: str) -> AgreementError:
    """Adopt a version that must be refused; nothing may have changed."""
    before = house.state.page_number, canonical_bytes(house.state.directory.agreement)  # type: ignore[arg-type]
    accounts = list(house.state.directory.accounts)
    with pytest.raises(AgreementError, match=match) as caught:
        adopt_text(house, text)
    assert (house.state.page_number, canonical_bytes(house.state.directory.agreement)) == before  # type: ignore[arg-type]
    assert house.state.directory.accounts == accounts
    return caught.value


def test_document_signatures_and_numbering_go_on_record(lists: FileLists) -> None:
    """The page of an adoption holds what was signed and who signed."""
    house = ClearingHouse(MemoryStore(), lists, ticking_clock())
    agreement = load_agreement(usual_agreement())
    page = house.adopt(agreement, sign_all(agreement)).page
    assert page is not None
    assert page.documents["agreement"] == canonical_bytes(agreement)
    assert [one["signatory"] for one in json.loads(page.documents["signatures"])["signatures"]] == [AGENT]
    layout = json.loads(page.documents["layout"])
    assert layout["participants"] == [AGENT, *BANKS]
    assert layout["officers"] == ["amara", "bela"]
    assert len(layout["accounts"]) == 8


def test_every_signatory_must_have_signed(lists: FileLists) -> None:
    """One signature of two is not enough, and one under another text counts nothing."""
    house = ClearingHouse(MemoryStore(), lists, ticking_clock())
    agreement = load_agreement(usual_agreement(signatories=(AGENT, "KE01")))
    signed = sign_all(agreement)
    with pytest.raises(AgreementError, match=r"HOUSE version 1: not in force: not all have signed: KE01"):
        house.adopt(agreement, signed[:1])
    other = load_agreement(usual_agreement(signatories=(AGENT, "KE01"), version="2"))
    with pytest.raises(AgreementError, match=r"not all have signed: AGENT .*, KE01"):
        house.adopt(other, signed)
    assert house.state.page_number == 0


def test_who_signed_the_version_before_must_consent(lists: FileLists) -> None:
    """Nobody is dropped, or given another key, without having signed it with its old key."""
    house = ClearingHouse(MemoryStore(), lists, ticking_clock())
    first = load_agreement(usual_agreement(signatories=(AGENT, "KE01")))
    house.adopt(first, sign_all(first))
    dropped = load_agreement(usual_agreement(version="2"))
    for signed in (sign_all(dropped), (*sign_all(dropped), sign_agreement(first, "KE01", key_of("KE01")))):
        with pytest.raises(AgreementError, match=r"version 2 lacks the consent of KE01: .* version 1"):
            house.adopt(dropped, signed)
    text = usual_agreement(signatories=(AGENT, "KE01"), version="2")
    new_key = new_private_key()
    stolen = load_agreement(text.replace(public_key_text(key_of("KE01")), public_key_text(new_key)))
    by_new = (sign_agreement(stolen, AGENT, key_of(AGENT)), sign_agreement(stolen, "KE01", new_key))
    with pytest.raises(AgreementError, match="lacks the consent of KE01"):
        house.adopt(stolen, by_new)
    consent = sign_agreement(dropped, "KE01", key_of("KE01"), before=first)
    house.adopt(dropped, (*sign_all(dropped), consent))
    assert house.state.directory.agreement == dropped


def test_not_before_its_date(lists: FileLists) -> None:
    """A version that takes effect tomorrow is refused today."""
    house = ClearingHouse(MemoryStore(), lists, ticking_clock())
    with pytest.raises(AgreementError, match="signed by all, takes effect on 2026-01-06"):
        adopt_text(house, usual_agreement(effective_date="2026-01-06"))


def test_a_participant_on_a_list_cannot_take_part(lists: FileLists) -> None:
    """The error says whom the list names."""
    house = ClearingHouse(MemoryStore(), lists, ticking_clock())
    text = usual_agreement().replace('name = "Participant UG01"', f'name = "{invented_name(7)}"')
    with pytest.raises(AgreementError, match=f"cannot take part\n  .*{invented_name(7)}"):
        adopt_text(house, text)
    assert house.state.directory.agreement is None


@pytest.mark.parametrize("version", ["1", "2"])
def test_a_version_must_be_newer(house: ClearingHouse, version: str) -> None:
    """Neither the same nor an older one comes back into force."""
    adopt_text(house, usual_agreement(version="2"))
    refused(house, usual_agreement(version=version), f"version {version} is not newer than version 2")


def test_numbers_may_be_left_out(house: ClearingHouse) -> None:
    """Each later version has a higher number, not the next one."""
    adopt_text(house, usual_agreement(version="40"))
    assert house.state.directory.agreement.agreement.version == 40  # type: ignore[union-attr]


def test_another_houses_agreement_is_refused(house: ClearingHouse) -> None:
    """A house stays the house that it is."""
    refused(house, usual_agreement(version="2", id='"OTHER"'), "agreement OTHER is another house's: .* HOUSE")


def test_a_currency_that_is_open_cannot_be_dropped(house: ClearingHouse) -> None:
    """Its day could not be closed any more; when it is closed, the currency may go."""
    fewer = usual_agreement(version="2", currencies=("KES",))
    refused(house, fewer, "UGX: its day is not closed; close it before")
    house.change_phase("UGX", Phase.INTERBANK_CUTOFF)
    house.change_phase("UGX", Phase.CLOSED)
    adopt_text(house, fewer)
    outcome = house.submit(payments(payment(7, "KE01", "UG01", 1, currency="UGX")))
    assert Reason(int(outcome.rows[0]["reason"])) is Reason.CURRENCY_NOT_IN_AGREEMENT


def test_a_credit_line_below_what_is_drawn_is_refused(house: ClearingHouse) -> None:
    """Nobody is left further below zero than agreed; a line that still fits is taken over."""
    lower = usual_agreement(version="2", credit_line="4")
    refused(house, lower, r"KE01 KES: the balance is -5\.00, below the credit line of this version; fund")
    adopt_text(house, usual_agreement(version="3", credit_line="5"))
    outcome = house.submit(payments(payment(7, "KE01", "UG01", 1)))
    assert Reason(int(outcome.rows[0]["reason"])) is Reason.INSUFFICIENT_FUNDS


def test_an_account_with_debt_cannot_be_dropped(house: ClearingHouse) -> None:
    """An account that is below zero stays; one that is not may go, and is closed."""
    banks = [Bank("KE01", {"UGX": "0"}), "UG01", "TN01"]
    refused(house, usual_agreement(version="2", banks=banks), r"KE01 KES: the balance is -5\.00")
    adopt_text(house, usual_agreement(version="2", banks=["KE01", Bank("UG01", {"UGX": "0"}), "TN01"]))
    outcome = house.submit(payments(payment(7, "TN01", "UG01", 1)))
    assert Reason(int(outcome.rows[0]["reason"])) is Reason.ACCOUNT_CLOSED
    assert balances_of(house)["UG01", "KES"] == 1_500


def test_the_settlement_agent_may_change_only_when_square(house: ClearingHouse) -> None:
    """An agent that has brought money into the house is below zero, and as a bank it could not be."""
    banks = ["KE01", "UG01", Bank("TN01", {"UGX": "1000"})]
    text = usual_agreement(version="2", banks=banks)
    text = text.replace(f'settlement_agent = "{AGENT}"', 'settlement_agent = "TN01"', 1)
    head, tail = text.split('id = "TN01"', 1)
    text = head + 'id = "TN01"' + tail.replace('role = "bank"', 'role = "settlement_agent"', 1)
    error = refused(house, text, r"AGENT KES: the balance is -10\.00")
    assert len(error.problems) == 1


def test_places_are_given_once(house: ClearingHouse) -> None:
    """Accounts and participants keep their numbers whatever the order of a later version."""
    before = list(house.state.directory.accounts)
    adopt_text(
        house, usual_agreement(version="2", banks=("RW01", "TN01", "UG01", "KE01"), currencies=("UGX", "KES"))
    )
    accounts = house.state.directory.accounts
    assert accounts[: len(before)] == before
    assert {name[:2] for name in accounts[len(before) :]} == {("RW01", "UGX"), ("RW01", "KES")}
    assert balances_of(house)["KE01", "KES"] == -500
    assert house.submit(payments(payment(7, "UG01", "RW01", 30))).rows["reason"].tolist() == [0]
    assert balances_of(house)["RW01", "KES"] == 30


def test_an_indirect_participant_becomes_direct(lists: FileLists) -> None:
    """Its payments go through its direct participant first, and over its own account later."""
    house = open_clearing_house(
        lists, text=usual_agreement(banks=("KE01", Bank("UG01", through="KE01"), "TN01"))
    )
    house.submit(payments(funding(1, "KE01", 100), payment(2, "UG01", "TN01", 10)))
    assert balances_of(house)["KE01", "KES"] == 90
    adopt_text(house, usual_agreement(version="2"))
    house.submit(payments(payment(3, "UG01", "TN01", 10)))
    assert balances_of(house)["KE01", "KES"] == 90
    assert balances_of(house)["UG01", "KES"] == -10


def test_a_version_of_another_kind_of_house(lists: FileLists) -> None:
    """A first agreement may have any number; opening its days works as soon as it is in force."""
    house = ClearingHouse(MemoryStore(), lists, ticking_clock())
    adopt_text(house, agreement_text(version="7"))
    assert house.open_day("KES", DAY, REMEMBER_FROM).page is not None
