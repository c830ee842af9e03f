"""The tables of the agreement: one frozen model each, unknown fields forbidden, a line a field.

What one table must fulfil by itself is checked here; references between tables are checked in
`agreement_checks`. `docs/agreement.md` is tested against these models.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from setfair.domain.agreement_fields import (
    ITEMS_MAX,
    Amount,
    BasisPoints,
    Beneficiaries,
    Bic,
    Country,
    CurrencyCode,
    CurrencyCodes,
    CycleLimits,
    CycleName,
    Holidays,
    Lei,
    ListId,
    LocalTime,
    MemberId,
    Name,
    Names,
    Objectives,
    ParticipantId,
    PersonId,
    PublicKey,
    RelativeFile,
    SubAccountName,
    TimeZoneName,
    refuse,
)

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)
"""Days of the week in the order of `date.weekday`."""


def _week_order(value: tuple[Weekday, ...]) -> tuple[Weekday, ...]:
    days = tuple(day for day in WEEKDAYS if day in value)
    if len(days) == len(WEEKDAYS):
        raise refuse("every day is a weekend day", "at least one day of the week must be a business day")
    return days


LATER = "later"
"""Marks a field that was added after agreements had been signed, `Annotated[type, LATER]`: at its default it
is no part of the document that is signed, so that every signature holds. Its default never changes."""


class Part(BaseModel):
    """Base of all tables: frozen, strict types, no unknown fields."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", use_attribute_docstrings=True)


class Header(Part):
    """The house and this version of its agreement."""

    id: ParticipantId
    """Local id of the house."""
    name: Name
    """Name of the house."""
    version: int = Field(ge=1, le=1_000_000)
    """Version of the agreement; each later one has a higher number."""
    effective_date: date
    """First day on which this version may be in force."""
    bic: Bic
    """The house's own BIC, sender of its messages."""
    time_zone: TimeZoneName
    """Time zone of the house: of cycle times, and of every currency that names no other."""
    identity_memory_days: int = Field(default=10, ge=1, le=60)
    """Business days for which repeated instructions are recognised."""


class CurrencyRules(Part):
    """One currency of the house."""

    code: CurrencyCode
    """The currency."""
    settlement_agent: ParticipantId
    """Participant whose account funds the others; that account has no floor."""
    opens: LocalTime
    """When the business day opens."""
    customer_cutoff: LocalTime
    """From here on no new customer payments."""
    interbank_cutoff: LocalTime
    """From here on no new payments; what is still queued is rejected."""
    closes: Annotated[LocalTime | None, LATER] = None
    """When the business day is to end; without it when the operator closes it."""
    cutoffs: Annotated[Literal["operator", "clock"], LATER] = "operator"
    """Whether the operator moves to each cut-off, or the house refuses by itself what comes after it."""
    day: Annotated[Literal["operator", "clock"], LATER] = "operator"
    """Whether the operator opens and closes the business day, or the house at these times by itself."""
    time_zone: TimeZoneName | None = None
    """Time zone of these times; without it the agreement's."""
    holidays: Holidays = ()
    """Days on which this currency does not settle, besides the house's."""

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        if not self.opens < self.customer_cutoff <= self.interbank_cutoff:
            raise refuse(
                f"the day opens at {self.opens}, customer cut-off {self.customer_cutoff}, "
                f"interbank cut-off {self.interbank_cutoff}",
                "opens < customer_cutoff <= interbank_cutoff, all on one local day",
            )
        if self.closes is not None and self.closes < self.interbank_cutoff:
            raise refuse(
                f"the day closes at {self.closes}, before its interbank cut-off {self.interbank_cutoff}",
                "interbank_cutoff <= closes, on one local day",
            )
        if self.day == "clock" and (self.cutoffs != "clock" or self.closes is None):
            raise refuse(
                "the day goes by the clock, but not its cut-offs, or it has no end",
                'day = "clock" goes with cutoffs = "clock" and a time for closes',
            )
        return self


class Calendar(Part):
    """Days on which the house is closed for every currency."""

    weekend: Annotated[tuple[Weekday, ...], AfterValidator(_week_order)] = ("saturday", "sunday")
    """Days of the week that are no business days."""
    holidays: Holidays = ()
    """Further days that are no business days."""


class Participant(Part):
    """A direct or indirect participant, a settlement agent or an overseer."""

    id: ParticipantId
    """Local id."""
    name: Name
    """Name, in any script."""
    country: Country
    """Country of its seat."""
    bic: Bic | None = None
    """BIC. At least one of bic, lei and member_id is needed."""
    lei: Lei | None = None
    """Legal entity identifier."""
    member_id: MemberId | None = None
    """Member id in a national clearing system."""
    kind: Literal["direct", "indirect"] = "direct"
    """Direct participants have settlement accounts; indirect ones are reached through a direct one."""
    through: ParticipantId | None = None
    """The direct participant through which an indirect one is reached."""
    role: Literal["bank", "settlement_agent", "overseer"] = "bank"
    """What it does here; an overseer reads everything and has no accounts."""

    @model_validator(mode="after")
    def _check_identity(self) -> Self:
        if self.bic is None and self.lei is None and self.member_id is None:
            raise refuse("has no bic, lei or member_id", "at least one of them is needed")
        return self

    @model_validator(mode="after")
    def _check_kind(self) -> Self:
        if self.kind == "indirect" and self.through is None:
            raise refuse(
                "is indirect but names nobody in 'through'", "an indirect participant names a direct one"
            )
        if self.kind == "direct" and self.through is not None:
            raise refuse("is direct but has 'through'", "only an indirect participant names another one")
        if self.kind == "indirect" and self.role != "bank":
            raise refuse(f"is indirect and {self.role}", "only a bank can be indirect")
        return self


class Account(Part):
    """One settlement account: one participant, one currency."""

    participant: ParticipantId
    """Its owner, a direct participant."""
    currency: CurrencyCode
    """Its currency."""
    credit_line: Amount = "0"
    """How far below zero the balance may go (swing limit)."""
    reserved_urgent: Amount = "0"
    """Set aside for urgent payments when the day opens."""
    reserved_high: Amount = "0"
    """Set aside for urgent and high payments when the day opens."""
    multilateral_limit: Amount | None = None
    """Most that may be paid net in a day to all towards whom there is no bilateral limit."""
    status: Literal["open", "closed"] = "open"
    """A closed account neither pays nor receives."""


class SubAccount(Part):
    """A part of an account for one purpose: only what that names goes over it, out of what was set aside."""

    participant: ParticipantId
    """Its owner, who has an account in the currency."""
    currency: CurrencyCode
    """Its currency."""
    name: SubAccountName
    """Its name among the owner's in this currency."""
    purpose: Literal["cycles", "links", "pair"]
    """What goes over it: what netting in cycles, legs of links, or payments with one other pay and bring."""
    counterparty: ParticipantId | None = None
    """With whom, for a pair."""

    @model_validator(mode="after")
    def _check_purpose(self) -> Self:
        if (self.purpose == "pair") != (self.counterparty is not None):
            raise refuse(
                f"the purpose is {self.purpose}, the counterparty {self.counterparty or 'not given'}",
                'a counterparty with purpose = "pair", and only there',
            )
        return self


class Limit(Part):
    """A bilateral limit: most that one participant may have paid another net in a day."""

    participant: ParticipantId
    """Who pays."""
    counterparty: ParticipantId
    """Who receives."""
    currency: CurrencyCode
    """In which currency."""
    amount: Amount
    """Paid minus received, at most."""


class Cycle(Part):
    """A clearing cycle."""

    name: CycleName
    """Its name."""
    time: LocalTime
    """When it runs, in the agreement's time zone."""
    currencies: CurrencyCodes
    """What is set off in it, currency by currency."""
    every_months: Annotated[int, LATER] = Field(default=0, ge=0, le=12)
    """0: every business day; else the last business day of every so many months, counted from January."""


class Across(Part):
    """Set-off across currencies: net positions in one currency may move against those in another."""

    unit: CurrencyCode
    """Unit of account of the fixing."""
    sources: Names
    """Who may have published its rates."""
    max_age_hours: int = Field(default=24, ge=1, le=720)
    """Oldest that a rate may be when the cycle runs."""


class Funding(Part):
    """Money that a participant puts into each cycle of a currency, to discharge more debt."""

    funder: ParticipantId
    """Who puts it in: a direct participant with an account in the currency."""
    currency: CurrencyCode
    """Its currency."""
    amount: Amount
    """The most that it puts into one cycle."""
    beneficiaries: Beneficiaries = ()
    """Ids of parties whose debts it pays, `*` for anyone's; none: those of the parties that bank with it."""


class Clearing(Part):
    """How obligations are confirmed, set off and netted."""

    confirmation: Literal["automatic", "debtor"] = "automatic"
    """Whether an obligation counts at once or waits until its debtor confirms it."""
    netting: Literal["none", "net"] = "none"
    """Whether what remains after set-off is settled by net positions, or stays due."""
    unable_to_pay: Literal["leave_due", "rerun_without"] = "leave_due"
    """If a net debtor cannot pay: net again without it, or run the whole cycle again without it."""
    structural_cycles: int = Field(default=3, ge=2, le=100)
    """Who is on one side of its net position in each of so many last cycles is structural."""
    early_settlement_percent: int = Field(default=75, ge=1, le=100)
    """Share of its credit line from which on an account is reported for early settlement."""
    cycles: Annotated[tuple[Cycle, ...], Field(max_length=1000)] = ()
    """The day's cycles."""
    across: Annotated[Across | None, LATER] = None
    """Set-off across currencies; without it there is none."""
    objectives: Annotated[Objectives, LATER] = ("value",)
    """What a cycle may be run for; the first, where it is run without saying for what."""
    limits: Annotated[CycleLimits, LATER] = ()
    """Which limits a cycle may come with."""
    liquidity: Annotated[Annotated[tuple[Funding, ...], Field(max_length=1000)], LATER] = ()
    """Money that participants put into cycles."""


class Officer(Part):
    """A person who decides about screening hits."""

    id: PersonId
    """Id under which the person decides."""
    name: Name
    """The person's name."""


class User(Part):
    """Who changes limits, reservations, credit lines and queues, for a participant or the operator."""

    id: PersonId
    """Id under which the person acts."""
    name: Name
    """The person's name."""
    participant: ParticipantId | None = None
    """The direct participant for whose accounts the person acts; without it the operator, for all."""


class ScreeningList(Part):
    """One list that every name is compared with."""

    id: ListId
    """Its id; the list of the United Nations Security Council is UN."""
    format: Literal[
        "un_xml",
        "ofac_csv",
        "ofac_xml",
        "eu_xml",
        "eu_csv",
        "uk_xml",
        "canada_xml",
        "opensanctions_csv",
        "ftm_json",
        "operator_csv",
    ]
    """How the file is written."""
    file: RelativeFile
    """Where it lies, relative to the agreement's folder; in a house, to the house's folder."""
    max_age_days: int = Field(ge=1, le=366)
    """Oldest that the list may be before settlement stops, in calendar days."""
    entries_min: int = Field(ge=1, le=10_000_000)
    """Fewest entries that a whole list has: fewer means that it is truncated."""
    entries_max: int = Field(ge=1, le=10_000_000)
    """Most entries that it can have: more means that it is another file."""
    mandatory: bool = True
    """Whether settlement stops without it."""
    warn_age_days: int | None = Field(default=None, ge=1, le=366)
    """Age from which on commands warn that the list grows old; not given: three quarters of the oldest."""
    hold_age_days: int | None = Field(default=None, ge=1, le=366)
    """Age from which on what is new is held until two people release it, whatever it says."""

    @model_validator(mode="after")
    def _check_entries(self) -> Self:
        if self.entries_min > self.entries_max:
            raise refuse(
                f"entries_min {self.entries_min} is more than entries_max {self.entries_max}",
                "entries_min <= entries_max",
            )
        return self

    @model_validator(mode="after")
    def _check_ages(self) -> Self:
        given = (self.warn_age_days, self.hold_age_days, self.max_age_days)
        ages = [age for age in given if age is not None]
        if ages != sorted(ages):
            raise refuse(
                f"warn_age_days, hold_age_days and max_age_days are {', '.join(map(str, ages))}",
                "warn_age_days <= hold_age_days <= max_age_days",
            )
        return self


class Screening(Part):
    """Who decides about hits, and with which lists names are compared."""

    officers: Annotated[tuple[Officer, ...], Field(min_length=2, max_length=10_000)]
    """At least two people: it takes two different ones to release what was held."""
    lists: Annotated[tuple[ScreeningList, ...], Field(min_length=1, max_length=100)]
    """The lists; UN is always among them."""
    decide_within_hours: int = Field(default=24, ge=1, le=720)
    """Hours within which two people decide on what is held; later it is shown as overdue."""
    score_min: int = Field(default=625, ge=500, le=1000)
    """Score from which on a name that is like a listed one is held, of 1000. A listed name is always held."""


class Settlement(Part):
    """How single payments settle."""

    queue_length_max: int = Field(default=4_000_000, ge=0, le=4_000_000)
    """Payments that may wait in the house; 0: what cannot settle at once is rejected (instant payments)."""
    warehouse_days: Annotated[int, LATER] = Field(default=0, ge=0, le=366)
    """By how many days a value date may lie ahead: the payment waits for it. 0: none is taken early."""
    value_dates: Annotated[Literal["refused", "following"], LATER] = "refused"
    """Where not all currencies of a payment settle on its value date: refused, or moved to the next one."""


class Offsetting(Part):
    """How queued payments are settled together."""

    discipline: Literal["ordered", "bypass"] = "ordered"
    """Whether offsetting keeps the order of each queue or may choose any payments in it."""
    queue_length: int = Field(default=0, ge=0, le=1_000_000)
    """Payments more than after the last run with which a new one begins, between two batches; 0: never."""
    period_seconds: int = Field(default=0, ge=0, le=86_400)
    """Seconds after which a run begins, between two batches, if anything waits; 0: never."""
    work: int = Field(default=0, ge=0, le=10**12)
    """Work units of a run that may choose any payments; 0: by the number of payments."""


class Fee(Part):
    """What the house charges in one currency."""

    currency: CurrencyCode
    """In which currency."""
    settled_payment: Amount = "0"
    """For each settled payment, to its debtor."""
    set_off_basis_points: BasisPoints = "0"
    """Of what set-off cancelled, in hundredths of a per cent."""


class Fees(Part):
    """What the house charges."""

    schedule: Annotated[tuple[Fee, ...], Field(max_length=400)] = ()
    """One row a currency; none: nothing is charged."""


class Witness(Part):
    """Who cosigns checkpoints without being a signatory, for example an overseer."""

    id: ParticipantId
    """Its id."""
    public_key: PublicKey
    """The key that its cosignatures are checked with."""


class Journal(Part):
    """How the house lets others check its journal."""

    checkpoint_seconds: int = Field(default=0, ge=0, le=86_400)
    """Seconds between signed checkpoints; 0: every page has one. The last page of a command always has."""
    witnesses: Annotated[tuple[Witness, ...], Field(max_length=10_000)] = ()
    """Who may cosign checkpoints besides the signatories."""


class Signatory(Part):
    """Who must sign before this version can be in force."""

    id: ParticipantId
    """A participant's id, or the house's own."""
    public_key: PublicKey
    """The key that its signature is checked with."""


Participants = Annotated[tuple[Participant, ...], Field(min_length=1, max_length=ITEMS_MAX)]
Accounts = Annotated[tuple[Account, ...], Field(max_length=ITEMS_MAX)]
Limits = Annotated[tuple[Limit, ...], Field(max_length=ITEMS_MAX)]
SubAccounts = Annotated[tuple[SubAccount, ...], Field(max_length=10_000)]
Users = Annotated[tuple[User, ...], Field(max_length=ITEMS_MAX)]
Currencies = Annotated[tuple[CurrencyRules, ...], Field(min_length=1, max_length=400)]
Signatories = Annotated[tuple[Signatory, ...], Field(min_length=1, max_length=10_000)]
