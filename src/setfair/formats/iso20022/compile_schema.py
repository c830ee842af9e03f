"""Makes a validator of the grammar: one strict check that runs in C while the file is parsed.

The grammar of one message version is written out as an XML Schema in memory and compiled by libxml2. A
file in an envelope is checked with one schema for the root, the header and the message together: what
the envelope has around the two is not ISO 20022's and is let through.

Rules
-----
1. Header and message are checked completely: order, occurrence, choices, values, attributes.
2. In an envelope, everything that has no rule of its own is let through ("lax"), but `read` counts the
   headers and messages in it.
3. A folder of official schemas (`<message>.xsd`) is used in place of the grammar when one is given.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from xml.sax.saxutils import quoteattr

from lxml import etree

from setfair.formats.iso20022.grammar import (
    NAMESPACE_PREFIX,
    UNBOUNDED,
    Grammar,
    Message,
    Part,
    Value,
    load_grammar,
)

_XS = "http://www.w3.org/2001/XMLSchema"
_BUILT_IN = {"date": "xs:date", "dateTime": "xs:dateTime", "time": "xs:time", "year": "xs:gYear"}
_BUILT_IN["boolean"] = "xs:boolean"
_WILDCARD = {
    "anyElement": '<xs:any namespace="##any" processContents="lax"/>',
    "anySignature": '<xs:any namespace="http://www.w3.org/2000/09/xmldsig#" processContents="lax"/>',
}


@dataclass(frozen=True, slots=True)
class Layout:
    """Which elements a file is made of: what a schema for the whole file has to know."""

    message: str
    """Name of the business message, for example ``pacs.008.001.08``."""
    header: str | None
    """Name of the business application header, or None."""
    root: str
    """Root element, with its namespace in braces."""


def compile_schema(layout: Layout, xsd_dir: Path | None = None) -> etree.XMLSchema:
    """Compile the validator for files of one layout.

    A validator keeps a log of all that it found, so each file gets its own; what is costly about it (the
    grammar, written out) is kept, and compiling it takes libxml2 a few milliseconds.

    Parameters
    ----------
    layout
        The message, its header and the file's root element.
    xsd_dir
        Folder of official schemas to use in place of the grammar.

    Raises
    ------
    OSError
        If the folder lacks the schema of the message or the header.
    """
    sources = {
        NAMESPACE_PREFIX + name: _schema_source(name, xsd_dir)
        for name in (layout.message, layout.header)
        if name is not None
    }
    root = etree.QName(layout.root)
    if root.namespace in sources:
        return _compile(_with_root(sources[root.namespace], root), sources)
    return _compile(_envelope_source(root, sources), sources)


def _schema_source(name: str, xsd_dir: Path | None) -> bytes:
    if xsd_dir is not None:
        return (xsd_dir / f"{name}.xsd").read_bytes()
    return _written_schema(name)


@cache
def _written_schema(name: str) -> bytes:
    grammar = load_grammar()
    return write_schema(grammar, grammar.messages[name]).encode()


def _envelope_source(root: etree.QName, sources: dict[str, bytes]) -> bytes:
    """Write a schema that lets an envelope of any content through and checks what it knows inside."""
    target = f" targetNamespace={quoteattr(root.namespace)}" if root.namespace else ""
    imports = "".join(
        f"<xs:import namespace={quoteattr(ns)} schemaLocation={quoteattr(ns)}/>" for ns in sources
    )
    element = f"<xs:element name={quoteattr(root.localname)}/>"
    return f'<xs:schema xmlns:xs="{_XS}"{target}>{imports}{element}</xs:schema>'.encode()


def _with_root(source: bytes, root: etree.QName) -> bytes:
    """Make sure that a schema declares the root element, for envelopes in the message's own namespace."""
    schema = etree.fromstring(source)
    names = [element.get("name") for element in schema.findall(f"{{{_XS}}}element")]
    if root.localname in names:
        return source
    etree.SubElement(schema, f"{{{_XS}}}element", name=root.localname)
    return etree.tostring(schema)


class _SourceResolver(etree.Resolver):  # type: ignore[misc]  # lxml has no types
    """Hands the parts of a schema to libxml2 from memory, so that nothing is looked up outside."""

    def __init__(self, sources: dict[str, bytes]) -> None:
        self._sources = sources

    def resolve(self, system_url: str, public_id: str, context: object) -> object:
        source = next((self._sources[name] for name in self._sources if system_url.endswith(name)), None)
        if source is None:
            return self.resolve_empty(context)
        return self.resolve_string(source, context, base_url=system_url)


def _compile(source: bytes, sources: dict[str, bytes]) -> etree.XMLSchema:
    parser = etree.XMLParser(no_network=True, load_dtd=False)
    parser.resolvers.add(_SourceResolver(sources))
    return etree.XMLSchema(etree.fromstring(source, parser))


def write_schema(grammar: Grammar, message: Message) -> str:
    """Write the grammar of one message version as an XML Schema.

    Returns
    -------
    str
        A schema with one type for each rule and value that the message reaches.
    """
    types: dict[str, str] = {}
    waiting = [message.rule]
    while waiting:
        name = waiting.pop()
        if name in types:
            continue
        if name in grammar.rules:
            types[name] = _rule_type(grammar, name, message.edition)
            waiting += [part.rule for part in grammar.parts(name, message.edition) if part.element]
        elif name not in _BUILT_IN and name not in _WILDCARD:
            types[name] = _value_type(grammar, name)
            waiting += _values_used(grammar, name)
    root = _root_element(message)
    namespace = quoteattr(message.namespace)
    return (
        f'<xs:schema xmlns:xs="{_XS}" xmlns={namespace} targetNamespace={namespace}'
        f' elementFormDefault="qualified">{root}{"".join(types.values())}</xs:schema>'
    )


def _root_element(message: Message) -> str:
    """Write the elements from the root down to the one that holds the message."""
    inner = f'<xs:element name="{message.path[-1]}" type="{message.rule}"/>'
    for name in reversed(message.path[:-1]):
        inner = (
            f'<xs:element name="{name}"><xs:complexType><xs:sequence>{inner}</xs:sequence></xs:complexType>'
            "</xs:element>"
        )
    return inner


def _rule_type(grammar: Grammar, name: str, edition: int) -> str:
    kind = "choice" if grammar.rules[name].is_choice else "sequence"
    inner = "".join(_element(part) for part in grammar.parts(name, edition))
    return f'<xs:complexType name="{name}"><xs:{kind}>{inner}</xs:{kind}></xs:complexType>'


def _element(part: Part) -> str:
    if part.element in _WILDCARD:
        return _WILDCARD[part.element]
    most = "unbounded" if part.occurs_max == UNBOUNDED else str(part.occurs_max)
    return (
        f'<xs:element name="{part.element}" type="{_type_name(part.rule)}"'
        f' minOccurs="{part.occurs_min}" maxOccurs="{most}"/>'
    )


def _type_name(rule: str) -> str:
    if rule.startswith("["):
        return "one_of_" + "_".join(rule[1:-1].split())
    return _BUILT_IN.get(rule, rule)


def _values_used(grammar: Grammar, name: str) -> Iterator[str]:
    value = grammar.values.get(name)
    if value is not None and value.keyword == "amount":
        yield value.arguments[0]
        yield value.arguments[1].split(":")[1]


def _value_type(grammar: Grammar, name: str) -> str:
    if name.startswith("["):
        return _simple_type(_type_name(name), "xs:string", _codes(name[1:-1].split()))
    if name.startswith("text"):
        facets = f'<xs:minLength value="1"/><xs:maxLength value="{int(name[4:])}"/>'
        return _simple_type(name, "xs:string", facets)
    value = grammar.values[name]
    if value.keyword == "amount":
        return _amount_type(name, value)
    base, facets = _facets(value)
    return _simple_type(name, base, facets)


def _facets(value: Value) -> tuple[str, str]:
    """Return the base type of a value and the facets that restrict it."""
    match value.keyword, value.arguments:
        case "pattern", (*base, regex):
            return f"xs:{base[0]}" if base else "xs:string", f"<xs:pattern value={quoteattr(regex)}/>"
        case "decimal", (total, fraction, *least):
            facets = f'<xs:totalDigits value="{total}"/><xs:fractionDigits value="{fraction}"/>'
            return "xs:decimal", facets + (f'<xs:minInclusive value="{least[0]}"/>' if least else "")
        case "binary", (longest,):
            return "xs:base64Binary", f'<xs:minLength value="1"/><xs:maxLength value="{longest}"/>'
        case "codes", codes:
            return "xs:string", _codes(codes)
        case _:
            return "xs:string", ""


def _codes(codes: list[str] | tuple[str, ...]) -> str:
    return "".join(f'<xs:enumeration value="{code}"/>' for code in codes)


def _simple_type(name: str, base: str, facets: str) -> str:
    restriction = f'<xs:restriction base="{base}">{facets}</xs:restriction>'
    return f'<xs:simpleType name="{name}">{restriction}</xs:simpleType>'


def _amount_type(name: str, value: Value) -> str:
    base, attribute = value.arguments
    attribute_name, attribute_type = attribute.split(":")
    return (
        f'<xs:complexType name="{name}"><xs:simpleContent><xs:extension base="{base}">'
        f'<xs:attribute name="{attribute_name}" type="{attribute_type}" use="required"/>'
        "</xs:extension></xs:simpleContent></xs:complexType>"
    )
