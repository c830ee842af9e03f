"""Legs of links: what their senders say of the link becomes terms that the engine reads.

Rules
-----
1. A payment that names a link is a leg of it. The link is known by its reference and the number of its legs,
   and a link of two legs by its two participants as well: nobody else can come in between.
2. Only customer and institution payments can be legs (LINK_INVALID).
3. What is wrong with a leg by itself is its defect already; then it joins no link.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from setfair.domain.codes import InstructionKind, Reason
from setfair.domain.identity import identity_of
from setfair.engine.layout import LEG_TERMS, Array
from setfair.intake.digest import mix_text, mix_words
from setfair.intake.directory import Directory, currency_number

Places = NDArray[np.int32]


def legs_of(rows: pa.RecordBatch) -> NDArray[np.int64]:
    """Return which rows of a batch of the payment schema name a link."""
    return np.flatnonzero(np.asarray(pc.not_equal(rows["link"], "")))


def mix_legs(digests: NDArray[np.uint64], rows: pa.RecordBatch, legs: NDArray[np.int64]) -> None:
    """Mix what legs say of their link into their digests of content, in place."""
    own = digests[legs]
    chosen = rows.take(pa.array(legs))
    for name in ("link_legs", "against_amount_minor", "until_ns"):
        mix_words(own, chosen[name].to_numpy().astype(np.uint64))
    for name in ("link", "against_currency"):
        mix_text(own, chosen[name])
    digests[legs] = own


def take_legs(
    instructions: Array,
    rows: pa.RecordBatch,
    legs: NDArray[np.int64],
    sides: tuple[Places, Places],
    names: Directory,
) -> Array:
    """Return LEG_TERMS of the legs of a batch; their instructions name the places of them.

    Parameters
    ----------
    instructions
        INSTRUCTION of the batch: `target` and, by rule 2, `defect` are set.
    rows
        The batch.
    legs
        Which rows are legs.
    sides
        Participants that pay and are paid, by row.
    names
        The house's names.
    """
    terms = np.zeros(len(legs), LEG_TERMS)
    chosen = rows.take(pa.array(legs))
    terms["legs"] = chosen["link_legs"].to_numpy()
    terms["until"] = chosen["until_ns"].to_numpy()
    terms["against_amount"] = chosen["against_amount_minor"].to_numpy()
    terms["against_currency"] = [currency_number(code) for code in chosen["against_currency"].to_pylist()]
    for place, (row, reference) in enumerate(zip(legs.tolist(), chosen["link"].to_pylist(), strict=True)):
        if (
            instructions["kind"][row] > InstructionKind.INSTITUTION_PAYMENT
            and not instructions["defect"][row]
        ):
            instructions["defect"][row] = Reason.LINK_INVALID
        count = int(terms["legs"][place])
        parties = [names.participants[side[row]] if side[row] >= 0 else "" for side in sides]
        of_two = sorted(parties) if count == 2 else []
        terms[place]["link_high"], terms[place]["link_low"] = identity_of(
            "link", reference, str(count), *of_two
        )
    instructions["target"][legs] = np.arange(1, len(legs) + 1)
    return terms
