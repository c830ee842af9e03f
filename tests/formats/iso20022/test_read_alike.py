"""Leaving alike transactions unparsed changes nothing: the same rows, and the same files are refused."""

from __future__ import annotations

import copy
import random
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from setfair.errors import FileProblem, FileRefusedError
from setfair.formats.iso20022.alike import SHAPES_MAX, Shapes, Transaction
from setfair.formats.iso20022.compile_schema import _type_name, write_schema
from setfair.formats.iso20022.grammar import WILDCARDS, load_grammar
from setfair.formats.iso20022.layout import find_layout
from setfair.formats.iso20022.parse import Source
from setfair.formats.iso20022.plans import PLANS
from setfair.formats.iso20022.read import _Reader, read_iso20022
from setfair.formats.iso20022.skip import iter_parts_skipping
from setfair.formats.iso20022.value_patterns import value_pattern
from tests.formats.iso20022 import read_cases as cases
from tests.formats.iso20022.grammar_instances import BAD_TEXTS, Instances

COUNT = 60
"""Transactions of a file: more than the parser is given at a time at first."""

MESSAGE = "pacs.008.001.13"
END = "</CdtTrfTxInf>"
TRANSACTIONS = {
    "pacs.008": "CdtTrfTxInf",
    "pacs.009": "CdtTrfTxInf",
    "pacs.004": "TxInf",
    "camt.056": "TxInf",
}
Rows = list[dict[str, object]]


def numbered(number: int, **given: str) -> str:
    """An ordinary transaction with texts of its own."""
    ids = (
        f"<InstrId>I-{number}</InstrId><EndToEndId>E-{number}</EndToEndId>"
        f"<UETR>7f3c1a52-9d0e-4b6f-8a21-{number:012x}</UETR>"
    )
    debtor = f"<Nm>Amber Mills {number}</Nm><PstlAdr><CareOf>Dune {number}</CareOf><Ctry>XA</Ctry></PstlAdr>"
    remittance = f"<RmtInf>\n <Ustrd>Invoice {number}</Ustrd>\n <Ustrd>part {number % 3}</Ustrd>\n</RmtInf>"
    amount = f'<IntrBkSttlmAmt Ccy="EUR">{number}.50</IntrBkSttlmAmt>'
    parts = {"ids": ids, "debtor": debtor, "remittance": remittance, "amount": amount} | given
    return "\n " + cases.customer_transfer(**parts)


def document_of(texts: list[str]) -> str:
    """A pacs.008 of transactions, between which there is white space."""
    return cases.document(MESSAGE, cases.group_header(len(texts)) + "".join(texts) + "\n")


def way(path: Path, *, is_skipping: bool) -> Rows | FileProblem:
    """The rows that one way of reading gives, or why it refuses the file."""
    try:
        reader = _Reader(path, "utf-8", find_layout(path, "utf-8", PLANS), is_skipping=is_skipping)
        return [row for batch in reader.batches(None) for row in batch.rows.to_pylist()]
    except FileRefusedError as error:
        return error.problems[0]


def check_same(path: Path) -> Rows | FileProblem:
    """Check that both ways agree, and that the reader says what the plain way says."""
    plain, skipping = way(path, is_skipping=False), way(path, is_skipping=True)
    if isinstance(plain, list):
        assert skipping == plain or isinstance(skipping, FileProblem)
        assert [row for batch in read_iso20022(path) for row in batch.rows.to_pylist()] == plain
    else:
        assert isinstance(skipping, FileProblem)
        with pytest.raises(FileRefusedError) as caught:
            list(read_iso20022(path))
        assert caught.value.problems == (plain,)
    return plain


def count_skipped(path: Path) -> int:
    """How many transactions of a pacs.008 were not parsed."""
    layout, plan = find_layout(path, "utf-8", PLANS), PLANS["pacs.008"]
    source = Source(path, "utf-8", layout, plan.parts)
    shapes = Shapes(layout.message, plan.transaction, plan.transaction_paths)
    count = 0
    for part in iter_parts_skipping(source, shapes, plan.transaction):
        if isinstance(part, Transaction):
            count += 1
        elif part.text:
            reader = _Reader(path, "utf-8", layout, is_skipping=True)
            reader._shapes = shapes
            reader._take(part)
    return count


def test_alike_transactions_are_not_parsed(tmp_path: Path) -> None:
    """Of a file of alike transactions only the first ones are parsed, and the rows are those of the texts."""
    path = cases.write(tmp_path, document_of([numbered(number) for number in range(200)]))
    assert count_skipped(path) > 130
    rows = check_same(path)
    assert isinstance(rows, list)
    assert [row["instruction_id"] for row in rows] == [f"I-{number}" for number in range(200)]
    assert rows[150]["other_names"] == "Dune 150"
    assert rows[150]["remittance"] == "Invoice 150 part 0"
    assert rows[150]["amount_minor"] == 15050


def test_many_shapes_in_one_file(tmp_path: Path) -> None:
    """Transactions of many shapes, mixed, keep their order and their texts."""
    source = random.Random(1)
    kinds = [
        {"priority": f"<SttlmPrty>{priority}</SttlmPrty>", "agents": agents, "after_creditor": after}
        for priority in ("HIGH", "NORM")
        for agents in ("", cases.agent("InstgAgt", "ALPHXX22"), cases.agent("InstdAgt", "BRAVXX22"))
        for after in (
            "",
            "<CdtrAcct><Id><IBAN>XA12ABCDEF</IBAN></Id></CdtrAcct>",
            "<Purp><Cd>ABCD</Cd></Purp>",
        )
    ]
    texts = [numbered(number, **source.choice(kinds)) for number in range(400)]
    path = cases.write(tmp_path, document_of(texts))
    assert count_skipped(path) > 250
    rows = check_same(path)
    assert isinstance(rows, list)
    assert [row["instruction_id"] for row in rows] == [f"I-{number}" for number in range(400)]


def test_shapes_are_bounded(tmp_path: Path) -> None:
    """A file in which no two transactions are alike is read, and no more shapes than allowed are tried."""
    texts = [
        numbered(number).replace("<Dbtr>", f"<Dbtr>{' ' * number}") for number in range(SHAPES_MAX + 100)
    ]
    alike = [texts[SHAPES_MAX // 2]] * 3
    path = cases.write(tmp_path, document_of([*texts, texts[-1], texts[-1], *alike]))
    assert count_skipped(path) == len(alike)
    assert isinstance(check_same(path), list)


SNIPPETS = (
    *BAD_TEXTS, "<!-- x -->", f"<!-- {END} -->", f"<!--{END}", "-->", f"<![CDATA[{END}]]>", "<![CDATA[<]]>",
    "]]>", "&amp;", "&#65;", "&#0;", "&no;", ">", "<", "</", '"', "'", "<?pi ?>", f"<?pi {END}?>",
    "</CdtTrfTxInf >", "<CdtTrfTxInf>", END, "\r\n", "\r", "\t", "\x01", "\ufffe", "\U0001f600", "\x85",
    "é" * 36, "x" * 36, "<Nm>Z</Nm>", "<Nm/>", "<X xmlns=''/>", "<p:X/>", ' xml:lang="en"', ' xmlns="urn:x"',
    ' Ccy="CHF"', 'CHF"', "Ccy",
    "</FIToFICstmrCdtTrf>", "</Document>", "<SplmtryData><Envlp><CdtTrfTxInf/></Envlp></SplmtryData>",
    f"<SplmtryData><Envlp><CdtTrfTxInf>{END}</Envlp></SplmtryData>",
    '<SplmtryData><Envlp><a xmlns="urn:a"><Nm>Q</Nm></a></Envlp></SplmtryData>',
)  # fmt: skip
"""What is put somewhere into a file: markup that hides markup, texts at the bounds of what is valid."""


@settings(
    max_examples=120,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
)
@given(seed=st.integers(0, 2**32))
def test_changed_files_are_judged_alike(tmp_path: Path, seed: int) -> None:
    """A file changed at random places, by text that means something, is read as by the plain way."""
    source = random.Random(seed)
    texts = [numbered(number) for number in range(COUNT)]
    for _ in range(source.choice((1, 1, 2, 6))):
        number = source.randrange(20, COUNT)
        text = texts[number]
        # Half of the changes hit a place where the shape of the text changes or a value begins or ends.
        places = (
            [at for at, character in enumerate(text) if character in "<>"] if source.random() < 0.5 else []
        )
        begin = source.choice(places) + source.randrange(2) if places else source.randrange(len(text))
        end = min(len(text), begin + source.choice((0, 0, 0, 1, 9, 40)))
        text = text[:begin] + source.choice(SNIPPETS) + text[end:]
        texts[number] = text
        if source.random() < 0.2:
            texts[number + 1 : number + 3] = [text, text]
    kind = source.randrange(4)
    message = document_of(texts)
    if kind == 1:
        message = cases.envelope(message, message=MESSAGE)
    if kind == 2:
        message = message.replace("\n", "\r\n")
    data = bytearray(message.encode())
    if kind == 3:
        data[source.randrange(20_000, len(data))] = source.choice(b"\xff\x80\xc3<>&\x00")
    check_same(cases.write(tmp_path, bytes(data)))


@pytest.mark.parametrize(
    "around",
    [
        "</CdtTrfTxInf ></FIToFICstmrCdtTrf></Document><CdtTrfTxInf></CdtTrfTxInf>",
        "</CdtTrfTxInf ></FIToFICstmrCdtTrf></Document><!-- </CdtTrfTxInf>",
        "</CdtTrfTxInf ></FIToFICstmrCdtTrf></Document><any a='</CdtTrfTxInf>",
        "</CdtTrfTxInf><!-- </CdtTrfTxInf>",
        "</CdtTrfTxInf ><!-- </CdtTrfTxInf>",
        "</CdtTrfTxInf ><?any </CdtTrfTxInf>",
        "</CdtTrfTxInf><![CDATA[</CdtTrfTxInf>",
        "</CdtTrfTxInf ></FIToFICstmrCdtTrf></Document><CdtTrfTxInf><CdtTrfTxInf></CdtTrfTxInf>",
    ],
)
def test_alike_text_outside_the_message_is_no_transaction(tmp_path: Path, around: str) -> None:
    """What only looks like transactions, after the message or hidden in it, moves no money."""
    real = [numbered(number) for number in range(COUNT)]
    fakes = "".join(numbered(number) for number in range(COUNT, COUNT + 8))
    closing = "</FIToFICstmrCdtTrf></Document>"
    message = document_of(real).removesuffix(closing).rstrip().removesuffix(END) + around + fakes
    for count in (COUNT, COUNT + 8):
        for tail in ("", "-->", "]]>", f"-->{closing}", f"?>{closing}", "</CdtTrfTxInf>", "'/>", closing):
            text = message.replace(f"<NbOfTxs>{COUNT}", f"<NbOfTxs>{count}") + tail
            rows = check_same(cases.write(tmp_path, cases.envelope(text, message=MESSAGE)))
            assert isinstance(rows, FileProblem) or len(rows) == COUNT


def test_alike_text_inside_a_transaction_is_no_transaction(tmp_path: Path) -> None:
    """What only looks like transactions, in the supplementary data of one, moves no money."""
    real = [numbered(number) for number in range(COUNT)]
    fakes = "".join(numbered(number) for number in range(COUNT, COUNT + 8))
    hiding = numbered(0, remittance="<SplmtryData><Envlp><a><CdtTrfTxInf></CdtTrfTxInf>").removesuffix(END)
    real[-1] = real[-1].replace(END, "</CdtTrfTxInf >") + hiding + fakes + "</a></Envlp></SplmtryData>" + END
    for count in (COUNT + 1, COUNT + 9):
        text = document_of(real).replace(f"<NbOfTxs>{COUNT}", f"<NbOfTxs>{count}")
        rows = check_same(cases.write(tmp_path, text))
        assert isinstance(rows, FileProblem) or len(rows) == count == COUNT + 1


ONE_CANCELLATION = "<TxInf><CxlId>C-{0}</CxlId><OrgnlTxId>T-{0}</OrgnlTxId></TxInf>"


def cancellations(underlying: str) -> str:
    """A camt.056 with its groups of cancellations."""
    agents = [cases.agent("Agt", bic) for bic in ("ALPHXX22", "BRAVXX22")]
    assignment = f"<Assgnmt><Id>A</Id><Assgnr>{agents[0]}</Assgnr><Assgne>{agents[1]}</Assgne>"
    assignment += "<CreDtTm>2030-01-15T08:00:00Z</CreDtTm></Assgnmt>"
    return cases.document("camt.056.001.08", assignment + underlying)


def test_cancellations_in_several_groups(tmp_path: Path) -> None:
    """The end of a group of cancellations is never passed over."""
    group = (
        "<OrgnlGrpInfAndCxl><GrpCxlId>G-{}</GrpCxlId><OrgnlMsgId>M</OrgnlMsgId><OrgnlMsgNmId>pacs.008.001.08"
    )
    group += "</OrgnlMsgNmId><GrpCxl>{}</GrpCxl></OrgnlGrpInfAndCxl>"
    text = ""
    for number in range(300):
        inside = "".join(ONE_CANCELLATION.format(10 * number + inner) for inner in range(number % 5))
        end = "</Undrlyg >" if number % 7 == 0 else "</Undrlyg>"
        text += "<Undrlyg>" + group.format(number, "true" if number % 3 == 0 else "false") + inside + end
    rows = check_same(cases.write(tmp_path, cancellations(text)))
    assert isinstance(rows, list)
    assert sum(row["defect"] != 0 for row in rows) == sum(n % 3 == 0 or n % 5 == 0 for n in range(300))


def test_alike_text_inside_another_group_is_no_cancellation(tmp_path: Path) -> None:
    """What only looks like cancellations, in the supplementary data of one, cancels nothing."""
    many = "".join(ONE_CANCELLATION.format(number) for number in range(1000))
    hiding = ONE_CANCELLATION.format(1000).replace(
        "</TxInf>", "<SplmtryData><Envlp><a><TxInf></TxInf>{}</a></Envlp></SplmtryData></TxInf>"
    )
    fakes = "".join(ONE_CANCELLATION.format(number) for number in range(2000, 2008))
    text = f"<Undrlyg>{many.removesuffix('>')} ></Undrlyg><Undrlyg>{hiding.format(fakes)}</Undrlyg>"
    rows = check_same(cases.write(tmp_path, cancellations(text)))
    assert isinstance(rows, list)
    assert [row["instruction_id"] for row in rows] == [f"C-{number}" for number in range(1001)]


@pytest.mark.parametrize("name", [name for name in load_grammar().messages if name[:8] in TRANSACTIONS])
def test_random_messages_are_read_the_same(name: str, tmp_path: Path) -> None:
    """Copies of random transactions, with right and wrong values, are read as by the plain way."""
    source = random.Random(name)
    space = f"{{{load_grammar().messages[name].namespace}}}"
    for seed in range(3):
        instances = Instances(load_grammar(), load_grammar().messages[name], seed=seed + 10)
        message = instances.valid(fullness=0.3)
        found = message.findall(f".//{space}{TRANSACTIONS[name[:8]]}")
        for first in found[:1]:
            copies = 2 + 70_000 // len(etree.tostring(first))
            for number in range(copies):
                other = copy.deepcopy(first)
                leaves = [leaf for leaf in other.iter() if not len(leaf)]
                # Most mistakes are in a file of their own: the first one ends the comparison.
                for _ in range(1 if number > copies // 2 else 0):
                    leaf, texts = source.choice(leaves), [leaf.text for leaf in leaves]
                    leaf.text = source.choice((leaf.text, source.choice(texts), source.choice(BAD_TEXTS)))
                first.addnext(other)
                if number % 40 == 0 or number == copies - 1:
                    check_same(cases.write(tmp_path, etree.tostring(message, encoding="utf-8")))


def values_of_elements() -> dict[str, str]:
    """Every value that an element of a message has, and its type in a schema."""
    grammar = load_grammar()
    rules = {part.rule for rule in grammar.rules.values() for part in rule.parts if part.element}
    return {rule: _type_name(rule) for rule in rules if rule not in grammar.rules and rule not in WILDCARDS}


@cache
def validator(rule: str) -> tuple[etree.XMLSchema, str]:
    """A schema with an element that has a value of the grammar as its content, and its namespace."""
    for message in load_grammar().messages.values():
        schema = etree.fromstring(write_schema(load_grammar(), message).encode())
        kind = values_of_elements()[rule]
        for element in schema.iter("{*}element"):
            if element.get("type") == kind:
                schema.append(etree.Element(element.tag, name="Value", type=kind))
                return etree.XMLSchema(schema), message.namespace
    raise AssertionError(f"no message has {rule}")


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(data=st.data())
@pytest.mark.parametrize("rule", sorted(values_of_elements()))
def test_patterns_accept_no_more_than_the_validator(rule: str, data: st.DataObject) -> None:
    """Whatever a pattern accepts is valid, and is the same text after parsing."""
    pattern = value_pattern(rule)
    if pattern is None:
        assert rule in ("Signature", "UtcDateTime")
        return
    text = data.draw(st.from_regex(pattern, fullmatch=True))
    schema, namespace = validator(rule)
    value = load_grammar().values.get(rule)
    currency = ' Ccy="EUR"' if value is not None and value.keyword == "amount" else ""
    element = etree.fromstring(f'<Value xmlns="{namespace}"{currency}>{text}</Value>'.encode())
    assert element.text == text
    assert schema.validate(element), schema.error_log


@pytest.mark.parametrize("rule", sorted(values_of_elements()))
def test_patterns_can_be_joined_to_one(rule: str) -> None:
    """No pattern has a group of its own, and none accepts markup or nothing: each value is found whole."""
    pattern = value_pattern(rule)
    if pattern is not None:
        assert pattern.groups == 0
        assert not any(pattern.fullmatch(text) for text in ("", "<", ">", "&", "a<b", "12<3", "</a>"))


@pytest.mark.parametrize(
    ("rule", "good", "bad"),
    [
        (
            "date",
            "2028-02-29 2030-04-30 2030-12-31 2000-02-29Z",
            "2030-02-29 2030-04-31 2030-13-01 0000-01-01",
        ),
        ("Amount", "1 1.5 0.00000 1234567890123.12345", "1.123456 -1 +1 1. .5 1e3 12345678901234567890"),
        ("text35", "x é a.b " + "x" * 35, "a<b a>b a&b " + "x" * 36),
        ("boolean", "true false 0 1", "TRUE yes 2"),
    ],
)
def test_patterns_by_example(rule: str, good: str, bad: str) -> None:
    """The values that real files have are matched, and values beside them are not."""
    pattern = value_pattern(rule)
    assert pattern is not None
    assert [text for text in good.split() if not pattern.fullmatch(text)] == []
    assert [text for text in bad.split() if pattern.fullmatch(text)] == []
