"""A day: incidents by when they began, and documents by where they stand."""

from datetime import UTC, datetime, timedelta

from mtd.store.engine.worker import Worker
from mtd.store.reports.day import causes, unsettled
from mtd.store.sessions import Session
from mtd.store.store import Store
from tests.store.making import an_order, new_id

NOON = datetime(2026, 11, 27, 15, tzinfo=UTC)
DAY = (NOON - timedelta(hours=12), NOON + timedelta(hours=12))


async def _fails(
    store: Store,
    admin: Session,
    at: datetime,
    *,
    settled: bool = False,
    times: int = 1,
    of: str = "paris",
) -> None:
    """An order whose token got stuck so often at that time."""
    id_ = new_id()
    await store.deliver([an_order(f"A-{id_}", id=id_, store=of)])
    for n in range(times):
        await admin.fetch(
            "INSERT INTO incident VALUES (1, $1, $2, $3, $4, 'Task_1', 'IN_DOUBT', 'x')",
            n, at, at if settled else None, id_,
        )  # fmt: skip


async def test_causes_are_of_incidents_that_began_on_the_day(store: Store, admin: Session) -> None:
    await _fails(store, admin, NOON, times=2)
    await _fails(store, admin, DAY[0], settled=True)
    await _fails(store, admin, DAY[1])
    await _fails(store, admin, DAY[0] - timedelta(seconds=1))
    await _fails(store, admin, NOON, of="umbrale")
    async with store.door(1) as connection:
        (every,) = await causes(connection, 1, *DAY, None)
        (one,) = await causes(connection, 1, *DAY, ("umbrale",))
        assert not await causes(connection, 1, *DAY, ("other",))
    assert (every.code, every.element) == ("IN_DOUBT", "Task_1")
    assert (every.orders, every.incidents, every.open) == (3, 4, 2)
    assert (one.orders, one.open) == (1, 1)


async def test_documents_are_unsettled_until_the_authority_said_its_last_word(
    store: Store, worker: Worker, admin: Session
) -> None:
    for folio, state in enumerate(("SIGNED", "SIGNED", "SENT", "ACCEPTED"), 1):
        await admin.fetch(
            "INSERT INTO tax_document (tenant_id, folio, issued_at, changed_at, handed_at,"
            " instance_id, total, issuer, type_code, series, effect, provider, currency, state)"
            " VALUES (1, $1, $2, $2, $2, $3, 1, '7-6', '39', '', 'e', 'cl.native', 'CLP', $4)",
            folio, NOON + timedelta(seconds=folio), new_id(), state,
        )  # fmt: skip
    for n, state in enumerate(("MADE", "UNKNOWN", "SENT", "CLOSED")):
        await admin.fetch(
            "INSERT INTO envelope (tenant_id, documents, made_at, id, issuer, channel, state, hash,"
            " sealed) VALUES (1, $1, $2, $3, '7-6', 'dte', $4, '', '')",
            10**n, NOON - timedelta(hours=n), new_id(), state,
        )  # fmt: skip
    async with store.door(1) as connection:
        found = {one.stage: one for one in await unsettled(connection, 1)}
    assert (found["unanswered"].documents, found["unanswered"].since) == (
        100, NOON - timedelta(hours=2),
    )  # fmt: skip
    assert (found["unsent"].documents, found["unsent"].since) == (13, NOON - timedelta(hours=1))
