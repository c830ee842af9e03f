"""The gate: which lists are in force, and why nothing settles."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from setfair.errors import ScreeningUnavailableError
from setfair.screening import gate
from setfair.screening.gate import ListRequirement, ListSource, load_lists
from tests.screening import samples


@pytest.fixture
def un(tmp_path: Path) -> ListRequirement:
    """The UN list, whole and fresh."""
    return samples.un_requirement(samples.write_un_xml(tmp_path / "un.xml", 600))


@pytest.fixture
def house(tmp_path: Path) -> ListRequirement:
    """An operator's list, whole and fresh, that is not mandatory."""
    path = samples.write_operator_csv(tmp_path / "house.csv", ["1,Silverpond Mills,organisation,,"])
    return samples.un_requirement(
        path, list_id="HOUSE", format="operator_csv", mandatory=False, entries_min=1, entries_max=10
    )


def refusal(requirements: list[ListRequirement], today: date = samples.TODAY) -> str:
    with pytest.raises(ScreeningUnavailableError) as caught:
        load_lists(requirements, today)
    return str(caught.value)


def test_lists_in_force_in_the_order_of_their_ids(un: ListRequirement, house: ListRequirement) -> None:
    """The summary for the journal names list, source, date, hash and count."""
    lists = load_lists([un, house], samples.TODAY)
    digest = hashlib.sha256(un.path.read_bytes()).hexdigest()
    assert [source.list_id for source in lists.sources] == ["HOUSE", "UN"]
    assert lists.sources[1] == ListSource(
        "UN", "UN consolidated list, un.xml", samples.PUBLISHED, digest, 600
    )
    assert lists.left_out == ()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"mandatory": False}, "it is always mandatory"),
        ({"format": "operator_csv"}, "its format is un_xml, not 'operator_csv'"),
        ({"entries_min": 499}, "entries_min 499 is too low; 500 or more"),
        ({"max_age_days": 32}, "max_age_days 32 is too long; at most 31"),
        ({"format": "pdf"}, "format 'pdf' is not known; allowed is un_xml, ofac_csv, ofac_xml"),
        ({"entries_max": 400}, "entries_min 500 and entries_max 400 are no bounds"),
        ({"max_age_days": 0}, "max_age_days 0 is no bound"),
        ({"list_id": "un"}, "list UN: missing from the agreement; it is always required"),
    ],
)
def test_no_setting_turns_the_un_list_off(
    un: ListRequirement, changes: dict[str, object], reason: str
) -> None:
    """A requirement that weakens the UN list stops settlement, even where the list itself is good."""
    message = refusal([replace(un, **changes)])  # type: ignore[arg-type]
    assert "nothing settles" in message
    assert reason in message


def test_un_list_must_be_required(house: ListRequirement) -> None:
    """No requirement, and only others, stop settlement."""
    assert "list UN: missing from the agreement" in refusal([])
    assert "list UN: missing from the agreement" in refusal([replace(house, mandatory=True)])


def test_a_list_is_required_once(un: ListRequirement) -> None:
    """A second requirement with weaker bounds cannot stand beside the first."""
    assert "list UN: required twice" in refusal([un, replace(un, entries_min=600)])


def test_missing_list(un: ListRequirement) -> None:
    """A missing file is named with what to do."""
    un.path.unlink()
    message = refusal([un])
    assert "list UN" in message
    assert f"put a newly downloaded file at {un.path}" in message
    assert "No such file" in message


@pytest.mark.parametrize(
    ("count", "reason"),
    [
        (499, "list UN: 499 entries, at least 500 are expected"),
        (500, None),
        (900, None),
        (901, "list UN: 901 entries, at most 900 are expected"),
    ],
)
def test_number_of_entries(un: ListRequirement, count: int, reason: str | None) -> None:
    """Both bounds are inclusive, and the message has count and bound."""
    samples.write_un_xml(un.path, count)
    bounded = replace(un, entries_max=900)
    if reason is None:
        assert load_lists([bounded], samples.TODAY).sources[0].entry_count == count
    else:
        assert reason in refusal([bounded])


@pytest.mark.parametrize(
    ("age_days", "reason"),
    [
        (-2, "published on 2026-03-02, which is after the business day 2026-02-28"),
        (-1, None),
        (0, None),
        (7, None),
        (8, "published on 2026-03-02, 8 days before the business day 2026-03-10; at most 7 days"),
        (3000, "published on 2026-03-02, 3000 days before"),
    ],
)
def test_age(un: ListRequirement, age_days: int, reason: str | None) -> None:
    """A list is in force up to its bound and from the day before its date; the message has both dates."""
    today = samples.PUBLISHED + timedelta(days=age_days)
    if reason is None:
        assert len(load_lists([un], today).lists) == 1
    else:
        assert reason in refusal([un], today)


def test_every_list_that_is_wrong_is_named(un: ListRequirement, house: ListRequirement) -> None:
    """One message names all mandatory lists that are not in force."""
    un.path.unlink()
    message = refusal([un, replace(house, mandatory=True, entries_min=5)])
    assert "list UN" in message
    assert "list HOUSE: 1 entries, at least 5" in message


def test_list_that_is_not_mandatory_is_left_out(un: ListRequirement, house: ListRequirement) -> None:
    """It is left out whole, the set says why, and its version is another."""
    whole = load_lists([un, house], samples.TODAY)
    house.path.write_bytes(house.path.read_bytes()[:-3])
    partial = load_lists([un, house], samples.TODAY)
    assert [each.list_id for each in partial.lists] == ["UN"]
    assert len(partial.left_out) == 1
    assert "list HOUSE" in partial.left_out[0]
    assert partial.version != whole.version


def test_version_follows_bytes_ids_and_settings(un: ListRequirement, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same files give the same version on any day; any byte and any setting give another."""
    first = load_lists([un], samples.TODAY).version
    assert load_lists([un], samples.TODAY + timedelta(days=1)).version == first
    with monkeypatch.context() as patch:
        patch.setattr(gate, "SETTINGS_VERSION", "other")
        assert load_lists([un], samples.TODAY).version != first
    un.path.write_bytes(un.path.read_bytes() + b"\n")
    assert load_lists([un], samples.TODAY).version != first


def test_version_tells_lists_apart_by_id(un: ListRequirement, house: ListRequirement) -> None:
    """The same bytes under another id are another set of lists."""
    one = load_lists([un, house], samples.TODAY)
    two = load_lists([un, replace(house, list_id="OWN")], samples.TODAY)
    assert one.version != two.version


@pytest.mark.parametrize(("age_days", "warned"), [(5, False), (6, True), (7, True)])
def test_a_list_that_nears_its_bound_is_named(un: ListRequirement, age_days: int, warned: bool) -> None:
    """Where the agreement names no age to warn from, it is three quarters of the oldest allowed."""
    lists = load_lists([replace(un, max_age_days=7)], samples.PUBLISHED + timedelta(days=age_days))
    assert [each.split(":")[0] for each in lists.warnings] == ["list UN"] * warned
