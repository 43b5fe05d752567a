"""Places: which lane a node lies in, by the geometry of the diagram."""

from collections.abc import Iterable, Mapping

import msgspec

from mtd.core.process.readers.xml import Unreadable

LANES_MAX = 256
"""Lanes of one process."""


class Box(msgspec.Struct, frozen=True):
    """The bounds of a shape in diagram units; only boxes of one page can be compared."""

    page: int
    x: float
    y: float
    width: float
    height: float
    horizontal: bool = True

    def band(self, horizontal: bool) -> tuple[float, float]:
        """Where the box begins and ends across the lanes: down for horizontal ones."""
        start, length = (self.y, self.height) if horizontal else (self.x, self.width)
        return start, start + length


def lanes_by_place(
    lanes: Mapping[str, str | None],
    nodes: Iterable[str],
    boxes: Mapping[str, Box],
    pool: Box | None,
) -> dict[str, str]:
    """Node id to the id of the innermost lane in whose band its centre lies.

    `lanes` maps each lane to the lane that contains it. Lanes run the whole length of their pool
    and tile it, so only their bands count, from where the pool begins: Bizagi shifts lanes along
    the pool in BPMN, and counts them from the pool in XPDL. Raises Unreadable over 256 lanes.
    """
    if len(lanes) > LANES_MAX:
        raise Unreadable(f"a process has more than {LANES_MAX} lanes")
    shown = [(lane, boxes[lane]) for lane in lanes if lane in boxes]
    if not shown:
        return {}
    page, horizontal = shown[0][1].page, shown[0][1].horizontal
    outer = [box for lane, box in shown if lanes[lane] is None] or [box for _, box in shown]
    shift = 0.0
    if pool is not None and pool.page == page:
        shift = pool.band(horizontal)[0] - min(box.band(horizontal)[0] for box in outer)
    bands = sorted(
        ((*box.band(horizontal), lane) for lane, box in shown if box.page == page),
        key=lambda band: band[1] - band[0],
    )
    found: dict[str, str] = {}
    for node in nodes:
        box = boxes.get(node)
        if box is None or box.page != page:
            continue
        centre = sum(box.band(horizontal)) / 2 - shift
        lane = next((lane for start, end, lane in bands if start <= centre < end), None)
        if lane is not None:
            found[node] = lane
    return found


def coordinate(raw: str | None) -> float:
    """A coordinate; 0 for what is none, or is not finite."""
    try:
        value = float(raw or 0)
    except ValueError:
        return 0.0
    return value if abs(value) < 1e9 else 0.0
