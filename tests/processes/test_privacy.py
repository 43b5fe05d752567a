"""Personal data: in clear nowhere but in memory, and gone for good with the person's key.

A sale goes its whole way, is claimed and credited; then everything that lies on disk is read: the
database as a backup has it, and the files beside it.
"""

import asyncio
import subprocess
from base64 import b64encode
from collections.abc import AsyncGenerator, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

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
from mtd.core.tax.countries.cl.verifying import Schemas, verify
from mtd.core.tax.keeping import KEPT_YEARS
from mtd.faces.cli.starting import operations_of
from mtd.runtime.app import TENANT
from mtd.runtime.desk.desk import Desk
from mtd.runtime.desk.erasing import erasing
from mtd.runtime.desk.erasing.erasing import Erasure
from mtd.runtime.desk.orders.dossier import content_of, said
from mtd.runtime.desk.orders.finding import search
from mtd.runtime.desk.people.accounts import By
from mtd.runtime.rehearsal.furnishing import authority_of
from mtd.runtime.tax.post.counter import ENVELOPE
from mtd.store.orders import dossier
from mtd.store.orders.persons import ERASED
from mtd.store.server.backup import backup
from mtd.store.server.postgres.programs import clients
from tests.conftest import Server
from tests.processes.shop import Shop, open_shop
from tests.processes.test_scenarios_native import LATE, PARIS, a_sale, documents
from tests.runtime.desk.seats import somebody
from tests.store.making import new_id

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
BY = By(actor="sofia", reason="lo pide quien compró")
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


async def erased(fd: Shop, key: str) -> Erasure:
    """What erasing her took and left."""
    order = await (await operations_of(fd.app)).order(key)
    return await erasing.erase(fd.app, TENANT, order, BY)


async def test_a_person_is_in_clear_nowhere_and_gone_when_the_law_lets_her_go(
    fd: Shop, server: Server
) -> None:
    other = await fd.place(replace(her_sale(), country="AR"))
    assert await fd.ended(other) == "CANCELLED"
    key = await sold(fd)
    await remarked(fd, key)
    admin = await asyncpg.connect(server.admin(fd.app.store.dsn))
    try:
        before = await everything(fd)
        assert b"CREATE TABLE public.tax_document" in before["the database"]
        found = [one for place, content in before.items() for one in told(content, place)]
        assert found == ["name in the database"], "she is named by what somebody remarked, alone"
        keys = await admin.fetch("SELECT key_id, wrapped FROM person_key WHERE wrapped IS NOT NULL")
        documents_of = {row["key_id"] for row in await admin.fetch(KEPT)}
        assert 0 < len(documents_of) < len(keys)
        # The law keeps her tax documents, sealed with another key; all else of hers goes at once.
        took = await erased(fd, key)
        assert took.done and took.keys == len(keys) and set(took.orders) == {key, other}
        kinds = [one.number.partition("-")[0] for one in took.documents]
        assert sorted(kinds) == ["33", "52", "61"]
        years = datetime.now(ZoneInfo("America/Santiago")).year + KEPT_YEARS
        assert took.until is not None and took.until.year == years
        await nothing_fails(fd, key, took)
        after = await everything(fd)
        assert [one for place, content in after.items() for one in told(content, place)] == []
        # No key of hers lies anywhere else, and nothing that another key opens tells of her.
        wrapped = [row["wrapped"].hex().encode() for row in keys]
        assert all(one in before["the database"] for one in wrapped)
        assert not [one for one in wrapped if one in after["the database"]]
        rows = await admin.fetch("SELECT id::text, sealed FROM envelope WHERE sealed <> ''")
        opened = [fd.app.vault.open_secret(TENANT, ENVELOPE, *row) for row in rows]
        assert [one for content in opened for one in told(content, "an envelope")] == []
        # What stays opens nothing but those documents, and goes when their time is over.
        (law,) = await admin.fetch("SELECT * FROM person_key WHERE due_at IS NOT NULL")
        assert {row["key_id"] for row in await admin.fetch(KEPT)} == {law["key_id"]}
        await admin.execute("UPDATE tax_document SET issued_at = issued_at - $1::interval", LONG)
        later = await erased(fd, key)
        assert (later.keys, later.documents, later.until) == (1, (), None)
        assert await fd.get(f"/orders/{key}/documents") == []
        gone = (await everything(fd))["the database"]
        assert law["wrapped"].hex().encode() not in gone
    finally:
        await admin.close()


async def remarked(fd: Shop, key: str) -> None:
    """Somebody says her name where anybody may write what they like."""
    order = await fd.order(key)
    async with fd.app.store.door(TENANT) as connection:
        words = f"{PERSON['name']} llamó"
        await dossier.remark(connection, TENANT, new_id(), order["id"], "Ana", words)


async def nothing_fails(fd: Shop, key: str, took: Erasure) -> None:
    """Whatever is asked of her order is answered, and her tax documents are as good as ever."""
    for path in ("", "/trace", "/incidents", "/corrections"):
        await fd.get(f"/orders/{key}{path}")
    names = [one["name"] for one in await fd.get(f"/orders/{key}/documents")]
    assert sorted(names) == sorted(f"dte-{one.number}.xml" for one in took.documents)
    for one in took.documents:
        place = f"/tax-documents/{one.issuer.partition('-')[0]}-{one.number}"
        assert (await fd.get(place))["state"] == "ACCEPTED"
        async with fd.session.get(f"{place}/drawing") as answer:
            assert answer.status == 200 and (await answer.read()).startswith(b"%PDF")
        async with fd.session.get(f"/orders/{key}/document?name=dte-{one.number}.xml") as answer:
            content = await answer.read()
        assert not verify(content, authority_of(fd.app.home).keys, Schemas()).failed
    operations = await operations_of(fd.app)
    order = await operations.order(key)
    desk, anybody = Desk(operations), somebody("ines", "personal.see", "orders.see")
    assert await content_of(desk, anybody, order) is None
    assert [one.words for one in await said(desk, order)] == [ERASED]
    for word in (TAX_ID, PERSON["mail"], PERSON["phone"]):
        assert await search(desk, anybody, word) == []
    assert [one.id for one in await search(desk, anybody, order.external_id)] == [order.id]


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
