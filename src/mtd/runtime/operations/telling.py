"""Telling: what people and other systems say of the world, and what begins by that."""

from collections.abc import Mapping
from typing import Any

from mtd.runtime.definitions.conditions import Begun
from mtd.runtime.operations.operations import Conflict, Operations
from mtd.store.deployed import facts
from mtd.store.deployed.facts import Known

FACTS_MAX = 1_000
"""Facts of one tenant: an instance that they begin is given all of them."""


async def tell(operations: Operations, changes: Mapping[str, Any], actor: str) -> list[Begun]:
    """Facts take these values, as `actor` says; the instances that begin. Raises Conflict."""
    known = {one.name for one in await told(operations)}
    if len(known | changes.keys()) > FACTS_MAX:
        raise Conflict(f"there would be more than {FACTS_MAX} facts")
    return await operations.app.conditions().look(changes, actor)


async def told(operations: Operations) -> list[Known]:
    """Every fact, by name."""
    async with operations.app.store.window(operations.tenant) as connection:
        return await facts.listing(connection, operations.tenant)
