"""Each static rule of the standard: broken on purpose, told in words, and in the table."""

import re
from pathlib import Path

import pytest

from mtd.core.process.binding import Bindings, UserBinding
from mtd.core.process.compiler import Surroundings, compile_drawing
from mtd.core.process.compiler.answers import Fault
from mtd.core.process.drawing import Drawing
from mtd.core.process.readers import read
from mtd.core.process.rules import RULES, Rule, broken
from tests.core.process.rules.broken import BROKEN
from tests.core.process.rules.pieces import POOLS, SIGNAL, SIGNALS, SOUND, ending, handled

TABLE = Path(__file__).parents[4] / "docs" / "bpmn-rules.md"
SURROUNDINGS = Surroundings(connectors=frozenset({"k.k"}))
BY_NAME = {rule.name: rule for rule in RULES}
WORKER = Bindings(process="p", user={"t": UserBinding(role="agent")})


def drawn(body: str, around: str = "", attributes: str = 'isExecutable="true"') -> Drawing:
    """A file with the process `p`, one element a line."""
    file = (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
        f'{around}\n<process id="p" {attributes}>\n{body}\n</process></definitions>'
    )
    return read(file.replace("><", ">\n<").encode(), "file.bpmn")


def faults(drawing: Drawing) -> dict[str, Fault]:
    """What the compiler says, by words."""
    compiled = compile_drawing(drawing, WORKER, SURROUNDINGS)
    return {fault.message: fault for fault in compiled.faults}


def breaches(drawing: Drawing) -> dict[str, tuple[str, str]]:
    """Broken rules of the process `p`, each with who breaks it first and the words."""
    process = next(one for one in drawing.processes if one.id == "p")
    found: dict[str, tuple[str, str]] = {}
    for rule, subject, words in broken(drawing, process):
        found.setdefault(rule.name, (subject.id, words))
    return found


def broken_drawing(name: str) -> Drawing:
    """The drawing that breaks the rule, in a process that says that it executes."""
    case = BROKEN[name]
    public = ' processType="Public"' if name == "public-not-executable" else ""
    return drawn(case.body, case.around, f'isExecutable="true"{public}')


def severity(rule: Rule) -> str:
    """What the table says of it."""
    return "warns" if rule.warns else "warns unless executable" if rule.harmless else "refuses"


@pytest.mark.parametrize("name", sorted(BY_NAME))
def test_a_drawing_that_breaks_it_is_told_so(name: str) -> None:
    case = BROKEN[name]
    drawing = broken_drawing(name)
    element, words = breaches(drawing)[name]
    assert element == case.element
    fault = faults(drawing)[words]
    assert (fault.element, fault.warning) == (case.element, BY_NAME[name].warns)
    assert fault.line > 0
    assert len(words.split()) > 4


@pytest.mark.parametrize("name", sorted(n for n, rule in BY_NAME.items() if rule.harmless))
def test_what_is_harmless_only_warns_where_nobody_says_that_it_executes(name: str) -> None:
    case = BROKEN[name]
    told = breaches(drawn(case.body, case.around, "")).get(name)
    if told is not None:
        assert faults(drawn(case.body, case.around, ""))[told[1]].warning


@pytest.mark.parametrize(
    ("body", "around"),
    [
        (SOUND, ""),
        (SOUND, POOLS.format('<messageFlow id="mf" sourceRef="t" targetRef="z"/>')),
        (handled(f'<startEvent id="hs">{SIGNAL}</startEvent>'), SIGNALS),
        (SOUND.replace("<task", '<task xmlns:v="urn:vendor" v:own="1"'), ""),
    ],
    ids=["plain", "pools", "event sub-process", "vendor's attributes"],
)
def test_a_sound_drawing_breaks_none(body: str, around: str) -> None:
    drawing = drawn(body, around)
    assert breaches(drawing) == {}
    assert compile_drawing(drawing, WORKER, SURROUNDINGS).definition is not None


def test_an_escalation_without_any_reference_is_told_where_it_is_to_execute() -> None:
    body = ending("<escalationEventDefinition/>")
    assert "escalation-code" in breaches(drawn(body))
    assert "escalation-code" not in breaches(drawn(body, "", ""))


def test_the_table_has_each_rule_with_its_clause_and_its_words() -> None:
    row = re.compile(r"^\| `([a-z-]+)` \| (.+?) \| (.+?) \| (.+) \|$", re.MULTILINE)
    rows = row.findall(TABLE.read_text(encoding="utf-8"))
    assert [tuple(row) for row in rows] == [
        (rule.name, rule.clause, severity(rule), breaches(broken_drawing(rule.name))[rule.name][1])
        for rule in RULES
    ]
    assert set(BROKEN) == set(BY_NAME)


def test_an_extension_without_a_namespace_of_its_own_is_no_part_of_the_drawing() -> None:
    """Visual Paradigm keeps its model so: each thing once more, under its id."""
    kept = '<extensionElements><model id="s"/><message id="t" messageRef="x"/></extensionElements>'
    drawing = drawn(SOUND.replace("<endEvent", f"{kept}<endEvent", 1))
    assert not breaches(drawing)
    assert not [one for one in drawing.notes if "second time" in one.text]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('<compensateEventDefinition activityRef="f9"/>', "add the activity, or correct it"),
        ("<eventDefinitionRef>s</eventDefinitionRef>", "let it lead to event definition"),
    ],
)
def test_a_reference_is_told_by_a_word_for_what_it_is_meant_for(body: str, words: str) -> None:
    told = " ".join(words for _, words in breaches(drawn(ending(body))).values())
    assert words in told
