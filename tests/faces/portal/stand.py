"""The stand: a whole MTD with things to do in it, and the portal beside it as the real command."""

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Coroutine, Generator
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from mtd.core.orders.purchase_order import Channel, Payment, PaymentMethod, PurchaseOrder, Totals
from mtd.runtime.alerts.watching import Watching
from mtd.runtime.app import TENANT, App
from mtd.runtime.bulk.executing import carry_out
from mtd.runtime.counts.reading import keep_counting
from mtd.runtime.desk.people.accounts import Accounts, By
from mtd.store.counts import figures
from tests.conftest import Server
from tests.core.orders.examples import plain_line
from tests.processes.shop import ROOT, Shop, an_order, open_shop

WORLD = Path(__file__).with_name("world")
READY_S = 20.0
STORES = ("paris", "umbrale", "carters")
BROKEN = """<?xml version="1.0"?>
<orden>
  <numero>PW-9{n}</numero>
  <total>12
</orden>
"""
PASSWORD = "una clave de prueba"
PEOPLE: dict[str, tuple[str, tuple[str, ...], tuple[str, ...] | None]] = {
    "sofia": ("Sofía Soto", ("supervisor",), None),
    "pedro": ("Pedro Pérez", ("supervisor",), None),
    "ana": ("Ana Araya", ("agent",), ("paris",)),
    "ines": ("Inés Ibarra", ("auditor",), None),
    "olga": ("Olga Ortiz", ("process_owner",), None),
    "adan": ("Adán Álvarez", ("administrator",), None),
}
"""Name, roles and stores, by login."""

T = TypeVar("T")


class Stand:
    """A running MTD, its portal, and what is in it."""

    def __init__(self, loop: asyncio.AbstractEventLoop, shop: Shop, url: str) -> None:
        self._loop = loop
        self.shop = shop
        self.url = url
        self.known: dict[str, PurchaseOrder] = {}

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something in the shop."""
        return self.begin(work).result(60)

    def begin(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Have something done meanwhile."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)


@contextmanager
def standing(server: Server, home: Path) -> Generator[Stand]:
    """Everything runs and is filled, for as long as this is open."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    port = free_port()
    often = {"MTD__INTAKE__SCAN": "PT0.2S"}
    opening = open_shop(server, home, "counter", often, intake=True, places=(WORLD, ROOT))

    def run(work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, loop).result(90)

    shop = run(opening.__aenter__())
    try:
        run(add_people(shop.app))
        stopping = run(_bulk(shop.app))
        with _portal(shop.app, home, port) as url:
            stand = Stand(loop, shop, url)
            run(_filled(stand))
            yield stand
        loop.call_soon_threadsafe(stopping.set)
    finally:
        run(opening.__aexit__(None, None, None))  # pyright: ignore[reportArgumentType]
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@contextmanager
def portal_apart(app: App, home: Path) -> Generator[str]:
    """A portal on a database of its own, which has nobody but the stand's people."""
    with _portal(app, home, free_port()) as url:
        yield url


@contextmanager
def portal_beside(
    stand: Stand, folder: Path, customer: str, port: int, more: dict[str, str]
) -> Generator[str]:
    """Another portal on the stand's database, whose customer's file says `customer`."""
    (folder / "customers").mkdir()
    for path in (WORLD / "customers").iterdir():
        shutil.copy(path, folder / "customers" / path.name)
    (folder / "customers" / "beside.toml").write_text(customer, encoding="utf-8")
    app = stand.shop.app
    with _portal(app, app.home, port, folder, "beside", more) as url:
        yield url


@contextmanager
def _portal(
    app: App,
    home: Path,
    port: int,
    folder: Path = WORLD,
    customer: str = "counter",
    more: dict[str, str] | None = None,
) -> Generator[str]:
    """The real command, on the shop's database."""
    command = [sys.executable, "-m", "mtd", "up", "--only", "portal", "--customer", customer]
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "src"),
        "MTD_HOME": str(home),
        "MTD_DATABASE_URL": app.store.dsn,
        "MTD__PORTAL__PORT": str(port),
        **(more or {}),
    }
    place = (home if more is None else folder) / "portal.log"
    with place.open("wb") as log:
        child = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + READY_S
        while True:
            assert child.poll() is None, place.read_text()
            try:
                urllib.request.urlopen(f"{url}/sign-in", timeout=2).close()
                break
            except (urllib.error.URLError, OSError):
                assert time.monotonic() < until, place.read_text()
                time.sleep(0.1)
        yield url
    finally:
        child.terminate()
        child.wait(20)
    said = place.read_text()
    assert "a page failed" not in said, said


async def _bulk(app: App) -> asyncio.Event:
    """Bulk actions are carried out, and the journal counted, until this is set."""
    stopping = asyncio.Event()
    _CARRYING.append(asyncio.create_task(carry_out(app, TENANT, stopping)))
    _CARRYING.append(asyncio.create_task(keep_counting(app, stopping)))
    return stopping


_CARRYING: list[asyncio.Task[None]] = []


async def add_people(app: App) -> None:
    """The stand's people."""
    accounts = Accounts(app)
    for login, (name, roles, stores) in PEOPLE.items():
        await accounts.add(login, name, PASSWORD, roles, stores, By(actor="test"))


async def _filled(stand: Stand) -> None:
    """Orders that went well, some in trouble of each kind, work for people, and files that wait."""
    shop = stand.shop
    for n in range(12):
        await _placed(stand, f"well-{n}", store=STORES[n % 3])
    for n in range(3):
        # No answer from the warehouse, whatever the attempt: an incident with its evidence.
        order = sale(store=STORES[n % 2])
        shop.script("eom", "error", order.key, "reserve", times=20)
        await _placed(stand, f"unreserved-{n}", order)
    for n in range(3):
        await _placed(stand, f"unlimited-{n}", sale(store=STORES[n % 3]))
    for n in range(6):
        await _placed(stand, f"authorize-{n}", sale(store=STORES[n % 2], amount=90_000))
    folder = shop.app.home / shop.app.settings.intake.folder / "CL" / "paris" / "ecommerce"
    folder.mkdir(parents=True, exist_ok=True)
    for n in range(3):
        body = (
            f'<?xml version="1.0"?>\n<orden>\n  <numero>PW-9{n}</numero>\n  <total>12\n</orden>\n'
        )
        (folder / f"roto-{n}.xml").write_text(body, encoding="utf-8")
    await _settled(stand)


async def _placed(stand: Stand, name: str, order: PurchaseOrder | None = None, **more: Any) -> None:
    stand.known[name] = order or an_order(**more)
    await stand.shop.place(stand.known[name])


def sale(*, store: str = "paris", amount: int = 19_900) -> PurchaseOrder:
    """A telephone sale of this amount in pesos."""
    promised = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=5)
    return an_order(channel=Channel.PHONE, store=store, promised_at=promised, **_worth(amount))


def _worth(amount: int) -> dict[str, Any]:
    total = Decimal(amount)
    net = round(total / Decimal("1.19"))
    line = plain_line(unit_price=(total + 100) / 2)
    totals = Totals(net=Decimal(net), tax=total - net, discounts=Decimal(100), grand_total=total)
    payments = (Payment(method=PaymentMethod.CARD, amount=total),)
    return {"lines": (line,), "totals": totals, "payments": payments}


async def _settled(stand: Stand) -> None:
    """Until each stands where it is to stay."""
    shop = stand.shop
    for name, order in stand.known.items():
        match name.partition("-")[0]:
            case "well":
                await shop.ended(order.key)
            case "unreserved" | "unlimited":
                await shop.soon(partial(_troubled, shop, order.key), name, partial(_told, shop))
            case _:
                await shop.task(order.key, "Autorizar venta")

    async def waiting() -> bool:
        return len(await shop.get("/waiting")) >= 3

    await shop.soon(waiting, "files that wait", partial(_told, shop))
    settled_at = datetime.now(UTC)

    async def counted() -> bool:
        async with shop.app.store.door(TENANT) as connection:
            read_at = await figures.read_at(connection)
        return read_at is not None and read_at > settled_at

    await shop.soon(counted, "the journal is counted", partial(_told, shop))
    watching = Watching(shop.app, TENANT)
    assert await watching.look()
    await watching.close()


async def _told(shop: Shop) -> Any:
    return await shop.get("/counts")


async def _troubled(shop: Shop, key: str) -> bool:
    return bool(await shop.get(f"/orders/{key}/incidents"))


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
