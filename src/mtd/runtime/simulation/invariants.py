"""Invariants: what holds of an instance after every step, whatever was drawn and happened.

The letters are those by which trusted engines are checked: I1 tokens, I2 joins, I3 one live call
for each token and one undoing for each deed, I4 a visible reason to wait, I5 nothing left at the
end, I6 the fold is the instance, I10 no orphans and nothing that goes on after it was ended, I11
keys of effects. What shows in facts alone is the `ledger`'s to check, and what an operator is
promised of a change, that of `changes`. A replay emits nothing (I7), for the fold has nothing to
emit with. That the same seed gives the same history (I8), and that a sound drawing ends (I9), is
the campaign's to check.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from mtd.core.process.advance import DEADLOCK
from mtd.core.process.definition import Definition, Element
from mtd.core.process.effect import Call, Effect, Listening, Subscription, UserTask, Watching
from mtd.core.process.instance import Instance, State, Token, Wait
from mtd.core.process.journal import Entry, fold
from mtd.core.process.trigger import Trigger
from mtd.runtime.simulation.violation import Violation, differing

JOINS = frozenset({"parallelGateway", "inclusiveGateway", "complexGateway"})
"""Where a token may rest for others to come."""


def check(definition: Definition, instance: Instance) -> None:
    """I1 to I5 and I10 of an instance at rest."""
    if instance.state is not State.RUNNING:
        left = (instance.tokens, instance.waits, instance.scopes, instance.incidents)
        if any(left):
            raise Violation("I5", f"left at the end: {left}")
        return
    _everything_is_drawn(definition, instance)
    _nothing_hangs(definition, instance)
    _no_scope_is_empty(definition, instance)
    _full_joins_fire(definition, instance)
    _nothing_is_asked_twice(instance)
    _everything_has_a_reason(definition, instance)


def check_interruption(
    definition: Definition, before: Instance, trigger: Trigger, after: Instance
) -> None:
    """I10: what an interrupting boundary event interrupts does not go on."""
    wait = before.waits.get(getattr(trigger, "wait", None) or 0)
    if wait is None or wait.id in after.waits or wait.token is None:
        return
    event = definition.elements[wait.element]
    if event.kind == "boundaryEvent" and event.interrupting and wait.token in after.tokens:
        raise Violation("I10", f"token {wait.token} goes on after {event.id} interrupted it")


def check_fold(before: Instance, entries: Iterable[Entry], after: Instance) -> None:
    """I6: an instance that crashed and is read back is the one that ran."""
    folded = fold(before, entries)
    if folded != after:
        raise Violation("I6", f"the fold differs in {differing(folded, after)}")


def _everything_is_drawn(definition: Definition, instance: Instance) -> None:
    """I1: each token is at one element of the drawing, and so is all else."""
    for element in _places(instance):
        if element not in definition.elements:
            raise Violation("I1", f"something stands at {element!r}, which is not drawn")


def _places(instance: Instance) -> Iterator[str]:
    yield from (token.at for token in instance.tokens.values())
    yield from (scope.element for scope in instance.scopes.values())
    yield from (wait.element for wait in instance.waits.values())
    yield from (one.element for one in instance.incidents.values() if one.element)
    yield from (one.element for held in instance.completed.values() for one in held)


def _nothing_hangs(definition: Definition, instance: Instance) -> None:
    """I1 and I10: what names a token, a scope or a wait names one that is there."""
    for token in instance.tokens.values():
        if token.scope not in instance.scopes:
            raise Violation("I1", f"{token} is outside of every scope")
    for wait in instance.waits.values():
        if wait.scope not in instance.scopes:
            raise Violation("I10", f"{wait} is an orphan")
        if wait.token is not None and not _is_awaited_by(
            definition, wait, instance.tokens.get(wait.token)
        ):
            raise Violation("I10", f"{wait} is an orphan")
    for scope in instance.scopes.values():
        held = scope.holder is None or scope.holder in instance.tokens
        if not held or (scope.parent is not None and scope.parent not in instance.scopes):
            raise Violation("I10", f"{scope} is an orphan")
    for incident in instance.incidents.values():
        if incident.token is not None and incident.token not in instance.tokens:
            raise Violation("I10", f"{incident} is an orphan")


def _is_awaited_by(definition: Definition, wait: Wait, token: Token | None) -> bool:
    """What a token awaits is at its element, at its border, or behind its event-based gateway."""
    if token is None:
        return False
    at, awaited = definition.elements[token.at], definition.elements[wait.element]
    return (
        awaited.id == at.id
        or awaited.attached_to == at.id
        or (at.kind == "eventBasedGateway" and any(way.target == awaited.id for way in at.outgoing))
    )


def _no_scope_is_empty(definition: Definition, instance: Instance) -> None:
    """I10: a scope in which nothing moves any more has ended, unless what comes is to be chosen,
    or the activity of it is stuck at its end.
    """
    stuck = {incident.token for incident in instance.incidents.values()} - {None}
    filled = {token.scope for token in instance.tokens.values()}
    filled |= {scope.parent for scope in instance.scopes.values()}
    for scope in instance.scopes.values():
        chosen = definition.elements[scope.element].ad_hoc is not None or scope.holder in stuck
        if scope.id not in filled and not chosen and not _is_set_aside(instance):
            raise Violation("I10", f"nothing is left in {scope}, and it is open")


def _is_set_aside(instance: Instance) -> bool:
    return any(incident.token is None for incident in instance.incidents.values())


def _full_joins_fire(definition: Definition, instance: Instance) -> None:
    """I2: no parallel gateway rests with a token by each way in."""
    arrived: defaultdict[tuple[str, int], set[str | None]] = defaultdict(set)
    stuck = {one.token for one in instance.incidents.values() if one.code != DEADLOCK}
    for token in instance.tokens.values():
        if definition.elements[token.at].kind == "parallelGateway":
            arrived[token.at, token.scope].add("stuck" if token.id in stuck else token.via)
    for (at, scope), ways in arrived.items():
        if "stuck" not in ways and ways >= set(definition.elements[at].incoming):
            raise Violation("I2", f"{at} waits in scope {scope} with a token by each way in")


def _nothing_is_asked_twice(instance: Instance) -> None:
    """I3: no token asks for the same work, or listens to the same event, twice at a time."""
    asked: set[tuple[object, ...]] = set()
    for wait in instance.waits.values():
        place = (wait.token, wait.scope, wait.element, *_asked(wait.effect))
        if place in asked:
            raise Violation("I3", f"token {wait.token} asks twice at {wait.element}")
        asked.add(place)


def _asked(effect: Effect) -> tuple[object, ...]:
    """What distinguishes effects of one kind at one element."""
    match effect:
        case Call() | UserTask():
            return ("work",)
        case Subscription(name=name) | Listening(name=name):
            return (type(effect), name)
        case Watching(event=event):
            return (type(effect), event)
        case _:
            return (type(effect),)


def _everything_has_a_reason(definition: Definition, instance: Instance) -> None:
    """I4: whoever rests waits for something that people can see."""
    if not instance.waits and not instance.incidents:
        raise Violation("I4", "nothing to do, and not ended")
    reasons = {wait.token for wait in instance.waits.values()}
    reasons |= {scope.holder for scope in instance.scopes.values()}
    reasons |= {incident.token for incident in instance.incidents.values()}
    for token in instance.tokens.values():
        if token.id not in reasons and not _may_await_others(definition.elements[token.at]):
            raise Violation("I4", f"{token} rests without a reason")


def _may_await_others(element: Element) -> bool:
    return element.kind in JOINS or element.start_quantity > 1
