"""What is done with each part of each message that we read.

A *group* part holds for all transactions, a *transaction* part becomes one row, a *closing* part ends a
group of transactions. Everything else in a message is validated, and its names are screened with the
part that it lies in.
"""

from __future__ import annotations

from dataclasses import dataclass

from setfair.formats.iso20022 import paths, rows


@dataclass(frozen=True, slots=True)
class Plan:
    """How one message is read."""

    group_paths: dict[str, dict[str, str]]
    """What is extracted from the parts that hold for all transactions, or for those that are enclosed
    with them, by the path of the part."""
    transaction: str
    """Path of the part that is one transaction."""
    transaction_paths: dict[str, str]
    to_row: rows.RowMaker
    amount: str = "interbank_settlement_amount"
    """English name of the amounts that make up the control sum."""
    closing: str = ""
    """Path of a part that encloses transactions, or empty."""

    @property
    def parts(self) -> tuple[str, ...]:
        """Paths of all the parts that are asked for."""
        return (*self.group_paths, self.transaction, *([self.closing] if self.closing else []))


PLANS = {
    "pacs.008": Plan(
        {"GrpHdr": paths.GROUP_HEADER},
        "CdtTrfTxInf",
        paths.CUSTOMER_TRANSFER,
        rows.customer_payment,
    ),
    "pacs.009": Plan(
        {"GrpHdr": paths.GROUP_HEADER},
        "CdtTrfTxInf",
        paths.INSTITUTION_TRANSFER,
        rows.institution_payment,
    ),
    "pacs.004": Plan(
        {"GrpHdr": paths.GROUP_HEADER, "OrgnlGrpInf": paths.RETURNED_GROUP},
        "TxInf",
        paths.RETURN,
        rows.payment_return,
    ),
    "camt.050": Plan(
        {"MsgHdr": paths.LIQUIDITY_HEADER},
        "LqdtyCdtTrf",
        paths.LIQUIDITY_TRANSFER,
        rows.liquidity_transfer,
    ),
    "camt.056": Plan(
        {
            "Assgnmt": paths.ASSIGNMENT,
            "Case": {},
            "CtrlData": paths.CONTROL_DATA,
            "Undrlyg/OrgnlGrpInfAndCxl": paths.CANCELLED_GROUP,
        },
        "Undrlyg/TxInf",
        paths.CANCELLATION,
        rows.cancellation,
        amount="original_interbank_settlement_amount",
        closing="Undrlyg",
    ),
}
"""How each message is read, by the first eight characters of its name."""
