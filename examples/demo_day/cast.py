"""Who takes part in the example day: currencies, settlement agents, banks, firms. All invented.

The eighth character of every BIC is 0, which marks a test BIC: none of them can be a live institution's.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from demo_day.names import invent_firm

FIRMS_COUNT = 400
HOUSE_BIC = "SFCHKEN0XXX"
OVERSEER = "OVER"


@dataclass(frozen=True, slots=True)
class Country:
    """One of the four countries, with its currency."""

    code: str
    currency: str
    decimals: int
    typical_minor: int
    """Amount of a typical payment, in minor units; the four are worth about the same."""
    agent: str
    """Id of the settlement agent of the currency."""
    agent_name: str
    time_zone: str


COUNTRIES = (
    Country("KE", "KES", 2, 25_000_000, "KECB", "Settlement Bank of the Example Coast", "Africa/Nairobi"),
    Country("UG", "UGX", 0, 7_200_000, "UGCB", "Reserve Office of the Example Lakes", "Africa/Kampala"),
    Country("TN", "TND", 3, 6_000_000, "TNCB", "Institut d'Émission de l'Exemple", "Africa/Tunis"),
    Country("ZA", "ZAR", 2, 3_500_000, "ZACB", "Example Cape Settlement Authority", "Africa/Johannesburg"),
)
BY_CURRENCY = {country.currency: country for country in COUNTRIES}
BY_CODE = {country.code: country for country in COUNTRIES}


@dataclass(frozen=True, slots=True)
class Bank:
    """A participant."""

    id: str
    name: str
    country: str
    bic: str = ""
    lei: str = ""
    member_id: str = ""
    through: str = ""
    """The direct bank of an indirect one."""

    @property
    def direct(self) -> str:
        """Id of the participant on whose accounts this one settles."""
        return self.through or self.id

    @property
    def reference(self) -> str:
        """How files name it: BIC, else LEI, else member id."""
        return self.bic or self.lei or self.member_id


def _lei(stem: str) -> str:
    """Return a stem with check digits, in the form of an LEI; no issuer has the prefix QX."""
    body = f"QX00{stem:0<14}"
    number = int("".join(str(int(char, 36)) for char in body) + "00")
    return f"{body}{98 - number % 97:02d}"


BANKS = (
    Bank("KE01", "Harbour & Highland Bank", "KE", bic="QXHHKEN0XXX"),
    Bank("KE02", "Benki ya Mfano ya Pwani", "KE", bic="QXBPKEN0", lei=_lei("KE02")),
    Bank("KE03", "Acacia Example Trust", "KE", bic="QXATKEN0XXX"),
    Bank("UG01", "Lakeside Example Bank", "UG", bic="QXLKUGK0XXX"),
    Bank("UG02", "Crested Example Savings", "UG", bic="QXCSUGK0XXX", member_id="UG-0002"),
    Bank("UG03", "Hillside Village Bank", "UG", member_id="UG-0003", through="UG01"),
    Bank("TN01", "Banque Exemple de la Médina", "TN", bic="QXBMTNT0XXX"),
    Bank("TN02", "المصرف المثالي", "TN", bic="QXMMTNT0XXX"),
    Bank("TN03", "Crédit Exemple du Sud", "TN", lei=_lei("TN03"), through="TN02"),
    Bank("ZA01", "Protea Example Bank", "ZA", bic="QXPEZAJ0XXX"),
    Bank("ZA02", "Voorbeeldbank", "ZA", bic="QXVBZAJ0XXX"),
    Bank("ZA03", "Karoo Example Mutual", "ZA", bic="QXKMZAJ0XXX"),
)
AGENTS = tuple(
    Bank(country.agent, country.agent_name, country.code, bic=f"QXCB{country.code}X0XXX")
    for country in COUNTRIES
)
DIRECT_BANKS = tuple(bank for bank in BANKS if not bank.through)
BANK_BY_ID = {bank.id: bank for bank in (*BANKS, *AGENTS)}


@dataclass(frozen=True, slots=True)
class Firm:
    """A party that trades."""

    id: str
    name: str
    country: str
    bank: Bank


def invent_firms(rng: Random) -> tuple[Firm, ...]:
    """Return the firms, a quarter in each country; every fifth has an LEI for an id."""
    taken: set[str] = set()
    firms = []
    for index in range(FIRMS_COUNT):
        country = COUNTRIES[index % len(COUNTRIES)].code
        banks = [bank for bank in BANKS if bank.country == country]
        identity = _lei(f"{country}{index:04d}") if index % 5 == 0 else f"{country}-{index:04d}"
        firms.append(Firm(identity, invent_firm(rng, country, taken), country, rng.choice(banks)))
    return tuple(firms)
