"""Beginning: instances that timers start, each due time once; and what else start events name."""

import asyncio
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

import msgspec
import structlog

from mtd.core.process.definition import Definition, Element, Event
from mtd.core.process.effect import Timer
from mtd.core.process.starting import gathers, places
from mtd.core.process.trigger import Start
from mtd.runtime.clock import Clock
from mtd.runtime.definitions.conditions import conditional_starts
from mtd.runtime.definitions.library import Library
from mtd.store.arriving.arrival import NewInstance, Receipt, Refused
from mtd.store.deployed import beginnings, facts
from mtd.store.deployed.beginnings import Due, MovedOn, Schedule, Starter
from mtd.store.ids import derived
from mtd.store.store import Store

LOG = structlog.get_logger()

LOOK_S = 1.0
"""How often a worker looks for timer starts that are due, and for new definitions."""
ROUNDS_MAX = 100
"""Firings of one timer start that are made up for in one look, where each missed one counts."""
PUNCTUAL = timedelta(minutes=1)
"""A run that begins no later than this was not missed."""
SOURCE = "schedule"
"""Who sends these starts to the door, which remembers each due time."""

_ENCODER = msgspec.json.Encoder()


class Beginning:
    """Begins what is due, in every worker: the door sees to it that each due time begins one."""

    def __init__(
        self,
        *,
        tenant: int,
        store: Store,
        library: Library,
        clock: Clock,
        routed: Collection[str] = (),
    ) -> None:
        self._tenant = tenant
        self._store = store
        self._library = library
        self._clock = clock
        self._routed = frozenset(routed)
        """Definitions that orders are routed to: these begin with an order, by the intake alone."""
        self._registered: set[str] = set()
        self._faulty: set[str] = set()

    async def keep(self) -> None:
        """Look for ever; what fails is looked at again."""
        while True:
            try:
                await self.register()
                for _ in range(ROUNDS_MAX):
                    if not await self.begin():
                        break
            except Exception as error:  # noqa: BLE001 whatever it is, the next look tells
                LOG.warning("timer starts wait", problem=f"{type(error).__name__}: {error}")
            await asyncio.sleep(LOOK_S)

    async def register(self, ids: Iterable[str] | None = None) -> None:
        """These definitions (None: the latest of each), if new here, say what begins them."""
        known = self._library.latest(self._tenant).values() if ids is None else ids
        for id_ in sorted(set(known) - self._registered - self._faulty):
            try:
                definition = await self._library.definition(self._tenant, id_)
            except Exception as error:  # noqa: BLE001 it is wrong with this one alone
                self._faulty.add(id_)
                LOG.error("what begins it is not known", definition=id_, problem=str(error))
                continue
            await self._register(id_, definition)
            self._registered.add(id_)

    async def begin(self) -> int:
        """Begin what is due; how many instances."""
        async with self._store.window(self._tenant) as connection:
            found = await beginnings.due(connection, self._tenant)
        if not found:
            return 0
        moved = [await self._moved_on(due) for due in found]
        runs = [self._start(due) for due in found if _is_wanted(due)]
        receipts = await self._store.deliver(runs)
        for run, receipt in zip(runs, receipts, strict=True):
            _say(run, receipt)
        async with self._store.door(self._tenant) as connection:
            await beginnings.move_on(connection, self._tenant, moved)
        return len(runs)

    async def resume(self, name: str, element: str | None) -> list[str]:
        """Paused timer starts go on with their next firing from now; their elements."""
        async with self._store.window(self._tenant) as connection:
            listed = await beginnings.listing(connection, self._tenant)
        resumed: list[str] = []
        for one in listed:
            if one.name != name or element not in (None, one.element) or one.paused_at is None:
                continue
            event = await self._event(one.name, one.version, one.element)
            next_at = _first(event, self._clock.now())
            goes_on = next_at if one.next_at is not None else None
            changed = msgspec.structs.replace(one, next_at=goes_on)
            async with self._store.door(self._tenant) as connection:
                if await beginnings.resume(connection, self._tenant, changed):
                    resumed.append(one.element)
        return resumed

    async def _register(self, id_: str, definition: Definition) -> None:
        now = self._clock.now()
        schedules: list[Schedule] = []
        starters: list[Starter] = []
        for element, event in start_events(definition):
            if event.kind == "timer":
                schedules.append(_schedule(definition, element, event, now))
            elif definition.name not in self._routed and event.name is not None:
                starter = Starter(
                    element=element.id,
                    event=event.name,
                    is_signal=event.kind == "signal",
                    gathers=gathers(definition, element),
                )
                starters.append(starter)
        is_routed = definition.name in self._routed
        conditions = [] if is_routed else conditional_starts(definition)
        name, _, version = id_.rpartition("@")
        async with self._store.door(self._tenant) as connection:
            await beginnings.register(
                connection, self._tenant, name, int(version), schedules, starters
            )
            await facts.register(connection, self._tenant, name, int(version), conditions)

    async def _event(self, name: str, version: int, element: str) -> Event:
        definition = await self._library.definition(self._tenant, f"{name}@{version}")
        return next(e for e in definition.elements[element].events if e.kind == "timer")

    async def _moved_on(self, due: Due) -> MovedOn:
        """What comes after a firing: the next one, in the future unless each missed one counts."""
        if due.times_left == 0:
            return MovedOn(due=due, next_at=None, times_left=0)
        event = await self._event(due.name, due.version, due.element)
        next_at = _first(event, due.next_at)
        if next_at is not None and next_at <= due.now and due.missed != "all":
            next_at = _first(event, due.now)
        left = None if due.times_left is None else due.times_left - 1
        return MovedOn(due=due, next_at=next_at, times_left=left)

    def _start(self, due: Due) -> NewInstance:
        """The same for whoever begins it: id, message id and content."""
        at = due.next_at
        moment = f"{at:%Y-%m-%dT%H:%M:%SZ}"
        start = Start(at=at, variables={"scheduled_at": moment}, element=due.element)
        return NewInstance(
            tenant=self._tenant,
            id=derived(at, self._tenant, due.name, due.element, moment),
            definition=f"{due.name}@{due.version}",
            key=f"{due.name}/{moment}",
            trigger=_ENCODER.encode(start),
            source=SOURCE,
            message_id=f"{due.name}/{due.element}/{at.isoformat()}",
        )


def start_events(definition: Definition) -> list[tuple[Element, Event]]:
    """The timers, messages and signals at which an instance of `definition` may begin."""
    return [
        (element, event)
        for element in places(definition)
        for event in element.events
        if event.kind in ("timer", "message", "signal")
    ]


def _schedule(definition: Definition, element: Element, event: Event, now: datetime) -> Schedule:
    """The schedule of a timer start deployed `now`; a date that is past begins nothing."""
    timer = _timer(event, now)
    label = element.name or element.id
    if timer is None or timer.due <= now:
        LOG.warning("a timer start never comes", definition=definition.id, element=label)
    return Schedule(
        name=definition.name,
        version=definition.version,
        element=element.id,
        label=label,
        missed=event.missed,
        next_at=_first(event, now),
        times_left=None if timer is None else timer.left,
    )


def _first(event: Event, now: datetime) -> datetime | None:
    """The first firing after `now`."""
    timer = _timer(event, now)
    return timer.due if timer is not None and timer.due > now else None


def _timer(event: Event, now: datetime) -> Timer | None:
    return None if event.schedule is None else event.schedule({}, now)


def _is_wanted(due: Due) -> bool:
    return due.missed != "none" or due.now - due.next_at <= PUNCTUAL


def _say(run: NewInstance, receipt: Receipt) -> None:
    if isinstance(receipt, Refused):
        LOG.error("a timer start was refused", definition=run.definition, reason=receipt.reason)
