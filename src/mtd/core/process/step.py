"""A step in the making: the words in which the elements say what a token does.

Every method records facts and applies them at once, so an element always sees the instance
as it will be. `advance` makes a step, lets one trigger in and runs it to rest.
"""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from mtd.core.process.definition import Definition, Element, Way
from mtd.core.process.effect import Effect
from mtd.core.process.instance import (
    ROOT,
    Incident,
    Instance,
    Scope,
    State,
    Token,
    Wait,
)
from mtd.core.process.journal import (
    Closed,
    Ended,
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
from mtd.core.process.remembering import remember_contents, remember_scope, remember_task
from mtd.core.process.ways import open_ways

COMPENSATION_FAILED = "COMPENSATION_FAILED"
"""The incident of a token that undoes what completed, whatever it is that failed there."""


THROWERS = frozenset({"intermediateThrowEvent", "endEvent"})
"""Elements whose tokens hold scopes only while they have something undone."""


class Behaviour(NamedTuple):
    """The rule of one kind of element; one file of `elements` each."""

    enter: Callable[["Step", Element, Token], None]
    """A token arrives."""
    resume: Callable[["Step", Element, Wait, Any], None] | None = None
    """A wait that this element opened is answered."""
    done: Callable[["Step", Element, Token, Scope], None] | None = None
    """The scope inside this element, held by the token, came to its end."""
    go_off: Callable[["Step", Element, int, Token | None], None] | None = None
    """This catching event goes off, in a scope, at the activity of a token if it has one."""
    rest: Callable[["Step"], bool] | None = None
    """Every token rests: whether one of this kind goes on because of that."""


class Step(Recording):
    """One trigger's worth of movement on one instance."""

    __slots__ = ("agenda", "definition", "table")

    def __init__(
        self,
        definition: Definition,
        instance: Instance,
        at: datetime,
        table: Mapping[str, Behaviour],
    ) -> None:
        super().__init__(instance, at)
        self.definition = definition
        self.table = table
        self.agenda: deque[int] = deque()
        """Tokens that have still to arrive where they were put."""

    def element(self, token: Token) -> Element:
        """Where `token` is."""
        return self.definition.elements[token.at]

    # -- tokens ----------------------------------------------------------------------------

    def put(self, at: str, scope: int, via: str | None = None, inner: bool = False) -> Token:
        """A new token arrives at element `at`."""
        return self._arrive(Token(self.draft.next, at, scope, via, inner))

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

    def leave(self, element: Element, token: Token) -> None:
        """`token` is done here: it goes along every way that is open to it, or ends.

        The ways are found before anything is closed, so that a token stuck for want of one
        still has its wait, and a retry repeats the call under the same key.
        """
        ways = () if token.inner else element.outgoing
        if ways and (element.default or any(way.condition is not None for way in ways)):
            ways = self._found(element, token)
        self.depart(element, token, ways)

    def depart(self, element: Element, token: Token, ways: Sequence[Way]) -> None:
        """`token` is done here and takes just these `ways`; with none, it ends."""
        self.disarm(token)
        if element.remembered:
            remember_task(self, element, token)
        if element.leaving is not None:
            self.record(Reached(element.leaving))
        if not ways:
            self.consume(token)
            return
        first, *others = ways
        self._arrive(Token(token.id, first.target, token.scope, first.id))
        self.emit(token.scope, others)
        for _ in range(1, element.completion_quantity):
            self.emit(token.scope, ways)

    def emit(self, scope: int, ways: Sequence[Way]) -> None:
        """A new token along each of `ways`."""
        for way in ways:
            self.put(way.target, scope, way.id)

    def consume(self, token: Token) -> None:
        """`token` ends; the scope ends with its last one."""
        self.record(Gone(token.id))
        self.finish_if_empty(token.scope)

    # -- waits -----------------------------------------------------------------------------

    def ask(self, element: Element, scope: int, token: Token | None, effect: Effect) -> Wait:
        """Want `effect` of the world and await it on behalf of `element`."""
        wait = Wait(self.draft.next, element.id, scope, token.id if token else None, effect)
        self.record(Opened(wait))
        return wait

    def disarm(self, token: Token) -> None:
        """`token` awaits nothing any more."""
        for wait in [w for w in self.draft.waits.values() if w.token == token.id]:
            self.record(Closed(wait.id))

    def trouble(
        self, token: Token | None, code: str, message: str, wait: Wait | None = None
    ) -> None:
        """`token`, or the process itself, is stuck until someone settles why."""
        where = wait.element if wait else token.at if token else ""
        ids = (token.id if token else None, wait.id if wait else None)
        if token is not None and self._is_undoing(token):
            code, message = COMPENSATION_FAILED, f"{code}: {message}"
        self.record(Troubled(Incident(self.draft.next, where, *ids, code, message)))

    # -- scopes ----------------------------------------------------------------------------

    def open(
        self,
        inside: Element,
        parent: int | None,
        holder: Token | None,
        variables: dict[str, Any],
    ) -> Scope:
        """A scope opens: the inside of `inside`, in which tokens may now be put."""
        scope_id = ROOT if parent is None else self.draft.next
        scope = Scope(scope_id, inside.id, parent, holder.id if holder else None, variables)
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

    def finish_if_empty(self, scope_id: int) -> None:
        """End the scope when nothing moves in it any more, and tell who holds it."""
        draft = self.draft
        if any(token.scope == scope_id for token in draft.tokens.values()):
            return
        if any(scope.parent == scope_id for scope in draft.scopes.values()):
            return
        scope = draft.scopes[scope_id]
        self.complete(scope, scope.variables)
        if scope.parent is None:
            for incident in list(self.draft.incidents):
                self.record(Settled(incident))
            self.record(Ended(State.COMPLETED))
        elif scope.holder is None:
            self.finish_if_empty(scope.parent)
        else:
            holder = draft.tokens[scope.holder]
            element = self.element(holder)
            done = self.rule(element, holder).done
            assert done is not None, f"{element.kind} holds a scope"
            done(self, element, holder, scope)

    def complete(self, scope: Scope, variables: dict[str, Any]) -> None:
        """The scope came to its end; with `variables` it is remembered, if it can be undone."""
        kept = False
        if scope.holder is None:
            kept = remember_contents(self, scope)
        else:
            holder = self.draft.tokens[scope.holder]
            element = self.element(holder)
            if element.remembered:
                inside = self.definition.elements[scope.element]
                kept = remember_scope(self, element, holder, scope, inside, variables)
        self.close(scope, kept)

    def close(self, scope: Scope, kept: bool = False) -> None:
        """The scope is over, with whatever its event sub-processes awaited."""
        for wait in [w for w in self.draft.waits.values() if w.scope == scope.id]:
            self.record(Closed(wait.id))
        self.record(Left(scope.id, kept))

    def clear(self, scope_id: int, keep: int | None = None) -> None:
        """Everything in the scope is cancelled, save the inner scope `keep`; it stays open."""
        for inner in [s for s in self.draft.scopes.values() if s.parent == scope_id]:
            if inner.id != keep and inner.id in self.draft.scopes:
                self.clear(inner.id)
                self.close(inner)
        for token in [t for t in self.draft.tokens.values() if t.scope == scope_id]:
            self._drop(token)

    def cancel(self, token: Token) -> None:
        """The activity of `token` is interrupted: all that it holds is gone, and so is it."""
        for scope in [s for s in self.draft.scopes.values() if s.holder == token.id]:
            if scope.id in self.draft.scopes:
                self.clear(scope.id)
                self.close(scope)
        self._drop(token)

    # -- rules -----------------------------------------------------------------------------

    def rule(self, element: Element, token: Token) -> Behaviour:
        """The rule that holds for `token` at `element`: the loop's, until it is a body of it."""
        loop = element.loop
        return self.table[element.kind if loop is None or token.inner else loop.kind]

    def attempt(
        self, token: Token | None, act: Callable[[], None], wait: Wait | None = None
    ) -> None:
        """`act` on behalf of `token`; where it gets stuck, an incident says why."""
        try:
            act()
        except Stuck as stuck:
            token = self.draft.tokens.get(stuck.token or 0, token)
            still_open = wait if wait and wait.id in self.draft.waits else None
            self.trouble(token, stuck.code, str(stuck), still_open)

    def _arrive(self, token: Token) -> Token:
        self.record(Put(token))
        self.agenda.append(token.id)
        return token

    def _found(self, element: Element, token: Token) -> tuple[Way, ...]:
        """The open ways. A token stuck for want of one does not do its activity again for it."""
        try:
            return open_ways(self, element, self.sight(token.scope))
        except Stuck as stuck:
            waits = self.draft.waits.values()
            if not any((w.token, w.element) == (token.id, element.id) for w in waits):
                self.record(Put(msgspec.structs.replace(token, finished=True)))
            raise Stuck(stuck.code, str(stuck), token.id) from stuck

    def _drop(self, token: Token) -> None:
        self.disarm(token)
        for incident in [i for i in self.draft.incidents.values() if i.token == token.id]:
            self.record(Settled(incident.id))
        self.record(Gone(token.id))

    def _is_undoing(self, token: Token) -> bool:
        """Whether `token` moves on behalf of one that throws compensation."""
        scope = self.draft.scopes[token.scope]
        while scope.parent is not None:
            holder = None if scope.holder is None else self.draft.tokens[scope.holder]
            if holder is not None and self.element(holder).kind in THROWERS:
                return True
            scope = self.draft.scopes[scope.parent]
        return False
