"""Sessions with PostgreSQL: how each role connects, and one connection that comes back."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from enum import Enum
from typing import Any, Protocol, TypeVar, cast

import asyncpg  # pyright: ignore[reportMissingTypeStubs]

CONNECT_TIMEOUT_S = 10.0
STATEMENT_TIMEOUT_S = 30.0
"""After this the server has not answered: the outcome is unknown, the connection given up."""
LOCK_TIMEOUT_S = 10.0
IDLE_TRANSACTION_TIMEOUT_S = 15.0
STATEMENTS_CACHED = 512
BACKOFF_S = 0.05
BACKOFF_MAX_S = 0.5
"""What this adds at most to the time that a server was away; a try costs next to nothing."""

_EVERYONE = {
    "timezone": "UTC",
    "jit": "off",
    "lock_timeout": f"{LOCK_TIMEOUT_S:.0f}s",
    "statement_timeout": f"{STATEMENT_TIMEOUT_S:.0f}s",
    "idle_in_transaction_session_timeout": f"{IDLE_TRANSACTION_TIMEOUT_S:.0f}s",
}

DOOR = {
    **_EVERYONE,
    "role": "mtd_door",
    "application_name": "mtd door",
    # Who would change something says so when the transaction begins.
    "default_transaction_read_only": "on",
}
"""API, portal and intake: below row-level security."""

PORTAL = {
    **DOOR,
    "application_name": "mtd portal",
    "statement_timeout": "2s",
    "lock_timeout": "1s",
}
"""The portal's people: who asks for too much is told so, and starves nobody."""

ENGINE = {
    **_EVERYONE,
    "role": "mtd_engine",
    # One plan for batches of any size and tables of any age: a nested loop over the arrays,
    # by index. A plan made while the tables are empty would else scan them when they are full.
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
}
"""The turn: all tenants, the engine's tables only."""

OWNER = {
    **_EVERYONE,
    "application_name": "mtd owner",
    "statement_timeout": "0",
    "maintenance_work_mem": "1GB",
}
"""Who makes indexes and tidies up: it waits for as long as that takes."""

COUNTER = {**ENGINE, "application_name": "mtd statistics"}
"""Who counts: it follows all tenants' journals by their keys, as the turn does."""


class Row(Protocol):
    """A row of an answer, by the names or numbers of its columns."""

    def keys(self) -> Iterable[str]:
        """The names of its columns."""
        ...

    def __getitem__(self, key: str | int | slice) -> Any: ...

    def __iter__(self) -> Iterator[Any]: ...


class Asker(Protocol):
    """Whoever can run a statement: a connection, or a session that makes one."""

    async def fetch(self, query: str, /, *args: Any) -> list[Row]:
        """The rows of a statement."""
        ...


class Connection(Protocol):
    """As much of asyncpg's connection as the store uses, with its types."""

    async def fetch(self, query: str, /, *args: Any) -> list[Row]:
        """The rows of a statement."""
        ...

    async def execute(self, query: str, /, *args: Any) -> str:
        """Run a statement for its effect."""
        ...

    def transaction(self) -> AbstractAsyncContextManager[object]:
        """Begin; commit at the end, or roll back on an error."""
        ...

    async def add_listener(self, channel: str, callback: Callable[..., None]) -> None:
        """Call back for each notification of `channel`."""
        ...

    def add_termination_listener(self, callback: Callable[..., None]) -> None:
        """Call back when the session is lost."""
        ...

    def is_closed(self) -> bool:
        """Whether it is over with this connection."""
        ...

    def terminate(self) -> None:
        """Hang up."""
        ...

    async def close(self) -> None:
        """End the session."""
        ...


class Unavailable(Exception):
    """The database cannot be had in time; what was asked of it may be asked again."""


class Fault(Enum):
    """What an error says about the statement that met it."""

    AGAIN = "again"
    """The server, the network or a neighbour: the same statement may be sent again."""
    CONTENT = "content"
    """What was sent cannot be stored; sending it again cannot help."""
    BUG = "bug"
    """Ours."""


_BY_CLASS = {
    **dict.fromkeys(("08", "25", "40", "53", "55", "57", "58"), Fault.AGAIN),
    **dict.fromkeys(("22", "23", "54"), Fault.CONTENT),
}


_UNHARMED = ("40", "55", "57014")
"""Serialization failures, deadlocks, and what took or waited too long: the session goes on."""


def fault(error: BaseException) -> Fault:
    """What `error` says, by its SQLSTATE class (PostgreSQL manual, appendix A)."""
    match error:
        case asyncpg.PostgresError():
            return _BY_CLASS.get((sqlstate(error) or "")[:2], Fault.BUG)
        case asyncpg.InterfaceError() if isinstance(error, ValueError):
            return Fault.CONTENT
        case asyncpg.InterfaceError() if "is closed" in str(error):
            return Fault.AGAIN
        case asyncpg.InternalClientError() | OSError() | TimeoutError() | EOFError():
            return Fault.AGAIN
        case _:
            return Fault.BUG


def sqlstate(error: BaseException) -> str | None:
    """The five characters with which PostgreSQL names an error; None: it is not from there."""
    return cast("str | None", getattr(error, "sqlstate", None))


def constraint(error: BaseException) -> str | None:
    """The constraint that was violated."""
    return cast("str | None", getattr(error, "constraint_name", None))


def _in_doubt(error: BaseException) -> bool:
    """Whether the connection may be half way through something, or on its way out."""
    if not isinstance(error, Exception):
        return True
    return fault(error) is Fault.AGAIN and not (sqlstate(error) or "").startswith(_UNHARMED)


def delay_s(tries: int) -> float:
    """Seconds to wait before the try after `tries` failed ones."""
    return min(BACKOFF_S * 2.0 ** min(tries, 10), BACKOFF_MAX_S)


class Session:
    """One connection, made when needed and again after it was lost; one user at a time."""

    def __init__(self, dsn: str, settings: dict[str, str]) -> None:
        self.dsn = dsn
        self._settings = settings
        self.shown: int | None = None
        """The tenant that this connection was told to show (`Store.window`)."""
        self._connection: Connection | None = None
        self._turnstile = asyncio.Lock()

    @asynccontextmanager
    async def use(self) -> AsyncGenerator[Connection]:
        """The connection; an error that leaves it in doubt ends it."""
        async with self._turnstile:
            connection = self._connection
            if connection is None or connection.is_closed():
                connection = self._connection = await connect(self.dsn, self._settings)
                self.shown = None
            try:
                yield connection
            except BaseException as error:
                if _in_doubt(error):
                    connection.terminate()
                raise

    async def fetch(self, query: str, /, *args: Any) -> list[Row]:
        """The rows of one autocommitted statement."""
        async with self.use() as connection:
            return await connection.fetch(query, *args)

    async def insist(self, query: str, /, *args: Any) -> list[Row]:
        """As `fetch`, sent again until the database answers: for statements that may be.

        To give up is to be cancelled.
        """
        tries = 0
        while True:
            try:
                return await self.fetch(query, *args)
            except Exception as error:
                if fault(error) is not Fault.AGAIN:
                    raise
                await asyncio.sleep(delay_s(tries))
                tries += 1

    def insisting(self) -> "Asker":
        """Who asks until there is an answer: `fetch` is `insist`."""
        return _Insisting(self)

    async def close(self) -> None:
        """End the connection, waiting for whoever uses it."""
        async with self._turnstile:
            if self._connection is not None and not self._connection.is_closed():
                await self._connection.close()
            self._connection = None


class _Insisting:
    def __init__(self, session: Session) -> None:
        self.fetch = session.insist


T = TypeVar("T")


def structs(kind: type[T], rows: Iterable[Row]) -> list[T]:
    """A `kind` for each row, whose columns bear the names of its fields."""
    return [kind(**row) for row in rows]


async def connect(dsn: str, settings: dict[str, str]) -> Connection:
    """A connection of the role that `settings` name."""
    connection: Any = await _CONNECT(
        dsn,
        server_settings=settings,
        timeout=CONNECT_TIMEOUT_S,
        command_timeout=_patience_s(settings),
        statement_cache_size=STATEMENTS_CACHED,
        max_cached_statement_lifetime=0,
    )
    return cast("Connection", connection)


def _patience_s(settings: dict[str, str]) -> float | None:
    """How long a client waits: somewhat longer than its server works on a statement."""
    unbounded = settings.get("statement_timeout") == "0"
    return None if unbounded else STATEMENT_TIMEOUT_S + 5.0


_CONNECT = cast("Callable[..., Awaitable[Any]]", asyncpg.connect)
