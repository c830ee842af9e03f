"""What the tables of an agreement must fulfil together: one line a rule that is broken."""

from __future__ import annotations

import pytest

from setfair.domain.agreement import load_agreement
from setfair.errors import AgreementError
from tests.agreements import AGENT, Bank, agreement_text, invented_bic

LEI = "QX00EXAMPLE000000062"


def participant(identity: str, **fields: str) -> str:
    given = {"id": identity, "name": identity, "country": "KE", "bic": invented_bic(identity), **fields}
    return "[[participants]]\n" + "".join(f'{name} = "{value}"\n' for name, value in given.items() if value)


def account(owner: str, currency: str = "KES", **fields: str) -> str:
    given = {"participant": owner, "currency": currency, **fields}
    return "[[accounts]]\n" + "".join(f'{name} = "{value}"\n' for name, value in given.items())


def limit(payer: str, receiver: str, currency: str = "KES", amount: str = "1") -> str:
    return (
        f'[[limits]]\nparticipant = "{payer}"\ncounterparty = "{receiver}"\n'
        f'currency = "{currency}"\namount = "{amount}"\n'
    )


OVERSEER = participant("OV01", role="overseer")

BROKEN = [
    # Rule 1: one reference, one participant.
    (participant("KE01", bic="QXZZKE21"), "participants[3].id: KE01 is also participants[1].id"),
    (participant("KE02", bic=invented_bic("KE01")), "participants[3].bic: QX"),
    (participant("KE02", bic="SFCHKEN1"), "participants[3].bic: SFCHKEN1 is also agreement.bic"),
    (participant("HOUSE"), "participants[3].id: HOUSE is also agreement.id"),
    (participant("KE02", member_id="ke01"), "participants[3].member_id: KE01 is also participants[1].id"),
    (
        participant("KE02", lei=LEI) + participant("KE03", lei=LEI),
        f"participants[4].lei: {LEI} is also participants[3].lei",
    ),
    (
        participant("KE02", bic=""),
        "participants[3]: has no bic, lei or member_id; at least one of them is needed",
    ),
    (
        participant("KE02", lei="QX00EXAMPLE000000063"),
        "participants[3].lei: 'QX00EXAMPLE000000063' is no LEI",
    ),
    # Rule 2: indirect through direct.
    (participant("IN01", kind="indirect", through="NO01"), "participants[3].through: NO01 is unknown"),
    (
        participant("IN01", kind="indirect", through="KE01")
        + participant("IN02", kind="indirect", through="IN01"),
        "participants[4].through: IN01 is indirect, bank; a direct bank or settlement agent",
    ),
    (
        OVERSEER + participant("IN01", kind="indirect", through="OV01"),
        "participants[4].through: OV01 is direct, overseer",
    ),
    (participant("IN01", kind="indirect"), "participants[3]: is indirect but names nobody in 'through'"),
    (participant("KE02", through="KE01"), "participants[3]: is direct but has 'through'"),
    (
        participant("OV01", role="overseer", kind="indirect", through="KE01"),
        "participants[3]: is indirect and overseer; only a bank can be indirect",
    ),
    # Rule 4: accounts.
    (account("NO01"), "accounts[2].participant: NO01 is unknown"),
    (OVERSEER + account("OV01"), "accounts[2].participant: OV01 is direct, overseer"),
    (
        participant("IN01", kind="indirect", through="KE01") + account("IN01"),
        "accounts[2].participant: IN01 is indirect, bank",
    ),
    (account("KE01"), "accounts[2]: KE01 has a KES account in accounts[0] already; one each"),
    (account("KE01", "EUR"), "accounts[2].currency: EUR is not part of the agreement; one of KES"),
    (
        account("KE01", "EUR", credit_line="0.001"),
        "accounts[2].credit_line: '0.001' has more decimals than EUR",
    ),
    (
        account("KE01", "EUR", credit_line="999999999999999999"),
        "accounts[2].credit_line: '999999999999999999' is too large; at most 18 digits",
    ),
    (account(AGENT, credit_line="5"), "accounts[2].credit_line: the settlement agent's account has no floor"),
    (
        account(AGENT, multilateral_limit="0"),
        "accounts[2].multilateral_limit: the settlement agent's account",
    ),
    (account(AGENT, status="closed"), "accounts[2].status: the settlement agent's account must be open"),
    # Rule 5: limits.
    (limit("KE01", "NO01"), "limits[0].counterparty: NO01 has no KES account"),
    (limit("KE01", "UG01", "EUR"), "limits[0].participant: KE01 has no EUR account"),
    (limit("KE01", "KE01"), "limits[0].counterparty: KE01 is the participant itself"),
    (limit("KE01", "UG01") * 2, "limits[1]: repeats limits[0]; one limit for each direction and currency"),
    (
        limit("KE01", "UG01", amount="0.005"),
        "limits[0].amount: '0.005' has more decimals than KES; at most 2",
    ),
    # Rule 6: cycles and fees.
    (
        '[[clearing.cycles]]\nname = "noon"\ntime = 12:00:00\ncurrencies = ["KES", "EUR"]\n',
        "clearing.cycles[0].currencies[1]: EUR is not part of the agreement",
    ),
    (
        '[[clearing.cycles]]\nname = "noon"\ntime = 12:00:00\ncurrencies = ["KES"]\n' * 2,
        "clearing.cycles[1].name: 'noon' stands in clearing.cycles[0] already; each once",
    ),
    (
        '[[clearing.cycles]]\nname = "noon"\ntime = 12:00:00\ncurrencies = ["KES", "KES"]\n',
        "clearing.cycles[0].currencies: 'KES' stands twice; each currency once",
    ),
    (
        '[[fees.schedule]]\ncurrency = "KES"\n' * 2,
        "fees.schedule[1].currency: 'KES' stands in fees.schedule[0]",
    ),
    ('[[fees.schedule]]\ncurrency = "EUR"\n', "fees.schedule[0].currency: EUR is not part of the agreement"),
    (
        '[[fees.schedule]]\ncurrency = "KES"\nsettled_payment = "0.505"\n',
        "fees.schedule[0].settled_payment: '0.505' has more decimals than KES; at most 2",
    ),
    (
        '[[fees.schedule]]\ncurrency = "KES"\nset_off_basis_points = "10000.1"\n',
        "fees.schedule[0].set_off_basis_points: '10000.1' is too much; 0 to 10000",
    ),
    # Calendar.
    (
        '[calendar]\nweekend = ["monday","tuesday","wednesday","thursday","friday","saturday","sunday"]\n',
        "calendar.weekend: every day is a weekend day",
    ),
]


@pytest.mark.parametrize(("extra", "expected"), BROKEN)
def test_broken_rules_between_tables(extra: str, expected: str):
    """Each broken rule gives a problem that starts with its path, and hardly another."""
    with pytest.raises(AgreementError) as caught:
        load_agreement(agreement_text(extra=extra))
    assert [problem for problem in caught.value.problems if problem.startswith(expected)]
    assert len(caught.value.problems) <= 2


CHANGED = [
    # Rule 3: currencies.
    (
        'settlement_agent = "AGENT"',
        'settlement_agent = "NO01"',
        "currencies[0].settlement_agent: NO01 is unknown",
    ),
    (
        'settlement_agent = "AGENT"',
        'settlement_agent = "KE01"',
        'currencies[0].settlement_agent: KE01 is direct, bank; a participant with role = "settlement_agent"',
    ),
    # Rule 7: the UN list is always on; two officers.
    ('id = "UN"', 'id = "UNO"', "screening.lists: the list UN is missing; it is always on"),
    (
        'format = "un_xml"',
        'format = "operator_csv"',
        'screening.lists[0].format: "operator_csv" for the list UN',
    ),
    (
        "max_age_days = 7",
        "max_age_days = 32",
        "screening.lists[0].max_age_days: 32 for the list UN; 31 or fewer",
    ),
    (
        "entries_min = 500",
        "entries_min = 499",
        "screening.lists[0].entries_min: 499 for the list UN; 500 or more",
    ),
    (
        "entries_max = 20000",
        "entries_max = 499",
        "screening.lists[0]: entries_min 500 is more than entries_max 499",
    ),
    (
        'format = "un_xml"',
        'format = "un_xml"\nmandatory = false',
        "screening.lists[0].mandatory: the list UN",
    ),
    (
        'id = "bela"',
        'id = "amara"',
        "screening.officers[1].id: 'amara' stands in screening.officers[0] already",
    ),
    (', { id = "bela", name = "Bela Test" }', "", "screening.officers: has 1 row; 2 or more"),
    ('"lists/un.xml"', '"../un.xml"', "screening.lists[0].file: '../un.xml' is no file below"),
    ('"lists/un.xml"', '"/etc/un.xml"', "screening.lists[0].file: '/etc/un.xml' is no file below"),
    ('"lists/un.xml"', '"lists\\\\un.xml"', "screening.lists[0].file: 'lists\\\\un.xml' is no file below"),
    # Values of one field.
    ('code = "KES"', 'code = "XAU"', "currencies[0].code: 'XAU' is no currency; an ISO 4217 code"),
    ("opens = 08:00:00", "opens = 08:00:00.5", "currencies[0].opens: 08:00:00.500000 is no local time"),
    ("opens = 08:00:00", "opens = [8]", "currencies[0].opens: a list is of the wrong kind; a time of day"),
    (
        'kind = "indirect"',
        'kind = "remote"',
        "participants[3].kind: 'remote' is not known; 'direct' or 'indirect'",
    ),
    (
        'public_key = "',
        'public_key = "%',
        "signatories[0].public_key: is no public key; base64 of the 32 bytes",
    ),
    # Rule 8: signatories.
    ('[[signatories]]\nid = "AGENT"', '[[signatories]]\nid = "NO01"', "signatories[0].id: NO01 is unknown"),
]


@pytest.mark.parametrize(("old", "new", "expected"), CHANGED)
def test_changes_that_are_refused(old: str, new: str, expected: str):
    """Each change of a valid agreement gives one problem that starts with its path."""
    text = agreement_text(["KE01", "UG01", Bank("IN01", through="KE01")])
    assert old in text
    with pytest.raises(AgreementError) as caught:
        load_agreement(text.replace(old, new))
    assert [problem[: len(expected)] for problem in caught.value.problems] == [expected]


def test_signatories_sign_once_and_with_their_own_key():
    """The same id or the same key twice would let one sign for two."""
    text = agreement_text(signatories=["KE01", "KE01"])
    with pytest.raises(AgreementError) as caught:
        load_agreement(text)
    paths = [problem.partition(":")[0] for problem in caught.value.problems]
    assert paths == ["signatories[1].id", "signatories[1].public_key"]


def test_the_house_itself_may_sign():
    """The operator is a signatory under the house's id."""
    assert load_agreement(agreement_text(signatories=["HOUSE", "KE01"])).signatories[0].id == "HOUSE"


def test_all_problems_between_tables_come_together():
    """Three broken rules, three problems."""
    extra = limit("KE01", "NO01") + account("NO02") + participant("IN01", kind="indirect", through="NO03")
    with pytest.raises(AgreementError) as caught:
        load_agreement(agreement_text([Bank("KE01"), Bank("UG01")], extra=extra))
    assert len(caught.value.problems) == 3


def test_a_repeated_currency_is_refused():
    """One set of rules for each currency."""
    with pytest.raises(
        AgreementError, match=r"currencies\[1\]\.code: 'KES' stands in currencies\[0\] already"
    ):
        load_agreement(agreement_text([Bank("KE01", {"KES": "0"})], ["KES", "KES"]))
