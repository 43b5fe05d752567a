"""Written: processes as BPMN 2.0 XML in a few words, read, compiled and run."""

import re
from collections.abc import Iterator
from itertools import count, pairwise
from typing import Any

from mtd.core.process.binding import read_bindings
from mtd.core.process.compiler import Compiled, Surroundings, compile_drawing
from mtd.core.process.readers import read
from tests.core.process.world import World

SURROUNDINGS = Surroundings(connectors=frozenset({"do"}))
NAMESPACE = "http://www.omg.org/spec/BPMN/20100524/MODEL"
_IDS = count()


def compiled(*parts: str, roots: str = "", bindings: str = "") -> Compiled:
    """One process with `parts`, beside other root elements."""
    process = f'<process id="p">{"".join(parts)}</process>'
    roots += "".join(sorted(_referred(process + roots)))
    text = f'<definitions xmlns="{NAMESPACE}">{process}{roots}</definitions>'
    return compile_drawing(read(text.encode()), read_bindings(bindings.encode()), SURROUNDINGS)


def _referred(text: str) -> Iterator[str]:
    """A root element for each message, signal, error or escalation that is referred to."""
    for kind, id_ in set(re.findall(r'(message|signal|error|escalation)Ref="(\w+)"', text)):
        code = f' {kind}Code="{id_}"' if kind in ("error", "escalation") else ""
        yield f'<{kind} id="{id_}" name="{id_}"{code}/>'


def run(*parts: str, roots: str = "", bindings: str = "", **variables: Any) -> World:
    """The process, begun."""
    made = compiled(*parts, roots=roots, bindings=bindings)
    assert made.definition is not None, made.faults
    return World(made.definition, **variables)


def faults(*parts: str, roots: str = "") -> list[str]:
    """What is wrong with the process, warnings left out."""
    made = compiled(*parts, roots=roots)
    return [fault.message for fault in made.faults if not fault.warning]


def tag(kind: str, id_: str, *inside: str, **attributes: str) -> str:
    """An element; its name is its id."""
    more = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f'<{kind} id="{id_}" name="{id_}"{more}>{"".join(inside)}</{kind}>'


def start(id_: str, *events: str, **attributes: str) -> str:
    """A start event."""
    return tag("startEvent", id_, *events, **attributes)


def end(id_: str, *events: str) -> str:
    """An end event."""
    return tag("endEvent", id_, *events)


def throw(id_: str, *events: str) -> str:
    """An intermediate throw event."""
    return tag("intermediateThrowEvent", id_, *events)


def catch(id_: str, *events: str, **attributes: str) -> str:
    """An intermediate catch event."""
    return tag("intermediateCatchEvent", id_, *events, **attributes)


def boundary(id_: str, host: str, *events: str, **attributes: str) -> str:
    """A boundary event on `host`."""
    return tag("boundaryEvent", id_, *events, attachedToRef=host, **attributes)


def service(id_: str, *inside: str, **attributes: str) -> str:
    """A service task that the test answers."""
    return tag("serviceTask", id_, *inside, implementation="do", **attributes)


def handler(id_: str) -> str:
    """A service task for compensation."""
    return service(id_, isForCompensation="true")


def undoable(id_: str, *inside: str) -> str:
    """A service task `id_`, and the handler `undo_id_` associated with it."""
    return service(id_, *inside) + undo(id_)


def undo(id_: str) -> str:
    """The handler `undo_id_` and its association with the activity `id_`."""
    event = boundary(f"on_{id_}", id_, event_of("compensate"))
    return event + handler(f"undo_{id_}") + tie(f"on_{id_}", f"undo_{id_}")


def tie(source: str, target: str) -> str:
    """An association."""
    return f'<association id="a{next(_IDS)}" sourceRef="{source}" targetRef="{target}"/>'


def stage(id_: str, *inside: str, **attributes: str) -> str:
    """An embedded sub-process."""
    return tag("subProcess", id_, *inside, **attributes)


def alarm(id_: str, *inside: str) -> str:
    """An event sub-process."""
    return stage(id_, *inside, triggeredByEvent="true")


def event_of(kind: str, inside: str = "", **attributes: str) -> str:
    """An event definition."""
    more = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f"<{kind}EventDefinition{more}>{inside}</{kind}EventDefinition>"


def flows(*paths: str) -> str:
    """Sequence flows along each path, `a > b > c`."""
    return "".join(
        f'<sequenceFlow id="s{next(_IDS)}" sourceRef="{source}" targetRef="{target}"/>'
        for path in paths
        for source, target in pairwise(path.split(" > "))
    )


def several(sequential: bool, cardinality: str) -> str:
    """A multi-instance marker."""
    count_ = f"<loopCardinality>{cardinality}</loopCardinality>"
    return (
        f'<multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}">'
        f"{count_}</multiInstanceLoopCharacteristics>"
    )
