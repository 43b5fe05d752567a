"""A worker to be frozen: it stands in the middle of a commit, then tries another."""

import asyncio
import contextlib
import sys

from mtd.store.engine.collecting import collect
from mtd.store.engine.committing import commit
from mtd.store.sessions import ENGINE, Session
from mtd.store.store import Store
from tests.store.making import a_start, a_worker, begun


async def main() -> None:
    """Say the worker's id, be frozen, and say what came of the commit after the thaw."""
    store = await Store.open(sys.argv[1], notify=False)
    async with a_worker(store, "frozen") as worker:
        await store.deliver([a_start()])
        await _take_all(worker.id, store)
        await worker.heartbeat()
        incoming = (await collect(worker, 10)).incoming
        with contextlib.suppress(Exception):
            async with worker.writing.use() as connection, connection.transaction():
                await connection.execute(
                    "SELECT FROM worker WHERE id = $1 FOR KEY SHARE", worker.id
                )
                _say(worker.id)
                await asyncio.to_thread(sys.stdin.readline)
        outcome = await commit(worker, [begun(one) for one in incoming])
        _say(type(outcome).__name__)
    await store.close()


async def _take_all(worker: str, store: Store) -> None:
    """As if the others had handed everything over."""
    session = Session(store.dsn, ENGINE)
    await session.fetch("UPDATE slot SET worker = $1", worker)
    await session.close()


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


asyncio.run(main())
