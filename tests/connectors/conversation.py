"""A town of simulated systems and the wires to it: what the connectors are tested against."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import aiohttp
import msgspec

from mtd.connectors import CONNECTORS
from mtd.connectors.contract import Attempt
from mtd.connectors.settings import LegacySettings
from mtd.connectors.wire import Mailroom, Wire, Wires
from mtd.core.orders.purchase_order import Payment, PaymentMethod, PurchaseOrder
from mtd.core.process.outcome import Answer
from mtd.simulators.settings import TownSettings
from mtd.simulators.town import Running, serve
from tests.core.orders.examples import plain_order

TIMEOUT_S = 1.0
PASSWORD = "a-password-nobody-may-see"
TOKEN = "a-token-nobody-may-see"
ENVIRONMENT = {"PAPERLESS_LOGIN": "mtd", "PAPERLESS_PASSWORD": PASSWORD, "TOKEN": TOKEN}
ISSUER = {
    "tax_id": "76111111-6",
    "login": "env:PAPERLESS_LOGIN",
    "password": "env:PAPERLESS_PASSWORD",
}
OPTIONS: dict[str, dict[str, Any]] = {
    "paperless": {"issuers": {"default": ISSUER}},
    "mail": {
        "senders": {"default": {"address": "no-responder@paris.example", "name": "París"}},
        "staff": {"supervisor": "jefe@paris.example"},
    },
}
PATHS = {"paperless": "/axis2/services/Online", "salessupport": "/services/SalesSupport"}


def today() -> datetime:
    return datetime.now(UTC)


def legacy_of(urls: dict[str, str], **changes: Any) -> dict[str, LegacySettings]:
    """Settings for every system of the town, with a short timeout and `changes` to all."""
    return {
        name: msgspec.convert(
            {
                "base_url": url + PATHS.get(name, ""),
                "timeout_s": TIMEOUT_S,
                "options": OPTIONS.get(name, {}),
                **changes,
            },
            LegacySettings,
        )
        for name, url in urls.items()
        if name != "objectstore"
    }


def an_order(**changes: Any) -> PurchaseOrder:
    return plain_order(**{"placed_at": today(), **changes})


def with_gift_card() -> PurchaseOrder:
    order = an_order()
    total = order.totals.grand_total
    card = Payment(method=PaymentMethod.GIFT_CARD, amount=total, instrument="GC-7788990011")
    return msgspec.structs.replace(order, payments=(card,))


class Conversation:
    """Calls connectors and controls the systems that they call."""

    def __init__(self, town: Running, wires: Wires, session: aiohttp.ClientSession) -> None:
        self.town = town
        self.wires = wires
        self._session = session

    async def call(
        self,
        name: str,
        order: PurchaseOrder | None = None,
        *,
        key: str = "i:e:1",
        sent_before: bool = False,
        room: Mailroom | None = None,
        **inputs: Any,
    ) -> Answer:
        answer, _ = await self.wired(
            name, order, key=key, sent_before=sent_before, room=room, **inputs
        )
        return answer

    async def wired(
        self,
        name: str,
        order: PurchaseOrder | None = None,
        *,
        key: str = "i:e:1",
        sent_before: bool = False,
        room: Mailroom | None = None,
        **inputs: Any,
    ) -> tuple[Answer, Wire]:
        wire = self.wires.wire(name.partition(".")[0])
        wire.mailroom = room
        attempt = Attempt(
            key=key,
            order=an_order() if order is None else order,
            inputs=inputs,
            number=2 if sent_before else 1,
            sent_before=sent_before,
        )
        return await CONNECTORS[name].run(attempt, wire), wire

    async def control(self, name: str, /, **command: Any) -> None:
        url = f"{self.town.control_url}/{name}/__control"
        async with self._session.post(url, json=command) as answer:
            assert answer.status == 200, await answer.text()

    async def befall(self, name: str, *faults: str) -> None:
        await self.control(name, script=[{"fault": fault} for fault in faults])

    def outcomes(self, name: str) -> list[str]:
        return [str(entry.outcome) for entry in self.town.stations[name].ledger.entries]

    def effects(self, name: str) -> int:
        return len(self.town.stations[name].ledger.effects())


@asynccontextmanager
async def conversation(
    town: dict[str, Any] | None = None, **changes: Any
) -> AsyncGenerator[Conversation]:
    quiet = {"latency_scale": 0, "time_scale": 0, "default_faults": False, "run": "t"}
    settings = msgspec.convert({**quiet, **(town or {})}, TownSettings)
    running = await serve(settings)
    wires = Wires(legacy_of(running.urls, **changes), environment=ENVIRONMENT, now=today)
    async with aiohttp.ClientSession() as session:
        try:
            yield Conversation(running, wires, session)
        finally:
            await wires.close()
            await running.close()
