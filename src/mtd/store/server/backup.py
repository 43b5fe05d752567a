"""Backups of a whole database into one file, and the way back, which destroys nothing."""

import asyncio
import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

import asyncpg
import msgspec

from mtd.store import switches
from mtd.store.server.migrate import migrate
from mtd.store.server.postgres.programs import clients
from mtd.store.sessions import DOOR, ENGINE, Session
from mtd.store.statements import statements
from mtd.store.tax import promises
from mtd.store.tax.promises import Mark, Sent

MAINTENANCE = "postgres"
"""The database to stand in while another one is renamed."""

RESTORED = "restored from a backup"
"""Why the connectors are paused after a restore."""

_SAID_BYTES_MAX = 4096
_CHUNK_BYTES = 1 << 20
_HISTORY = " TABLE DATA public migration "
_HINT = (
    "CREATE ROLE mtd_backup NOLOGIN BYPASSRLS IN ROLE pg_read_all_data; GRANT mtd_backup TO mtd;"
)
_SQL = statements("server/backup")


class BackupRefused(Exception):
    """A backup or a restore that cannot be done; the message says what is in the way."""


class Backup(msgspec.Struct, frozen=True):
    """A finished file; `sha256` of its bytes is for who keeps it."""

    path: Path
    size_bytes: int
    sha256: str


class Restored(msgspec.Struct, frozen=True):
    """A database brought back; what it was before is still there under the name `past`."""

    database: str
    past: str
    gaps: int
    """Runs of folios that nobody will have: they may have been given out since the backup."""


async def backup(dsn: str, path: Path) -> Backup:
    """Write the database at `dsn`, as it is at this moment, to the new file `path`.

    The file is PostgreSQL's custom archive, readable by its owner alone, and there only when it is
    whole. Work goes on meanwhile. The login must be allowed to see all rows: a superuser, or a
    member of the role `mtd_backup`. Raises BackupRefused or ProgramMissing.
    """
    _refuse_existing(path)
    connection = await asyncpg.connect(dsn)
    try:
        reader = await connection.fetchval(*_SQL["reader"]())
        if reader is None:
            raise BackupRefused(f"this login does not see every row; an administrator may: {_HINT}")
        programs = clients(connection.get_server_version().major)
    finally:
        await connection.close()
    draft = path.with_name(f"{path.name}.part")
    try:
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        given = ("--format=custom", "--no-owner", f"--role={reader}", f"--file={draft}")
        await _run(dsn, programs / "pg_dump", *given)
        await _contents(programs, draft)
        size_bytes, digest = await asyncio.to_thread(_kept, draft)
        draft.rename(path)
    except OSError as error:
        raise BackupRefused(f"{error.filename}: {error.strerror}") from error
    finally:
        draft.unlink(missing_ok=True)
    return Backup(path, size_bytes, digest)


async def restore(
    dsn: str, path: Path, marks: Sequence[Mark] = (), sent: Sequence[Sent] = ()
) -> Restored:
    """Put the backup `path` in the place of the database at `dsn`, with its connectors paused.

    What a backup remembers as unsent may have been sent since: nothing is sent until a person has
    looked and says `release`. It is told what became of folios since (`marks`, `sent`), before it
    is anybody's. The present database is renamed, not dropped; its sessions end. The login needs
    CREATEDB. Raises BackupRefused or ProgramMissing.
    """
    connection = await asyncpg.connect(dsn)
    try:
        programs = clients(connection.get_server_version().major)
        if _HISTORY not in await _contents(programs, path):
            raise BackupRefused(f"{path} is no backup of MTD")
        present, draft, past = await connection.fetchrow(*_SQL["names"]()) or ("", "", "")
        roles = [DOOR["role"], ENGINE["role"]]
        for (make,) in await connection.fetch(*_SQL["missing_roles"](roles=roles)):
            await connection.execute(make)
    finally:
        await connection.close()
    standing = await asyncpg.connect(_of(dsn, MAINTENANCE))
    try:
        await _told(standing, "drop_draft", draft=draft)
        await _told(standing, "make_draft", draft=draft)
        try:
            gaps = await _fill(_of(dsn, draft), programs, path, marks, sent)
            await _swap(standing, present, draft, past)
        finally:
            await _told(standing, "drop_draft", draft=draft)
    except asyncpg.PostgresError as error:
        raise BackupRefused(f"{present}: {error}") from error
    finally:
        await standing.close()
    return Restored(present, past, gaps)


async def release(dsn: str) -> None:
    """Let the connectors call the others' systems again, after somebody has looked around."""
    session = Session(dsn, {})
    try:
        await switches.release(session)
    finally:
        await session.close()


async def _fill(
    dsn: str, programs: Path, path: Path, marks: Sequence[Mark], sent: Sequence[Sent]
) -> int:
    """Restore into the empty database at `dsn`, pause its connectors, and tell it of its folios."""
    await _run(dsn, programs / "pg_restore", "--no-owner", "--exit-on-error", str(path))
    await migrate(dsn)
    restored, engine = Session(dsn, {}), Session(dsn, ENGINE)
    try:
        await switches.restored(restored, RESTORED)
        return await promises.remember(engine, marks, sent)
    finally:
        await restored.close()
        await engine.close()


async def _swap(standing: asyncpg.Connection, present: str, draft: str, past: str) -> None:
    """The present database steps aside for the draft, both in one transaction or neither."""
    await _told(standing, "close", database=present, allowed=False)
    now_called = present
    try:
        await standing.fetch(*_SQL["empty"](database=present))
        swap = await standing.fetchrow(*_SQL["swap"](present=present, draft=draft, past=past))
        async with standing.transaction():
            for rename in swap or ():
                await standing.execute(rename)
        now_called = past
    finally:
        await _told(standing, "close", database=now_called, allowed=True)


async def _told(standing: asyncpg.Connection, name: str, **values: str | bool) -> None:
    """Run a statement that PostgreSQL itself has written out, its names quoted."""
    await standing.execute(await standing.fetchval(*_SQL[name](**values)))


async def _contents(programs: Path, path: Path) -> str:
    """The table of contents of the archive `path`; raises BackupRefused."""
    return await _said([programs / "pg_restore", "--list", path], {})


async def _run(dsn: str, program: Path, *arguments: str) -> None:
    """Run a client program on the database at `dsn`; other users never see its password."""
    parts = urlsplit(dsn)
    user, _, host = parts.netloc.rpartition("@")
    name, _, password = user.partition(":")
    address = urlunsplit(parts._replace(netloc=f"{name}@{host}" if name else host))
    secret = {"PGPASSWORD": unquote(password)} if password else {}
    await _said([program, "--no-password", f"--dbname={address}", *arguments], secret)


async def _said(command: Sequence[str | Path], secret: dict[str, str]) -> str:
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "LC_ALL": "C", **secret},
    )
    output, errors = await process.communicate()
    if process.returncode != 0:
        said = errors[-_SAID_BYTES_MAX:].decode(errors="replace").strip()
        raise BackupRefused(f"{Path(command[0]).name} failed: {said}")
    return output.decode(errors="replace")


def _refuse_existing(path: Path) -> None:
    if path.exists() or path.is_symlink():
        raise BackupRefused(f"{path} exists already")


def _kept(path: Path) -> tuple[int, str]:
    """Size in bytes and SHA-256 of a file that is on the disk afterwards, come what may."""
    digest = hashlib.sha256()
    with path.open("rb+") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
        os.fsync(file.fileno())
        return file.tell(), digest.hexdigest()


def _of(dsn: str, database: str) -> str:
    """The same server, another database."""
    return urlunsplit(urlsplit(dsn)._replace(path=f"/{database}"))
