"""Drawn: one element between a start and an end, compiled as the reader would hand it over."""

from typing import Any

from mtd.core.process.binding import Bindings
from mtd.core.process.compiler import Compiled, Surroundings, compile_drawing
from mtd.core.process.drawing import Drawing, EventDefinition, Flow, Node, Process

LABEL = "Esperar"


def compiled(
    node: Node, bindings: Bindings | None = None, surroundings: Surroundings | None = None
) -> Compiled:
    """A process of a start, `node` and an end."""
    nodes = (
        Node(id="start", name=None, kind="startEvent"),
        node,
        Node(id="end", name=None, kind="endEvent"),
    )
    flows = (
        Flow(id="f1", name=None, source="start", target=node.id),
        Flow(id="f2", name=None, source=node.id, target="end"),
    )
    drawing = Drawing(
        source_format="bpmn",
        processes=(Process(id="p", name="P", nodes=nodes, flows=flows),),
    )
    around = surroundings or Surroundings(connectors=frozenset())
    return compile_drawing(drawing, bindings or Bindings(), around)


def waiting(expression: str | None = None, **more: Any) -> Node:
    """A timer catch event, with what is drawn in it."""
    event = EventDefinition(kind="timer", expression=expression, **more)
    return Node(id="wait", name=LABEL, kind="intermediateCatchEvent", events=(event,), line=7)
