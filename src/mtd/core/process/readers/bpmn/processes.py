"""Processes of BPMN 2.0 XML: everything inside, whatever the depth, in flat lists."""

from collections.abc import Iterator
from typing import Final

from mtd.core.process.drawing import DataObject, Flow, Lane, Node, Pool, Process
from mtd.core.process.readers.associations import Ends, Outside, touching
from mtd.core.process.readers.bpmn.associated import OBJECTS, data_object, parameters, properties
from mtd.core.process.readers.bpmn.nodes import CONTAINERS, NODES, documentation, node
from mtd.core.process.readers.bpmn.source import Source
from mtd.core.process.readers.lanes import placed
from mtd.core.process.readers.reading import pointer
from mtd.core.process.readers.words import flag, label
from mtd.core.process.readers.xml import Element, child, children, line_of, local, text_of

_SILENT: Final = frozenset(
    {
        "documentation",
        "extensionElements",
        "incoming",
        "outgoing",
        "laneSet",
        "property",
        "ioSpecification",
        "ioBinding",
        "auditing",
        "monitoring",
        "group",
        "resourceRole",
        "performer",
        "humanPerformer",
        "potentialOwner",
        "supports",
        "supportedInterfaceRef",
        "correlationSubscription",
        "dataInputAssociation",
        "dataOutputAssociation",
        "standardLoopCharacteristics",
        "multiInstanceLoopCharacteristics",
        "completionCondition",
        "categoryValueRef",
        "rendering",
    }
)
"""Parts of a process or sub-process that are read elsewhere, or mean nothing for execution."""


class Contents:
    """What is found while a process is walked."""

    def __init__(self, source: Source, process: Element) -> None:
        self.nodes: list[Node] = []
        self.flows: list[Flow] = []
        self.lanes: list[Lane] = []
        self.data: list[DataObject] = []
        self.associations: list[Ends] = []
        self.annotations: dict[str, str] = {}
        self._source = source
        self._walk(process, None)

    def _walk(self, container: Element, parent: str | None) -> None:
        """The parts of one process or sub-process; depth is bounded by the parser."""
        for lane_set in children(container, "laneSet"):
            self.lanes.extend(_lanes(self._source, lane_set, None))
        for part in container:
            tag = local(part)
            if self._source.is_foreign(part):
                self._source.note(part, f"{tag} is not of BPMN; ignored")
            elif tag in NODES:
                drawn = node(self._source, part, parent)
                self.nodes.append(drawn)
                if tag in CONTAINERS:
                    self._walk(part, drawn.id)
            elif tag == "sequenceFlow":
                self.flows.append(_flow(self._source, part, parent))
            elif tag in OBJECTS:
                self.data.append(data_object(self._source, part, parent))
            else:
                self._artifact(part, tag)

    def _artifact(self, part: Element, tag: str) -> None:
        if tag == "association":
            self.associations.append(ends_of(self._source, part))
        elif tag == "textAnnotation":
            self.annotations[self._source.id_of(part)] = text_of(child(part, "text")) or ""
        elif tag not in _SILENT:
            self._source.note(part, f"{tag} is no part of an executable process; ignored")


def process(source: Source, element: Element, pool: Pool | None, outside: Outside) -> Process:
    """One process; `outside` are the associations that the collaborations draw."""
    found = Contents(source, element)
    own = source.id_of(element)
    ids = [one.id for one in (*found.nodes, *found.data)]
    box = source.boxes.get(pool.id) if pool else None
    lanes, nodes = placed(found.lanes, found.nodes, source.boxes, box or source.boxes.get(own))
    return Process(
        id=own,
        name=label(element.get("name")),
        pool=pool.name if pool else None,
        executable=_executable(element),
        nodes=nodes,
        flows=tuple(found.flows),
        lanes=lanes,
        data_objects=tuple(found.data),
        properties=properties(source, element),
        inputs=parameters(source, element, "dataInput"),
        outputs=parameters(source, element, "dataOutput"),
        associations=(*found.associations, *touching(outside, ids)),
        annotations=found.annotations,
        subscriptions=tuple(_subscriptions(source, element)),
        line=line_of(element),
        documentation=documentation(element),
        attributes=source.attributes(element),
    )


def ends_of(source: Source, association: Element) -> Ends:
    """The source and the target of an association."""
    return (
        source.ref(pointer(association, "sourceRef")) or "",
        source.ref(pointer(association, "targetRef")) or "",
    )


def _executable(element: Element) -> bool | None:
    raw = element.get("isExecutable")
    return None if raw is None else flag(raw)


def _flow(source: Source, element: Element, parent: str | None) -> Flow:
    source_ref, target_ref = (pointer(element, end) for end in ("sourceRef", "targetRef"))
    for end in (source_ref, target_ref):
        if source.find(end) is None:
            source.note(element, f"the flow leads from or to {end!r}, which is not there")
    condition = child(element, "conditionExpression")
    return Flow(
        id=source.id_of(element),
        name=label(element.get("name")),
        source=source.ref(source_ref) or "",
        target=source.ref(target_ref) or "",
        condition=text_of(condition),
        language=None if condition is None else condition.get("language"),
        parent=parent,
        line=line_of(element),
        attributes=source.attributes(element),
    )


def _lanes(source: Source, lane_set: Element, parent: str | None) -> Iterator[Lane]:
    for element in children(lane_set, "lane"):
        own = source.id_of(element)
        refs = (source.ref(text_of(ref)) for ref in children(element, "flowNodeRef"))
        yield Lane(
            id=own,
            name=label(element.get("name")),
            parent=parent,
            nodes=tuple(ref for ref in refs if ref),
            line=line_of(element),
        )
        for nested in children(element, "childLaneSet"):
            yield from _lanes(source, nested, own)


def _subscriptions(source: Source, element: Element) -> Iterator[tuple[str, str]]:
    for subscription in children(element, "correlationSubscription"):
        for binding in children(subscription, "correlationPropertyBinding"):
            ref = source.ref(pointer(binding, "correlationPropertyRef"))
            path = text_of(child(binding, "dataPath"))
            if ref and path:
                yield ref, path
