"""A BPMN file being read: references, message flows and vendor attributes, resolved on demand."""

from collections.abc import Iterable

from mtd.core.process.drawing import MessageFlow
from mtd.core.process.readers.bpmn import vendor
from mtd.core.process.readers.places import Box, coordinate
from mtd.core.process.readers.reading import Reading
from mtd.core.process.readers.words import flag, label
from mtd.core.process.readers.xml import Element, child, line_of, local, namespace


class Source(Reading):
    """What the parts of the BPMN reader ask of the file."""

    def __init__(self, root: Element, oddities: Iterable[str]) -> None:
        self._namespace = namespace(root)
        self._extended = vendor.extended_attributes(root)
        own = f"{{{self._namespace}}}*" if self._namespace else "*"
        self._vendor = frozenset(
            inside
            for one in root.iter("{*}extensionElements")
            for inside in one.iterdescendants(own)
        )
        drawn = (element for element in root.iter(own) if element not in self._vendor)
        super().__init__(drawn, "id", oddities)
        self.boxes = _boxes(root, self)
        self.message_flows = tuple(
            self._message_flow(flow)
            for collaboration in root
            if local(collaboration) == "collaboration"
            for flow in collaboration
            if local(flow) == "messageFlow"
        )
        self.carry(self.message_flows)

    def is_foreign(self, element: Element) -> bool:
        """True of an element that is not in the file's BPMN namespace, or in an extension that
        left out a namespace of its own.
        """
        return namespace(element) != self._namespace or element in self._vendor

    def attributes(self, element: Element) -> dict[str, str]:
        """Vendor attributes of an element."""
        return vendor.attributes(element, self._extended)

    def _message_flow(self, flow: Element) -> MessageFlow:
        return MessageFlow(
            id=self.id_of(flow),
            name=label(flow.get("name")),
            source=self.ref(flow.get("sourceRef")) or "",
            target=self.ref(flow.get("targetRef")) or "",
            message=self.name_at(flow.get("messageRef")),
            line=line_of(flow),
        )


def _boxes(root: Element, reading: Reading) -> dict[str, Box]:
    """The first shape of each element in the diagrams (§12.2.3)."""
    boxes: dict[str, Box] = {}
    for page, plane in enumerate(root.iter("{*}BPMNPlane")):
        for shape in plane:
            bounds = child(shape, "Bounds") if local(shape) == "BPMNShape" else None
            own = reading.ref(shape.get("bpmnElement"))
            if bounds is None or own is None or own in boxes:
                continue
            x, y, width, height = (
                coordinate(bounds.get(side)) for side in ("x", "y", "width", "height")
            )
            upright = not flag(shape.get("isHorizontal"), absent=True)
            boxes[own] = Box(page, x, y, width, height, not upright)
    return boxes
