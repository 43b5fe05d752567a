"""`mtd db`: the database's schema, and copies of it."""

import os
from pathlib import Path

import uvloop
from cyclopts import App

from mtd.runtime.database import database
from mtd.runtime.folio_book import BadBook, folder_of, remembered
from mtd.runtime.settings.settings import home
from mtd.store.server import backup as copies
from mtd.store.server.migrate import status as schema

db = App(name="db")


@db.command
def migrate() -> None:
    """Bring the schema up to date."""
    uvloop.run(_status())


@db.command
def status() -> None:
    """Say which migrations are applied."""
    uvloop.run(_status())


@db.command
def backup(file: Path) -> None:
    """Write a copy of the database."""
    uvloop.run(_backup(file))


@db.command
def restore(file: Path) -> None:
    """Put a copy in place of the database; connectors stay paused until `mtd db release`."""
    uvloop.run(_restore(file))


@db.command
def release() -> None:
    """Let connectors call the others' systems again after a restore."""
    uvloop.run(_release())


async def _status() -> None:
    async with database(home(os.environ), os.environ) as dsn:
        found = await schema(dsn)
        for migration in found.applied:
            print(f"{migration.version:04} {migration.name}")
        print("up to date" if not found.pending else f"{len(found.pending)} pending")


async def _backup(file: Path) -> None:
    async with database(home(os.environ), os.environ) as dsn:
        await copies.backup(dsn, file)
        print(f"written: {file} ({file.stat().st_size / 1e6:.1f} MB)")


async def _restore(file: Path) -> None:
    place = home(os.environ)
    async with database(place, os.environ) as dsn:
        try:
            book = remembered(folder_of(place, os.environ))
        except (BadBook, OSError) as error:
            raise SystemExit(f"mtd db restore: the folio book: {error}") from error
        done = await copies.restore(dsn, file, book.marks, book.sent)
        print(
            f"the folio book tells of {len(book.sent)} documents on their way;"
            f" {done.gaps} runs of folios are given up"
        )
        print("restored; connectors are paused: look around, then `mtd db release`")


async def _release() -> None:
    async with database(home(os.environ), os.environ) as dsn:
        await copies.release(dsn)
        print("connectors call again")
