"""Sketches: definitions written in a few lines, for tests of the engine alone."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import msgspec

from mtd.core.process.definition import Definition, Element, Event, Person, Service, Way
from mtd.core.process.effect import Timer

PROCESS = "process"
SCOPES = ("process", "subProcess", "transaction")


class Sketch:
    """Nodes and flows, added one by one; `definition` compiles nothing and checks nothing."""

    def __init__(self) -> None:
        self.elements: dict[str, Element] = {}
        self.flows: list[tuple[str, str, str, str, Any]] = []
        self.defaults: set[str] = set()
        """Ids of default flows."""

    def add(self, kind: str, id_: str, parent: str = PROCESS, **more: Any) -> str:
        """A node; the keywords are those of `Element`."""
        self.elements[id_] = Element(
            id=id_, name=more.pop("name", id_), kind=kind, parent=parent, **more
        )
        return id_

    def change(self, id_: str, **more: Any) -> None:
        """The node `id_` is otherwise than it was added."""
        self.elements[id_] = msgspec.structs.replace(self.elements[id_], **more)

    def service(self, id_: str, parent: str = PROCESS, **more: Any) -> str:
        """A service task bound to a connector of its own name."""
        return self.add("serviceTask", id_, parent, work=Service(connector=f"x.{id_}"), **more)

    def person(self, id_: str, parent: str = PROCESS, **more: Any) -> str:
        """A user task of role `agent`."""
        return self.add("userTask", id_, parent, work=Person(role="agent"), **more)

    def flow(self, source: str, target: str, name: str = "", condition: Any = None) -> str:
        """A sequence flow."""
        id_ = f"f{len(self.flows)}"
        self.flows.append((id_, source, target, name, condition))
        return id_

    def default(self, source: str, target: str) -> str:
        """A default flow."""
        id_ = self.flow(source, target)
        self.defaults.add(id_)
        return id_

    def chain(self, *ids: str) -> None:
        """Flows from each to the next."""
        for source, target in pairwise(ids):
            self.flow(source, target)

    def definition(self) -> Definition:
        """What was sketched, as the engine takes it."""
        elements = {PROCESS: Element(id=PROCESS, name=PROCESS, kind="process")}
        for element in self.elements.values():
            out = [f for f in self.flows if f[1] == element.id]
            into = [f for f in self.flows if f[2] == element.id]
            ways = tuple(
                Way(id=f[0], name=f[3], target=f[2], condition=f[4], on_reset=asks_phase(f[4]))
                for f in out
            )
            attached = [e.id for e in self.elements.values() if e.attached_to == element.id]
            elements[element.id] = msgspec.structs.replace(
                element,
                outgoing=ways,
                default=next((way for way in ways if way.id in self.defaults), None),
                incoming=tuple(f[0] for f in into),
                attached=tuple(attached),
            )
        for inside in [e for e in elements.values() if e.kind in SCOPES]:
            elements[inside.id] = msgspec.structs.replace(
                inside,
                starts=self._within(inside.id, "startEvent") or self._starts_of(inside.id),
                handlers=tuple(self._handlers(inside.id)),
                compensation=next(
                    (
                        start
                        for start in self._handlers(inside.id)
                        if elements[start].events[0].kind == "compensate"
                    ),
                    None,
                ),
            )
        for element in elements.values():
            if element.compensated_by is not None or element.kind in SCOPES[1:]:
                elements[element.id] = msgspec.structs.replace(element, remembered=True)
        return Definition(name="sketch", version=1, root=PROCESS, elements=elements)

    def _handlers(self, parent: str) -> Iterator[str]:
        for element in self.elements.values():
            if element.parent == parent and element.kind == "subProcess":
                yield from self._within(element.id, "eventSubProcess")

    def _within(self, parent: str, kind: str) -> tuple[str, ...]:
        inside = self.elements.values()
        return tuple(e.id for e in inside if e.parent == parent and e.kind == kind)

    def _starts_of(self, parent: str) -> tuple[str, ...]:
        return self._within(parent, "eventSubProcess")


def message(name: str, key: str = "k") -> Event:
    """A message event with a constant key."""
    return Event(kind="message", name=name, key=lambda variables, now: key)


def after(seconds: float, left: int | None = 0) -> Event:
    """A timer event."""
    return Event(
        kind="timer",
        schedule=lambda variables, now: Timer(now + timedelta(seconds=seconds), left),
    )


def error(code: str | None = None) -> Event:
    """An error event."""
    return Event(kind="error", name=code)


def variable(name: str) -> Callable[[Any, datetime], Any]:
    """A rule that gives a variable's value."""
    return lambda variables, now: variables.get(name)


def phase(waiting_for_start: bool) -> Callable[[Any, datetime], Any]:
    """A condition on the phase of the complex gateway that the flow leaves."""

    def holds(variables: Any, now: datetime) -> Any:
        return variables["waitingForStart"] is waiting_for_start

    holds.asks_phase = True  # pyright: ignore[reportFunctionMemberAccess]
    return holds


def asks_phase(condition: Any) -> bool:
    """Whether a condition is one of `phase`."""
    return getattr(condition, "asks_phase", False)
