"""Makes random messages from the grammar, and random mistakes in them."""

from __future__ import annotations

import copy
import random
import string

from lxml import etree

from setfair.formats.iso20022.grammar import UNBOUNDED, Grammar, Message, Part, Value

_SAMPLES = {
    "Bic": ("ALPHXX22", "ALPHXX22XXX", "1A2BXX22"),
    "FormerBic": ("ALPHXX22", "ALPHXX22XXX"),
    "Lei": ("529900ABCDEFGHIJKL12",),
    "Iban": ("XA12ABCDEF",),
    "Country": ("XA",),
    "Currency": ("EUR", "JPY", "ZZZ"),
    "Phone": ("+1-234", "+999-1(2)3"),
    "Uetr": ("7f3c1a52-9d0e-4b6f-8a21-5c4d3e2f1a0b",),
    "TradeId": ("529900ABCDEFGHIJKL12", "529900ABCDEFGHIJKL12X7"),
    "Count": ("1", "000000000000007"),
    "TwoDigits": ("07",),
    "FourCharacters": ("aB3d",),
    "Hex": ("0aF",),
    "Sha256": ("0A" * 32,),
    "UtcDateTime": ("2030-01-15T08:00:00Z",),
    "date": ("2030-01-15", "2030-01-15+01:00", "2028-02-29Z"),
    "dateTime": ("2030-01-15T08:00:00", "2030-01-15T08:00:00.123Z"),
    "time": ("08:00:00", "23:59:59.5+02:00"),
    "year": ("2030", "2030Z"),
    "boolean": ("true", "0"),
    "Signature": ("AQID", "YWJj ZGVm"),
    "Unbounded": ("", "x" * 500),
}
BAD_TEXTS = (
    "", " ", "x", "x" * 36, "x" * 141, "x" * 2049, "0", "-1", "1e3", "1.123456", "0.00000",
    "1234567890123456789", "12345678901234567.12", "+5.", ".5", "EUR", "eur", "alphxx22", "ALPHXX22X",
    "2030-02-30", "2030-01-15", "2030-01-15T25:00:00", "2030-01-15T08:00:00", "24:00:00", "TRUE", "true",
    "NORM", "HIGH ", "7F3C1A52", "+1-", "+1-2 3", "A" * 4, "a b", "\u00e9", "AQI", "====", "99", "9",
    "20300", "XA1", "\n", "ADDR", "RADM", "MSIN",
)  # fmt: skip
"""Texts that are wrong in most places and right in some."""


class Instances:
    """A source of random messages of one version."""

    def __init__(self, grammar: Grammar, message: Message, seed: int) -> None:
        self._grammar = grammar
        self._message = message
        self._random = random.Random(f"{message.name}/{seed}")

    def valid(self, fullness: float) -> etree._Element:
        """Return a valid message; the fuller, the more of what is optional is in it."""
        self._fullness = fullness
        root = etree.fromstring(f'<{self._message.path[0]} xmlns="{self._message.namespace}"/>')
        body = root
        for step in self._message.path[1:]:
            body = etree.SubElement(body, self._tag(step))
        self._fill(body, self._message.rule, depth=0)
        return root

    def _tag(self, name: str) -> str:
        return f"{{{self._message.namespace}}}{name}"

    def _fill(self, element: etree._Element, rule: str, depth: int) -> None:
        if rule not in self._grammar.rules:
            self._set_value(element, rule)
            return
        parts = list(self._grammar.parts(rule, self._message.edition))
        if self._grammar.rules[rule].is_choice:
            parts = [self._random.choice(parts)]
        for part in parts:
            for _ in range(self._how_often(part, depth)):
                self._append(element, part, depth)

    def _append(self, element: etree._Element, part: Part, depth: int) -> None:
        if part.element in ("anyElement", "anySignature"):
            space = "http://www.w3.org/2000/09/xmldsig#" if part.element == "anySignature" else "urn:any"
            etree.SubElement(element, f"{{{space}}}Thing").text = "x"
        else:
            self._fill(etree.SubElement(element, self._tag(part.element)), part.rule, depth + 1)

    def _how_often(self, part: Part, depth: int) -> int:
        if part.occurs_min == part.occurs_max:
            return part.occurs_min
        if self._random.random() > self._fullness / (1 + depth / 4):
            return part.occurs_min
        most = 3 if part.occurs_max == UNBOUNDED else part.occurs_max
        return self._random.randint(max(part.occurs_min, 1), max(most, 1))

    def _set_value(self, element: etree._Element, rule: str) -> None:
        value = self._grammar.values.get(rule)
        if value is not None and value.keyword == "amount":
            element.set("Ccy", self._random.choice(_SAMPLES["Currency"]))
            value = self._grammar.values[value.arguments[0]]
        element.text = self._text(rule, value)

    def _text(self, rule: str, value: Value | None) -> str:
        if rule in _SAMPLES:
            return self._random.choice(_SAMPLES[rule])
        if rule.startswith("["):
            return self._random.choice(rule[1:-1].split())
        if rule.startswith("text"):
            longest = int(rule[4:])
            length = self._random.choice((1, min(8, longest), longest))
            return "".join(self._random.choices(string.ascii_letters + "é琥 ", k=length))
        if value is not None and value.keyword == "codes":
            return self._random.choice(value.arguments)
        if value is not None and value.keyword == "decimal":
            total, fraction, *_ = (int(argument) for argument in value.arguments)
            decimals = self._random.randint(0, fraction)
            digits = "".join(
                self._random.choices(
                    string.digits, k=self._random.randint(decimals + 1, max(total, decimals + 1))
                )
            )
            return f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits
        raise AssertionError(f"no sample for {rule}")

    def mutated(self, message: etree._Element) -> bytes:
        """Return the text of a copy with one to three random mistakes (which may be none in the end)."""
        changed = copy.deepcopy(message)
        for _ in range(self._random.choice((1, 1, 1, 2, 3))):
            elements = [element for element in changed.iter() if element.getparent() is not None]
            if elements:
                self._random.choice(_MUTATIONS)(self._random, self._random.choice(elements), elements)
        return etree.tostring(changed, encoding="utf-8")


def _drop(source: random.Random, element: etree._Element, others: list[etree._Element]) -> None:
    element.getparent().remove(element)  # type: ignore[union-attr]


def _duplicate(source: random.Random, element: etree._Element, others: list[etree._Element]) -> None:
    for _ in range(source.choice((1, 2, 8))):
        element.addnext(copy.deepcopy(element))


def _swap(source: random.Random, element: etree._Element, others: list[etree._Element]) -> None:
    following = element.getnext()
    if following is not None:
        following.addnext(element)


def _move(source: random.Random, element: etree._Element, others: list[etree._Element]) -> None:
    other = source.choice(others)
    if element not in list(other.iterancestors()) and other is not element:
        other.addnext(element)


def _rename(source: random.Random, element: etree._Element, others: list[etree._Element]) -> None:
    element.tag = source.choice(
        (source.choice(others).tag, f"{element.tag}X", str(element.tag).rpartition("}")[2])
    )


def _retext(source: random.Random, element: etree._Element, others: list[etree._Element]) -> None:
    leaves = [other for other in others if not len(other)]
    if leaves:
        source.choice(leaves).text = source.choice((*BAD_TEXTS, source.choice(leaves).text))


def _stray_text(source: random.Random, element: etree._Element, others: list[etree._Element]) -> None:
    element.tail = source.choice(("x", " ", "\n"))


def _attribute(source: random.Random, element: etree._Element, others: list[etree._Element]) -> None:
    amounts = [other for other in others if other.get("Ccy")]
    target = source.choice(amounts) if amounts else element
    match source.randrange(4):
        case 0:
            target.attrib.pop("Ccy", "")
        case 1:
            target.set("Ccy", source.choice(("eur", "EU", "EURO", "", "CHF", "EUR ")))
        case 2:
            element.set(source.choice(("Ccy", "xmlns-x", "Tp")), "EUR")
        case _:
            element.set("{http://www.w3.org/2001/XMLSchema-instance}nil", source.choice(("true", "false")))


def _empty(source: random.Random, element: etree._Element, others: list[etree._Element]) -> None:
    for child in list(element):
        element.remove(child)
    element.text = None


_MUTATIONS = (
    _drop,
    _duplicate,
    _swap,
    _move,
    _rename,
    _retext,
    _retext,
    _retext,
    _stray_text,
    _attribute,
    _empty,
)
