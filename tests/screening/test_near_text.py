"""A listed name with one letter misspelt stands in a text, in any script; two letters are another name."""

from __future__ import annotations

import random

import pyarrow as pa
import pytest

from setfair.screening.free_text import NEAR_SCORE, TextIndex
from setfair.screening.gate import ListSet
from setfair.screening.match import SCORE_MAX
from setfair.screening.near_text import misspelt_token
from setfair.screening.normalise import normalise_name
from tests.screening import samples

ROWS = (
    "a1,Silverpond Mills Holding,organisation,RT,",
    "a2,Abdulkareem Marrowfinch,person,,",
    "a3,Евгений Чорнович,person,,",
    "a4,شركة الفجرالجديد للتجارة,organisation,,",
    "a5,东方银山贸易公司,organisation,,",
    "a6,张德望,person,,",
    "a7,Orla Finch,person,,",
    "a8,Marrow Silverpond,person,,",
)


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> TextIndex:
    """The index over the example lists."""
    lists: ListSet = samples.load_example(tmp_path_factory.mktemp("lists"), *ROWS)
    return TextIndex(lists)


def hits_of(texts: TextIndex, text: str) -> dict[str, int]:
    found = texts.find_in(pa.array([text])).get(text, ())
    return {hit.entry_id: hit.score for hit in found if hit.list_id == "HOUSE"}


@pytest.mark.parametrize(
    ("text", "entry", "letter"),
    [
        ("Rent to Silverpnd Mills Holding, March", "a1", "letter 8, 'o', is left out"),
        ("SILVERPOND MILS HOLDING", "a1", "letter 4, 'l', is left out"),
        ("to Silverpond Mills Holdings", "a1", "'s' is added as letter 8"),
        ("for marowfinch abdulkareem 12", "a2", "letter 4, 'r', is left out"),
        ("Abdulkareem Marrowfnich", "a2", "letters 8 and 9 are swapped"),
        ("an Àbdulkareen Marrowfinch", "a2", "letter 11 is 'n', not 'm'"),
        ("оплата Евгений Чорнавич договор", "a3", "letter 5 is 'а', not 'о'"),
        ("دفعة إلى شركة الفجرالجدد للتجارة", "a4", "letter 10, 'ي', is left out"),
        ("付款给东方银川贸易公司的货款", "a5", "letter 4 is '川', not '山'"),
        ("付款给东方银山贸易公", "a5", "letter 8, '司', is left out"),
        ("付款给西方银山贸易公司", "a5", "letter 1 is '西', not '东'"),
    ],
)
def test_one_letter(texts: TextIndex, text: str, entry: str, letter: str) -> None:
    """One letter of one token is found, and the hit says which."""
    assert hits_of(texts, text) == {entry: NEAR_SCORE}
    (hit,) = (hit for hit in texts.find_in(pa.array([text]))[text] if hit.list_id == "HOUSE")
    assert letter in hit.explanation


@pytest.mark.parametrize(
    "text",
    [
        "Silverpnd Mils Holding",
        "Silverpxxd Mills Holding",
        "Mills Silverpnd Holding",
        "Silverpnd and Mills Holding",
        "Silverpnd Mills",
        "Abdulkareem Abdulkareen",
        "Orla Fin",
        "Orle Finch",
        "张德王",
        "Abdulkareem Marrow",
        "Silverpond Marrowfinch",
    ],
)
def test_no_more_than_one(texts: TextIndex, text: str) -> None:
    """Two letters, another order of a firm, a word between, a short token: no hit."""
    assert hits_of(texts, text) == {}


def test_as_listed_comes_first(texts: TextIndex) -> None:
    """A name that stands in a text as listed and misspelt is one hit, as listed."""
    assert hits_of(texts, "Abdulkareem Marrowfnch and Abdulkareem Marrowfinch") == {"a2": SCORE_MAX}


@pytest.mark.parametrize("name", ["Silverpond Mills Holding", "Abdulkareem Marrowfinch", "Евгений Чорнович"])
def test_every_letter_of_every_token(texts: TextIndex, name: str) -> None:
    """Whatever letter is left out, added, changed or swapped, in whatever token of five letters: a hit.

    What is looked for is what `misspelt_token` says of the two tokens alone.
    """
    chance, tokens = random.Random(1), name.split()
    tried = 0
    for place, token in enumerate(tokens):
        for at in range(len(token)):
            letter = chance.choice("qxzж")
            for written in (
                token[:at] + token[at + 1 :],
                token[:at] + letter + token[at:],
                token[:at] + letter + token[at + 1 :],
                token[:at] + token[at + 1 : at + 2] + token[at] + token[at + 2 :],
            ):
                if misspelt_token(normalise_name(written), normalise_name(token)):
                    text = " ".join(["for", *tokens[:place], written, *tokens[place + 1 :], "goods"])
                    assert NEAR_SCORE in hits_of(texts, text).values(), text
                    tried += 1
    assert tried > 3 * len(name) // 2


def test_one_text_or_many(texts: TextIndex) -> None:
    """A column of texts is found in as each of them alone, harmless ones between them."""
    many = ["nothing here", "Silverpnd Mills Holding", "", "rent", "x Abdulkareen Marrowfinch y"] * 3
    found = texts.find_in(pa.array(many))
    assert set(found) == {many[1], many[4]}
    assert all(list(found[text]) == texts.find(text) for text in found)


@pytest.fixture(scope="module")
def of_one_word(tmp_path_factory: pytest.TempPathFactory) -> TextIndex:
    """Listed names of one word: two that many bear, one that few do."""
    rows = ("b1,Maria,person,,", "b2,Green,organisation,,", "b3,Vantorrel,person,,", "b4,Мария,person,,")
    return TextIndex(samples.load_example(tmp_path_factory.mktemp("one"), *rows))


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("Maria", {"b1"}),
        ("goods for MARIA, 12 March 2026", {"b1"}),
        ("pago a María por alquiler", {"b1"}),
        ("salary Maria Perez", set()),
        ("Ana Maria", set()),
        ("Green Valley school fees", set()),
        ("invoice 12 of Green", {"b2"}),
        ("salary Orla Vantorrel", {"b3"}),
        ("Мария Петрова", {"b4"}),
        ("Maria Perez, gift for Maria", {"b1"}),
    ],
)
def test_common_name_of_one_word_must_stand_alone(
    of_one_word: TextIndex, text: str, entries: set[str]
) -> None:
    """Beside another name it is a part of that; a rare one, or one in another script, is found anywhere."""
    assert set(hits_of(of_one_word, text)) == entries
