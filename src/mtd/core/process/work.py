"""Work: what a task does whichever its type: call a service, ask a person, or evaluate."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

import msgspec

from mtd.core.process.associating import deliver, taken
from mtd.core.process.definition import Element, Person, Rules, Service
from mtd.core.process.effect import Call, UserTask
from mtd.core.process.instance import Token, Wait
from mtd.core.process.journal import Closed, Tried
from mtd.core.process.outcome import Done, Failed, InDoubt, Refused, Unknown
from mtd.core.process.recording import Stuck
from mtd.core.process.step import Step
from mtd.core.process.throwing import find_catcher, throw_error
from mtd.core.process.trigger import Answered, Submitted

GoOn = Callable[[Step, Element, Token], None]
"""What the token does when the work is done."""
TECHNICAL = "TECHNICAL_FAILURE"
"""The incident of a service that failed in its last attempt, where the binding names no error."""
IN_DOUBT = "IN_DOUBT"
"""The incident of an effect that may or may not have taken place, and cannot be asked after."""


def begin(step: Step, element: Element, token: Token) -> None:
    """`token` arrived at a task: its work begins, and may be over at once."""
    match element.work:
        case Service() as service:
            inputs = _inputs(step, element, service, token)
            step.ask(element, token.scope, token, Call(service.connector, inputs))
        case Person() as person:
            _ask_person(step, element, person, token)
        case Rules() as rules:
            evaluate(step, element, rules, token)
            step.leave(element, token)
        case None:
            step.leave(element, token)


def ready(step: Step, element: Element, token: Token) -> None:
    """Raises Stuck where a service of `element` lacks an input: before anything else is done."""
    if isinstance(element.work, Service):
        _inputs(step, element, element.work, token)


def _inputs(step: Step, element: Element, service: Service, token: Token) -> dict[str, Any]:
    return taken(step, element, token.scope) | step.values(service.inputs, token.scope)


def resume(
    step: Step, element: Element, wait: Wait, trigger: Any, go_on: GoOn = Step.leave
) -> None:
    """The service answered, or the person submitted; once it is done, the token goes on."""
    assert wait.token is not None
    token = step.draft.tokens[wait.token]
    match trigger:
        case Submitted(outputs=outputs):
            assert isinstance(element.work, Person)
            deliver(step, element, token.scope, element.work.outputs, outputs)
            go_on(step, element, token)
        case Answered(outcome=outcome):
            assert isinstance(element.work, Service)
            if isinstance(outcome, Done):
                deliver(step, element, token.scope, element.work.outputs, outcome.outputs)
                go_on(step, element, token)
            else:
                _not_done(step, element.work, token, wait, trigger, outcome)
        case _:
            raise Stuck("UNEXPECTED", f"{element.name!r} cannot take a {type(trigger).__name__}")


def evaluate(step: Step, element: Element, rules: Rules, token: Token) -> None:
    """A script or a business rule: its results become variables, in order."""
    inputs = taken(step, element, token.scope)
    carried = {one.source for one in element.data_out}
    for name, rule in rules.assignments.items():
        value = step.evaluated(rule, {**step.sight(token.scope), **inputs})
        if name in carried:
            inputs[name] = value
        else:
            step.assign(token.scope, {name: value})
    results = {name: value for name, value in inputs.items() if name in carried}
    if rules.table is not None:
        result = step.evaluated(rules.table, {**step.sight(token.scope), **inputs})
        if not isinstance(result, dict):
            raise Stuck("NO_RULE", "no rule of the decision matches")
        results |= cast("dict[str, Any]", result)
    deliver(step, element, token.scope, None, results)


def _not_done(
    step: Step,
    service: Service,
    token: Token,
    wait: Wait,
    answer: Answered,
    outcome: Refused | Failed | Unknown | InDoubt,
) -> None:
    match outcome:
        case Refused(code=code, message=message, outputs=outputs):
            _fail(step, token, wait, code, message, outputs)
        case InDoubt(message=message):
            step.trouble(token, IN_DOUBT, message, wait)
        case Failed(message=message, retry_after_s=retry_after_s):
            _again(step, service, token, wait, answer, message, retry_after_s)
        case Unknown(message=message):
            _again(step, service, token, wait, answer, message, None)


def _again(
    step: Step,
    service: Service,
    token: Token,
    wait: Wait,
    answer: Answered,
    message: str,
    retry_after_s: float | None,
) -> None:
    """The next attempt of a committed intent, or what the binding says of the last failure."""
    call = wait.effect
    assert isinstance(call, Call)
    doubt = call.sent_before or isinstance(answer.outcome, Unknown)
    if call.attempt < service.retry.attempts_max:
        delay_s = service.retry.delay_s(call.attempt, answer.jitter)
        not_before = step.at + timedelta(seconds=max(delay_s, retry_after_s or 0.0))
        following = Call(call.service, call.inputs, call.attempt + 1, not_before, doubt)
        step.record(Tried(wait.id, following))
        return
    if doubt != call.sent_before:
        step.record(Tried(wait.id, Call(call.service, call.inputs, call.attempt, None, doubt)))
    _fail(step, token, wait, service.on_failure or TECHNICAL, message, {})


def _fail(
    step: Step,
    token: Token,
    wait: Wait,
    code: str,
    message: str,
    outputs: dict[str, Any],
) -> None:
    """Throw where someone catches; else an incident.

    Where an attempt may have taken effect, the wait stays open below the incident, so that a
    retry repeats the same key and bytes; else a retry begins afresh, with corrected inputs.
    """
    caught = find_catcher(step, "error", code, token) is not None
    call = step.draft.waits[wait.id].effect
    if not caught and isinstance(call, Call) and call.sent_before:
        step.trouble(token, code, message, wait)
        return
    step.record(Closed(wait.id))
    if caught:
        throw_error(step, token, code, message, outputs)
    else:
        step.trouble(token, code, message)


def _ask_person(step: Step, element: Element, person: Person, token: Token) -> None:
    """Who retries a task that is open asks for it with other words, and not for later."""
    task = _user_task(step, element, person, token)
    for wait in [w for w in step.draft.waits.values() if w.token == token.id]:
        if wait.element == element.id and isinstance(wait.effect, UserTask):
            task = msgspec.structs.replace(task, due=wait.effect.due)
            step.record(Closed(wait.id))
    step.ask(element, token.scope, token, task)


def _user_task(step: Step, element: Element, person: Person, token: Token) -> UserTask:
    due = None
    if person.due is not None:
        timer = person.due(step.sight(token.scope), step.at)
        due = timer.due if timer is not None else None
    fields = taken(step, element, token.scope) | step.values(person.inputs, token.scope)
    return UserTask(element.name or element.id, person.role, due, person.form, fields)
