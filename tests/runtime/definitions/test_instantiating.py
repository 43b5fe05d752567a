"""Instances that begin at a receive task or behind an event-based gateway, on a real database."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import asyncpg
import msgspec
import pytest

from mtd.core.process.trigger import Stopped
from mtd.runtime.definitions.packing import File
from mtd.store.arriving.arrival import Accepted, ForInstance, Published, Receipt
from tests.conftest import Server
from tests.core.process.drawn import NAMESPACE, chain
from tests.runtime.works import PERSON, Works
from tests.store.making import new_id

PATIENCE_S = 20.0
BLOCKED = (
    "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)
MESSAGE = "<messageEventDefinition/>"
RECEIVING = (
    '<receiveTask id="hear" name="Pedido" instantiate="true"/><userTask id="review" name="review"/>'
    + chain("hear", "review")
)


def behind(kind: str) -> str:
    """A gateway that begins the process by either of two messages, or by both; then a person."""
    events = "".join(
        f'<intermediateCatchEvent id="{id_}" name="{name}">{MESSAGE}</intermediateCatchEvent>'
        for id_, name in (("a", "Pago"), ("b", "Guia"))
    )
    join = "parallelGateway" if kind == "Parallel" else "exclusiveGateway"
    return (
        f'<eventBasedGateway id="g" instantiate="true" eventGatewayType="{kind}"/>{events}'
        f'<{join} id="j"/><userTask id="review" name="review"/>'
        + "".join(chain("g", id_, "j") for id_ in "ab")
        + chain("j", "review")
    )


def drawn(body: str, more: str = "") -> list[File]:
    inside = f'<process id="p">{body}</process>{more}'
    text = f'<definitions xmlns="{NAMESPACE}" targetNamespace="t">{inside}</definitions>'
    return [File("p.bpmn", text.encode()), File("p.toml", PERSON.encode())]


async def publish(
    works: Works, name: str, key: str | None, message_id: str = "", **payload: Any
) -> Receipt:
    id_ = new_id()
    message = Published(
        tenant=1, id=id_, name=name, key=key, payload=msgspec.json.encode(payload), ttl_s=0.0,
        source="test", message_id=message_id or id_,
    )  # fmt: skip
    (receipt,) = await works.app.store.deliver([message])
    return receipt


async def running(works: Works, count: int = 1) -> list[str]:
    """The instances, by their keys, once that many have a person's task open."""
    await works.rows("SELECT 1 FROM user_task WHERE closed_at IS NULL HAVING count(*) = $1", count)
    rows = await works.rows("SELECT key FROM instance ORDER BY key")
    return [row["key"] for row in rows]


async def test_a_receive_task_begins_its_process_and_has_received(works: Works) -> None:
    await works.deploy(*drawn(RECEIVING))
    assert isinstance(await publish(works, "Pedido", "K-1", n=1), Accepted)
    assert await running(works) == ["K-1"]
    (row,) = await works.rows("SELECT payload FROM journal")
    assert b'"n":1' in row["payload"]
    assert isinstance(await publish(works, "Pedido", "K-2"), Accepted)
    assert await running(works, 2) == ["K-1", "K-2"], "each message begins one"


async def test_of_an_exclusive_gateway_one_event_is_all(works: Works) -> None:
    await works.deploy(*drawn(behind("Exclusive")))
    await publish(works, "Guia", "K-1")
    assert await running(works) == ["K-1"]
    (row,) = await works.rows("SELECT count(*) FROM subscription")
    assert row[0] == 0, "the other one is not awaited"
    await publish(works, "Pago", "K-1")
    assert await running(works, 2) == ["K-1", "K-1"], "it begins another instance"


@pytest.mark.parametrize("names", [("Pago", "Guia"), ("Guia", "Pago")])
async def test_of_a_parallel_gateway_each_event_is_awaited(
    works: Works, names: tuple[str, str]
) -> None:
    await works.deploy(*drawn(behind("Parallel")))
    first, other = names
    await publish(works, first, "K-1")
    await works.rows("SELECT 1 FROM subscription WHERE name = $1 AND key = 'K-1'", other)
    (row,) = await works.rows("SELECT count(*) FROM user_task")
    assert row[0] == 0
    await publish(works, other, "K-2")
    await works.rows("SELECT 1 FROM subscription WHERE name = $1 AND key = 'K-2'", first)
    await publish(works, other, "K-1")
    assert await running(works) == ["K-1", "K-2"]


async def test_messages_of_one_conversation_that_nobody_has_taken_yet_begin_one(
    works: Works,
) -> None:
    """They come while no worker looks: one begins the instance, the others wait for it."""
    await works.deploy(*drawn(behind("Parallel")))
    keys = [f"K-{n}" for n in range(5)]
    await asyncio.gather(*(publish(works, name, key) for key in keys for name in ("Pago", "Guia")))
    assert await running(works, len(keys)) == keys
    (row,) = await works.rows("SELECT count(*) FROM message")
    assert row[0] == 0


async def test_a_message_that_looked_before_the_first_was_taken_begins_no_second(
    works: Works, server: Server, database: str
) -> None:
    """Its statement began while nobody awaited it, and goes on when the other one's is taken."""
    await works.deploy(*drawn(behind("Parallel")))
    other = await asyncpg.connect(server.admin(database))
    try:
        held = other.transaction()
        await held.start()
        await other.execute(
            "INSERT INTO seen (tenant_id, source, message_id, id, hash)"
            " VALUES (1, 'test', 'late', gen_random_uuid(), '')"
        )
        late = asyncio.create_task(publish(works, "Guia", "K-1", message_id="late"))
        async with asyncio.timeout(PATIENCE_S):
            while not await other.fetch(BLOCKED):  # noqa: ASYNC110 nothing tells of it
                await asyncio.sleep(0.02)
        await publish(works, "Pago", "K-1")
        await works.rows("SELECT 1 FROM subscription WHERE name = 'Guia'")
        await held.rollback()
    finally:
        await other.close()
    assert isinstance(await late, Accepted)
    assert await running(works) == ["K-1"]
    await works.rows("SELECT 1 FROM message HAVING count(*) = 0")
    await works.rows("SELECT 1 FROM conversation HAVING count(*) = 0")


async def test_a_conversation_that_is_over_or_stopped_makes_room_for_the_next(works: Works) -> None:
    await works.deploy(*drawn(behind("Parallel")))
    for count in (1, 2):
        await publish(works, "Pago", "K-1")
        await publish(works, "Guia", "K-1")
        assert await running(works, count) == ["K-1"] * count
    await publish(works, "Pago", "K-1")
    (row,) = await works.rows("SELECT instance_id::text AS id FROM subscription")
    id_ = new_id()
    stop = Stopped(at=datetime.now(UTC), actor="ana", reason="no longer")
    arrival = ForInstance(
        tenant=1, id=id_, instance=row["id"], trigger=msgspec.json.encode(stop), source="test",
        message_id=id_,
    )  # fmt: skip
    await works.app.store.deliver([arrival])
    await works.rows("SELECT 1 FROM conversation HAVING count(*) = 0")
    await publish(works, "Guia", "K-1")
    (row,) = await works.rows("SELECT name FROM subscription")
    assert row["name"] == "Pago"


SENDER = (
    '<process id="q"><startEvent id="s"/><intermediateThrowEvent id="t1" name="Pago">'
    f'{MESSAGE}</intermediateThrowEvent><endEvent id="t2" name="Guia">{MESSAGE}</endEvent>'
    + chain("s", "t1", "t2")
    + "</process>"
)


async def test_an_instance_sends_both_in_one_commit_and_begins_one(works: Works) -> None:
    await works.deploy(*drawn(behind("Parallel"), SENDER))
    sender = await works.start("q@1")
    assert await running(works) == [sender, sender], "the sender's, and the one that it began"
    await works.rows("SELECT 1 FROM instance WHERE definition = 'q@1' AND state = 'COMPLETED'")


SIGNAL = '<signal id="sig" name="Alarma"/>'
THROWER = (
    '<startEvent id="s"/><subProcess id="h" triggeredByEvent="true"><startEvent id="hs" '
    'isInterrupting="false"><signalEventDefinition signalRef="sig"/></startEvent>'
    '<userTask id="review" name="review"/>'
    + chain("hs", "review")
    + '</subProcess><intermediateCatchEvent id="go" name="Ya"><messageEventDefinition/>'
    '</intermediateCatchEvent><endEvent id="e"><signalEventDefinition signalRef="sig"/></endEvent>'
    + chain("s", "go", "e")
)


async def test_a_signal_reaches_all_others_and_its_thrower_once(works: Works) -> None:
    await works.deploy(*drawn(THROWER, SIGNAL))
    thrower, other = [await works.start("p@1") for _ in range(2)]
    await works.rows("SELECT 1 FROM subscription WHERE name = 'Ya' HAVING count(*) = 2")
    await publish(works, "Ya", thrower)
    await works.rows("SELECT 1 FROM user_task HAVING count(*) = 2")
    await works.rows("SELECT 1 FROM inbox HAVING count(*) = 0")
    rows = await works.rows(
        "SELECT instance_id::text AS i, count(*) AS n FROM user_task GROUP BY 1"
    )
    assert {row["i"]: row["n"] for row in rows} == {thrower: 1, other: 1}
    (row,) = await works.rows(
        "SELECT count(*) FROM journal WHERE instance_id = $1 AND kind = 'received'", thrower
    )
    assert row[0] == 1, "what it throws it has heard in the same step, and not once more"
