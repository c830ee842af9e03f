"""One set of invoices as a file, so that anyone can set it off with `setfair clear`."""

from __future__ import annotations

from pathlib import Path

from examples.study.curve import BASE, MIDDLE
from examples.study.firms import draw_invoices
from examples.study.groups import GROUP_BY_NAME
from examples.study.trade import YEAR, totals_of
from setfair.domain.money import format_amount
from setfair.formats.csv_text import write_rows

GROUP = "ECOWAS"
COLUMNS = (
    "obligation_id",
    "debtor",
    "creditor",
    "currency",
    "amount",
    "due_date",
    "debtor_name",
    "creditor_name",
)


def write_sample(path: Path, seed: int) -> None:
    """Write the invoices of West Africa at the middle of the curve `any`, in US dollars."""
    invoices = draw_invoices(totals_of(GROUP_BY_NAME[GROUP]), BASE, seed)
    rows: list[tuple[str | int, ...]] = [COLUMNS]
    debtors, creditors = invoices.parties(MIDDLE)
    parties = zip(debtors.tolist(), creditors.tolist(), invoices.cents.tolist(), strict=True)
    for number, (debtor, creditor, cents) in enumerate(parties, 1):
        ends = (_party(debtor), _party(creditor))
        rows.append(
            (f"INV-{number:06}", *ends, "USD", format_amount(cents, 2), f"{YEAR}-12-31", *map(_name, ends))
        )
    with path.open("wb") as file:
        write_rows(file, rows)


def _party(number: int) -> str:
    """Return the id of a party: its country and its number there."""
    country, place = divmod(number, 2 * BASE.firms)
    return f"{GROUP_BY_NAME[GROUP].members[country]}-{place:03}"


def _name(party: str) -> str:
    return f"Invented firm {party}"
