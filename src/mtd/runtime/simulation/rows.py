"""Rows: blocks one after the other, inside a process or a sub-process."""

from itertools import pairwise

from mtd.runtime.simulation.drafting import Draft, Ends
from mtd.runtime.simulation.events import after, conditional, error, escalation, message, signal
from mtd.runtime.simulation.single import SIMPLE, service

BLOCKS_MAX = 3
"""Blocks in a row, at the most."""


def inside(draft: Draft, parent: str, depth: int) -> None:
    """All that a process or a sub-process contains."""
    start, end = draft.node("startEvent", parent), draft.node("endEvent", parent)
    first, last = sequence(draft, parent, depth)
    draft.chain(parent, start, first)
    draft.chain(parent, last, end)
    if draft.pick(4) == 0:
        _handler(draft, parent)


def sequence(draft: Draft, parent: str, depth: int) -> Ends:
    """Blocks in a row."""
    blocks = [block(draft, parent, depth) for _ in range(1 + draft.pick(BLOCKS_MAX))]
    for (_, last), (first, _) in pairwise(blocks):
        draft.flow(parent, last, first)
    return blocks[0][0], blocks[-1][1]


def block(draft: Draft, parent: str, depth: int) -> Ends:
    """One block; below the deepest level a simple one."""
    known = (*SIMPLE, *draft.nested) if depth > 0 else SIMPLE
    return known[draft.pick(len(known))](draft, parent, depth - 1)


def _handler(draft: Draft, parent: str) -> None:
    """An event sub-process."""
    kinds = (error, after, message, signal, conditional, escalation)
    kind = kinds[draft.pick(len(kinds))]
    interrupting = kind is error or draft.pick(2) == 0
    handler = draft.node("subProcess", parent, triggeredByEvent="true")
    start = draft.node(
        "startEvent", handler, kind(draft), isInterrupting="true" if interrupting else "false"
    )
    task, _ = service(draft, handler, 0)
    draft.chain(handler, start, task, draft.node("endEvent", handler))
