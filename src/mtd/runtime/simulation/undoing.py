"""Undoing: what is done, and undone again: compensation, and transactions that are cancelled."""

from mtd.runtime.simulation.containing import end, stage
from mtd.runtime.simulation.drafting import CONNECTOR, Draft, Ends
from mtd.runtime.simulation.events import after, signal
from mtd.runtime.simulation.failing import given
from mtd.runtime.simulation.marking import repeated
from mtd.runtime.simulation.rows import sequence
from mtd.runtime.simulation.single import service


def undone(draft: Draft, parent: str, depth: int) -> Ends:
    """Something done, once or for each of several, and perhaps undone again; or called off
    half-way, when what is done of it is undone.
    """
    done, _ = (service, stage)[draft.pick(2)](draft, parent, min(depth, 1))
    _compensated(draft, parent, done)
    if draft.pick(2):
        repeated(draft, done, "false")
    whole = "" if draft.pick(2) else f' activityRef="{done}"'
    throw = draft.node("intermediateThrowEvent", parent, f"<compensateEventDefinition{whole}/>")
    if draft.pick(2):
        draft.flow(parent, done, throw)
        return done, throw
    merge = draft.node("exclusiveGateway", parent)
    body = (after, signal)[draft.pick(2)](draft)
    off = draft.node("boundaryEvent", parent, body, attachedToRef=done)
    draft.chain(parent, done, merge, throw)
    draft.flow(parent, off, merge)
    return done, throw


def deal(draft: Draft, parent: str, depth: int) -> Ends:
    """A transaction, or one for each of several, that is cancelled where the answer is no."""
    whole = draft.node("transaction", parent)
    if draft.pick(3) == 0:
        repeated(draft, whole, "false")
    start, ask = draft.node("startEvent", whole), draft.node("exclusiveGateway", whole)
    done, _ = service(draft, whole, 0)
    _compensated(draft, whole, done)
    draft.chain(whole, start, done, ask)
    cancel = end(draft, whole, "<cancelEventDefinition/>")
    draft.flow(whole, ask, cancel, "answer = false")
    first, last = sequence(draft, whole, depth)
    draft.nodes[ask].attributes["default"] = draft.flow(whole, ask, first)
    draft.flow(whole, last, draft.node("endEvent", whole))
    merge = draft.node("exclusiveGateway", parent)
    body = "<cancelEventDefinition/>"
    cancelled = draft.node("boundaryEvent", parent, body, attachedToRef=whole)
    draft.flow(parent, whole, merge)
    draft.flow(parent, cancelled, merge)
    given(draft, whole)
    return whole, merge


def _compensated(draft: Draft, parent: str, done: str) -> None:
    undo = draft.node("serviceTask", parent, implementation=CONNECTOR, isForCompensation="true")
    body = "<compensateEventDefinition/>"
    event = draft.node("boundaryEvent", parent, body, attachedToRef=done)
    draft.associations.append((parent, event, undo))
