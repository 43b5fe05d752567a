"""The rehearsal: everything that runs in memory, and what will happen to it, in order."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from enum import Enum
from typing import Any

import msgspec

from mtd.core.process.advance import Moved, advance, born
from mtd.core.process.definition import Definition
from mtd.core.process.effect import (
    Call,
    Effect,
    Listening,
    Message,
    Subscription,
    Timer,
    UserTask,
    Watching,
)
from mtd.core.process.instance import Instance, State, Wait
from mtd.core.process.journal import Sent
from mtd.core.process.recording import plain
from mtd.core.process.rehearsing.asking import Answering, Question, Reply, Silence, trigger
from mtd.core.process.starting import begun_by, gathers
from mtd.core.process.trigger import Fired, Received, Start, Trigger

EVENTS_MAX = 10_000
"""What may happen in one run; a rehearsal that goes on beyond it goes round."""
INSTANCES_MAX = 1_000
"""Instances of one rehearsal."""


class Happened(msgspec.Struct, frozen=True):
    """One trigger that an instance let in."""

    at: datetime
    instance: str
    trigger: Trigger
    moved: Moved


class Ending(Enum):
    """Why a run came to rest."""

    ENDED = "ended"
    """No instance is running any more."""
    WAITING = "waiting"
    """Nothing more will come by itself: for a person, another system, or a missing answer."""
    ENDLESS = "endless"
    """It went on and on, or bore instances without end."""


class _Planned(msgspec.Struct, frozen=True, order=True):
    """Something that will happen, unless its wait is over by then."""

    at: datetime
    number: int
    """Of two at one moment, the one planned first comes first."""
    instance: str
    wait: int
    trigger: Trigger


class Rehearsal:
    """Everything that runs, and what will happen to it."""

    def __init__(
        self, definitions: Iterable[Definition], answer: Answering, began: datetime
    ) -> None:
        self.definitions = {one.name: one for one in definitions}
        self.now = began
        self.instances: dict[str, Instance] = {}
        self.story: list[Happened] = []
        self.unanswered: dict[tuple[str, int], Question] = {}
        """Calls and user tasks whose answer is missing."""
        self.messages: list[Message] = []
        """Those that nobody awaited yet, oldest first."""
        self._answer = answer
        self._planned: list[_Planned] = []
        self._plans = 0
        self._asked: dict[tuple[str, int], Effect] = {}
        self._times: dict[tuple[str, str], int] = {}
        self._births: list[tuple[str, Message, str]] = []
        """Definition, what it starts with, and its start event; begun one after the other."""

    def start(
        self,
        name: str,
        variables: Mapping[str, Any] | None = None,
        key: str = "",
        element: str | None = None,
        heard: str | None = None,
    ) -> str:
        """Begin an instance of definition `name`; its id, from 1.

        At `element`, by the message or signal that is `heard`, if they are given.
        """
        id_ = str(len(self.instances) + 1)
        self.instances[id_] = born(id_, self.definitions[name], key)
        values = {name: plain(value) for name, value in (variables or {}).items()}
        self.let(id_, Start(at=self.now, variables=values, element=element, heard=heard))
        return id_

    def let(self, instance: str, trigger: Trigger) -> Moved:
        """Let `trigger` happen to an instance, now; what it sends is heard."""
        before = self.instances[instance]
        moved = advance(self.definition(instance), before, trigger)
        self.instances[instance] = moved.instance
        self.story.append(Happened(self.now, instance, trigger, moved))
        for fact in moved.facts:
            if isinstance(fact, Sent):
                self.publish(fact.message, instance)
        return moved

    def publish(self, message: Message, thrower: str = "") -> None:
        """A message with a key, or a signal, is sent to whoever awaits it.

        The instance that throws a signal, if one does, has heard it already.
        """
        if message.key is None:
            for instance, wait in self._listening(message):
                if instance == thrower:
                    continue
                self._plan(self.now, instance, wait, self._received(wait, message))
            self._begin(message)
        elif (found := next(self._listening(message), None)) is not None:
            self._plan(self.now, *found, self._received(found[1], message))
        elif not self._begin(message):
            self.messages.append(message)

    def run(self, until: datetime | None = None) -> Ending:
        """Let happen what will, until `until`, or until nothing more does."""
        for _ in range(EVENTS_MAX):
            if len(self.instances) > INSTANCES_MAX:
                break
            self._bear()
            self._look()
            following = self._next(until)
            if following is None and self._births:
                continue
            if following is None:
                self.now = max(self.now, until or self.now)
                running = any(one.state is State.RUNNING for one in self.instances.values())
                return Ending.WAITING if running else Ending.ENDED
            self.now = max(self.now, following.at)
            self._asked.pop((following.instance, following.wait), None)
            now = msgspec.structs.replace(following.trigger, at=self.now)
            self.let(following.instance, now)
        return Ending.ENDLESS

    def definition(self, instance: str) -> Definition:
        """What `instance` runs on."""
        return self.definitions[self.instances[instance].definition.rpartition("@")[0]]

    def waits(self) -> Iterator[tuple[str, Wait]]:
        """Everything that is awaited, by instance, oldest first."""
        for id_, instance in self.instances.items():
            for wait in sorted(instance.waits.values(), key=lambda wait: wait.id):
                yield id_, wait

    def sight(self, instance: str, scope: int) -> dict[str, Any]:
        """The variables in sight of a scope."""
        found = self.instances[instance].scopes[scope]
        around = {} if found.parent is None or found.closed else self.sight(instance, found.parent)
        return {**around, **found.variables}

    def _bear(self) -> None:
        """Begin what messages and signals began; those that it begins follow in the next round."""
        births, self._births = self._births, []
        for name, message, element in births:
            if len(self.instances) <= INSTANCES_MAX:
                self.start(name, message.payload, message.key or "", element, message.name)

    def _look(self) -> None:
        """Plan what comes of each wait that was not looked at as it is now."""
        for instance, wait in list(self.waits()):
            key = (instance, wait.id)
            if self._asked.get(key) == wait.effect or _is_stuck(self.instances[instance], wait):
                continue
            self._asked[key] = wait.effect
            match wait.effect:
                case Timer(due=due):
                    self._plan(due, instance, wait, Fired(at=due, wait=wait.id))
                case Watching():
                    continue
                case effect:
                    if not self._delivered(instance, wait, effect):
                        self._ask(instance, wait)
        self.unanswered = {
            (instance, wait.id): self.unanswered[instance, wait.id]
            for instance, wait in self.waits()
            if (instance, wait.id) in self.unanswered
        }

    def _delivered(self, instance: str, wait: Wait, effect: Effect) -> bool:
        """Whether a message waited for this."""
        for number, message in enumerate(self.messages):
            if isinstance(effect, Subscription) and _meets(effect, message):
                del self.messages[number]
                self._plan(self.now, instance, wait, self._received(wait, message))
                return True
        return False

    def _ask(self, instance: str, wait: Wait) -> None:
        definition = self.definition(instance)
        place = (definition.name, wait.element)
        question = Question(
            instance,
            definition.elements[wait.element],
            wait,
            self._times.get(place, 0),
            self.sight(instance, wait.scope),
        )
        reply = self._answer(question)
        if reply is Silence.MISSING and isinstance(wait.effect, Call | UserTask):
            self.unanswered[instance, wait.id] = question
        if not isinstance(reply, Reply):
            return
        self._times[place] = question.times + 1
        effect = wait.effect
        begins = (effect.not_before if isinstance(effect, Call) else None) or self.now
        at = max(self.now, begins) + reply.after
        self._plan(at, instance, wait, trigger(wait, at, reply.what))

    def _next(self, until: datetime | None) -> _Planned | None:
        """The first thing that is still awaited and may happen by `until`."""
        limit = self.now if self.unanswered else until
        for planned in sorted(self._planned):
            waits = self.instances[planned.instance].waits
            if planned.wait not in waits:
                self._planned.remove(planned)
            elif limit is None or planned.at <= limit:
                self._planned.remove(planned)
                return planned
        return None

    def _plan(self, at: datetime, instance: str, wait: Wait, trigger: Trigger) -> None:
        self._plans += 1
        self._planned.append(_Planned(at, self._plans, instance, wait.id, trigger))

    def _listening(self, message: Message) -> Iterator[tuple[str, Wait]]:
        """Who awaits `message` and will not get another one before."""
        taken = {(p.instance, p.wait) for p in self._planned if p.at <= self.now}
        for instance, wait in self.waits():
            if _meets(wait.effect, message) and (instance, wait.id) not in taken:
                yield instance, wait

    def _received(self, wait: Wait, message: Message) -> Received:
        return Received(at=self.now, wait=wait.id, name=message.name, payload=message.payload)

    def _begin(self, message: Message) -> bool:
        """Processes that start with `message`, or with this signal, begin; not the one that another
        message of its conversation begins.
        """
        kind = "signal" if message.key is None else "message"
        begun = False
        for definition in list(self.definitions.values()):
            for element in begun_by(definition, kind, message.name):
                if kind == "message" and gathers(definition, element):
                    conversations = [(name, one.key) for name, one, _ in self._births]
                    if (definition.name, message.key) in conversations:
                        continue
                self._births.append((definition.name, message, element.id))
                begun = True
        return begun


def _meets(effect: Effect, message: Message) -> bool:
    match effect:
        case Subscription(name=name, key=key):
            return (name, key) == (message.name, message.key)
        case Listening(name=name):
            return message.key is None and name == message.name
        case _:
            return False


def _is_stuck(instance: Instance, wait: Wait) -> bool:
    """A call below an incident is not made before somebody settles that."""
    return any(incident.wait == wait.id for incident in instance.incidents.values())
