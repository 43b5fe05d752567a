"""Following: what followed from a journal row, or would, as keys and what fills them in."""

from collections.abc import Iterable, Iterator
from datetime import datetime

import msgspec

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
from mtd.core.process.instance import Instance, Wait
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
from mtd.core.process.telling import label

KEYS = (
    "way", "calls", "calls_again", "waits", "awaits", "listens", "asks_person", "watches", "sets",
    "incident", "settled", "state", "sends", "follows", "ended", "ignored", "decides_person",
    "stops", "stands", "cancels", "pushed",
)  # fmt: skip


class Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that followed, or would."""

    key: str
    """One of KEYS."""
    code: str = ""
    """Of an incident; `what` is then what the engine says of it."""
    what: str = ""
    where: str = ""
    number: int = 0
    at: datetime | None = None


def lines(definition: Definition, facts: Iterable[Fact]) -> list[Line]:
    """What followed: first the way that tokens took, then the rest in order."""
    listed = list(facts)
    places = [label(definition, fact.token.at) for fact in listed if isinstance(fact, Put)]
    way = [Line(key="way", what=" → ".join(places))] if places else []
    return way + [line for fact in listed for line in _told(definition, fact)]


def _told(definition: Definition, fact: Fact) -> Iterator[Line]:
    match fact:
        case Opened(wait=wait):
            yield from awaited(wait.effect, label(definition, wait.element))
        case Tried(effect=Call(service=service, attempt=attempt, not_before=at)):
            yield Line(key="calls_again", what=service, number=attempt, at=at)
        case Assigned(variables=variables) if variables:
            yield Line(key="sets", what=", ".join(variables))
        case Troubled(incident=incident):
            where = label(definition, incident.element) if incident.element else ""
            yield Line(key="incident", code=incident.code, what=incident.message, where=where)
        case Settled(incident=number):
            yield Line(key="settled", number=number)
        case Reached(state=state):
            yield Line(key="state", what=state)
        case Sent(message=message):
            yield Line(key="sends", what=message.name)
        case Follows(definition=version):
            yield Line(key="follows", what=version)
        case Ended():
            yield Line(key="ended")
        case Ignored(reason=reason):
            yield Line(key="ignored", what=reason)
        case _:
            return


def would_follow(
    old: Definition, new: Definition, before: Instance, after: Instance, opened: Iterable[Wait]
) -> Iterator[Line]:
    """What comes of `before` when it is `after`: what is awaited no more, what is from then on,
    and where it rests.
    """
    for wait in before.waits.values():
        if wait.id not in after.waits:
            yield Line(key="stops", where=label(old, wait.element))
    for wait in opened:
        yield from awaited(wait.effect, label(new, wait.element))
    places = sorted({label(new, token.at) for token in after.tokens.values()})
    yield Line(key="stands", what=", ".join(places)) if places else Line(key="ended")


def awaited(effect: Effect, where: str) -> Iterator[Line]:
    """What is awaited at `where`; nothing of what no person needs to know."""
    match effect:
        case Call(service=service, attempt=1):
            yield Line(key="calls", what=service, where=where)
        case Call(service=service, attempt=attempt, not_before=at):
            yield Line(key="calls_again", what=service, where=where, number=attempt, at=at)
        case Timer(due=due):
            yield Line(key="waits", where=where, at=due)
        case Subscription(name=name):
            yield Line(key="awaits", what=name, where=where)
        case Listening(name=name):
            yield Line(key="listens", what=name, where=where)
        case UserTask(role=role, due=due):
            yield Line(key="asks_person", what=role, where=where, at=due)
        case Watching():
            yield Line(key="watches", where=where)
