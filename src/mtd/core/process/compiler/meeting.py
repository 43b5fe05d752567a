"""Meeting: a message flow between pools ties what throws to what catches (BPMN 2.0.2 §9.3).

Bizagi names neither the message nor the flow. Where one end is bound to a name, the other is too;
else both have the name drawn at one of them, or the flow's, or the catching label.
"""

import msgspec

from mtd.core.process.binding import Bindings
from mtd.core.process.drawing import Drawing, Node
from mtd.core.process.label import folded

_TASKS = frozenset({"sendTask", "receiveTask"})


def met(drawing: Drawing, bindings: Bindings) -> Drawing:
    """`drawing` with one name for each message between nodes of its own."""
    nodes = {node.id: node for process in drawing.processes for node in process.nodes}
    bound = {folded(label): binding.name for label, binding in bindings.message.items()}
    names: dict[str, str] = {}
    for flow in drawing.message_flows:
        ends = [nodes[end] for end in (flow.target, flow.source) if end in nodes]
        if len(ends) < 2:
            continue  # the other end is a pool: another system
        known = [bound.get(folded(key)) for node in ends for key in (node.id, node.name) if key]
        known += [names.get(node.id) for node in ends]
        known += [_drawn(node) for node in ends]
        known += [flow.message, flow.name, *(node.name for node in ends)]
        name = next((name for name in known if name), flow.id)
        for node in ends:
            names.setdefault(node.id, name)
    if not names:
        return drawing
    processes = tuple(
        msgspec.structs.replace(
            process, nodes=tuple(_named(node, names.get(node.id)) for node in process.nodes)
        )
        for process in drawing.processes
    )
    return msgspec.structs.replace(drawing, processes=processes)


def _drawn(node: Node) -> str | None:
    """The message that the node itself names."""
    names = (event.name for event in node.events if event.kind == "message" and event.name)
    return node.message or next(names, None)


def _named(node: Node, name: str | None) -> Node:
    if name is None:
        return node
    if node.kind in _TASKS:
        return msgspec.structs.replace(node, message=name)
    events = tuple(
        msgspec.structs.replace(event, name=name) if event.kind == "message" else event
        for event in node.events
    )
    return msgspec.structs.replace(node, events=events)
