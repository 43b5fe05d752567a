"""Comparing: what was added, removed and changed is told by id, and nothing that only moved."""

from mtd.core.process.comparing import compared
from mtd.core.process.drawing import Process
from tests.core.process.drawn import chain, drawing

TASKS = '<userTask id="a" name="Revisar"/><userTask id="b" name="Empacar"/>'


def process(body: str) -> Process:
    return drawing(f'<process id="p">{body}</process>').processes[0]


def changes(old: str, new: str, *bindings: str) -> list[tuple[str, str, tuple[str, ...]]]:
    found = compared(process(old), process(new), *bindings)
    return [(one.element, one.change, one.what) for one in found]


def test_the_same_further_down_in_the_file_is_the_same() -> None:
    timer = '<boundaryEvent id="t" attachedToRef="a"><timerEventDefinition id="x"/></boundaryEvent>'
    moved = timer.replace('id="x"', 'id="y"')
    assert changes(TASKS + timer, f"\n\n{TASKS}\n{moved}") == []


def test_what_came_and_what_went() -> None:
    old = TASKS + chain("a", "b")
    new = '<userTask id="a" name="Revisar"/><task id="c"/>' + chain("a", "c")
    assert changes(old, new) == [
        ("c", "added", ()), ("a_c", "added", ()), ("b", "removed", ()), ("a_b", "removed", ()),
    ]  # fmt: skip


def test_what_is_otherwise_than_before() -> None:
    old = TASKS + chain("a", "b")
    new = '<serviceTask id="a" name="Revisar"/><userTask id="b" name="Embalar"/>' + chain("a", "b")
    assert changes(old, new) == [("a", "changed", ("kind",)), ("b", "changed", ("name",))]


def test_what_answers_to_a_label_belongs_to_the_element() -> None:
    before = '[user."Revisar"]\nrole = "agent"\n[user."Empacar"]\nrole = "agent"\n'
    after = '[user."REVISAR"]\nrole = "agent"\n[user."b"]\nrole = "boss"\n'
    assert changes(TASKS, TASKS, before, after) == [("b", "changed", ("binding",))]
    other = before.replace("agent", "boss", 1)
    assert changes(TASKS, TASKS, before, other) == [("a", "changed", ("binding",))]
