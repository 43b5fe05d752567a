"""The store, opened: the connections of the doors, and the way in for workers."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

from mtd.store.arriving import door
from mtd.store.arriving.arrival import Arrival, Receipt
from mtd.store.engine.worker import Worker
from mtd.store.sessions import DOOR, Connection
from mtd.store.sharing import Sessions
from mtd.store.statements import read, statements

DOOR_CONNECTIONS_MAX = 8
DOOR_WAIT_S = 2.0
"""How long a request waits for a connection before it is told to come again."""

_SQL = statements("arriving/door")
_BEGIN = read("arriving/door")["begin"]


class Store:
    """One PostgreSQL database; opened by `Store.open`."""

    def __init__(
        self,
        dsn: str,
        *,
        notify: bool,
        door_connections_max: int,
        settings: dict[str, str] = DOOR,
    ) -> None:
        self.dsn = dsn
        self.notify = notify
        self._sessions = Sessions(dsn, settings, door_connections_max)

    @classmethod
    async def open(
        cls,
        dsn: str,
        *,
        notify: bool = True,
        door_connections_max: int = DOOR_CONNECTIONS_MAX,
        settings: dict[str, str] = DOOR,
    ) -> "Store":
        """Open the migrated database at `dsn`; its login may take the roles of the engine.

        `settings`: of the doors' sessions. `notify`: tell workers of arrivals, so that they act
        sooner than they would by polling. Raises what asyncpg raises when the database does not
        answer or lacks the roles.
        """
        store = cls(
            dsn, notify=notify, door_connections_max=door_connections_max, settings=settings
        )
        async with store._sessions.one() as session, session.use():
            return store

    async def close(self) -> None:
        """End every connection of the doors; workers end by `Worker.retire`."""
        await self._sessions.close()

    @asynccontextmanager
    async def door(self, tenant: int) -> AsyncGenerator[Connection]:
        """A transaction of role `mtd_door` that sees this tenant's rows and no others'.

        Raises Unavailable when every connection is in use for DOOR_WAIT_S.
        """
        async with self._sessions.one(DOOR_WAIT_S) as session, session.use() as connection:
            # As one message, which takes no parameters: each more would be a round trip.
            await connection.execute(_BEGIN.replace(":tenant", str(int(tenant))))
            try:
                yield connection
            except BaseException:
                if not connection.is_closed():
                    await connection.execute(*_SQL["undo"]())
                raise
            await connection.execute(*_SQL["commit"]())

    @asynccontextmanager
    async def window(self, tenant: int) -> AsyncGenerator[Connection]:
        """As a door, for who only looks: nothing can be changed, and each statement is a
        transaction of its own, so that it costs one round trip and the window itself none.

        They may see different moments, as they do in a door (read committed). Raises Unavailable.
        """
        async with self._sessions.one(DOOR_WAIT_S) as session, session.use() as connection:
            if session.shown != tenant:
                await connection.execute(*_SQL["shown"](tenant=str(tenant)))
                session.shown = tenant
            yield connection

    async def deliver(self, arrivals: Sequence[Arrival]) -> list[Receipt]:
        """Take in what came, in one transaction a tenant; a receipt for each, in their order.

        Raises Unavailable when the database cannot be reached in time: nothing is known to
        have been taken in then, and the same arrivals may be delivered again.
        """
        return await door.deliver(self, arrivals)

    async def enroll(self, name: str, id_: str) -> Worker:
        """A new worker under a name for people; `id_` is a new UUIDv7."""
        return await Worker.enroll(self.dsn, name, id_)
