"""What the doors read and decide: orders, traces, tasks, incidents, files, definitions."""

import asyncio
from datetime import UTC, datetime

import pytest

from mtd.core.process.effect import UserTask
from mtd.core.process.journal import decode
from mtd.store.arriving import intake
from mtd.store.deployed import definitions
from mtd.store.engine.collecting import collect
from mtd.store.engine.turned import Attempted, Status
from mtd.store.engine.worker import Worker
from mtd.store.operations import census
from mtd.store.orders import incidents, orders, tasks
from mtd.store.orders.trace import trace
from mtd.store.people import clients
from mtd.store.sessions import Session
from mtd.store.store import Store
from tests.store.making import (
    a_message,
    an_order,
    begun,
    moved,
    new_id,
    parked,
    troubled,
    written,
)


async def test_orders_are_found_by_key_id_and_what_people_search_by(store: Store) -> None:
    order = an_order("PW/10/023", keys=(b"rut",))
    await store.deliver([order, an_order("PW-2")])
    async with store.door(1) as connection:
        by_key = await orders.by_key(connection, 1, order.key)
        assert by_key is not None
        assert (by_key.id, by_key.key, by_key.amount) == (order.id, order.key, order.amount)
        assert await orders.by_id(connection, 1, order.id) == by_key
        assert await orders.by_digest(connection, 1, b"rut") == [by_key]
        assert await orders.by_digest(connection, 1, b"other") == []
        assert await orders.by_key(connection, 1, "CL/paris") is None
        content = await orders.content(connection, 1, order.id)
        assert content is not None
        assert content.ciphertext == order.content.ciphertext


async def test_pages_of_orders_follow_each_other(store: Store, worker: Worker) -> None:
    await store.deliver(
        [an_order(f"A-{n}", store="carters" if n % 5 else "paris") for n in range(50)]
    )
    incoming = (await collect(worker, 100)).incoming
    await written(
        worker,
        [begun(i, status=Status(state="VALIDATED", reached=("VALIDATED",))) for i in incoming[:7]],
    )
    async with store.door(1) as connection:
        seen: list[str] = []
        below = None
        while page := await orders.page(connection, 1, below=below, limit=12):
            seen += [order.id for order in page]
            below = page[-1].id
        assert seen == sorted(seen, reverse=True)
        assert len(set(seen)) == 50
        assert len(await orders.page(connection, 1, state="VALIDATED")) == 7
        assert len(await orders.page(connection, 1, store="paris", country="CL")) == 10
        assert await census.orders(connection, 1) == {"RECEIVED": 43, "VALIDATED": 7}


async def test_the_trace_is_the_journal_with_its_evidence(store: Store, worker: Worker) -> None:
    instance = await parked(store, worker)
    attempts = [
        Attempted(
            seq=2,
            wait=2,
            visit="v1",
            attempt=n,
            service="dte.issue",
            at=datetime.now(UTC),
            took_ms=2.0,
            outcome="done",
            request=b"?",
            response=b"!",
        )
        for n in (1, 2)
    ]
    (instance,) = await written(worker, [moved(instance, attempts=attempts)])
    (instance,) = await written(worker, [moved(instance)])
    async with store.door(1) as connection:
        rows = await trace(connection, 1, instance.id)
        assert [row.entry.seq for row in rows] == [1, 2, 3]
        assert [len(row.attempts) for row in rows] == [0, 2, 0]
        assert rows[1].attempts == tuple(attempts)
        assert decode(rows[0].entry.payload).cause == ["start"]
        assert await trace(connection, 1, instance.id, after=2) == rows[2:]


async def test_of_a_hundred_who_claim_a_task_one_has_it(store: Store, worker: Worker) -> None:
    instance = await parked(store, worker, UserTask("Revisar", "agent", fields={"n": 1}))

    async def claim(person: str) -> bool:
        async with store.door(1) as connection:
            return await tasks.claim(connection, 1, instance.id, 2, person)

    got = await asyncio.gather(*(claim(f"p{n}") for n in range(100)))
    assert sum(got) == 1
    winner = f"p{got.index(True)}"
    assert await claim(winner)
    async with store.door(1) as connection:
        (task,) = await tasks.page(connection, 1, role="agent", assignee=winner)
        assert (task.instance, task.wait, task.state) == (instance.id, 2, "CLAIMED")
        assert task.fields == b'{"n":1}'
        assert not await tasks.delegate(connection, 1, instance.id, 2, "stranger", "friend")
        assert await tasks.delegate(connection, 1, instance.id, 2, winner, "friend")
        assert await tasks.unclaim(connection, 1, instance.id, 2, "friend")
        assert not await tasks.page(connection, 1, role="supervisor")
        assert not await tasks.page(connection, 1, after=task)
        assert [t.wait for t in await tasks.of(connection, 1, instance.id)] == [2]


async def test_incidents_and_what_nobody_took_are_shown(store: Store, worker: Worker) -> None:
    for n in range(5):
        instance = await parked(store, worker)
        await written(worker, [troubled(instance, f"no answer {n}")])
    await store.deliver([a_message("CancelRequested", "A-1", ttl_s=0.0)])
    async with store.door(1) as connection:
        first = await incidents.page(connection, 1, limit=3)
        rest = await incidents.page(connection, 1, after=first[-1])
        messages = [incident.message for incident in (*first, *rest)]
        assert sorted(messages) == [f"no answer {n}" for n in range(5)]
        assert not await incidents.page(connection, 1, code="STOCKOUT")
        assert len(await incidents.of(connection, 1, first[0].instance)) == 1
        (late,) = await incidents.undelivered(connection, 1)
        assert (late.name, late.reason) == ("CancelRequested", "NOBODY_AWAITS")
        backlog = await census.backlog(connection, 1)
        assert (backlog.incidents, backlog.undelivered, backlog.inbox) == (5, 1, 0)
        health = await census.health(connection)
        assert (health.workers, health.slots_free, health.connectors_paused) == (1, 0, False)


async def test_a_definition_is_a_new_version_only_when_it_changed(store: Store) -> None:
    async def deploy(drawing: bytes, tag: str = "", *, ever: bool = False) -> tuple[int, bool]:
        source = definitions.Source(format="p.bpmn", drawing=drawing, bindings=b"{}")
        one = definitions.Deployment(name="p", tag=tag, digest=drawing, source=source)
        async with store.door(1) as connection:
            (done,) = await definitions.deploy(connection, 1, [one], "me", ever=ever)
        return done.version, done.fresh

    assert await deploy(b"one") == (1, True)
    assert await deploy(b"one") == (1, False)
    assert await deploy(b"two") == (2, True)
    assert await deploy(b"one", ever=True) == (1, False)
    assert await deploy(b"one") == (3, True), "what is to be the latest again is a new version"
    assert await deploy(b"one", "released") == (4, True)
    assert await deploy(b"one") == (4, False), "without a tag, any will do"
    async with store.door(1) as connection:
        listed = await definitions.listing(connection, 1)
        assert [(one.kind, one.version, one.tag) for one in listed] == [
            ("process", 1, ""),
            ("process", 2, ""),
            ("process", 3, ""),
            ("process", 4, "released"),
        ]
        assert (await definitions.source(connection, 1, "p", 1)).drawing == b"one"
        with pytest.raises(definitions.Unknown):
            await definitions.source(connection, 1, "p", 9)


async def test_of_two_who_deploy_the_same_name_at_once_one_begins_anew(store: Store) -> None:
    async def deploy(content: bytes) -> int | None:
        model = definitions.Model(name="r.dmn", tag="", digest=content, source=content)
        try:
            async with store.door(1) as connection:
                (done,) = await definitions.deploy_models(connection, 1, [model], "me")
                await asyncio.sleep(0.05)
        except definitions.Overtaken:
            return None
        return done.version

    done = await asyncio.gather(*(deploy(b"%d" % n) for n in range(3)))
    assert sorted(done, key=str) == [1, None, None]
    async with store.door(1) as connection:
        assert await definitions.model(connection, 1, "r.dmn", 1) in {b"0", b"1", b"2"}


async def test_a_revoked_key_opens_nothing(store: Store) -> None:
    async with store.door(1) as connection:
        await clients.add(connection, 1, id_ := new_id(), "tester", bytes(32))
        client = await clients.by_key(connection, 1, bytes(32))
        assert client is not None
        assert client.name == "tester"
        assert await clients.revoke(connection, 1, id_)
        assert await clients.by_key(connection, 1, bytes(32)) is None
        assert len(await clients.listing(connection, 1)) == 1


def _file(path: str) -> intake.NewFile:
    return intake.NewFile(
        id=new_id(), source="folder", path=path, hash=bytes(32), size_bytes=9, archive="raw"
    )


async def test_ten_failed_deliveries_and_the_file_waits_until_pushed(store: Store) -> None:
    file = _file("a.xml")
    async with store.door(1) as connection:
        assert await intake.register(connection, 1, [file, _file("a.xml")]) == [file.id]
        for attempt in range(1, 11):
            (claimed,) = await intake.claim(connection, 1, 5)
            assert claimed.attempts == attempt
            failed = intake.Failed(
                id=file.id, attempt=attempt, message=f"refused {attempt}", retry_s=0.0
            )
            assert await intake.fail(connection, 1, [failed]) == [file.id]
        assert not await intake.claim(connection, 1, 5)
        (waiting,) = await intake.waiting(connection, 1)
        assert (waiting.cause, waiting.attempts) == ("DELIVERY_FAILED", 10)
        assert [f.message for f in await intake.failures(connection, 1, file.id)] == [
            f"refused {n}" for n in range(1, 11)
        ]
        pushed = await intake.push(connection, 1, [file.id], actor="ana", reason="back again")
        assert pushed == [file.id]
        assert not await intake.push(connection, 1, [file.id], actor="ana", reason="twice")
        (claimed,) = await intake.claim(connection, 1, 5)
        assert (claimed.attempts, claimed.pushes) == (1, 1)
        done = intake.Settled(id=file.id, attempt=1, state="DONE", order_key="CL/x/y/1")
        assert await intake.settle(connection, 1, [done]) == [file.id]
        assert len(await intake.failures(connection, 1, file.id)) == 10


async def test_a_crash_counts_as_an_attempt_and_the_overtaken_hold_nothing(
    store: Store, admin: Session
) -> None:
    file = _file("a.xml")
    async with store.door(1) as connection:
        await intake.register(connection, 1, [file])
    for attempt in range(1, 11):
        async with store.door(1) as connection:
            (claimed,) = await intake.claim(connection, 1, 5)
            assert claimed.attempts == attempt
            assert not await intake.claim(connection, 1, 5)
        await admin.fetch("UPDATE intake_file SET due_at = now() - interval '1 s'")
    async with store.door(1) as connection:
        assert not await intake.claim(connection, 1, 5)
        (waiting,) = await intake.waiting(connection, 1, cause="DELIVERY_FAILED")
        late = intake.Settled(id=file.id, attempt=9, state="WAITING", cause="UNREADABLE")
        assert not await intake.settle(connection, 1, [late])
        rejected = await intake.reject(connection, 1, [file.id], actor="ana", reason="a test")
        assert rejected == [waiting.id]
        (counted,) = await census.files(connection, 1)
        assert (counted.file, counted.count) == ("REJECTED", 1)
        done = intake.Settled(id=file.id, attempt=10, state="DONE")
        assert not await intake.settle(connection, 1, [done])


@pytest.mark.parametrize("attempts", [2, 10])
async def test_what_has_reached_the_door_is_done_whichever_attempt_brought_it_there(
    store: Store, admin: Session, attempts: int
) -> None:
    """Readers slower than the lease take a file from each other; after ten times it waits."""
    file = _file("a.xml")
    async with store.door(1) as connection:
        await intake.register(connection, 1, [file])
    for _ in range(attempts):
        async with store.door(1) as connection:
            assert await intake.claim(connection, 1, 5)
        await admin.fetch("UPDATE intake_file SET due_at = now() - interval '1 s'")
    async with store.door(1) as connection:
        if attempts == intake.ATTEMPTS_MAX:
            assert not await intake.claim(connection, 1, 5)
        first = intake.Settled(id=file.id, attempt=1, state="DONE", order_key="CL/x/y/1")
        assert await intake.settle(connection, 1, [first]) == [file.id]
        second = intake.Settled(id=file.id, attempt=2, state="DUPLICATE", order_key="CL/x/y/1")
        assert not await intake.settle(connection, 1, [second])
        (found,) = await intake.by_ids(connection, 1, [file.id])
    assert (found.state, found.cause, found.attempts) == ("DONE", None, attempts)


async def test_of_two_readers_each_file_goes_to_one(store: Store) -> None:
    async with store.door(1) as connection:
        await intake.register(connection, 1, [_file(f"{n}.xml") for n in range(60)])

    async def claim() -> list[str]:
        async with store.door(1) as connection:
            return [file.id for file in await intake.claim(connection, 1, 20)]

    taken = await asyncio.gather(*(claim() for _ in range(6)))
    flat = [id_ for one in taken for id_ in one]
    assert len(flat) == len(set(flat))
