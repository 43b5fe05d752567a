"""Conditions: processes that begin when a fact of the world makes their condition true.

BPMN 2.0.2 §10.5.2 (Table 10.84): such a condition speaks of the environment, for there is no
instance yet whose data it could; it must become false, and true again, before it begins another
one. Facts are what people and other systems say of the environment (`PUT /facts`); the clock is
`now()`.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
import structlog

from mtd.core.decision.feel import FeelError
from mtd.core.process.definition import Definition, Element
from mtd.core.process.starting import places
from mtd.core.process.trigger import Start
from mtd.runtime.clock import Clock
from mtd.runtime.definitions.library import Library
from mtd.store.arriving.arrival import NewInstance
from mtd.store.arriving.door import begin
from mtd.store.deployed import facts
from mtd.store.deployed.facts import Watched
from mtd.store.ids import derived
from mtd.store.store import Store

LOG = structlog.get_logger()

LOOK_S = 1.0
"""How often a worker looks at conditions, for those that speak of the clock."""
SOURCE = "condition"
"""Who sends these starts to the door."""
CONDITIONAL = "conditional"

_ENCODER = msgspec.json.Encoder(decimal_format="number")
_DECODER = msgspec.json.Decoder(Any, float_hook=Decimal)


class Begun(msgspec.Struct, frozen=True, kw_only=True):
    """An instance that a condition began."""

    definition: str
    element: str
    instance: str


class Conditions:
    """Looks at the conditions of one tenant's definitions."""

    def __init__(self, *, tenant: int, store: Store, library: Library, clock: Clock) -> None:
        self._tenant = tenant
        self._store = store
        self._library = library
        self._clock = clock

    async def keep(self) -> None:
        """Look for ever; what fails is looked at again."""
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                await self.look()
            except Exception as error:  # noqa: BLE001 whatever it is, the next look tells
                LOG.warning("conditions wait", problem=f"{type(error).__name__}: {error}")

    async def look(self, changes: Mapping[str, Any] | None = None, person: str = "") -> list[Begun]:
        """Facts take the values of `changes`; whatever becomes true by that, begins.

        All of it in one transaction: no change is missed, and none begins two.
        """
        async with self._store.window(self._tenant) as connection:
            watched = await facts.watched(connection, self._tenant)
        if not watched and not changes:
            return []
        starts = await self._starts(watched)
        values = {name: _ENCODER.encode(value) for name, value in (changes or {}).items()}
        async with self._store.door(self._tenant) as connection:
            locked = await facts.locked(connection, self._tenant)
            if values:
                await facts.change(connection, self._tenant, values, person)
            listed = await facts.listing(connection, self._tenant)
            known = {one.name: _DECODER.decode(one.value) for one in listed}
            now = self._clock.now()
            held = [
                msgspec.structs.replace(one, met=_holds(starts[key], known, now))
                for one in locked
                if (key := (one.name, one.version, one.element)) in starts
            ]
            before = {(one.name, one.element): one.met for one in locked}
            changed = [one for one in held if one.met != before[one.name, one.element]]
            if not changed:
                return []
            new = [self._start(one, known, now) for one in changed if one.met]
            if new:
                await begin(connection, self._tenant, new)
            await facts.mark(connection, self._tenant, changed)
        began = [one for one in changed if one.met]
        return [
            Begun(definition=start.definition, element=one.element, instance=start.id)
            for one, start in zip(began, new, strict=True)
        ]

    async def _starts(self, watched: list[Watched]) -> dict[tuple[str, int, str], Element]:
        """The start events of these conditions; what cannot be had is looked at later."""
        found: dict[tuple[str, int, str], Element] = {}
        for one in watched:
            try:
                id_ = f"{one.name}@{one.version}"
                definition = await self._library.definition(self._tenant, id_)
            except Exception as error:  # noqa: BLE001 it is wrong with this one alone
                LOG.error("a condition cannot be had", definition=one.name, problem=str(error))
            else:
                found[one.name, one.version, one.element] = definition.elements[one.element]
        return found

    def _start(self, one: Watched, known: Mapping[str, Any], now: datetime) -> NewInstance:
        moment = f"{now:%Y-%m-%dT%H:%M:%SZ}"
        start = Start(at=now, variables={"facts": dict(known)}, element=one.element)
        id_ = derived(now, self._tenant, one.name, one.element, now.isoformat())
        return NewInstance(
            tenant=self._tenant,
            id=id_,
            definition=f"{one.name}@{one.version}",
            key=f"{one.name}/{moment}",
            trigger=_ENCODER.encode(start),
            source=SOURCE,
            message_id=id_,
        )


def conditional_starts(definition: Definition) -> list[str]:
    """The start events at which an instance of `definition` begins by a condition."""
    return [
        element.id
        for element in places(definition)
        if any(event.kind == CONDITIONAL for event in element.events)
    ]


def _holds(element: Element, known: Mapping[str, Any], now: datetime) -> bool:
    """Whether a condition of `element` is true; one that cannot be evaluated is not."""
    for event in element.events:
        if event.kind == CONDITIONAL and event.condition is not None:
            try:
                if event.condition(known, now) is True:
                    return True
            except FeelError as error:
                LOG.warning("a condition fails", element=element.id, problem=str(error))
    return False
