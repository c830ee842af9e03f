"""The grammar says what the official schemas say, structure by structure and verdict by verdict."""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path

import pytest
from lxml import etree

from setfair.errors import FileRefusedError
from setfair.formats.iso20022.compile_schema import Layout, compile_schema, write_schema
from setfair.formats.iso20022.grammar import Grammar, GrammarError, load_grammar, parse_grammar
from setfair.formats.iso20022.parse import Source, iter_parts
from setfair.formats.iso20022.plans import PLANS
from setfair.formats.iso20022.read_request import REQUEST_PATHS
from tests.formats.iso20022.grammar_instances import Instances
from tests.shared import SHARED, needs_shared

XS = "{http://www.w3.org/2001/XMLSchema}"
MESSAGES = sorted(load_grammar().messages)
PARTS = {family: plan.parts for family, plan in PLANS.items()} | {
    family: tuple(tables) for family, tables in REQUEST_PATHS.items()
}
"""What is handed on of each message."""
MUTANTS = int(os.environ.get("SETFAIR_MUTANTS", "80"))
"""Mutated messages for each message version; set the variable for a longer run."""

Shape = tuple[object, ...]


def official(name: str) -> etree._Element:
    """The official schema of a message."""
    if SHARED is None:
        pytest.skip("no official schemas")
    return etree.parse(SHARED / "iso20022" / "xsd" / f"{name}.xsd").getroot()


def ours(name: str) -> etree._Element:
    """The schema that the grammar makes."""
    grammar = load_grammar()
    return etree.fromstring(write_schema(grammar, grammar.messages[name]).encode())


class Schema:
    """A schema, taken apart into shapes that do not depend on the names of its types."""

    def __init__(self, schema: etree._Element) -> None:
        self._types = {node.get("name"): node for node in schema if node.get("name")}
        (self.root,) = schema.findall(f"{XS}element")

    def content(self, element: etree._Element) -> etree._Element | str:
        """The type of an element: a node, or the name of a built-in type."""
        name = element.get("type")
        if name is None:
            (inner,) = element
            return inner
        return self._types.get(name, name)

    def shape(self, kind: etree._Element | str) -> Shape:
        """What a type allows, without looking into the elements that it names."""
        if isinstance(kind, str):
            return ("value", kind, ())
        if kind.tag == f"{XS}simpleType":
            facets = sorted((str(facet.tag), same_pattern(facet.get("value", ""))) for facet in kind[0])
            return ("value", kind[0].get("base"), tuple(facets))
        extension = kind.find(f"{XS}simpleContent/{XS}extension")
        if extension is not None:
            attributes = [
                (node.get("name"), node.get("use"), self.shape(self._types[node.get("type")]))
                for node in extension
            ]
            return ("with attributes", self.shape(self._types[extension.get("base")]), attributes)
        (group,) = kind
        return (group.tag, [occurrence(part) for part in group])

    def parts(self, kind: etree._Element | str) -> list[etree._Element]:
        """The elements that a type names."""
        if isinstance(kind, str) or kind[0].tag not in (f"{XS}sequence", f"{XS}choice"):
            return []
        return [part for part in kind[0] if part.tag == f"{XS}element"]


def same_pattern(text: str) -> str:
    """One way to write counts in a pattern."""
    return re.sub(r"\{(\d+),\1\}", r"{\1}", text).replace("{0,1}", "?")


def occurrence(part: etree._Element) -> Shape:
    """Name and number of a part; a wildcard has its rules in place of a name."""
    name = part.get("name") or (part.get("namespace"), part.get("processContents"))
    return (name, part.get("minOccurs", "1"), part.get("maxOccurs", "1"))


@needs_shared
@pytest.mark.parametrize("name", MESSAGES)
def test_structure_equals_the_official_schema(name: str) -> None:
    """Every element at every place has the same content, order, number and values as in the official one."""
    theirs, mine = Schema(official(name)), Schema(ours(name))
    waiting = [(theirs.root, mine.root, str(theirs.root.get("name")))]
    seen = set()
    while waiting:
        their_element, my_element, path = waiting.pop()
        assert their_element.get("name") == my_element.get("name")
        their_type, my_type = theirs.content(their_element), mine.content(my_element)
        pair = (their_element.get("type"), my_element.get("type"))
        if pair in seen and pair != (None, None):
            continue
        seen.add(pair)
        assert mine.shape(my_type) == theirs.shape(their_type), path
        for their_part, my_part in zip(theirs.parts(their_type), mine.parts(my_type), strict=True):
            waiting.append((their_part, my_part, f"{path}/{their_part.get('name')}"))
    assert len(seen) > 20


@cache
def official_validator(name: str) -> etree.XMLSchema:
    return etree.XMLSchema(official(name))


def streamed_verdict(path: Path, name: str) -> bool:
    """Whether a file passes the parser that the reader uses."""
    root = f"{{{load_grammar().messages[name].namespace}}}Document"
    try:
        for _ in iter_parts(Source(path, "utf-8", Layout(name, None, root), PARTS[name[:8]])):
            pass
    except FileRefusedError:
        return False
    return True


@needs_shared
@pytest.mark.parametrize("name", MESSAGES)
def test_verdicts_equal_the_official_schema(name: str, tmp_path: Path) -> None:
    """Random messages, whole and with random mistakes, get the verdict that the official schema gives."""
    theirs, mine = official_validator(name), etree.XMLSchema(ours(name))
    instances = Instances(load_grammar(), load_grammar().messages[name], seed=1)
    verdicts = []
    for number in range(MUTANTS):
        if number % 8 == 0:
            message = instances.valid(fullness=(number % 5) / 5)
            assert theirs.validate(message), theirs.error_log
            assert mine.validate(message), mine.error_log
        text = instances.mutated(message)
        mutant = etree.fromstring(text)
        verdict = theirs.validate(mutant)
        assert mine.validate(mutant) == verdict, text
        if number % 4 == 0 and not name.startswith("head."):
            path = tmp_path / "mutant.xml"
            path.write_bytes(text)
            assert streamed_verdict(path, name) == verdict, text
        verdicts.append(verdict)
    assert 0 < sum(verdicts) < len(verdicts)


@pytest.mark.parametrize("name", [name for name in MESSAGES if not name.startswith("head.")])
def test_random_messages_are_read_by_the_parser(name: str, tmp_path: Path) -> None:
    """A message made from the grammar passes; with a misspelt element it does not."""
    message = Instances(load_grammar(), load_grammar().messages[name], seed=2).valid(fullness=0.5)
    path = tmp_path / "message.xml"
    path.write_bytes(etree.tostring(message, encoding="utf-8"))
    assert streamed_verdict(path, name)
    message[0][0].tag = f"{message[0][0].tag}X"
    path.write_bytes(etree.tostring(message, encoding="utf-8"))
    assert not streamed_verdict(path, name)


def test_envelope_schema_checks_header_and_message() -> None:
    """One validator checks the header and the message in an envelope, and lets the rest through."""
    validator = compile_schema(Layout("pacs.008.001.08", "head.001.001.02", "Env"))
    spaces = [f"urn:iso:std:iso:20022:tech:xsd:{name}" for name in ("head.001.001.02", "pacs.008.001.08")]
    for text in ("<Env a='b'>x<Any/></Env>", "<Env><AppHdr xmlns='urn:other'/></Env>"):
        assert validator.validate(etree.fromstring(text))
    assert not validator.validate(etree.fromstring(f"<Env><AppHdr xmlns='{spaces[0]}'/></Env>"))
    assert not validator.validate(etree.fromstring(f"<Env><A><Document xmlns='{spaces[1]}'/></A></Env>"))


@pytest.mark.parametrize(
    "line",
    ["Rule = Element", "Rule = a:b c", "pattern", "what is this", "Rule = a:text5{1}", "Rule = a:[x y]"],
)
def test_mistake_in_the_notation_is_an_error(line: str) -> None:
    """A line that is not in the notation is no silent gap in the rules."""
    with pytest.raises((GrammarError, IndexError)):
        parse_grammar(line)


def test_notation() -> None:
    """Parts, counts, editions, choices and parts of other rules are understood."""
    grammar: Grammar = parse_grammar(
        "messages demo.001.001 Document/Body Top 01=2019 02=2024\n"
        "Top = ...Shared b:[X Y]?@2024- c:text3{0,7}\n"
        "  d:Either+@-2023\n"
        "# a comment\n"
        "Shared = a:text1*\n"
        "Either = e:text1 | f:text2\n"
    )
    assert [message.edition for message in grammar.messages.values()] == [2019, 2024]
    assert [part.element for part in grammar.parts("Top", 2019)] == ["a", "c", "d"]
    assert [(p.element, p.rule, p.occurs_min, p.occurs_max) for p in grammar.parts("Top", 2024)] == [
        ("a", "text1", 0, -1),
        ("b", "[X Y]", 0, 1),
        ("c", "text3", 0, 7),
    ]
    assert grammar.rules["Either"].is_choice


def test_every_name_in_the_grammar_is_defined_and_used() -> None:
    """No rule names another that does not exist, and none is left over."""
    grammar = load_grammar()
    built_in = {"date", "dateTime", "time", "year", "boolean", "anyElement", "anySignature"}
    used = {part.rule for rule in grammar.rules.values() for part in rule.parts}
    used |= {argument.split(":")[-1] for value in grammar.values.values() for argument in value.arguments}
    used |= {message.rule for message in grammar.messages.values()}
    known = set(grammar.rules) | set(grammar.values)
    unknown = (
        {name for rule in grammar.rules.values() for name in (part.rule for part in rule.parts)}
        - known
        - built_in
    )
    assert {name for name in unknown if not re.fullmatch(r"text\d+|\[.*\]", name)} == set()
    assert known - used == set()
