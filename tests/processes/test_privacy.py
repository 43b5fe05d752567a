"""Personal data: in clear nowhere but in memory, and gone for good with the person's key.

A sale goes its whole way, is claimed and credited; then everything that lies on disk is read: the
database as a backup has it, and the files beside it.
"""

import asyncio
import subprocess
from base64 import b64encode
from collections.abc import AsyncGenerator, Iterator
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio
from msgspec.structs import replace

from mtd.core.orders.purchase_order import (
    Address,
    BuyerDocument,
    Customer,
    DocumentKind,
    PurchaseOrder,
    Shipment,
    ShipmentMethod,
)
from mtd.runtime.app import TENANT
from mtd.runtime.tax.post.counter import ENVELOPE
from mtd.store.orders import orders
from mtd.store.server.backup import backup
from mtd.store.server.postgres.programs import clients
from tests.conftest import Server
from tests.processes.shop import Shop, open_shop
from tests.processes.test_scenarios_native import LATE, PARIS, a_sale, documents

pytestmark = pytest.mark.asyncio(loop_scope="module")
PERSON = {
    "name": "Zoraida Quiñimil Ancavil",
    "mail": "zoraida.quinimil@correo.example",
    "phone": "987651234",
    "tax id": "15234876",
    "street": "Pasaje Rayén Küyen 4077",
}
"""What must be nowhere; none of it is in any other order."""
TAX_ID = "15234876-2"
KEPT = "SELECT DISTINCT key_id FROM kept_document WHERE name LIKE 'dte-%'"
PLANT = (
    "INSERT INTO message (tenant_id, id, expires_at, name, key, payload)"
    " VALUES (1, gen_random_uuid(), now() + interval '1 day', 'Planted', 'nobody', $1)"
)
LONG = timedelta(days=365 * 7)
"""Longer than tax documents are kept by law."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def fd(server: Server, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Shop]:
    home = tmp_path_factory.mktemp("personal")
    opening = open_shop(server, home, customer="fd_demo", settings=LATE, native=True)
    async with opening as opened:
        await opened.command("pos", open=True)
        yield opened


def spelt(word: str) -> Iterator[bytes]:
    """A word as files may have it: in both encodings, in hexadecimal, escaped, in Base64."""
    for text in {word, word.upper(), word.casefold()}:
        yield text.encode("unicode_escape")
        for raw in {text.encode(), text.encode("iso-8859-1")}:
            yield from (raw, raw.hex().encode())
            for before in range(3):
                yield b64encode(bytes(before) + raw)[4:-4]


def told(content: bytes, place: str) -> list[str]:
    """What of the person stands there in clear."""
    return [f"{what} in {place}" for what, word in PERSON.items() if any(
        one in content for one in spelt(word)
    )]  # fmt: skip


async def everything(shop: Shop) -> dict[str, bytes]:
    """All that lies on disk, by place: the database as text, and each file of ours."""
    home = shop.app.home
    kept = await backup(shop.app.store.dsn, home / "all.dump")
    async with shop.app.store.door(TENANT) as connection:
        (row,) = await connection.fetch("SHOW server_version_num")
    program = [clients(int(row[0]) // 10_000) / "pg_restore", "--file=-", kept.path]
    restored = await asyncio.to_thread(subprocess.run, program, capture_output=True, check=True)
    kept.path.unlink()
    files = {str(path): path.read_bytes() for path in home.rglob("*") if path.is_file()}
    return files | {"the database": restored.stdout}


def her_sale() -> PurchaseOrder:
    """A sale of hers; an invoice, as who has a business of her own gets one."""
    address = Address(street=PERSON["street"], commune="Ñuñoa", city="Santiago", region="RM")
    customer = Customer(
        name=PERSON["name"], tax_id=TAX_ID, email=PERSON["mail"], phone=f"+56{PERSON['phone']}"
    )
    document = BuyerDocument(
        kind=DocumentKind.INVOICE, tax_id=TAX_ID, legal_name=PERSON["name"],
        business_line="Tejidos", address=address,
    )  # fmt: skip
    shipment = Shipment(method=ShipmentMethod.HOME_DELIVERY, address=address)
    return a_sale(customer=customer, buyer_document=document, shipment=shipment)


async def sold(fd: Shop) -> str:
    """A sale of hers that went its whole way, was claimed and partly credited; its key."""
    sale = her_sale()
    fd.silence("logistics", sale.key)
    key = await fd.place(sale)
    await fd.until_effect("mail", key, "send")
    [(code, _, folio, _)] = await documents(fd, key)
    said = {"issuer": PARIS, "code": code, "folio": folio, "event": "RFP"}
    await fd.command("sii_registry", **said)
    await fd.do(key, "Resolver reclamo", decision="Con nota", claim_amount=2_000)
    fd.listen("logistics", key)
    await fd.tell("LogisticsEvent", await fd.variable(key, "shipment_id"), status="READY")
    assert await fd.ended(key) == "CLOSED"
    return key


async def erased(fd: Shop, key: str) -> int:
    """How many of her keys are gone once she is erased."""
    order = (await fd.order(key))["id"]
    async with fd.app.store.door(TENANT) as connection:
        (row,) = await connection.fetch(
            "SELECT DISTINCT person FROM order_payload WHERE order_id = $1", order
        )
        return await orders.erase(connection, TENANT, row["person"])


async def test_a_person_is_in_clear_nowhere_and_gone_when_the_law_lets_her_go(
    fd: Shop, server: Server
) -> None:
    other = await fd.place(replace(her_sale(), country="AR"))
    assert await fd.ended(other) == "CANCELLED"
    key = await sold(fd)
    admin = await asyncpg.connect(server.admin(fd.app.store.dsn))
    try:
        before = await everything(fd)
        assert b"CREATE TABLE public.tax_document" in before["the database"]
        found = [one for place, content in before.items() for one in told(content, place)]
        assert found == []
        keys = await admin.fetch("SELECT key_id, wrapped FROM person_key")
        documents_of = {row["key_id"] for row in await admin.fetch(KEPT)}
        assert 0 < len(documents_of) < len(keys)
        # The law keeps what opens her tax documents; all else of hers goes at once.
        assert await erased(fd, key) == len(keys) - len(documents_of)
        assert (await fd.get(f"/orders/{key}/documents")) != []
        await admin.execute("UPDATE tax_document SET issued_at = issued_at - $1::interval", LONG)
        assert await erased(fd, key) == len(documents_of)
        # No key of hers lies anywhere else, and nothing that another key opens tells of her.
        after = await everything(fd)
        wrapped = [row["wrapped"].hex().encode() for row in keys]
        assert all(one in before["the database"] for one in wrapped)
        assert not [one for one in wrapped if one in after["the database"]]
        rows = await admin.fetch("SELECT id::text, sealed FROM envelope WHERE sealed <> ''")
        opened = [fd.app.vault.open_secret(TENANT, ENVELOPE, *row) for row in rows]
        assert [one for content in opened for one in told(content, "an envelope")] == []
    finally:
        await admin.close()


async def test_what_lies_there_in_clear_is_seen(fd: Shop, server: Server) -> None:
    """The eye of the test above: each thing of hers, in each of the places."""
    admin = await asyncpg.connect(server.admin(fd.app.store.dsn))
    planted = str(fd.app.home / "planted.log")
    try:
        for what, word in PERSON.items():
            await admin.execute("DELETE FROM message WHERE name = 'Planted'")
            await admin.execute(PLANT, f'{{"x": "{word}"}}'.encode())
            Path(planted).write_text(word.upper(), encoding="iso-8859-1")
            for place, content in (await everything(fd)).items():
                seen = told(content, place)
                assert (f"{what} in {place}" in seen) == (place in ("the database", planted)), place
    finally:
        await admin.execute("DELETE FROM message WHERE name = 'Planted'")
        await admin.close()
        Path(planted).unlink()
