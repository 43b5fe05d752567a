"""Comparing: what one version of a process adds to another, takes out of it and changes in it."""

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any, Literal, cast

import msgspec

from mtd.core.process.drawing import Flow, Node, Process
from mtd.core.process.label import folded

ADDED, REMOVED, CHANGED = "added", "removed", "changed"
FLOW = "sequenceFlow"
BINDING = "binding"
"""What answers to an element's label."""
APART = frozenset({"id", "line", "documentation", "attributes"})
"""Fields that do not change what an element does."""

_Drawn = Node | Flow
_Answers = Mapping[str, list[Any]]


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """An element that is not the same in both."""

    element: str
    name: str
    kind: str
    """The BPMN tag name."""
    change: Literal["added", "removed", "changed"]
    what: tuple[str, ...] = ()
    """Of a change: fields of the drawing's element, and `binding`."""


def compared(
    old: Process, new: Process, old_bindings: str = "", new_bindings: str = ""
) -> list[Difference]:
    """What differs, elements known by their ids; the bindings are TOML.

    What was added comes first, then what was changed, then what was removed.
    """
    before, after = _elements(old), _elements(new)
    answered, answers = _answers(old_bindings), _answers(new_bindings)
    found = [_difference(after[id_], ADDED) for id_ in after if id_ not in before]
    for id_, element in after.items():
        if id_ in before:
            what = tuple(_changes(before[id_], element, answered, answers))
            found += [_difference(element, CHANGED, what)] if what else []
    return found + [_difference(before[id_], REMOVED) for id_ in before if id_ not in after]


def _elements(process: Process) -> dict[str, _Drawn]:
    return {one.id: one for one in (*process.nodes, *process.flows)}


def _changes(old: _Drawn, new: _Drawn, answered: _Answers, answers: _Answers) -> Iterator[str]:
    if type(old) is not type(new):
        yield "kind"
        return
    for field in new.__struct_fields__:
        if field not in APART and _told(getattr(old, field)) != _told(getattr(new, field)):
            yield field
    if _answer(old, answered) != _answer(new, answers):
        yield BINDING


def _told(value: Any) -> Any:
    """What a part of an element says, wherever in the file it stands."""
    if isinstance(value, msgspec.Struct):
        fields = (field for field in value.__struct_fields__ if field not in APART)
        return [(field, _told(getattr(value, field))) for field in fields]
    if isinstance(value, tuple):
        return [_told(one) for one in cast("tuple[Any, ...]", value)]
    return value


def _answer(element: _Drawn, answers: _Answers) -> list[Any]:
    return answers.get(element.id, []) + answers.get(folded(element.name or ""), [])


def _answers(bindings: str) -> _Answers:
    """What the bindings say, by the folded label or the id that they say it of."""
    found: dict[str, list[Any]] = {}
    for table, entries in tomllib.loads(bindings).items():
        if not isinstance(entries, dict):
            continue
        for name, value in cast("dict[str, Any]", entries).items():
            for key in dict.fromkeys((name, folded(name))):
                found.setdefault(key, []).append((table, value))
    return found


def _difference(element: _Drawn, change: Any, what: tuple[str, ...] = ()) -> Difference:
    kind = element.kind if isinstance(element, Node) else FLOW
    return Difference(
        element=element.id, name=element.name or "", kind=kind, change=change, what=what
    )
