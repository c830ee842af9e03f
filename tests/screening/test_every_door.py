"""A listed name never settles before two people released it, whatever door it comes through."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from setfair.business_day import open_day, run_cycles
from setfair.domain.codes import Reason, Status
from setfair.domain.instruction import SCHEMAS, Family
from setfair.errors import AgreementError
from setfair.house import House, open_house
from setfair.screening.screen_instructions import PLANS
from setfair.submission import submit_files
from tests.agreements import invented_bic
from tests.houses import (
    adopt_text,
    balances_of,
    batch_of,
    funding,
    make_house,
    obligation,
    obligations,
    payment,
    payments,
    ticking_clock,
    usual_agreement,
)
from tests.screening.doors import DOORS, Door, fresh_uetr, return_of

LISTED = ("Zorvan Pellik Draumont", "Зорван Пеллик", "شركة الفجر", "张德望", "Brackwater Petrel")
"""Latin, Cyrillic, Arabic and Chinese as listed, and a vessel's owner."""
MORE = (
    "<ENTITY><DATAID>900003</DATAID><FIRST_NAME>BRACKWATER PETREL</FIRST_NAME>"
    "<NAME_ORIGINAL_SCRIPT>张德望</NAME_ORIGINAL_SCRIPT>"
    "<COMMENTS1>IMO number: 9999991. SWIFT/BIC: QXLTKPPY.</COMMENTS1></ENTITY></ENTITIES>"
)
NOT_SCREENED = {
    Family.PAYMENT: {
        "kind", "uetr", "instruction_id", "end_to_end_id", "transaction_id", "message_id", "message_name",
        "currency", "amount_minor", "priority", "value_date", "original_uetr", "original_instruction_id",
        "reason_code", "link", "link_legs", "against_currency", "against_amount_minor", "until_ns",
        "earliest_ns", "defect", "defect_text",
    },
    Family.OBLIGATION: {
        "kind", "obligation_id", "original_obligation_id", "currency", "amount_minor", "issue_date",
        "due_date", "message_name", "defect", "defect_text",
    },
    Family.PARTY: {"defect", "defect_text"},
    Family.CONFIRMATION: {"debtor", "creditor", "obligation_id", "defect", "defect_text"},
}  # fmt: skip
"""Columns that hold nobody's name: codes, numbers, dates; a confirmation is about what was screened."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house with an open day, money in it, and names of four scripts on its list."""
    folder = make_house(tmp_path_factory.mktemp("doors"))
    listed = folder / "lists" / "un.xml"
    listed.write_text(listed.read_text(encoding="utf-8").replace("</ENTITIES>", MORE), encoding="utf-8")
    with open_house(folder, ticking_clock()) as opened:
        open_day(opened.clearing_house)
        opened.clearing_house.submit(payments(funding(1, "KE01", 10**6), funding(2, "UG01", 10**6)))
        yield opened


@pytest.mark.parametrize(
    ("what", "place", "door"), DOORS, ids=lambda each: each if isinstance(each, str) else ""
)
def test_a_listed_name_is_held(house: House, tmp_path: Path, what: str, place: str, door: Door) -> None:
    """Nothing with a listed name settles, clears or is registered, in any script; all else does."""
    before = balances_of(house.clearing_house)
    results = list(submit_files(house, door(tmp_path, place, LISTED)))
    assert [result.refused for result in results] == [None] * len(results)
    assert sum(result.statuses[Status.PDNG] for result in results) == len(LISTED), (what, place)
    assert balances_of(house.clearing_house) == before
    (harmless,) = submit_files(house, door(tmp_path, place, ["Orrin Vale"])[:1])
    assert harmless.statuses[Status.PDNG] + harmless.statuses[Status.RJCT] == 0


def test_every_column_is_screened_or_cannot_name_anybody() -> None:
    """Each column of each family is in the plan of screening, or in the list of those without names above."""
    for family, schema in SCHEMAS.items():
        plan = PLANS[family]
        screened = {*plan.names, *plan.texts, *plan.identifiers, *plan.countries}
        screened |= {"party_facts"} if plan.has_facts else set()
        assert screened | NOT_SCREENED[family] == set(schema.names)
        assert not screened & NOT_SCREENED[family]


@pytest.mark.parametrize("place", ["returning party", "reason"])
def test_a_return_is_held(house: House, tmp_path: Path, place: str) -> None:
    """A return of a settled payment is screened like a payment."""
    uetr = fresh_uetr()
    row = payment(
        50, "KE01", "UG01", 100, uetr=bytes.fromhex(uetr.replace("-", "")), instruction_id=f"I{uetr}"
    )
    assert house.clearing_house.submit(payments(row)).rows["status"][0] == Status.ACSC
    (result,) = submit_files(house, [return_of(tmp_path, uetr, place, LISTED[1])])
    assert result.statuses == {Status.PDNG: 1}


def test_two_people_release_and_only_then_it_settles(house: House) -> None:
    """One person's decision, twice, settles nothing; a second person's does."""
    clearing_house = house.clearing_house
    row = payment(60, "KE01", "UG01", 100, remittance="شحنة شركة الفجر")
    number = int(clearing_house.submit(payments(row)).rows["number"][0])
    before = balances_of(clearing_house)
    assert clearing_house.decide_held(number, "amara", "another firm", release=True).rows["reason"][0] == 0
    again = clearing_house.decide_held(number, "amara", "another firm", release=True)
    assert Reason(int(again.rows["reason"][0])) is Reason.SAME_PERSON
    assert balances_of(clearing_house) == before
    clearing_house.decide_held(number, "bela", "another firm", release=True)
    assert balances_of(clearing_house)["UG01", "KES"] == before["UG01", "KES"] + 100


def test_agents_and_identifiers(house: House) -> None:
    """A listed BIC, an IMO number in a text and an identifier of a party hold a payment as a name does."""
    rows = [
        payment(70, "KE01", "UG01", 100, debtor_agent="QXLTKPPYXXX"),
        payment(71, "KE01", "UG01", 100, remittance="m/v, IMO 9999991"),
        payment(72, "KE01", "UG01", 100, remittance="via QXLTKPPY"),
        payment(73, "KE01", "UG01", 100, party_facts="Amber Mills\torganisation\tKE\t\tQXLTKPPY"),
        payment(74, "KE01", "UG01", 100, remittance="IMO 9999992"),
    ]
    statuses = house.clearing_house.submit(payments(*rows)).rows["status"].tolist()
    assert statuses == [Status.PDNG] * 4 + [Status.ACSC]


def test_invented_facts_do_not_clear_an_equal_name(house: House) -> None:
    """Facts lower the score of a name that is like a listed one, but not of the listed name itself."""
    facts = "{}\tvessel\tKE\t1911-01-01\t"
    equal, near = "Zorvan Pellik Draumont", "Pelik Draumont"
    rows = [
        payment(
            80 + number,
            "KE01",
            "UG01",
            100,
            debtor_name=name,
            party_facts=facts.format(name) if given else "",
        )
        for number, (name, given) in enumerate([(equal, True), (near, False), (near, True)])
    ]
    statuses = house.clearing_house.submit(payments(*rows)).rows["status"].tolist()
    assert statuses == [Status.PDNG, Status.PDNG, Status.ACSC]


def test_a_registered_name_counts_whatever_the_row_says(house: House) -> None:
    """Obligations of a party that is registered under a listed name are held, also in its first batch."""
    first = obligation("A1", "ZP", "OK", 100, debtor_name=LISTED[0])
    hidden = obligation("A2", "ZP", "OK", 100, debtor_name="", creditor_name="")
    later = obligation("A3", "OK", "ZP", 100, creditor_name="Fair Name")
    outcome = house.clearing_house.submit(obligations(first, hidden))
    assert outcome.rows["status"].tolist() == [Status.PDNG, Status.PDNG]
    assert house.clearing_house.submit(obligations(later)).rows["status"].tolist() == [Status.PDNG]
    noted = house.clearing_house.submit(
        obligations(obligation("A4", "OK", "OK2", 1, notes=f"for {LISTED[3]}号"))
    )
    assert noted.rows["status"].tolist() == [Status.PDNG]


def test_a_link_waits_for_a_leg_that_is_held(house: House) -> None:
    """A leg with a listed name holds its whole link until two people released it; then both legs settle."""
    before = balances_of(house.clearing_house)
    leg = {"link": "L-1", "link_legs": 2}
    rows = [
        payment(95, "KE01", "UG01", 700, **leg),
        payment(96, "UG01", "KE01", 300, remittance=LISTED[3], **leg),
    ]
    outcome = house.clearing_house.submit(payments(*rows))
    assert outcome.rows["status"].tolist() == [Status.PDNG, Status.PDNG]
    assert balances_of(house.clearing_house) == before
    held = int(outcome.rows["number"][1])
    for person in ("amara", "bela"):
        assert balances_of(house.clearing_house) == before
        house.clearing_house.decide_held(held, person, "another firm", release=True)
    assert balances_of(house.clearing_house)["UG01", "KES"] == before["UG01", "KES"] + 400


def test_a_cycle_leaves_what_is_held(house: House) -> None:
    """What screening holds is not set off, though a loop is there."""
    loop = [("L1", "P1", "P2", "x"), ("L2", "P2", "P3", LISTED[2]), ("L3", "P3", "P1", "x")]
    rows = [obligation(number, debtor, creditor, 500, notes=text) for number, debtor, creditor, text in loop]
    numbers = house.clearing_house.submit(obligations(*rows)).rows["number"].tolist()
    run_cycles(house.clearing_house, ["KES"])
    cleared = house.query(
        "SELECT cleared_minor FROM obligation_row WHERE obligation_number BETWEEN ? AND ?",
        (numbers[0], numbers[-1]),
    )
    assert [row["cleared_minor"] for row in cleared] == [0, 0, 0]


def test_participants_at_adoption(house: House) -> None:
    """An agreement that names a listed participant, or one with a listed BIC, is not adopted."""
    text = usual_agreement(version="2")
    for listed in (
        text.replace('name = "Participant UG01"', f'name = "{LISTED[0]}"'),
        text.replace(invented_bic("UG01"), "QXLTKPPY"),
    ):
        with pytest.raises(AgreementError, match="screening list"):
            adopt_text(house.clearing_house, listed)


def test_what_was_found_and_by_which_lists_is_on_record(house: House) -> None:
    """Every instruction has its decision, clear or hit, with the version of the lists."""
    shipped = payment(90, "KE01", "UG01", 100, remittance="m/v, IMO 9999991 again")
    house.clearing_house.submit(payments(shipped))
    undecided = house.query(
        "SELECT count(*) AS n FROM payment_row y "
        "LEFT JOIN decision d ON d.instruction_number = y.payment_number "
        "WHERE d.list_set IS NULL"
    )
    assert undecided[0]["n"] == 0
    hits = house.query("SELECT explanation FROM alert WHERE name LIKE 'm/v, IMO % again'")
    assert "'IMO 9999991' stands in the text" in hits[0]["explanation"]
    batch = batch_of(Family.PARTY, [{"party_id": "Q9", "name": LISTED[4]}])
    assert house.clearing_house.submit(batch).rows["status"][0] == Status.PDNG
