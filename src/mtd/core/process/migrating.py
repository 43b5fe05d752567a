"""Migrating: an instance goes on with another version of its definition, whole or not at all.

Every token, scope, wait and incident keeps its number, and so does what may still be undone; where
an element has another id in the new version, they stand there from now on. What cannot go along
is told (`hindering`), and then nothing moves. What is awaited stays as it was opened: a timer
keeps its due time, a message its key; and what went off already is not awaited anew.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from mtd.core.process.catching import WAITABLE, let_listen
from mtd.core.process.counterparts import BESIDE, GATHERING, awaits_alike
from mtd.core.process.definition import Definition
from mtd.core.process.effect import UserTask
from mtd.core.process.elements.ad_hoc_sub_process import NEXT
from mtd.core.process.facts import (
    Closed,
    Completed,
    Entered,
    Follows,
    Opened,
    Put,
    Settled,
    Troubled,
)
from mtd.core.process.instance import Scope, Token, Wait
from mtd.core.process.step import Step

_Place = tuple[int | None, int, str]
"""Who listens: a token, if it is one, in a scope, by an event."""


def follow(step: Step, old: Definition, places: Mapping[str, str]) -> None:
    """Let the instance of `step`, whose definition is the new one already, stand on it.

    `places`: where each element of `old` is in it (`mapped`).
    """
    over = frozenset(_gone_off(step, old, places))
    step.record(Follows(step.definition.id, old.id))
    _stand(step, old, places)
    for wait in list(step.draft.waits.values()):
        _carry(step, wait, places)
    _keep_troubles(step, places)
    _listen(step, over)
    _look_again(step, old, places)


def _stand(step: Step, old: Definition, places: Mapping[str, str]) -> None:
    """Scopes, tokens and what may be undone are at the counterparts of their elements; what runs
    already waits for no other token, whatever its activity takes to begin there.
    """
    draft = step.draft
    for scope in list(draft.scopes.values()):
        there = msgspec.structs.replace(
            scope,
            element=places.get(scope.element, scope.element),
            variables=_renamed(scope.variables, places),
        )
        if there != scope:
            step.record(Entered(there))
    for token in list(draft.tokens.values()):
        begun = old.elements[token.at].start_quantity == 1 and not token.inner
        gathers = step.definition.elements[places[token.at]].start_quantity > 1
        counted = token.counted or (begun and gathers)
        moved = msgspec.structs.replace(token, at=places[token.at], counted=counted)
        if moved != token:
            step.record(Put(moved))
    for one in [one for completed in draft.completed.values() for one in completed]:
        if one.element != places[one.element]:
            step.record(Completed(msgspec.structs.replace(one, element=places[one.element])))


def _renamed(variables: dict[str, Any], places: Mapping[str, str]) -> dict[str, Any]:
    """`variables` of a scope, with what an ad-hoc sub-process begins next under its ids there."""
    if not variables.get(NEXT):
        return variables
    return {**variables, NEXT: [places[id_] for id_ in variables[NEXT]]}


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
    if element.kind in BESIDE and not awaits_alike(element, wait.effect):
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


def _keep_troubles(step: Step, places: Mapping[str, str]) -> None:
    for incident in list(step.draft.incidents.values()):
        place = places.get(incident.element, "")
        if place != incident.element:
            step.record(Settled(incident.id))
            moved = msgspec.structs.replace(incident, id=step.draft.next, element=place)
            step.record(Troubled(moved))


def _gone_off(step: Step, old: Definition, places: Mapping[str, str]) -> Iterator[_Place]:
    """Where the old version listens no more, though the event is drawn there: it went off."""
    awaited = {(wait.token, wait.scope, wait.element) for wait in step.draft.waits.values()}
    beside: list[_Place] = []
    for scope in step.draft.scopes.values():
        beside += [(None, scope.id, start) for start in old.elements[scope.element].handlers]
    for token in step.draft.tokens.values():
        beside += [(token.id, token.scope, one) for one in old.elements[token.at].attached]
    for token_id, scope_id, event in beside:
        place = places.get(event)
        if place is not None and (token_id, scope_id, event) not in awaited:
            before = {one.kind for one in old.elements[event].events} & WAITABLE
            after = {one.kind for one in step.definition.elements[place].events} & WAITABLE
            if before == after:
                yield token_id, scope_id, place


def _listen(step: Step, over: frozenset[_Place]) -> None:
    """What the new version listens to besides is listened to."""
    draft = step.draft
    heard = over | {(wait.token, wait.scope, wait.element) for wait in draft.waits.values()}
    for scope in list(draft.scopes.values()):
        if step.is_heard(scope) and not step.is_replaced(scope):
            for start in step.definition.elements[scope.element].handlers:
                if (None, scope.id, start) not in heard:
                    _await(step, start, scope, None)
    unbegun = _unbegun(step)
    for token in list(draft.tokens.values()):
        if token.id in unbegun:
            continue
        element = step.element(token)
        waits_to_begin = element.start_quantity > 1 and not token.counted
        beside = () if token.inner or waits_to_begin else element.attached
        ways = element.outgoing if element.kind == "eventBasedGateway" else ()
        for event in (*beside, *(way.target for way in ways)):
            if (token.id, token.scope, event) not in heard:
                _await(step, event, draft.scopes[token.scope], token)


def _unbegun(step: Step) -> set[int]:
    """Tokens that got stuck before they awaited or held anything: arriving anew, they will."""
    incidents = [one for one in step.draft.incidents.values() if not one.armed]
    stuck = {one.token for one in incidents if one.token is not None and one.unheard is None}
    begun = {wait.token for wait in step.draft.waits.values()}
    return stuck - begun - {scope.holder for scope in step.draft.scopes.values()}


def _look_again(step: Step, old: Definition, places: Mapping[str, str]) -> None:
    """Joins, and activities that wait for several tokens, look at who is there.

    Who is stuck there waits for a person: to look again would tell the same trouble twice.
    """
    stuck = {incident.token for incident in step.draft.incidents.values()}
    counting = {
        places[id_]
        for id_, element in old.elements.items()
        if element.start_quantity > 1 and id_ in places
    }
    for token in list(step.draft.tokens.values()):
        waits_to_begin = token.at in counting and not token.counted and not token.inner
        gathers = step.element(token).kind in GATHERING or waits_to_begin
        if gathers and token.id not in stuck:
            step.arrive(token.id)


def _await(step: Step, event: str, scope: Scope, token: Token | None) -> None:
    """What the old version missed there is missed no more: this is another event."""
    place = (token.id if token else None, scope.id, event)
    for one in list(step.draft.incidents.values()):
        if (one.token, one.unheard, one.element) == place:
            step.record(Settled(one.id))
    let_listen(step, step.definition.elements[event], scope.id, token)
