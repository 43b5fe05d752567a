"""Marking: activities with something more: a loop, or an event at the border."""

from mtd.runtime.simulation.containing import stage
from mtd.runtime.simulation.drafting import Draft, Ends
from mtd.runtime.simulation.events import (
    after,
    conditional,
    cycle,
    error,
    escalation,
    message,
    signal,
)
from mtd.runtime.simulation.failing import asked_again, collected
from mtd.runtime.simulation.rows import sequence
from mtd.runtime.simulation.single import SIMPLE, person, receive, script, service


def many(draft: Draft, parent: str, depth: int) -> Ends:
    """Done three times, in turn or at once, perhaps not to the end."""
    enough = "numberOfCompletedInstances &gt;= 2" if draft.pick(2) else "false"
    activity, _ = (service, person, stage)[draft.pick(3)](draft, parent, min(depth, 1))
    repeated(draft, activity, enough)
    return activity, activity


def looped(draft: Draft, parent: str, depth: int) -> Ends:
    """Repeated by its marker, three times at the most."""
    before = ("true", "false")[draft.pick(2)]
    activity, _ = (service, script, stage)[draft.pick(3)](draft, parent, min(depth, 1))
    again = asked_again(draft, "again")
    draft.nodes[activity].body += (
        f'<standardLoopCharacteristics testBefore="{before}" loopMaximum="3">'
        f"<loopCondition>{again}</loopCondition></standardLoopCharacteristics>"
    )
    return activity, activity


def guarded(draft: Draft, parent: str, depth: int) -> Ends:
    """An activity with an event at its border."""
    activity, _ = (service, person, stage, receive)[draft.pick(4)](draft, parent, depth)
    kinds = (error, after, message, signal, conditional, escalation)
    kind = kinds[draft.pick(len(kinds))]
    interrupting = kind is error or draft.pick(2) == 0
    if kind is after and not interrupting:
        kind = (after, cycle)[draft.pick(2)]
    after_it = draft.node("exclusiveGateway" if interrupting else "manualTask", parent)
    guard = draft.node(
        "boundaryEvent", parent, kind(draft), attachedToRef=activity,
        cancelActivity="true" if interrupting else "false",
    )  # fmt: skip
    first, last = (sequence if interrupting else _apart)(draft, parent, depth)
    draft.flow(parent, activity, after_it)
    draft.flow(parent, guard, first)
    draft.flow(parent, last, after_it if interrupting else draft.node("endEvent", parent))
    return activity, after_it


def _apart(draft: Draft, parent: str, depth: int) -> Ends:
    """What may be under way several times in one scope: simple blocks, or a scope for each time.

    Inclusive and complex gateways unite tokens of two times (BPMN 2.0.2 §13.4.3, §13.4.5): a fork
    around them would wait for ever for the one that was lost.
    """
    known = (stage, *SIMPLE)
    return known[draft.pick(len(known))](draft, parent, depth)


def repeated(draft: Draft, activity: str, enough: str) -> None:
    """`activity` is done three times, in turn or at once, unless it is `enough` before."""
    sequential = ("true", "false")[draft.pick(2)]
    collected(draft, activity)
    draft.nodes[activity].body += (
        f'<multiInstanceLoopCharacteristics isSequential="{sequential}">'
        "<loopCardinality>3</loopCardinality>"
        f"<completionCondition>{enough}</completionCondition></multiInstanceLoopCharacteristics>"
    )
