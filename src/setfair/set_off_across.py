"""Set-off of a table across its currencies at a fixing: what the engine's arrays mean in words.

Rules
-----
1. All obligations of all currencies take part in one run (`engine.setoff.fixing`). Every currency that occurs
   has a rate in the fixing.
2. The result is compared with the set-off of each currency alone, in value at the same fixing, rounded down
   to minor units of account. What the run across cancels more is what the fixing was worth.
3. Each party has at most one entry to the rounding account, in the unit of account; entries sum to zero. An
   entry of nothing is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import floor

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from setfair.domain.fixing import Fixing
from setfair.domain.instants import format_utc
from setfair.domain.money import Currency, find_currency, format_amount
from setfair.domain.obligations import DUE_AT_ONCE, Obligations
from setfair.engine.loops import find_loops
from setfair.engine.setoff import Choice, set_off
from setfair.engine.setoff.fixing import AcrossCurrencies, set_off_across
from setfair.errors import SetfairError
from setfair.explain.loops_table import CurrencyLoops
from setfair.formats.across_certificate import AcrossCertificate
from setfair.formats.certificate import content_digest
from setfair.formats.csv_text import csv_text

COLUMNS = ("currency", "debtor", "creditor", "amount_minor", "due_date")
"""What is needed of an obligation, as in `OBLIGATION_SCHEMA`."""

Int64Array = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class CurrencySummary:
    """What became of the obligations in one currency."""

    currency: Currency
    obligations: int
    gross_minor: int
    cleared_minor: int
    """What was cleared of them across currencies."""
    alone_minor: int
    """What set-off in this currency alone clears."""
    value: Fraction
    """Minor units of account that one minor unit is worth."""

    def to_dict(self, unit: Currency) -> dict[str, object]:
        """Return the figures as text: units of the currency, and values in units of account."""
        minors = {
            "gross": self.gross_minor,
            "cleared": self.cleared_minor,
            "remaining": self.gross_minor - self.cleared_minor,
            "cleared_alone": self.alone_minor,
        }
        return {
            "currency": self.currency.code,
            "obligations": self.obligations,
            **{name: format_amount(minor, self.currency.decimals) for name, minor in minors.items()},
            **{f"{name}_value": _value(minor * self.value, unit) for name, minor in minors.items()},
        }


@dataclass(frozen=True, slots=True)
class SetOffAcross:
    """The set-off of a table across its currencies."""

    fixing: Fixing
    result: AcrossCurrencies
    currencies: tuple[CurrencySummary, ...]
    """In the order of their codes; the engine numbers them so."""
    party_id: tuple[str, ...]
    """By number of the party in the engine, in the order of their texts."""

    @property
    def cleared_minor(self) -> Int64Array:
        """By row of the table: what it is reduced by, in minor units of its currency."""
        return self.result.reduced_minor

    @property
    def cleared_value(self) -> Fraction:
        """What was cleared, in minor units of account."""
        return sum((part.cleared_minor * part.value for part in self.currencies), Fraction(0))

    @property
    def alone_value(self) -> Fraction:
        """What each currency alone would have cleared, in minor units of account."""
        return sum((part.alone_minor * part.value for part in self.currencies), Fraction(0))

    def rounding_entries(self) -> Iterator[tuple[str, int]]:
        """Yield each party with an entry and what it owes the rounding account, minor units of account."""
        entries = self.result.rounding.entry_minor
        for place in np.flatnonzero(entries).tolist():
            yield self._party(place), int(entries[place])

    def exchanges(self) -> Iterator[tuple[str, Currency, int]]:
        """Yield party, currency and what it owes less on balance in it (below zero: more), in minor units."""
        exchange = self.result.exchange
        columns = (exchange.party.tolist(), exchange.currency.tolist(), exchange.change_minor.tolist())
        for place, number, change in zip(*columns, strict=True):
            yield self._party(place), self.currencies[number].currency, change

    def rounding_rows(self) -> Iterator[tuple[str, str, str]]:
        """Yield the entries to the rounding account as rows of a table, the names of its columns first."""
        yield ("party", "unit", "entry")
        for party, entry in self.rounding_entries():
            yield csv_text(party), self.fixing.unit.code, format_amount(entry, self.fixing.unit.decimals)

    def exchange_rows(self) -> Iterator[tuple[str, str, str]]:
        """Yield what the parties exchanged as rows of a table, the names of its columns first."""
        yield ("party", "currency", "change")
        for party, currency, change in self.exchanges():
            yield csv_text(party), currency.code, format_amount(change, currency.decimals)

    def summary(self) -> dict[str, object]:
        """Return the totals as text: amounts in units of their currency, values in units of account."""
        unit = self.fixing.unit
        entries = [entry for _, entry in self.rounding_entries()]
        gross = sum((part.gross_minor * part.value for part in self.currencies), Fraction(0))
        bounds = self.result.rounding.bound
        bound = Fraction(max(bounds.tolist(), default=0), self.result.rounding.denominator)
        return {
            "unit": unit.code,
            "words": self._words(),
            "obligations": sum(part.obligations for part in self.currencies),
            "parties": self.result.set_off.parties,
            "gross_value": _value(gross, unit),
            "cleared_value": _value(self.cleared_value, unit),
            "cleared_alone_value": _value(self.alone_value, unit),
            "more_than_alone_value": _value(self.cleared_value - self.alone_value, unit),
            "currencies": [part.to_dict(unit) for part in self.currencies],
            "rounding": {
                "entries": len(entries),
                "posted": format_amount(sum(entry for entry in entries if entry > 0), unit.decimals),
                "largest_entry": format_amount(max(map(abs, entries), default=0), unit.decimals),
                "largest_bound": format_amount(-(-bound.numerator // bound.denominator), unit.decimals),
            },
            "fixing": [
                {
                    "currency": rate.currency.code,
                    "rate": rate.quoted,
                    "quoted": "currency_per_unit" if rate.is_inverse else "unit_per_currency",
                    "source": rate.source,
                    "time_utc": format_utc(rate.time),
                }
                for rate in self.fixing.rates
                if any(part.currency == rate.currency for part in self.currencies)
            ],
        }

    def _words(self) -> list[str]:
        """Say what was chosen, what is proven of it and what it costs, in values."""
        chosen, unit = self.result.chosen, self.fixing.unit
        if chosen is None:
            return []
        return list(chosen.words(lambda fine: _value(fine / self.result.fine_per_minor, unit)))

    def _party(self, place: int) -> str:
        return self.party_id[int(self.result.set_off.party[place])]


def clear_across(rows: pa.Table, fixing: Fixing, choice: Choice | None = None) -> SetOffAcross:
    """Set off all obligations of a table together.

    Parameters
    ----------
    rows
        The obligations that take part, with `COLUMNS`: known currencies, amounts above zero, no debtor that
        is its own creditor.
    fixing
        With a rate for each of their currencies.
    choice
        Objective and what is not to be touched, by row; None: the most value.

    Raises
    ------
    SetfairError
        If a currency has no rate, or the obligations are worth more than one run takes.
    """
    codes, currency = _number(rows["currency"])
    minor_value = fixing.minor_values(codes)
    party_id, party = _number(rows["debtor"], rows["creditor"])
    debtor, creditor = party[: len(rows)], party[len(rows) :]
    amount = rows["amount_minor"].to_numpy()
    due_day = pc.fill_null(rows["due_date"].cast(pa.int32()), DUE_AT_ONCE).to_numpy()
    try:
        result = set_off_across(
            debtor, creditor, amount, due_day, currency=currency, minor_value=minor_value, choice=choice
        )
        untouched = (
            np.zeros(len(rows), bool) if choice is None or choice.untouched is None else choice.untouched
        )
        summaries = []
        for number, (code, value) in enumerate(zip(codes, minor_value, strict=True)):
            own = currency == number
            free = own & ~untouched
            alone = set_off(debtor[free], creditor[free], amount[free], due_day[free])
            totals = (int(amount[own].sum()), int(result.reduced_minor[own].sum()), alone.cleared_total_minor)
            summaries.append(_summarize(code, int(own.sum()), totals, value))
    except OverflowError as error:
        raise SetfairError(f"{error}; divide the file") from error
    return SetOffAcross(fixing, result, tuple(summaries), tuple(party_id))


def _summarize(code: str, obligations: int, totals: tuple[int, int, int], value: Fraction) -> CurrencySummary:
    found = find_currency(code)
    if found is None:
        raise SetfairError(f"{code!r} is no currency with minor units")
    return CurrencySummary(found, obligations, *totals, value)


def across_loops(found: SetOffAcross, rows: pa.Table) -> CurrencyLoops:
    """Return the loops of a run over these rows; their amounts are values, rounded down."""
    _, party = _number(rows["debtor"], rows["creditor"])
    fine, per_minor = found.result.set_off.cleared_minor, found.result.fine_per_minor
    loops = find_loops(party[: len(rows)], party[len(rows) :], fine)
    worth = loops.amount_minor.astype(object) * per_minor.denominator // per_minor.numerator
    return CurrencyLoops(
        found.fixing.unit,
        replace(loops, amount_minor=worth.astype(np.int64)),
        *(rows[name].to_pylist() for name in ("obligation_id", "debtor", "creditor")),
    )


def _number(*columns: pa.ChunkedArray) -> tuple[list[str], Int64Array]:
    """Return the different texts in the order of their bytes, and by row of all columns which one it is."""
    chunks = [chunk for column in columns for chunk in column.chunks]
    texts = pa.concat_arrays([pa.array([], pa.string()), *chunks]).dictionary_encode()
    order = pc.sort_indices(texts.dictionary).to_numpy().astype(np.int64)
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    return texts.dictionary.take(pa.array(order)).to_pylist(), place[texts.indices.to_numpy()]


def _value(minor_units: Fraction, unit: Currency) -> str:
    """Write a value in units of account, rounded down to its minor unit."""
    return format_amount(floor(minor_units), unit.decimals)


def certify_across(
    found: SetOffAcross, obligations: Sequence[Obligations], *, rows: int, left_out: int
) -> AcrossCertificate:
    """Return what proves a run.

    Parameters
    ----------
    found
        The run, over the rows of a table that take part.
    obligations
        The same, currency by currency in the order of their codes.
    rows, left_out
        Rows of the table, and how many of them take no part.
    """
    used = {owed.currency.code for owed in obligations}
    rates = tuple(rate for rate in found.fixing.rates if rate.currency.code in used)
    row = np.sort(np.concatenate([np.empty(0, np.int64), *(owed.row for owed in obligations)]))
    return AcrossCertificate(
        rows=rows,
        left_out=left_out,
        fixing=Fixing(found.fixing.unit, rates),
        content=tuple((owed.currency.code, content_digest(owed)) for owed in obligations),
        party_id=pa.array(found.party_id, pa.string()),
        price=found.result.set_off.price,
        entry_minor=found.result.rounding.entry_minor,
        row=row,
        cancelled_fine=found.result.set_off.cleared_minor,
        reduced_minor=found.cleared_minor,
    )


def reductions(
    found: SetOffAcross, obligations: Sequence[Obligations]
) -> list[tuple[Obligations, Int64Array]]:
    """Return the obligations of each currency, and what each is reduced by; parameters as above."""
    row = np.sort(np.concatenate([np.empty(0, np.int64), *(owed.row for owed in obligations)]))
    return [(owed, found.cleared_minor[np.searchsorted(row, owed.row)]) for owed in obligations]
