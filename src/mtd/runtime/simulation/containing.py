"""Containing: blocks that are activities with an inside of their own."""

from mtd.runtime.simulation.drafting import CALLED, CONNECTOR, Draft, Ends
from mtd.runtime.simulation.events import message
from mtd.runtime.simulation.failing import given
from mtd.runtime.simulation.rows import inside, sequence
from mtd.runtime.simulation.single import person, script, service


def stage(draft: Draft, parent: str, depth: int) -> Ends:
    """A sub-process."""
    whole = draft.node("subProcess", parent)
    inside(draft, whole, depth)
    given(draft, whole)
    return whole, whole


def stopped(draft: Draft, parent: str, depth: int) -> Ends:
    """A sub-process in which one branch ends all others."""
    whole = draft.node("subProcess", parent)
    start, split = draft.node("startEvent", whole), draft.node("parallelGateway", whole)
    draft.flow(whole, start, split)
    for body in ("", "<terminateEventDefinition/>"):
        first, last = sequence(draft, whole, depth)
        draft.flow(whole, split, first)
        draft.flow(whole, last, end(draft, whole, body))
    given(draft, whole)
    return whole, whole


def any_order(draft: Draft, parent: str, _: int) -> Ends:
    """Activities that nothing leads to, at once or one after the other."""
    ordering = ("Parallel", "Sequential")[draft.pick(2)]
    whole = draft.node("adHocSubProcess", parent, ordering=ordering)
    for single in (service, person, script)[: 1 + draft.pick(3)]:
        single(draft, whole, 0)
    given(draft, whole)
    return whole, whole


def called(draft: Draft, parent: str, _: int) -> Ends:
    """A call; not from the called process itself, which would go on for ever."""
    if draft.called and parent == CALLED:
        return service(draft, parent, 0)
    draft.called = True
    task = draft.node("callActivity", parent, calledElement=CALLED)
    given(draft, task, "call")
    return task, task


def end(draft: Draft, parent: str, body: str) -> str:
    """An end event; where it has a result, perhaps one that a service sends a message before."""
    if not body or draft.pick(3):
        return draft.node("endEvent", parent, body)
    event = draft.node("endEvent", parent, body + message(draft))
    draft.bind("service", event, f'connector = "{CONNECTOR}"')
    return event
