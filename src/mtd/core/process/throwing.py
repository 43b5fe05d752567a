"""Throwing: what leaves for others, and how an error or an escalation finds who catches it."""

from typing import Any, NamedTuple

from mtd.core.process.definition import Element
from mtd.core.process.facts import Unheard
from mtd.core.process.instance import Token
from mtd.core.process.publishing import publish
from mtd.core.process.recording import Stuck
from mtd.core.process.step import Step


class Catcher(NamedTuple):
    """An event that catches, and the place where it stands."""

    event: Element
    """A boundary event, or the start event of an event sub-process."""
    scope: int
    """Where the boundary event is; or the scope that the event sub-process is in."""
    holder: Token | None
    """The activity's token; None for an event sub-process."""


def find_catcher(step: Step, kind: str, code: str, token: Token) -> Catcher | None:
    """Who catches `kind` with `code` when the activity of `token` throws it.

    From the inside out; at each level the exact code comes before a catch-all
    (BPMN 2.0.2 §10.5.6). An event sub-process does not catch what it throws itself, and once one
    has interrupted its scope, none beside it catches anything there.
    """
    holder: Token | None = token
    scope_id = token.scope
    while True:
        if holder is not None and not holder.inner:
            caught = _matching(step, step.element(holder).attached, kind, code)
            if caught is not None:
                return Catcher(caught, holder.scope, holder)
        scope = step.draft.scopes[scope_id]
        inside = step.definition.elements[scope.element]
        if step.is_heard(scope) and not step.is_replaced(scope):
            caught = _matching(step, inside.handlers, kind, code)
            if caught is not None and not _thrown_by(step, caught, token):
                return Catcher(caught, scope_id, None)
        if scope.parent is None:
            return None
        holder = None if scope.holder is None else step.draft.tokens[scope.holder]
        scope_id = scope.parent


def throw(step: Step, element: Element, token: Token) -> bool:
    """Messages, signals and escalations of `element` go out; whether `token` is still there.

    Raises Stuck before anything is out, where something could not be.
    """
    for event in element.events:
        if event.kind == "error" and find_catcher(step, "error", event.name or "", token) is None:
            raise Stuck(event.name or "", element.name or f"nobody catches error {event.name!r}")
    publish(step, element.events, token)
    for event in element.events:
        if token.id not in step.draft.tokens:
            return False
        if event.kind == "escalation":
            escalate(step, token, event.name or "")
    return token.id in step.draft.tokens


def escalate(step: Step, token: Token, code: str) -> None:
    """The activity of `token` asks for attention; where nobody gives it, the flow just goes on."""
    catcher = find_catcher(step, "escalation", code, token)
    if catcher is None:
        step.record(Unheard(code))
        return
    step.assign(catcher.scope, {"escalation_code": code})
    catch(step, catcher)


def throw_error(
    step: Step,
    token: Token,
    code: str,
    message: str,
    outputs: dict[str, Any] | None = None,
) -> None:
    """The activity of `token` fails with a BPMN error. Raises Stuck when nobody catches it."""
    catcher = find_catcher(step, "error", code, token)
    if catcher is None:
        raise Stuck(code, message or f"nobody catches error {code!r}")
    step.assign(catcher.scope, {**(outputs or {}), "error_code": code, "error_message": message})
    catch(step, catcher)


def catch(step: Step, catcher: Catcher) -> None:
    """The event of `catcher` goes off: its rule says what it interrupts and what it starts."""
    go_off = step.table[catcher.event.kind].go_off
    assert go_off is not None, f"{catcher.event.kind} catches"
    go_off(step, catcher.event, catcher.scope, catcher.holder)


def _matching(step: Step, events: tuple[str, ...], kind: str, code: str) -> Element | None:
    any_code: Element | None = None
    for element in (step.definition.elements[event] for event in events):
        for event in element.events:
            if event.kind == kind and event.name == code:
                return element
            if event.kind == kind and event.name is None:
                any_code = any_code or element
    return any_code


def _thrown_by(step: Step, start: Element, token: Token) -> bool:
    """Whether `token` is inside the event sub-process that `start` begins."""
    scope = step.draft.scopes[token.scope]
    while scope.parent is not None:
        if scope.element == start.parent:
            return True
        scope = step.draft.scopes[scope.parent]
    return False
