"""Set-off of a table across currencies, end to end: files in, figures out, proven by the verifier."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pyarrow as pa
import pytest

from setfair.domain.fixing import Fixing
from setfair.domain.instruction import OBLIGATION_SCHEMA
from setfair.errors import SetfairError
from setfair.formats.open_file import open_instructions
from setfair.formats.rates import read_rates
from setfair.set_off_across import SetOffAcross, clear_across
from setfair.verify.across import Obligation, check_across

RATES = """\
currency,unit,unit_per_currency,currency_per_unit,source,time
KES,EUR,,150.2785,reference rates,2026-01-05T14:15:00Z
UGX,EUR,0.000231,,reference rates,2026-01-05T14:15:00Z
TND,EUR,,3.3719,reference rates,2026-01-05T14:15:00Z
ZAR,EUR,,18.6455,reference rates,2026-01-05T14:15:00Z
"""
OBLIGATIONS = """\
obligation_id,debtor,creditor,currency,amount,due_date,debtor_name,creditor_name
I1,nairobi,kampala,KES,150278.50,2026-01-02,Nairobi Tea,Kampala Mills
I2,kampala,tunis,UGX,4329004,2026-01-02,Kampala Mills,Tunis Oil
I3,tunis,cape,TND,3371.905,2026-01-02,Tunis Oil,Cape Fruit
I4,cape,nairobi,ZAR,18000.01,2026-01-02,Cape Fruit,Nairobi Tea
I5,nairobi,kampala,KES,100.00,2026-01-01,Nairobi Tea,Kampala Mills
I6,kampala,nairobi,KES,40.05,,Kampala Mills,Nairobi Tea
"""


@pytest.fixture
def rows(tmp_path: Path) -> pa.Table:
    """The obligations, read from a file."""
    path = tmp_path / "obligations.csv"
    path.write_text(OBLIGATIONS, "utf-8")
    return pa.Table.from_batches([batch.rows for batch in open_instructions(path)], OBLIGATION_SCHEMA)


@pytest.fixture
def fixing(tmp_path: Path) -> Fixing:
    """The rates, read from a file."""
    path = tmp_path / "rates.csv"
    path.write_text(RATES, "utf-8")
    return read_rates(path)


@pytest.fixture
def cleared(rows: pa.Table, fixing: Fixing) -> SetOffAcross:
    """The set-off."""
    return clear_across(rows, fixing)


def prove(cleared: SetOffAcross, rows: pa.Table) -> str | None:
    """Let the verifier judge what the table and the result say."""
    codes = [part.currency.code for part in cleared.currencies]
    result = cleared.result
    columns = zip(
        rows["debtor"].to_pylist(),
        rows["creditor"].to_pylist(),
        rows["currency"].to_pylist(),
        rows["amount_minor"].to_pylist(),
        result.set_off.cleared_minor.tolist(),
        cleared.cleared_minor.tolist(),
        strict=True,
    )
    number = cleared.party_id.index
    obligations = [Obligation(number(d), number(c), k, a, y, r) for d, c, k, a, y, r in columns]
    worth = dict(zip(codes, cleared.fixing.minor_values(codes), strict=True))
    price = dict(zip(result.set_off.party.tolist(), result.set_off.price.tolist(), strict=True))
    entries = {number(party): entry for party, entry in cleared.rounding_entries()}
    return check_across(obligations, worth, price, entries)


def test_a_loop_through_four_currencies_is_cleared(cleared: SetOffAcross, rows: pa.Table) -> None:
    """Worth about 965 EUR each, bounded by the ZAR obligation; only KES has a loop of its own, of 40.05."""
    reduced = dict(zip(rows["obligation_id"].to_pylist(), cleared.cleared_minor.tolist(), strict=True))
    # The older obligation of the pair goes first and is gone; the small loop is cleared whole.
    assert (reduced["I4"], reduced["I5"], reduced["I6"]) == (1800001, 10000, 4005)
    # In EUR cents: what went around is worth what the smallest obligation is, to half a minor unit of each.
    around = Fraction(1800001) / Fraction("18.6455")
    kes, ugx, tnd = 1 / Fraction("150.2785"), Fraction("0.0231"), 1 / Fraction("33.719")
    assert abs((reduced["I1"] + 10000 - 4005) * kes - around) <= kes / 2
    assert abs(reduced["I2"] * ugx - around) <= ugx / 2
    assert abs(reduced["I3"] * tnd - around) <= tnd / 2
    assert prove(cleared, rows) is None


def test_the_summary_is_in_words_and_units(cleared: SetOffAcross) -> None:
    """Gross, cleared, remaining and what each currency alone clears; value in the unit of account."""
    summary = cleared.summary()
    assert (summary["unit"], summary["obligations"], summary["parties"]) == ("EUR", 6, 4)
    kes, tnd, ugx, zar = summary["currencies"]  # type: ignore[misc]
    assert [part["currency"] for part in (kes, tnd, ugx, zar)] == ["KES", "TND", "UGX", "ZAR"]
    assert (kes["gross"], kes["cleared_alone"]) == ("150418.55", "80.10")
    assert (tnd["gross"], tnd["gross_value"], tnd["cleared_alone"]) == ("3371.905", "1000.00", "0.000")
    assert (ugx["gross"], ugx["cleared_alone_value"]) == ("4329004", "0.00")
    assert (zar["cleared"], zar["remaining"], zar["cleared_value"]) == ("18000.01", "0.00", "965.38")
    assert (summary["cleared_alone_value"], summary["gross_value"]) == ("0.53", "3966.31")
    assert summary["fixing"][0] == {  # type: ignore[index]
        "currency": "KES",
        "rate": "150.2785",
        "quoted": "currency_per_unit",
        "source": "reference rates",
        "time_utc": "2026-01-05T14:15:00.000000Z",
    }


def test_the_whole_is_more_than_its_parts(cleared: SetOffAcross) -> None:
    """The figure of comparison is the difference of two sums of values, and is positive here."""
    assert cleared.cleared_value - cleared.alone_value > 386_000
    assert cleared.summary()["more_than_alone_value"] == "3861.52"


def test_each_currency_sums_to_zero(cleared: SetOffAcross) -> None:
    """What the parties exchange sums to zero in every currency, and what they gain over the parties."""
    changes: dict[str, int] = {}
    value: dict[str, Fraction] = {}
    worth = {part.currency.code: part.value for part in cleared.currencies}
    for party, currency, change in cleared.exchanges():
        changes[currency.code] = changes.get(currency.code, 0) + change
        value[party] = value.get(party, Fraction(0)) + change * worth[currency.code]
    assert changes == dict.fromkeys(["KES", "TND", "UGX", "ZAR"], 0)
    entries = dict(cleared.rounding_entries())
    assert sum(entries.values()) == 0
    assert all(abs(gain - entries.get(party, 0)) < 1 for party, gain in value.items())


def test_rounding_entries_are_posted_where_minor_units_are_large(rows: pa.Table, tmp_path: Path) -> None:
    """In a unit of account with small minor units, the half minor unit that rounding left is an entry."""
    path = tmp_path / "other.csv"
    path.write_text(
        "currency,unit,unit_per_currency,source,time\n"
        "UGX,KES,7.03,r,2026-01-05T14:15:00Z\nTND,KES,44.5,r,2026-01-05T14:15:00Z\n"
        "ZAR,KES,8.051,r,2026-01-05T14:15:00Z\n",
        "utf-8",
    )
    cleared = clear_across(rows, read_rates(path))
    entries = dict(cleared.rounding_entries())
    assert entries
    assert sum(entries.values()) == 0
    assert prove(cleared, rows) is None
    rounding = cleared.summary()["rounding"]
    assert rounding["entries"] == len(entries)  # type: ignore[index]
    assert Fraction(rounding["posted"]) * 100 == sum(abs(entry) for entry in entries.values()) // 2  # type: ignore[index]


def test_tables_are_for_spreadsheets(rows: pa.Table, fixing: Fixing) -> None:
    """Amounts in units with the currency's decimals, and a party's id is never run as a formula."""
    place = rows.schema.get_field_index("debtor")
    named = ["=cmd", "kampala", "tunis", "cape", "=cmd", "kampala"]
    creditors = ["kampala", "tunis", "cape", "=cmd", "kampala", "=cmd"]
    renamed = rows.set_column(place, "debtor", pa.chunked_array([named]))
    renamed = renamed.set_column(place + 1, "creditor", pa.chunked_array([creditors]))
    assert rows.column_names[place + 1] == "creditor"
    cleared = clear_across(renamed, fixing)
    header, *changes = cleared.exchange_rows()
    assert header == ("party", "currency", "change")
    assert changes[0] == ("'=cmd", "KES", "145076.00")
    assert ("cape", "ZAR", "18000.01") in changes
    assert ("kampala", "UGX", "4179138") in changes
    header, *entries = cleared.rounding_rows()
    assert header == ("party", "unit", "entry")
    assert [row[1:] for row in entries] == [
        ("EUR", f"{'-' * (entry < 0)}0.0{abs(entry)}") for _, entry in cleared.rounding_entries()
    ]


def test_a_missing_rate_is_named(rows: pa.Table, tmp_path: Path) -> None:
    """Nothing is set off before every currency has its rate."""
    path = tmp_path / "few.csv"
    path.write_text("\n".join(RATES.splitlines()[:3]) + "\n", "utf-8")
    with pytest.raises(SetfairError, match="no rate for TND, ZAR"):
        clear_across(rows, read_rates(path))


def test_what_is_too_much_for_one_run_is_said(rows: pa.Table, fixing: Fixing) -> None:
    """An operational error that says what to do, not a wrapped sum."""
    place = rows.schema.get_field_index("amount_minor")
    large = rows.set_column(place, "amount_minor", pa.chunked_array([[10**18 - 1] * len(rows)]))
    with pytest.raises(SetfairError, match="divide the file"):
        clear_across(large, fixing)


def test_an_empty_table_gives_nothing(fixing: Fixing) -> None:
    """No obligations: no currencies, no entries, no error."""
    cleared = clear_across(OBLIGATION_SCHEMA.empty_table(), fixing)
    assert cleared.currencies == ()
    assert list(cleared.rounding_entries()) == []
    assert cleared.summary()["cleared_value"] == "0.00"
