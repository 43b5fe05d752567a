"""A scene: an app on a real database with rules, and what a test lets happen before them."""

import os
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from mtd.connectors.settings import LegacySettings
from mtd.core.orders.purchase_order import PurchaseOrder
from mtd.runtime.alerts.watching import Watching
from mtd.runtime.app import App, open_app
from mtd.runtime.receiving import Receiving
from mtd.runtime.settings.alerts import AlertSettings, Recipient, Rule
from mtd.runtime.settings.parts import Route, StoreSettings
from mtd.runtime.settings.settings import Settings
from mtd.store.ids import uuid7
from mtd.store.sessions import Row, Session
from tests.runtime.tax.issuers import issuers
from tests.store.making import an_order, new_id

CALM = 0
STORES = {
    name: StoreSettings(name=name.title(), tax_id="76111111-6") for name in ("paris", "umbrale")
}


def a_rule(condition: Any, **more: Any) -> Rule:
    """A rule that closes as soon as its condition is over."""
    usual: dict[str, Any] = {"calm_s": CALM}
    return Rule(condition=condition, **(usual | more))


class Scene:
    """What a test sees and does."""

    def __init__(self, app: App, admin: Session) -> None:
        self.app = app
        self.admin = admin
        self.watching = Watching(app, 1)
        self.now = app.clock.now()

    async def look(self, after_s: float = 0.0) -> list[Row]:
        """So much later, by the app's clock too, rules are looked after; the alerts, in order."""
        self.now += timedelta(seconds=after_s)
        self.app.clock.set(self.now)
        await self.rows("UPDATE alert_watch SET due_at = '-infinity'")
        assert await self.watching.look(self.now)
        return await self.rows("SELECT * FROM alert ORDER BY id")

    async def fires(self, after_s: float = 0.0) -> list[Row]:
        """As `look`; the open ones."""
        return [row for row in await self.look(after_s) if row["closed_at"] is None]

    async def events(self) -> list[str]:
        """What happened to all alerts, in order."""
        rows = await self.rows("SELECT kind FROM alert_event ORDER BY alert_id, n")
        return [row["kind"] for row in rows]

    async def rows(self, sql: str, *args: Any) -> list[Row]:
        """What the cluster's superuser sees."""
        return await self.admin.fetch(sql, *args)

    async def waits(self) -> None:
        """A file could not be read and waits for a person."""
        id_ = new_id()
        await self.rows(
            "INSERT INTO intake_file (tenant_id, id, source, path, hash, size_bytes, archive,"
            " state) VALUES (1, $1, 'folder', $2, '', 1, 'a', 'WAITING')",
            id_,
            f"CL/paris/kiosk/{id_}.xml",
        )

    async def came(self, at: datetime, count: int = 1, **more: Any) -> list[str]:
        """Orders came at that time; their ids."""
        ids = [uuid7(at, n.to_bytes(10, "big")) for n in range(count)]
        arrivals = [an_order(f"A-{id_}", id=id_, **more) for id_ in ids]
        await self.app.store.deliver(arrivals)
        await self.rows(
            "UPDATE purchase_order SET received_at = $2 WHERE id = ANY($1::uuid[])", ids, at
        )
        return ids

    async def bought(self, order: PurchaseOrder) -> str:
        """An order came now, with its content; its id."""
        receiving = Receiving(
            tenant=1,
            settings=self.app.settings,
            vault=self.app.vault,
            latest=lambda _: "any@1",
            now=lambda: self.now,
            chance=os.urandom,
        )
        arrival = receiving.arrival(order, "test", None)
        await self.app.store.deliver([arrival])
        return arrival.id

    async def tried(
        self, at: datetime, service: str, outcome: str, count: int = 1, element: str = "t"
    ) -> None:
        """So many attempts came back, as a worker's turn writes them down."""
        for _ in range(count):
            instance = new_id()
            await self._turned(at, instance, "answered", element, b"[2,[1],[]]")
            await self._called(at, instance, service, outcome)

    async def heard(self, at: datetime, name: str, answered: str = "") -> None:
        """A message was let in by an instance, as a worker's turn writes it down.

        `answered`: a service whose failed attempt the same turn let in.
        """
        instance = new_id()
        payload = msgspec.json.encode([2, [1, name], []])
        await self._turned(at, instance, "received", "caught", payload)
        if answered:
            await self._called(at, instance, answered, "failed")

    async def _called(self, at: datetime, instance: str, service: str, outcome: str) -> None:
        await self.rows(
            "INSERT INTO call VALUES (1, 1, $2, 1, 1, 1, 0, $1, $3, $4, '', '')",
            instance, at, service, outcome,
        )  # fmt: skip

    async def _turned(
        self, at: datetime, instance: str, kind: str, element: str, payload: bytes
    ) -> None:
        await self.rows(
            "INSERT INTO instance (tenant_id, slot, id, wake_at, state, definition, key)"
            " VALUES (1, 0, $1, 'infinity', 'RUNNING', 'any@1', '')",
            instance,
        )
        await self.rows(
            "INSERT INTO journal VALUES (1, 1, $2, $1, $3, $4, $5)",
            instance, at, kind, element, payload,
        )  # fmt: skip
        await self.rows(
            "INSERT INTO turn VALUES ($1, coalesce((SELECT max(n) FROM turn), 0) + 1, $2, true,"
            " '{1}', ARRAY[$3::uuid], '{1}')",
            "00000000-0000-7000-8000-000000000001", at, instance,
        )  # fmt: skip


@asynccontextmanager
async def a_scene(
    dsn: str,
    admin_dsn: str,
    home: Path,
    rules: Mapping[str, Rule],
    *,
    recipients: Mapping[str, Recipient] | None = None,
    legacy: Mapping[str, LegacySettings] | None = None,
) -> AsyncGenerator[Scene]:
    """A scene with these rules, for as long as this is open."""
    settings = Settings(
        customer="test",
        processes=[],
        routes=[Route(process="any")],
        stores=STORES,
        issuers=issuers(["paris"]),
        legacy=dict(legacy or {}),
        alerts=AlertSettings(rules=dict(rules), recipients=dict(recipients or {})),
    )
    app = await open_app(settings, home, dsn)
    admin = Session(admin_dsn, {})
    scene = Scene(app, admin)
    try:
        yield scene
    finally:
        await scene.watching.close()
        await admin.close()
        await app.close()
