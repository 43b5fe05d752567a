"""Mutating: a sound drawing made unsound, as people draw."""

from collections.abc import Callable

from mtd.runtime.simulation.drafting import Draft

CHANGES_MAX = 3
GATEWAYS = ("exclusiveGateway", "parallelGateway", "inclusiveGateway")


def mutate(draft: Draft) -> None:
    """Spoil `draft` in one to three places; it may not compile any more."""
    for _ in range(1 + draft.pick(CHANGES_MAX)):
        if draft.flows:
            MUTATIONS[draft.pick(len(MUTATIONS))](draft)


def _lose_a_flow(draft: Draft) -> None:
    draft.flows.pop(draft.pick(len(draft.flows)))


def _lead_elsewhere(draft: Draft) -> None:
    flow = draft.flows[draft.pick(len(draft.flows))]
    beside = [node.id for node in draft.nodes.values() if node.parent == flow.parent]
    flow.target = beside[draft.pick(len(beside))]


def _repeat_a_flow(draft: Draft) -> None:
    flow = draft.flows[draft.pick(len(draft.flows))]
    draft.flow(flow.parent, flow.source, flow.target, flow.condition)


def _mistake_a_gateway(draft: Draft) -> None:
    gateways = [node for node in draft.nodes.values() if node.tag in GATEWAYS]
    if gateways:
        gateway = gateways[draft.pick(len(gateways))]
        gateway.tag = GATEWAYS[draft.pick(len(GATEWAYS))]


def _forget_a_condition(draft: Draft) -> None:
    asked = [flow for flow in draft.flows if flow.condition is not None]
    if asked:
        asked[draft.pick(len(asked))].condition = None


def _ask_for_more(draft: Draft) -> None:
    """An activity that begins with two tokens, or leaves two."""
    tasks = [node for node in draft.nodes.values() if node.tag.endswith("Task")]
    if tasks:
        name = ("startQuantity", "completionQuantity")[draft.pick(2)]
        tasks[draft.pick(len(tasks))].attributes[name] = "2"


MUTATIONS: tuple[Callable[[Draft], None], ...] = (
    _lose_a_flow, _lead_elsewhere, _repeat_a_flow, _mistake_a_gateway, _forget_a_condition,
    _ask_for_more,
)  # fmt: skip
