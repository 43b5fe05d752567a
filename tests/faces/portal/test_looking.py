"""A list that finds few among very many says how far it looked, and goes on from there."""

import asyncio
import threading
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Browser, expect

from mtd.runtime.app import TENANT, App, open_app
from mtd.runtime.desk.orders.looking import LOOKED_MAX
from mtd.runtime.settings.settings import load
from mtd.store.counts import history
from mtd.store.counts.history import History
from mtd.store.sessions import Session
from tests.conftest import Server
from tests.faces.portal.browser import visiting
from tests.faces.portal.stand import WORLD, Stand, add_people, portal_apart
from tests.processes.shop import ROOT

ORDERS = LOOKED_MAX + 5_000
RARE = "H-77"
"""So old that the first look does not come to it."""
PATIENCE_S = 30.0


def test_a_rare_order_among_very_many_is_found_by_looking_on(
    browser: Browser, stand: Stand, server: Server, short_folder: Path
) -> None:
    opening = _crowded(server, short_folder)
    app, admin = stand.run(opening.__aenter__())
    try:
        with (
            portal_apart(app, short_folder) as url,
            visiting(browser, url, timezone_id="America/Santiago") as visitor,
        ):
            page = visitor.sign_in("sofia", "/orders")
            held = threading.Event()
            looked = stand.begin(_hold_up(admin, held))
            assert held.wait(PATIENCE_S)
            page.goto("/orders?store=rare")
            looked.result(PATIENCE_S)
            main = page.locator("main")
            expect(main).to_contain_text("Se buscó hasta las recibidas el ")
            assert page.locator("tbody tr").count() == 0
            assert not visitor.faults()
            visitor.shot("looked_1440")
            page.get_by_role("link", name="Seguir buscando").click()
            expect(page.locator("tbody tr")).to_have_count(1)
            expect(page.locator("tbody tr")).to_contain_text(RARE)
            expect(main).not_to_contain_text("Se buscó hasta")
            expect(main).to_contain_text("1 órdenes")
    finally:
        stand.run(opening.__aexit__(None, None, None))


@asynccontextmanager
async def _crowded(server: Server, home: Path) -> AsyncGenerator[tuple[App, Session]]:
    """More orders than are looked at once, one of the oldest of a store of its own."""
    settings = load("counter", {}, [WORLD / "customers", ROOT / "customers"])
    async with server.database() as dsn:
        app = await open_app(settings, home, dsn)
        admin = Session(server.admin(dsn), {})
        made = History(
            tenant=TENANT, total=ORDERS, running=0, straggler=ORDERS + 1, until=app.clock.now(),
            every=timedelta(minutes=5), definition="", elements=(), zone="UTC",
        )  # fmt: skip
        async with app.store.door(TENANT) as connection:
            await history.orders(connection, made, 1, ORDERS)
        async with admin.use() as connection:
            rare = f"UPDATE purchase_order SET store = 'rare' WHERE external_id = '{RARE}'"
            await connection.execute(rare)
            await connection.execute("ANALYZE purchase_order")
        await add_people(app)
        yield app, admin
        await admin.close()
        await app.close()


async def _hold_up(admin: Session, held: threading.Event) -> None:
    """Keep the orders to oneself until a look through all of them was given up, on any machine.

    `held`: set once nobody else reads them.
    """
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE"
    until_s = time.monotonic() + PATIENCE_S
    async with admin.use() as connection, connection.transaction():
        await connection.execute("LOCK TABLE purchase_order IN ACCESS EXCLUSIVE MODE")
        held.set()
        while not (await connection.fetch(f"{waiting} '%OFFSET%'"))[0]["count"]:
            assert time.monotonic() < until_s, "never"
            await asyncio.sleep(0.01)
            await connection.fetch("SELECT pg_stat_clear_snapshot()")
