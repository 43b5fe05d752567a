"""Steps of the tests' processes: services with inputs, and pauses in which the world changes."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from mtd.core.process.definition import Definition, Event, Retry, Service
from tests.core.process.sketch import Sketch, variable
from tests.runtime.plant import Plant, named

PAUSE = "pause"
"""A step that waits for `go`."""
RETRY = Retry(attempts_max=3, backoff_s=0.02, factor=1.0)


def fixed(value: Any) -> Callable[[Any, datetime], Any]:
    """An input that is always the same."""
    return lambda variables, now: value


def steps(name: str, *services: str | tuple[str, dict[str, Any]]) -> Definition:
    """Services one after the other; an input is a variable's name in braces, or a value."""
    sketch = Sketch()
    sketch.add("startEvent", "start")
    ids = ["start"]
    for n, step in enumerate(services):
        id_ = f"t{n}"
        ids.append(id_)
        if step == PAUSE:
            sketch.add("intermediateCatchEvent", id_, events=(Event(kind="message", name="Go"),))
            continue
        service, inputs = (step, {}) if isinstance(step, str) else step
        work = Service(connector=service, inputs=_inputs(inputs), retry=RETRY)
        sketch.add("serviceTask", id_, work=work)
    sketch.add("endEvent", "end")
    sketch.chain(*ids, "end")
    return named(sketch, name)


def side_by_side(name: str, first: str, service: str, inputs: dict[str, Any]) -> Definition:
    """`first`, a pause, then `service` twice at once."""
    sketch = Sketch()
    sketch.add("startEvent", "start")
    sketch.add("serviceTask", "first", work=Service(connector=first, retry=RETRY))
    sketch.add("intermediateCatchEvent", "wait", events=(Event(kind="message", name="Go"),))
    sketch.add("parallelGateway", "split")
    for id_ in ("a", "b"):
        work = Service(connector=service, inputs=_inputs(inputs), retry=RETRY)
        sketch.add("serviceTask", id_, work=work)
        sketch.add("endEvent", f"end_{id_}")
    sketch.chain("start", "first", "wait", "split")
    for id_ in ("a", "b"):
        sketch.chain("split", id_, f"end_{id_}")
    return named(sketch, name)


async def go(plant: Plant, count: int) -> None:
    """Let everyone go on who waits at the next pause, once so many do."""
    await plant.until("SELECT count(*) = $1 FROM subscription WHERE name = 'Go'", count)
    for row in await plant.rows("SELECT key FROM subscription WHERE name = 'Go'"):
        await plant.publish("Go", row["key"])


def _inputs(inputs: dict[str, Any]) -> dict[str, Any]:
    return {
        name: variable(value[1:-1])
        if isinstance(value, str) and value.startswith("{")
        else fixed(value)
        for name, value in inputs.items()
    }
