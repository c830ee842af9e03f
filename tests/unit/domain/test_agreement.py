"""Reading an agreement: what is valid, what is refused and how, what the engine's door gets."""

from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from setfair.domain import agreement_parts as parts
from setfair.domain.agreement import (
    AGREEMENT_BYTES_MAX,
    Agreement,
    BilateralLimit,
    SettlementAccount,
    agreement_hash,
    canonical_bytes,
    load_agreement,
)
from setfair.domain.money import BALANCE_MAX_MINOR
from setfair.errors import AgreementError
from tests.agreements import AGENT, Bank, agreement_text


def problems_of(text: str | bytes) -> tuple[str, ...]:
    with pytest.raises(AgreementError) as caught:
        load_agreement(text)
    return caught.value.problems


def test_valid_agreement_is_read_with_its_types_and_defaults():
    """Dates and times become Python's, what is left out gets its default."""
    agreement = load_agreement(agreement_text())
    assert agreement.agreement.effective_date == date(2026, 1, 5)
    assert agreement.currencies[0].opens == time(8)
    assert agreement.agreement.identity_memory_days == 10
    assert agreement.calendar.weekend == ("saturday", "sunday")
    assert agreement.offsetting.discipline == "ordered"
    assert agreement.clearing.confirmation == "automatic"


def test_settlement_accounts_come_by_currency_then_participant():
    """The order is the document's, and the agent's account is there without being listed."""
    text = agreement_text(
        [Bank("B2", {"UGX": "5"}), Bank("B1", {"KES": "1.5", "UGX": "0"}), Bank("I1", through="B1")],
        ["UGX", "KES"],
    )
    found = [(one.currency, one.participant_id) for one in load_agreement(text).settlement_accounts()]
    assert found == [("UGX", AGENT), ("UGX", "B2"), ("UGX", "B1"), ("KES", AGENT), ("KES", "B1")]


def test_amounts_become_minor_units_of_their_currency():
    """No decimals for UGX, three for TND; the settlement agent has no floor."""
    extra = """
[[accounts]]
participant = "B1"
currency = "TND"
credit_line = "1000000.5"
reserved_urgent = "7"
reserved_high = "0.125"
multilateral_limit = "12.345"
status = "closed"
"""
    agreement = load_agreement(agreement_text([Bank("B1", {"UGX": "250"})], ["UGX", "TND"], extra=extra))
    assert agreement.settlement_accounts() == (
        SettlementAccount(AGENT, "UGX", BALANCE_MAX_MINOR, 0, 0, None, True, True),
        SettlementAccount("B1", "UGX", 250, 0, 0, None, False, True),
        SettlementAccount(AGENT, "TND", BALANCE_MAX_MINOR, 0, 0, None, True, True),
        SettlementAccount("B1", "TND", 1_000_000_500, 7000, 125, 12_345, False, False),
    )


def test_bilateral_limits_are_in_minor_units():
    """A limit keeps its direction."""
    extra = '[[limits]]\nparticipant = "KE01"\ncounterparty = "UG01"\ncurrency = "KES"\namount = "10.5"\n'
    assert load_agreement(agreement_text(extra=extra)).bilateral_limits() == (
        BilateralLimit("KE01", "UG01", "KES", 1050),
    )


def test_references_mean_participants_in_both_forms_of_a_bic():
    """Id, BIC of 8 and 11 characters, LEI and member id, all in capitals; another branch stays unknown."""
    extra = """
[[participants]]
id = "TN01"
name = "مصرف المثال"
country = "TN"
bic = "QXAATNT1"
lei = "QX00EXAMPLE000000062"
member_id = "tn-7"
"""
    references = load_agreement(agreement_text(extra=extra)).participant_by_reference()
    mine = {reference for reference, owner in references.items() if owner == "TN01"}
    assert mine == {"TN01", "QXAATNT1", "QXAATNT1XXX", "QX00EXAMPLE000000062", "TN-7"}


def test_direct_of_names_whose_accounts_are_used():
    """A direct participant is its own; an indirect one is reached through the one that it names."""
    agreement = load_agreement(agreement_text([Bank("D1"), Bank("I1", through="D1")]))
    assert agreement.direct_of("D1") == "D1"
    assert agreement.direct_of("I1") == "D1"
    with pytest.raises(KeyError):
        agreement.direct_of("NOBODY")


def test_every_problem_inside_the_tables_is_named_by_its_path():
    """One reading names a missing, an unknown, a mistyped and an invalid field together."""
    text = (
        agreement_text(version='"1"', bic='"NOBIC"', surprise="1")
        .replace('code = "KES"\n', "", 1)
        .replace('country = "KE"', 'country = "KX"', 1)
    )
    assert [problem.partition(":")[0] for problem in problems_of(text)] == [
        "agreement.version",
        "agreement.bic",
        "agreement.surprise",
        "currencies[0].code",
        "participants[0].country",
    ]


def test_a_problem_says_what_is_wrong_and_what_is_allowed():
    """The text has both halves, and a near miss gets a hint."""
    found = problems_of(agreement_text(identity_memory_day="5"))
    assert found == (
        "agreement.identity_memory_day: is no field of this table; id, name, version, effective_date, bic, "
        "time_zone, identity_memory_days; did you mean identity_memory_days?",
    )


def test_toml_errors_have_line_and_column():
    """What TOML cannot read is placed."""
    (problem,) = problems_of('[agreement]\nid = "A1"\nname = = 1\n')
    assert "line 3" in problem
    assert "column 8" in problem


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("id", '"a1"', "2 to 16 capital letters and digits"),
        ("id", '"A1\\n"', "2 to 16 capital letters and digits"),
        ("name", '"  "', "a name is not blank"),
        ("name", '"a\\u0007b"', "no control characters"),
        ("name", f'"{"x" * 141}"', "at most 140"),
        ("version", "0", "1 or more"),
        ("version", "true", "a whole number without quotes"),
        ("version", "1.0", "a whole number without quotes"),
        ("effective_date", "2026-01-05T00:00:00", "a date without quotes and time"),
        ("effective_date", '"2026-01-05"', "a date without quotes"),
        ("bic", '"SFCH KEN1"', "8 or 11 characters"),
        ("bic", '"SFCHKEN1XX"', "8 or 11 characters"),
        ("time_zone", '"Nairobi"', "Region/City"),
        ("time_zone", '"localtime"', "Region/City"),
        ("time_zone", '"../../etc/passwd"', "Region/City"),
        ("time_zone", '"Africa/Nairobi\\u0000"', "Region/City"),
        ("identity_memory_days", "61", "60 or less"),
    ],
)
def test_header_fields_are_checked(name: str, value: str, allowed: str):
    """Each refused value gets one problem, at its path, that says what is allowed."""
    (problem,) = problems_of(agreement_text(**{name: value}))
    assert problem.startswith(f"agreement.{name}: ")
    assert allowed in problem


@pytest.mark.parametrize(
    "amount", ["-1", "+1", "1e3", " 1", "1,000", "", ".", "٣", "1.2.3", "0x10", "NaN", "9" * 19, "1" * 41]
)
def test_amounts_are_plain_decimal_numbers(amount: str):
    """Signs, exponents, grouping, other digits and 19 digits are refused at the path of the amount."""
    (problem,) = problems_of(agreement_text(["KE01"], credit_line=amount or " "))
    assert problem.startswith("accounts[0].credit_line: ")


def test_amounts_are_texts_and_never_floats():
    """A number without quotes would be a float somewhere: refused."""
    (problem,) = problems_of(
        agreement_text(["KE01"], credit_line="7").replace('credit_line = "7"', "credit_line = 7.5")
    )
    assert problem == 'accounts[0].credit_line: 7.5 is of the wrong kind; a text in quotes, e.g. "KE01"'


def test_cutoffs_must_be_in_order():
    """The interbank cut-off is not before the customer cut-off, and the day opens before both."""
    late = agreement_text().replace("opens = 08:00:00", "opens = 16:00:00")
    (problem,) = problems_of(late)
    assert problem.startswith("currencies[0]: the day opens at 16:00:00")
    early = agreement_text().replace("interbank_cutoff = 17:00:00", "interbank_cutoff = 15:00:00")
    assert "opens < customer_cutoff <= interbank_cutoff" in problems_of(early)[0]


def test_a_day_by_the_clock_has_all_its_times():
    """A day that opens and closes by the clock also cuts off by it, and has an end."""
    for more in ('day = "clock"', 'day = "clock"\ncutoffs = "clock"', 'day = "clock"\ncloses = 18:00:00'):
        text = agreement_text().replace(
            "interbank_cutoff = 17:00:00", f"interbank_cutoff = 17:00:00\n{more}", 1
        )
        assert 'day = "clock" goes with cutoffs = "clock"' in problems_of(text)[0]


def test_a_private_key_in_the_wrong_place_is_not_shown():
    """Whatever stands in public_key, no error repeats it."""
    secret = "MC4CAQAwBQYDK2VwBCIEIFsecretsecretsecretsecretsecretsecretsecretsec"
    text = agreement_text()
    start = text.index('public_key = "')
    with pytest.raises(AgreementError) as caught:
        load_agreement(text[:start] + f'public_key = "{secret}"\n')
    assert "secret" not in str(caught.value).replace("private", "")
    assert "signatories[0].public_key: is no public key" in str(caught.value)


def test_control_characters_of_the_file_do_not_reach_the_message():
    """A terminal's control sequence in a value or a key is escaped."""
    with pytest.raises(AgreementError) as caught:
        load_agreement(agreement_text(id='"\\u001b[2J"') + '\n["\\u001b[2Jx"]\n')
    assert "\x1b" not in str(caught.value)


@pytest.mark.parametrize(
    "hostile",
    [
        b"",
        b"\x00",
        b"\xff\xfe[\x00a\x00]\x00",
        b"PK\x03\x04",
        b"<?xml version='1.0'?><Document/>",
        b"a = " + b"[" * 50_000,
        b"a." * 20_000 + b"a = 1",
        b"a." * 25 + b"a = 1",
        b"a = " + b"9" * 5000,
        b"a = '\xed\xa0\x80'",
        b"x" * (AGREEMENT_BYTES_MAX + 1),
        "a = '\ud800'",
        agreement_text().encode("utf-16"),
        agreement_text()[: len(agreement_text()) // 2].encode(),
    ],
)
def test_hostile_documents_are_refused(hostile: str | bytes):
    """Truncated, binary, wrongly encoded, deeply nested or huge: an error of ours and nothing else."""
    with pytest.raises(AgreementError):
        load_agreement(hostile)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(raw: bytes):
    """No bytes appended to a valid agreement raise anything but our own error."""
    try:
        load_agreement(agreement_text().encode() + b"\n" + raw)
    except AgreementError:
        return


def test_a_byte_order_mark_is_accepted():
    """Editors that write one do not spoil the file."""
    assert load_agreement(b"\xef\xbb\xbf" + agreement_text().encode()) == load_agreement(agreement_text())


def test_many_problems_are_cut_short():
    """A thousand wrong rows do not flood the terminal."""
    rows = '[[limits]]\nparticipant = "x"\ncounterparty = "Y1"\ncurrency = "KES"\namount = "1"\n' * 1000
    found = problems_of(agreement_text(extra=rows))
    assert len(found) == 201
    assert found[-1] == "... and 800 more"


def test_same_meaning_gives_the_same_hash():
    """Order of keys, comments, spaces, surplus zeros, order of holidays and written defaults do not count."""
    one = agreement_text(
        ["KE01"], credit_line="1000000.00", extra="[calendar]\nholidays = [2026-12-25, 2026-01-01]"
    )
    other = (
        "# a comment\n"
        + agreement_text(["KE01"], credit_line="01000000", identity_memory_days="10")
        .replace(" = ", "   =\t")
        .replace(
            'id   =\t"UN"\nformat   =\t"un_xml"',
            'format = "un_xml" # the format\nid = "UN"\nmandatory = true',
        )
        + '\n[calendar]\nweekend = ["sunday", "saturday"]\nholidays = [2026-01-01, 2026-12-25, 2026-01-01]\n'
        + "[fees]\n"
    )
    assert agreement_hash(load_agreement(one)) == agreement_hash(load_agreement(other))


@pytest.mark.parametrize(
    "changed",
    [
        agreement_text(version="2"),
        agreement_text(credit_line="0.01"),
        agreement_text(["UG01", "KE01"]),
        agreement_text(signatories=["KE01"]),
        agreement_text(extra="[calendar]\nholidays = [2026-01-06]"),
    ],
)
def test_other_meaning_gives_another_hash(changed: str):
    """A version, a cent, an order of participants, a signatory, a holiday: each changes the document."""
    assert agreement_hash(load_agreement(changed)) != agreement_hash(load_agreement(agreement_text()))


def test_canonical_document_is_pinned():
    """The bytes that are signed do not change by accident: a change here breaks every signature."""
    agreement = load_agreement(agreement_text(["KE01"], credit_line="1.50"))
    canonical = canonical_bytes(agreement)
    assert canonical.startswith(
        b'{"accounts":[{"credit_line":"1.5","currency":"KES","multilateral_limit":null,"participant":"KE01",'
        b'"reserved_high":"0","reserved_urgent":"0","status":"open"}],"agreement":{"bic":"SFCHKEN1XXX",'
        b'"effective_date":"2026-01-05","id":"HOUSE","identity_memory_days":10,"name":"Test house",'
    )
    assert b'"opens":"08:00:00"' in canonical
    assert agreement_hash(agreement) == "378af58c5f7820442b8e2af7e61c86ebb1589d9fa45c49f4e889aed01dedd04c"


def test_fields_that_came_later_leave_signatures_valid():
    """At its default such a field is no part of what is signed; given another value it is."""
    later = [
        (part.__name__, name)
        for part in vars(parts).values()
        if isinstance(part, type) and issubclass(part, parts.Part)
        for name, info in part.model_fields.items()
        if parts.LATER in info.metadata
    ]
    assert ("Clearing", "across") in later
    plain = load_agreement(agreement_text())
    across = parts.Across(unit="KES", sources=("Test bank",))
    clearing = plain.clearing.model_copy(update={"across": across})
    changed = plain.model_copy(update={"clearing": clearing})
    assert b"across" not in canonical_bytes(plain)
    assert b'"across":{"max_age_hours":24' in canonical_bytes(changed)


def test_a_loaded_agreement_cannot_be_changed():
    """The rulebook that was checked is the one that is used."""
    agreement = load_agreement(agreement_text())
    with pytest.raises(ValueError, match="frozen"):
        agreement.agreement.version = 2  # type: ignore[misc]


def test_currency_rules_and_participants_are_found_or_none():
    """Lookups by code and id."""
    agreement: Agreement = load_agreement(agreement_text())
    rules, participant = agreement.find_currency_rules("KES"), agreement.find_participant("KE01")
    assert rules is not None
    assert rules.settlement_agent == AGENT
    assert participant is not None
    assert participant.kind == "direct"
    assert agreement.find_currency_rules("EUR") is None
    assert agreement.find_participant("EUR") is None


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("netting", '"gross"', "none"),
        ("netting", "true", "'none' or 'net'"),
        ("unable_to_pay", '"forgive"', "leave_due"),
        ("structural_cycles", "1", "2 or more"),
        ("structural_cycles", "101", "100 or less"),
        ("early_settlement_percent", "0", "1 or more"),
        ("early_settlement_percent", "101", "100 or less"),
    ],
)
def test_netting_fields_are_checked(name: str, value: str, allowed: str):
    """What the agreement says of netting is one of what the rules know."""
    (problem,) = problems_of(agreement_text(extra=f"[clearing]\n{name} = {value}\n"))
    assert problem.startswith(f"clearing.{name}: ")
    assert allowed in problem


def test_without_a_word_nothing_is_netted():
    """Netting is agreed or does not take place."""
    assert load_agreement(agreement_text()).clearing.netting == "none"
    agreed = load_agreement(agreement_text(extra='[clearing]\nnetting = "net"\n')).clearing
    assert (agreed.netting, agreed.unable_to_pay) == ("net", "leave_due")
