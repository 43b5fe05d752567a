"""Arriving: what the door took in, what is due, and what was inherited, as happenings."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

import msgspec
import structlog

from mtd.core.orders.purchase_order import PurchaseOrder
from mtd.core.orders.states import RECEIVED, OrderState, OrderStatus
from mtd.core.process.advance import born
from mtd.core.process.trigger import Fired, Received, Trigger
from mtd.runtime.clock import Clock
from mtd.runtime.happening import Happened, Happening
from mtd.runtime.library import Library
from mtd.runtime.live import Live, due
from mtd.runtime.ownership import Ownership
from mtd.runtime.vault import Vault
from mtd.store.collecting import Incoming, collect
from mtd.store.collecting import live as inherited
from mtd.store.loading import Content, contents, load
from mtd.store.turned import Status

LOG = structlog.get_logger()
DEATHS_MAX = 3
"""Workers that may die with an instance alone in hand before it is set aside."""

Key = tuple[int, str]
_TRIGGER = msgspec.json.Decoder(Trigger, float_hook=Decimal)
_ORDER = msgspec.json.Decoder(PurchaseOrder)
_PAYLOAD = msgspec.json.Decoder(dict, float_hook=Decimal)


class Arriving:
    """Looks into the store on behalf of one worker."""

    def __init__(
        self, *, ownership: Ownership, library: Library, vault: Vault, clock: Clock
    ) -> None:
        self._ownership = ownership
        self._library = library
        self._vault = vault
        self._clock = clock

    async def look(self, lives: Mapping[Key, Live], room: int) -> list[Happened]:
        """Arrivals and wakes for this worker's slots, at most `room`, their instances loaded."""
        collected = await collect(self._ownership.worker, room)
        self._clock.set(collected.now)
        incoming = [one for one in collected.incoming if self._ownership.is_mine(one.instance)]
        wakes = [w for w in collected.wakes if (w.tenant, w.instance) not in lives]
        wanted = {(one.tenant, one.instance) for one in (*incoming, *wakes)}
        wanted -= lives.keys()
        wanted |= await self._inherited()
        starts = {(one.tenant, one.instance) for one in incoming if one.definition is not None}
        found = await self._load(wanted - starts)
        happened: dict[Key, Happened] = {
            key: Happened(live=live, happenings=self._due(live, collected.now))
            for key, live in found.items()
        }
        for one in incoming:
            key = (one.tenant, one.instance)
            live = lives.get(key) or found.get(key) or await self._begin(one)
            if live is not None:
                known = happened.setdefault(key, Happened(live=live, happenings=[]))
                known.happenings.append(_happening(one, collected.now))
        return list(happened.values())

    async def bring_orders(self, lives: list[Live]) -> None:
        """Load and open the orders that calls are about to be made for."""
        lacking = {
            (live.tenant, live.instance.id): live
            for live in lives
            if live.order is None and live.status is not None
        }
        wanted = [(tenant, id_, 0) for tenant, id_ in lacking]
        for content in await contents(self._ownership.worker, wanted):
            live = lacking[content.tenant, content.order]
            live.order = self._opened(content)

    def _opened(self, content: Content) -> PurchaseOrder | None:
        """The order in `content`; None when its person was erased."""
        if content.wrapped_key is None:
            return None
        return _ORDER.decode(
            self._vault.open(
                content.tenant,
                content.order,
                content.key_id,
                content.wrapped_key,
                content.ciphertext,
            )
        )

    async def _inherited(self) -> set[Key]:
        """What lived in the memory of whoever had the slots that came to this worker."""
        gained, self._ownership.gained = self._ownership.gained, set()
        if not gained:
            return set()
        rows = await inherited(self._ownership.worker, gained)
        return {(row.tenant, row.instance) for row in rows}

    async def _load(self, keys: set[Key]) -> dict[Key, Live]:
        loaded = await load(self._ownership.worker, sorted(keys))
        found: dict[Key, Live] = {}
        for one in loaded:
            definition = await self._library.definition(one.tenant, one.instance.definition)
            found[one.tenant, one.instance.id] = Live(
                tenant=one.tenant,
                instance=one.instance,
                definition=definition,
                began=True,
                wake_at=one.wake_at,
                status=_status(one.status),
                suspected=one.suspicion is not None,
            )
        return found

    async def _begin(self, one: Incoming) -> Live | None:
        if one.definition is None:
            LOG.error("something came in for an instance that is not there", id=one.instance)
            return None
        definition = await self._library.definition(one.tenant, one.definition)
        return Live(
            tenant=one.tenant,
            instance=born(one.instance, definition, one.key),
            definition=definition,
            began=False,
            status=RECEIVED,
            suspected=one.suspicion is not None,
        )

    def _due(self, live: Live, now: datetime) -> list[Happening]:
        return [Happening(trigger=Fired(at=now, wait=wait)) for wait in due(live.instance, now)]


def _happening(one: Incoming, now: datetime) -> Happening:
    """The trigger that came in, at the time of this turn."""
    if one.wait is not None:
        trigger: Trigger = Received(
            at=now, wait=one.wait, name=one.name, payload=_PAYLOAD.decode(one.body)
        )
    else:
        trigger = msgspec.structs.replace(_TRIGGER.decode(one.body), at=now)
    return Happening(trigger=trigger, consumed=one.consumed)


def _status(row: Status | None) -> OrderStatus | None:
    if row is None:
        return None
    reached = OrderState(row.reached[-1]) if row.reached else OrderState(row.state)
    resume = OrderState(row.resume) if row.resume else None
    return OrderStatus(OrderState(row.state), reached, resume)
