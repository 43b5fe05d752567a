"""Arriving: what the door took in, what is due, and what was inherited, as happenings."""

from collections.abc import Container, Mapping
from datetime import datetime
from decimal import Decimal

import msgspec
import structlog

from mtd.core.orders.states import RECEIVED, OrderState, OrderStatus
from mtd.core.process.advance import born
from mtd.core.process.definition import Definition
from mtd.core.process.trigger import (
    Changed,
    Fired,
    Received,
    Redefined,
    Retried,
    Start,
    Stopped,
    Submitted,
    Trigger,
)
from mtd.runtime.clock import Clock
from mtd.runtime.database import persisted
from mtd.runtime.definitions.library import Library
from mtd.runtime.engine.adopting import Adopting
from mtd.runtime.engine.happening import Happened, Happening
from mtd.runtime.engine.ownership import Ownership
from mtd.runtime.memory.live import Live, due, is_set_aside
from mtd.runtime.memory.parked import Parked
from mtd.store.engine.collecting import Incoming, Suspicion, Wake, collect
from mtd.store.engine.collecting import live as inherited
from mtd.store.engine.loading import Loaded, load
from mtd.store.engine.turned import LIVE, Status

LOG = structlog.get_logger()
DEATHS_MAX = 3
"""Workers that may die with an instance alone in hand before it is set aside."""

Key = tuple[int, str]
_TRIGGER = msgspec.json.Decoder(Trigger, float_hook=Decimal)
_PAYLOAD = msgspec.json.Decoder(dict, float_hook=Decimal)


class Arriving:
    """Looks into the store on behalf of one worker."""

    def __init__(
        self, *, ownership: Ownership, library: Library, adopting: Adopting, clock: Clock
    ) -> None:
        self._ownership = ownership
        self._worker = ownership.worker
        self._library = library
        self._adopting = adopting
        self._clock = clock
        self._generation = library.generation
        self.parked = Parked()
        self._faulty: dict[Key, str] = {}
        """Definitions that cannot be had, and why."""
        self._given_up: set[Key] = set()
        """Instances whose journal cannot be read, or that are not there; said once each."""

    async def look(
        self, lives: Mapping[Key, Live], room: int, busy: Container[Key]
    ) -> list[Happened]:
        """Arrivals and wakes for this worker's slots, at most `room` of each, with what was
        inherited; their instances loaded. What is for one of `busy` stays where it is.
        """
        await self._renew(lives)
        collected = await collect(self._worker, room)
        now = collected.now
        self._clock.set(now)
        incoming = [one for one in collected.incoming if self._is_ours(one, busy)]
        wanted = {(one.tenant, one.instance) for one in incoming if one.definition is None}
        wanted |= {(w.tenant, w.instance) for w in collected.wakes if self._is_ours(w, busy)}
        wanted |= await self._inherited()
        happened: dict[Key, Happened] = {}
        for live in await self._woken(wanted - lives.keys()):
            happened[live.key] = self._resumed(live, now)
        for one in incoming:
            key = (one.tenant, one.instance)
            if key not in lives and key not in happened:
                if (begun := await self._begun(one)) is None:
                    continue
                happened[key] = Happened(live=begun, happenings=[])
            live = lives[key] if key in lives else happened[key].live
            before = happened.get(key, Happened(live=live, happenings=[]))
            happened[key] = await self._led(self._with(before, one, now))
        return list(happened.values())

    async def _renew(self, lives: Mapping[Key, Live]) -> None:
        """Something was deployed: what definitions cite as the latest may be another."""
        if self._generation == self._library.generation:
            return
        self._generation = self._library.generation
        self._faulty.clear()
        self.parked = Parked()
        for live in lives.values():
            if live.problem is None:
                definition, _ = await self._definition(live.tenant, live.instance.definition)
                live.run_on(definition)

    async def _led(self, happened: Happened) -> Happened:
        """Who is to go on with another version gets it in hand; without it, they stay."""
        for number, one in enumerate(happened.happenings):
            trigger = one.trigger
            if isinstance(trigger, Redefined) and one.target is None:
                target, fault = await self._definition(happened.live.tenant, trigger.to)
                if fault is None:
                    led = msgspec.structs.replace(one, target=target)
                    happened.happenings[number] = led
        return happened

    def _is_ours(self, one: Incoming | Wake, busy: Container[Key]) -> bool:
        key = (one.tenant, one.instance)
        mine = self._ownership.is_mine(one.instance)
        return mine and key not in busy and key not in self._given_up

    async def _inherited(self) -> set[Key]:
        """What lived in the memory of whoever had the slots that came to this worker."""
        gained, self._ownership.gained = self._ownership.gained, set()
        if not gained:
            return set()
        rows = await inherited(self._worker, gained)
        return {(row.tenant, row.instance) for row in rows} - self._given_up

    def _resumed(self, live: Live, now: datetime) -> Happened:
        """What was in somebody's memory may be half done; the others only waited."""
        doubted = live.wake_at is LIVE and live.problem is None
        before = self._adopting.doubted(live, now) if doubted else None
        happened = before or Happened(live=live, happenings=[])
        for wait in due(live.instance, now):
            happened.happenings.append(Happening(trigger=Fired(at=now, wait=wait)))
        return happened

    def _with(self, happened: Happened, one: Incoming, now: datetime) -> Happened:
        """What came in, too. Where a person retries what was set aside, calls that were under
        way then are in doubt; that comes after, for a retry of everything is not of them.
        """
        live, happening = happened.live, _happening(one, now)
        if isinstance(happening.trigger, Submitted):
            live.order = live.unreadable = None  # the person may have corrected it
        by_person = isinstance(happening.trigger, Retried | Stopped)
        if not by_person or not is_set_aside(live.instance):
            happened.happenings.append(happening)
            return happened
        live.problem = self._faulty.get((live.tenant, live.instance.definition))
        doubted = self._adopting.doubted(live, now)
        return Happened(
            live=live,
            happenings=[*happened.happenings, happening, *doubted.happenings],
            doubts=doubted.doubts,
        )

    async def _woken(self, keys: set[Key]) -> list[Live]:
        known = [live for key in keys if (live := self.parked.take(key)) is not None]
        return known + await self._loaded(keys - {live.key for live in known})

    async def _loaded(self, keys: set[Key]) -> list[Live]:
        found: list[Live] = []
        pending = [sorted(keys)] if keys else []
        while pending:  # halved until whatever cannot be read is alone
            part = pending.pop()
            try:
                found += [await self._live(one) for one in await load(self._worker, part)]
            except (ValueError, LookupError) as error:
                if len(part) > 1:
                    middle = len(part) // 2
                    pending += [part[:middle], part[middle:]]
                    continue
                self._given_up.add(part[0])
                LOG.exception("a journal cannot be read", instance=part[0][1], problem=str(error))
        return found

    async def _live(self, one: Loaded) -> Live:
        definition, fault = await self._definition(one.tenant, one.instance.definition)
        return Live(
            tenant=one.tenant,
            instance=one.instance,
            definition=definition,
            began=True,
            wake_at=one.wake_at,
            status=_status(one.status),
            snapshot_seq=one.snapshot_seq,
            suspicion=one.suspicion,
            problem=fault or _verdict(one.suspicion),
            held_said=one.held_by,
        )

    async def _begun(self, one: Incoming) -> Live | None:
        if one.definition is None:
            self._given_up.add((one.tenant, one.instance))
            LOG.error("something came in for an instance that is not there", instance=one.instance)
            return None
        definition, fault = await self._definition(one.tenant, one.definition)
        return Live(
            tenant=one.tenant,
            instance=born(one.instance, definition, one.key),
            definition=definition,
            began=False,
            status=RECEIVED,
            suspicion=one.suspicion,
            problem=fault or _verdict(one.suspicion),
        )

    async def _definition(self, tenant: int, id_: str) -> tuple[Definition, str | None]:
        """The definition; where it cannot be had, an empty one of its name, and why.

        Only a deployment, or a new start of this process, can change that.
        """
        if (tenant, id_) not in self._faulty:
            try:
                return await persisted(lambda: self._library.definition(tenant, id_)), None
            except Exception as error:  # noqa: BLE001 whatever is wrong, it is wrong with this one
                LOG.error("a definition cannot be had", definition=id_, problem=str(error))
                self._faulty[tenant, id_] = f"{id_} cannot be had: {error}"
        name, _, version = id_.rpartition("@")
        number = int(version) if version.isdecimal() else 0
        empty = Definition(name=name, version=number, root="", elements={})
        return empty, self._faulty[tenant, id_]


def _happening(one: Incoming, now: datetime) -> Happening:
    """The trigger that came in, at the time of this turn."""
    try:
        if one.wait is not None:
            payload = _PAYLOAD.decode(one.body)
            trigger: Trigger = Received(at=now, wait=one.wait, name=one.name, payload=payload)
        elif one.element is not None:
            payload = _PAYLOAD.decode(one.body)
            trigger = Start(at=now, variables=payload, element=one.element)
        else:
            trigger = msgspec.structs.replace(_TRIGGER.decode(one.body), at=now)
    except msgspec.MsgspecError as error:
        reason = f"what came in cannot be read: {error}"
        trigger = Changed(at=now, variables={}, actor="engine", reason=reason)
    return Happening(trigger=trigger, consumed=one.consumed)


def _verdict(suspicion: Suspicion | None) -> str | None:
    """Why an instance is not advanced any more; None: it is."""
    if suspicion is None or suspicion.deaths < DEATHS_MAX:
        return None
    return f"{suspicion.deaths} workers died with this instance alone in hand"


def _status(row: Status | None) -> OrderStatus | None:
    """Where the order stands; the last state reached is the one that `follow` goes on from."""
    if row is None:
        return None
    reached = OrderState(row.reached[-1]) if row.reached else OrderState(row.state)
    resume = OrderState(row.resume) if row.resume else None
    return OrderStatus(OrderState(row.state), reached, resume)
