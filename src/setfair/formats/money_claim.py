"""What a certificate says of money that was put into a set-off (docs/certificate.md, "With money").

Rules
-----
1. Without money every column is empty. With it there are funders, in the order of their names.
2. Columns that do not fit together are refused. Whether they prove anything is for `setfair.verify` to say.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from setfair.formats.sealed import one_list

PRICE_MAX = 2**60
"""Largest price: a difference of two prices stays inside int64."""

Int64Array = npt.NDArray[np.int64]


def _list(kind: pa.DataType) -> pa.DataType:
    return pa.large_list(pa.field("item", kind, nullable=False))


MONEY_FIELDS = [
    pa.field("funder", _list(pa.string()), nullable=False),
    pa.field("funder_minor", _list(pa.int64()), nullable=False),
    pa.field("funds_anyone", _list(pa.bool_()), nullable=False),
    pa.field("beneficiary_funder", _list(pa.int64()), nullable=False),
    pa.field("beneficiary_party", _list(pa.int64()), nullable=False),
    pa.field("gift_funder", _list(pa.int64()), nullable=False),
    pa.field("gift_party", _list(pa.int64()), nullable=False),
    pa.field("gift_minor", _list(pa.int64()), nullable=False),
    pa.field("received_minor", _list(pa.int64()), nullable=False),
    pa.field("price_of_hub", _list(pa.int64()), nullable=False),
    pa.field("price_of_funder", _list(pa.int64()), nullable=False),
]
"""Columns of the stream."""
_COLUMNS = pa.schema(MONEY_FIELDS)


@dataclass(frozen=True, slots=True)
class MoneyClaim:
    """Money in one currency: who offered it and for whom, who gave it to whom, and who ended up with it."""

    funder: pa.Array
    """Text, ascending, shape (f,)."""
    funder_minor: Int64Array
    """By funder: the most that it puts in."""
    funds_anyone: npt.NDArray[np.bool_]
    """By funder: whether it gives to anyone."""
    beneficiary_funder: Int64Array
    """By pair of a funder and one of its beneficiaries, ascending: place of the funder."""
    beneficiary_party: Int64Array
    """By pair: place of the party."""
    gift_funder: Int64Array
    """By gift, ascending by funder and party: place of the funder."""
    gift_party: Int64Array
    gift_minor: Int64Array
    received_minor: Int64Array
    """By party: money that it ended up with."""
    price_of_hub: Int64Array
    """By objective."""
    price_of_funder: Int64Array
    """By objective and funder, in this order, flat."""

    def prices_of_funders(self, objective: int) -> Int64Array:
        """Return the prices of the funders for one objective."""
        funders = len(self.funder)
        return self.price_of_funder[objective * funders : (objective + 1) * funders]


def money_columns(money: MoneyClaim | None) -> dict[str, pa.Array]:
    """Return the columns of one currency."""
    columns = {}
    for field in MONEY_FIELDS:
        values = [] if money is None else getattr(money, field.name)
        columns[field.name] = one_list(_COLUMNS, field.name, pa.array(values, field.type.value_type))
    return columns


def read_money(batch: pa.RecordBatch) -> MoneyClaim | None:
    """Return what one row says of money; None if nothing.

    Raises
    ------
    ValueError
        If the columns do not fit together.
    """
    lists = {field.name: batch.column(field.name).flatten() for field in MONEY_FIELDS}
    if not len(lists["funder"]):
        if any(len(column) for column in lists.values()):
            raise ValueError("there are columns of money, and nobody puts in any")
        return None
    funder = lists.pop("funder")
    return MoneyClaim(funder, **{name: each.to_numpy(zero_copy_only=False) for name, each in lists.items()})


def check_money_columns(money: MoneyClaim, parties: int, objectives: int) -> None:
    """Refuse columns that differ in length, places that are none, amounts and prices out of bounds."""
    funders = len(money.funder)
    if not pc.all(pc.less(money.funder[:-1], money.funder[1:])).as_py() and funders > 1:
        raise ValueError("the funders are not ascending")
    by_funder = {len(money.funder_minor), len(money.funds_anyone)}
    if by_funder != {funders} or len(money.received_minor) != parties:
        raise ValueError("columns of funders or of parties differ in length")
    if len(money.price_of_hub) != objectives or len(money.price_of_funder) != objectives * funders:
        raise ValueError("there is not a price of the hub and of each funder for each objective")
    for prices in (money.price_of_hub, money.price_of_funder):
        if ((prices < 0) | (prices > PRICE_MAX)).any():
            raise ValueError(f"a price is not 0 to {PRICE_MAX}")
    if (money.funder_minor < 0).any() or (money.received_minor < 0).any() or (money.gift_minor < 1).any():
        raise ValueError("an amount of money is below zero, or a gift is nothing")
    _check_pairs(money.beneficiary_funder, money.beneficiary_party, funders, parties)
    _check_pairs(money.gift_funder, money.gift_party, funders, parties)
    if len(money.gift_minor) != len(money.gift_funder):
        raise ValueError("columns of gifts differ in length")


def _check_pairs(funder: Int64Array, party: Int64Array, funders: int, parties: int) -> None:
    """Refuse pairs of funders and parties that are not there, or do not ascend."""
    if len(funder) != len(party):
        raise ValueError("columns of funders and their parties differ in length")
    if ((funder < 0) | (funder >= funders) | (party < 0) | (party >= parties)).any():
        raise ValueError("a funder or a party of money is none of them")
    if (np.diff(funder * np.int64(parties) + party) < 1).any():
        raise ValueError("pairs of funders and parties do not ascend")
