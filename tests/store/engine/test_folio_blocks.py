"""Blocks of folios: two workers never share one, and what is not used comes back."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from mtd.store.engine.committing import Committed, commit
from mtd.store.engine.folio_blocks import Block, Series, hand_back, mine, recall, reserve
from mtd.store.engine.worker import Worker
from mtd.store.sessions import Session
from mtd.store.store import Store
from mtd.store.tax import folios
from tests.store.making import a_worker, count, moved, overdue, parked, two_workers
from tests.store.papers import DAY, ISSUER, NOON, a_document, a_range

DAYS = timedelta(days=7)
BOLETAS = Series(tenant=1, issuer=ISSUER, type_code="39")


async def taken(worker: Worker, size: int = 10, used_up: Sequence[int] = ()) -> Block | None:
    return await reserve(
        *(worker.asking, worker.id, BOLETAS),
        environment="simulated",
        day=DAY,
        size=size,
        used_up=used_up,
    )


async def opened(store: Store, first: int, last: int, **other: object) -> None:
    async with store.door(1) as connection:
        assert await folios.open_range(connection, 1, a_range(first, last, **other), "me")


async def unexplained(store: Store) -> list[int]:
    async with store.door(1) as connection:
        return [one.folio for one in await folios.unexplained(connection, 1)]


async def test_blocks_follow_each_other_and_shrink_with_what_is_left(
    store: Store, worker: Worker
) -> None:
    await opened(store, 101, 200)
    sizes: list[int] = []
    seen: list[int] = []
    while (block := await taken(worker, 40)) is not None:
        seen += range(block.first, block.last + 1)
        sizes.append(block.last - block.first + 1)
    assert seen == list(range(101, 201))
    assert sizes[0] == 40
    assert sizes[-1] == 1
    assert await unexplained(store) == []


async def test_two_workers_share_no_folio(store: Store) -> None:
    await opened(store, 1, 60)
    async with two_workers(store) as (one, two):
        seen: list[int] = []
        while True:
            blocks = [await taken(one, 7), await taken(two, 7)]
            if blocks == [None, None]:
                break
            for block in blocks:
                seen += range(block.first, block.last + 1) if block else ()
    assert sorted(seen) == list(range(1, 61))


async def test_an_expired_range_gives_nothing_and_its_folios_become_gaps(
    store: Store, worker: Worker
) -> None:
    await opened(store, 1, 10, expires_on=DAY)
    assert await taken(worker) is None
    await opened(store, 11, 20)
    assert await taken(worker) == Block(first=11, last=15, range_first=11)
    async with store.door(1) as connection:
        (gap,) = await folios.give_up_expired(connection, 1, DAY, "me", "expired")
        assert (gap.first, gap.last, gap.reason) == (1, 10, "expired on 2026-11-27")
        assert await folios.give_up_expired(connection, 1, DAY, "me", "expired") == []
    assert await unexplained(store) == []


async def test_another_environments_folios_are_not_ours(store: Store, worker: Worker) -> None:
    await opened(store, 1, 10, environment="certification")
    assert await taken(worker) is None


async def test_who_ends_hands_back_what_no_document_took(store: Store, admin: Session) -> None:
    await opened(store, 1, 20)
    async with a_worker(store) as worker:
        assert await taken(worker) == Block(first=1, last=10, range_first=1)
        instance = await parked(store, worker)
        papers = [a_document(folio, effect=f"t:{folio}") for folio in (1, 2, 5)]
        assert await commit(worker, [moved(instance, issued=papers)]) == Committed()
        await worker.retire()
    assert await count(admin, "folio_block", "worker IS NOT NULL") == 0
    assert await unexplained(store) == []
    async with a_worker(store, "two") as other:
        got = [await taken(other, 4), await taken(other, 4), await taken(other, 4)]
        assert [(b.first, b.last) for b in got if b] == [(3, 4), (6, 9), (10, 10)]


async def test_what_a_dead_worker_held_comes_back_with_its_burial(
    store: Store, admin: Session
) -> None:
    await opened(store, 1, 100)
    async with two_workers(store) as (one, two):
        assert await taken(two) == Block(first=1, last=10, range_first=1)
        await overdue(admin, two)
        await one.heartbeat()
        assert await one.bury(two.id)
        assert await count(admin, "folio_block", "worker IS NULL") == 1
        assert await taken(two) is None, "the buried takes nothing more"
        assert await taken(one) == Block(first=1, last=10, range_first=1)
    assert await unexplained(store) == []


async def test_a_block_whose_reply_was_lost_is_not_lost(store: Store, worker: Worker) -> None:
    await opened(store, 1, 100)
    block = await taken(worker)
    (held,) = await mine(worker.asking, worker.id)
    assert block is not None
    assert (held.first, held.last, held.of) == (block.first, block.last, BOLETAS)


async def test_who_lacks_folios_asks_the_others_for_theirs(store: Store) -> None:
    await opened(store, 1, 4)
    async with two_workers(store) as (one, two):
        while await taken(one) is not None:
            pass
        assert await recall(two.asking, two.id, BOLETAS, "simulated", DAY)
        held = await mine(one.asking, one.id)
        assert all(block.recalled for block in held)
        await hand_back(one.asking, one.id, [(block.of, block.first) for block in held])
        assert await recall(two.asking, two.id, BOLETAS, "simulated", DAY)
        got = await taken(two)
        assert got is not None
        assert got.first == 1
        await hand_back(two.asking, two.id, [(BOLETAS, 1)])


async def test_used_up_blocks_go_with_the_next_reservation(store: Store, worker: Worker) -> None:
    await opened(store, 1, 100)
    assert await taken(worker, 3)
    instance = await parked(store, worker)
    papers = [a_document(folio, effect=f"t:{folio}") for folio in (1, 2, 3)]
    assert await commit(worker, [moved(instance, issued=papers)]) == Committed()
    assert await taken(worker, 3, used_up=[1])
    assert [block.first for block in await mine(worker.asking, worker.id)] == [4]
    assert await unexplained(store) == []


async def test_a_lost_folio_is_found(store: Store, worker: Worker, admin: Session) -> None:
    await opened(store, 1, 100)
    assert await taken(worker, 3)
    await admin.fetch("DELETE FROM folio_block")
    assert await unexplained(store) == [1, 2, 3]


async def test_what_is_left_is_counted(store: Store, worker: Worker) -> None:
    await opened(store, 1, 100)
    await taken(worker)
    instance = await parked(store, worker)
    papers = [a_document(folio, effect=f"t:{folio}") for folio in (1, 2)]
    assert await commit(worker, [moved(instance, issued=papers)]) == Committed()
    async with store.door(1) as connection:
        (found,) = await folios.ranges(connection, 1)
    assert (found.size, found.left, found.used, found.held) == (100, 98, 2, 10)


async def supply(store: Store, since: datetime = NOON - DAYS) -> folios.Supply:
    async with store.door(1) as connection:
        (found,) = await folios.supplies(connection, 1, DAY, since)
    return found


async def test_a_series_is_what_its_usable_ranges_have_wherever_it_lies(
    store: Store, worker: Worker
) -> None:
    """What nobody had, what workers hold and did not use, and what came back."""
    await opened(store, 1, 100)
    await taken(worker)
    await taken(worker)
    instance = await parked(store, worker)
    papers = [a_document(folio, effect=f"t:{folio}") for folio in (1, 2, 4)]
    assert await commit(worker, [moved(instance, issued=papers)]) == Committed()
    found = await supply(store)
    assert (found.left, found.size, found.used, found.used_since) == (97, 100, 3, NOON)
    await hand_back(worker.asking, worker.id, [(BOLETAS, 1)])
    assert (await supply(store)).left == 97
    lately = await supply(store, NOON + DAYS)
    assert (lately.left, lately.used, lately.used_since) == (97, 0, None)


async def test_a_series_does_not_count_what_expired_or_is_used_up(
    store: Store, worker: Worker
) -> None:
    await opened(store, 1, 2)
    await opened(store, 11, 20, expires_on=DAY)
    await opened(store, 21, 40, expires_on=DAY + DAYS)
    instance = await parked(store, worker)
    await taken(worker, 1)
    await taken(worker, 1)
    papers = [a_document(folio, effect=f"t:{folio}") for folio in (1, 2)]
    assert await commit(worker, [moved(instance, issued=papers)]) == Committed()
    found = await supply(store)
    assert (found.left, found.size, found.expires_on) == (20, 20, DAY + DAYS)


async def test_a_range_is_known_once(store: Store) -> None:
    await opened(store, 1, 100)
    async with store.door(1) as connection:
        assert await folios.overlapping(connection, 1, a_range(50, 60)) == [(1, 100)]
        assert not await folios.open_range(connection, 1, a_range(1, 5), "me")
        assert await folios.overlapping(connection, 1, a_range(101, 102)) == []
