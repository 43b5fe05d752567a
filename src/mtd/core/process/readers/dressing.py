"""What Bizagi adds to every drawing, in whichever format, taken off again."""

import msgspec

from mtd.core.process.drawing import Drawing, Node, Process
from mtd.core.process.note import Note


def undressed(drawing: Drawing, main: set[str], source_format: str) -> Drawing:
    """`drawing` without the phantom pool, one of `main`, and with loops and notes put right."""
    phantoms = _phantoms(drawing, main)
    left_out = "the main process that Bizagi adds is empty; left out"
    notes = [*drawing.notes, *(_noted(process, left_out) for process in phantoms)]
    holders = {node.parent for process in drawing.processes for node in process.nodes}
    gone = {process.id for process in phantoms}
    processes = tuple(
        msgspec.structs.replace(one, nodes=tuple(_node(node, holders, notes) for node in one.nodes))
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


def _node(node: Node, holders: set[str | None], notes: list[Note]) -> Node:
    """A node put right; `holders` are the sub-processes with something in them."""
    if node.kind == "subProcess" and node.id not in holders:
        notes.append(_noted(node, "it is empty: a reusable sub-process that was not linked?"))
    loop = node.loop
    if loop is None or loop.maximum != 0:
        return node
    # A loop without maximum is written as loopMaximum="0", which would mean none at all.
    return msgspec.structs.replace(node, loop=msgspec.structs.replace(loop, maximum=None))


def _noted(one: Node | Process, text: str) -> Note:
    return Note(element=one.id, name=one.name, line=one.line, text=text)
