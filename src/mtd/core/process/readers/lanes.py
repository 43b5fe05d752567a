"""Lanes: every node to its lane, by reference, else by place, else as its host lies."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import msgspec

from mtd.core.process.drawing import Lane, Node
from mtd.core.process.readers.places import Box, lanes_by_place


def placed(
    lanes: Sequence[Lane], nodes: Sequence[Node], boxes: Mapping[str, Box], pool: Box | None
) -> tuple[tuple[Lane, ...], tuple[Node, ...]]:
    """`lanes` with the nodes that lie in them and in none inside them, and `nodes` with lanes.

    A boundary event lies where its activity does, and what is inside a sub-process, unless a lane
    of its own names it, where the sub-process does (bpmn.md §7.4).
    """
    if not lanes:
        return (), tuple(nodes)
    above = {lane.id: lane.parent for lane in lanes}
    # Lanes come outermost first, so that an inner lane's reference overrides an outer one's.
    of = {ref: lane.id for lane in lanes for ref in lane.nodes}
    free = [n.id for n in nodes if n.id not in of and not n.attached_to and not n.parent]
    of |= lanes_by_place(above, free, boxes, pool)
    # Containers come before what they contain, and twice is enough for events on those inside.
    for one in (*nodes, *nodes):
        host = one.attached_to or one.parent
        if one.id not in of and host in of:
            of[one.id] = of[host]
    inside: dict[str, list[str]] = defaultdict(list)
    for one in nodes:
        if one.id in of:
            inside[of[one.id]].append(one.id)
    names = {lane.id: lane.name or lane.id for lane in lanes}
    return (
        tuple(
            msgspec.structs.replace(lane, nodes=tuple(inside.get(lane.id, ()))) for lane in lanes
        ),
        tuple(
            msgspec.structs.replace(one, lane=names[of[one.id]]) if one.id in of else one
            for one in nodes
        ),
    )
