"""Tracing: what a rehearsal came to, told by the labels of its drawings."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec

from mtd.core.process.definition import Definition
from mtd.core.process.effect import Call, Effect, Listening, Subscription, Timer, UserTask
from mtd.core.process.instance import ROOT, Instance, Wait
from mtd.core.process.journal import (
    Assigned,
    Consulted,
    Ended,
    Entered,
    Ignored,
    Opened,
    Put,
    Reached,
    Sent,
    Troubled,
)
from mtd.core.process.rehearsing import Ending, Happened, Question, Rehearsal
from mtd.core.process.rehearsing.script import table_of
from mtd.core.process.trigger import Answered, Fired, Received, Start, Submitted, Trigger

ID_MAX = 24
"""Characters of an id that a person may have thought of."""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened to an instance, and what followed."""

    at: datetime
    instance: str
    happened: str
    """In words: what came in."""
    path: tuple[str, ...]
    """Labels (ids, for want of one) of the elements to which tokens came, in order."""
    variables: dict[str, Any]
    """Those that took values."""
    awaits: tuple[str, ...]
    """What is awaited from now on, in words."""
    notes: tuple[str, ...]
    """Messages sent, states reached, tables consulted, incidents, in words."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Where an instance stands in the end."""

    instance: str
    definition: str
    key: str
    state: str
    variables: dict[str, Any]
    """Of the process; of one that is over, as they last were."""
    awaits: tuple[str, ...]
    incidents: tuple[str, ...]
    reached: tuple[str, ...]
    """Business states."""


class Missing(msgspec.Struct, frozen=True, kw_only=True):
    """A service or user task whose answer nobody knows."""

    instance: str
    element: str
    name: str
    asks: str
    """In words: what is asked of whom, with the inputs."""
    answer: str
    """What may be written into the answers file."""


class Traced(msgspec.Struct, frozen=True, kw_only=True):
    """A rehearsal as people and machines read it."""

    ending: str
    took_s: float
    """On its own clock."""
    steps: tuple[Step, ...]
    instances: tuple[Standing, ...]
    missing: tuple[Missing, ...]


def traced(rehearsal: Rehearsal, ending: Ending, began: datetime) -> Traced:
    """What `rehearsal` came to."""
    return Traced(
        ending=ending.value,
        took_s=(rehearsal.now - began).total_seconds(),
        steps=tuple(_step(rehearsal, happened) for happened in rehearsal.story),
        instances=tuple(_standing(rehearsal, one) for one in rehearsal.instances.values()),
        missing=tuple(_missing(question) for question in rehearsal.unanswered.values()),
    )


def _step(rehearsal: Rehearsal, happened: Happened) -> Step:
    definition = rehearsal.definition(happened.instance)
    variables: dict[str, Any] = {}
    path: list[str] = []
    awaits: list[str] = []
    for fact in happened.moved.facts:
        match fact:
            case Put(token=token):
                path.append(label(definition, token.at))
            case Assigned(variables=values) if fact.variables:
                variables.update(values)
            case Entered(scope=scope):
                variables.update(scope.variables)
            case Opened(wait=wait):
                awaits.append(awaited(definition, wait))
            case _:
                pass
    return Step(
        at=happened.at,
        instance=happened.instance,
        happened=_came(definition, happened.trigger, happened.moved.entry.element),
        path=tuple(path),
        variables=variables,
        awaits=tuple(awaits),
        notes=tuple(_notes(definition, happened)),
    )


def _notes(definition: Definition, happened: Happened) -> Iterator[str]:
    for fact in happened.moved.facts:
        match fact:
            case Sent(message=message):
                kind = "signal" if message.key is None else "message"
                yield f"sends {kind} {message.name}" + (f" to {message.key}" if message.key else "")
            case Reached(state=state):
                yield f"state {state}"
            case Consulted(cited=cited):
                yield f"consults {cited}"
            case Troubled(incident=incident):
                where = label(definition, incident.element) if incident.element else "the process"
                yield f"incident {incident.code} at {where}: {incident.message}"
            case Ignored(reason=reason):
                yield f"ignored: {reason}"
            case Ended(state=state):
                yield state.value.lower()
            case _:
                pass


def _standing(rehearsal: Rehearsal, instance: Instance) -> Standing:
    definition = rehearsal.definition(instance.id)
    return Standing(
        instance=instance.id,
        definition=instance.definition,
        key=instance.key,
        state=instance.state.value,
        variables=_variables(rehearsal, instance.id),
        awaits=tuple(awaited(definition, wait) for wait in instance.waits.values()),
        incidents=tuple(f"{one.code}: {one.message}" for one in instance.incidents.values()),
        reached=instance.reached,
    )


def _variables(rehearsal: Rehearsal, instance: str) -> dict[str, Any]:
    """The process's variables, as they last were."""
    found: dict[str, Any] = {}
    for happened in rehearsal.story:
        if happened.instance == instance:
            for fact in happened.moved.facts:
                if isinstance(fact, Entered) and fact.scope.id == ROOT:
                    found.update(fact.scope.variables)
                elif isinstance(fact, Assigned) and fact.scope == ROOT:
                    found.update(fact.variables)
    return found


def label(definition: Definition, element: str) -> str:
    """How people call an element; one without a label whose id is a machine's, by its kind."""
    known = definition.elements[element]
    return known.name or (element if len(element) <= ID_MAX else f"({known.kind})")


def awaited(definition: Definition, wait: Wait) -> str:
    """A wait in words."""
    return f"{label(definition, wait.element)}: {_wanted(wait.effect)}"


def _wanted(effect: Effect) -> str:
    match effect:
        case Call(service=service, attempt=attempt):
            return f"service {service}" + (f", attempt {attempt}" if attempt > 1 else "")
        case Timer(due=due):
            return f"timer at {due:%Y-%m-%d %H:%M:%S}"
        case Subscription(name=name, key=key):
            return f"message {name} for {key}"
        case Listening(name=name):
            return f"signal {name}"
        case UserTask(role=role, due=due):
            return f"a person of role {role}" + (f", due {due:%Y-%m-%d %H:%M}" if due else "")
        case _:
            return "a condition"


def _came(definition: Definition, trigger: Trigger, element: str) -> str:
    where = label(definition, element) if element in definition.elements else ""
    match trigger:
        case Start():
            return "start"
        case Answered(outcome=outcome):
            message = getattr(outcome, "code", None) or getattr(outcome, "message", None)
            said = f" ({message})" if message else ""
            return f"{where}: {outcome.__struct_config__.tag}{said}"
        case Fired():
            return f"{where}: time is up"
        case Received(name=name):
            return f"{where}: {name} came"
        case Submitted():
            return f"{where}: submitted"
        case _:
            return str(trigger.__struct_config__.tag)


def _missing(question: Question) -> Missing:
    effect = question.wait.effect
    table = table_of(effect)
    name = question.element.name or question.element.id
    shown = effect.inputs if isinstance(effect, Call) else getattr(effect, "fields", {})
    inputs = ", ".join(f"{key} = {value}" for key, value in shown.items())
    wanted = _wanted(effect) + (f" with {inputs}" if inputs else "")
    other = "" if table == "user" else '  # or refuse = "CODE", fail = "why", unknown = "why"'
    answer = f'[{table}."{name}"]\noutputs = {{}}{other}'
    return Missing(
        instance=question.instance,
        element=question.element.id,
        name=name,
        asks=wanted,
        answer=answer,
    )
