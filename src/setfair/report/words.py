"""How numbers, times and codes are written in the report. Amounts are integers to the last digit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import pycountry

from setfair.domain.codes import InstructionKind, Mechanism, Phase, Status
from setfair.domain.money import format_amount

MINUS = "\N{MINUS SIGN}"
DASH = "\N{EN DASH}"

STATUS_WORDS = {
    Status.RCVD: "received",
    Status.PDNG: "held",
    Status.ACSP: "waiting",
    Status.ACSC: "settled",
    Status.RJCT: "rejected",
    Status.CANC: "cancelled",
}
MECHANISM_WORDS = {
    Mechanism.IMMEDIATE: "at once",
    Mechanism.RELEASE: "released from the queue",
    Mechanism.BILATERAL_OFFSET: "offset bilaterally",
    Mechanism.OFFSETTING: "offset from the queue",
}
"""The mechanisms by which a payment settles, in the order in which they are drawn."""

PHASE_WORDS = {
    Phase.OPEN: "open",
    Phase.CUSTOMER_CUTOFF: "customer cut-off",
    Phase.INTERBANK_CUTOFF: "interbank cut-off",
    Phase.CLOSED: "closed",
}
KIND_WORDS = {
    InstructionKind.CUSTOMER_PAYMENT: "customer payment",
    InstructionKind.INSTITUTION_PAYMENT: "institution payment",
    InstructionKind.PAYMENT_RETURN: "return",
    InstructionKind.LIQUIDITY_TRANSFER: "liquidity transfer",
    InstructionKind.CANCELLATION: "cancellation request",
    InstructionKind.OBLIGATION: "invoice",
    InstructionKind.CREDIT_NOTE: "credit note",
}


def amount(minor: int, decimals: int) -> str:
    """Write minor units with the currency's decimals and a comma between thousands."""
    whole, point, fraction = format_amount(abs(minor), decimals).partition(".")
    return f"{MINUS if minor < 0 else ''}{int(whole):,}{point}{fraction}"


def count(value: int) -> str:
    """Write a number with a comma between thousands."""
    return f"{value:,}"


def counted(value: int, one: str, many: str | None = None) -> str:
    """Write a number with its noun."""
    return f"{value:,} {one if value == 1 else many or one + 's'}"


def tenths(part: int, whole: int) -> int:
    """Return part / whole in tenths of a percent, rounded half up; 0 for an empty whole."""
    return (2000 * part + whole) // (2 * whole) if whole else 0


def percent(part: int, whole: int) -> str:
    """Write a share as a percentage with one decimal; "<0.1 %" and ">99.9 %" where rounding would lie."""
    if not whole:
        return DASH
    share = tenths(part, whole)
    if share == 0 and part > 0:
        return "<0.1 %"
    if share >= 1000 and part < whole:
        return ">99.9 %"
    return f"{share // 10:,}.{share % 10} %"


def shares(parts: Sequence[int]) -> list[str]:
    """Write the shares of a whole so that they sum to exactly 100.0 %: the largest remainders round up."""
    whole = sum(parts)
    if not whole:
        return [DASH for _ in parts]
    floors = [1000 * part // whole for part in parts]
    order = sorted(range(len(parts)), key=lambda place: (-(1000 * parts[place] % whole), place))
    for place in order[: 1000 - sum(floors)]:
        floors[place] += 1
    return [f"{share // 10}.{share % 10} %" for share in floors]


def times(part: int, whole: int) -> str:
    """Write how many times `whole` goes into `part`, with one decimal, rounded half up."""
    if not whole:
        return DASH
    ratio = (20 * part + whole) // (2 * whole)
    return f"{ratio // 10:,}.{ratio % 10}\N{MULTIPLICATION SIGN}"


_UNITS = ((10**12, "T"), (10**9, "bn"), (10**6, "m"), (10**3, "k"))


def rough(minor: float, decimals: int) -> str:
    """Write an amount in few characters, for the axis of a chart."""
    value = minor / 10**decimals
    for unit, word in _UNITS:
        if abs(value) >= unit:
            return f"{value / unit:.3g}\N{NARROW NO-BREAK SPACE}{word}"
    return f"{value:.3g}"


def clock_time(microseconds: int, time_zone: str, *, seconds: bool = False) -> str:
    """Write an instant as local time of day."""
    moment = datetime.fromtimestamp(microseconds // 10**6, ZoneInfo(time_zone))
    return f"{moment:%H:%M:%S}" if seconds else f"{moment:%H:%M}"


def country_name(code: str) -> str:
    """Return the English name of a country, or its code where there is none."""
    found = pycountry.countries.get(alpha_2=code) if code else None
    return str(getattr(found, "common_name", found.name)) if found is not None else code or "no country"
