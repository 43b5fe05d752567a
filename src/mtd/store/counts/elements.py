"""Elements: how many orders stand at each element of each version now."""

from collections.abc import Sequence

import msgspec

from mtd.store.sessions import Connection, structs
from mtd.store.statements import statements

_SQL = statements("counts/elements")


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How many orders stand at an element."""

    definition: str
    """`name@version`: what they run on; the element may be one of what that calls."""
    element: str
    orders: int


async def troubled(
    connection: Connection, tenant: int, stores: Sequence[str] | None
) -> list[Standing]:
    """Where orders of these stores (None: of all) have an open incident."""
    return structs(
        Standing, await connection.fetch(*_SQL["troubled"](tenant=tenant, stores=stores))
    )


async def running(
    connection: Connection, tenant: int, stores: Sequence[str] | None
) -> dict[str, int]:
    """Instances that run in a version's drawing, as far as the journal is counted, by version."""
    rows = await connection.fetch(*_SQL["running"](tenant=tenant, stores=stores))
    return {row["definition"]: row["instances"] for row in rows}
