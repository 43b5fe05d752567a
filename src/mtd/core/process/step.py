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
from mtd.core.process.effect import Call
from mtd.core.process.holding import Holding
from mtd.core.process.instance import (
    Instance,
    Scope,
    State,
    Token,
    Wait,
)
from mtd.core.process.journal import (
    Closed,
    Ended,
    Gone,
    Put,
    Reached,
    Settled,
)
from mtd.core.process.recording import Stuck
from mtd.core.process.remembering import remember_contents, remember_scope, remember_task
from mtd.core.process.ways import open_ways


class Behaviour(NamedTuple):
    """The rule of one kind of element; one file of `elements` each."""

    enter: Callable[["Step", Element, Token], None]
    """A token arrives."""
    resume: Callable[["Step", Element, Wait, Any], None] | None = None
    """A wait that this element opened is answered."""
    done: Callable[["Step", Element, Token, Scope], None] | None = None
    """Nothing moves any more in the scope inside this element, held by the token: the rule says
    what comes of it, completes the scope and goes on. What may fail is found before anything is
    changed: a token stuck here keeps the scope, and a retry does just this again."""
    go_off: Callable[["Step", Element, int, Token | None], None] | None = None
    """This catching event goes off, in a scope, at the activity of a token if it has one."""
    rest: Callable[["Step"], bool] | None = None
    """Every token rests: whether one of this kind goes on because of that."""
    heard: Callable[["Step", Element, Element, Token], bool] | None = None
    """An element inside this scope is done with a token: whether that goes no further."""
    stays: Callable[["Step", Element, Token, Scope], bool] | None = None
    """Nothing moves in the scope inside any more: whether it stays open all the same."""


class Step(Holding):
    """One trigger's worth of movement on one instance."""

    __slots__ = ("agenda", "table")

    def __init__(
        self,
        definition: Definition,
        instance: Instance,
        at: datetime,
        table: Mapping[str, Behaviour],
    ) -> None:
        super().__init__(definition, instance, at)
        self.table = table
        self.agenda: deque[int] = deque()
        """Tokens that have still to arrive where they were put."""

    # -- tokens ----------------------------------------------------------------------------

    def put(self, at: str, scope: int, via: str | None = None, inner: bool = False) -> Token:
        """A new token arrives at element `at`."""
        return self._arrive(Token(self.draft.next, at, scope, via, inner))

    def arrive(self, token: int, armed: bool = False) -> None:
        """`token` is let in at its element before the step ends; `armed`: once more, and what is
        at the border listens, or has gone off.
        """
        self.agenda.append(token)
        if not armed:
            self.unarmed.add(token)

    def leave(self, element: Element, token: Token) -> None:
        """`token` is done here: it goes along every way that is open to it, or ends.

        The ways are found before anything is closed, so that a token stuck for want of one
        still has its call, and a retry repeats that under the same key.
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
        inside = self.definition.elements.get(element.parent)
        if inside is not None and inside.ad_hoc is not None and not token.inner:
            heard = self.table[inside.kind].heard
            if heard is not None and heard(self, inside, element, token):
                return
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

    # -- scopes ----------------------------------------------------------------------------

    def finish_if_empty(self, scope_id: int) -> None:
        """End the scope when nothing moves in it any more, and tell who holds it."""
        draft = self.draft
        if any(token.scope == scope_id for token in draft.tokens.values()):
            return
        if any(scope.parent == scope_id for scope in draft.scopes.values()):
            return
        scope = draft.scopes[scope_id]
        if self._stays(scope):
            return
        if scope.holder is not None:
            holder = draft.tokens[scope.holder]
            element = self.element(holder)
            done = self.rule(element, holder).done
            assert done is not None, f"{element.kind} holds a scope"
            # The token that came to its end is gone: the activity's own gets stuck, if any does.
            self.attempt(holder, lambda: done(self, element, holder, scope))
            return
        self.complete(scope)
        if scope.parent is None:
            for incident in list(self.draft.incidents):
                self.record(Settled(incident))
            self.record(Ended(State.COMPLETED))
        else:
            self.finish_if_empty(scope.parent)

    def complete(self, scope: Scope, variables: dict[str, Any] | None = None) -> None:
        """The scope is over; with its own variables, or `variables`, it is remembered, if it can
        be undone.
        """
        kept = False
        if scope.holder is None:
            kept = remember_contents(self, scope)
        else:
            holder = self.draft.tokens[scope.holder]
            element = self.element(holder)
            if element.remembered:
                inside = self.definition.elements[scope.element]
                own = scope.variables if variables is None else variables
                kept = remember_scope(self, element, holder, scope, inside, own)
        self.close(scope, kept)

    def clear(self, scope_id: int, keep: int | None = None) -> None:
        """Everything in the scope is cancelled, save the inner scope `keep`; it stays open."""
        for inner in [s for s in self.draft.scopes.values() if s.parent == scope_id]:
            if inner.id != keep and inner.id in self.draft.scopes:
                self._interrupt(inner)
        for token in [t for t in self.draft.tokens.values() if t.scope == scope_id]:
            self.drop(token)

    def cancel(self, token: Token) -> None:
        """The activity of `token` is interrupted: all that it holds is gone, and so is it."""
        for scope in [s for s in self.draft.scopes.values() if s.holder == token.id]:
            if scope.id in self.draft.scopes:
                self._interrupt(scope)
        self.drop(token)

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
        self.arrive(token.id)
        return token

    def _interrupt(self, scope: Scope) -> None:
        """The scope is over before its end; of what was done in it, only whole bodies of a
        multi-instance are done, and can be undone (BPMN 2.0.2 §10.7.1).
        """
        self.clear(scope.id)
        kept = False
        if scope.id in self.draft.completed and self._is_account(scope):
            kept = remember_contents(self, scope, {})
        self.close(scope, kept)

    def _is_account(self, scope: Scope) -> bool:
        """Whether the scope keeps the account of a multi-instance, with bodies inside it."""
        if scope.holder is None:
            return False
        holder = self.draft.tokens[scope.holder]
        loop = self.element(holder).loop
        has_bodies = loop is not None and loop.kind == "multiInstance" and not holder.inner
        return has_bodies and scope.parent == holder.scope

    def _stays(self, scope: Scope) -> bool:
        inside = self.definition.elements[scope.element]
        if inside.ad_hoc is None or scope.holder is None:
            return False
        holder = self.draft.tokens[scope.holder]
        stays = self.rule(self.element(holder), holder).stays
        return stays is not None and stays(self, inside, holder, scope)

    def _found(self, element: Element, token: Token) -> tuple[Way, ...]:
        """The open ways. A token stuck for want of one does not do its activity again for it: what
        a person did, or a message brought, is done; what a service did, it answers once more.
        """
        try:
            return open_ways(self, element, self.sight(token.scope))
        except Stuck as stuck:
            own = [
                wait
                for wait in self.draft.waits.values()
                if (wait.token, wait.element) == (token.id, element.id)
            ]
            if not any(isinstance(wait.effect, Call) for wait in own):
                for wait in own:
                    self.record(Closed(wait.id))
                self.record(Put(msgspec.structs.replace(token, finished=True)))
            raise Stuck(stuck.code, str(stuck), token.id) from stuck
