"""The certificate of a set-off of a table with money put in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from setfair.engine.setoff.liquidity import MoneyProof
from setfair.formats.certificate import (
    LEAST_MONEY,
    MOST_CLEARED,
    Certificate,
    CurrencyCertificate,
    Objective,
    content_digest,
    write_certificate,
)
from setfair.formats.money_claim import MoneyClaim
from setfair.set_off_table.fund import FundedResult
from setfair.set_off_table.read import ObligationTable

_NO_MAXIMUM = np.iinfo(np.int64).max


def certify_funded(path: Path, table: ObligationTable, results: Sequence[FundedResult]) -> None:
    """Write the certificate of a run with money."""
    currencies = tuple(_certify_currency(part) for part in results)
    write_certificate(path, Certificate(len(table.rows), table.left_out, currencies))


def _certify_currency(part: FundedResult) -> CurrencyCertificate:
    owed, found, proof = part.obligations, part.result, part.result.proof
    net = np.zeros(len(owed.party_id), np.int64)
    np.add.at(net, owed.debtor, owed.amount_minor)
    np.subtract.at(net, owed.creditor, owed.amount_minor)
    # Where nobody offers money there is none to be spared.
    has_money = bool(part.funders.names)
    return CurrencyCertificate(
        currency=owed.currency.code,
        content_sha256=content_digest(owed),
        gross_minor=found.gross_minor,
        cleared_total_minor=found.discharged_minor,
        net_debit_minor=int(net[net > 0].sum()),
        objectives=tuple(_objectives(part, proof))[: None if has_money else -1],
        party_id=owed.party_id,
        row=owed.row,
        cleared_minor=found.cleared_minor,
        # Nothing is left out but what is not to be touched, and that is the certificate's -1 too.
        stage=proof.stage if (proof.stage != 0).any() else None,
        maximum_minor=proof.maximum if (proof.maximum < _NO_MAXIMUM).any() else None,
        money=_money(part, proof) if has_money else None,
    )


def _objectives(part: FundedResult, proof: MoneyProof) -> list[Objective]:
    words = part.result.ages.words if part.result.ages is not None else ()
    names = [*([f"{MOST_CLEARED}: {each}" for each in words] or [MOST_CLEARED]), LEAST_MONEY]
    one_price = bool((proof.price_as_debtor == proof.price_as_creditor).all())
    prices = zip(names, proof.price_as_debtor, proof.price_as_creditor, strict=True)
    return [Objective(name, owes, None if one_price else is_owed) for name, owes, is_owed in prices]


def _money(part: FundedResult, proof: MoneyProof) -> MoneyClaim:
    offers, found = part.funders.offers, part.result
    order = np.lexsort((offers.beneficiary, offers.funder))
    return MoneyClaim(
        funder=pa.array(part.funders.names, pa.string()),
        funder_minor=offers.amount_minor,
        funds_anyone=offers.anyone,
        beneficiary_funder=offers.funder[order],
        beneficiary_party=offers.beneficiary[order],
        gift_funder=found.gift_funder,
        gift_party=found.gift_party,
        gift_minor=found.gift_minor,
        received_minor=found.received_minor,
        price_of_hub=proof.price_of_hub,
        price_of_funder=proof.price_of_funder.ravel(),
    )
