"""Executing: the workers carry bulk actions out, at their rates, and go on after any crash.

Whoever sends holds the bulk action's row until what became of the items is written down: one sends
at a time, and at the rate of all together. The door knows what it took in, so that whoever goes on
after a crash sends nothing twice.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import structlog

from mtd.core.process.instance import Instance
from mtd.runtime.app import App
from mtd.runtime.bulk.judging import KINDS, of_file, of_order
from mtd.runtime.bulk.sending import STOOD, files, orders, send
from mtd.runtime.operations.changing import stands
from mtd.runtime.rounds import rounds
from mtd.store.arriving import intake
from mtd.store.operations import bulk as bulks
from mtd.store.operations import standings
from mtd.store.operations.bulk import Bulk, Item, Verdict

LOG = structlog.get_logger()

LOOK_S = 0.5
BATCH_MAX = 200
"""Items that are sent, or judged, at a look."""
WATCHED = timedelta(days=1)
"""An item of which nothing came until then has failed."""
NOTHING_CAME = "nothing came of it within a day"


async def carry_out(app: App, tenant: int, stopping: asyncio.Event) -> None:
    """Look at the bulk actions of a tenant again and again, until told to stop."""
    await rounds(Executing(app, tenant).look, LOOK_S, stopping, "bulk actions wait")


class Executing:
    """The bulk actions of a tenant, as one process carries them out beside others."""

    def __init__(self, app: App, tenant: int) -> None:
        self._app = app
        self._tenant = tenant
        self._looked_at: dict[str, int] = {}
        """The last item that was judged, by bulk action."""

    async def look(self) -> None:
        """Send what is due, see what came of what was sent, and end what is through."""
        async with self._app.store.door(self._tenant) as connection:
            ids = await bulks.under_way(connection, self._tenant)
        for id_ in ids:
            async with self._app.store.door(self._tenant) as connection:
                (bulk,) = await bulks.listing(connection, self._tenant, id_=id_)
            if bulk.state == "RUNNING":
                await self._send(bulk)
            await self._judge(bulk)
            async with self._app.store.door(self._tenant) as connection:
                if await bulks.end(connection, self._tenant, id_):
                    LOG.info("a bulk action is through", bulk=id_, action=bulk.action)

    async def _send(self, bulk: Bulk) -> None:
        async with self._app.store.door(self._tenant) as connection:
            # Whoever pauses or aborts it waits for this batch, and then nothing more leaves.
            room = await bulks.hold(connection, self._tenant, bulk.id, BATCH_MAX)
            if not room:
                return
            items = await bulks.items(
                connection, self._tenant, bulk.id, state="PENDING", limit=room
            )
            if items:
                verdicts = await send(self._app, self._tenant, bulk, items)
                await bulks.settle(connection, self._tenant, bulk.id, verdicts)

    async def _judge(self, bulk: Bulk) -> None:
        after = self._looked_at.get(bulk.id, -1)
        async with self._app.store.door(self._tenant) as connection:
            items = await bulks.items(
                connection, self._tenant, bulk.id, state="SENT", after=after, limit=BATCH_MAX
            )
        self._looked_at[bulk.id] = items[-1].n if len(items) == BATCH_MAX else -1
        if not items:
            return
        judge = self._of_files if bulk.action == "push" else self._of_orders
        verdicts = await judge(bulk, items)
        judged = {one.n for one in verdicts}
        late = self._app.clock.now() - WATCHED
        verdicts += [
            Verdict(item.n, "FAILED", NOTHING_CAME)
            for item in items
            if item.n not in judged and item.sent_at is not None and item.sent_at < late
        ]
        if verdicts:
            async with self._app.store.door(self._tenant) as connection:
                await bulks.settle(connection, self._tenant, bulk.id, verdicts)

    async def _of_orders(self, bulk: Bulk, items: Sequence[Item]) -> list[Verdict]:
        ids = [item.target for item in items]
        known = {one.id: one for one in await orders(self._app, self._tenant, ids)}
        kinds = [KINDS[bulk.action]] if bulk.action in KINDS else []
        async with self._app.store.door(self._tenant) as connection:
            rows = await standings.marked(connection, self._tenant, ids, kinds, bulk.id)
        marked = {row.id: row for row in rows}
        verdicts: list[Verdict] = []
        for item in items:
            if (now := known.get(item.target)) is None:
                continue
            mark = marked.get(item.target)
            instance: Instance | None = None
            if bulk.action == "retry" and mark is not None:
                _, instance = await stands(self._app, self._tenant, item.target)
            stood = STOOD.decode(item.stood)
            verdict = of_order(bulk.action, item, stood, now, mark, instance)
            verdicts += [verdict] if verdict is not None else []
        return verdicts

    async def _of_files(self, bulk: Bulk, items: Sequence[Item]) -> list[Verdict]:
        known = await files(self._app, self._tenant, [item.target for item in items])
        verdicts: list[Verdict] = []
        for item in items:
            if (now := known.get(item.target)) is None:
                continue
            failure = None
            if now.state == "WAITING":
                async with self._app.store.door(self._tenant) as connection:
                    failures = await intake.failures(connection, self._tenant, item.target)
                failure = failures[-1] if failures else None
            verdict = of_file(item, STOOD.decode(item.stood), now, failure)
            verdicts += [verdict] if verdict is not None else []
        return verdicts
