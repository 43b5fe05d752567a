"""The library: definitions deployed to the store, compiled once per process."""

import asyncio
from collections.abc import Mapping

import structlog

from mtd.core.process.compiler import Surroundings
from mtd.core.process.definition import Definition
from mtd.runtime.definitions.shelf import Shelf
from mtd.runtime.definitions.tables import Metered, uncounted
from mtd.store.deployed import definitions
from mtd.store.deployed.definitions import Listed, Source
from mtd.store.store import Store

LOG = structlog.get_logger()
LOOK_S = 2.0
"""How often a process looks for what others deployed."""

Id = tuple[int, str]


class Library:
    """Definitions by tenant and `name@version`; what is deployed never changes.

    What a definition cites as `latest` or by a tag does: `look` sees to that, and `generation`
    tells who keeps definitions that they may be others now.
    """

    def __init__(
        self, store: Store, surroundings: Surroundings, metered: Metered = uncounted
    ) -> None:
        self.generation = 0
        self.surroundings = surroundings
        self._store = store
        self._metered = metered
        self._listed: dict[int, list[Listed]] = {}
        self._latest: dict[int, dict[str, str]] = {}
        self._compiled: dict[Id, Definition] = {}
        self._before: dict[Id, Definition] = {}
        """As they were compiled before something was deployed."""
        self._watching: asyncio.Task[None] | None = None

    async def definition(self, tenant: int, id_: str) -> Definition:
        """The definition `name@version`.

        Raises definitions.Unknown, LookupError for one that would not run any more, and what
        `Shelf.compiled` does.
        """
        known = self._compiled.get((tenant, id_))
        if known is not None:
            return known
        name, _, version = id_.rpartition("@")
        generation = self.generation
        shelf = await self.shelf(tenant)
        try:
            definition = await shelf.definition(name, int(version), ())
        except Exception as error:
            before = self._before.get((tenant, id_))
            if before is None:
                raise
            LOG.error("what a definition cites does not fit it", definition=id_, error=str(error))
            definition = before
        if generation == self.generation:  # else others were deployed while it was compiled
            self._compiled[tenant, id_] = definition
        return definition

    async def shelf(self, tenant: int) -> Shelf:
        """What is deployed, as this process last saw it."""
        if tenant not in self._listed:
            await self.look(tenant)
        shelved = Shelved(self._store, tenant)
        return Shelf(self._listed[tenant], shelved, self.surroundings, self._metered)

    async def look(self, tenant: int) -> None:
        """See what was deployed meanwhile."""
        async with self._store.window(tenant) as connection:
            found = await definitions.listing(connection, tenant)
        before = self._listed.get(tenant)
        self._listed[tenant] = found
        processes = (one for one in found if one.kind == "process")
        self._latest[tenant] = {one.name: f"{one.name}@{one.version}" for one in processes}
        if before is not None and before != found:
            self.generation += 1
            self._before.update(self._compiled)
            self._compiled.clear()

    def latest(self, tenant: int) -> Mapping[str, str]:
        """The `name@version` that new instances take, by name, as this process last saw it."""
        return self._latest.get(tenant, {})

    def watch(self, tenant: int) -> None:
        """Look from now on, until closed."""
        if self._watching is None:
            self._watching = asyncio.create_task(self._watch(tenant))

    async def close(self) -> None:
        """Look no more."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)

    async def _watch(self, tenant: int) -> None:
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                await self.look(tenant)
            except Exception as error:  # noqa: BLE001 the database will come back
                LOG.warning("nobody knows what was deployed", problem=type(error).__name__)


class Shelved:
    """The stock of what is in the store."""

    def __init__(self, store: Store, tenant: int) -> None:
        self._store = store
        self._tenant = tenant

    async def table(self, name: str, number: int) -> str:
        """The text of a version of a decision model. Raises definitions.Unknown."""
        async with self._store.window(self._tenant) as connection:
            found = await definitions.model(connection, self._tenant, name, number)
        return found.decode()

    async def source(self, name: str, number: int) -> Source:
        """The files of a version of a definition. Raises definitions.Unknown."""
        async with self._store.window(self._tenant) as connection:
            return await definitions.source(connection, self._tenant, name, number)
