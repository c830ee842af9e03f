"""The structure of the messages that we read, as data: reads `grammar.txt`.

The notation, line by line (a line that starts with spaces continues the one before, ``#`` opens a comment):

1. ``messages FAMILY ROOT RULE 08=2019 ...`` names the versions of a message with their editions; ROOT is
   the path of elements down to the one whose content is RULE.
2. ``pattern NAME [dateTime] REGEX``, ``decimal NAME total_digits fraction_digits [least]``,
   ``amount NAME VALUE Ccy:VALUE``, ``binary NAME longest``, ``string NAME`` and ``codes NAME A B`` define
   values. ``textN``, ``[A B]``, ``date``, ``dateTime``, ``time``, ``year`` and ``boolean`` need no
   definition.
3. ``RULE = part part ...`` is a sequence, ``RULE = part | part`` a choice. A part is ``Element:Rule``, then
   how often, then ``@`` and the editions in which it is there; ``...RULE`` stands for the parts of RULE.

What is done with it is elsewhere: `compile_schema` makes a validator, `paths` names what is extracted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

UNBOUNDED = -1
"""`Part.occurs_max` of a part that may be repeated without a limit."""

EDITION_FIRST, EDITION_LAST = 0, 9999

WILDCARDS = ("anyElement", "anySignature")
"""Rules that let elements of other namespaces in, in the place of a list of parts."""

_PART = re.compile(
    r"(?P<element>\w+):(?P<rule>\w+|\[[A-Z0-9 ]+\])(?P<often>[?*+]|\{\d+,\d+\})?(?:@(?P<editions>\d*-\d*))?"
)
_PIECE = re.compile(r"\.\.\.\w+|\w+:(?:\[[^]]*\]|\w+)\S*|\|")
_OFTEN = {None: (1, 1), "?": (0, 1), "*": (0, UNBOUNDED), "+": (1, UNBOUNDED)}
_VALUE_KEYWORDS = ("pattern", "decimal", "amount", "binary", "string", "codes")


class GrammarError(ValueError):
    """The grammar contradicts its own notation: a mistake of ours, not of a file."""


@dataclass(frozen=True, slots=True)
class Part:
    """One element at one place of a rule."""

    element: str
    """ISO 20022 short name; empty for a part that stands for another rule's parts."""
    rule: str
    """Name of the rule or value of its content."""
    occurs_min: int
    occurs_max: int
    """How often at most, or `UNBOUNDED`."""
    edition_first: int
    edition_last: int
    """The editions in which the part is there, both inclusive."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Content of an element: a sequence of parts, or a choice between them."""

    is_choice: bool
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Value:
    """Definition of a simple value: the keyword of its line and what follows its name."""

    keyword: str
    arguments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Message:
    """One version of a message."""

    name: str
    """For example ``pacs.008.001.08``."""
    path: tuple[str, ...]
    """Elements from the root down to the one whose content is `rule`."""
    rule: str
    edition: int
    """Year of the maintenance round that brought this version."""

    @property
    def namespace(self) -> str:
        """XML namespace of its elements."""
        return NAMESPACE_PREFIX + self.name


NAMESPACE_PREFIX = "urn:iso:std:iso:20022:tech:xsd:"
"""Namespace of every ISO 20022 message, followed by the message's name."""


@dataclass(frozen=True, slots=True)
class Grammar:
    """All rules, values and messages."""

    rules: dict[str, Rule]
    values: dict[str, Value]
    messages: dict[str, Message]

    def parts(self, rule_name: str, edition: int) -> Iterator[Part]:
        """Yield the parts of a rule that one edition has, with the parts of other rules put in place."""
        for part in self.rules[rule_name].parts:
            if not part.edition_first <= edition <= part.edition_last:
                continue
            if part.element:
                yield part
            else:
                yield from self.parts(part.rule, edition)


@cache
def load_grammar() -> Grammar:
    """Read the grammar that comes with the package."""
    return parse_grammar(files(__package__).joinpath("grammar.txt").read_text(encoding="utf-8"))


def parse_grammar(text: str) -> Grammar:
    """Read a grammar.

    Raises
    ------
    GrammarError
        If a line is not in the notation, or a name is used that nothing defines.
    """
    grammar = Grammar({}, {}, {})
    for line in _logical_lines(text):
        keyword, *arguments = line.split(maxsplit=2)
        if keyword == "messages":
            for message in _parse_messages(line):
                grammar.messages[message.name] = message
        elif keyword in _VALUE_KEYWORDS:
            rest = arguments[1] if len(arguments) > 1 else ""
            grammar.values[arguments[0]] = Value(keyword, tuple(rest.split()))
        elif arguments and arguments[0] == "=":
            grammar.rules[keyword] = _parse_rule(line.split("=", 1)[1])
        else:
            raise GrammarError(f"not in the notation: {line!r}")
    return grammar


def _logical_lines(text: str) -> Iterator[str]:
    """Yield lines without comments, each joined with the lines that continue it."""
    current = ""
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith(" "):
            current += " " + line.strip()
            continue
        if current:
            yield current
        current = line.strip()
    if current:
        yield current


def _parse_messages(line: str) -> Iterator[Message]:
    _, family, path, rule, *versions = line.split()
    for version in versions:
        number, edition = version.split("=")
        yield Message(f"{family}.{number}", tuple(path.split("/")), rule, int(edition))


def _parse_rule(text: str) -> Rule:
    pieces = _PIECE.findall(text)
    if "".join(pieces).replace(" ", "") != text.replace(" ", "") and text.strip() not in WILDCARDS:
        raise GrammarError(f"not a list of parts: {text!r}")
    if text.strip() in WILDCARDS:
        return Rule(False, (Part(text.strip(), text.strip(), 1, 1, EDITION_FIRST, EDITION_LAST),))
    return Rule("|" in pieces, tuple(_parse_part(piece) for piece in pieces if piece != "|"))


def _parse_part(piece: str) -> Part:
    if piece.startswith("..."):
        return Part("", piece[3:], 1, 1, EDITION_FIRST, EDITION_LAST)
    match = _PART.fullmatch(piece)
    if match is None:
        raise GrammarError(f"not a part: {piece!r}")
    often = match["often"]
    if often and often.startswith("{"):
        least, most = (int(number) for number in often[1:-1].split(","))
    else:
        least, most = _OFTEN[often]
    first, _, last = (match["editions"] or "-").partition("-")
    return Part(
        match["element"],
        match["rule"],
        least,
        most,
        int(first or EDITION_FIRST),
        int(last or EDITION_LAST),
    )
