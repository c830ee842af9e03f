"""The options of `setfair clear`, and which of them go together.

Rules
-----
1. What is asked for is checked before any work is done: options that do not go together, places that cannot
   be written, two options with one place, names that end in what is not written.
2. Every refusal says what to leave out, or what to name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from setfair.cli.options import date_given
from setfair.engine.setoff.objective import Objective
from setfair.errors import SetfairError
from setfair.report.curve_file import KINDS as CURVE_KINDS
from setfair.set_off_table.choose import Wanted
from setfair.set_off_table.loops import KINDS as LOOP_KINDS


def _file(name: str, words: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(name, metavar="FILE", help=words)
    return option


Obligations = Annotated[Path, typer.Argument(metavar="FILE", help="Obligations: CSV, Arrow or Parquet.")]
Out = Annotated[Path | None, _file("--out", "Where to write the result, CSV.")]
CertificateOut = Annotated[
    Path | None, _file("--certificate", "Where to write what proves the result the largest.")
]
Verify = Annotated[
    Path | None, _file("--verify", "Set nothing off: check this certificate. Exit code 1: refused.")
]
Result = Annotated[Path | None, _file("--result", "With --verify: check this result as well.")]
ObjectiveWanted = Annotated[
    Objective,
    typer.Option(
        "--objective",
        help="What comes first: value, the largest total; closed, the largest total and then many "
        "obligations closed in full; oldest, the most of the oldest debts, then of the next.",
    ),
]
AsOf = Annotated[
    datetime | None,
    typer.Option(
        "--as-of",
        formats=["%Y-%m-%d"],
        metavar="DAY",
        help="With --objective oldest: count days overdue from this day, not from the latest due date.",
    ),
]
Keep = Annotated[
    Path | None, _file("--keep", "Obligations not to touch, CSV: obligation_id, and creditor where needed.")
]
Minimum = Annotated[
    str | None,
    typer.Option(
        "--minimum",
        metavar="AMOUNT",
        help="Cancel at least so much of an obligation or nothing of it, in units of its currency.",
    ),
]
PartyMaximum = Annotated[
    str | None,
    typer.Option(
        "--party-maximum",
        metavar="AMOUNT",
        help="Cancel at most so much of the debts of each party, in units of each currency.",
    ),
]
PartyMaxima = Annotated[
    Path | None, _file("--party-maxima", "The same for some parties, CSV: party, currency, amount.")
]
Liquidity = Annotated[
    Path | None,
    _file(
        "--liquidity",
        "Money put in, CSV: party, currency, amount, beneficiaries (empty: it pays the party's own debts; "
        "names with ; between them, or * for anyone: it sponsors them). With --verify: the offers to find.",
    ),
]
Money = Annotated[
    Path | None, _file("--money", "With --liquidity: where to write who paid and got what, CSV.")
]
Curve = Annotated[
    Path | None,
    _file("--curve", "Where to write debt discharged against liquidity put in: .csv, .svg or .html."),
]
Fixing = Annotated[
    Path | None,
    _file(
        "--fixing",
        "Set off across currencies at these rates, CSV: currency, unit, unit_per_currency or "
        "currency_per_unit, source, time. With --verify: the rates that it has to be.",
    ),
]
Rounding = Annotated[
    Path | None, _file("--rounding", "With --fixing: where to write entries to the rounding account, CSV.")
]
Exchange = Annotated[
    Path | None,
    _file("--exchange", "With --fixing: where to write what each party exchanged between currencies, CSV."),
]
Loops = Annotated[
    Path | None, _file("--loops", "Where to write the loops that were cancelled: .csv or .json.")
]
Report = Annotated[Path | None, _file("--report", "Where to write before and after in pictures: .html.")]

_LIMITS = ("--keep", "--minimum", "--party-maximum", "--party-maxima")
_NOT_WITH = (
    (
        "--liquidity",
        ("--minimum", "--fixing"),
        "money flows in single units of one currency: a least amount, and rates, would leave some of it over",
    ),
    (
        "--fixing",
        ("--minimum", "--party-maximum", "--party-maxima", "--curve"),
        "limits that are amounts, and the curve, are for one currency",
    ),
    ("--curve", _LIMITS, "the curve is that of all obligations, without limits"),
    ("--party-maximum", ("--party-maxima",), "one says it for all, the other for some"),
)
"""An option, those that it does not go with, and why."""
_ONLY_WITH = (
    ("--result", "--verify", "is a file to check"),
    ("--money", "--liquidity", "says who paid and got money"),
    ("--rounding", "--fixing", "is what rounding leaves across currencies"),
    ("--exchange", "--fixing", "is what parties exchange across currencies"),
)
_KINDS = {"--curve": CURVE_KINDS, "--loops": LOOP_KINDS, "--report": (".html",)}


@dataclass(frozen=True, slots=True)
class Request:
    """What a call of the command asks for; an option that is added has its line here."""

    file: Path
    out: Path | None = None
    certificate: Path | None = None
    verify: Path | None = None
    result: Path | None = None
    objective: Objective = Objective.VALUE
    as_of: datetime | None = None
    keep: Path | None = None
    minimum: str | None = None
    party_maximum: str | None = None
    party_maxima: Path | None = None
    liquidity: Path | None = None
    money: Path | None = None
    curve: Path | None = None
    fixing: Path | None = None
    rounding: Path | None = None
    exchange: Path | None = None
    loops: Path | None = None
    report: Path | None = None
    strict: bool = False

    @property
    def wanted(self) -> Wanted:
        """Objective and limits."""
        return Wanted(
            objective=self.objective,
            as_of=date_given(self.as_of),
            keep=self.keep,
            minimum=self.minimum,
            party_maximum=self.party_maximum,
            party_maxima=self.party_maxima,
        )

    @property
    def places(self) -> dict[str, Path]:
        """By option what is to be written."""
        places = {
            "--certificate": self.certificate,
            "--curve": self.curve,
            "--exchange": self.exchange,
            "--loops": self.loops,
            "--money": self.money,
            "--report": self.report,
            "--rounding": self.rounding,
            "--out": self.out,
        }
        return {option: place for option, place in places.items() if place is not None}

    def check(self) -> None:
        """Refuse what does not go together, and places that cannot be written, before the work is done."""
        given = {f"--{name.replace('_', '-')}" for name in self._given()}
        if self.verify is not None:
            others = sorted(given - {"--verify", "--result", "--fixing", "--liquidity", "--file"})
            if others:
                raise SetfairError(f"--verify writes and chooses nothing: leave out {', '.join(others)}")
            return
        for option, needed, why in _ONLY_WITH:
            if option in given and needed not in given:
                raise SetfairError(f"{option} {why}: it goes with {needed}")
        for option, others_not, why in _NOT_WITH:
            clash = [each for each in others_not if each in given]
            if option in given and clash:
                raise SetfairError(f"{option} does not go with {', '.join(clash)}: {why}; leave one out")
        if {"--fixing", "--certificate"} <= given and (self.keep or self.objective is Objective.OLDEST):
            raise SetfairError(
                "--certificate across currencies proves the most value of all obligations: leave out --keep "
                "and --objective oldest, or the certificate"
            )
        if self.liquidity is not None and self.objective is Objective.CLOSED:
            raise SetfairError(
                "--liquidity does not go with --objective closed: which obligations close decides who needs "
                "money, and the most closed for the least money is not found here; leave one out"
            )
        if self.as_of is not None and self.objective is not Objective.OLDEST:
            raise SetfairError(
                "--as-of says from when days overdue are counted: it goes with --objective oldest"
            )
        if not self.places:
            raise SetfairError("name the result with --out, or a certificate to check with --verify")
        self._check_places()

    def _given(self) -> Iterator[str]:
        """Yield the fields that differ from what they are without their option."""
        for name in self.__dataclass_fields__:
            if getattr(self, name) != self.__dataclass_fields__[name].default:
                yield name

    def _check_places(self) -> None:
        inputs = (self.file, self.keep, self.party_maxima, self.liquidity, self.fixing)
        seen: dict[Path, str] = {}
        for option, place in self.places.items():
            for each in inputs:
                if each is not None and place.exists() and each.exists() and place.samefile(each):
                    raise SetfairError(f"{place}: is the input; name another file with {option}")
            if place.is_dir() or not place.absolute().parent.is_dir():
                raise SetfairError(
                    f"{place}: cannot be written; name a file in a folder that exists with {option}"
                )
            kinds = _KINDS.get(option)
            if kinds is not None and place.suffix.lower() not in kinds:
                raise SetfairError(f"{place}: name a file that ends in {' or '.join(kinds)} with {option}")
            other = seen.setdefault(place.resolve(), option)
            if other != option:
                raise SetfairError(f"{place}: is named with {other} and {option}; name another file for one")
