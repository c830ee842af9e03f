"""Indicators of a business day: how much settled, how soon, with how little, and by which mechanism.

Rules
-----
1. Payments are those of `figures`: transfers with the settlement agents are funding and do not count.
2. **Turnover** is the value settled over the liquidity used. **Liquidity used** is the sum over the accounts
   of the largest debit position that payments made; what settled together (a link, one offsetting, one
   netting) is one step.
3. The **upper bound** of liquidity is what the same payments would have used had each settled on arrival; the
   **lower bound** is the net debit of the day, which nothing saves. The **liquidity usage** is where the
   liquidity used lies between them: 0 at the lower, 1 at the upper bound.
4. The **delay** is the value-weighted time in the queue over the longest possible, from acceptance to the end
   of the day: 0 if all settled at once, 1 if all waited to the end. What was rejected or cancelled waited
   until then. The end is the interbank cut-off, or as long as it has not come the last page.
5. The **mechanism** of a leg is its link, unless offsetting settled it; netting in a cycle settles positions
   and not payments, and has its own share.
6. A **gridlock** is found where payments that no one could settle alone could settle together: a run of
   offsetting that settled any.
7. A **limit** is hit when a payment is accepted and waits for it.

Source: H. Leinonen, K. Soramäki, "Simulating interbank payment and securities settlement mechanisms with the
BoF-PSS2 simulator", Bank of Finland Discussion Papers 23/2003 (settlement delay; upper and lower bound of
liquidity); Committee on Payment and Settlement Systems, "A glossary of terms used in payments and settlement
systems", Bank for International Settlements, 2003 (gridlock; turnover ratio).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from setfair.domain.codes import Phase, Reason
from setfair.report.day import ReportDay, Stretch
from setfair.report.figures import Tally
from setfair.report.read import Reader, Row

WAYS = {
    "at_once": "at once",
    "release": "released from the queue",
    "bilateral": "offset bilaterally",
    "offset": "offset from the queue",
    "link": "in links",
    "cycle": "netted in cycles",
}
"""Mechanisms in the order in which they are shown, and their words."""

_HOUR = 3600 * 10**6


@dataclass(frozen=True, slots=True)
class CurrencyIndicators:
    """The day of one currency; amounts in minor units."""

    currency: str
    decimals: int
    settled: Tally
    ways: Mapping[str, Tally]
    """What settled by mechanism, in the order of WAYS; netting counts its bookings."""
    liquidity_used: int
    liquidity_upper: int
    liquidity_lower: int
    delay: float | None
    """None where nothing was accepted before the end of the day."""
    queued: Tally
    """Payments that waited at all."""
    waits: Mapping[Reason, Tally]
    """The same by what they waited for when they came."""
    queue_peak: Tally
    """The most that waited at one time, by number and by value."""

    @property
    def turnover(self) -> float | None:
        """Times that the liquidity used turned over; None where none was used."""
        value = sum((tally.value for tally in self.ways.values()), 0)
        return value / self.liquidity_used if self.liquidity_used else None

    @property
    def liquidity_usage(self) -> float | None:
        """Where the liquidity used lies between its bounds; None where they are one."""
        span = self.liquidity_upper - self.liquidity_lower
        return (self.liquidity_used - self.liquidity_lower) / span if span > 0 else None


@dataclass(frozen=True, slots=True)
class Gridlock:
    """Runs of offsetting over all currencies."""

    runs: int
    found: int
    """Runs that settled something."""
    settled: int
    """Payments that they settled."""
    value: int
    """Their value, as the runs weigh currencies."""
    bound: int
    """What no choice could have exceeded, over the same runs."""


@dataclass(frozen=True, slots=True)
class Indicators:
    """The indicators of a day."""

    currencies: tuple[CurrencyIndicators, ...]
    gridlock: Gridlock


def read_indicators(reader: Reader, day: ReportDay) -> Indicators:
    """Read the indicators of a day from the tables; as long as it is open, those so far.

    Parameters
    ----------
    reader
        Over the spans of the day.
    day
        The day.
    """
    ends = [[stretch.number, _end_of(stretch, day.last.time)] for stretch in day.stretches]
    names = ("ways", "bounds", "delays", "waits")
    rows = {name: reader.rows(f"indicator_{name}", *([ends] if name == "delays" else ())) for name in names}
    rows["used"] = reader.rows("liquidity_used", 1)
    rows["peaks"] = reader.rows("queue_over_time", 0, _HOUR)
    currencies = tuple(
        _currency(
            stretch,
            {
                name: [row for row in found if row["currency_number"] == stretch.number]
                for name, found in rows.items()
            },
        )
        for stretch in day.stretches
    )
    run = reader.rows("indicator_gridlock")[0]
    return Indicators(
        currencies, Gridlock(*(int(run[name]) for name in ("runs", "found", "settled", "value", "bound")))
    )


def _end_of(stretch: Stretch, last: int) -> int:
    """Return when the day of a currency ends: rule 4."""
    cuts = [moment.time for moment in stretch.phases if moment.phase is Phase.INTERBANK_CUTOFF]
    return cuts[-1] if cuts else last


def _currency(stretch: Stretch, rows: Mapping[str, Sequence[Row]]) -> CurrencyIndicators:
    tallies = {row["way"]: _tally(row) for row in rows["ways"]}
    ways = {way: tallies.get(way, Tally()) for way in WAYS}
    waits = {Reason(int(row["reason"])): _tally(row) for row in rows["waits"]}
    bounds = next(iter(rows["bounds"]), {"upper": 0, "lower": 0})
    delays = next(iter(rows["delays"]), {"waited": 0.0, "longest": 0.0})
    peaks = [_tally(row) for row in rows["peaks"]]
    return CurrencyIndicators(
        currency=stretch.currency,
        decimals=stretch.decimals,
        settled=sum((ways[way] for way in WAYS if way != "cycle"), Tally()),
        ways=ways,
        liquidity_used=int(rows["used"][0]["all_used"]) if rows["used"] else 0,
        liquidity_upper=int(bounds["upper"]),
        liquidity_lower=int(bounds["lower"]),
        delay=delays["waited"] / delays["longest"] if delays["longest"] else None,
        queued=sum(waits.values(), Tally()),
        waits=waits,
        queue_peak=Tally(
            max((peak.number for peak in peaks), default=0), max((peak.value for peak in peaks), default=0)
        ),
    )


def _tally(row: Row) -> Tally:
    return Tally(int(row["payments"]), int(row["value"]))


def as_document(indicators: Indicators) -> dict[str, object]:
    """Return the indicators as plain values: amounts as integers of minor units, ratios with six decimals."""
    run = indicators.gridlock
    return {
        "currencies": [_document(one) for one in indicators.currencies],
        "gridlock": {
            "runs": run.runs,
            "found": run.found,
            "payments": run.settled,
            "value": run.value,
            "bound": run.bound,
        },
    }


def _document(one: CurrencyIndicators) -> dict[str, object]:
    whole = sum(tally.value for tally in one.ways.values())
    return {
        "currency": one.currency,
        "decimals": one.decimals,
        "settled": _numbers(one.settled),
        "mechanisms": {
            way: {**_numbers(tally), "share": round(tally.value / whole, 6) if whole else None}
            for way, tally in one.ways.items()
        },
        "liquidity_used_minor": one.liquidity_used,
        "liquidity_upper_bound_minor": one.liquidity_upper,
        "liquidity_lower_bound_minor": one.liquidity_lower,
        "liquidity_usage": _ratio(one.liquidity_usage),
        "turnover": _ratio(one.turnover),
        "delay": _ratio(one.delay),
        "queued": _numbers(one.queued),
        "waited_for": {reason.name: _numbers(tally) for reason, tally in one.waits.items()},
        "queue_peak": _numbers(one.queue_peak),
        "limits_hit": one.waits.get(Reason.LIMIT_REACHED, Tally()).number,
    }


def _numbers(tally: Tally) -> dict[str, int]:
    return {"payments": tally.number, "value_minor": tally.value}


def _ratio(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
