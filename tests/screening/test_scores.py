"""The score of two names against a plain twin, and the short cuts to it against scoring everything."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from setfair.screening.fuzzy import SETTINGS, THRESHOLD, FuzzyMatcher
from setfair.screening.gate import ListSet
from setfair.screening.index import FuzzyIndex, build_index
from setfair.screening.lists.model import Entry, EntryKind, Name, NameQuality, SanctionsList
from setfair.screening.name_arrays import (
    SAID_ABOUT,
    TOKENS_MAX,
    NameBatch,
    NameScratch,
    Slots,
    make_name_scratch,
)
from setfair.screening.name_kernels import STAMP_MAX, match_names
from setfair.screening.normalise import normalise_name
from setfair.screening.pair_kernels import score_name
from setfair.screening.slots import TokenMemory
from setfair.screening.spelling import Spelling, spell
from tests.reference.name_score import Listed, Token, plain_score
from tests.screening import samples

_WORDS = (
    "zorvan pellik draumont orvek brine petrel marrow finch ossip vantorrel group trading al bin a z mar "
    "marrowfinch brinepetrel dalgorov dalgorova quill vane jennifer smith mohammed center"
)
WORDS = _WORDS.split()


def some_names(chance: Random, count: int) -> list[Spelling]:
    """Return names of a few words, some of them misspelt, in any order, with or without a legal form."""
    found = []
    for _ in range(count):
        words = chance.sample(WORDS, chance.randint(1, 4))
        if chance.random() < 0.4:
            place = chance.randrange(len(words))
            at = chance.randrange(len(words[place]))
            words[place] = words[place][:at] + chance.choice("aeiouklmz") + words[place][at + 1 :]
        if chance.random() < 0.2:
            words[-1] = words[-1][: max(1, len(words[-1]) // 2)]
        if chance.random() < 0.2:
            words.append("llc")
        found.append(spell(normalise_name(" ".join(words))))
    return [each for each in found if each.core]


def with_initials(name: Spelling) -> Spelling:
    """Return a name of which only the first token is written out."""
    first, *others = name.core
    return spell(" ".join([first, *(token[0] for token in others)]))


def plain_tokens(slots: Slots, places: list[int]) -> list[Token]:
    """Return the tokens of a name as the twin takes them."""
    tokens = []
    for slot in places:
        begin, end = int(slots.near_start[slot]), int(slots.near_end[slot])
        near = dict(zip(slots.near[begin:end].tolist(), slots.apart[begin:end].tolist(), strict=True))
        letters = bytes(slots.chars[slot, : slots.length[slot]]).decode()
        tokens.append(
            Token(
                letters,
                int(slots.weight[slot]),
                near,
                int(slots.part_end[slot]) > end,
                bool(slots.common[slot]),
            )
        )
    return tokens


def plain_listed(index: FuzzyIndex, name: int) -> list[Listed]:
    """Return the tokens of a listed name as the twin takes them."""
    text, start = bytes(index.tokens.chars).decode(), index.tokens.start.tolist()
    numbers = index.names.tokens[index.names.start[name] : index.names.start[name + 1]].tolist()
    return [
        Listed(
            number,
            text[start[number] : start[number + 1]],
            int(index.names.weight[number]),
            int(index.names.rest[number]),
            bool(index.names.given[number]),
        )
        for number in numbers
    ]


def plain_elsewhere(index: FuzzyIndex, entry: int) -> set[int]:
    """Return the tokens of all names of an entry that say something, as the twin takes them."""
    return {
        int(token)
        for name in np.flatnonzero(index.names.entry == entry)
        for token in index.names.tokens[index.names.start[name] : index.names.start[name + 1]]
        if index.names.weight[token] > SAID_ABOUT
    }


def test_score_is_that_of_the_twin() -> None:
    """Few words, misspelt, cut, joined, turned, with initials and legal forms: the very same score."""
    chance = Random(20)
    listed = some_names(chance, 50)
    index = build_index([(number // 2, each) for number, each in enumerate(listed)])
    memory, work = TokenMemory(index), make_name_scratch(len(listed), len(listed))
    scores = []
    for name in some_names(chance, 80) + [with_initials(each) for each in listed]:
        places = memory.slots_of(name.core)
        mine = plain_tokens(memory.slots, places)
        for number, other in enumerate(listed):
            work.about[:] = name.legal, name.syllabic
            score = score_name(
                memory.slots,
                np.array(places, np.int32),
                index.names,
                np.int32(number),
                index.tokens,
                work,
                SETTINGS,
            )
            assert score == plain_score(
                mine,
                plain_listed(index, number),
                plain_elsewhere(index, number // 2),
                legal=(name.legal, other.legal),
                syllabic=False,
                settings=SETTINGS,
            ), (name.core, other.core)
            scores.append(score)
    assert 10 < sum(score >= THRESHOLD for score in scores) < len(scores) / 2


def exhaustive(
    matcher_names: list[Spelling], index: FuzzyIndex, name: Spelling, work: NameScratch, memory: TokenMemory
) -> dict[int, int]:
    """Return the score of every listed name that reaches the threshold, by place."""
    places = np.array(memory.slots_of(name.core[:TOKENS_MAX]), np.int32)
    work.about[:] = name.legal, name.syllabic
    scores = {
        number: int(
            score_name(memory.slots, places, index.names, np.int32(number), index.tokens, work, SETTINGS)
        )
        for number in range(len(matcher_names))
    }
    return {number: score for number, score in scores.items() if score >= THRESHOLD}


@pytest.mark.parametrize("seed", [1, 2])
def test_short_cuts_lose_nothing(seed: int) -> None:
    """What scoring every listed name finds, the matcher finds, with that score or of a better reading."""
    entries = tuple(
        Entry(f"{n}", EntryKind.PERSON, (Name(" ".join(each.core), NameQuality.MAIN),), "", "", (), "00")
        for n, each in enumerate(some_names(Random(seed), 150))
    )
    matcher = FuzzyMatcher(
        ListSet((SanctionsList("X", "test", samples.PUBLISHED, "00", entries),), "v"), threads=1
    )
    listed = [spell(normalise_name(entry.names[0].text)) for entry in entries]
    index = build_index(list(enumerate(listed)))
    memory, work = TokenMemory(index), make_name_scratch(len(listed), len(listed))
    found = 0
    asked = some_names(Random(seed + 50), 120)
    for name in asked + [with_initials(each) for each in listed[:40]]:
        text = " ".join(name.core)
        hits = {hit.entry_id: hit.score for hit in matcher.match([text])}
        for number, score in exhaustive(listed, index, spell(normalise_name(text)), work, memory).items():
            assert hits.get(entries[number].entry_id, 0) >= score, (text, listed[number].core)
            found += 1
    assert found > 20


def test_scratch_that_starts_anew_changes_nothing() -> None:
    """After the last number that a name can have in a scratch, nothing is left there of the names before."""
    listed, asked = some_names(Random(3), 150), some_names(Random(4), 60)
    index = build_index(list(enumerate(listed)))
    memory, work = TokenMemory(index), make_name_scratch(len(listed), len(listed))
    slots = memory.slots_of([token for name in asked for token in name.core])
    start = np.cumsum([0, *(len(name.core) for name in asked)]).astype(np.int32)
    legal = np.array([name.legal for name in asked], np.bool_)
    batch = NameBatch(start, np.array(slots, np.int32), legal, np.zeros(len(asked), np.bool_))
    found: list[list[list[int]]] = []
    for before in (None, 0, 2, 40):
        if before is not None:
            work.stamp[0] = STAMP_MAX - before
        out = np.zeros((1000, 3), np.int32)
        count = match_names(
            memory.slots, batch, index.names, index.tokens, work, SETTINGS,
            threshold=THRESHOLD, low_max=THRESHOLD - 1, out=out,
        )  # fmt: skip
        found.append(out[:count].tolist())
        assert work.stamp[0] <= len(asked)
    assert found[0]
    assert found == found[:1] * 4
