"""The plain twin of the score of two names: lists, dictionaries and loops, slow and obvious.

Written from the rules in `docs/screening.md`: tokens are paired one to one, the pair that says most first;
then initials, tokens written together or apart, a last token that was cut off; then points for it all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby, pairwise

from setfair.screening.name_arrays import REST_WEIGHT, SAID_ABOUT, SCORE_MAX, Settings
from setfair.screening.pair_kernels import BEGIN_LENGTH_MIN, LIKE_DISTANCE, LIKE_LENGTH_MIN
from setfair.screening.token_kernels import EDIT, LENGTH_MAX
from tests.reference.token_distance import plain_distance


@dataclass(frozen=True)
class Token:
    """A token of the name that is compared."""

    letters: str
    weight: int
    near: dict[int, int]
    """Listed tokens that are near, and how far."""
    has_parts: bool
    """Whether it may be put together of listed tokens."""
    common: bool
    """Whether it is a name that very many bear."""


@dataclass(frozen=True)
class Listed:
    """A token of the listed name."""

    number: int
    letters: str
    weight: int
    rest: int
    """What it weighs where it is left over."""
    given: bool
    """Whether it is a given name that very many bear, or a particle."""


@dataclass
class _Pairs:
    mine: list[Token]
    listed: list[Listed]
    partner: dict[int, int] = field(default_factory=dict)
    """By place in the listed name: the place in the name."""
    used: set[int] = field(default_factory=set)
    whole_at: set[int] = field(default_factory=set)
    """Places in the listed name."""
    joined: set[int] = field(default_factory=set)
    """Places in the listed name."""
    initial: set[int] = field(default_factory=set)
    """Places in the listed name."""
    matched: int = 0
    changed: int = 0
    said: int = 0
    initials: int = 0
    listed_initials: int = 0
    known: int = 0
    common: int = 0
    whole: int = 0
    same: int = 0
    uncommon: int = 0
    consonants: bool = False
    """Whether those of a pair differ."""

    def pair(self, i: int, j: int) -> None:
        self.used.add(i)
        self.partner[j] = i

    def count(self, weight: int, apart: int, length: int) -> None:
        self.matched += weight
        self.changed += 100 * apart // max(1, length)
        self.said += weight > SAID_ABOUT

    def open_mine(self) -> list[int]:
        return [i for i in range(len(self.mine)) if i not in self.used]

    def open_listed(self) -> list[int]:
        return [j for j in range(len(self.listed)) if j not in self.partner]


def plain_score(
    mine: list[Token], listed: list[Listed], elsewhere: set[int], *,
    legal: tuple[bool, bool], syllabic: bool, settings: Settings,
) -> int:  # fmt: skip
    """Return the score of a name and a listed one; `elsewhere`: the tokens of all names of the entry."""
    pairs = _Pairs(mine, listed)
    if any(token.has_parts for token in mine):
        _written_together(pairs)
    _whole_tokens(pairs)
    if pairs.open_mine() and pairs.open_listed():
        _initials(pairs, settings, listed_legal=legal[1])
        _written_together(pairs)
        _written_apart(pairs)
        _cut_off(pairs, settings)
    if pairs.matched < settings.least_weight:
        return 0
    points = plain_points(_tally(pairs, elsewhere), settings) + (settings.syllabic if syllabic else 0)
    if all(legal):
        points += settings.legal_both
    elif any(legal):
        points += settings.legal_one
    return max(0, min(SCORE_MAX - 1, points // 1000))


def plain_points(tally: list[int], settings: Settings) -> int:
    """Return thousandths of points of a tally."""
    matched, changed, missing, extra, said, initials, turned, begins, *rest = tally
    listed_initials, other_names, given, accounted, known, common, like, *rest = rest
    whole, same, uncommon, consonants, ends, left, common_left, near_elsewhere = rest
    first = min(matched, settings.first)
    second = max(0, min(matched, settings.second) - settings.first)
    parts = [
        settings.base,
        settings.matched_first * first,
        settings.matched_second * second,
        settings.changed * changed,
        settings.missing * min(missing, settings.left_over_max),
        settings.extra * min(extra, settings.left_over_max),
        settings.initials * initials,
        settings.listed_initials * listed_initials,
        settings.elsewhere * other_names,
        settings.accounted * accounted,
        settings.known * known,
        settings.given * given,
        settings.begins * begins,
        settings.turned * min(turned, 3),
        settings.covered * matched // max(1, matched + missing + extra),
        settings.second_pair if said >= 2 else 0,
        settings.one_changed if said == 1 and changed else 0,
        settings.all_common if said and common == said else 0,
        settings.like * like,
        settings.initials_all if said and initials >= 2 and missing + extra == 0 else 0,
        settings.uncommon * min(uncommon, 2),
        settings.none_same if whole and not same else 0,
        settings.same_too if said == 1 and same >= 2 else 0,
        settings.consonants * consonants,
        settings.ends * ends,
        settings.left * left,
        settings.common_left * common_left,
        settings.near_elsewhere * near_elsewhere,
    ]
    return sum(parts)


def _whole_tokens(pairs: _Pairs) -> None:
    while True:
        gains = [
            (pairs.listed[j].weight * (1000 - 20 * pairs.mine[i].near[pairs.listed[j].number]) + 1000, -i, -j)
            for i in pairs.open_mine()
            for j in pairs.open_listed()
            if pairs.listed[j].number in pairs.mine[i].near
        ]
        if not gains or max(gains)[0] < 0:
            return
        _, i, j = max(gains)
        i, j = -i, -j
        token = pairs.listed[j]
        pairs.pair(i, j)
        length = max(len(pairs.mine[i].letters), len(token.letters))
        apart = pairs.mine[i].near[token.number]
        pairs.count(token.weight, apart, length)
        pairs.known += pairs.mine[i].common and apart > 0
        pairs.common += pairs.mine[i].common and token.weight > SAID_ABOUT
        pairs.whole_at.add(j)
        pairs.whole += 1
        pairs.same += apart == 0
        pairs.uncommon += not pairs.mine[i].common
        pairs.consonants |= apart > 0 and _consonants(pairs.mine[i].letters) != _consonants(token.letters)


def _consonants(letters: str) -> str:
    """Return the consonants of a token, those alike as one and doubled ones once."""
    heard = letters.translate(str.maketrans("vzS", "bss", "aeiouh"))
    return "".join(letter for letter, _ in groupby(heard))


def _initials(pairs: _Pairs, settings: Settings, *, listed_legal: bool) -> None:
    for i in pairs.open_mine():
        letters = pairs.mine[i].letters
        for j in pairs.open_listed():
            other = pairs.listed[j].letters
            if pairs.listed[j].rest <= REST_WEIGHT and (len(other) > 1 or listed_legal):
                continue  # a word of firms, or one like `and` in a firm's name
            if _is_initial(letters, other) or _is_initial(other, letters):
                pairs.pair(i, j)
                pairs.matched += settings.initial_weight
                pairs.initials += len(letters) == 1
                pairs.listed_initials += len(letters) > 1
                pairs.initial.add(j)
                break


def _is_initial(letter: str, token: str) -> bool:
    """Tell whether a letter may be the initial of a token in its one spelling."""
    begins = {"c": "cksCS", "d": "dj", "k": "kh", "o": "ou", "p": "pf", "q": "qk", "s": "sS", "t": "tCz"}
    begins |= {"w": "wv", "x": "xks", "y": "yie", "z": "zj"}
    return len(letter) == 1 < len(token) and token[0] in begins.get(letter, letter)


def _together(parts: list[str]) -> str:
    """Return letters written together, doubled ones once."""
    text = ""
    for letter in "".join(parts):
        if not text or text[-1] != letter:
            text += letter
    return text


def _distance_joined(text: str, other: str) -> int | None:
    """Return how far tokens written together are from another; None if that is too far."""
    if not 5 <= len(text) <= min(LENGTH_MAX, len(other) + 1):
        return None
    if text[0] != other[0] and text[1] != other[0] and text[0] != other[1] and text[1] != other[1]:
        return None
    other = _together([other])
    if abs(len(text) - len(other)) > 1:
        return None
    apart = plain_distance(text, other)
    return apart if apart <= EDIT else None


def _written_together(pairs: _Pairs) -> None:
    """Pair a token of the name with two or three neighbours of the listed name."""
    for i in pairs.open_mine():
        letters = pairs.mine[i].letters
        for j in range(len(pairs.listed) - 1) if len(letters) >= 5 else ():
            found = _run(
                pairs.listed, j, [place in pairs.partner for place in range(len(pairs.listed))], letters
            )
            if found is not None:
                end, text, apart = found
                for part in range(j, end + 1):
                    pairs.pair(i, part)
                    pairs.joined.add(part)
                pairs.count(sum(each.weight for each in pairs.listed[j : end + 1]), apart, len(text))
                break


def _written_apart(pairs: _Pairs) -> None:
    """Pair a listed token with two or three neighbours of the name."""
    for j in pairs.open_listed():
        letters = pairs.listed[j].letters
        for i in range(len(pairs.mine) - 1) if len(letters) >= 5 else ():
            found = _run(pairs.mine, i, [place in pairs.used for place in range(len(pairs.mine))], letters)
            if found is not None:
                end, text, apart = found
                pairs.used.update(range(i, end + 1))
                pairs.partner[j] = i
                pairs.joined.add(j)
                pairs.count(pairs.listed[j].weight, apart, len(text))
                break


def _run(
    tokens: list[Token] | list[Listed], begin: int, taken: list[bool], letters: str
) -> tuple[int, str, int] | None:
    """Return the end of the shortest run of open tokens that make the letters, its text and its distance."""
    for end in range(begin, min(begin + 3, len(tokens))):
        if taken[end]:
            return None
        text = _together([token.letters for token in tokens[begin : end + 1]])
        apart = _distance_joined(text, letters) if end > begin else None
        if apart is not None:
            return end, text, apart
    return None


def _cut_off(pairs: _Pairs, settings: Settings) -> None:
    i = len(pairs.mine) - 1
    letters = pairs.mine[i].letters
    if i in pairs.used or len(letters) < 2:
        return
    for j in pairs.open_listed():
        if len(pairs.listed[j].letters) > len(letters) and pairs.listed[j].letters.startswith(letters):
            pairs.pair(i, j)
            pairs.matched += min(pairs.listed[j].weight, settings.cut_letter_weight * len(letters))
            return


def _tally(pairs: _Pairs, elsewhere: set[int]) -> list[int]:
    missing = sum(pairs.listed[j].rest for j in pairs.open_listed())
    extra = sum(pairs.mine[i].weight for i in pairs.open_mine())
    who = [j for j in sorted(pairs.partner) if pairs.listed[j].rest > REST_WEIGHT]
    order = [pairs.partner[j] for j in who or sorted(pairs.partner)]
    turned = sum(later < earlier for earlier, later in pairwise(order))
    begins = 2 <= len(pairs.mine) <= len(pairs.listed) and all(
        pairs.partner.get(j) == j and j not in pairs.joined for j in range(len(pairs.mine))
    )
    open_mine = [pairs.mine[i] for i in pairs.open_mine()]
    found = [any(number in elsewhere for number in token.near) for token in open_mine]
    very_same = any(_nearest(token, elsewhere) == 0 for token in open_mine)
    other_names = any(found)
    accounted = other_names and all(
        there or token.weight <= SAID_ABOUT for token, there in zip(open_mine, found, strict=True)
    )
    given = (
        any(token.weight > SAID_ABOUT for token in open_mine)
        and any(pairs.listed[j].rest > SAID_ABOUT for j in pairs.open_listed())
        and all(pairs.listed[j].given and j not in pairs.initial for j in pairs.partner)
    )
    ends = all(
        j in pairs.whole_at and pairs.partner[j] == i
        for i, j in ((0, 0), (len(pairs.mine) - 1, len(pairs.listed) - 1))
    )
    left = sum(pairs.listed[j].rest > SAID_ABOUT for j in pairs.open_listed())
    common_left = any(token.common and not there for token, there in zip(open_mine, found, strict=True))
    return [
        pairs.matched, pairs.changed, missing, extra, pairs.said, pairs.initials, turned, int(begins),
        pairs.listed_initials, int(other_names), int(given), int(accounted), pairs.known, pairs.common,
        int(not other_names and _resembling(pairs)), pairs.whole, pairs.same, pairs.uncommon,
        int(pairs.consonants), int(ends), int(left >= 2), int(common_left),
        int(other_names and not very_same),
    ]  # fmt: skip


def _nearest(token: Token, elsewhere: set[int]) -> int | None:
    """Return how far the nearest token of the entry is from one of the name; None if none is near."""
    return min((apart for number, apart in token.near.items() if number in elsewhere), default=None)


def _resembling(pairs: _Pairs) -> bool:
    """Tell whether a token that is left over resembles one that is left over of the listed name."""
    return any(
        _resembles(pairs.mine[i].letters, pairs.listed[j].letters)
        for i in pairs.open_mine()
        for j in pairs.open_listed()
        if pairs.mine[i].weight > SAID_ABOUT and pairs.listed[j].rest > SAID_ABOUT
    )


def _resembles(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) < LIKE_LENGTH_MIN:
        return False
    if len(shorter) >= BEGIN_LENGTH_MIN and longer.startswith(shorter):
        return True
    return plain_distance(one, other) <= LIKE_DISTANCE * len(longer) // 10
