"""Transactions that are like one that was read before: only their values are looked at.

The transactions of one file mostly have the same tags, in the same order, with the same white space between
them. Once the parser and the validator have accepted one, another that has the same text except for the
values of its elements needs neither: it is enough that each value may stand where it stands.

Rules
-----
1. The *shape* of a transaction is its text without the values: all that stands between ``>`` and ``</``. Two
   transactions are alike if their shapes are the same, character by character.
2. A shape is learnt only from the text of a transaction that was parsed and found valid, and only if reading
   it by its shape gives what the parser gave. A text has no shape if it holds anything but elements that the
   grammar names, amounts' currencies, values and white space: comments, CDATA, foreign elements, other
   attributes.
3. A transaction that is alike is read only if every value matches the pattern of its element
   (`value_patterns`). An element without a pattern must have the value that the validator saw.
4. Everything else goes through the parser. So does everything in a file that is refused (`read`): nothing
   here ever says what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from operator import itemgetter

from setfair.formats.iso20022.grammar import UNBOUNDED, WILDCARDS, load_grammar
from setfair.formats.iso20022.paths import NAME_ELEMENTS, TEXT_ELEMENTS, Found, one_line
from setfair.formats.iso20022.value_patterns import WHITE_SPACE, value_pattern

SHAPES_MAX = 128
"""Attempts to learn a shape from one file, and so shapes that are kept of it."""

SHAPE_TEXT_MAX = 16_384
"""Characters that a transaction may have to be learnt from. With `SHAPES_MAX`, what shapes take in memory."""

_VALUE = re.compile(r">([^<>]+)</")
_TAG = re.compile(r'<(/?)(?:[\w.-]+:)?([\w.-]+)(?: (\w+)="([^"<>&]*)")?\s*(/?)>')


@dataclass(frozen=True, slots=True)
class Transaction:
    """What was extracted from one transaction."""

    found: Found
    names: list[str]
    texts: list[str]


class _NoShapeError(ValueError):
    """A text holds something that no shape can have."""


@dataclass(slots=True)
class _Shape:
    """What the values of one shape mean, in their order."""

    pieces: tuple[str, ...] = ()
    """The shape itself: the text before, between and behind the values."""
    patterns: list[re.Pattern[str]] = field(default_factory=list)
    """For each value, what may stand there."""
    fields: list[tuple[int, str]] = field(default_factory=list)
    """Values that are extracted: their position and their English name."""
    names: list[int] = field(default_factory=list)
    """Positions of the values that are names to screen."""
    texts: list[int] = field(default_factory=list)
    """Positions of the values that are free texts to screen."""
    constants: Found = field(default_factory=dict)
    """From attributes, which are the same in all transactions of one shape."""
    is_plain: bool = False
    """Whether two values or more are extracted, and none is joined to another: then what follows is set."""
    field_names: tuple[str, ...] = ()
    take: Callable[[Sequence[str]], tuple[str, ...]] = tuple
    """Takes the extracted values out of all of them."""

    def settle(self) -> None:
        """Note how to extract, once all fields are known."""
        positions = [position for position, _ in self.fields]
        self.field_names = tuple(name for _, name in self.fields)
        different = {*self.field_names, *self.constants}
        self.is_plain = len(positions) > 1 and len(different) == len(positions) + len(self.constants)
        if self.is_plain:
            self.take = itemgetter(*positions)

    def whole(self) -> re.Pattern[str]:
        """Return a pattern of all texts of this shape whose values are valid, with a group for each value."""
        # No value's pattern accepts markup or nothing at all, so each group is the value that stands there.
        parts = [re.escape(self.pieces[0])]
        for pattern, piece in zip(self.patterns, self.pieces[1:], strict=True):
            parts.append(f">({pattern.pattern})</{re.escape(piece)}")
        return re.compile("".join(parts), re.ASCII)

    def read(self, values: Sequence[str]) -> Transaction | None:
        """Extract from a transaction of this shape, if its values are valid."""
        if not all(map(re.Pattern.fullmatch, self.patterns, values)):
            return None
        return self.extract(values)

    def extract(self, values: Sequence[str]) -> Transaction:
        """Extract from a transaction of this shape, whose values are valid."""
        found = self.constants.copy()
        if self.is_plain:
            found.update(zip(self.field_names, map(str.strip, self.take(values)), strict=True))
        else:
            for position, name in self.fields:
                value = values[position].strip()
                found[name] = f"{found[name]} {value}" if name in found else value
        names = [one_line(values[place]) for place in self.names]
        texts = [one_line(values[place]) for place in self.texts]
        return Transaction(found, names, texts)


class Shapes:
    """The shapes that were learnt from one file."""

    def __init__(self, message: str, transaction: str, paths: dict[str, str]) -> None:
        """Learn the transactions at the path `transaction` of a message, from which `paths` are extracted."""
        grammar = load_grammar()
        self._edition = grammar.messages[message].edition
        self._paths = paths
        *outer, self._element = transaction.split("/")
        rule = grammar.messages[message].rule
        for step in outer:
            rule = _rules_inside(rule, self._edition)[step]
        self._rule = _rules_inside(rule, self._edition)[self._element]
        self.is_repeated = not grammar.rules[rule].is_choice and any(
            part.element == self._element and part.occurs_max == UNBOUNDED
            for part in grammar.parts(rule, self._edition)
        )
        """Whether one transaction may follow another: else one that is not parsed could be one too many."""
        self._known: dict[tuple[str, ...], _Shape] = {}
        self._last: _Shape | None = None
        self._last_whole: re.Pattern[str] | None = None
        """Of the last shape, once it came twice in a row: to match it takes half as long as taking apart."""
        self._attempts = 0

    @property
    def is_learning(self) -> bool:
        """Whether there are attempts left."""
        return self._attempts < SHAPES_MAX

    def read(self, text: str) -> Transaction | None:
        """Extract from the text of one transaction, if one like it is known."""
        if self._last is not None and self._last_whole is not None:
            found = self._last_whole.fullmatch(text)
            if found is not None:
                return self._last.extract(found.groups())
        pieces = _VALUE.split(text)
        shape = self._known.get(tuple(pieces[::2]))
        if shape is None:
            return None
        self._last_whole = shape.whole() if shape is self._last else None
        self._last = shape
        return shape.read(pieces[1::2])

    def learn(self, text: str, parsed: Transaction) -> None:
        """Keep the shape of a transaction, out of which the parser's tree gave `parsed`."""
        pieces = _VALUE.split(text)
        key = tuple(pieces[::2])
        if key in self._known or not self.is_learning or len(text) > SHAPE_TEXT_MAX:
            return
        self._attempts += 1
        try:
            shape = self._make(text)
        except _NoShapeError:
            return
        if shape.read(pieces[1::2]) == parsed:
            shape.pieces = key
            self._known[key] = shape

    def _make(self, text: str) -> _Shape:
        """Find the place of every value in a transaction."""
        shape = _Shape()
        steps: list[str] = []
        rules: list[str] = []
        end = 0
        for tag in _TAG.finditer(text):
            before, end = text[end : tag.start()], tag.end()
            closing, step, attribute, attribute_value, empty = tag.groups()
            if "<" in before or ">" in before or (before.strip(" \t\r\n") and not closing):
                raise _NoShapeError(before)
            if closing:
                if not steps or steps[-1] != step:
                    raise _NoShapeError(step)
                if before:
                    self._add_value(shape, steps, rules[-1], before)
            else:
                steps.append(step)
                rules.append(self._rule_of(step, rules))
                if attribute:
                    self._add_attribute(shape, f"{_path(steps)}@{attribute}", rules[-1], attribute_value)
            if closing or empty:
                steps.pop()
                rules.pop()
            if not steps and end != len(text):
                raise _NoShapeError("more than one element")
        if steps or end != len(text):
            raise _NoShapeError("not a whole element")
        shape.settle()
        return shape

    def _rule_of(self, step: str, rules: list[str]) -> str:
        """Return the rule of an element inside those that have `rules`."""
        if not rules:
            inside = {self._element: self._rule}
        else:
            inside = _rules_inside(rules[-1], self._edition)
        if step not in inside:
            raise _NoShapeError(step)
        return inside[step]

    def _add_value(self, shape: _Shape, steps: list[str], rule: str, value: str) -> None:
        position = len(shape.patterns)
        if rule in load_grammar().rules:
            shape.patterns.append(WHITE_SPACE)
            return
        shape.patterns.append(value_pattern(rule) or re.compile(re.escape(value)))
        if _path(steps) in self._paths:
            shape.fields.append((position, self._paths[_path(steps)]))
        if steps[-1] in NAME_ELEMENTS:
            shape.names.append(position)
        if steps[-1] in TEXT_ELEMENTS:
            shape.texts.append(position)

    def _add_attribute(self, shape: _Shape, path: str, rule: str, text: str) -> None:
        value = load_grammar().values.get(rule)
        if (
            value is None
            or value.keyword != "amount"
            or value.arguments[1].split(":")[0] != path.split("@")[1]
        ):
            raise _NoShapeError(path)
        if path in self._paths:
            shape.constants[self._paths[path]] = text


def _path(steps: list[str]) -> str:
    """Return the path of an element below its transaction."""
    return "/".join(steps[1:])


@cache
def _rules_inside(rule: str, edition: int) -> dict[str, str]:
    """Return the rule of each element that may stand in an element of one rule."""
    grammar = load_grammar()
    if rule not in grammar.rules:
        return {}
    return {part.element: part.rule for part in grammar.parts(rule, edition) if part.element not in WILDCARDS}
