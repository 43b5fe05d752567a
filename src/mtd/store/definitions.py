"""Definitions: what was deployed, by name and version; a version never changes."""

import msgspec

from mtd.store.statements import statements
from mtd.store.store import Store

DEPLOYS_MAX = 8
"""How many deployments of one name at the same moment are told apart."""

_SQL = statements("definitions")


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """The files that a definition is compiled from."""

    format: str
    """The drawing's file name, whose ending tells its format."""
    drawing: bytes
    bindings: bytes
    """JSON: `runtime.library.Answers`."""


class Unknown(Exception):
    """No such version was deployed."""


async def deploy(
    store: Store, tenant: int, name: str, source: Source, digest: bytes, deployed_by: str
) -> int:
    """The version under which `source` is deployed: a new one, unless it is the latest already.

    Who deploys the same name at the same moment gets the next version; both are kept.
    """
    asked = _SQL["deploy"](
        tenant=tenant,
        name=name,
        deployed_by=deployed_by,
        format=source.format,
        digest=digest,
        source=source.drawing,
        bindings=source.bindings,
    )
    for _ in range(DEPLOYS_MAX):
        async with store.door(tenant) as connection:
            rows = await connection.fetch(*asked)
        if rows:
            return int(rows[0]["version"])
    raise RuntimeError(f"{name}: {DEPLOYS_MAX} others were deployed at the same moment")


async def latest(store: Store, tenant: int) -> dict[str, int]:
    """The latest version of each definition, by name."""
    async with store.door(tenant) as connection:
        rows = await connection.fetch(*_SQL["latest"](tenant=tenant))
    return {row["name"]: row["version"] for row in rows}


async def source(store: Store, tenant: int, name: str, version: int) -> Source:
    """What a version was compiled from. Raises Unknown."""
    async with store.door(tenant) as connection:
        rows = await connection.fetch(*_SQL["source"](tenant=tenant, name=name, version=version))
    if not rows:
        raise Unknown(f"{name}@{version} was never deployed")
    row = rows[0]
    return Source(format=row["format"], drawing=row["source"], bindings=row["bindings"])
