"""When two spellings are the same name."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from setfair.screening.normalise import FOLDS_MAX, _FoldTable, normalise_name, token_key


@pytest.mark.parametrize(
    ("text", "normalised"),
    [
        ("", ""),
        ("  \t\n ", ""),
        ("★ — !!", ""),
        ("ACME  Trading\tLTD", "acme trading ltd"),
        ("ＡＣＭＥ", "acme"),
        ("Straße STRASSE", "strasse strasse"),
        ("Łódź Øre Đakovo Ægir þór", "lodz ore dakovo aegir thor"),
        ("İSTANBUL Isparta ısı", "istanbul isparta isi"),
        ("O'Brien O’Brien O´Brien Oʼbrien", "obrien obrien obrien obrien"),
        ("AL-SHANTI, Jamileh", "al shanti jamileh"),
        ("Acme S.A. de C.V.", "acme sa de cv"),
        ("J.Smith Co.,Ltd.", "j smith co ltd"),
        ("Salt & Ore", "salt and ore"),
        ("Ivan\u200b\u00ad\u202e\ufe0fov", "ivanov"),
        ("Ivan\u00a0\u3000Ivanov", "ivan ivanov"),
        ("Ёлкин Андрей", "елкин андреи"),
        ("Άλφα ΩΜΈΓΑΣ", "αλφα ωμεγασ"),
        ("مُحَمَّد", "محمد"),
        ("أحمد إبراهيم آدم", "احمد ابراهيم ادم"),
        ("علی کریمی", "علي كريمي"),
        ("محـــمد", "محمد"),
        ("金铁三", "金铁三"),
        ("김정 은", "김정 은"),
        ("ガラス", "ガラス"),
        ("हिन्दी", "हिन्दी"),
        ("ธนาคาร", "ธนาคาร"),
        ("بنك ١٢٣", "بنك 123"),
        ("\ud800 lone", "\ud800 lone"),
    ],
)
def test_table(text: str, normalised: str) -> None:
    """Each spelling folds to the expected form."""
    assert normalise_name(text) == normalised


def test_kana_voicing_and_vowel_signs_tell_names_apart() -> None:
    """Marks that are letters of their own are not dropped."""
    assert normalise_name("ガ") != normalise_name("カ")
    assert normalise_name("कि") != normalise_name("क")


def test_every_character_is_accepted_and_normalising_twice_changes_nothing() -> None:
    """No code point makes it fail, surrogates and unassigned ones included."""
    for code in [*range(0x30000), *range(0x30000, 0x110000, 97)]:
        once = normalise_name(f"a{chr(code)}b")
        assert normalise_name(once) == once, hex(code)


@given(st.text())
@settings(max_examples=300, deadline=None)
def test_normalising_twice_changes_nothing(text: str) -> None:
    """The normalised form is a fixed point."""
    once = normalise_name(text)
    assert normalise_name(once) == once


@given(st.text())
@settings(max_examples=200, deadline=None)
def test_composed_decomposed_and_case_are_one(text: str) -> None:
    """Unicode's own ways to write one text give one form."""
    assert normalise_name(unicodedata.normalize("NFD", text)) == normalise_name(
        unicodedata.normalize("NFC", text)
    )


@given(st.text(st.characters(max_codepoint=127)))
@settings(max_examples=200, deadline=None)
def test_short_way_of_ascii_agrees_with_the_long_one(text: str) -> None:
    """A text in ASCII gives the same form when something else makes it take the long way."""
    assert normalise_name(f"{text} é") == " ".join(f"{normalise_name(text + ' e')}".split())


def test_token_key_ignores_order_only() -> None:
    """The same tokens in another order have one key; a token more or less has another."""
    assert token_key("pellik zorvan") == token_key("zorvan pellik")
    assert token_key("pellik zorvan zorvan") != token_key("pellik zorvan")


def test_memory_of_foldings_is_bounded() -> None:
    """The table stops growing at its maximum and goes on answering."""
    table = _FoldTable({-number: "" for number in range(1, FOLDS_MAX)})
    assert (
        "".join(chr(code) for code in range(0x4E00, 0x4E10)).translate(table)
        == "一丁丂七丄丅丆万丈三上下丌不与丏"
    )
    assert len(table) == FOLDS_MAX
