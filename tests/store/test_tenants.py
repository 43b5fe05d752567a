"""Tenants: a door sees one tenant's rows or nothing at all, in every table."""

from datetime import datetime

import asyncpg
import pytest

from mtd.core.process.effect import Subscription, UserTask
from mtd.core.tax.document import DocumentKey
from mtd.store import switches
from mtd.store.arriving import intake
from mtd.store.deployed import beginnings, definitions, facts
from mtd.store.deployed.beginnings import Schedule, Starter
from mtd.store.engine.collecting import collect
from mtd.store.engine.folio_blocks import Series, reserve
from mtd.store.engine.turned import Attempted
from mtd.store.engine.worker import Worker
from mtd.store.operations import breakers, bulk, pauses
from mtd.store.orders import corrections, kept, orders
from mtd.store.people import clients
from mtd.store.reports import letters
from mtd.store.server import soundness
from mtd.store.sessions import DOOR, Connection, Session
from mtd.store.store import Store
from mtd.store.tax import buyers, folios
from tests.store.folk import fill_people
from tests.store.making import (
    a_message,
    a_start,
    an_order,
    begun,
    count,
    new_id,
    troubled,
    written,
)
from tests.store.orders.test_corrections import a_correction
from tests.store.papers import DAY, ISSUER, NOON, a_document, a_range, fill_papers, kept_with
from tests.store.raised import fill_alerts
from tests.store.tallies import fill_tallies


async def _tables(admin: Session) -> set[str]:
    rows = await admin.fetch(
        "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
        " WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace"
        " AND a.attname = 'tenant_id'"
    )
    return {row[0] for row in rows}


async def test_every_tenants_table_is_walled_and_begins_with_the_tenant(admin: Session) -> None:
    rows = await admin.fetch(
        "SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity AS walled,"
        " (SELECT attname FROM pg_attribute a WHERE a.attrelid = c.oid AND attnum = 1) AS first,"
        " (SELECT a.attname FROM pg_index i JOIN pg_attribute a"
        "   ON a.attrelid = c.oid AND a.attnum = i.indkey[0]"
        "   WHERE i.indrelid = c.oid AND i.indisprimary) AS key,"
        " EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid) AS policed"
        " FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace"
    )
    walled = {row[0] for row in rows if row["walled"] and row["policed"]}
    tenants = await _tables(admin)
    assert tenants == walled
    for row in rows:
        if row[0] in tenants:
            assert (row["first"], row["key"]) == ("tenant_id", "tenant_id"), row[0]


async def test_the_roles_are_no_owners_and_bypass_nothing(admin: Session) -> None:
    rows = await admin.fetch(
        "SELECT rolname FROM pg_roles WHERE rolname LIKE 'mtd_%'"
        " AND NOT rolsuper AND NOT rolbypassrls AND NOT rolcanlogin"
    )
    assert {row[0] for row in rows} == {"mtd_door", "mtd_engine"}
    owned = "relowner IN (SELECT oid FROM pg_roles WHERE rolname LIKE 'mtd_%')"
    assert await count(admin, "pg_class", owned) == 0


async def test_a_tenant_sees_its_own_and_nothing_else(
    store: Store, worker: Worker, admin: Session
) -> None:
    await admin.fetch("INSERT INTO tenant VALUES (2, 'another')")
    for tenant in (1, 2):
        await _fill(store, worker, tenant)
    tables = sorted(await _tables(admin))
    for table in tables:
        if table == "suspect":
            continue  # the engine's alone
        assert await count(admin, table, "tenant_id = 1"), table
        assert await count(admin, table, "tenant_id = 2"), table
        if table == "snapshot":
            continue
        async with store.door(2) as connection:
            rows = await connection.fetch(f"SELECT DISTINCT tenant_id FROM {table}")
            assert [row[0] for row in rows] == [2], table


async def test_without_a_tenant_there_is_nothing(
    store: Store, worker: Worker, database: str, admin: Session
) -> None:
    await _fill(store, worker, 1)
    session = Session(database, DOOR)
    for table in sorted(await _tables(admin) - {"suspect", "snapshot"}):
        assert await count(session, table) == 0, table
    await session.close()


async def test_nothing_leaks_from_one_transaction_to_the_next(database: str) -> None:
    store = await Store.open(database, door_connections_max=1)
    await store.deliver([an_order("A-1")])
    async with store.door(2) as connection:
        assert not await orders.page(connection, 1)
    async with store.door(1) as connection:
        assert len(await orders.page(connection, 1)) == 1
    async with (
        store._sessions.one() as session,  # pyright: ignore[reportPrivateUsage]
        session.use() as connection,
    ):
        assert (await connection.fetch("SELECT count(*) FROM purchase_order"))[0][0] == 0
        assert (await connection.fetch("SELECT current_user"))[0][0] == "mtd_door"
    await store.close()


async def test_a_tenant_cannot_write_for_another(store: Store) -> None:
    order = an_order("A-1")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with store.door(2) as connection:
            await connection.execute(
                "INSERT INTO seen (tenant_id, source, message_id, id, hash)"
                " VALUES (1, 'x', 'y', $1, '')",
                order.id,
            )


async def _fill(store: Store, worker: Worker, tenant: int) -> None:
    """At least one row of this tenant in each of its tables."""
    order = an_order("A-1", keys=(b"key",), message_id="m", tenant=tenant)
    await store.deliver([order, a_start(tenant)])
    await store.deliver([an_order("A-1", b"changed", tenant=tenant)])
    async with store.door(tenant) as connection:
        nightly = Schedule(
            name="nightly", version=1, element="start", label="start", missed="one",
            next_at=order.placed_at, times_left=None,
        )  # fmt: skip
        sold = Starter(element="sold", event="Sold", is_signal=False)
        begun_by = [sold, Starter(element="talk", event="Talk", is_signal=False, gathers=True)]
        await beginnings.register(connection, tenant, "nightly", 1, [nightly], begun_by)
        await facts.register(connection, tenant, "nightly", 1, ["hot"])
        await facts.change(connection, tenant, {"degrees": b"31"}, "me")
    await store.deliver(
        [
            a_message("Early", "A-1", tenant=tenant),
            a_message("Talk", "A-1", tenant=tenant),
            a_message("Unheard", "A-1", tenant=tenant, ttl_s=0.0),
        ]
    )
    incoming = [i for i in (await collect(worker, 1000)).incoming if i.instance == order.id]
    evidence = Attempted(
        seq=1, wait=1, visit="1", attempt=1, service="s", at=incoming[0].at, took_ms=1, outcome="ok"
    )
    first = begun(
        incoming[0],
        Subscription("Paid", "A-1"),
        UserTask("Revisar", "agent"),
        attempts=[evidence],
        snapshot=True,
    )
    await written(worker, [first])
    stuck = troubled(first.after, tenant=tenant)
    await written(worker, [stuck])
    drawing = definitions.Source(format="p.bpmn", drawing=b"<x/>", bindings=b"{}")
    deployment = definitions.Deployment(name="p", tag="", digest=b"digest", source=drawing)
    model = definitions.Model(name="r.dmn", tag="", digest=b"digest", source=b"<x/>")
    async with store.door(tenant) as connection:
        await definitions.deploy(connection, tenant, [deployment], "me")
        await definitions.deploy_models(connection, tenant, [model], "me")
        content = await orders.content(connection, tenant, order.id)
        assert content is not None
        pdf = kept_with(content)
        assert await kept.keep(connection, [pdf, pdf]) == [True, True]
        assert len(await kept.of_order(connection, tenant, order.id)) == 1
        assert await corrections.keep(connection, tenant, content, a_correction())
        await bulk.add(connection, tenant, *_a_bulk(order.id), ruling_id=new_id())
        await _fill_stands(connection, tenant, incoming[0].at)
        await clients.add(connection, tenant, new_id(), "client", bytes(32))
        file = intake.NewFile(
            id=new_id(), source="folder", path="a.xml", hash=bytes(32), size_bytes=1, archive="a"
        )
        await intake.register(connection, tenant, [file])
        (claimed,) = await intake.claim(connection, tenant, 1)
        failed = intake.Failed(id=claimed.id, attempt=1, message="no", retry_s=0.0)
        await intake.fail(connection, tenant, [failed])
        (claimed,) = await intake.claim(connection, tenant, 1)
        gone = intake.Settled(id=claimed.id, attempt=2, state="WAITING", cause="XML_INVALID")
        await intake.settle(connection, tenant, [gone])
        await intake.push(connection, tenant, [claimed.id], actor="me", reason="again")
    await _fill_taxes(store, worker, tenant)
    await fill_alerts(store, tenant)
    await fill_people(store, tenant)
    async with worker.asking.use() as connection:
        await fill_tallies(connection, tenant)


async def _fill_stands(connection: Connection, tenant: int, at: datetime) -> None:
    await pauses.begin(connection, tenant, [_a_pause(tenant, at)])
    await breakers.close(connection, tenant, "eom", actor="me", reason="again")


async def _fill_taxes(store: Store, worker: Worker, tenant: int) -> None:
    async with store.door(tenant) as connection:
        await letters.add(connection, tenant, DAY, {"jefe": b"{}"}, NOON)
        await folios.open_range(connection, tenant, a_range(1, 10, expires_on=DAY), "me")
        await folios.open_range(connection, tenant, a_range(11, 20), "me")
        await folios.give_up_expired(connection, tenant, DAY, "me", "expired")
        signs = folios.NewCertificate(
            id=new_id(), issuer=ISSUER, holder="12345678-5", not_before=NOON, not_after=NOON,
            fingerprint=bytes(32), sealed=b"sealed",
        )  # fmt: skip
        assert await folios.certify(connection, tenant, signs, "me")
        assert not await folios.certify(connection, tenant, signs, "me")
    series = Series(tenant=tenant, issuer=ISSUER, type_code="39")
    await reserve(worker.asking, worker.id, series, environment="simulated", day=DAY, size=1)
    await store.deliver([start := a_start(tenant)])
    incoming = [i for i in (await collect(worker, 1000)).incoming if i.instance == start.id]
    await written(worker, [begun(incoming[0], issued=[a_document(11)])])
    envelope = new_id()
    await worker.asking.fetch(
        "INSERT INTO envelope (tenant_id, id, documents, issuer, channel, state, hash, sealed)"
        " VALUES ($1, $2, 1, $3, 'boleta', 'MADE', '', '')",
        *(tenant, envelope, ISSUER),
    )
    await worker.asking.fetch(
        "INSERT INTO envelope_member VALUES ($1, 1, 11, $2, '39', '', '')", tenant, envelope
    )
    await worker.asking.fetch(
        "INSERT INTO envelope_answer (tenant_id, n, envelope_id, operation, content)"
        " VALUES ($1, 1, $2, 'upload', '')",
        *(tenant, envelope),
    )
    invoice = DocumentKey(tenant=tenant, issuer=ISSUER, type_code="33", folio=1)
    said = ("ERM", "27-11-2026 12:00:00", "12345678-5", "Otorga recibo")
    awaited = buyers.Awaited(name="BuyerClaimed", order="", codes=frozenset())
    async with worker.asking.use() as connection:
        assert len(await buyers.heard(connection, worker.id, invoice, [said], awaited)) == 1
        assert not await buyers.heard(connection, worker.id, invoice, [said], awaited)
    await fill_papers(store, worker, tenant)


async def test_connectors_can_be_paused(store: Store) -> None:
    async with store.door(1) as connection:
        assert (await switches.standing(connection)).paused is None
        await switches.pause(connection, "restored")
        assert (await switches.standing(connection)).paused == "restored"
        await switches.release(connection)
        assert (await switches.standing(connection)).paused is None
        assert await switches.tenants(connection) == {1: "default"}


async def test_a_sound_database_leaves_no_doubts(store: Store, admin: Session) -> None:
    async with store.door(1) as connection:
        assert await soundness.doubts(connection) == []
        await connection.execute("SET LOCAL synchronous_commit = off")
        assert len(await soundness.doubts(connection)) == 1
    await admin.fetch("ALTER TABLE incident NO FORCE ROW LEVEL SECURITY")
    async with store.door(1) as connection:
        (doubt,) = await soundness.doubts(connection)
        assert "incident" in doubt
    async with admin.use() as connection:
        assert any("postgres" in doubt for doubt in await soundness.doubts(connection))


def _a_bulk(order: str) -> tuple[bulk.New, list[bulk.NewItem]]:
    """A retry of one order."""
    new = bulk.New(
        id=new_id(),
        again_of=None,
        action="retry",
        name="again",
        actor="me",
        reason="again",
        rate_per_s=1.0,
        arguments=b"{}",
        scope=b"{}",
    )
    item = bulk.NewItem(n=0, target=order, key="A-1", state="PENDING", stood=b"{}", said="")
    return new, [item]


def _a_pause(tenant: int, at: datetime) -> pauses.Pause:
    return pauses.Pause(
        tenant=tenant,
        id=new_id(),
        kind="store",
        name="paris",
        label="Paris",
        at=at,
        actor="me",
        reason="stocktaking",
    )
