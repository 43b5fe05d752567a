"""Hindering: why an instance cannot go on with another version of its definition, in words."""

from collections.abc import Iterator, Mapping
from typing import Any

from mtd.core.process.counterparts import AWAITED, BESIDE, GATHERING, awaits_alike
from mtd.core.process.definition import Definition, Element
from mtd.core.process.effect import Call, UserTask
from mtd.core.process.elements.ad_hoc_sub_process import NEXT
from mtd.core.process.holding import THROWERS
from mtd.core.process.instance import SET_ASIDE, Completion, Instance, Scope, State, Token, Wait


def hindrances(
    old: Definition,
    new: Definition,
    instance: Instance,
    given: Mapping[str, str],
    places: Mapping[str, str],
) -> list[str]:
    """Why `instance` cannot follow from `old` to `new`, in words; empty: it can.

    `places`: what `mapped` says of them.
    """
    return list(dict.fromkeys(_hindrances(old, new, instance, given, places)))


def _hindrances(
    old: Definition,
    new: Definition,
    instance: Instance,
    given: Mapping[str, str],
    places: Mapping[str, str],
) -> Iterator[str]:
    if instance.state is not State.RUNNING:
        yield f"it is {instance.state.value.lower()}"
        return
    if any(one.code == SET_ASIDE for one in instance.incidents.values()):
        yield "it was set aside by the engine: retry or stop it first"
    for source, target in given.items():
        yield from _mapping_problem(old, new, source, target)
    for scope in instance.scopes.values():
        yield from _place_problem(old, new, places, scope.element, None)
        yield from _choice_problem(old, new, places, scope)
    for token in instance.tokens.values():
        yield from _place_problem(old, new, places, token.at, _within(old, instance, token))
        if (place := places.get(token.at)) is not None:
            yield from _token_problem(old, new, token, place)
            yield from _call_problem(old, new, places, instance, token)
    for wait in instance.waits.values():
        if (place := places.get(wait.element)) is not None:
            yield from _wait_problem(old, new, wait, place)
    for completions in instance.completed.values():
        for one in completions:
            yield from _completion_problem(old, new, places, one)


def _within(old: Definition, instance: Instance, token: Token) -> str | None:
    """The element that `token` stands inside of; None: a body, or what undoes something, which
    is where its activity is.
    """
    around = instance.scopes[token.scope].element
    return None if token.inner or old.elements[around].kind in THROWERS else around


def _mapping_problem(old: Definition, new: Definition, source: str, target: str) -> Iterator[str]:
    if source not in old.elements:
        yield f"{old.id} has no element {source!r}"
    elif target not in new.elements:
        yield f"{new.id} has no element {target!r}"
    elif old.elements[source].kind != new.elements[target].kind:
        was, would = old.elements[source].kind, new.elements[target].kind
        yield f"{source!r} cannot become {target!r}: they are {was}, and {would}"


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


def _choice_problem(
    old: Definition, new: Definition, places: Mapping[str, str], scope: Scope
) -> Iterator[str]:
    """What an ad-hoc sub-process is to begin yet must be one of its activities there."""
    for id_ in scope.variables.get(NEXT) or ():
        if id_ not in places or new.elements[places[id_]].parent != places.get(scope.element):
            label, inside = _called(old.elements[id_]), _called(old.elements[scope.element])
            yield f"{label} is begun next, and is not inside {inside} in {new.id}"


def _token_problem(old: Definition, new: Definition, token: Token, place: str) -> Iterator[str]:
    before, after = old.elements[token.at], new.elements[place]
    gathers = before.kind in GATHERING and len(after.incoming) > 1
    if gathers and token.via is not None and token.via not in after.incoming:
        yield f"a token waits at {_called(before)}, and its way in is not in {new.id}"
    if before.kind == "complexGateway" and before.incoming != after.incoming:
        yield f"a token waits at {_called(before)}, whose ways in are others in {new.id}"


def _call_problem(
    old: Definition, new: Definition, places: Mapping[str, str], instance: Instance, token: Token
) -> Iterator[str]:
    """A called process that runs must be the one that is called there."""
    before, after = old.elements[token.at], new.elements[places[token.at]]
    for scope in instance.scopes.values():
        runs = scope.holder == token.id and scope.element == before.called
        if runs and before.called is not None and places.get(scope.element) != after.called:
            yield f"{_called(before)} calls another process in {new.id}"


def _wait_problem(old: Definition, new: Definition, wait: Wait, place: str) -> Iterator[str]:
    before, after = old.elements[wait.element], new.elements[place]
    match wait.effect:
        case Call() if place != wait.element:
            # The idempotency key of the call holds the element's id.
            yield f"a call is under way at {_called(before)}, which has another id in {new.id}"
        case Call() | UserTask():
            if type(before.work) is not type(after.work):
                yield f"{_called(before)} is other work in {new.id}"
        case effect if before.kind not in BESIDE and not awaits_alike(after, effect):
            kind = AWAITED[type(effect)]
            yield f"{_called(before)} awaits a {kind}, and in {new.id} it does not"
        case _:
            return


def _completion_problem(
    old: Definition, new: Definition, places: Mapping[str, str], one: Completion
) -> Iterator[str]:
    """What may still be undone must be something that the new version undoes, in the same way.

    An activity that its handler alone undoes has forgotten what was done inside of it.
    """
    after = new.elements.get(places.get(one.element, ""))
    by_handler = one.whole and one.inside is None
    if after is None or not after.remembered or (by_handler and after.compensated_by is None):
        label = _called(old.elements[one.element])
        yield f"what {label} did may still be undone, and {new.id} does not know how"


def _repeats(element: Element) -> tuple[Any, ...]:
    loop = element.loop
    return () if loop is None else (loop.kind, loop.sequential)


def _called(element: Element) -> str:
    return repr(element.name or element.id)
