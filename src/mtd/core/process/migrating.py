"""Migrating: an instance goes on with another version of its definition, whole or not at all.

Every token, scope, wait and incident keeps its number; where an element has another id in the
new version, they stand there from now on. What cannot go along is told, and then nothing moves.
What is awaited stays as it was opened: a timer keeps its due time, a message its key.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from mtd.core.process.catching import arm, await_events
from mtd.core.process.definition import Definition, Element
from mtd.core.process.effect import Call, Listening, Subscription, Timer, UserTask, Watching
from mtd.core.process.facts import Closed, Entered, Follows, Opened, Put, Settled, Troubled
from mtd.core.process.instance import SET_ASIDE, Completion, Instance, Scope, State, Token, Wait
from mtd.core.process.linking import SEPARATOR
from mtd.core.process.step import Step

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


def hindrances(
    old: Definition, new: Definition, instance: Instance, given: Mapping[str, str]
) -> list[str]:
    """Why `instance` cannot follow from `old` to `new`, in words; empty: it can."""
    return list(dict.fromkeys(_hindrances(old, new, instance, given)))


def follow(step: Step, old: Definition, given: Mapping[str, str]) -> None:
    """Let the instance of `step`, whose definition is the new one already, stand on it."""
    new, draft = step.definition, step.draft
    places = mapped(old, new, given)
    step.record(Follows(new.id))
    for scope in list(draft.scopes.values()):
        if scope.element != (place := places.get(scope.element, scope.element)):
            step.record(Entered(msgspec.structs.replace(scope, element=place)))
    for token in list(draft.tokens.values()):
        if token.at != places[token.at]:
            step.record(Put(msgspec.structs.replace(token, at=places[token.at])))
    for wait in list(draft.waits.values()):
        _carry(step, wait, places)
    for incident in list(draft.incidents.values()):
        place = places.get(incident.element, "")
        if place != incident.element:
            step.record(Settled(incident.id))
            step.record(Troubled(msgspec.structs.replace(incident, id=draft.next, element=place)))
    _listen(step)


def _carry(step: Step, wait: Wait, places: Mapping[str, str]) -> None:
    """A wait goes along with its element, or ends with it: an event that is not there any more."""
    place = places.get(wait.element)
    if place is None or not _belongs(step, wait, place):
        # What the new version listens to there, it will (`_listen`).
        step.record(Closed(wait.id))
    elif place != wait.element and isinstance(wait.effect, UserTask):
        # Its row bears the element's id: it is another task for people, too.
        step.record(Closed(wait.id))
        step.record(Opened(msgspec.structs.replace(wait, id=step.draft.next, element=place)))
    elif place != wait.element:
        step.record(Opened(msgspec.structs.replace(wait, element=place)))


def _belongs(step: Step, wait: Wait, place: str) -> bool:
    """Whether the new version still listens there on behalf of the same token or scope."""
    element = step.definition.elements[place]
    if element.kind in BESIDE and AWAITED[type(wait.effect)] not in _kinds(element):
        return False
    if wait.token is None:
        inside = step.definition.elements[step.draft.scopes[wait.scope].element]
        return place in inside.handlers
    at = step.element(step.draft.tokens[wait.token])
    if element.kind == "boundaryEvent":
        return place in at.attached
    if at.kind == "eventBasedGateway" and place != at.id:
        return place in {way.target for way in at.outgoing}
    return True


def _listen(step: Step) -> None:
    """What the new version listens to besides is listened to; joins look at who is there."""
    heard = {(wait.token, wait.scope, wait.element) for wait in step.draft.waits.values()}
    for scope in list(step.draft.scopes.values()):
        if step.is_heard(scope):
            inside = step.definition.elements[scope.element]
            for start in inside.handlers:
                if (None, scope.id, start) not in heard:
                    _await(step, start, scope, None)
    for token in list(step.draft.tokens.values()):
        element = step.element(token)
        if element.attached and not token.inner:
            step.attempt(token, lambda e=element, t=token: arm(step, e, t))
        if element.kind == "eventBasedGateway":
            for way in element.outgoing:
                if (token.id, token.scope, way.target) not in heard:
                    _await(step, way.target, step.draft.scopes[token.scope], token)
        if element.kind in GATHERING:
            step.agenda.append(token.id)


def _await(step: Step, event: str, scope: Scope, token: Token | None) -> None:
    element = step.definition.elements[event]
    step.attempt(token, lambda: _opened(step, element, scope.id, token))


def _opened(step: Step, element: Element, scope: int, token: Token | None) -> None:
    await_events(step, element, scope, token)


def _hindrances(
    old: Definition, new: Definition, instance: Instance, given: Mapping[str, str]
) -> Iterator[str]:
    if instance.state is not State.RUNNING:
        yield f"it is {instance.state.value.lower()}"
        return
    if any(one.code == SET_ASIDE for one in instance.incidents.values()):
        yield "it was set aside by the engine: retry or stop it first"
    for source, target in given.items():
        yield from _mapping_problem(old, new, source, target)
    places = mapped(old, new, given)
    for scope in instance.scopes.values():
        yield from _place_problem(old, new, places, scope.element, None)
    for token in instance.tokens.values():
        within = instance.scopes[token.scope].element
        yield from _place_problem(old, new, places, token.at, None if token.inner else within)
        if (place := places.get(token.at)) is not None:
            yield from _token_problem(old, new, token, place)
    for wait in instance.waits.values():
        if (place := places.get(wait.element)) is not None:
            yield from _wait_problem(old, new, wait, place)
    for completions in instance.completed.values():
        for one in completions:
            yield from _completion_problem(new, places, one)


def _mapping_problem(old: Definition, new: Definition, source: str, target: str) -> Iterator[str]:
    if source not in old.elements:
        yield f"{old.id} has no element {source!r}"
    elif target not in new.elements:
        yield f"{new.id} has no element {target!r}"
    elif old.elements[source].kind != new.elements[target].kind:
        kinds = f"{old.elements[source].kind}, and {new.elements[target].kind}"
        yield f"{source!r} cannot become {target!r}: they are {kinds}"


def _place_problem(
    old: Definition, new: Definition, places: Mapping[str, str], at: str, within: str | None
) -> Iterator[str]:
    """An element on or in which the instance stands must be there, alike, and inside the same."""
    before = old.elements[at]
    place = places.get(at)
    if place is None:
        yield f"{_called(before)} is not in {new.id}"
        return
    after = new.elements[place]
    if within is not None and after.parent != places.get(within, within):
        yield f"{_called(before)} is not inside {_called(old.elements[within])} in {new.id}"
    if _repeats(before) != _repeats(after):
        yield f"{_called(before)} repeats otherwise in {new.id}"


def _token_problem(old: Definition, new: Definition, token: Token, place: str) -> Iterator[str]:
    before, after = old.elements[token.at], new.elements[place]
    gathers = before.kind in GATHERING and len(after.incoming) > 1
    if gathers and token.via is not None and token.via not in after.incoming:
        yield f"a token waits at {_called(before)}, and its way in is not in {new.id}"
    if before.kind == "complexGateway" and before.incoming != after.incoming:
        yield f"a token waits at {_called(before)}, whose ways in are others in {new.id}"


def _wait_problem(old: Definition, new: Definition, wait: Wait, place: str) -> Iterator[str]:
    before, after = old.elements[wait.element], new.elements[place]
    match wait.effect:
        case Call() if place != wait.element:
            # The idempotency key of the call holds the element's id.
            yield f"a call is under way at {_called(before)}, which has another id in {new.id}"
        case Call() | UserTask():
            if type(before.work) is not type(after.work):
                yield f"{_called(before)} is other work in {new.id}"
        case effect if before.kind not in BESIDE:
            kind = AWAITED[type(effect)]
            if kind not in _kinds(after):
                yield f"{_called(before)} awaits a {kind}, and in {new.id} it does not"
        case _:
            return


def _completion_problem(
    new: Definition, places: Mapping[str, str], one: Completion
) -> Iterator[str]:
    """What may still be undone must be known by its own id: that is how it is remembered."""
    after = new.elements.get(one.element)
    if places.get(one.element) != one.element or after is None or not after.remembered:
        yield f"what {one.element!r} did may still be undone, and {new.id} does not know how"


def _kinds(element: Element) -> set[str]:
    return {event.kind for event in element.events}


def _repeats(element: Element) -> tuple[Any, ...]:
    loop = element.loop
    return () if loop is None else (loop.kind, loop.sequential)


def _local(id_: str) -> str:
    """`billing:pay` of `billing@3:pay`."""
    owner, _, own = id_.partition(SEPARATOR)
    return f"{owner.rpartition('@')[0]}{SEPARATOR}{own}"


def _called(element: Element) -> str:
    return repr(element.name or element.id)
