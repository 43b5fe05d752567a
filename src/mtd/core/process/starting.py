"""Starting: how an instance begins, by itself or by what it hears (BPMN 2.0.2 §13.3.3, §13.4.4).

A process begins at a start event; at a receive task that instantiates; or at an event behind
an event-based gateway that does. Of an exclusive gateway that one event is all; of a parallel one
the others are awaited by the instance begun, which does not end before they have come.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from mtd.core.process.catching import let_handlers_listen
from mtd.core.process.definition import Definition, Element, Evaluate
from mtd.core.process.instance import Scope
from mtd.core.process.step import Step
from mtd.core.process.trigger import Start

NO_SUCH_START = "NO_SUCH_START"
"""The incident of an instance that is to begin where its process cannot."""


def places(definition: Definition) -> list[Element]:
    """Where an instance may begin, each with the events that it may begin by."""
    return [one for one in definition.elements.values() if _begins(definition, one)]


def begun_by(definition: Definition, kind: str, name: str) -> Iterator[Element]:
    """Where the process can begin when it hears the message or signal, by `kind`, called `name`."""
    for element in places(definition):
        if any(event.kind == kind and event.name == name for event in element.events):
            yield element


def gathers(definition: Definition, element: Element) -> bool:
    """Whether an instance that begins at `element` awaits the other events of its gateway, too."""
    gateway = _gateway_before(definition, element)
    return gateway is not None and gateway.parallel_multiple


def gathering(definition: Definition) -> frozenset[str]:
    """The events of which one begins the process and the others are awaited by what it began."""
    return frozenset(
        way.target
        for gateway in definition.elements.values()
        if gateway.instantiating and gateway.parallel_multiple
        if gateway.kind == "eventBasedGateway" and gateway.parent == definition.root
        for way in gateway.outgoing
    )


def start(step: Step, trigger: Start) -> str:
    """The instance begins; the id of the element at which it does."""
    root = step.definition.elements[step.definition.root]
    rules = _brought(step.definition, trigger)
    scope = step.open(root, None, None, {} if rules is not None else dict(trigger.variables))
    if rules is not None:
        step.attempt(None, lambda: _assign(step, scope, rules, trigger.variables))
    first = root.starts[0] if root.starts else ""
    if trigger.element is None:
        for element_id in root.starts:
            step.put(element_id, scope.id)
    elif _is_place(step.definition, trigger.element):
        first = trigger.element
        _begin(step, step.definition.elements[first], scope)
    else:
        message = f"the process does not begin at {trigger.element!r}"
        step.trouble(None, NO_SUCH_START, message)
    let_handlers_listen(step, root, scope.id)
    return first


def _brought(definition: Definition, trigger: Start) -> dict[str, Evaluate] | None:
    """What the binding makes of what a message or signal brings that begins an instance."""
    element = definition.elements.get(trigger.element or "")
    events = () if element is None else element.events
    heard = (e for e in events if e.payload is not None and trigger.heard in (None, e.name))
    return next((event.payload for event in heard), None)


def _assign(
    step: Step, scope: Scope, rules: Mapping[str, Evaluate], given: Mapping[str, Any]
) -> None:
    step.assign(scope.id, step.outputs(scope.id, rules, given))


def _begin(step: Step, element: Element, scope: Scope) -> None:
    """At `element`, which does not wait for what has come."""
    gateway = _gateway_before(step.definition, element)
    if gateway is None and not element.instantiating:
        step.put(element.id, scope.id)
        return
    token = step.stand(element.id, scope.id)
    if gateway is not None and gateway.parallel_multiple:
        for way in gateway.outgoing:
            if way.target != element.id:
                step.put(way.target, scope.id, way.id)
    step.attempt(token, lambda: step.leave(element, token))


def _is_place(definition: Definition, element_id: str) -> bool:
    element = definition.elements.get(element_id)
    return element is not None and (
        _begins(definition, element) or element_id in definition.elements[definition.root].starts
    )


def _begins(definition: Definition, element: Element) -> bool:
    if element.parent != definition.root:
        return False
    if element.kind == "startEvent" or (element.kind == "receiveTask" and element.instantiating):
        return True
    return _gateway_before(definition, element) is not None


def _gateway_before(definition: Definition, element: Element) -> Element | None:
    """The instantiating event-based gateway that `element` stands behind."""
    return next(
        (
            gateway
            for gateway in definition.elements.values()
            if gateway.kind == "eventBasedGateway"
            and gateway.instantiating
            and any(way.target == element.id for way in gateway.outgoing)
        ),
        None,
    )
