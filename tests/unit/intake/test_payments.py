"""Payment batches: accounts, identities, defects, and what is kept."""

from __future__ import annotations

from uuid import UUID

import pytest

from setfair.domain.agreement import load_agreement
from setfair.domain.codes import InstructionKind, Priority, Reason
from setfair.domain.identity import identity_of
from setfair.intake.directory import Directory
from setfair.intake.payments import Taken, take_payments
from tests.agreements import AGENT, Bank
from tests.houses import funding, payment, payments, usual_agreement


@pytest.fixture(scope="module")
def directory() -> Directory:
    """A house of two direct participants, an indirect one, and one without an account in UGX."""
    banks = ("KE01", "UG01", Bank("RW01", through="UG01"), Bank("TN01", {"KES": "0"}))
    found = Directory()
    found.adopt(load_agreement(usual_agreement(banks=banks)))
    return found


def take(directory: Directory, *rows: dict[str, object]) -> Taken:
    """Take payments in."""
    return take_payments(payments(*rows).rows, directory)


def account_names(directory: Directory, taken: Taken) -> list[tuple[str | None, str | None]]:
    """Return who pays and who is paid, by participant."""
    sides = (taken.instructions["debtor"].tolist(), taken.instructions["creditor"].tolist())
    names = [[directory.accounts[place][0] if place >= 0 else None for place in side] for side in sides]
    return list(zip(*names, strict=True))


def reasons(taken: Taken) -> list[Reason]:
    """Return the defect of each row."""
    return [Reason(int(code)) for code in taken.instructions["defect"]]


def test_agents_become_accounts(directory: Directory) -> None:
    """Instructing before debtor agent, instructed before creditor agent, an indirect one by its direct."""
    taken = take(
        directory,
        payment(1, "KE01", "UG01", 1),
        payment(2, "KE01", "UG01", 1, instructing_agent="TN01", instructed_agent="KE01"),
        payment(3, "KE01", "UG01", 1, instructing_agent="STRANGER", instructed_agent="STRANGER"),
        payment(4, "RW01", "KE01", 1),
        funding(5, "KE01", 1) | {"instructing_agent": "UG01", "instructed_agent": "UG01"},
    )
    assert account_names(directory, taken) == [
        ("KE01", "UG01"),
        ("TN01", "KE01"),
        ("KE01", "UG01"),
        ("UG01", "KE01"),
        (AGENT, "KE01"),
    ]
    assert reasons(taken) == [Reason.NONE] * 5


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"currency": "ZZZ"}, Reason.UNKNOWN_CURRENCY),
        ({"currency": "TZS"}, Reason.CURRENCY_NOT_IN_AGREEMENT),
        ({"instructing_agent": "X", "debtor_agent": "X"}, Reason.UNKNOWN_DEBTOR_AGENT),
        ({"creditor_agent": "X"}, Reason.UNKNOWN_CREDITOR_AGENT),
        ({"currency": "UGX", "creditor_agent": "TN01"}, Reason.NO_ACCOUNT_IN_CURRENCY),
        ({"currency": "UGX", "instructing_agent": "TN01"}, Reason.NO_ACCOUNT_IN_CURRENCY),
        ({"uetr": None, "instruction_id": ""}, Reason.IDENTIFIER_MISSING),
        (
            {"currency": "ZZZ", "creditor_agent": "X", "uetr": None, "instruction_id": ""},
            Reason.UNKNOWN_CURRENCY,
        ),
        ({"defect": Reason.DATE_INVALID, "currency": "ZZZ"}, Reason.DATE_INVALID),
    ],
)
def test_the_first_defect_counts(directory: Directory, changes: dict[str, object], reason: Reason) -> None:
    """The reader's before the door's, the door's in their order; the rows around it are well."""
    taken = take(
        directory,
        payment(1, "KE01", "UG01", 1),
        payment(2, "KE01", "UG01", 1, **changes),
        payment(3, "KE01", "UG01", 1),
    )
    assert reasons(taken) == [Reason.NONE, reason, Reason.NONE]


def identity(taken: Taken, row: int = 0) -> tuple[int, int]:
    """Return a row's identity."""
    return int(taken.instructions["identity_high"][row]), int(taken.instructions["identity_low"][row])


def test_the_identity_is_the_uetr_or_sender_and_number(directory: Directory) -> None:
    """A number belongs to its sender, whatever it calls itself; kinds of instruction are apart."""
    number = {"uetr": None, "instruction_id": "N1"}
    taken = take(
        directory,
        payment(5, "KE01", "UG01", 1),
        payment(6, "KE01", "UG01", 1, **number),
        payment(6, "ke01", "UG01", 1, **number),
        payment(6, "UG01", "KE01", 1, **number),
        payment(6, "X", "KE01", 1, **number),
        payment(6, "KE01", "UG01", 1, kind=InstructionKind.CANCELLATION, **number),
        payment(6, "KE01", "UG01", 1, kind=InstructionKind.PAYMENT_RETURN, **number),
    )
    assert identity(taken) == divmod(UUID(int=5).int, 1 << 64)
    assert identity(taken, 1) == identity_of("payment", "KE01", "N1")
    assert identity(taken, 2) == identity(taken, 1)
    assert len({identity(taken, row) for row in range(1, 7)}) == 5


def test_what_has_no_identification_has_that_of_its_content(directory: Directory) -> None:
    """The same twice is the same; another amount is another."""
    nothing = {"uetr": None, "instruction_id": ""}
    rows = [payment(1, "KE01", "UG01", amount, **nothing) for amount in (5, 5, 6)]
    taken = take(directory, *rows)
    assert identity(taken, 0) == identity(taken, 1)
    assert identity(taken, 0) != identity(taken, 2)


CHANGES: dict[str, object] = {
    "amount_minor": 2,
    "priority": Priority.HIGH,
    "currency": "UGX",
    "instruction_id": "other",
    "end_to_end_id": "other",
    "instructing_agent": "UG01",
    "creditor_agent": "TN01",
    "debtor_name": "Other",
    "creditor_name": "Other",
    "other_names": "Other",
    "remittance": "other",
    "reason_code": "AC03",
    "original_instruction_id": "other",
    "original_uetr": UUID(int=9).bytes,
    "kind": InstructionKind.INSTITUTION_PAYMENT,
}


@pytest.mark.parametrize("name", CHANGES)
def test_whatever_the_sender_says_otherwise_is_other_content(directory: Directory, name: str) -> None:
    """Each field of an instruction counts, so that a change under the same identity is noticed."""
    changed = payment(1, "KE01", "UG01", 1) | {name: CHANGES[name]}
    taken = take(directory, payment(1, "KE01", "UG01", 1), changed)
    assert taken.instructions["content"][0] != taken.instructions["content"][1]


@pytest.mark.parametrize("name", ["message_id", "message_name", "transaction_id"])
def test_how_it_came_is_not_content(directory: Directory, name: str) -> None:
    """The same instruction in another message is the same."""
    taken = take(directory, payment(1, "KE01", "UG01", 1), payment(1, "KE01", "UG01", 1, **{name: "other"}))
    assert taken.instructions["content"][0] == taken.instructions["content"][1]


def test_a_cancellation_names_its_sender_and_its_original(directory: Directory) -> None:
    """By UETR or by the sender's number; an indirect sender is its direct one; it has no accounts."""
    cancel = {"kind": InstructionKind.CANCELLATION}
    taken = take(
        directory,
        payment(1, "KE01", "UG01", 1, original_uetr=UUID(int=77).bytes, **cancel),
        payment(2, "RW01", "KE01", 1, original_instruction_id="N1", **cancel),
        payment(3, "X", "KE01", 1, original_instruction_id="N1", **cancel),
    )
    assert [
        directory.participants[place] if place >= 0 else None for place in taken.instructions["debtor"]
    ] == ["KE01", "UG01", None]
    assert taken.instructions["creditor"].tolist() == [-1, -1, -1]
    originals = list(
        zip(
            taken.instructions["original_high"].tolist(),
            taken.instructions["original_low"].tolist(),
            strict=True,
        )
    )
    assert originals[0] == (0, 77)
    assert originals[1] == identity_of("payment", "RW01", "N1")


def test_a_return_names_the_payment_of_the_other_side(directory: Directory) -> None:
    """Who returns was paid: the original's number is its debtor's."""
    back = payment(1, "UG01", "KE01", 1, kind=InstructionKind.PAYMENT_RETURN, original_instruction_id="N1")
    taken = take(directory, back)
    original = int(taken.instructions["original_high"][0]), int(taken.instructions["original_low"][0])
    assert original == identity_of("payment", "KE01", "N1")


def test_texts_are_kept(directory: Directory) -> None:
    """What the page keeps of each row, and whether it came with a UETR."""
    taken = take(
        directory, payment(1, "KE01", "UG01", 1, remittance="für Ç"), payment(2, "KE01", "UG01", 1, uetr=None)
    )
    assert taken.texts["remittance"].to_pylist() == ["für Ç", ""]
    assert taken.texts["has_uetr"].to_pylist() == ["1", ""]
    assert taken.texts["instruction_id"].to_pylist() == ["P1", "P2"]
