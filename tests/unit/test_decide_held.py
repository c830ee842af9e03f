"""What screening holds is decided by two different people."""

from __future__ import annotations

import pytest

from setfair.clearing_house import ClearingHouse
from setfair.domain.codes import Reason, Status
from setfair.errors import HouseError
from setfair.screening.in_force import FileLists
from tests.houses import (
    adopt_text,
    balances_of,
    funding,
    obligation,
    obligations,
    open_clearing_house,
    payment,
    payments,
    usual_agreement,
)
from tests.screening.samples import invented_name


@pytest.fixture
def house(lists: FileLists) -> ClearingHouse:
    """A house with both days open and money in two accounts."""
    opened = open_clearing_house(lists)
    opened.submit(payments(funding(900, "KE01", 1_000_000), funding(901, "UG01", 500_000)))
    return opened


@pytest.fixture
def held(house: ClearingHouse) -> int:
    """The number of a payment that screening holds."""
    outcome = house.submit(payments(payment(1, "KE01", "UG01", 5, creditor_name=invented_name(3))))
    assert outcome.rows["status"].tolist() == [Status.PDNG]
    return int(outcome.rows[0]["number"])


def decide(house: ClearingHouse, number: int, person: str, *, release: bool = True) -> Reason:
    """Decide; return why it does not count."""
    return Reason(int(house.decide_held(number, person, "another person", release=release).rows[0]["reason"]))


def test_two_different_people_release(house: ClearingHouse, held: int) -> None:
    """The first decision moves nothing, the same person's second neither, another's settles it."""
    assert decide(house, held, "amara") is Reason.NONE
    assert balances_of(house)["UG01", "KES"] == 500_000
    assert decide(house, held, "amara") is Reason.SAME_PERSON
    assert decide(house, held, "amara", release=False) is Reason.SAME_PERSON
    assert balances_of(house)["UG01", "KES"] == 500_000
    assert decide(house, held, "bela") is Reason.NONE
    assert balances_of(house)["UG01", "KES"] == 500_005
    assert decide(house, held, "bela") is Reason.NOT_HELD


@pytest.mark.parametrize("kinds", [(False, False), (False, True), (True, False)])
def test_one_refusal_of_the_two_rejects(house: ClearingHouse, held: int, kinds: tuple[bool, bool]) -> None:
    """In whichever order, the payment does not settle."""
    for person, release in zip(("amara", "bela"), kinds, strict=True):
        assert decide(house, held, person, release=release) is Reason.NONE
    assert balances_of(house)["UG01", "KES"] == 500_000
    again = house.submit(payments(payment(1, "KE01", "UG01", 5, creditor_name=invented_name(3))))
    assert Reason(int(again.rows[0]["reason"])) is Reason.SCREENING_REFUSED


def test_strangers_and_empty_reasons_do_not_count(house: ClearingHouse, held: int) -> None:
    """A stranger's attempt goes on record as rejected; without a reason there is no attempt."""
    assert decide(house, held, "mallory") is Reason.PERSON_NOT_AUTHORISED
    assert decide(house, 999_999, "amara") is Reason.NOT_HELD
    pages = house.state.page_number
    with pytest.raises(HouseError, match="a decision needs a reason"):
        house.decide_held(held, "amara", "  ", release=True)
    assert house.state.page_number == pages


def test_another_order_of_officers_makes_nobody_two_people(house: ClearingHouse, held: int) -> None:
    """After a new version of the agreement the first person is still the same person."""
    assert decide(house, held, "amara") is Reason.NONE
    turned = usual_agreement(version="2").replace(
        '{ id = "amara", name = "Amara Test" }, { id = "bela", name = "Bela Test" }',
        '{ id = "chidi", name = "Chidi Test" }, { id = "amara", name = "Amara Test" }',
    )
    adopt_text(house, turned)
    assert decide(house, held, "amara") is Reason.SAME_PERSON
    assert decide(house, held, "bela") is Reason.PERSON_NOT_AUTHORISED
    assert decide(house, held, "chidi") is Reason.NONE
    assert balances_of(house)["UG01", "KES"] == 500_005


def test_a_held_obligation_is_decided_in_the_same_way(house: ClearingHouse) -> None:
    """Two releases open it."""
    outcome = house.submit(obligations(obligation("I", "A", "B", 5, debtor_name=invented_name(3))))
    number = int(outcome.rows[0]["number"])
    assert outcome.rows["status"].tolist() == [Status.PDNG]
    assert [decide(house, number, person) for person in ("amara", "amara", "bela")] == [
        Reason.NONE,
        Reason.SAME_PERSON,
        Reason.NONE,
    ]
    again = house.submit(obligations(obligation("I", "A", "B", 5, debtor_name=invented_name(3))))
    assert again.rows["status"].tolist() == [Status.ACSP]
