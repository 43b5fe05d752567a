"""Invariants: what holds of an instance after every step, whatever was drawn and happened.

The letters are those by which trusted engines are checked: I1 tokens, I2 joins, I3 one live call
for each token and one undoing for each deed, I4 a visible reason to wait, I5 nothing left at the
end, I6 the fold is the instance, I10 no orphans and nothing that goes on after it was ended, I11
keys of effects. A replay emits nothing (I7), for the fold has nothing to emit with. That the same
seed gives the same history (I8), and that a sound drawing ends (I9), is the campaign's to check.
"""

from collections import Counter
from collections.abc import Iterable

from mtd.core.process.definition import Definition, Element
from mtd.core.process.effect import Call, UserTask
from mtd.core.process.instance import Instance, State, Token, Wait
from mtd.core.process.journal import Entry, Fact, Opened, Put, Tried, fold
from mtd.core.process.trigger import Trigger

JOINS = frozenset({"parallelGateway", "inclusiveGateway", "complexGateway"})
"""Where a token may rest for others to come."""


class Violation(AssertionError):
    """A promise broken: the letter, and what was seen."""

    def __init__(self, letter: str, words: str) -> None:
        super().__init__(f"{letter}: {words}")
        self.letter = letter


class Ledger:
    """What is remembered of one instance beyond its state, from its facts alone."""

    def __init__(self, definition: Definition) -> None:
        gateways = [
            element
            for element in definition.elements.values()
            if element.kind == "parallelGateway" and element.start_quantity == 1
        ]
        self._went = {way.id: gateway for gateway in gateways for way in gateway.outgoing}
        self._targets = {flow: gateway.id for gateway in gateways for flow in gateway.incoming}
        self._targets |= {way.id: way.target for one in gateways for way in one.outgoing}
        self._arrived: Counter[tuple[int, str]] = Counter()
        """Tokens that came to where a flow leads, by each flow that matters, in each scope."""
        self._ends_all = {
            element.id
            for element in definition.elements.values()
            if element.work is None  # else it sends a message first
            and any(event.kind == "terminate" for event in element.events)
        }
        self._undoing = {
            element.compensated_by: element.id
            for element in definition.elements.values()
            if element.compensated_by is not None
        }
        self._visits: Counter[str] = Counter()
        self._services: dict[int, str] = {}
        """The service of each call, by the wait that is its key."""
        self._last_wait = 0

    def take(self, facts: Iterable[Fact], after: Instance) -> None:
        """Note what a step did, and check what its facts alone show."""
        for fact in facts:
            match fact:
                case Put(token=token):
                    self._passed(token)
                    self._ended(token, after)
                case Opened(wait=wait):
                    self._opened(wait)
                case Tried(wait=wait, effect=Call(service=service)):
                    if self._services.get(wait) != service:
                        raise Violation("I11", f"wait {wait} is tried at another service")
                case _:
                    pass

    def _ended(self, token: Token, after: Instance) -> None:
        """I10: a terminate end event leaves nothing in its scope; I3: undone once for each time."""
        if token.at in self._ends_all and token.scope in after.scopes:
            raise Violation("I10", f"scope {token.scope} goes on after {token.at} ended it")
        self._visits[token.at] += 1
        undone = self._undoing.get(token.at)
        if undone is not None and self._visits[token.at] > self._visits[undone]:
            raise Violation("I3", f"{undone} is undone more often than it was done")

    def _opened(self, wait: Wait) -> None:
        if wait.id <= self._last_wait:
            raise Violation("I11", f"wait {wait.id} is given a second time")
        self._last_wait = wait.id
        if isinstance(wait.effect, Call):
            self._services[wait.id] = wait.effect.service

    def _passed(self, token: Token) -> None:
        """I2: by no way out of a parallel gateway more tokens than by each way in."""
        via, scope = token.via or "", token.scope
        if token.counted or token.at != self._targets.get(via):
            return
        self._arrived[scope, via] += 1
        source = self._went.get(via)
        if source is None:
            return
        went, came = self._arrived[scope, via], [self._arrived[scope, f] for f in source.incoming]
        if came and went > min(came):
            raise Violation("I2", f"{source.id} let {went} out by {via}, of {came} that came")


def check(definition: Definition, instance: Instance) -> None:
    """I1, I3, I4, I5 and I10 of an instance at rest."""
    if instance.state is not State.RUNNING:
        left = (instance.tokens, instance.waits, instance.scopes, instance.incidents)
        if any(left):
            raise Violation("I5", f"left at the end: {left}")
        return
    _nothing_hangs(definition, instance)
    _calls_are_single(instance)
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
        differing = [
            name
            for name in Instance.__struct_fields__
            if getattr(folded, name) != getattr(after, name)
        ]
        raise Violation("I6", f"the fold differs in {', '.join(differing)}")


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


def _calls_are_single(instance: Instance) -> None:
    """I3: no token asks for the same work twice at a time."""
    asked: set[tuple[int | None, str]] = set()
    for wait in instance.waits.values():
        if isinstance(wait.effect, Call | UserTask):
            place = (wait.token, wait.element)
            if place in asked:
                raise Violation("I3", f"token {wait.token} asks twice at {wait.element}")
            asked.add(place)


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
