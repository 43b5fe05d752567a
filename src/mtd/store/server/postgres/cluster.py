"""A cluster of the embedded PostgreSQL: how it is made, and what its server is told."""

import os
import re
import shutil
import sys
from asyncio.subprocess import Process
from collections.abc import Mapping
from pathlib import Path

import asyncpg
import msgspec

from mtd.store.server.postgres import processes
from mtd.store.server.postgres.place import PORT, Place, private_folder, user
from mtd.store.statements import statements


def _release(text: str) -> tuple[int, ...]:
    """Major and minor version of a kernel, such as `6.1.0-13-amd64`."""
    return tuple(int(one) for one in re.findall(r"\d+", text)[:2])


_SYNCFS_SINCE = (5, 8)
"""The Linux from which on syncfs(2) tells of every error of writing."""
_SYNC = (
    "syncfs"
    if sys.platform == "linux" and _release(os.uname().release) >= _SYNCFS_SINCE
    else "fsync"
)
"""How a recovery begins: the file system flushed at once, or each of a thousand files by itself."""

SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "wal_buffers": "16MB",
    "wal_compression": "pglz",
    "max_wal_size": "384MB",
    "recovery_init_sync_method": _SYNC,
    "checkpoint_timeout": "15min",
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
    "autovacuum_naptime": "15s",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
"""Two shared cores: durable, no parallel plans beside the engine, back within 5 s of a kill.

A recovery reads the log since the last checkpoint again and writes a checkpoint of its own, so
`max_wal_size` bounds it. A kill while 50 MB of log were written a second, beside a load average
of 8 on two cores, took 9.3 s with 1 GB and fsync: 3.3 s to flush a thousand files, 3.6 s to read
600 MB of log, 1.6 s for the checkpoint. So it takes 2.8 to 4.7 s beside one of 12.

The log keeps neither statements nor details of errors: they quote the rows of customers.
"""

_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
_SQL = statements("server/embedded")


class Cluster(msgspec.Struct, frozen=True):
    """One cluster: where it lies, the programs that serve it, and its server's parameters."""

    place: Place
    programs: Path
    settings: Mapping[str, str]

    @property
    def log(self) -> Path:
        """What its programs say."""
        return self.place.folder / "server.log"


async def create(cluster: Cluster) -> bool:
    """Make the cluster unless it is there; whether it is there now.

    It is made beside its place and moved there, so that a cluster is there whole or not at all.
    """
    place = cluster.place
    if (place.data / "PG_VERSION").exists():
        return True
    draft = place.folder / "data.new"
    shutil.rmtree(draft, ignore_errors=True)
    private_folder(draft, place.owner)
    process = await _run(
        cluster,
        *("initdb", f"--pgdata={draft}", "--username=postgres", "--encoding=UTF8"),
        *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
        *("--auth-local=peer", "--auth-host=reject", "--data-checksums", "--no-instructions"),
    )
    if await process.wait() != 0:
        return False
    draft.rename(place.data)
    return True


async def serve(cluster: Cluster) -> Process:
    """Start the cluster's server; it is not yet ready to answer.

    The files that root writes stay out of the folder of the server's user.
    """
    place = cluster.place
    access = place.folder / "pg_hba.conf"
    access.write_text("local all all peer map=mtd\n")
    names = place.folder / "pg_ident.conf"
    users = {place.owner.name, user(os.geteuid()).name}
    peers = [f'mtd "{name}" {role}\n' for name in sorted(users) for role in ("mtd", "postgres")]
    names.write_text("".join(peers))
    for path in (access, names):
        path.chmod(0o644)
    parameters = {
        **cluster.settings,
        "unix_socket_directories": f'"{place.socket}"',
        "unix_socket_permissions": "0700",
        "port": str(PORT),
        "hba_file": str(access),
        "ident_file": str(names),
    }
    given = [f"--{name}={value}" for name, value in parameters.items()]
    return await _run(cluster, "postgres", "-D", str(place.data), *given)


async def prepare(address: str) -> None:
    """Make MTD's login and database in the cluster at `address`, unless they are there."""
    connection = await asyncpg.connect(address)
    try:
        for has, make in (("has_role", "create_role"), ("has_database", "create_database")):
            if not await connection.fetchval(*_SQL[has]()):
                await connection.execute(*_SQL[make]())
    finally:
        await connection.close()


async def _run(cluster: Cluster, program: str, *arguments: str) -> Process:
    output = os.open(cluster.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        command = (cluster.programs / program, *arguments)
        return await processes.run(command, cluster.place.owner, output, _ENVIRONMENT)
    finally:
        os.close(output)
