"""Workflow processes of XPDL: everything inside, whatever the depth, in flat lists."""

from collections import deque

import msgspec

from mtd.core.process.drawing import (
    DataAssociation,
    DataObject,
    Flow,
    Node,
    Parameter,
    Pool,
    Process,
)
from mtd.core.process.readers.associations import Outside, touching
from mtd.core.process.readers.lanes import placed
from mtd.core.process.readers.words import flag, label
from mtd.core.process.readers.xml import Element, child, line_of, local, text_of
from mtd.core.process.readers.xpdl.activities import associated, attributes, documentation, node
from mtd.core.process.readers.xpdl.package import Package, children_of

_OTHERWISE = "OTHERWISE"
_READ = frozenset({"", "CONDITION", _OTHERWISE})


def process(package: Package, element: Element, pool: Pool | None, outside: Outside) -> Process:
    """One process in its pool; `outside` are the package's associations, by both ends.

    Its inputs and outputs are those that no activity has for itself: XPDL lists them together.
    """
    nodes, flows = _contents(package, element)
    links = [
        DataAssociation(sources=(one.get("From") or "",), target=one.get("To"))
        for one in children_of(element, "DataAssociations", "DataAssociation")
    ]
    box = package.boxes.get(pool.id) if pool else None
    drawn_lanes = package.lanes(pool.id) if pool else ()
    objects = _data_objects(package, element)
    inputs = _parameters(package, element, "DataInputOutputs", "DataInput")
    outputs = _parameters(package, element, "DataInputOutputs", "DataOutput")
    names = {one.id: one.name for one in (*objects, *inputs, *outputs) if one.name}
    linked = [associated(one, links, names) for one in nodes]
    taken = {part.id for one in nodes for part in (*one.inputs, *one.outputs)}
    lanes, drawn = placed(drawn_lanes, linked, package.boxes, box)
    return Process(
        id=package.id_of(element),
        name=label(element.get("Name")),
        pool=pool.name if pool else None,
        nodes=drawn,
        flows=tuple(flows),
        lanes=lanes,
        data_objects=objects,
        properties=_parameters(package, element, "DataFields", "DataField"),
        inputs=tuple(one for one in inputs if one.id not in taken),
        outputs=tuple(one for one in outputs if one.id not in taken),
        associations=touching(outside, [one.id for one in drawn]),
        line=line_of(element),
        documentation=documentation(element),
        attributes=attributes(element),
    )


def _contents(package: Package, element: Element) -> tuple[list[Node], list[Flow]]:
    """Nodes and flows, container before contents; a set is read once, so that none holds itself."""
    sets = {one.get("Id"): one for one in children_of(element, "ActivitySets", "ActivitySet")}
    nodes: list[Node] = []
    flows: list[Flow] = []
    defaults: dict[str, str] = {}
    waiting: deque[tuple[Element, str | None]] = deque([(element, None)])
    while waiting:
        holder, parent = waiting.popleft()
        for activity in children_of(holder, "Activities", "Activity"):
            block = child(activity, "BlockActivity")
            wanted = None if block is None else block.get("ActivitySetId")
            inside = sets.pop(wanted, None)
            drawn = node(package, activity, parent, inside)
            nodes.append(drawn)
            if inside is not None:
                waiting.append((inside, drawn.id))
            elif block is not None:
                package.note(activity, f"there is no activity set {wanted!r} left; it is empty")
        for transition in children_of(holder, "Transitions", "Transition"):
            flow = _flow(package, transition, parent)
            flows.append(flow)
            if _condition_type(transition) == _OTHERWISE:
                defaults[flow.source] = flow.id
    for stray in sets.values():
        package.note(stray, "no activity holds this activity set; ignored")
    return [_defaulted(one, defaults) for one in nodes], flows


def _defaulted(drawn: Node, defaults: dict[str, str]) -> Node:
    if drawn.id not in defaults:
        return drawn
    return msgspec.structs.replace(drawn, default=defaults[drawn.id])


def _condition_type(transition: Element) -> str:
    condition = child(transition, "Condition")
    return "" if condition is None else (condition.get("Type") or "").upper()


def _flow(package: Package, transition: Element, parent: str | None) -> Flow:
    ends = (transition.get("From") or "", transition.get("To") or "")
    for end in ends:
        if package.find(end) is None:
            package.note(transition, f"the flow leads from or to {end!r}, which is not there")
    kind = _condition_type(transition)
    if kind not in _READ:
        package.note(transition, f"a condition of type {kind} is not of BPMN; ignored")
    condition = child(transition, "Condition") if kind in _READ - {_OTHERWISE} else None
    return Flow(
        id=package.id_of(transition),
        name=label(transition.get("Name")),
        source=ends[0],
        target=ends[1],
        condition=text_of(condition),
        parent=parent,
        line=line_of(transition),
        attributes=attributes(transition),
    )


def _parameters(package: Package, element: Element, group: str, tag: str) -> tuple[Parameter, ...]:
    return tuple(
        Parameter(
            id=package.id_of(one),
            name=label(one.get("Name")),
            is_collection=flag(one.get("IsCollection") or one.get("IsArray")),
        )
        for one in children_of(element, group, tag)
    )


def _data_objects(package: Package, element: Element) -> tuple[DataObject, ...]:
    return tuple(
        DataObject(
            id=package.id_of(one),
            name=label(one.get("Name")),
            kind=local(one)[:1].lower() + local(one)[1:],
            ref=one.get("DataStoreRef") or None,
            is_collection=flag(one.get("IsCollection")),
            state=label(one.get("State")),
            line=line_of(one),
        )
        for group, tag in (
            ("DataObjects", "DataObject"),
            ("DataStoreReferences", "DataStoreReference"),
        )
        for one in children_of(element, group, tag)
    )
