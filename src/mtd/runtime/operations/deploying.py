"""Deploying: files become versions of definitions and tables, all of them or none."""

import hashlib
import os
import secrets
from collections.abc import Sequence
from pathlib import Path

import msgspec

from mtd.core.process.citing import LATEST
from mtd.runtime.app import TENANT, App
from mtd.runtime.definitions.flows import Fault, Flow
from mtd.runtime.definitions.inspecting import Inspected, inspected, source_of
from mtd.runtime.definitions.library import Shelved
from mtd.runtime.definitions.packing import File, packed
from mtd.runtime.definitions.shelf import Answers
from mtd.runtime.operations.operations import key_hash
from mtd.store.deployed import definitions
from mtd.store.deployed.definitions import Deployed, Deployment, Listed, Model, Overtaken, Unknown
from mtd.store.ids import uuid7
from mtd.store.people import clients
from mtd.store.sessions import Connection

KEY_FILE = "api.key"
FIRST_CLIENT = "first start"
TRIES_MAX = 8
"""How often a deployment begins anew because others deployed the same names meanwhile."""


class Refused(Exception):
    """Files that would not run: every fault of all of them, warnings too."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        wrong = [fault for fault in faults if not fault.warning]
        super().__init__(f"{wrong[0].file}: {wrong[0].message}" if wrong else "nothing to deploy")
        self.faults = tuple(faults)


class Files(msgspec.Struct, frozen=True):
    """What a version was made of."""

    drawing: bytes
    """The drawing; of a table, its decision model."""
    answers: Answers
    """What stands beside a drawing."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What was deployed, and what is dangerous in it."""

    processes: tuple[Deployed, ...]
    tables: tuple[Deployed, ...]
    warnings: tuple[Fault, ...]


async def deploy(
    app: App,
    tenant: int,
    files: Sequence[File],
    deployed_by: str,
    *,
    tag: str = "",
    ever: bool = False,
) -> Outcome:
    """Deploy `files` together: all of them, or none.

    What is the same to the byte as its latest version is that version, with `ever` as any.
    A `tag` is given to all; without one, drawings keep theirs. Raises Refused.
    """
    for _ in range(TRIES_MAX):
        stock = Shelved(app.store, tenant)
        async with app.store.window(tenant) as connection:
            listed = await definitions.listing(connection, tenant)
        found = await inspected(files, listed, stock, app.library.surroundings)
        if not found.runs or not (found.flows or found.models):
            raise Refused(found.faults)
        try:
            async with app.store.door(tenant) as connection:
                outcome = await _written(connection, tenant, found, deployed_by, tag, ever)
        except Overtaken:
            continue
        await app.library.look(tenant)
        await app.beginning().register(f"{one.name}@{one.version}" for one in outcome.processes)
        return outcome
    raise Overtaken(f"others deployed the same names, {TRIES_MAX} times in a row")


async def listed(app: App, tenant: int) -> list[Listed]:
    """Every version of everything, by kind, name and number."""
    async with app.store.window(tenant) as connection:
        return await definitions.listing(connection, tenant)


async def files_of(app: App, tenant: int, name: str, version: str) -> tuple[Listed, Files]:
    """A version (`latest`, or its number) and what it was made of. Raises definitions.Unknown."""
    known = [one for one in await listed(app, tenant) if one.name == name]
    known = [one for one in known if version in (LATEST, str(one.version))]
    if not known:
        raise Unknown(f"{name}@{version} was never deployed")
    one = max(known, key=lambda one: one.version)
    async with app.store.window(tenant) as connection:
        if one.kind == "table":
            content = await definitions.model(connection, tenant, name, one.version)
            return one, Files(content, Answers())
        source = await definitions.source(connection, tenant, name, one.version)
    return one, Files(source.drawing, msgspec.json.decode(source.bindings, type=Answers))


async def prepared(app: App, folders: list[Path]) -> list[str]:
    """Everything deployed, and a first API key made; the definitions' `name@version`."""
    deployed = await deploy_all(app, folders)
    await first_key(app)
    return deployed


async def deploy_all(app: App, folders: list[Path]) -> list[str]:
    """Deploy the customer's drawings, unless they were before; their `name@version`.

    A version that somebody deployed after them stays the latest. Raises Refused, and OSError.
    """
    files = packed(_found(name, folders) for name in app.settings.processes)
    outcome = await deploy(app, TENANT, files, "start", ever=True)
    return [f"{one.name}@{one.version}" for one in outcome.processes]


async def _written(
    connection: Connection,
    tenant: int,
    found: Inspected,
    deployed_by: str,
    tag: str,
    ever: bool,
) -> Outcome:
    """Every version, in this transaction: tables first, then those that are called by others."""
    models = [
        Model(name=file.name, tag=tag, digest=_digest(file.content), source=file.content)
        for file in found.models
    ]
    tables = await definitions.deploy_models(connection, tenant, models, deployed_by, ever=ever)
    numbers = found.numbers | {("table", one.name): one.version for one in tables}
    processes: list[Deployed] = []
    for level in _levels(found.flows):
        deployments = [_deployment(flow, found.texts, numbers, tag) for flow in level]
        written = await definitions.deploy(connection, tenant, deployments, deployed_by, ever=ever)
        numbers |= {("process", one.name): one.version for one in written}
        processes += written
    warnings = tuple(fault for fault in found.faults if fault.warning)
    return Outcome(processes=tuple(processes), tables=tuple(tables), warnings=warnings)


def _levels(flows: Sequence[Flow]) -> list[list[Flow]]:
    """`flows` so that each comes after those that it calls; the inspection refuses circles."""
    levels: list[list[Flow]] = []
    left = {flow.name: flow for flow in flows}
    while left:
        ready = [flow for flow in left.values() if not left.keys() & flow.calls()]
        assert ready, "definitions that call each other"
        levels.append(ready)
        left = {name: flow for name, flow in left.items() if flow not in ready}
    return levels


def _deployment(
    flow: Flow, texts: dict[str, str], numbers: dict[tuple[str, str], int], tag: str
) -> Deployment:
    source = source_of(flow, texts, numbers)
    return Deployment(
        name=flow.name,
        tag=tag or flow.tag,
        digest=_digest(source.drawing + b"\0" + source.bindings),
        source=source,
    )


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


async def first_key(app: App) -> str:
    """The API key made at first start, kept in a file that only its owner reads."""
    path = app.home / KEY_FILE
    key = path.read_text(encoding="ascii").strip() if path.exists() else _made(path)
    async with app.store.door(TENANT) as connection:
        if await clients.by_key(connection, TENANT, key_hash(key)) is None:
            id_ = uuid7(app.clock.now(), os.urandom(10))
            await clients.add(connection, TENANT, id_, FIRST_CLIENT, key_hash(key))
    return key


def _made(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    key = f"mtd_{secrets.token_urlsafe(32)}"
    path.touch(mode=0o600)
    path.write_text(key, encoding="ascii")
    return key


def _found(name: str, folders: list[Path]) -> Path:
    for folder in folders:
        if (folder / name).is_file():
            return folder / name
    places = ", ".join(str(folder) for folder in folders)
    raise FileNotFoundError(f"the drawing {name} is in none of: {places}")
