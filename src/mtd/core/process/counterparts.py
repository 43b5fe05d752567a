"""Counterparts: where each element of one version of a definition is in another."""

from collections.abc import Mapping

from mtd.core.process.definition import Definition, Element
from mtd.core.process.effect import Effect, Listening, Subscription, Timer, Watching
from mtd.core.process.linking import SEPARATOR

AWAITED: dict[type, str] = {
    Timer: "timer",
    Subscription: "message",
    Listening: "signal",
    Watching: "conditional",
}
"""Kinds of events, by what they await."""
BESIDE = frozenset({"boundaryEvent", "eventSubProcess"})
"""Events that listen beside what goes on: they may come, go and be others."""
GATHERING = frozenset({"parallelGateway", "inclusiveGateway"})
"""Gateways at which tokens wait for others: with other ways in, they may be all there now."""


def mapped(old: Definition, new: Definition, given: Mapping[str, str]) -> dict[str, str]:
    """Where each element of `old` is in `new`: as `given`; else by its id, when the kind is equal.

    The process itself is its own counterpart. An element of a called definition is found in
    another version of that too. What has no counterpart is not in the answer.
    """
    found = {old.root: new.root}
    local = {_local(id_): id_ for id_ in new.linked}
    for id_, element in old.elements.items():
        target = given.get(id_, id_)
        if target not in new.elements and id_ in old.linked:
            target = local.get(_local(id_), target)
        alike = target in new.elements and new.elements[target].kind == element.kind
        if id_ not in found and alike:
            found[id_] = target
    return found


def awaits_alike(element: Element, effect: Effect) -> bool:
    """Whether `element` awaits an event of the kind that `effect` does."""
    if isinstance(effect, Watching):
        events = element.events
        return effect.event < len(events) and events[effect.event].kind == "conditional"
    return AWAITED[type(effect)] in {event.kind for event in element.events}


def _local(id_: str) -> str:
    """`billing:pay` of `billing@3:pay`."""
    owner, _, own = id_.partition(SEPARATOR)
    return f"{owner.rpartition('@')[0]}{SEPARATOR}{own}"
