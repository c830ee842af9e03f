"""A certificate of a set-off with money proves what it claims, or what does not hold is named."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from setfair.domain.party_amount import PartyAmount
from setfair.engine.loops import find_loops
from setfair.engine.setoff import Choice, Objective
from setfair.errors import FileRefusedError
from setfair.formats.certificate import Certificate, certificate_parts, read_certificate
from setfair.formats.money_claim import MoneyClaim
from setfair.formats.party_amounts import read_liquidity
from setfair.set_off_table.certify_money import certify_funded
from setfair.set_off_table.clear import write_result
from setfair.set_off_table.fund import fund_table
from setfair.set_off_table.read import ObligationTable, read_obligations
from setfair.verify.cleared_csv import verify_cleared
from setfair.verify.set_off import verify_set_off
from setfair.verify.verdict import Verdict
from tests.set_off_cases import random_rows, write_table

MONEY = "party,currency,amount,beneficiaries"
CHAIN = ["1,a,b,EUR,100,2026-01-01,,", "2,b,c,EUR,80,2026-01-02,,", "3,c,d,EUR,80,2026-01-03,,"]
CHAIN_MONEY = ["a,EUR,50,", "F,EUR,20,b;c", "G,EUR,5,*"]


@dataclass(frozen=True, slots=True)
class Funded:
    """A table, the money put in, and what came of it."""

    table: ObligationTable
    money: tuple[PartyAmount, ...]
    claim: Certificate
    result: Path

    def judge(self, claim: Certificate, *, with_table: bool = True) -> Verdict:
        """Verify a claim against the table."""
        size = {"rows": len(self.table.rows), "left_out": self.table.left_out}
        money = self.money if with_table else None
        return verify_set_off(claim, self.table.currencies, **size, liquidity=money)


def funded(folder: Path, rows: list[str], money: list[str], choice: Choice | None = None) -> Funded:
    """Set off a table with money, with its certificate."""
    write_table(folder / "obligations.csv", rows)
    write_table(folder / "money.csv", money, MONEY)
    table, offers = read_obligations(folder / "obligations.csv"), read_liquidity(folder / "money.csv")
    choices = None if choice is None else {owed.currency.code: choice for owed in table.currencies}
    results = fund_table(table.currencies, folder / "money.csv", offers, choices)
    certify_funded(folder / "certificate", table, results)
    write_result(folder / "cleared.csv", [part.reduced for part in results])
    return Funded(table, offers, read_certificate(folder / "certificate"), folder / "cleared.csv")


def with_part(claim: Certificate, place: int, **changes: object) -> Certificate:
    """Return the claim with something of one currency changed."""
    parts = list(claim.currencies)
    parts[place] = replace(parts[place], **changes)  # type: ignore[arg-type]
    return replace(claim, currencies=tuple(parts))


def money_of(claim: Certificate, place: int = 0) -> MoneyClaim:
    """Return what is claimed of the money of one currency."""
    money = claim.currencies[place].money
    assert money is not None
    return money


def with_money(claim: Certificate, place: int, **changes: object) -> Certificate:
    """Return the claim with something of the money of one currency changed."""
    return with_part(claim, place, money=replace(money_of(claim, place), **changes))  # type: ignore[arg-type]


def random_money(seed: int, parties: int = 12) -> list[str]:
    """Return own money of some parties, and three sponsors, one of them of anyone."""
    source = random.Random(seed)
    own = [f"firm {party},EUR,{source.randint(1, 60)}," for party in source.sample(range(parties), 4)]
    named = ";".join(f"firm {party}" for party in source.sample(range(parties), 3))
    return [*own, f"Fund,EUR,{source.randint(1, 90)},{named}", f"Bank,EUR,{source.randint(1, 40)},*"]


@pytest.mark.parametrize(
    "choice",
    [
        None,
        Choice(Objective.OLDEST),
        Choice(party_maximum_minor=5000),
        Choice(Objective.OLDEST, untouched=np.arange(28) % 5 == 0, party_maximum_minor=9000),
    ],
    ids=["value", "oldest", "maximum", "all"],
)
def test_what_is_written_is_read_and_proves(tmp_path: Path, choice: Choice | None) -> None:
    """Under each objective and limit: every check is told in words, and the result agrees."""
    rows = [row for row in random_rows(1) if ",EUR," in row and not row.startswith("S")]
    if choice is not None and choice.untouched is not None:
        choice = replace(choice, untouched=np.arange(len(rows)) % 5 == 0)
    case = funded(tmp_path, rows, random_money(1), choice)
    verdict = case.judge(case.claim)
    assert verdict.refusal is None
    assert "is put in, by no funder more than it offered" in " ".join(verdict.checked)
    (part,), (owed,) = case.claim.currencies, case.table.currencies
    assert verify_cleared(case.result, [(owed, part.cleared_minor)]).is_proven
    again = b"".join(bytes(each) for each in certificate_parts(case.claim))
    assert again == (tmp_path / "certificate").read_bytes()


def test_currencies_without_money_are_proven_as_ever(tmp_path: Path) -> None:
    """Money in one of three currencies."""
    case = funded(tmp_path, random_rows(3), random_money(3))
    verdict = case.judge(case.claim)
    assert verdict.refusal is None
    assert "TND: the net position of none of the" in " ".join(verdict.checked)


def test_what_is_proven_is_said_in_words(tmp_path: Path) -> None:
    """A chain: who offered, what was used, and that no more can be done."""
    case = funded(tmp_path, CHAIN, CHAIN_MONEY)
    assert case.judge(case.claim).checked[4:] == (
        "EUR: the 3 funders offer what the table of money says",
        "EUR: of 75.00 offered 75.00 is put in, by no funder more than it offered, and for its beneficiaries"
        " alone",
        "EUR: the net position of each of the 4 parties changes by its money alone",
        "EUR: 205.00 is discharged with 75.00, and by the prices nobody can discharge more with what is"
        " offered, or as much with less",
        "EUR: the totals are right: gross 260.00, cleared 205.00, net debit 100.00",
    )


def test_money_that_adds_nothing_is_refused(tmp_path: Path) -> None:
    """A pair cancels without money; that a party pays and gets 5 changes nothing, and is not the least."""
    case = funded(tmp_path, ["1,a,b,EUR,10,,,", "2,b,a,EUR,10,,,"], ["a,EUR,5,"])
    assert not money_of(case.claim).gift_minor.size
    wasteful = with_money(
        case.claim,
        0,
        gift_funder=np.array([0]),
        gift_party=np.array([0]),
        gift_minor=np.array([500]),
        received_minor=np.array([500, 0]),
    )
    assert "or as much with less money" in str(case.judge(wasteful).refusal)


def say(**changes: object) -> Callable[[Certificate], Certificate]:
    """Return what changes the claim about the chain's money."""
    return lambda claim: with_money(claim, 0, **changes)


REFUSALS: dict[str, Callable[[Certificate], Certificate]] = {
    "funder 'F': puts in 21.00 and offered 20.00": say(gift_minor=np.array([2100, 500, 5000])),
    "funder 'F': gives to 'a', which is none of its": say(gift_party=np.array([0, 0, 0])),
    "party 'a': is given 105.00 of 100.00": say(
        funder_minor=np.array([2000, 500, 10000]), gift_minor=np.array([2000, 500, 10000])
    ),
    "party 'd': gets 80.01 of 80.00": say(received_minor=np.array([0, 0, 0, 8001])),
    "party 'd': its net position changes by -75.00, and money changes it by -74.00": say(
        received_minor=np.array([0, 0, 0, 7400])
    ),
    "what a funder puts in is 20.00, where the prices need nothing": say(price_of_hub=np.array([9, 9])),
    "the offers sum to": say(funder_minor=np.full(3, 2**61)),
    "counts an obligation as money": lambda claim: with_part(claim, 0, stage=np.array([0, 0, 1])),
    "no least amount is verified": lambda claim: with_part(claim, 0, minimum_minor=1),
    "verified here is: most cleared": lambda claim: with_part(
        claim, 0, objectives=claim.currencies[0].objectives[::-1]
    ),
}


@pytest.mark.parametrize("words", REFUSALS)
def test_every_refusal_has_its_own_words(tmp_path: Path, words: str) -> None:
    """What does not hold of the money is named, with its funder or party."""
    case = funded(tmp_path, CHAIN, CHAIN_MONEY)
    assert words in str(case.judge(REFUSALS[words](case.claim), with_table=False).refusal)


OTHER_MONEY = {
    "'a': by the certificate it offers 50.00 for a; by the table of money 49.00 for a": "a,EUR,49,",
    "'a': by the certificate it offers 50.00 for a; by the table of money 50.00 for anyone": "a,EUR,50,*",
    "by the table of money nothing": "",
    "the table of money has KES in line 4, and the certificate has not": "a,KES,1,",
}


@pytest.mark.parametrize("words", OTHER_MONEY)
def test_another_table_of_money_is_refused(tmp_path: Path, words: str) -> None:
    """Funders, amounts and beneficiaries are compared, by name."""
    case = funded(tmp_path, CHAIN, CHAIN_MONEY)
    write_table(tmp_path / "other.csv", [*CHAIN_MONEY[1:], OTHER_MONEY[words]], MONEY)
    other = replace(case, money=read_liquidity(tmp_path / "other.csv"))
    assert words in str(other.judge(case.claim).refusal)


# Random tampering.


def other_number(source: random.Random, column: np.ndarray) -> np.ndarray:
    """Return a column with one number changed, not below zero."""
    changed = column.copy()
    at = source.randrange(len(column))
    change = source.choice((-1, 1, 1000, 10**9))
    changed[at] += change if changed[at] + change >= 0 else 1
    return changed


def tampered_amount(source: random.Random, case: Funded, place: int) -> Certificate:
    """Change one number: what is cleared, given, got or offered, or a total."""
    part = case.claim.currencies[place]
    name = source.choice(
        (
            "cleared_minor",
            "gift_minor",
            "received_minor",
            "funder_minor",
            "cleared_total_minor",
            "gross_minor",
        )
    )
    if name in ("cleared_total_minor", "gross_minor"):
        return with_part(case.claim, place, **{name: getattr(part, name) + source.choice((-1, 1))})
    if name == "cleared_minor":
        return with_part(case.claim, place, cleared_minor=other_number(source, part.cleared_minor))
    return with_money(case.claim, place, **{name: other_number(source, getattr(part.money, name))})


def tampered_way(source: random.Random, case: Funded, place: int) -> Certificate:
    """Discharge less around one loop, through money or not, with right totals: possible, and not the most."""
    part, owed, money = (
        case.claim.currencies[place],
        case.table.currencies[place],
        money_of(case.claim, place),
    )
    receivers, hub = np.flatnonzero(money.received_minor), len(owed.party_id)
    columns = (
        np.concatenate((owed.debtor, receivers, np.full(len(money.gift_minor), hub))),
        np.concatenate((owed.creditor, np.full(len(receivers), hub), money.gift_party)),
        np.concatenate((part.cleared_minor, money.received_minor[receivers], money.gift_minor)),
    )
    loops = find_loops(*columns)
    loop = source.randrange(loops.count)
    less = columns[2].copy()
    by = source.randint(1, max(1, int(loops.amount_minor[loop]) - 1))
    less[loops.obligation[loops.start[loop] : loops.start[loop + 1]]] -= by
    cleared, got, gifts = np.split(less, (len(owed), len(owed) + len(receivers)))
    received = money.received_minor.copy()
    received[receivers] = got
    stay = gifts > 0
    changed = with_money(
        case.claim,
        place,
        received_minor=received,
        gift_minor=gifts[stay],
        gift_funder=money.gift_funder[stay],
        gift_party=money.gift_party[stay],
    )
    return with_part(changed, place, cleared_minor=cleared, cleared_total_minor=int(cleared.sum()))


def tampered_price(source: random.Random, case: Funded, place: int) -> Certificate:
    """Change a price at an obligation or a gift that flows in part: no other price there proves it."""
    part, owed, money = (
        case.claim.currencies[place],
        case.table.currencies[place],
        money_of(case.claim, place),
    )
    partly = np.flatnonzero((part.cleared_minor > 0) & (part.cleared_minor < owed.amount_minor))
    by, number = source.choice((1, 2, 1000)), source.randrange(len(part.objectives))
    if source.random() < 0.7 and len(partly):
        debtor = int(owed.debtor[source.choice(partly.tolist())])
        objectives = list(part.objectives)
        price = objectives[number].price.copy()
        price[debtor] += by
        objectives[number] = replace(objectives[number], price=price)
        return with_part(case.claim, place, objectives=tuple(objectives))
    owes = np.bincount(owed.debtor, owed.amount_minor, len(owed.party_id)).astype(np.int64)
    most = np.minimum(money.funder_minor[money.gift_funder], owes[money.gift_party])
    in_part = money.gift_funder[money.gift_minor < most].tolist()
    if not in_part:
        return tampered_amount(source, case, place)
    prices = money.price_of_funder.copy()
    prices[number * len(money.funder) + source.choice(in_part)] += by
    return with_money(case.claim, place, price_of_funder=prices)


def tampered_offer(source: random.Random, case: Funded, place: int) -> Certificate:
    """Say something else of who offers what to whom than the table of money."""
    money = money_of(case.claim, place)
    kind = source.randrange(3)
    if kind == 0:
        return with_money(case.claim, place, funder_minor=other_number(source, money.funder_minor))
    if kind == 1:
        anyone = money.funds_anyone.copy()
        at = source.randrange(len(anyone))
        anyone[at] = ~anyone[at]
        return with_money(case.claim, place, funds_anyone=anyone)
    stay = np.ones(len(money.beneficiary_party), bool)
    stay[source.randrange(len(stay))] = False
    columns = {name: getattr(money, name)[stay] for name in ("beneficiary_funder", "beneficiary_party")}
    return with_money(case.claim, place, **columns)


TAMPERINGS = (tampered_amount, tampered_way, tampered_price, tampered_offer)


def euro_place(case: Funded) -> int:
    """Return the place of the currency with money."""
    codes = [part.currency for part in case.claim.currencies]
    return codes.index("EUR")


def tamper_claims(cases: list[Funded], tamper: Callable[..., Certificate], count: int) -> None:
    """Let so many false claims of a kind be refused."""
    source = random.Random(tamper.__name__)
    for _ in range(count):
        case = source.choice(cases)
        wrong = tamper(source, case, euro_place(case))
        assert case.judge(wrong).refusal is not None


def tamper_files(case: Funded, folder: Path, count: int) -> None:
    """Let so many altered certificates, and as many altered results, be refused."""
    source = random.Random(4)
    raw = b"".join(bytes(part) for part in certificate_parts(case.claim))
    text = case.result.read_text("utf-8")
    digits = [place for place, each in enumerate(text) if each.isdigit()]
    pairs = zip(case.table.currencies, case.claim.currencies, strict=True)
    results = [(owed, part.cleared_minor) for owed, part in pairs]
    for _ in range(count):
        at = source.randrange(len(raw))
        bit = bytes([raw[at] ^ (1 << source.randrange(8))])
        (folder / "altered").write_bytes(raw[:at] + bit + raw[at + 1 :])
        with pytest.raises(FileRefusedError):
            read_certificate(folder / "altered")
        at = source.choice(digits)
        digit = source.choice([each for each in "0123456789" if each != text[at]])
        case.result.write_bytes((text[:at] + digit + text[at + 1 :]).encode())
        assert verify_cleared(case.result, results).refusal is not None


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> list[Funded]:
    """Runs with money that prove what they claim."""
    choices = (None, Choice(Objective.OLDEST), Choice(party_maximum_minor=5000))
    cases = [
        funded(tmp_path_factory.mktemp("case"), random_rows(seed), random_money(seed), choices[seed % 3])
        for seed in range(6)
    ]
    assert all(case.judge(case.claim).is_proven for case in cases)
    return cases


@pytest.mark.parametrize("tamper", TAMPERINGS)
def test_no_tampering_passes(tamper: Callable[..., Certificate], honest: list[Funded]) -> None:
    """A hundred and fifty false claims of each kind are refused."""
    tamper_claims(honest, tamper, 150)


def test_no_altered_file_passes(honest: list[Funded], tmp_path: Path) -> None:
    """A hundred altered certificates and a hundred altered results are refused."""
    tamper_files(honest[0], tmp_path, 100)
