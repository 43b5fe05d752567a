"""Blocks: pieces of drawings that are sound by construction, each entered and left at one node."""

from itertools import pairwise

from mtd.runtime.simulation.drafting import CALLED, CONNECTOR, PROCESS, Draft
from mtd.runtime.simulation.events import (
    after,
    conditional,
    error,
    escalation,
    message,
    signal,
)
from mtd.runtime.simulation.single import SIMPLE, Block, Ends, person, receive, script, service

DEPTH_MAX = 3
BLOCKS_MAX = 3
"""Blocks in a row, at the most."""
BRANCHES_MAX = 3


def draw(draft: Draft) -> None:
    """A whole process; and the process that its call activities call."""
    inside(draft, PROCESS, DEPTH_MAX)
    if draft.called:
        inside(draft, CALLED, 1)


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
    known = (*SIMPLE, *NESTED) if depth > 0 else SIMPLE
    return known[draft.pick(len(known))](draft, parent, depth - 1)


def _branches(draft: Draft, parent: str, depth: int, split: str, join: str) -> list[str]:
    """Two or three ways from `split` to `join`; the flows that begin them."""
    flows: list[str] = []
    for _ in range(2 + draft.pick(BRANCHES_MAX - 1)):
        first, last = sequence(draft, parent, depth)
        flows.append(draft.flow(parent, split, first))
        draft.flow(parent, last, join)
    return flows


def _choice(draft: Draft, parent: str, depth: int) -> Ends:
    split = draft.node("exclusiveGateway", parent)
    merge = draft.node("exclusiveGateway", parent)
    *asked, default = _branches(draft, parent, depth, split, merge)
    conditions(draft, asked, ("answer = true", "n > 1"))
    if draft.pick(3):
        draft.nodes[split].attributes["default"] = default
    else:  # no way out may be open: somebody must put the answer right
        conditions(draft, [default], ("n = 1", "answer = true"))
    return split, merge


def _fork(draft: Draft, parent: str, depth: int) -> Ends:
    split = draft.node("parallelGateway", parent)
    join = draft.node("parallelGateway", parent)
    _branches(draft, parent, depth, split, join)
    return split, join


def _some(draft: Draft, parent: str, depth: int) -> Ends:
    split = draft.node("inclusiveGateway", parent)
    join = draft.node("inclusiveGateway", parent)
    *asked, default = _branches(draft, parent, depth, split, join)
    conditions(draft, asked, ("answer = true", "n > 0"))
    draft.nodes[split].attributes["default"] = default
    return split, join


def _enough(draft: Draft, parent: str, depth: int) -> Ends:
    """A complex gateway goes on with the first of several; the others end there."""
    split = draft.node("parallelGateway", parent)
    body = "<activationCondition>activationCount >= 1</activationCondition>"
    join = draft.node("complexGateway", parent, body.replace(">=", "&gt;="))
    _branches(draft, parent, depth, split, join)
    return split, join


def _race(draft: Draft, parent: str, _: int) -> Ends:
    gateway = draft.node("eventBasedGateway", parent)
    merge = draft.node("exclusiveGateway", parent)
    for body in (message(draft), after(draft), signal(draft)):
        event = draft.node("intermediateCatchEvent", parent, body)
        draft.chain(parent, gateway, event, merge)
    return gateway, merge


def _again(draft: Draft, parent: str, depth: int) -> Ends:
    """Repeated while the answer is yes; the world changes it in the end."""
    merge = draft.node("exclusiveGateway", parent)
    ask = draft.node("exclusiveGateway", parent)
    out = draft.node("manualTask", parent)
    rest = draft.node("serviceTask", parent, implementation=CONNECTOR)
    first, last = sequence(draft, parent, depth)
    draft.chain(parent, merge, first)
    draft.chain(parent, last, rest, ask)
    draft.flow(parent, ask, merge, "again = true")
    draft.nodes[ask].attributes["default"] = draft.flow(parent, ask, out)
    return merge, out


def _stage(draft: Draft, parent: str, depth: int) -> Ends:
    stage = draft.node("subProcess", parent)
    inside(draft, stage, depth)
    return stage, stage


def _stopped(draft: Draft, parent: str, depth: int) -> Ends:
    """A sub-process in which one branch ends all others."""
    stage = draft.node("subProcess", parent)
    start, split = draft.node("startEvent", stage), draft.node("parallelGateway", stage)
    draft.flow(stage, start, split)
    for body in ("", "<terminateEventDefinition/>"):
        first, last = sequence(draft, stage, depth)
        draft.flow(stage, split, first)
        draft.flow(stage, last, _end(draft, stage, body))
    return stage, stage


def _any_order(draft: Draft, parent: str, _: int) -> Ends:
    """Activities that nothing leads to, at once or one after the other."""
    ordering = ("Parallel", "Sequential")[draft.pick(2)]
    stage = draft.node("adHocSubProcess", parent, ordering=ordering)
    for single in (service, person, script)[: 1 + draft.pick(3)]:
        single(draft, stage, 0)
    return stage, stage


def _called(draft: Draft, parent: str, _: int) -> Ends:
    """A call; not from the called process itself, which would go on for ever."""
    if draft.called and parent == CALLED:
        return service(draft, parent, 0)
    draft.called = True
    task = draft.node("callActivity", parent, calledElement=CALLED)
    return task, task


def _many(draft: Draft, parent: str, depth: int) -> Ends:
    """Done three times, in turn or at once, perhaps not to the end."""
    enough = "numberOfCompletedInstances &gt;= 2" if draft.pick(2) else "false"
    activity, _ = (service, person, _stage)[draft.pick(3)](draft, parent, min(depth, 1))
    _repeated(draft, activity, enough)
    return activity, activity


def _looped(draft: Draft, parent: str, depth: int) -> Ends:
    """Repeated by its marker, three times at the most."""
    before = ("true", "false")[draft.pick(2)]
    activity, _ = (service, script, _stage)[draft.pick(3)](draft, parent, min(depth, 1))
    draft.nodes[activity].body += (
        f'<standardLoopCharacteristics testBefore="{before}" loopMaximum="3">'
        "<loopCondition>again</loopCondition></standardLoopCharacteristics>"
    )
    return activity, activity


def _guarded(draft: Draft, parent: str, depth: int) -> Ends:
    """An activity with an event at its border."""
    activity, _ = (service, person, _stage, receive)[draft.pick(4)](draft, parent, depth)
    kinds = (error, after, message, signal, conditional, escalation)
    kind = kinds[draft.pick(len(kinds))]
    interrupting = kind is error or draft.pick(2) == 0
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
    known = (_stage, *SIMPLE)
    return known[draft.pick(len(known))](draft, parent, depth)


def _undone(draft: Draft, parent: str, depth: int) -> Ends:
    """Something done, once or for each of several, and perhaps undone again; or called off
    half-way, when what is done of it is undone.
    """
    done, _ = (service, _stage)[draft.pick(2)](draft, parent, min(depth, 1))
    _compensated(draft, parent, done)
    if draft.pick(2):
        _repeated(draft, done, "false")
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


def _deal(draft: Draft, parent: str, depth: int) -> Ends:
    """A transaction, or one for each of several, that is cancelled where the answer is no."""
    deal = draft.node("transaction", parent)
    if draft.pick(3) == 0:
        _repeated(draft, deal, "false")
    start, ask = draft.node("startEvent", deal), draft.node("exclusiveGateway", deal)
    done, _ = service(draft, deal, 0)
    _compensated(draft, deal, done)
    draft.chain(deal, start, done, ask)
    cancel = _end(draft, deal, "<cancelEventDefinition/>")
    draft.flow(deal, ask, cancel, "answer = false")
    first, last = sequence(draft, deal, depth)
    draft.nodes[ask].attributes["default"] = draft.flow(deal, ask, first)
    draft.flow(deal, last, draft.node("endEvent", deal))
    merge = draft.node("exclusiveGateway", parent)
    body = "<cancelEventDefinition/>"
    cancelled = draft.node("boundaryEvent", parent, body, attachedToRef=deal)
    draft.flow(parent, deal, merge)
    draft.flow(parent, cancelled, merge)
    return deal, merge


def _end(draft: Draft, parent: str, body: str) -> str:
    """An end event; where it has a result, perhaps one that a service sends a message before."""
    if not body or draft.pick(3):
        return draft.node("endEvent", parent, body)
    end = draft.node("endEvent", parent, body + message(draft))
    draft.bind("service", end, f'connector = "{CONNECTOR}"')
    return end


def _repeated(draft: Draft, activity: str, enough: str) -> None:
    """`activity` is done three times, in turn or at once, unless it is `enough` before."""
    sequential = ("true", "false")[draft.pick(2)]
    draft.nodes[activity].body += (
        f'<multiInstanceLoopCharacteristics isSequential="{sequential}">'
        "<loopCardinality>3</loopCardinality>"
        f"<completionCondition>{enough}</completionCondition></multiInstanceLoopCharacteristics>"
    )


def _compensated(draft: Draft, parent: str, done: str) -> None:
    undo = draft.node("serviceTask", parent, implementation=CONNECTOR, isForCompensation="true")
    body = "<compensateEventDefinition/>"
    event = draft.node("boundaryEvent", parent, body, attachedToRef=done)
    draft.associations.append((parent, event, undo))


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


def conditions(draft: Draft, flows: list[str], texts: tuple[str, ...]) -> None:
    """Give each of `flows` a condition."""
    for flow in draft.flows:
        if flow.id in flows:
            flow.condition = texts[draft.pick(len(texts))]


NESTED: tuple[Block, ...] = (
    _choice, _fork, _some, _enough, _race, _again, _stage, _stopped, _any_order, _called, _many,
    _looped,
    _guarded, _undone, _deal,
)  # fmt: skip
"""What contains other blocks."""
