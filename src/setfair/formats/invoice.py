"""What an invoice says, whatever its syntax, and the obligation that it makes.

Rules, in order; the first that an invoice breaks is the defect of its row
-----
1. The invoice, its supplier (the creditor) and its customer (the debtor) are identified (IDENTIFIER_MISSING),
   each in at most 140 characters; an LEI has the right check digits (IDENTIFIER_INVALID).
2. The currency is one of ISO 4217 (UNKNOWN_CURRENCY).
3. The payable amount is read in its decimals, never rounded (TOO_MANY_DECIMALS, AMOUNT_TOO_LARGE).
4. Something is due (AMOUNT_NEGATIVE_OR_NIL_DUE). A negative invoice is not turned into a debt the other way
   round: its sender issues a credit note.
5. Both have a name with a letter or a digit (NAME_MISSING), of at most 140 characters (REJECTED_BY_READER).
6. A country that is given is one of ISO 3166 (COUNTRY_INVALID).

A party is identified by the first of: its LEI (scheme 0199 or LEI, wherever it stands), its electronic
address, its party identification, its legal registration, its tax registration. Other identifiers than an LEI
are written ``scheme:identifier`` where they name their scheme; one without a scheme is a local identifier of
the house, and means the same party in every invoice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from stdnum import lei

from setfair.domain.codes import InstructionKind, Reason
from setfair.domain.instruction import Batch, BatchBuilder, Family
from setfair.domain.money import find_currency, parse_amount
from setfair.formats.columns import NAME_CHARS_MAX, PARTY_ID_CHARS_MAX
from setfair.formats.country import is_country
from setfair.formats.invoice_xml import InvoiceDocument

LEI_SCHEMES = frozenset({"0199", "LEI"})
"""Identifier schemes that mean an LEI (0199 in ISO 6523)."""

_BROKEN_LEI = "not an LEI:"

NAMES_CHARS_MAX = 1 << 16
"""Most characters of all the names of one invoice, and of all its free texts, since all are screened; one
with more is refused."""


@dataclass(frozen=True, slots=True)
class InvoiceParty:
    """One side of an invoice."""

    identifier: str
    name: str
    country: str


@dataclass(frozen=True, slots=True)
class Invoice:
    """What an invoice or credit note says."""

    message_name: str
    is_credit: bool
    number: str
    original_number: str
    """Of a credit note: the invoice that it reduces, if it names exactly one."""
    supplier: InvoiceParty
    customer: InvoiceParty
    currency: str
    payable: str
    """Payable amount: a decimal number as text."""
    issue_date: date | None
    due_date: date | None
    names: tuple[str, ...]
    """Every name in the document."""
    notes: tuple[str, ...] = ()
    """Every free text in it: notes, descriptions, names of goods and vessels."""


def choose_identifier(candidates: list[tuple[str, str]]) -> str:
    """Return a party's identifier among (scheme, identifier), the preferred first; "" if there is none."""
    given = [(scheme, identifier) for scheme, identifier in candidates if identifier]
    leis = [candidate for candidate in given if candidate[0].upper() in LEI_SCHEMES]
    if leis:
        return leis[0][1] if lei.is_valid(leis[0][1]) else f"{_BROKEN_LEI}{leis[0][1]}"
    return next((f"{scheme}:{identifier}" if scheme else identifier for scheme, identifier in given), "")


def tax_identifier(scheme: str, identifier: str) -> tuple[str, str]:
    """Return scheme and identifier of a tax registration, without the blanks that people write in it."""
    scheme = "VAT" if scheme == "VA" or "VAT" in scheme.upper() else scheme
    return scheme or "TAX", identifier.replace(" ", "")


def to_batch(document: InvoiceDocument, invoice: Invoice) -> Batch:
    """Return the obligation, or the credit note, that an invoice makes; refuse one with too many names."""
    names = dict.fromkeys(filter(None, invoice.names))
    notes = dict.fromkeys(filter(None, invoice.notes))
    for what, texts in (("names", names), ("free texts", notes)):
        if sum(map(len, texts)) > NAMES_CHARS_MAX:
            text = f"the {what} in it have more than {NAMES_CHARS_MAX} characters"
            raise document.refuse(text, document.root)
    found = find_currency(invoice.currency)
    amount = parse_amount(invoice.payable, found.decimals) if found else 0
    defect, text = _find_defect(invoice, amount, known_currency=found is not None)
    kind = InstructionKind.CREDIT_NOTE if invoice.is_credit else InstructionKind.OBLIGATION
    main_names = {invoice.supplier.name, invoice.customer.name}
    builder = BatchBuilder(Family.OBLIGATION)
    builder.add(
        kind=int(kind),
        obligation_id=_bounded(invoice.number),
        original_obligation_id=_bounded(invoice.original_number) if invoice.is_credit else "",
        debtor=_bounded(invoice.customer.identifier),
        creditor=_bounded(invoice.supplier.identifier),
        debtor_name=invoice.customer.name[:NAME_CHARS_MAX],
        creditor_name=invoice.supplier.name[:NAME_CHARS_MAX],
        debtor_country=_known_country(invoice.customer),
        creditor_country=_known_country(invoice.supplier),
        currency=invoice.currency if found else "",
        amount_minor=0 if isinstance(amount, Reason) else amount,
        issue_date=invoice.issue_date,
        due_date=invoice.due_date,
        other_names="\n".join(name for name in names if name not in main_names),
        notes="\n".join(notes),
        message_name=invoice.message_name,
        defect=int(defect),
        defect_text=text,
    )
    batch = builder.flush()
    if batch is None:
        raise RuntimeError("a batch of one row is empty")
    return batch


def _find_defect(invoice: Invoice, amount: int | Reason, *, known_currency: bool) -> tuple[Reason, str]:
    """Return the first rule that the invoice breaks, with words, or NONE."""
    identifiers = {
        "invoice number": invoice.number,
        "identifier of the supplier": invoice.supplier.identifier,
        "identifier of the customer": invoice.customer.identifier,
    }
    for what, identifier in identifiers.items():
        if not identifier:
            return Reason.IDENTIFIER_MISSING, f"the {what} is missing"
        if identifier.startswith(_BROKEN_LEI):
            return (
                Reason.IDENTIFIER_INVALID,
                f"the {what} is no LEI, its check digits are wrong: {identifier[:60]}",
            )
        if len(identifier) > PARTY_ID_CHARS_MAX:
            return Reason.IDENTIFIER_INVALID, f"the {what} has more than {PARTY_ID_CHARS_MAX} characters"
    if not known_currency:
        return Reason.UNKNOWN_CURRENCY, f"currency {invoice.currency[:10]!r} is not an ISO 4217 code"
    if amount in (0, Reason.AMOUNT_NOT_POSITIVE):
        text = f"the payable amount is {invoice.payable[:40]}: {Reason.AMOUNT_NEGATIVE_OR_NIL_DUE.text}"
        return Reason.AMOUNT_NEGATIVE_OR_NIL_DUE, text
    if isinstance(amount, Reason):
        return amount, f"the payable amount {invoice.payable[:40]} {invoice.currency}: {amount.text}"
    return _find_party_defect(invoice)


def _find_party_defect(invoice: Invoice) -> tuple[Reason, str]:
    for role, party in (("supplier", invoice.supplier), ("customer", invoice.customer)):
        if not any(character.isalnum() for character in party.name):
            return Reason.NAME_MISSING, f"the {role} has no name"
        if len(party.name) > NAME_CHARS_MAX:
            return Reason.REJECTED_BY_READER, f"the {role}'s name has more than {NAME_CHARS_MAX} characters"
        if party.country and not is_country(party.country):
            return Reason.COUNTRY_INVALID, f"the {role}'s country {party.country[:10]!r} is not in ISO 3166"
    return Reason.NONE, ""


def _bounded(identifier: str) -> str:
    """Return an identifier, or nothing where it is too long for the books."""
    return identifier if len(identifier) <= PARTY_ID_CHARS_MAX else ""


def _known_country(party: InvoiceParty) -> str:
    return party.country if is_country(party.country) else ""
