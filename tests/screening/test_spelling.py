"""How names are spelt for comparing: translated words, abbreviations, the second reading of given names."""

from __future__ import annotations

from itertools import pairwise

import pytest

from setfair.screening.acronyms import abbreviated
from setfair.screening.alike_names import LINES
from setfair.screening.common_names import COMMON_NAMES, FIRM_WORDS
from setfair.screening.given_names import GIVEN, other_reading
from setfair.screening.index import COMMON_WEIGHT, FIRM_WEIGHT, build_index
from setfair.screening.name_arrays import REST_WEIGHT
from setfair.screening.normalise import normalise_name
from setfair.screening.spelling import Spelling, as_meant, fold_token, initials_apart, spell
from setfair.screening.translations import ENDING_MAX, PHRASES, STEM_LENGTH_MIN, STEMS, WORDS
from setfair.screening.words import PHRASES as LEGAL_AND_OTHER


def spelt(name: str) -> Spelling:
    return spell(normalise_name(name))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("NPO Orvek", "Nauchno-Proizvodstvennoe Obedinenie Orvek"),
        ("JSC Research and Production Association Orvek", "АО «Научно-производственное объединение Орвек»"),
        ("Design Bureau Orvek", "KB Orvek"),
        ("Orvek Brigades", "Kataib Orvek"),
        ("Orvek Islamic Movement", "Harakat Orvek al-Islamiya"),
        ("Sanaye Shimi Orvek", "Orvek Chemical Industries"),
        ("Federal State Unitary Enterprise Orvek", "Federalnoe Gosudarstvennoe Unitarnoe Predpriyatie Orvek"),
        ("Private Military Company Orvek", "ChVK Orvek"),
        ("Comercio Internacional Orvek", "Orvek International Trading"),
    ],
)
def test_translated_words_are_one_word(one: str, other: str) -> None:
    """Common words of organisations, their Russian endings and their abbreviations are compared as one."""
    cores = [[token for token in spelt(name).core if token != "al"] for name in (one, other)]
    assert sorted(cores[0]) == sorted(cores[1])


@pytest.mark.parametrize(
    "names",
    [
        ("Abd al-Rahman Orvek", "Abdurrahman Orvek", "Abdel Rahman Orvek", "Abdirahman Orvek"),
        ("Abdullah Orvek", "Abd Allah Orvek", "Abdul Lah Orvek"),
        ("Salah al-Din Orvek", "Salahuddin Orvek", "Salaheddine Orvek", "Salah ad Din Orvek"),
        ("Nadezhda Orvek", "Nadia Orvek"),
        ("Volodymyr Orvek", "Vladimir Orvek"),
        ("Mohd Orvek", "Mohammed Orvek"),
    ],
)  # fmt: skip
def test_the_second_reading_is_one(names: tuple[str, ...]) -> None:
    """Short forms, and compounds written together or apart with any article, have one second reading."""
    assert len({tuple(map(fold_token, other_reading(spelt(name).core))) for name in names}) == 1


@pytest.mark.parametrize(
    ("name", "core"),
    [
        ("OOO Nauchno-Tekhnicheskii Tsentr Orvek", ("ntts", "orvek")),
        ("Metal Trading Company Orvek", ("mtc", "orvek")),
        ("Institute of Industrial Television Orvek", ("iit", "orvek")),
        ("Orvek Institute", ()),
        ("Metal Trading Company", ()),
        ("Zorvan Pellik", ()),
    ],
)
def test_words_of_firms_are_abbreviated_on_the_list(name: str, core: tuple[str, ...]) -> None:
    """Two such words or more are their first letters; one stays, and letters alone are no name."""
    assert abbreviated(normalise_name(name)) == core


def test_words_of_firms_weigh_little_where_they_are_left_over() -> None:
    """One list calls it a plant and another does not: what is left over of such a word hardly counts."""
    index = build_index([(0, spelt("Orvek Plant")), (1, spelt("Zanvik"))])
    text = bytes(index.tokens.chars).decode()
    bounds = index.tokens.start.tolist()
    rest = {
        text[begin:end]: weight
        for (begin, end), weight in zip(pairwise(bounds), index.names.rest, strict=True)
    }
    assert rest[fold_token("plant")] == REST_WEIGHT
    assert rest[fold_token("orvek")] > REST_WEIGHT


@pytest.mark.parametrize("name", ["Zorvan Pellik", "Abd", "Bin Udin", "Din", "Aladin", "Orvek Medina", "Nov"])
def test_other_names_have_no_second_reading(name: str) -> None:
    """What is no compound and no short form is read in one way."""
    assert spelt(name).other == ()


def test_a_reading_read_again_is_itself() -> None:
    """Families do not chain: what stands for all stands for itself."""
    assert [form for form in GIVEN.values() if form in GIVEN] == []
    assert [word for word in (*WORDS.values(), *STEMS.values()) if word in WORDS] == []


def test_no_name_of_a_person_is_translated() -> None:
    """The beginning of no common given or family name is taken for a word of firms."""
    assert all(len(stem) >= STEM_LENGTH_MIN for stem in STEMS)
    people = {
        token for token in COMMON_NAMES - FIRM_WORDS if token not in WORDS and token not in WORDS.values()
    }
    taken = [
        name
        for name in people
        for stem in STEMS
        if name.startswith(stem) and len(name) <= len(stem) + ENDING_MAX
    ]
    assert sorted(taken) == []


def test_phrases_are_written_in_words_that_translation_leaves() -> None:
    """A phrase is looked for after its words were translated: one that they change would never be found."""
    changed = {word: WORDS[word] for phrase in PHRASES for word in phrase if word in WORDS}
    assert changed == {}


def test_legal_forms_are_known_in_words_that_translation_leaves() -> None:
    """`Sociedad` is translated before `Sociedad Anonima` is looked for: the form is known that way, too."""
    legal = [phrase for phrase, stands in LEGAL_AND_OTHER.items() if not stands]
    assert [phrase for phrase in legal if LEGAL_AND_OTHER.get(tuple(map(as_meant, phrase))) != ()] == []
    assert spelt("Orvek Sociedad de Responsabilidad Limitada").core == ("orvek",)


@pytest.mark.parametrize(
    ("names", "other"),
    [
        (("Orvekev", "Orvekyev", "Orvekyov", "Orvekiev"), "Orvekov"),
        (("Orvaev", "Orvayev", "Orvaiev"), "Orvav"),
        (("Orvekyeva", "Orvekeva", "Orvekjeva"), "Orvekava"),
    ],
)
def test_surnames_that_end_soft_are_spelt_in_one_way(names: tuple[str, ...], other: str) -> None:
    """`Vorobev`, `Vorobyev` and `Vorobyov` are one name; a hard ending is another."""
    assert len({fold_token(name.lower()) for name in names}) == 1
    assert fold_token(other.lower()) != fold_token(names[0].lower())


def test_no_name_stands_in_two_lines() -> None:
    """Each spelling of a name is one of one line, also when it is folded."""
    folded = [{fold_token(name) for name in line} for line in LINES]
    assert [line for line, names in zip(LINES, folded, strict=True) if len(names) < 2] == []
    assert sum(map(len, folded)) == len(set().union(*folded))


@pytest.mark.parametrize(
    ("written", "meant"),
    [("Transaportation", "transport"), ("Institsute", "institute"), ("Scienitfic", "scientific")],
)
def test_misspelt_words_of_firms_are_recognised(written: str, meant: str) -> None:
    """A long word of firms with one letter misspelt is that word; names that many bear stay names."""
    assert spell(normalise_name(f"Orvek {written}")).core == ("orvek", meant)
    assert spell(normalise_name("Bernardo Orvek")).core == ("bernardo", "orvek")


def test_common_names_weigh_little_however_rare_on_the_list() -> None:
    """One entry is called Jennifer, one Orvek: only Orvek says much; and a word of firms next to nothing."""
    names = [(0, spelt("Jennifer Orvek")), (1, spelt("Orvek Trading")), (2, spelt("Zanvik"))]
    index = build_index(names)
    text = bytes(index.tokens.chars).decode()
    bounds = index.tokens.start.tolist()
    tokens = [text[begin:end] for begin, end in pairwise(bounds)]
    weight = dict(zip(tokens, index.names.weight.tolist(), strict=True))
    assert weight[fold_token("jennifer")] == COMMON_WEIGHT
    assert weight[fold_token("trading")] == FIRM_WEIGHT
    assert weight[fold_token("zanvik")] > weight[fold_token("jennifer")]


@pytest.mark.parametrize(
    ("name", "core", "legal"),
    [
        ("FKP Orvek", ("orvek",), True),
        ("Orvek MB", ("orvek",), True),
        ("Orvek Sherkat Sahami Khas", ("orvek",), True),
        ("Orvek 51", ("orvek", "51"), False),
        ("Orvek 5A", ("orvek",), True),
        ("Orvek Point", ("orvek", "point"), False),
        ("Orvek Sahib", ("orvek",), False),
    ],
)
def test_legal_forms_and_honorifics_are_left_out(name: str, core: tuple[str, ...], legal: bool) -> None:
    """Also with digits for letters; a number and a word that many firms share are no misspelt legal form."""
    assert (spelt(name).core, spelt(name).legal) == (core, legal)


@pytest.mark.parametrize(
    ("name", "apart"),
    [
        ("Orvek Z.P.", ("orvek", "z", "p")),
        ("Z.P.Orvek", ("z", "p", "orvek")),
        ("Орвек Ю.Ш.", ("orvek", "y", "s")),
        ("Orvek Z. P.", ()),
        ("Orvek S.A.", ()),
        ("Orvek A.O.", ("orvek", "a", "o")),
        ("Orvek S.L.L.", ()),
        ("Orvek Trading Z.P.", ()),
        ("Z.P.", ()),
        ("Orvek.", ()),
    ],
)
def test_initials_between_dots_are_read_apart(name: str, apart: tuple[str, ...]) -> None:
    """Initials without a space between them are letters; a legal form and a firm's abbreviation are not."""
    assert initials_apart(name, spelt(name).core) == apart
