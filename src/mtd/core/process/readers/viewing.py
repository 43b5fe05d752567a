"""Viewing: a copy of a drawing's file for a viewer that follows the standard; the file stays as is.

Bizagi's exports are drawn wrong by such viewers: a pool of nothing lies over the others, open
sub-processes are shown shut because `isExpanded` is missing (BPMN 2.0.2 §12.2.3.3), labels of no
size pile up in a corner (§12.2.3.2: bounds are optional, a viewer places what has none), shapes are
those of data objects instead of their references, and `LoopCounter` is no element of the schema.
Several processes of a file may cover each other, so the copy can be of one of them alone.
"""

from collections.abc import Iterator, Mapping

import msgspec
from lxml import etree

from mtd.core.process.readers import bpm
from mtd.core.process.readers.words import flag
from mtd.core.process.readers.xml import Element, Unreadable, children, local, parse

OPENED = frozenset({"subProcess", "transaction", "adHocSubProcess"})
"""Activities whose inside may be drawn in them."""
LEFT_OUT = frozenset({"extensionElements", "documentation", "LoopCounter"})
"""What no viewer draws: four fifths of a Bizagi file."""
FLOW_NODES = ("Event", "Task", "task", "Gateway", "Process", "callActivity", "transaction")
"""Endings of the names of what a token can come to."""
SLACK = 1.0
"""By how much a child may stand out of its sub-process, in the drawing's units."""

_Box = tuple[float, float, float, float]


class View(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be shown."""

    content: bytes
    """BPMN 2.0 XML."""
    drawn: frozenset[str]
    """Ids of the elements that have a shape or an edge in it."""
    whole: bool
    """Nothing of the file was left out but what nobody could see."""


def viewed(content: bytes, process: str | None = None) -> View:
    """The copy of `content`; of `process` alone, with the pool around it, where that is named.

    Raises Unreadable for what is no BPMN 2.0 XML, and for a file that draws nothing of it.
    """
    if bpm.is_zip(content):
        raise Unreadable("the file is Bizagi's own: it holds no BPMN diagram")
    root, _ = parse(content)
    if local(root) != "definitions":
        raise Unreadable("the file holds no BPMN diagram")
    phantoms = _phantoms(root)
    _strip(root)
    known = {id_: one for one in _semantic(root) if (id_ := one.get("id"))}
    _repoint(root, known)
    wanted = {id_ for id_, one in known.items() if local(one) != "dataObject"} - phantoms
    mine = wanted & _of(root, process) if process is not None else wanted
    drawn = {ref for one in _depicted(root) if (ref := _ref(one)) in wanted}
    shown: set[str] = set()
    for plane in list(root.iter("{*}BPMNPlane")):
        shown |= _kept(plane, mine, known)
        _open(plane, known)
    _arrange(root)
    if not shown:
        raise Unreadable("the file draws nothing of the process")
    return View(
        content=etree.tostring(root, encoding="utf-8", xml_declaration=True),
        drawn=frozenset(shown),
        whole=shown >= drawn,
    )


def _phantoms(root: Element) -> set[str]:
    """Pools that nobody drew: Bizagi's main one, when nothing is in it, and those of no size."""
    empty = {
        one.get("id")
        for one in children(root, "process")
        if not any(local(node).endswith(FLOW_NODES) for node in one)
    }
    flat = {_ref(shape) for shape in root.iter("{*}BPMNShape") if not all(_box(shape)[2:])}
    found: set[str] = set()
    for pool in root.iter("{*}participant"):
        main = any(
            one.get("name") == "isMainParticipant" and flag(one.get("value"), absent=True)
            for one in pool.iter("{*}BizagiProperty")
        )
        id_ = pool.get("id") or ""
        if _plain(pool.get("processRef")) in empty and (main or id_ in flat):
            found.add(id_)
    return found


def _strip(root: Element) -> None:
    for one in list(root.iter(*(f"{{*}}{name}" for name in LEFT_OUT))):
        if (parent := one.getparent()) is not None:
            parent.remove(one)


def _repoint(root: Element, known: Mapping[str, Element]) -> None:
    """Shapes of data objects are those of their references, which alone are drawn (§12.2.3)."""
    drawn = {_ref(one) for one in _depicted(root)}
    references = {
        one.get("dataObjectRef"): one.get("id") for one in root.iter("{*}dataObjectReference")
    }
    for shape in root.iter("{*}BPMNShape"):
        reference = references.get(_ref(shape))
        if _ref(shape) in known and reference is not None and reference not in drawn:
            shape.set("bpmnElement", reference)


def _semantic(root: Element) -> Iterator[Element]:
    """Every element that is not of the diagrams."""
    for top in root:
        if local(top) != "BPMNDiagram":
            yield from (one for one in top.iter() if isinstance(one.tag, str))


def _depicted(root: Element) -> Iterator[Element]:
    return root.iter("{*}BPMNShape", "{*}BPMNEdge")


def _of(root: Element, process: str) -> set[str]:
    """Ids of a process, of all in it, and of the pool around it."""
    found: set[str] = set()
    for one in children(root, "process"):
        if one.get("id") == process:
            found |= {id_ for inner in one.iter() if (id_ := inner.get("id"))}
    for pool in root.iter("{*}participant"):
        if _plain(pool.get("processRef")) == process:
            found.add(pool.get("id") or "")
    return found


def _kept(plane: Element, mine: set[str], known: Mapping[str, Element]) -> set[str]:
    """Leave on `plane` what is `mine` and can be drawn; its ids."""
    shapes = {ref for one in children(plane, "BPMNShape") if (ref := _ref(one)) in mine}
    edges = {ref for one in children(plane, "BPMNEdge") if (ref := _ref(one)) in mine}
    ends = shapes | edges
    edges = {ref for ref in edges if all(end in ends for end in _ends(known[ref]))}
    for one in list(children(plane, "BPMNShape", "BPMNEdge")):
        if _ref(one) not in (shapes if local(one) == "BPMNShape" else edges):
            plane.remove(one)
            continue
        for label in list(children(one, "BPMNLabel")):
            if not all(_box(label)[2:]):
                one.remove(label)
    return shapes | edges


def _open(plane: Element, known: Mapping[str, Element]) -> None:
    """Say of sub-processes that have all their children drawn inside that they are open."""
    boxes = {_ref(one): _box(one) for one in children(plane, "BPMNShape")}
    for shape in children(plane, "BPMNShape"):
        element = known[_ref(shape)]
        if local(element) not in OPENED or shape.get("isExpanded") is not None:
            continue
        inner = [boxes[id_] for one in element if (id_ := one.get("id") or "") in boxes]
        if inner and all(_within(box, _box(shape)) for box in inner):
            shape.set("isExpanded", "true")


def _arrange(root: Element) -> None:
    """Only diagrams with something in them, the fullest first: a viewer opens the first."""
    diagrams = list(children(root, "BPMNDiagram"))
    sizes = {one: len(list(_depicted(one))) for one in diagrams}
    for one in diagrams:
        root.remove(one)
    root.extend(sorted((one for one in diagrams if sizes[one]), key=lambda one: -sizes[one]))


def _ends(flow: Element) -> list[str]:
    """What it leads from and to, as far as its attributes say (data associations say it inside)."""
    named = (flow.get("sourceRef"), flow.get("targetRef"))
    return [_plain(one) for one in named if one is not None]


def _ref(depicted: Element) -> str:
    return _plain(depicted.get("bpmnElement"))


def _plain(name: str | None) -> str:
    """A QName without its prefix."""
    return (name or "").rpartition(":")[2]


def _box(element: Element) -> _Box:
    """Left, top, width and height; of what has no bounds, or has them in words, nothing."""
    bounds = next(children(element, "Bounds"), None)
    if bounds is None:
        return 0.0, 0.0, 0.0, 0.0
    try:
        x, y, width, height = (float(bounds.get(one) or 0) for one in ("x", "y", "width", "height"))
    except ValueError:
        return 0.0, 0.0, 0.0, 0.0
    return x, y, width, height


def _within(inner: _Box, outer: _Box) -> bool:
    x, y, width, height = inner
    left, top, wide, high = outer
    return (
        x >= left - SLACK
        and y >= top - SLACK
        and x + width <= left + wide + SLACK
        and y + height <= top + high + SLACK
    )
