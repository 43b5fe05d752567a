"""People of the portal, a row in each of their tables."""

from mtd.store.arriving import discards
from mtd.store.deployed import releases
from mtd.store.orders import dossier
from mtd.store.people import audit, people, views
from mtd.store.people.audit import NewEntry
from mtd.store.people.views import View
from mtd.store.store import Store
from tests.store.making import new_id


async def fill_people(store: Store, tenant: int) -> None:
    """An account, its role, its session, a failure, a view, a release, and what was done."""
    account = new_id()
    async with store.door(tenant) as connection:
        await connection.execute(
            "INSERT INTO role VALUES ($1, 'agent', 'orders.see') ON CONFLICT DO NOTHING", tenant
        )
        await people.add(
            connection, tenant, account, login="ana", name="Ana", secret="", roles="agent",
            stores=None,
        )  # fmt: skip
        await people.begin(connection, tenant, bytes(32), account, "127.0.0.1", "a browser")
        await people.failed(connection, tenant, new_id(), "ana", "127.0.0.1")
        view = View(id=new_id(), account=account, shared=False, name="Mine", query="state=CLOSED")
        await views.add(connection, tenant, "orders", view)
        entry = NewEntry(id=new_id(), actor="ana", origin="", action="x", subject="")
        await audit.add(connection, tenant, entry)
        await audit.head(connection, tenant)
        await dossier.remark(connection, tenant, new_id(), new_id(), "Ana", "hello")
        await discards.ask(connection, tenant, new_id(), new_id(), "ana", "why")
        await releases.ask(connection, tenant, new_id(), "ana", "p.bpmn", "why", b"\x90")
