"""Receiving: an order becomes an arrival; one function for folder, queue and REST (I9)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from mtd.core.orders.facts import KeyKind, facts, keys
from mtd.core.orders.pricing import outliers
from mtd.core.orders.purchase_order import PurchaseOrder
from mtd.core.process.trigger import Start
from mtd.core.time.calendars import CALENDAR
from mtd.runtime.settings.alerts import price_bands
from mtd.runtime.settings.settings import Settings
from mtd.runtime.vault import Vault
from mtd.store.arriving.arrival import NewOrder
from mtd.store.ids import uuid7

_ENCODER = msgspec.json.Encoder(decimal_format="number")
CHANCE_BYTES = 10
PRICE_OUTLIERS = "price_outliers"
"""The variable that counts lines whose price is out of its band, where bands are set."""


class Unroutable(Exception):
    """No process of this customer takes orders of this country, store and channel."""


class Receiving:
    """Makes arrivals of orders."""

    def __init__(
        self,
        *,
        tenant: int,
        settings: Settings,
        vault: Vault,
        latest: Callable[[str], str],
        now: Callable[[], datetime],
        chance: Callable[[int], bytes],
    ) -> None:
        self._tenant = tenant
        self._settings = settings
        self._vault = vault
        self._latest = latest
        """The `name@version` that new instances of a definition take."""
        self._now = now
        self._chance = chance
        self._bands = price_bands(settings.alerts)

    def new_id(self) -> str:
        """A fresh UUIDv7."""
        return uuid7(self._now(), self._chance(CHANCE_BYTES))

    def arrival(
        self,
        order: PurchaseOrder,
        source: str,
        message_id: str | None,
        order_id: str | None = None,
    ) -> NewOrder:
        """`order` as it goes to the door. Raises Unroutable.

        `order_id`: the UUIDv7 it is to have. Who may have to deliver again gives the same one,
        and is then told that it was accepted instead of that it is a duplicate of itself.
        """
        id_ = order_id or self.new_id()
        start = Start(at=self._now(), variables=facts(order) | self._around(order))
        return NewOrder(
            tenant=self._tenant,
            id=id_,
            country=order.country,
            store=order.store,
            channel=order.channel.value,
            external_id=order.external_id,
            branch=order.branch,
            currency=order.currency.value,
            amount=order.totals.grand_total,
            placed_at=order.placed_at,
            promised_at=order.promised_at,
            buyer_document=order.buyer_document.kind.value,
            content=self._vault.seal(self._tenant, id_, self.new_id(), order),
            keys=tuple(
                self._vault.blind(self._tenant, key.kind.value, key.value)
                for key in keys(order)
                if key.kind is not KeyKind.ORDER_KEY  # its columns have an index already
            ),
            definition=self._latest(self._route(order)),
            trigger=_ENCODER.encode(start),
            source=source,
            message_id=message_id,
        )

    def _around(self, order: PurchaseOrder) -> dict[str, Any]:
        """What the customer's settings say of it: its calendar, and prices out of their bands."""
        if not self._bands:
            return self._calendar(order.store)
        found = sum(1 for _ in outliers(order, self._bands, None))
        return {**self._calendar(order.store), PRICE_OUTLIERS: found}

    def _calendar(self, store: str) -> dict[str, str]:
        """The store's own calendar, where it has one; else the country's counts."""
        own = self._settings.stores[store].calendar if store in self._settings.stores else None
        return {} if own is None else {CALENDAR: own}

    def _route(self, order: PurchaseOrder) -> str:
        where = (order.country, order.store, order.channel.value)
        for route in self._settings.routes:
            if route.fits(*where):
                return route.process
        raise Unroutable(f"no route takes orders of {'/'.join(where)}")
