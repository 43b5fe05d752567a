"""Multi-instance: an activity done for each item, at once or in turn (BPMN 2.0.2 §13.2.7).

A scope keeps the account, in sight of the bodies and of the completion condition. Events that
the behavior throws (None: as each body is done; One: as the first is; Complex: where a condition
holds, which ends the rest) go off at the border and interrupt nothing: to end the bodies is
what conditions are for (§10.3.8, Table 10.30).
"""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import partial
from typing import Any, cast

from mtd.core.process.definition import Element, Evaluate, Event, Loop
from mtd.core.process.instance import Scope, Token
from mtd.core.process.journal import Assigned
from mtd.core.process.publishing import messages, send
from mtd.core.process.recording import Stuck
from mtd.core.process.step import Behaviour, Step

INSTANCES_MAX = 5_000
"""Instances of one activity; a collection beyond that is a mistake, or an attack."""
SCOPES_MAX = 20_000
"""Bodies and other scopes that are open in one process instance, where a multi-instance is inside
another one.
"""

TOTAL, ACTIVE, COMPLETED, TERMINATED = (
    "numberOfInstances",
    "numberOfActiveInstances",
    "numberOfCompletedInstances",
    "numberOfTerminatedInstances",
)
COUNTER = "loopCounter"
ITEMS, OUTPUT = "#items", "#output"
"""Kept in the account under names that no expression can say."""


def enter(step: Step, element: Element, token: Token) -> None:
    """A scope keeps the account; each item gets a body inside it: the first one, or all."""
    loop = _loop(element)
    items = _items(step, element, loop, token.scope)
    if not items:
        _hand_over(step, loop, token, [])
        step.leave(element, token)
        return
    begun = 1 if loop.sequential else len(items)
    account = {TOTAL: len(items), ACTIVE: begun, COMPLETED: 0, TERMINATED: 0, ITEMS: items}
    kept = step.open(element, token.scope, token, account)
    for number in range(1, begun + 1):
        _begin(step, element, token, kept, number)


def done(step: Step, element: Element, token: Token, scope: Scope) -> None:
    """One body is over: its output is kept, its events are thrown, and it may end the rest."""
    loop = _loop(element)
    assert scope.parent is not None
    kept = step.draft.scopes[scope.parent]
    completed, active = kept.variables[COMPLETED] + 1, kept.variables[ACTIVE] - 1
    counts = {COMPLETED: completed, ACTIVE: active}
    seen = {**step.sight(kept.id), **scope.variables, **counts}
    met = [event for condition, event in loop.complex if _holds(step, condition, seen)]
    enough = bool(met) or (loop.condition is not None and _holds(step, loop.condition, seen))
    ends = enough or completed == kept.variables[TOTAL]
    if ends:
        counts |= {ACTIVE: 0, TERMINATED: active}
    elif loop.sequential:
        counts[ACTIVE] = 1
    events = (*_of_behavior(loop, completed), *met)
    output = _output(step, loop, seen)
    thrown = [_thrown(step, element, token, event, {**seen, **counts}) for event in events]
    step.complete(scope)
    step.record(Assigned(kept.id, {**counts, **output}))
    for throw in thrown:
        throw()
        if token.id not in step.draft.tokens:
            return  # who heard it interrupted all of this
    if ends:
        _end(step, element, token, step.draft.scopes[kept.id])
    elif loop.sequential:
        _begin(step, element, token, kept, completed + 1)


def _begin(step: Step, element: Element, token: Token, kept: Scope, number: int) -> None:
    """The body of this number, from 1, with variables of its own: what it takes and gives."""
    loop = _loop(element)
    variables: dict[str, Any] = {COUNTER: number}
    if loop.output_name is not None:
        variables[loop.output_name] = None
    if loop.item is not None:
        variables[loop.item] = kept.variables[ITEMS][number - 1]
    body = step.open(element, kept.id, token, variables)
    step.put(element.id, body.id, inner=True)


def _end(step: Step, element: Element, token: Token, kept: Scope) -> None:
    """Bodies that are not done are cancelled; of those there is no output."""
    step.clear(kept.id)
    step.complete(kept, {})
    numbers = range(1, kept.variables[TOTAL] + 1)
    outputs = [kept.variables.get(f"{OUTPUT}{number}") for number in numbers]
    _hand_over(step, _loop(element), token, outputs)
    step.leave(element, token)


def _hand_over(step: Step, loop: Loop, token: Token, outputs: list[Any]) -> None:
    if loop.output_collection is not None:
        step.assign(token.scope, {loop.output_collection: outputs})


def _output(step: Step, loop: Loop, seen: Mapping[str, Any]) -> dict[str, Any]:
    """What the body gives, under its number: the collection keeps the order of the items."""
    if loop.output_item is None:
        return {}
    return {f"{OUTPUT}{seen[COUNTER]}": step.evaluated(loop.output_item, seen)}


def _of_behavior(loop: Loop, completed: int) -> tuple[Event, ...]:
    match loop.behavior:
        case "None":
            return loop.on_none
        case "One":
            return loop.on_one if completed == 1 else ()
        case _:
            return ()


def _thrown(
    step: Step, element: Element, token: Token, event: Event, seen: Mapping[str, Any]
) -> Callable[[], None]:
    """How `event` is thrown, all that it carries being found: the attributes; where no border
    catches it, others may hear of it.
    """
    for boundary in (step.definition.elements[attached] for attached in element.attached):
        caught = _catching(boundary.events, event)
        if caught is not None:
            rules = caught.payload or {}
            carried = {name: step.evaluated(rule, seen) for name, rule in rules.items()}
            return partial(_catch, step, boundary, token, carried)
    events = () if event.name is None else (event,)
    return partial(send, step, messages(step, events, token))


def _catch(step: Step, boundary: Element, token: Token, carried: Mapping[str, Any]) -> None:
    step.assign(token.scope, carried)
    step.put(boundary.id, token.scope)


def _catching(events: Iterable[Event], thrown: Event) -> Event | None:
    """A default signal bears no name: any signal event catches it (Table 10.30)."""
    for event in events:
        named = thrown.name is None or event.name in (None, thrown.name)
        if event.kind == thrown.kind and named:
            return event
    return None


def _items(step: Step, element: Element, loop: Loop, scope: int) -> list[Any]:
    """What to go over: the collection, or as many blanks as the cardinality says."""
    if loop.collection is not None:
        items = step.value(loop.collection, scope)
        if not isinstance(items, list):
            raise Stuck("NO_COLLECTION", f"{element.name or element.id!r} has no list to go over")
        found = list(cast("list[Any]", items))
    else:
        assert loop.cardinality is not None, "the compiler refuses one without either"
        count = step.value(loop.cardinality, scope)
        is_number = isinstance(count, int | Decimal) and not isinstance(count, bool)
        if not is_number or count != int(count) or count < 0:
            raise Stuck("NO_CARDINALITY", f"{element.name or element.id!r}: {count} is no count")
        found = [None] * min(int(count), INSTANCES_MAX + 1)
    if len(found) > INSTANCES_MAX:
        raise Stuck("TOO_MANY", f"{element.name or element.id!r}: more than {INSTANCES_MAX}")
    if not loop.sequential and len(found) + len(step.draft.scopes) > SCOPES_MAX:
        raise Stuck(
            "TOO_MANY",
            f"{element.name or element.id!r}: {len(found)} more, and over {SCOPES_MAX} are open",
        )
    return found


def _holds(step: Step, condition: Evaluate, seen: Mapping[str, Any]) -> bool:
    return step.evaluated(condition, seen) is True


def _loop(element: Element) -> Loop:
    assert element.loop is not None
    return element.loop


BEHAVIOUR = Behaviour(enter, done=done)
