"""Fuzzy matching: which spellings hit, which do not, and that neither order nor threads change anything."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from setfair.screening.fuzzy import COMPACT_SCORE, LOW_QUALITY_GAP, THRESHOLD, FuzzyMatcher
from setfair.screening.gate import ListSet
from setfair.screening.lists.model import Entry, EntryKind, Name, NameQuality, SanctionsList
from setfair.screening.match import SCORE_MAX
from tests.screening import samples

HOUSE_ROWS = (
    "a1,Silverpond Mills Limited Liability Company,organisation,RT,Quill & Vane",
    "a2,Abdulkareem Marrowfinch,person,,",
    "a3,Yevgeniy Tchornovitch Dalgorov,person,,Евгений Чорнович Далгоров",
    "a4,Petrel of Brine,vessel,,",
)


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> ListSet:
    """The example UN list with an operator's list."""
    return samples.load_example(tmp_path_factory.mktemp("lists"), *HOUSE_ROWS)


@pytest.fixture(scope="module")
def matcher(lists: ListSet) -> FuzzyMatcher:
    """The matcher over the example lists."""
    return FuzzyMatcher(lists)


def entries_of(matcher: FuzzyMatcher, name: str) -> list[str]:
    return [f"{hit.list_id} {hit.entry_id}" for hit in matcher.match([name])]


@pytest.mark.parametrize(
    "name",
    [
        "Zorvan Pellik Draumont",
        "DRAUMONT, Zorvan Pellik",
        "Zorvan Pelik Draumont",
        "Zorwan Pellick Draumont",
        "Zorvan Pellik Draumnot",
        "Zorvan P. Draumont",
        "Dr. Zorvan Pellik Draumont",
        "Zorvan Pellik Draumont Trading",
        "ZorvanPellikDraumont",
        "Zor van Pellik Draumont",
        "Z0rvan Pellik Draumont",
        "Зорван Пеллик",
        "Зорван Пелик",
    ],
)
def test_spellings_that_hit(matcher: FuzzyMatcher, name: str) -> None:
    """Typing, hearing, order, initials, titles, parts and other scripts do not hide a listed person."""
    assert "UN 900001" in entries_of(matcher, name)


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("Silverpond Mills LLC", "HOUSE a1"),
        ("OOO Silverpond Mills", "HOUSE a1"),
        ("Silverpond Mils Limited", "HOUSE a1"),
        ("Silver Pond Mills L.L.C.", "HOUSE a1"),
        ("Abdul Karim Marrowfinch", "HOUSE a2"),
        ("Evgeni Chornovich Dalgorov", "HOUSE a3"),
        ("Далгоров Евгени Чорнович", "HOUSE a3"),
    ],
)
def test_firms_and_transliterations(matcher: FuzzyMatcher, name: str, entry: str) -> None:
    """Another legal form, a name written apart, another transliteration or only the script differ."""
    assert entry in entries_of(matcher, name)


@pytest.mark.parametrize(
    "name",
    ["", " ", "★", "Ordinary Customer", "Pellik", "Zorvan", "Mills Limited", "Marrow Mills", "Dalgorov Bank",
     "John Draumont", "The Cobblestone"],
)  # fmt: skip
def test_names_that_do_not_hit(matcher: FuzzyMatcher, name: str) -> None:
    """One token in common, or none, is no hit."""
    assert entries_of(matcher, name) == []


def test_every_listed_name_hits_itself(lists: ListSet, matcher: FuzzyMatcher) -> None:
    """Every name of every entry hits its entry with the full score, in any script; `GFT` nearly does."""
    for each in lists.lists:
        for entry in each.entries:
            for name in entry.names:
                found = {(hit.list_id, hit.entry_id): hit.score for hit in matcher.find([name.text], 500)}
                full = THRESHOLD - LOW_QUALITY_GAP if name.text == "GFT" else SCORE_MAX
                assert found.get((each.list_id, entry.entry_id)) == full, name


def test_low_quality_alias_needs_a_second_feature() -> None:
    """One word that the publisher does not rely on stays just below the threshold; two are a hit."""
    names = (
        Name("Ossipa Vantorrel", NameQuality.MAIN),
        Name("Cobbler", NameQuality.LOW),
        Name("Old Brinesmith", NameQuality.LOW),
    )
    entry = Entry("1", EntryKind.PERSON, names, "", "", (), "00")
    matcher = FuzzyMatcher(ListSet((SanctionsList("X", "test", samples.PUBLISHED, "00", (entry,)),), "v"))
    assert matcher.match(["Cobbler"]) == []
    (below,) = matcher.find(["Cobbler"], THRESHOLD - 50)
    assert below.low_quality
    assert below.score < THRESHOLD
    assert [hit.score for hit in matcher.match(["Old Brinesmith"])] == [SCORE_MAX]
    assert matcher.match(["Old Brinesmits", "Old Brinesmidh"]) == []
    assert matcher.match(["Old Brinesmith LLC"]) == []


@pytest.mark.parametrize("name", ["Mohamad Brinesmyth", "Brinesmith, Mohammed", "Muhammad  Brinesmitth"])
def test_low_quality_alias_in_another_spelling(name: str) -> None:
    """It is the very same where each token is, in any of its spellings; one that is misspelt is not."""
    names = (Name("Ossipa Vantorrel", NameQuality.MAIN), Name("Muhammad Brinesmith", NameQuality.LOW))
    entry = Entry("1", EntryKind.PERSON, names, "", "", (), "00")
    matcher = FuzzyMatcher(ListSet((SanctionsList("X", "test", samples.PUBLISHED, "00", (entry,)),), "v"))
    (hit,) = matcher.match([name])
    assert hit.low_quality
    assert THRESHOLD <= hit.score < SCORE_MAX
    assert matcher.match(["Muhammad Brinesmath", "Muhammad", "Brinesmith", "Muhammad Brinesmith Orvek"]) == []


def test_low_quality_alias_hides_no_other_name() -> None:
    """A name of full quality that fits less well counts, though one of low quality fits better."""
    names = (Name("Ossipa Vantorrel Zanvik", NameQuality.MAIN), Name("Osippa Vantorel", NameQuality.LOW))
    entry = Entry("1", EntryKind.PERSON, names, "", "", (), "00")
    matcher = FuzzyMatcher(ListSet((SanctionsList("X", "test", samples.PUBLISHED, "00", (entry,)),), "v"))
    (hit,) = matcher.match(["Osippa Vantorela"])
    assert (hit.matched_name, hit.low_quality) == ("Ossipa Vantorrel Zanvik", False)


def one_entry(*names: str) -> FuzzyMatcher:
    """Return a matcher over one entry of these names."""
    listed = tuple(Name(name, NameQuality.MAIN) for name in names)
    entry = Entry("1", EntryKind.UNKNOWN, listed, "", "", (), "00")
    return FuzzyMatcher(ListSet((SanctionsList("X", "test", samples.PUBLISHED, "00", (entry,)),), "v"))


@pytest.mark.parametrize(
    ("listed", "name", "other"),
    [
        ("Mohammed Pellik", "Muhamad Pellik", "Mohammel Pellik"),
        ("Sergeevich Quill", "Sergeyevich Quill", "Sergerich Quill"),
        ("NTTS Orvek Quill", "Nauchno-Tekhnicheskii Tsentr Orvek Quill", "Nauchnyi Orvek Quill"),
        ("Orvek Quill Group", "Gruppa Orvek Quill", "Gruppa Quill Orvek"),
    ],
)
def test_what_is_written_in_many_ways_is_one(listed: str, name: str, other: str) -> None:
    """One name in many spellings, first letters and order of words of firms fit better than what differs."""
    matcher = one_entry(listed)
    (hit,) = matcher.match([name])
    assert hit.score > max((each.score for each in matcher.find([other], 500)), default=0)
    assert hit.score > 700


def test_hits_explain_themselves(matcher: FuzzyMatcher) -> None:
    """A hit names both strings, each pair of tokens, what was left over, and whose name it is."""
    hit = next(hit for hit in matcher.match(["Zorvan Pelik Draumont Trading"]) if hit.entry_id == "900001")
    text = hit.explain()
    assert "'Zorvan Pelik Draumont Trading' is 'ZORVAN PELLIK DRAUMONT' on list UN, entry 900001" in text
    assert "'pelik' for 'pellik' (1 letter)" in text
    assert "'zorvan' is the same" in text
    assert "not listed: 'trading'" in text
    assert "reference EXi.001" in text
    hit = next(hit for hit in matcher.match(["ZorvanPellikDraumont"]) if hit.entry_id == "900001")
    assert (hit.score, hit.explanation.split(";")[0]) == (
        COMPACT_SCORE,
        "the same name written together or apart",
    )


def matcher_of(*names: tuple[str, ...]) -> FuzzyMatcher:
    """Return a matcher of entries with these names."""
    entries = tuple(
        Entry(
            f"{number}",
            EntryKind.UNKNOWN,
            tuple(Name(text, NameQuality.MAIN) for text in each),
            "",
            "",
            (),
            "00",
        )
        for number, each in enumerate(names)
    )
    return FuzzyMatcher(
        ListSet((SanctionsList("X", "test", samples.PUBLISHED, "00", entries),), "v"), threads=1
    )


def test_other_names_of_an_entry_help() -> None:
    """A token that only another name of the entry has speaks for it, and the hit says so."""
    matcher = matcher_of(("Zorvan Pellik", "Abu Draumont"), ("Quillan Orvek",))
    (helped,) = matcher.find(["Zorvan Draumont"], 500)
    (alone,) = matcher.find(["Zorvan Brinepetrel"], 500)
    assert helped.score > alone.score + 40
    assert "only in another name of the entry: 'zorvan'" in helped.explanation
    assert "not listed: 'brinepetrel'" in alone.explanation


def test_given_names_alone_say_less() -> None:
    """Two given names that are the same, and two other surnames, are less than a given name and a surname."""
    matcher = matcher_of(("Jose Miguel Draumont",), ("Jose Vantorrel Ossip",))
    (given,) = matcher.find(["Jose Miguel Brinepetrel"], 500)
    (surname,) = matcher.find(["Jose Vantorrel Brinepetrel"], 500)
    assert given.score < THRESHOLD < surname.score


def test_short_name_of_a_firm_is_found_with_another_legal_form() -> None:
    """Three letters with a legal form are the name of a firm that is listed with another form."""
    matcher = matcher_of(("Aktsionernoe Obshchestvo LLS",))
    (hit,) = matcher.match(["\u041e\u041e\u041e \u00ab\u041b\u041b\u0421\u00bb"])
    assert "the same name but for its legal form" in hit.explanation
    assert matcher.match(["LLS"]) == []


def test_order_of_entries_changes_nothing(lists: ListSet, matcher: FuzzyMatcher) -> None:
    """The same entries in any order give the same hits with the same scores."""
    shuffled = []
    for each in lists.lists:
        entries = list(each.entries)
        random.Random(5).shuffle(entries)
        shuffled.append(
            SanctionsList(each.list_id, each.source, each.published, each.content_hash, tuple(entries))
        )
    other = FuzzyMatcher(ListSet(tuple(reversed(shuffled)), lists.version))
    names = [
        "Zorvan Pelik Draumont",
        "Silverpond Mils",
        *(samples.invented_name(n) for n in range(0, 600, 7)),
    ]
    facts = [(hit.name, hit.list_id, hit.entry_id, hit.score) for hit in matcher.match(names)]
    assert facts == [(hit.name, hit.list_id, hit.entry_id, hit.score) for hit in other.match(names)]
    assert facts


def test_threads_and_batches_change_nothing(lists: ListSet, matcher: FuzzyMatcher) -> None:
    """One by one on one core, or all at once on several: the same hits."""
    names = [samples.invented_name(number)[:-1] for number in range(600)]
    alone = FuzzyMatcher(lists, threads=1)
    together = FuzzyMatcher(lists, threads=3).match(names)
    assert together == matcher.match(names)
    assert together == [hit for name in names for hit in alone.match([name])]


def test_version_changes_with_the_threshold(lists: ListSet) -> None:
    """Decisions made under another threshold are not taken over."""
    assert FuzzyMatcher(lists, 700).version != FuzzyMatcher(lists, 701).version
    with pytest.raises(ValueError, match="threshold 499"):
        FuzzyMatcher(lists, 499)


def test_lower_threshold_keeps_every_hit(lists: ListSet, matcher: FuzzyMatcher) -> None:
    """Whatever hits at a threshold hits at a lower one."""
    names = ["Zorvan Pelik", "Silverpond Mils", "Abdul Karim Marrowfinch", "Chornovich Dalgorov"]
    strict, loose = (
        {(hit.name, hit.entry_id) for hit in FuzzyMatcher(lists, score).match(names)} for score in (900, 600)
    )
    assert strict <= loose


@given(st.lists(st.text(max_size=60), max_size=5))
@settings(max_examples=150, deadline=None)
def test_no_text_makes_it_fail(matcher: FuzzyMatcher, names: list[str]) -> None:
    """Any Unicode at all is matched without an error, and every hit says why."""
    assert all(hit.name in names and hit.explanation for hit in matcher.match(names))


HOSTILE = {
    "ten megabytes of one token": "a" * 10_000_000,
    "combining marks": "Zorvan" + "\u0301" * 100_000,
    "control characters": "Zorvan\x00\x1b[2J\r\n Pellik\x07 Draumont",
    "right to left": "\u202eZorvan Pellik Draumont\u202c",
    "lone surrogate": "Zorvan \ud800 Pellik Draumont",
    "many scripts": "Зорван 周浩晨 أحمد עברית ไทย " * 500,
}


@pytest.mark.parametrize("kind", ["ten megabytes of one token", "combining marks", "control characters",
                                  "right to left", "lone surrogate", "many scripts"])  # fmt: skip
def test_hostile_name(matcher: FuzzyMatcher, kind: str) -> None:
    """A hostile name is decided, in time that its length bounds."""
    begin = time.process_time()
    hits = matcher.match([HOSTILE[kind]])
    assert time.process_time() - begin < 60
    assert all(hit.explanation.isprintable() and len(hit.explain()) < 3_000 for hit in hits)
    if kind in ("control characters", "right to left"):
        assert "900001" in [hit.entry_id for hit in hits]


def test_work_is_bounded_by_the_length_of_a_name(matcher: FuzzyMatcher) -> None:
    """Work grows with the length of a name, no faster."""
    times = []
    for repeat in (400, 1_600):
        name = " ".join(f"quarro{number}x" for number in range(repeat))
        matcher.match([name])
        begin = time.process_time()
        matcher.match([name])
        times.append(time.process_time() - begin)
    assert times[1] < 20 * max(times[0], 0.005)


def test_an_empty_list_hits_nothing() -> None:
    """A list without a name that can be compared is no wildcard."""
    entry = Entry("1", EntryKind.PERSON, (Name("---", NameQuality.MAIN),), "", "", (), "00")
    listed = SanctionsList("X", "test", samples.PUBLISHED, "00", (entry,))
    assert FuzzyMatcher(ListSet((listed,), "v")).match(["", "---", "Zorvan Pellik"]) == []


def test_the_same_files_give_the_same_hits(tmp_path: Path, matcher: FuzzyMatcher) -> None:
    """A matcher that is built again gives equal hits in the same order."""
    again = FuzzyMatcher(samples.load_example(tmp_path, *HOUSE_ROWS))
    names = ["Zorvan Pelik Draumont", "Пеллик Зорван", "Quill and Vane", "Marrowfinch Abdulkarim"]
    assert again.match(names) == matcher.match(names)


@pytest.mark.parametrize(
    ("listed", "name", "other"),
    [
        ("Khamis Draumont", "K. Draumont", "B. Draumont"),
        ("Charles Draumont", "Draumont C.", "Draumont B."),
        ("Zhang Draumont", "Z Draumont", "B Draumont"),
        ("Yevgeny Draumont", "Y. Draumont", "B. Draumont"),
        ("Shamil Draumont", "Draumont, S.", "Draumont, B."),
        ("X. Draumont", "Xavier Draumont", "Boris Draumont"),
        ("Zinaida Petrovna Draumont", "Draumont Z.P.", "Draumont B.V."),
        ("Yuri Shamilevich Draumont", "Ю.Ш.Драумонт", "Б.В.Драумонт"),
        ("Anna Olegovna Draumont", "Draumont A.O.", "Draumont B.V."),
    ],
)
def test_an_initial_is_that_of_the_name_as_it_is_written(listed: str, name: str, other: str) -> None:
    """An initial stands for a name whose one spelling begins with another letter."""
    entry = Entry("1", EntryKind.PERSON, (Name(listed, NameQuality.MAIN),), "", "", (), "00")
    lists = ListSet((SanctionsList("X", "test", samples.PUBLISHED, "00", (entry,)),), "v")
    alone = FuzzyMatcher(lists, 500, threads=1)
    (hit,) = alone.match([name])
    assert "share the initial" in hit.explanation
    assert not any("share the initial" in hit.explanation for hit in alone.match([other]))


def test_two_initials_beside_a_whole_name_are_a_hit() -> None:
    """As payments write it: the family name and the letters of the others, if nothing is left over."""
    listed = (Name("Zinaida Petrovna Draumont", NameQuality.MAIN),)
    entry = Entry("1", EntryKind.PERSON, listed, "", "", (), "00")
    alone = FuzzyMatcher(
        ListSet((SanctionsList("X", "test", samples.PUBLISHED, "00", (entry,)),), "v"), threads=1
    )
    assert all(alone.match([name]) for name in ("Draumont Z. P.", "Draumont Z.P.", "Z.P. Draumont"))
    assert alone.match(["Draumont Z. B.", "Draumont B.V."]) == []


def test_a_legal_form_counts_though_the_name_is_listed_without_it() -> None:
    """A firm that is listed with its legal form and without is found as either, with the same score."""
    names = (Name("Zorvex", NameQuality.MAIN), Name("Zorvex OOO", NameQuality.ALIAS))
    both, one = (Entry("1", EntryKind.ORGANISATION, some, "", "", (), "00") for some in (names, names[1:]))
    scores = [
        FuzzyMatcher(
            ListSet((SanctionsList("X", "test", samples.PUBLISHED, "00", (entry,)),), "v"), 500, threads=1
        ).match(["Zorwex LLC"])[0].score
        for entry in (both, one)
    ]  # fmt: skip
    assert scores[0] == scores[1]
