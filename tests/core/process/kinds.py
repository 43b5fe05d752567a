"""Kinds of elements, each drawn by itself between a start and an end, for migration and more."""

from collections.abc import Callable

import msgspec

from mtd.core.process.definition import Definition, Event, Loop
from tests.core.process.sketch import Sketch, after, message

Draw = Callable[[Sketch, str], None]
"""Adds the element of this id, with all that belongs to it."""


def within(kind: str, event: Event | None = None) -> Draw:
    def draw(sketch: Sketch, id_: str) -> None:
        sketch.add(kind, id_, events=(event,) if event is not None else ())

    return draw


def service(sketch: Sketch, id_: str) -> None:
    sketch.service(id_)


def person(sketch: Sketch, id_: str) -> None:
    sketch.person(id_)


def stage(sketch: Sketch, id_: str) -> None:
    """A sub-process with a person inside, a timer at its border and a handler."""
    sketch.add("subProcess", id_)
    sketch.add("startEvent", f"{id_}_begin", id_)
    sketch.person(f"{id_}_inside", id_)
    sketch.add("endEvent", f"{id_}_done", id_)
    sketch.chain(f"{id_}_begin", f"{id_}_inside", f"{id_}_done")
    sketch.add("boundaryEvent", f"{id_}_late", attached_to=id_, events=(after(3600),))
    sketch.add("endEvent", f"{id_}_given_up")
    sketch.flow(f"{id_}_late", f"{id_}_given_up")


def race(sketch: Sketch, id_: str) -> None:
    """An event-based gateway before a message and a timer."""
    sketch.add("eventBasedGateway", id_)
    sketch.add("intermediateCatchEvent", f"{id_}_paid", events=(message("Paid"),))
    sketch.add("intermediateCatchEvent", f"{id_}_late", events=(after(60),))
    sketch.add("endEvent", f"{id_}_end")
    sketch.chain(id_, f"{id_}_paid", f"{id_}_end")
    sketch.chain(id_, f"{id_}_late", f"{id_}_end")


def join(sketch: Sketch, id_: str) -> None:
    """A parallel join at which one of two tokens waits."""
    sketch.add("parallelGateway", f"{id_}_split")
    sketch.person(f"{id_}_other")
    sketch.add("parallelGateway", id_)
    sketch.chain(f"{id_}_split", id_)
    sketch.chain(f"{id_}_split", f"{id_}_other", id_)


def repeated(sequential: bool, inner: Draw) -> Draw:
    """A multi-instance activity over three."""

    def draw(sketch: Sketch, id_: str) -> None:
        inner(sketch, id_)
        loop = Loop(kind="multiInstance", sequential=sequential, cardinality=lambda v, now: 3)
        sketch.elements[id_] = msgspec.structs.replace(sketch.elements[id_], loop=loop)

    return draw


KINDS: dict[str, Draw] = {
    "service": service,
    "person": person,
    "receive": within("receiveTask", message("Paid")),
    "message": within("intermediateCatchEvent", message("Paid")),
    "timer": within("intermediateCatchEvent", after(60)),
    "signal": within("intermediateCatchEvent", Event(kind="signal", name="Go")),
    "stage": stage,
    "race": race,
    "join": join,
    "each person": repeated(False, person),
    "each service in turn": repeated(True, service),
    "each stage": repeated(False, stage),
}


def drawn(draw: Draw, id_: str, version: int, extra: bool = False) -> Definition:
    """A start, the element, in version 2 perhaps a person after it, an end."""
    sketch = Sketch()
    sketch.add("startEvent", "start")
    draw(sketch, id_)
    sketch.add("endEvent", "end")
    first = f"{id_}_split" if f"{id_}_split" in sketch.elements else id_
    sketch.flow("start", first)
    if extra:
        sketch.person("extra")
        sketch.chain(id_, "extra", "end")
    else:
        sketch.flow(id_, "end")
    return msgspec.structs.replace(sketch.definition(), version=version)
