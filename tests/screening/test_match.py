"""Exact matching: which names hit which entries, and how a hit explains itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from setfair.screening.gate import ListSet
from setfair.screening.lists.model import Entry, EntryKind, Name, NameQuality, SanctionsList
from setfair.screening.match import SCORE_MAX, ExactMatcher, Hit
from tests.screening import samples

HOUSE_ROWS = (
    "a1,Silverpond Mills,organisation,RT,Quill & Vane",
    "a2,Marrow Finch,,,",
    "a3,Petrel of Brine,vessel,,",
    "a4,Zorvan Pellik Draumont,person,,",
)


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> ListSet:
    """The example UN list with an operator's list."""
    return samples.load_example(tmp_path_factory.mktemp("lists"), *HOUSE_ROWS)


@pytest.fixture(scope="module")
def matcher(lists: ListSet) -> ExactMatcher:
    """The matcher over the example lists."""
    return ExactMatcher(lists)


@pytest.mark.parametrize(
    ("name", "entries"),
    [
        ("Zorvan Pellik Draumont", ["HOUSE a4", "UN 900001"]),
        ("DRAUMONT, Zorvan Pellik", ["HOUSE a4", "UN 900001"]),
        ("zörvan  PELLIK-draumont", ["HOUSE a4", "UN 900001"]),
        ("Zorvan\nPellik\u200b Draumont", ["HOUSE a4", "UN 900001"]),
        ("Zorvan Draumont", []),
        ("Sorwan Pelik", ["UN 900001"]),
        ("Pelik Zorwan", ["UN 900001"]),
        ("the cobbler", ["UN 900001"]),
        ("ЗОРВАН ПЕЛЛИК", ["UN 900001"]),
        ("Пеллик Зорван", ["UN 900001"]),
        ("Glimmerfen Trading", ["UN 900002"]),
        ("Glimmerfen Trading (G.F.T.)", ["UN 900002"]),
        ("Trading Glimmerfen", []),
        ("شركة الفجر", ["UN 900002"]),
        ("Quill and Vane", ["HOUSE a1"]),
        ("Mills Silverpond", []),
        ("Finch Marrow", ["HOUSE a2"]),
        ("Brine of Petrel", []),
        ("", []),
        (" \t", []),
        ("★", []),
        ("Ordinary Customer", []),
    ],
)
def test_table(matcher: ExactMatcher, name: str, entries: list[str]) -> None:
    """Each name hits exactly these entries."""
    assert [f"{hit.list_id} {hit.entry_id}" for hit in matcher.match([name])] == entries


def test_every_listed_name_hits_its_entry(lists: ListSet, matcher: ExactMatcher) -> None:
    """No name of any entry is passed over, in any script and of any quality."""
    for each in lists.lists:
        for entry in each.entries:
            for name in entry.names:
                found = {(hit.list_id, hit.entry_id) for hit in matcher.match([name.text])}
                assert (each.list_id, entry.entry_id) in found, name


def test_hits_follow_the_order_of_names(matcher: ExactMatcher) -> None:
    """Hits carry the very string that was given, in the order given."""
    names = ["Finch Marrow", "Nobody Known", "The Cobbler", "Finch Marrow"]
    assert [hit.name for hit in matcher.match(names)] == ["Finch Marrow", "The Cobbler", "Finch Marrow"]


def test_hit_is_bound_to_list_entry_and_content(lists: ListSet, matcher: ExactMatcher) -> None:
    """A hit names the listed name, the score of equality and the hash of the entry."""
    (hit,) = matcher.match(["COBBLER THE"])
    entry = next(entry for entry in lists.lists[1].entries if entry.entry_id == "900001")
    assert (hit.matched_name, hit.score, hit.entry_hash) == ("The Cobbler", SCORE_MAX, entry.content_hash)
    assert matcher.version == lists.version


def test_explanation_in_plain_words(matcher: ExactMatcher) -> None:
    """One line says what was compared, how, and whose name of what quality was hit."""
    (hit,) = matcher.match(["Cobbler, The"])
    assert hit.explain() == (
        "'Cobbler, The' is 'The Cobbler' on list UN, entry 900001, score 1000: the same name in another "
        "order up to case, accents and punctuation; low-quality alias of the "
        "person 'ZORVAN PELLIK DRAUMONT', "
        "reference EXi.001, programme Example, listed with Freedonia, Ruritania"
    )
    (hit,) = matcher.match(["Зорван Пеллик"])
    assert "alias in original script of the person 'ZORVAN PELLIK DRAUMONT'" in hit.explain()
    (hit,) = matcher.match(["marrow finch"])
    assert hit.explain().endswith("the same name up to case, accents and punctuation; main name of the entry")


def test_explanation_is_one_short_line_whatever_the_name(matcher: ExactMatcher) -> None:
    """A name cannot break the line, turn its direction or flood it."""
    hostile = "The\r\n\x1b[31m\u202e\u2028Cobbler" + " ." * 5000
    assert matcher.match([hostile]) == []
    hit = Hit(hostile, "UN", "1", hostile, SCORE_MAX, "why", "00")
    assert len(hit.explain()) < 600
    assert hit.explain().isprintable()


@given(st.lists(st.text(), max_size=5))
@settings(max_examples=200, deadline=None)
def test_no_text_makes_it_fail(matcher: ExactMatcher, names: list[str]) -> None:
    """Any Unicode at all is matched without an error."""
    assert all(hit.name in names for hit in matcher.match(names))


def test_listed_name_without_a_letter_is_no_wildcard() -> None:
    """A name in which nothing is a letter or digit does not hit names that are empty."""
    entry = Entry("1", EntryKind.PERSON, (Name("---", NameQuality.MAIN),), "", "", (), "00")
    listed = SanctionsList("X", "test", samples.PUBLISHED, "00", (entry,))
    assert ExactMatcher(ListSet((listed,), "v")).match(["", "---", "-"]) == []


def test_the_same_lists_give_the_same_hits(tmp_path: Path, matcher: ExactMatcher) -> None:
    """A matcher that is built again from the same files gives equal hits in the same order."""
    again = ExactMatcher(samples.load_example(tmp_path, *HOUSE_ROWS))
    names = ["Zorvan Pellik Draumont", "Пеллик Зорван", "Quill & Vane"]
    assert again.match(names) == matcher.match(names)
