"""Compensation: ties activities to what undoes them, and finds what must be remembered for it.

BPMN 2.0.2 §10.7 and §13.5.5; the refusals are the rules of §10.5.4 (boundary events) and §10.5.5
(compensation event definitions).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator

import msgspec

from mtd.core.process.compensating import COMPENSATE, UNDOING
from mtd.core.process.compiler.answers import Answers
from mtd.core.process.definition import Element
from mtd.core.process.drawing import Node, Process
from mtd.core.process.holding import THROWERS


class Compensation:
    """Ties the elements that are `own` of the drawing's `processes`, beside those of others."""

    def __init__(
        self,
        own: dict[str, Element],
        foreign: dict[str, Element],
        processes: Iterable[Process],
        answers: Answers,
    ) -> None:
        self._own = own
        self._foreign = foreign
        self._answers = answers
        self._nodes = {node.id: node for process in processes for node in process.nodes}
        self._associated: dict[str, set[str]] = defaultdict(set)
        for process in processes:
            for one, other in process.associations:
                self._associated[one].add(other)
                self._associated[other].add(one)

    def tied(self) -> dict[str, Element]:
        """All elements, each with what undoes it; faults say what is drawn wrong."""
        handlers = dict(self._handlers())
        starts = dict(self._starts())
        own = {
            id_: msgspec.structs.replace(
                element, compensated_by=handlers.get(id_), compensation=starts.get(id_)
            )
            if id_ in handlers or id_ in starts
            else element
            for id_, element in self._own.items()
        }
        elements = {**own, **self._foreign}
        remembered = _remembered(elements)
        self._check_handlers(set(handlers.values()))
        self._check_throws(remembered)
        return {
            id_: msgspec.structs.replace(element, remembered=True)
            if id_ in remembered and not element.remembered
            else element
            for id_, element in elements.items()
        }

    def _handlers(self) -> Iterator[tuple[str, str]]:
        """Activities with the activities that undo them, by a boundary event and an association."""
        seen: set[str] = set()
        for node in self._nodes.values():
            if node.kind != "boundaryEvent" or not _has(node, COMPENSATE) or not node.attached_to:
                continue
            tied = sorted(self._associated[node.id])
            found = [id_ for id_ in tied if self._is_handler(id_)]
            if len(found) > 1:
                words = f"a compensation event has one handler, and not {len(found)}"
                self._answers.fault(node, words)
            elif node.attached_to in seen:
                self._answers.fault(node, "its activity has another compensation event already")
            elif found:
                seen.add(node.attached_to)
                yield node.attached_to, found[0]

    def _is_handler(self, id_: str) -> bool:
        return id_ in self._nodes and self._nodes[id_].is_for_compensation

    def _starts(self) -> Iterator[tuple[str, str]]:
        """Insides with the start events of their compensation event sub-processes."""
        for element in self._own.values():
            for start in element.handlers:
                if _has(self._nodes[start], COMPENSATE):
                    yield element.id, start

    def _check_handlers(self, used: set[str]) -> None:
        for node in self._nodes.values():
            if not node.is_for_compensation:
                continue
            if node.id not in used:
                self._answers.fault(node, "no compensation event leads to it", warning=True)

    def _check_throws(self, remembered: set[str]) -> None:
        """What a throw names is in its own scope, or around the event sub-process that it is in."""
        for node in self._nodes.values():
            for event in node.events if node.kind in THROWERS else ():
                if event.kind != COMPENSATE or event.activity is None:
                    continue
                named = self._nodes.get(event.activity)
                if named is None or self._own[named.id].parent not in self._in_sight(node):
                    self._answers.fault(
                        node, f"the activity {event.activity!r} to compensate is not in its scope"
                    )
                elif named.id not in remembered:
                    label = named.name or named.id
                    self._answers.fault(node, f"nothing undoes {label!r}", warning=True)

    def _in_sight(self, node: Node) -> Iterator[str]:
        inside = self._own[node.id].parent
        yield inside
        while inside in self._nodes and self._nodes[inside].triggered_by_event:
            inside = self._own[inside].parent
            yield inside


def _remembered(elements: dict[str, Element]) -> set[str]:
    """Activities with a handler, or with one somewhere inside; none if nothing is thrown."""
    if not any(
        event.kind in UNDOING
        for element in elements.values()
        if element.kind in THROWERS
        for event in element.events
    ):
        return set()
    around: dict[str, list[str]] = defaultdict(list)
    for element in elements.values():
        if element.parent:
            around[element.called or element.id].append(element.id)
    handlers = {element.compensated_by for element in elements.values()}
    found: set[str] = set()
    waiting = [element.id for element in elements.values() if element.compensated_by is not None]
    for element in elements.values():
        if element.compensation is not None:
            waiting.extend(around[element.id])
    while waiting:
        own = waiting.pop()
        if own not in found:
            found.add(own)
            waiting.extend(around[elements[own].parent])
    return found - handlers


def _has(node: Node, kind: str) -> bool:
    return any(event.kind == kind for event in node.events)
