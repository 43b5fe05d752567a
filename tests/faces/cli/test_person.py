"""`mtd person erase`: what it would take, why it may not, and that it did."""

import asyncio
import getpass
import json
import os
from collections.abc import AsyncGenerator
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio

from mtd.core.orders.purchase_order import PurchaseOrder
from mtd.runtime.app import open_app
from mtd.runtime.database import URL
from mtd.runtime.receiving import Receiving
from mtd.runtime.settings.parts import Route
from mtd.runtime.settings.settings import Settings
from tests.conftest import Server
from tests.core.orders.examples import plain_order
from tests.faces.cli.standing import Commands

SETTINGS = Settings(customer="test", processes=[], routes=[Route(process="sale")], stores={})
ENDED = (
    "INSERT INTO instance (tenant_id, id, slot, state, definition, key)"
    " SELECT 1, id, 0, 'COMPLETED', 'sale@1', '' FROM purchase_order"
)


class Place:
    def __init__(self, dsn: str, home: Path, admin: str, order: PurchaseOrder) -> None:
        self.dsn = dsn
        self.home = home
        self.admin = admin
        self.order = order

    async def end(self) -> None:
        """The order's process is over."""
        admin = await asyncpg.connect(self.admin)
        await admin.execute(ENDED)
        await admin.close()


@pytest_asyncio.fixture
async def place(server: Server, tmp_path: Path) -> AsyncGenerator[Place]:
    async with server.database() as dsn:
        app = await open_app(SETTINGS, tmp_path, dsn)
        receiving = Receiving(
            tenant=1, settings=app.settings, vault=app.vault, latest=lambda _: "sale@1",
            now=app.clock.now, chance=os.urandom,
        )  # fmt: skip
        order = plain_order()
        await app.store.deliver([receiving.arrival(order, "test", None)])
        await app.close()
        yield Place(dsn, tmp_path, server.admin(dsn), order)


@pytest.fixture
def mtd(
    place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Commands:
    monkeypatch.setenv("MTD_HOME", str(place.home))
    monkeypatch.setenv(URL, place.dsn)
    return Commands(capsys)


def test_it_is_said_before_it_is_done_and_recorded(mtd: Commands, place: Place) -> None:
    key = place.order.key
    erase = ("person", "erase", "--order", place.order.external_id)
    would = mtd(*erase, "--preview", code=1).out
    assert "would erase what 1 keys open" in would and f"{key} (RECEIVED)" in would
    assert f"{key} (RECEIVED)" in mtd(*erase, "--reason", "lo pide quien compró", code=1).err
    asyncio.run(place.end())
    assert "it cannot be done" not in mtd(*erase, "--preview").out
    assert "a reason is needed" in mtd(*erase, code=1).err
    assert "names the person" in mtd(*erase, "--reason", "Ana Peña lo pide", code=1).err
    took = json.loads(mtd(*erase, "--reason", "lo pide quien compró", "--json").out)
    assert (took["keys"], took["orders"], took["done"]) == (1, [key], True)
    assert "erased what 0 keys open" in mtd(*erase, "--reason", "otra vez").out
    told = mtd("audit", "list", "--what", "person.erase").out.splitlines()
    entries = [json.loads(line) for line in told]
    assert [one["reason"] for one in entries] == ["otra vez", "lo pide quien compró"]
    assert {one["actor"] for one in entries} == {f"{getpass.getuser()} (command line)"}
    assert "no order" in mtd("person", "erase", "--order", "none", "--reason", "x", code=1).err
