"""Branching: blocks in which the way parts, by a gateway, and comes together again."""

from mtd.runtime.simulation.drafting import CONNECTOR, Draft, Ends
from mtd.runtime.simulation.events import after, message, signal
from mtd.runtime.simulation.rows import sequence

BRANCHES_MAX = 3
"""Ways out of a gateway, at the most."""


def choice(draft: Draft, parent: str, depth: int) -> Ends:
    """One way of several, by their conditions."""
    split = draft.node("exclusiveGateway", parent)
    merge = draft.node("exclusiveGateway", parent)
    *asked, default = _branches(draft, parent, depth, split, merge)
    _conditions(draft, asked, ("answer = true", "n > 1"))
    if draft.pick(3):
        draft.nodes[split].attributes["default"] = default
    else:  # no way out may be open: somebody must put the answer right
        _conditions(draft, [default], ("n = 1", "answer = true"))
    return split, merge


def fork(draft: Draft, parent: str, depth: int) -> Ends:
    """All of several ways, at once."""
    split = draft.node("parallelGateway", parent)
    join = draft.node("parallelGateway", parent)
    _branches(draft, parent, depth, split, join)
    return split, join


def some(draft: Draft, parent: str, depth: int) -> Ends:
    """One or more of several ways, by their conditions."""
    split = draft.node("inclusiveGateway", parent)
    join = draft.node("inclusiveGateway", parent)
    *asked, default = _branches(draft, parent, depth, split, join)
    _conditions(draft, asked, ("answer = true", "n > 0"))
    draft.nodes[split].attributes["default"] = default
    return split, join


def enough(draft: Draft, parent: str, depth: int) -> Ends:
    """A complex gateway goes on with the first of several; the others end there."""
    split = draft.node("parallelGateway", parent)
    body = "<activationCondition>activationCount >= 1</activationCondition>"
    join = draft.node("complexGateway", parent, body.replace(">=", "&gt;="))
    _branches(draft, parent, depth, split, join)
    return split, join


def race(draft: Draft, parent: str, _: int) -> Ends:
    """The way of the event that comes first."""
    gateway = draft.node("eventBasedGateway", parent)
    merge = draft.node("exclusiveGateway", parent)
    for body in (after(draft), message(draft), signal(draft)):
        event = draft.node("intermediateCatchEvent", parent, body)
        draft.chain(parent, gateway, event, merge)
    return gateway, merge


def again(draft: Draft, parent: str, depth: int) -> Ends:
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


def _branches(draft: Draft, parent: str, depth: int, split: str, join: str) -> list[str]:
    """Two or three ways from `split` to `join`; the flows that begin them."""
    flows: list[str] = []
    for _ in range(2 + draft.pick(BRANCHES_MAX - 1)):
        first, last = sequence(draft, parent, depth)
        flows.append(draft.flow(parent, split, first))
        draft.flow(parent, last, join)
    return flows


def _conditions(draft: Draft, flows: list[str], texts: tuple[str, ...]) -> None:
    """Give each of `flows` a condition."""
    for flow in draft.flows:
        if flow.id in flows:
            flow.condition = texts[draft.pick(len(texts))]
