"""Operations: what people and other systems may do, whichever face they come by."""

import hashlib
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import msgspec

from mtd.core.orders.mapping import Mapping
from mtd.core.orders.purchase_order import PurchaseOrder
from mtd.core.process.trigger import Hastened, Retried, Stopped, Trigger
from mtd.runtime.app import App
from mtd.runtime.engine.sending import CANCEL_REQUESTED, STAGE_ERROR
from mtd.runtime.operations.chronicle import Chapter, chronicle
from mtd.runtime.receiving import Receiving
from mtd.runtime.together import Together
from mtd.store.arriving.arrival import ForInstance, Published, Receipt
from mtd.store.operations import census
from mtd.store.operations.census import Backlog, Health
from mtd.store.orders import incidents, orders, trace
from mtd.store.orders.incidents import Incident
from mtd.store.orders.orders import Order
from mtd.store.orders.trace import Standing
from mtd.store.people import clients

REST = "rest"
OTHER = "other"
"""What messages are counted as whose name no setting knows."""
ARRIVALS_MAX = 2_000
"""Arrivals that may wait their turn; beyond that the sender is told to come back."""
UUID_LENGTH, UUID_DASHES = 36, 4
_ENCODER = msgspec.json.Encoder(decimal_format="number")


class NotFound(Exception):
    """There is no such order, task or file."""


class Conflict(Exception):
    """It cannot be done as things stand; the message says how they stand."""


class Operations:
    """Every act and question of the doors, for one tenant."""

    def __init__(
        self, app: App, tenant: int, receiving: Receiving, mappings: Sequence[Mapping] = ()
    ) -> None:
        self.app = app
        self.tenant = tenant
        self.mappings = tuple(mappings)
        """The dialects of the stores' order XML."""
        self._receiving = receiving
        self._door = Together(app.store.deliver, queue_max=ARRIVALS_MAX)
        self._lifetimes = app.lifetimes()

    # -- orders ----------------------------------------------------------------------------

    async def place(
        self,
        order: PurchaseOrder,
        source: str,
        message_id: str | None,
        order_id: str | None = None,
    ) -> Receipt:
        """Take an order in. Raises receiving.Unroutable, and sessions.Unavailable.

        `order_id`: see `Receiving.arrival`.
        """
        arrival = self._receiving.arrival(order, source, message_id, order_id)
        with self.app.meters.handling("door.enqueue"):
            return await self._door.ask(arrival)

    async def order(self, name: str) -> Order:
        """The order with this id, or key. Raises NotFound."""
        async with self.app.store.window(self.tenant) as connection:
            if "/" in name:
                found = await orders.by_key(connection, self.tenant, name)
            elif len(name) == UUID_LENGTH and name.count("-") == UUID_DASHES:
                found = await orders.by_id(connection, self.tenant, name)
            else:
                blind = self.app.vault.blind(self.tenant, "external_id", name)
                found = next(iter(await orders.by_digest(connection, self.tenant, blind)), None)
        if found is None:
            raise NotFound(f"there is no order {name!r}")
        return found

    async def orders(self, below: str | None, limit: int, **filters: str | None) -> list[Order]:
        """A page of orders, newest first."""
        async with self.app.store.window(self.tenant) as connection:
            return await orders.page(connection, self.tenant, below=below, limit=limit, **filters)

    async def instance(self, id_: str) -> Standing:
        """An instance, also one that carries no order. Raises NotFound."""
        async with self.app.store.window(self.tenant) as connection:
            found = await trace.instance(connection, self.tenant, id_)
        if found is None:
            raise NotFound(f"there is no instance {id_!r}")
        return found

    async def trace(self, id_: str, after: int = 0) -> list[Chapter]:
        """What happened to an instance, or to an order by its id, in order; a page."""
        async with self.app.store.window(self.tenant) as connection:
            traced = await trace.trace(connection, self.tenant, id_, after)
            # Asked afterwards: it may have begun since it was looked up.
            begun = await trace.instance(connection, self.tenant, id_)
        if not traced or begun is None:
            return []
        return chronicle(await self.app.library.definition(self.tenant, begun.definition), traced)

    async def incidents(self, order: Order) -> list[Incident]:
        """Every incident that the order had."""
        async with self.app.store.window(self.tenant) as connection:
            return await incidents.of(connection, self.tenant, order.id)

    async def report_error(self, order: Order, error: dict[str, Any], message_id: str) -> Receipt:
        """A stage of the order failed, says somebody outside (REQ-60)."""
        return await self.publish(STAGE_ERROR, order.key, error, message_id, ttl_s=0.0)

    async def retry(
        self,
        order: Order,
        incident: int | None,
        variables: dict[str, Any],
        actor: str,
        reason: str,
    ) -> Receipt:
        """Try again what failed, with corrections if need be."""
        now = self.app.clock.now()
        trigger = Retried(
            at=now, incident=incident, variables=variables, actor=actor, reason=reason
        )
        return await self.let(order.id, trigger, self._receiving.new_id())

    async def hasten(self, order: Order, wait: int | None, actor: str, reason: str) -> Receipt:
        """Make now the attempt of a wait that is put off, or of all (None)."""
        trigger = Hastened(at=self.app.clock.now(), wait=wait, actor=actor, reason=reason)
        return await self.let(order.id, trigger, self._receiving.new_id())

    async def cancel(self, order: Order, actor: str, reason: str) -> Receipt:
        """Ask the order's process to cancel; refused where it does not listen any more."""
        payload = {"cancelled_by": actor, "cancel_reason": reason}
        message_id = f"{order.id}:{self._receiving.new_id()}"
        return await self.publish(CANCEL_REQUESTED, order.key, payload, message_id, ttl_s=0.0)

    async def stop(self, order: Order, actor: str, reason: str) -> Receipt:
        """End the order's process where it stands, undoing nothing."""
        trigger = Stopped(at=self.app.clock.now(), actor=actor, reason=reason)
        return await self.let(order.id, trigger, self._receiving.new_id())

    async def is_over(self, instance: str) -> bool:
        """Whether the process of an order has come to its end."""
        async with self.app.store.window(self.tenant) as connection:
            return await trace.is_over(connection, self.tenant, instance)

    def new_id(self) -> str:
        """A fresh UUIDv7."""
        return self._receiving.new_id()

    # -- messages --------------------------------------------------------------------------

    async def publish(
        self,
        name: str,
        key: str | None,
        payload: dict[str, Any],
        message_id: str,
        ttl_s: float | None = None,
        source: str = REST,
    ) -> Receipt:
        """A message for whoever awaits `key`, or a signal for all who listen (key None)."""
        field = self.app.settings.message_key.get(name)
        if field is not None and payload.get(field) is not None:
            key = str(payload[field])
        receipt = await self._door.ask(
            Published(
                tenant=self.tenant,
                id=self._receiving.new_id(),
                name=name,
                key=key,
                payload=_ENCODER.encode(payload),
                ttl_s=self._lifetimes.of_s(name) if ttl_s is None else ttl_s,
                broadcast=name in self.app.settings.message_broadcast,
                source=source,
                message_id=message_id,
            )
        )
        known = name if name in self.app.settings.message_ttl else OTHER
        self.app.meters.messages.labels(known, type(receipt).__name__.lower()).inc()
        return receipt

    # -- operation -------------------------------------------------------------------------

    async def client(self, key: str) -> str | None:
        """The name of the client whose API key it is; None: it opens nothing."""
        async with self.app.store.window(self.tenant) as connection:
            found = await clients.by_key(connection, self.tenant, key_hash(key))
        return None if found is None else found.name

    async def health(self) -> Health:
        """Whether the database answers, and who works."""
        async with self.app.store.window(self.tenant) as connection:
            return await census.health(connection)

    async def backlog(self) -> Backlog:
        """What waits to be done."""
        async with self.app.store.window(self.tenant) as connection:
            return await census.backlog(connection, self.tenant)

    async def counts(self) -> dict[str, dict[str, int]]:
        """Orders by state; files by their own state, those that became orders by the order's."""
        async with self.app.store.window(self.tenant) as connection:
            found = await census.orders(connection, self.tenant)
            return {"orders": found, "files": await census.files_by_state(connection, self.tenant)}

    async def let(self, instance: str, trigger: Trigger, message_id: str) -> Receipt:
        """`trigger` comes in by the door, for an instance."""
        return await self._door.ask(
            ForInstance(
                tenant=self.tenant,
                id=self._receiving.new_id(),
                instance=instance,
                trigger=_ENCODER.encode(trigger),
                source=REST,
                message_id=message_id,
            )
        )


def key_hash(key: str) -> bytes:
    """How an API key is remembered."""
    return hashlib.sha256(key.encode()).digest()


def amounts(payload: bytes) -> Any:
    """JSON whose numbers keep every digit."""
    return msgspec.json.Decoder(float_hook=Decimal).decode(payload)
