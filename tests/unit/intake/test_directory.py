"""Names and places: references, accounts, officers and parties."""

from __future__ import annotations

import json

import numpy as np
import pytest

from setfair.domain.agreement import load_agreement
from setfair.intake.directory import AccountName, Directory, PartyData, currency_number
from tests.agreements import AGENT, Bank, invented_bic
from tests.houses import BANKS, usual_agreement


def directory_of(**changes: object) -> Directory:
    """Return a directory with an agreement."""
    directory = Directory()
    directory.adopt(load_agreement(usual_agreement(**changes)))
    return directory


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("KE01", "KE01"),
        (" ke01 ", "KE01"),
        (invented_bic("UG01"), "UG01"),
        (invented_bic("UG01")[:8], None),
        ("NOBODY", None),
        ("", None),
    ],
)
def test_a_participant_is_found_by_any_of_its_references(reference: str, expected: str | None) -> None:
    """Id or BIC, in either case, with spaces around it; nothing else."""
    directory = directory_of()
    number = directory.find_participant(reference)
    assert (directory.participants[number] if number >= 0 else None) == expected


def test_accounts_of_many_at_once() -> None:
    """An account by participant and currency; -1 for nobody, for an unknown and for an absent currency."""
    directory = directory_of()
    kes, ugx, tzs = (currency_number(code) for code in ("KES", "UGX", "TZS"))
    participants = np.array([1, 1, 1, -1, 0], np.int32)
    found = directory.accounts_of(participants, np.array([kes, ugx, tzs, kes, 0], np.uint16))
    names = [directory.accounts[place][:2] if place >= 0 else None for place in found.tolist()]
    assert names == [("KE01", "KES"), ("KE01", "UGX"), None, None, None]
    assert directory.accounts_of(np.array([0], np.int32), np.array([kes], np.uint16))[0] >= 0


def test_an_indirect_participant_has_its_direct_ones_accounts() -> None:
    """It is found under its own name and settles through the other."""
    directory = directory_of(banks=("KE01", Bank("UG01", through="KE01"), "TN01"))
    numbers = np.array([directory.find_participant(name) for name in ("KE01", "UG01")], np.int32)
    kes = np.full(2, currency_number("KES"), np.uint16)
    assert len(set(directory.accounts_of(numbers, kes).tolist())) == 1
    assert directory.direct_participant(int(numbers[1])) == int(numbers[0])
    assert directory.direct_participant(-1) == -1


def test_an_empty_directory_knows_nobody() -> None:
    """Before the first agreement."""
    directory = Directory()
    assert directory.find_participant("KE01") == -1
    assert directory.direct_participant(0) == -1
    assert directory.find_officer("amara") == -1
    assert not directory.has_currency(currency_number("KES"))


def test_terms_are_what_the_agreement_says() -> None:
    """Lines, limits, the agent, and what a later version drops is closed with nothing."""
    limit = '[[limits]]\nparticipant = "KE01"\ncounterparty = "UG01"\ncurrency = "KES"\namount = "7"\n'
    directory = Directory()
    terms = directory.adopt(load_agreement(usual_agreement(extra=limit)))
    by_name = {name[:2]: each for name, each in zip(directory.accounts, terms.accounts, strict=True)}
    assert by_name["KE01", "KES"].credit_line == 100_000
    assert by_name["KE01", "UGX"].credit_line == 1_000
    assert by_name[AGENT, "KES"].is_agent
    assert [(each.debtor, each.creditor, each.limit) for each in terms.limits] == [
        (
            directory.accounts.index(AccountName("KE01", "KES")),
            directory.accounts.index(AccountName("UG01", "KES")),
            700,
        )
    ]
    later = directory.adopt(load_agreement(usual_agreement(version="2", banks=("KE01", "TN01"))))
    dropped = later.accounts[directory.accounts.index(AccountName("UG01", "KES"))]
    assert (dropped.open, dropped.credit_line, dropped.is_agent) == (False, 0, False)
    assert directory.participants == [AGENT, *BANKS]
    assert directory.find_participant("UG01") == -1


def test_officers_keep_their_numbers() -> None:
    """In whatever order a later version names them; one that is gone is found no more."""
    directory = directory_of()
    assert [directory.find_officer(name) for name in ("amara", "bela", "chidi")] == [0, 1, -1]
    text = usual_agreement(version="2").replace('{ id = "amara", name = "Amara Test" }, ', "")
    text = text.replace('name = "Bela Test" }', 'name = "Bela Test" }, { id = "chidi", name = "Chidi Test" }')
    terms = directory.adopt(load_agreement(text))
    assert [directory.find_officer(name) for name in ("amara", "bela", "chidi")] == [-1, 1, 2]
    assert terms.officers == 3
    assert json.loads(directory.layout_document(terms))["officers"] == ["amara", "bela", "chidi"]


def test_a_partys_data_are_completed_and_not_changed() -> None:
    """What is known stays; what was not known is added."""
    directory = Directory()
    assert directory.add_party(PartyData("A", "Firm A", "", "")) == 0
    assert directory.add_party(PartyData("B", "Firm B", "KE", "KE01")) == 1
    assert directory.add_party(PartyData("A", "Other", "UG", "")) == 0
    assert directory.party_data == [
        PartyData("A", "Firm A", "UG", ""),
        PartyData("B", "Firm B", "KE", "KE01"),
    ]


def test_parties_of_a_page_are_taken_over() -> None:
    """New ones behind the others, amended ones in their place."""
    directory = Directory()
    directory.set_parties([[0, "A", "Firm A", "", ""], [1, "B", "Firm B", "", ""]])
    directory.set_parties([[0, "A", "Firm A", "KE", ""], [2, "C", "Firm C", "", ""]])
    assert directory.parties == {"A": 0, "B": 1, "C": 2}
    assert directory.party_data[0].country == "KE"


@pytest.mark.parametrize(("code", "number"), [("KES", 404), ("XYZ", 0), ("", 0), ("kes", 0)])
def test_currency_numbers(code: str, number: int) -> None:
    """ISO 4217, or 0."""
    assert currency_number(code) == number
