"""Alerts for the store's tests: a row in each of their tables."""

from datetime import UTC, datetime, timedelta

from mtd.store.alerts import alerts, notices, sightings
from mtd.store.alerts.alerts import Alert, Event
from mtd.store.alerts.notices import NewNotice
from mtd.store.counts import tallying
from mtd.store.store import Store
from tests.store.making import new_id

NOW = datetime(2026, 11, 27, 15, tzinfo=UTC)


def an_alert(id_: str, **more: object) -> Alert:
    """One that has just been opened."""
    usual: dict[str, object] = {
        "id": id_, "rule": "waiting", "scope": "", "severity": "warning", "affected": 1,
        "events": 1, "began_at": NOW, "opened_at": NOW, "last_at": NOW, "observed": 1.0,
        "bound": 0.0, "content": b"{}",
    }  # fmt: skip
    return Alert(**(usual | more))  # pyright: ignore[reportArgumentType]


async def fill_alerts(store: Store, tenant: int) -> None:
    """An alert with what happened to it, who is told, a rule, a reading, and what was counted."""
    id_ = new_id()
    async with store.door(tenant) as connection:
        assert await alerts.hold(connection, tenant, NOW)
        event = Event(n=1, at=NOW, kind="OPENED")
        await alerts.write(connection, tenant, [an_alert(id_)], [(id_, event)])
        notice = NewNotice(alert=id_, n=1, recipient="ops", made_at=NOW, due_at=NOW, content=b"{}")
        await notices.add(connection, tenant, [notice])
        await alerts.put_rule(connection, tenant, "waiting", b"{}", "ana")
        await sightings.read(connection, tenant, NOW, [("stuck", "", 1.0)])
        await alerts.looked(connection, tenant, NOW)
    session = tallying.reader(store.dsn)
    assert await tallying.count(session, [], NOW - timedelta(days=10_000))
    await session.close()
