"""Obligation batches, confirmations and parties: who is who, and who may say what."""

from __future__ import annotations

import pytest

from setfair.clearing_house import ClearingHouse
from setfair.domain.codes import InstructionKind, Reason, Status
from setfair.domain.instruction import Family
from setfair.screening.in_force import FileLists
from tests.houses import batch_of, obligation, obligations, open_clearing_house, usual_agreement


@pytest.fixture
def house(lists: FileLists) -> ClearingHouse:
    """A house in which debtors confirm."""
    text = usual_agreement(extra='[clearing]\nconfirmation = "debtor"\n')
    return open_clearing_house(lists, text=text)


def submit(house: ClearingHouse, family: Family, *rows: dict[str, object]) -> list[tuple[Status, Reason]]:
    """Submit rows and return status and reason of each."""
    found = house.submit(batch_of(family, rows)).rows
    return [(Status(int(row["status"])), Reason(int(row["reason"]))) for row in found]


def confirmation(debtor: str, creditor: str, number: str) -> dict[str, object]:
    return {"debtor": debtor, "creditor": creditor, "obligation_id": number}


def party(party_id: str, name: str, country: str = "", participant: str = "") -> dict[str, object]:
    return {"party_id": party_id, "name": name, "country": country, "participant": participant}


WELL, PENDING = (Status.ACSC, Reason.NONE), (Status.PDNG, Reason.NONE)


def test_parties_get_their_places_when_they_are_first_named(house: ClearingHouse) -> None:
    """In the order of the rows, spaces around an id do not count, and the page names them."""
    batch = obligations(obligation("1", "A", "B", 5), obligation("2", " B ", "C", 5, debtor_name="Firm B"))
    page = house.submit(batch).page
    assert page is not None
    assert house.state.directory.parties == {"A": 0, "B": 1, "C": 2}
    assert page.documents["parties"] == (
        b'[[0, "A", "Firm A", "", ""], [1, "B", "Firm B", "", ""], [2, "C", "Firm C", "", ""]]'
    )
    assert "parties" not in house.submit(obligations(obligation("3", "C", "A", 5))).page.documents  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"debtor_name": " "}, Reason.NAME_MISSING),
        ({"creditor": " "}, Reason.IDENTIFIER_MISSING),
        ({"obligation_id": ""}, Reason.IDENTIFIER_MISSING),
        ({"currency": "ZZZ"}, Reason.UNKNOWN_CURRENCY),
        ({"currency": "TZS"}, Reason.CURRENCY_NOT_IN_AGREEMENT),
        ({"amount_minor": 0}, Reason.AMOUNT_NOT_POSITIVE),
        ({"creditor": "A"}, Reason.SAME_PARTY),
        ({"defect": Reason.DATE_INVALID, "debtor_name": ""}, Reason.DATE_INVALID),
    ],
)
def test_wrong_obligations(house: ClearingHouse, changes: dict[str, object], reason: Reason) -> None:
    """The first defect counts, and the obligation before it is well."""
    rows = obligation("1", "A", "B", 5), obligation("2", "A", "B", 5) | changes
    if changes.get("debtor_name") is not None:
        rows = rows[0], rows[1] | {"debtor": "NEW"}
    assert submit(house, Family.OBLIGATION, *rows) == [PENDING, (Status.RJCT, reason)]
    assert "NEW" not in house.state.directory.parties


def test_a_number_belongs_to_its_creditor(house: ClearingHouse) -> None:
    """The same number of two creditors is two obligations; a note of that number is another thing again."""
    note = obligation("1", "A", "B", 5, kind=InstructionKind.CREDIT_NOTE, original_obligation_id="1")
    rows = (obligation("1", "A", "B", 5), obligation("1", "B", "A", 5), note)
    assert submit(house, Family.OBLIGATION, *rows) == [
        (Status.CANC, Reason.CANCELLED_BY_CREDIT_NOTE),
        PENDING,
        WELL,
    ]


@pytest.mark.parametrize(
    "changes", [{"amount_minor": 6}, {"currency": "UGX"}, {"debtor": "C", "debtor_name": "Firm C"}]
)
def test_the_same_number_with_other_content(house: ClearingHouse, changes: dict[str, object]) -> None:
    """A duplicate, and its repetition is answered."""
    submit(house, Family.OBLIGATION, obligation("1", "A", "B", 5))
    for _ in range(2):
        changed = obligation("1", "A", "B", 5) | changes
        assert submit(house, Family.OBLIGATION, changed) == [(Status.RJCT, Reason.DUPLICATE)]


def test_the_debtor_confirms(house: ClearingHouse) -> None:
    """Once; the same again is answered, and the obligation is open."""
    submit(house, Family.OBLIGATION, obligation("1", "A", "B", 5))
    assert submit(house, Family.CONFIRMATION, confirmation(" A ", "B", "1")) == [WELL]
    assert submit(house, Family.CONFIRMATION, confirmation("A", "B", "1")) == [WELL]
    assert submit(house, Family.OBLIGATION, obligation("1", "A", "B", 5)) == [(Status.ACSP, Reason.NONE)]


def test_a_confirmation_that_came_too_early_may_come_again(house: ClearingHouse) -> None:
    """Before its obligation it is rejected; the same one fits once the obligation is there, and only once."""
    early = confirmation("A", "B", "1")
    assert submit(house, Family.CONFIRMATION, early) == [(Status.RJCT, Reason.NOT_PENDING)]
    assert submit(house, Family.CONFIRMATION, early) == [(Status.RJCT, Reason.NOT_PENDING)]
    assert submit(house, Family.OBLIGATION, obligation("1", "A", "B", 5)) == [PENDING]
    assert submit(house, Family.CONFIRMATION, early) == [WELL]
    assert submit(house, Family.CONFIRMATION, early) == [WELL]


def test_nobody_elses_confirmation_stands_in_the_debtors_way(house: ClearingHouse) -> None:
    """A stranger's and another firm's are refused, and the debtor's still counts."""
    rows = (obligation("1", "A", "B", 5), obligation("2", "C", "B", 5))
    submit(house, Family.OBLIGATION, *rows)
    not_pending = (Status.RJCT, Reason.NOT_PENDING)
    for stranger in ("C", "nobody", ""):
        assert submit(house, Family.CONFIRMATION, confirmation(stranger, "B", "1")) == [not_pending]
    assert submit(house, Family.CONFIRMATION, confirmation("A", "B", "1")) == [WELL]


def test_parties_are_registered(house: ClearingHouse) -> None:
    """With a participant of the agreement; the same again is answered, other data are a duplicate."""
    assert submit(house, Family.PARTY, party("A", "Firm A", "KE", "ke01")) == [WELL]
    assert house.state.directory.party_data[0].participant == "KE01"
    assert submit(house, Family.PARTY, party("A", "Firm A", "KE", "ke01")) == [WELL]
    duplicate = (Status.RJCT, Reason.DUPLICATE)
    assert submit(house, Family.PARTY, party("A", "Firm X", "KE", "KE01")) == [duplicate]
    assert house.state.directory.party_data[0].name == "Firm A"
    assert submit(house, Family.PARTY, party("B", "Firm B", "", "STRANGER")) == [
        (Status.RJCT, Reason.AGENT_UNSUITABLE)
    ]
    assert submit(house, Family.PARTY, party("", "Firm"))[0][0] is Status.RJCT
    assert list(house.state.directory.parties) == ["A"]


def test_a_firm_that_an_invoice_named_is_registered_later(house: ClearingHouse) -> None:
    """Its country and participant are added to its name; under another name it is refused."""
    submit(house, Family.OBLIGATION, obligation("1", "A", "B", 5))
    changed = (Status.RJCT, Reason.PARTY_CHANGED)
    assert submit(house, Family.PARTY, party("B", "Another firm", "KE", "KE01")) == [changed]
    assert submit(house, Family.PARTY, party("A", "Firm A", "KE", "KE01")) == [WELL]
    assert house.state.directory.party_data[0] == ("A", "Firm A", "KE", "KE01")


def test_a_registration_that_is_rejected_changes_nothing(house: ClearingHouse) -> None:
    """Registered again with more, in a later batch or in the same one: DUPLICATE, and the directory stays."""
    duplicate = (Status.RJCT, Reason.DUPLICATE)
    twice = (party("B", "Firm B"), party("B", "Firm B", "UG", "UG01"))
    assert submit(house, Family.PARTY, party("A", "Firm A"), *twice) == [WELL, WELL, duplicate]
    more = party("A", "Firm A", "KE", "KE01")
    batch = house.submit(batch_of(Family.PARTY, [more]))
    assert batch.rows["reason"][0] == Reason.DUPLICATE
    assert batch.page is not None
    assert "parties" not in batch.page.documents
    assert house.state.directory.party_data == [("A", "Firm A", "", ""), ("B", "Firm B", "", "")]
    assert submit(house, Family.PARTY, more) == [duplicate]
