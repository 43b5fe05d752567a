"""Deploying at start: the customer's processes, and the first API key."""

import os
import secrets
from pathlib import Path

from mtd.runtime.app import TENANT, App
from mtd.runtime.operations import key_hash
from mtd.store import clients
from mtd.store.ids import uuid7

KEY_FILE = "api.key"
FIRST_CLIENT = "first start"


async def prepared(app: App, folders: list[Path]) -> list[str]:
    """Everything deployed, and a first API key made; the definitions' `name@version`."""
    deployed = await deploy_all(app, folders)
    await first_key(app)
    return deployed


async def deploy_all(app: App, folders: list[Path]) -> list[str]:
    """Deploy the customer's drawings; their `name@version`. Raises what `Library.deploy` does."""
    return [
        await app.library.deploy(TENANT, _found(name, folders), "start")
        for name in app.settings.processes
    ]


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
