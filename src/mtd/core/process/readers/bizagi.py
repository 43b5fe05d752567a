"""The Bizagi dialect of BPMN 2.0 XML: what its Modeler and Studio write, put right.

No exporter names itself; the target namespace or that of the extensions gives it away. Most of
its quirks (lanes without references, empty timers and conditions, references to nothing, HTML)
are read as any tool's would be; here are those that would mislead if they were.
"""

from collections.abc import Iterable

import msgspec

from mtd.core.process.drawing import Drawing, Node, Note, Process
from mtd.core.process.readers import bpmn
from mtd.core.process.readers.words import flag
from mtd.core.process.readers.xml import Element

TARGET = "http://www.bizagi.com/definitions/"
EXTENSIONS = "http://www.bizagi.com/bpmn20"


def is_bizagi(root: Element) -> bool:
    """True of what Bizagi wrote, also when another tool has saved it since."""
    target = root.get("targetNamespace") or ""
    extensions = root.iter(f"{{{EXTENSIONS}}}BizagiExtensions")
    return target.startswith(TARGET) or next(extensions, None) is not None


def read(root: Element, oddities: Iterable[str]) -> Drawing:
    """The drawing in a `definitions` element that Bizagi wrote."""
    drawing = bpmn.read(root, oddities)
    main = {
        participant.get("id")
        for participant in root.iter("{*}participant")
        for found in participant.iter(f"{{{EXTENSIONS}}}BizagiProperty")
        if found.get("name") == "isMainParticipant" and flag(found.get("value"), absent=True)
    }
    return dressed(drawing, {pool.id for pool in drawing.pools if pool.id in main}, "bizagi")


def dressed(drawing: Drawing, main: set[str], source_format: str) -> Drawing:
    """`drawing` without the phantom pool, one of `main`, and with loops and notes put right."""
    phantoms = _phantoms(drawing, main)
    left_out = "the main process that Bizagi adds is empty; left out"
    notes = [*drawing.notes, *(_noted(process, left_out) for process in phantoms)]
    gone = {process.id for process in phantoms}
    processes = tuple(
        msgspec.structs.replace(one, nodes=tuple(_node(node, one, notes) for node in one.nodes))
        for one in drawing.processes
        if one.id not in gone
    )
    pools = tuple(pool for pool in drawing.pools if pool.process not in gone)
    return msgspec.structs.replace(
        drawing,
        source_format=source_format,
        processes=processes,
        pools=pools,
        notes=tuple(notes),
    )


def _phantoms(drawing: Drawing, main: set[str]) -> list[Process]:
    """Empty processes of main pools, and empty ones of no pool beside others that have one."""
    of = {pool.process: pool for pool in drawing.pools if pool.process}
    pooled = bool(of)
    return [
        process
        for process in drawing.processes
        if not process.nodes and ((of[process.id].id in main) if process.id in of else pooled)
    ]


def _node(node: Node, process: Process, notes: list[Note]) -> Node:
    if node.kind == "subProcess" and not any(one.parent == node.id for one in process.nodes):
        notes.append(_noted(node, "it is empty: a reusable sub-process that was not linked?"))
    loop = node.loop
    if loop is None or loop.maximum != 0:
        return node
    # A loop without maximum is written as loopMaximum="0", which would mean none at all.
    return msgspec.structs.replace(node, loop=msgspec.structs.replace(loop, maximum=None))


def _noted(one: Node | Process, text: str) -> Note:
    return Note(element=one.id, name=one.name, line=one.line, text=text)
