"""What was deployed: definitions and decision models, whose versions never change."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from mtd.store.sessions import Connection, Row, structs
from mtd.store.statements import Statement, statements

_SQL = statements("deployed/definitions")


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """The files that a definition is compiled from."""

    format: str
    """The drawing's file name, whose ending tells its format."""
    drawing: bytes
    bindings: bytes
    """JSON: `runtime.shelf.Answers`."""


class Deployment(msgspec.Struct, frozen=True, kw_only=True):
    """A definition that is to be deployed."""

    name: str
    tag: str
    digest: bytes
    source: Source


class Model(msgspec.Struct, frozen=True, kw_only=True):
    """A decision model that is to be deployed."""

    name: str
    """The file's name, by which bindings know it."""
    tag: str
    digest: bytes
    source: bytes


class Deployed(msgspec.Struct, frozen=True, kw_only=True):
    """The version under which something is deployed now."""

    name: str
    version: int
    fresh: bool
    """It was not there before."""


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a definition or decision model."""

    kind: str
    """`process` or `table`."""
    name: str
    version: int
    tag: str = ""
    format: str = ""
    """The file's name."""
    deployed_at: datetime | None = None
    """None: not yet."""
    deployed_by: str = ""


class Unknown(Exception):
    """No such version was deployed."""


class Overtaken(Exception):
    """Somebody deployed the same name at the same moment: begin anew, nothing was written."""


async def deploy(
    connection: Connection,
    tenant: int,
    deployments: Sequence[Deployment],
    deployed_by: str,
    *,
    ever: bool = False,
) -> list[Deployed]:
    """The versions under which `deployments`, each name once, are deployed.

    What is the same to the byte as the latest version is that version; with `ever`, as any.
    Raises Overtaken.
    """
    columns = {
        "names": [one.name for one in deployments],
        "tags": [one.tag for one in deployments],
        "digests": [one.digest for one in deployments],
        "formats": [one.source.format for one in deployments],
        "sources": [one.source.drawing for one in deployments],
        "bindings": [one.source.bindings for one in deployments],
    }
    return await _deployed(
        connection, _SQL["deploy"], tenant=tenant, deployed_by=deployed_by, ever=ever, **columns
    )


async def deploy_models(
    connection: Connection,
    tenant: int,
    models: Sequence[Model],
    deployed_by: str,
    *,
    ever: bool = False,
) -> list[Deployed]:
    """As `deploy`, of decision models. Raises Overtaken."""
    columns = {
        "names": [one.name for one in models],
        "tags": [one.tag for one in models],
        "digests": [one.digest for one in models],
        "sources": [one.source for one in models],
    }
    statement = _SQL["deploy_models"]
    return await _deployed(
        connection, statement, tenant=tenant, deployed_by=deployed_by, ever=ever, **columns
    )


async def listing(connection: Connection, tenant: int) -> list[Listed]:
    """Every version of everything, by kind, name and version."""
    return structs(Listed, await connection.fetch(*_SQL["listing"](tenant=tenant)))


async def source(connection: Connection, tenant: int, name: str, version: int) -> Source:
    """What a version of a definition was compiled from. Raises Unknown."""
    row = await _one(connection, _SQL["source"], tenant, name, version)
    return Source(format=row["format"], drawing=row["drawing"], bindings=row["bindings"])


async def model(connection: Connection, tenant: int, name: str, version: int) -> bytes:
    """A version of a decision model. Raises Unknown."""
    return (await _one(connection, _SQL["model"], tenant, name, version))["source"]


async def _deployed(connection: Connection, statement: Statement, **values: Any) -> list[Deployed]:
    if not values["names"]:
        return []
    rows = await connection.fetch(*statement(**values))
    if len(rows) < len(values["names"]):
        raise Overtaken
    return structs(Deployed, rows)


async def _one(
    connection: Connection, statement: Statement, tenant: int, name: str, version: int
) -> Row:
    rows = await connection.fetch(*statement(tenant=tenant, name=name, version=version))
    if not rows:
        raise Unknown(f"{name}@{version} was never deployed")
    return rows[0]
