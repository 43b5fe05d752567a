"""Holding: what tokens hold while a step is made: places, waits, scopes and incidents."""

from datetime import datetime
from typing import Any

from mtd.core.process.definition import Definition, Element
from mtd.core.process.effect import Call, Effect, Timer
from mtd.core.process.instance import ROOT, Incident, Instance, Scope, Token, Wait
from mtd.core.process.journal import (
    Closed,
    Entered,
    Gone,
    Left,
    Opened,
    Put,
    Reached,
    Settled,
    Troubled,
)
from mtd.core.process.recording import Recording, Stuck
from mtd.core.process.visiting import following

COMPENSATION_FAILED = "COMPENSATION_FAILED"
"""The incident of a token that undoes what completed, whatever it is that failed there."""


THROWERS = frozenset({"intermediateThrowEvent", "endEvent"})
"""Elements that throw; their tokens hold scopes only while they have something undone."""


class Holding(Recording):
    """An instance in the making on its drawing, before anything moves by itself."""

    __slots__ = ("definition", "unarmed")

    def __init__(self, definition: Definition, instance: Instance, at: datetime) -> None:
        super().__init__(instance, at)
        self.definition = definition
        self.unarmed: set[int] = set()
        """Tokens that came to their element in this step, and nothing at its border listens yet."""

    def element(self, token: Token) -> Element:
        """Where `token` is."""
        return self.definition.elements[token.at]

    def stand(self, at: str, scope: int) -> Token:
        """A new token stands at element `at`, what it would wait for there having come."""
        token = Token(self.draft.next, at, scope)
        self.record(Put(token))
        element = self.definition.elements[at]
        if element.entering is not None:
            self.record(Reached(element.entering))
        return token

    def move(self, token: Token, element: Element) -> Token:
        """`token` stands at `element` from now on, without arriving there again."""
        if token.at == element.id:
            return token
        moved = Token(token.id, element.id, token.scope, token.via, token.inner)
        self.record(Put(moved))
        if element.entering is not None:
            self.record(Reached(element.entering))
        return moved

    def ask(self, element: Element, scope: int, token: Token | None, effect: Effect) -> Wait:
        """Want `effect` of the world and await it on behalf of `element`."""
        nth = following(self.draft, scope, element.id) if isinstance(effect, Call) else 0
        wait = Wait(self.draft.next, element.id, scope, token.id if token else None, effect, nth)
        self.record(Opened(wait))
        return wait

    def disarm(self, token: Token) -> None:
        """`token` awaits nothing any more, and what it was stuck for is over."""
        for wait in [w for w in self.draft.waits.values() if w.token == token.id]:
            self.record(Closed(wait.id))
        self.settle(token.id)

    def settle(self, token: int) -> None:
        """Whatever `token` was stuck for is over."""
        for incident in [i for i in self.draft.incidents.values() if i.token == token]:
            self.record(Settled(incident.id))

    def deafen(self, scope: int) -> None:
        """Nothing is awaited in the scope any more, and nothing is missing that should be."""
        for wait in [w for w in self.draft.waits.values() if w.scope == scope]:
            self.record(Closed(wait.id))
        for incident in [i for i in self.draft.incidents.values() if i.unheard == scope]:
            self.record(Settled(incident.id))

    def trouble(
        self, token: Token | None, code: str, message: str, wait: Wait | None = None
    ) -> None:
        """`token`, or the process itself, is stuck until someone settles why."""
        where = wait.element if wait else token.at if token else ""
        ids = (token.id if token else None, wait.id if wait else None)
        if token is not None and self.is_undoing(token):
            code, message = COMPENSATION_FAILED, f"{code}: {message}"
        armed = token is not None and self._is_armed(token)
        incident = Incident(self.draft.next, where, *ids, code, message, armed=armed)
        self.record(Troubled(incident))

    def miss(
        self, element: Element, scope: int, token: Token | None, last: Timer | None, why: Stuck
    ) -> None:
        """`element` should listen in `scope`, at the activity of `token` if it has one, and
        cannot: that alone is left to the incident. What stands or moves beside it is not stuck.
        """
        holder = token.id if token else None
        incident = Incident(
            self.draft.next, element.id, holder, None, why.code, str(why), scope, last
        )
        self.record(Troubled(incident))

    def open(
        self,
        inside: Element,
        parent: int | None,
        holder: Token | None,
        variables: dict[str, Any],
        closed: bool = False,
        place: str | None = None,
    ) -> Scope:
        """A scope opens: the inside of `inside`, in which tokens may now be put.

        `place`: at which element, where it is not the holder's.
        """
        if parent is None:
            scope = Scope(ROOT, inside.id, None, None, variables, closed)
        else:
            place = place or (holder.at if holder else inside.id)
            holder_id = holder.id if holder else None
            nth = following(self.draft, parent, place)
            scope = Scope(
                self.draft.next, inside.id, parent, holder_id, variables, closed, place, nth
            )
        self.record(Entered(scope))
        return scope

    def is_heard(self, scope: Scope) -> bool:
        """Whether event sub-processes in `scope` catch what is thrown there.

        Not in the body of a loop, which is not yet the inside of its activity; and not in what
        is open again to be undone.
        """
        if scope.holder is None:
            return True
        holder = self.draft.tokens[scope.holder]
        element = self.element(holder)
        is_activity = element.loop is None or holder.inner
        return is_activity and scope.element in (element.id, element.called)

    def is_replaced(self, scope: Scope) -> bool:
        """Whether an event sub-process interrupted `scope`, or it is a transaction being undone:
        nothing else in it is heard any more.

        What happens inside of that event sub-process concerns whoever is around the scope, and
        none of its siblings (BPMN 2.0.2 §13.5.4).
        """
        if any(t.scope == scope.id and self._cancels(t) for t in self.draft.tokens.values()):
            return True
        elements = self.definition.elements
        interrupting = {
            elements[start].parent
            for start in elements[scope.element].handlers
            if elements[start].interrupting
        }
        return any(
            one.parent == scope.id and one.holder is None and one.element in interrupting
            for one in self.draft.scopes.values()
        )

    def close(self, scope: Scope, kept: bool = False) -> None:
        """The scope is over, with whatever its event sub-processes awaited."""
        self.deafen(scope.id)
        self.record(Left(scope.id, kept))

    def drop(self, token: Token) -> None:
        """`token` is cancelled, with what it awaits and what it is stuck at."""
        self.disarm(token)
        self.record(Gone(token.id))

    def merge(self, token: Token) -> None:
        """`token` is taken up by another that goes on, and what it was stuck for is over."""
        self.settle(token.id)
        self.record(Gone(token.id))

    def _cancels(self, token: Token) -> bool:
        """Whether `token` stays on a cancel end event until all in its scope is undone."""
        return token.inner and any(event.kind == "cancel" for event in self.element(token).events)

    def _is_armed(self, token: Token) -> bool:
        """Whether events at the border of the activity of `token` have begun to listen."""
        token = self.draft.tokens.get(token.id, token)
        element = self.element(token)
        if not element.attached or token.inner or token.id in self.unarmed:
            return False
        return element.start_quantity == 1 or token.counted

    def is_undoing(self, token: Token) -> bool:
        """Whether `token` moves on behalf of one that throws compensation."""
        scope = self.draft.scopes[token.scope]
        while scope.parent is not None:
            holder = None if scope.holder is None else self.draft.tokens[scope.holder]
            if holder is not None and self.element(holder).kind in THROWERS:
                return True
            scope = self.draft.scopes[scope.parent]
        return False
