"""Debt discharged against liquidity for each currency of a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from setfair.domain.obligations import Obligations
from setfair.engine.setoff.curve import Curve, discharge_curve
from setfair.set_off_table.clear import too_large


def table_curves(
    currencies: Sequence[Obligations], on_progress: Callable[[int], None] | None = None
) -> dict[str, Curve]:
    """Return the curve of each currency by its code; progress is told in obligations.

    Raises
    ------
    SetfairError
        If the obligations of a currency sum to more than one run takes.
    """
    curves = {}
    done = 0
    for owed in currencies:
        try:
            curves[owed.currency.code] = discharge_curve(
                owed.debtor, owed.creditor, owed.amount_minor, owed.due_day
            )
        except OverflowError as error:
            raise too_large(owed, error) from error
        done += len(owed)
        if on_progress is not None:
            on_progress(done)
    return curves
