"""Telling: the facts of a journal row in a person's words, by the labels of the drawing."""

from collections.abc import Iterable, Iterator

from mtd.core.process.definition import Definition
from mtd.core.process.effect import (
    Call,
    Effect,
    Listening,
    Subscription,
    Timer,
    UserTask,
    Watching,
)
from mtd.core.process.instance import Wait
from mtd.core.process.journal import (
    Assigned,
    Ended,
    Fact,
    Follows,
    Ignored,
    Opened,
    Put,
    Reached,
    Sent,
    Settled,
    Tried,
    Troubled,
)

MINUTE = "%Y-%m-%d %H:%M"


def label(definition: Definition, element: str) -> str:
    """The drawn name of an element; its kind where it has none, its id where it is not drawn."""
    found = definition.elements.get(element)
    return element if found is None else found.name or f"({found.kind})"


def told(definition: Definition, facts: Iterable[Fact]) -> list[str]:
    """What happened, a line each: first the way that tokens took, then the rest in order."""
    listed = list(facts)
    places = [label(definition, fact.token.at) for fact in listed if isinstance(fact, Put)]
    way = ["→ " + " → ".join(places)] if places else []
    return way + [line for fact in listed for line in _words(definition, fact)]


def _words(definition: Definition, fact: Fact) -> Iterator[str]:
    match fact:
        case Opened(wait=wait):
            yield _wanted(definition, wait)
        case Tried(effect=Call(service=service, attempt=attempt, not_before=not_before)):
            later = f", not before {not_before:%H:%M:%S}" if not_before else ""
            yield f"asks {service} again, attempt {attempt}{later}"
        case Assigned(variables=variables) if variables:
            yield "sets " + ", ".join(variables)
        case Troubled(incident=incident):
            where = label(definition, incident.element)
            at = f" at {where!r}" if where else ""
            yield f"incident {incident.id} {incident.code}{at}: {incident.message}"
        case Settled(incident=number):
            yield f"incident {number} is settled"
        case Reached(state=state):
            yield f"state {state}"
        case Sent(message=message):
            yield f"sends {message.name}" + (f" to {message.key}" if message.key else " to all")
        case Follows(definition=version):
            yield f"goes on with {version}"
        case Ended(state=state):
            yield f"ends {state.value}"
        case Ignored(reason=reason):
            yield f"ignored: {reason}"
        case _:
            return


def _wanted(definition: Definition, wait: Wait) -> str:
    where = label(definition, wait.element)
    return f"{_awaited(wait.effect)} ({where})" if where else _awaited(wait.effect)


def _awaited(effect: Effect) -> str:
    match effect:
        case Call(service=service):
            return f"asks {service}"
        case Timer(due=due):
            return f"waits until {due:{MINUTE}}"
        case Subscription(name=name, key=key):
            return f"awaits message {name} for {key}"
        case Listening(name=name):
            return f"listens for signal {name}"
        case UserTask(role=role, due=due):
            return f"asks a person, role {role}" + (f", due {due:{MINUTE}}" if due else "")
        case Watching():
            return "watches its condition"
