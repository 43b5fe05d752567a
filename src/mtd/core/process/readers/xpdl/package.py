"""An XPDL file being read: graphics, lanes, participants and message flows, looked up on demand."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from mtd.core.process.drawing import Lane, MessageFlow, Pool
from mtd.core.process.readers.places import Box, coordinate
from mtd.core.process.readers.reading import Reading
from mtd.core.process.readers.words import label
from mtd.core.process.readers.xml import Element, child, children, line_of, local, text_of

_PLACED = ("{*}Pool", "{*}Lane", "{*}Activity")
_OTHERS = ("{*}Pool", "{*}Participant", "{*}WorkflowProcess", "{*}ActivitySet")


class Package(Reading):
    """What the parts of the XPDL reader ask of the file."""

    def __init__(self, root: Element, oddities: Iterable[str]) -> None:
        super().__init__(root.iter("{*}Activity"), "Id", oddities)
        # Tools number each kind of element for itself, so that an id alone does not tell them.
        self._others = {(local(one), one.get("Id")): one for one in root.iter(*_OTHERS)}
        self._pages: dict[str, int] = {}
        self.boxes: dict[str, Box] = {}
        self._in_lane: dict[str, list[str]] = defaultdict(list)
        for element in root.iter(*_PLACED):
            self._place(element)
        self.pool_elements = list(children_of(root, "Pools", "Pool"))
        self.message_flows = tuple(
            self._message_flow(flow) for flow in children_of(root, "MessageFlows", "MessageFlow")
        )
        self.carry(self.message_flows)

    def other(self, tag: str, own: str | None) -> Element | None:
        """The pool, participant, process or activity set, by `tag`, of this id."""
        return self._others.get((tag, own))

    def participant(self, raw: str | None) -> str | None:
        """The name of a participant; the reference itself when there is none of that id."""
        found = self.other("Participant", (raw or "").strip())
        return (None if found is None else label(found.get("Name"))) or label(raw)

    def pool(self, element: Element) -> Pool:
        """A pool; without a process that is there, a black box."""
        raw = element.get("Process")
        known = self.other("WorkflowProcess", raw) is not None
        if raw and not known:
            self.note(element, f"there is no process {raw!r}; the pool is a black box")
        return Pool(
            id=self.id_of(element),
            name=label(element.get("Name")),
            process=raw if known else None,
            line=line_of(element),
        )

    def lanes(self, pool: str) -> tuple[Lane, ...]:
        """The lanes of a pool, outermost first."""
        holder = self.other("Pool", pool)
        found = {} if holder is None else {one.id: one for one in self._lanes(holder, None)}
        below: dict[str | None, list[Lane]] = defaultdict(list)
        for lane in found.values():
            below[lane.parent if lane.parent in found else None].append(lane)
        ordered: list[Lane] = []
        level = below.pop(None, [])
        while level:
            ordered.extend(level)
            level = [inner for lane in level for inner in below.pop(lane.id, [])]
        return tuple(ordered)

    def _lanes(self, holder: Element, parent: str | None) -> Iterator[Lane]:
        """Lanes nested in one another (2.0), or naming the lane that contains them (2.1)."""
        for element in children_of(holder, "Lanes", "Lane"):
            own = self.id_of(element)
            yield Lane(
                id=own,
                name=label(element.get("Name")),
                parent=element.get("ParentLane") or parent,
                nodes=tuple(self._in_lane.get(own, ())),
                line=line_of(element),
            )
            yield from self._lanes(element, own)

    def _place(self, element: Element) -> None:
        graphics = child(element, "NodeGraphicsInfos", "NodeGraphicsInfo")
        own = element.get("Id")
        if graphics is None or not own:
            return
        corner = child(graphics, "Coordinates")
        x, y = (
            coordinate(None if corner is None else corner.get(axis))
            for axis in ("XCoordinate", "YCoordinate")
        )
        width, height = (coordinate(graphics.get(side)) for side in ("Width", "Height"))
        page = self._pages.setdefault(graphics.get("PageId") or "", len(self._pages))
        self.boxes.setdefault(own, Box(page, x, y, width, height))
        lane = graphics.get("LaneId")
        if lane and local(element) == "Activity":
            self._in_lane[lane].append(own)

    def _message_flow(self, flow: Element) -> MessageFlow:
        message = child(flow, "Message")
        return MessageFlow(
            id=self.id_of(flow),
            name=label(flow.get("Name")),
            source=flow.get("Source") or "",
            target=flow.get("Target") or "",
            message=None if message is None else label(message.get("Name") or message.get("Id")),
            line=line_of(flow),
        )


def children_of(holder: Element, group: str, tag: str) -> Iterator[Element]:
    """Elements `tag` in the element `group` of `holder`."""
    for grouped in children(holder, group):
        yield from children(grouped, tag)


def text_at(holder: Element | None, tag: str) -> str | None:
    """The text of a child, or the attribute of that name in which older versions keep it."""
    if holder is None:
        return None
    return text_of(child(holder, tag)) or (holder.get(tag) or "").strip() or None
