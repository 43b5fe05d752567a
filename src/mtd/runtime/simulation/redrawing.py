"""Redrawing: the next version of a drawing, with which those that run are to go on.

Gently redrawn, nothing at which a token may be is gone, and what is new lies on a way or beside
one: whoever follows in the middle of a sound drawing still comes to its end. Roughly redrawn, it
is spoilt as people spoil drawings, and parts of it are gone.
"""

from collections.abc import Callable

import msgspec

from mtd.runtime.simulation.drafting import CONNECTOR, PROCESS, Draft, Flow, Node
from mtd.runtime.simulation.mutating import mutate

CHANGES_MAX = 3
"""Changes from one version to the next, at the most."""
BRANCHES_KEPT = 2
"""Ways into a gateway that a branch less leaves to it."""
REPEATED = (
    '<multiInstanceLoopCharacteristics isSequential="true"><loopCardinality>2</loopCardinality>'
    "</multiInstanceLoopCharacteristics>"
)


class Redrawn(msgspec.Struct, frozen=True, kw_only=True):
    """The next version, and how it is asked for."""

    draft: Draft
    mapping: dict[str, str]
    """The elements that have another id in it."""
    alike: bool
    """It is the same drawing once more."""


def gently(draft: Draft) -> Redrawn:
    """`draft` once more, or a copy with up to three changes that leave everybody a way."""
    redrawn = draft.copied()
    if draft.pick(2) == 0:
        return Redrawn(draft=redrawn, mapping={}, alike=True)
    for _ in range(draft.pick(CHANGES_MAX + 1)):
        GENTLE[draft.pick(len(GENTLE))](redrawn)
    mapping = _some_renamed(redrawn, draft) if draft.pick(2) == 0 else {}
    return Redrawn(draft=redrawn, mapping=mapping, alike=False)


def roughly(draft: Draft) -> Redrawn:
    """A copy of `draft`, spoilt in one to three places."""
    redrawn = draft.copied()
    for _ in range(1 + draft.pick(CHANGES_MAX)):
        ROUGH[draft.pick(len(ROUGH))](redrawn)
    mapping = _some_renamed(redrawn, draft) if draft.pick(3) == 0 else {}
    return Redrawn(draft=redrawn, mapping=mapping, alike=False)


def _some_renamed(draft: Draft, before: Draft) -> dict[str, str]:
    mapping: dict[str, str] = {}
    for _ in range(1 + draft.pick((CHANGES_MAX, len(before.nodes))[draft.pick(2)])):
        # A process that is called is a definition of its own, and no instance of it is led on.
        known = [
            id_ for id_ in draft.nodes if id_ in before.nodes and draft.process_of(id_) == PROCESS
        ]
        if known:
            id_ = known[draft.pick(len(known))]
            mapping[id_] = draft.rename(id_)
    return mapping


# -- gentle ------------------------------------------------------------------------------------


def _lengthen(draft: Draft) -> None:
    """One more task on a way, whose flow is still the one by which tokens come to its end."""
    flows = [one for one in draft.flows if draft.nodes[one.source].tag != "eventBasedGateway"]
    if not flows:
        return
    flow = flows[draft.pick(len(flows))]
    tag = ("manualTask", "serviceTask")[draft.pick(2)]
    bound = {"implementation": CONNECTOR} if tag == "serviceTask" else {}
    task = draft.node(tag, flow.parent, **bound)
    before = draft.flow(flow.parent, flow.source, task, flow.condition)
    source = draft.nodes[flow.source].attributes
    if source.get("default") == flow.id:
        source["default"] = before
    flow.source, flow.condition = task, None


def _guard(draft: Draft) -> None:
    """One more timer at the border of an activity, which interrupts nothing."""
    activities = [node for node in draft.nodes.values() if _may_be_guarded(draft, node)]
    if not activities:
        return
    activity = activities[draft.pick(len(activities))]
    body = "<timerEventDefinition><timeDuration>PT1M</timeDuration></timerEventDefinition>"
    guard = draft.node(
        "boundaryEvent", activity.parent, body, attachedToRef=activity.id, cancelActivity="false"
    )
    parent = activity.parent
    draft.chain(parent, guard, draft.node("manualTask", parent), draft.node("endEvent", parent))


def _may_be_guarded(draft: Draft, node: Node) -> bool:
    apart = {"triggeredByEvent", "isForCompensation"}.isdisjoint(node.attributes)
    around = draft.nodes.get(node.parent)
    chosen = around is not None and around.tag == "adHocSubProcess"
    return _is_activity(node) and apart and not chosen


def _is_activity(node: Node) -> bool:
    return node.tag.endswith(("Task", "Process", "Activity")) or node.tag == "transaction"


def _put_off(draft: Draft) -> None:
    """Timers are later: those that run already keep their time."""
    for node in draft.nodes.values():
        node.body = node.body.replace("PT1M", "PT3M")


GENTLE: tuple[Callable[[Draft], None], ...] = (_lengthen, _lengthen, _guard, _put_off)


# -- rough -------------------------------------------------------------------------------------


def _shorten(draft: Draft) -> None:
    """What lies on a way is gone, and the way leads on without it."""
    passed = [id_ for id_ in draft.nodes if len(_into(draft, id_)) == len(_out(draft, id_)) == 1]
    if passed:
        id_ = passed[draft.pick(len(passed))]
        _into(draft, id_)[0].target = _out(draft, id_)[0].target
        _take_out(draft, id_)


def _drop_a_branch(draft: Draft) -> None:
    """One of three ways into a gateway is gone, with what lies on it."""
    joins = [id_ for id_ in draft.nodes if len(_into(draft, id_)) > BRANCHES_KEPT]
    if not joins:
        return
    into = _into(draft, joins[draft.pick(len(joins))])
    id_ = into[draft.pick(len(into))].source
    while len(_into(draft, id_)) == len(_out(draft, id_)) == 1:
        before = _into(draft, id_)[0].source
        _take_out(draft, id_)
        id_ = before


def _take_out(draft: Draft, id_: str) -> None:
    """The node is gone, with the events at its border."""
    for beside in [one for one in draft.nodes.values() if _is_attached(one, id_)]:
        if beside.id in draft.nodes:
            _lose(draft, beside.id)
    draft.remove(id_)


def _drop_an_event(draft: Draft) -> None:
    """An event at a border is gone, or an event sub-process is."""
    beside = [
        node.id
        for node in draft.nodes.values()
        if node.tag == "boundaryEvent" or "triggeredByEvent" in node.attributes
    ]
    if beside:
        _lose(draft, beside[draft.pick(len(beside))])


def _lose(draft: Draft, id_: str) -> None:
    """The node is gone, with what undoes by it, and what only it leads to."""
    undoing = [target for _, source, target in draft.associations if source == id_]
    behind = [flow.target for flow in _out(draft, id_)]
    draft.remove(id_)
    for one in [*undoing, *behind]:
        if one in draft.nodes and not _into(draft, one):
            _lose(draft, one)


def _repeat_an_activity(draft: Draft) -> None:
    """An activity is done for each of several from now on."""
    once = [
        node
        for node in draft.nodes.values()
        if _is_activity(node) and "LoopCharacteristics" not in node.body
    ]
    if once:
        once[draft.pick(len(once))].body += REPEATED


def _do_otherwise(draft: Draft) -> None:
    """Some work is of another kind."""
    services = [node for node in draft.nodes.values() if node.tag == "serviceTask"]
    if services:
        services[draft.pick(len(services))].tag = "sendTask"


def _spoil(draft: Draft) -> None:
    mutate(draft)


ROUGH: tuple[Callable[[Draft], None], ...] = (
    _shorten, _drop_a_branch, _drop_a_branch, _drop_an_event, _repeat_an_activity, _do_otherwise,
    _spoil, *GENTLE,
)  # fmt: skip


def _is_attached(node: Node, id_: str) -> bool:
    return node.attributes.get("attachedToRef") == id_


def _into(draft: Draft, id_: str) -> list[Flow]:
    return [flow for flow in draft.flows if flow.target == id_]


def _out(draft: Draft, id_: str) -> list[Flow]:
    return [flow for flow in draft.flows if flow.source == id_]
