"""The embedded PostgreSQL: one server a folder, kept alive by whoever holds the folder's lock."""

import asyncio
import contextlib
import fcntl
import logging
import os
import shutil
import time
from asyncio.subprocess import Process
from collections.abc import Mapping
from pathlib import Path
from typing import Self
from urllib.parse import quote

import asyncpg

from mtd.store.server.postgres import cluster, processes
from mtd.store.server.postgres.cluster import SETTINGS, Cluster
from mtd.store.server.postgres.place import (
    PORT,
    SYSTEM_STATE,
    Owner,
    PlaceRefused,
    chosen,
    make,
    place,
    reachable,
    socket_folder,
)
from mtd.store.server.postgres.programs import ProgramMissing, bundled, copied

START_TIMEOUT_S = 120.0
"""For the first start and for crash recovery, which reads up to `max_wal_size` of log again."""

_LOG_BYTES_MAX = 16 << 20
_SAID_LINES = 12
_LOOK_S = 0.1
_TAKE_OVER_LOOK_S = 0.25
_CONNECT_TIMEOUT_S = 5.0
_PROGRESS_S = 5.0
_REST_MAX_S = 5.0
_WATCH_S = 60.0
_NOT_YET = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)

_log = logging.getLogger(__name__)


class StartFailed(Exception):
    """PostgreSQL did not start; the message ends with what it said."""


class Embedded:
    """An open embedded server: `dsn` reaches it, however often it is started anew behind it.

    Several processes of MTD may open the same folder: the first runs the server, the others use
    it, and when the first ends or dies one of them runs it on. The server never outlives the
    thread that opened this: open it from one that lasts.
    """

    def __init__(
        self, home: Path, start_timeout_s: float, settings: Mapping[str, str] | None
    ) -> None:
        self._home = home.resolve()
        self._start_timeout_s = start_timeout_s
        self._settings = {**SETTINGS, **(settings or {})}
        self._lock: int | None = None
        self._cluster: Cluster | None = None
        self._process: Process | None = None
        self._keeper: asyncio.Task[None] | None = None

    @classmethod
    async def start(
        cls,
        home: Path,
        *,
        start_timeout_s: float = START_TIMEOUT_S,
        settings: Mapping[str, str] | None = None,
    ) -> Self:
        """The server of MTD's folder `home`, answering, with the database `mtd` in it.

        `settings` are parameters of the server, over SETTINGS. Raises PlaceRefused,
        ProgramMissing or StartFailed.
        """
        self = cls(home, start_timeout_s, settings)
        try:
            await self._open()
        except BaseException:
            await self.stop()
            raise
        self._keeper = asyncio.create_task(self._keep(), name="embedded PostgreSQL")
        return self

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    @property
    def dsn(self) -> str:
        """Where MTD's login finds its database."""
        return self._address("mtd", "mtd")

    @property
    def admin_dsn(self) -> str:
        """The same database for the cluster's superuser."""
        return self._address("postgres", "mtd")

    @property
    def pid(self) -> int | None:
        """The postmaster, if this process runs it and not another one."""
        process = self._process
        return process.pid if process is not None and process.returncode is None else None

    async def stop(self) -> None:
        """End our part: a server of ours is shut down fast, with a checkpoint."""
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        if self._process is not None:
            await processes.end(self._process)
        if self._cluster is not None:
            await processes.clear(self._cluster.place.data)
        if self._lock is not None:
            os.close(self._lock)
        self._keeper = self._process = self._cluster = self._lock = None

    # -- its life --------------------------------------------------------------------------------

    async def _open(self) -> None:
        """Run the server, or find it run by another process."""
        deadline = time.monotonic() + self._start_timeout_s
        while not self._locked():
            if await _answers(self.dsn):
                return
            if time.monotonic() > deadline:
                raise StartFailed(f"{self._home}: another MTD holds it, and nothing answers")
            await asyncio.sleep(_LOOK_S)
        await self._serve()

    async def _keep(self) -> None:
        """For as long as this is open: start our server again, or take over another's."""
        rest_s = 0.0
        while True:
            try:
                if not self._locked():
                    await asyncio.sleep(_TAKE_OVER_LOOK_S)
                    continue
                if self._process is None or self._process.returncode is not None:
                    await asyncio.sleep(rest_s)
                    await self._serve()
                rest_s = 0.0
                await self._watch()
            except (StartFailed, PlaceRefused, ProgramMissing, *_NOT_YET) as error:
                rest_s = min(_REST_MAX_S, 2 * rest_s + _LOOK_S)
                _log.error("PostgreSQL does not start, again in %.1f s: %s", rest_s, error)

    async def _watch(self) -> None:
        """Until the server ends, or for a while."""
        if self._process is not None:
            with contextlib.suppress(TimeoutError):
                code = await asyncio.wait_for(self._process.wait(), _WATCH_S)
                _log.warning("PostgreSQL ended with %d: starting it again", code)
        self._trim_log()

    async def _serve(self) -> None:
        """Start the server; whatever an earlier one left behind is ended first."""
        where = place(self._home)
        left = await processes.clear(where.data)
        if left:
            _log.warning("ended %d processes that an earlier PostgreSQL left behind", left)
        self._cluster = Cluster(where, _programs(where.owner), self._settings)
        if self._home not in where.folder.parents:
            _log.info("PostgreSQL's data lies in %s, where its user may enter", where.folder)
        self._trim_log()
        if not await cluster.create(self._cluster):
            raise StartFailed(f"initdb failed in {where.folder}:\n{self._said()}")
        self._process = await cluster.serve(self._cluster)
        await self._ready(self._process)
        await cluster.prepare(self._address("postgres", "postgres"))

    async def _ready(self, process: Process) -> None:
        """Wait until the server answers: at once, or after its recovery."""
        began = told = time.monotonic()
        limit_s = self._start_timeout_s
        while not await _answers(self._address("postgres", "postgres")):
            now = time.monotonic()
            if process.returncode is not None:
                raise StartFailed(f"PostgreSQL ended with {process.returncode}:\n{self._said()}")
            if now - began > limit_s:
                await processes.end(process)
                raise StartFailed(f"PostgreSQL does not serve after {limit_s} s:\n{self._said()}")
            if now - told > _PROGRESS_S:
                told = now
                _log.info("PostgreSQL is starting: %.0f s of %.0f s", now - began, limit_s)
            await asyncio.sleep(_LOOK_S)

    # -- what lies on disk -----------------------------------------------------------------------

    def _address(self, role: str, database: str) -> str:
        socket = quote(str(socket_folder(chosen(self._home))), safe="")
        return f"postgresql://{role}@/{database}?host={socket}&port={PORT}"

    def _locked(self) -> bool:
        """Whether the folder's lock is ours; the kernel frees the lock of a process that died."""
        if self._lock is not None:
            return True
        try:
            make(self._home)
            lock = os.open(self._home / "pg.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise PlaceRefused(f"{error.filename}: {error.strerror}") from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return False
        self._lock = lock
        return True

    def _said(self) -> str:
        """The end of the server's log."""
        if self._cluster is None or not self._cluster.log.exists():
            return "(it said nothing)"
        lines = self._cluster.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(lines[-_SAID_LINES:])

    def _trim_log(self) -> None:
        """Bound the log: one old one is kept, and the server writes on at the new end."""
        log = None if self._cluster is None else self._cluster.log
        if log is not None and log.exists() and log.stat().st_size > _LOG_BYTES_MAX:
            shutil.copyfile(log, log.with_suffix(".old"))
            os.truncate(log, 0)


async def _answers(address: str) -> bool:
    try:
        connection = await asyncpg.connect(address, timeout=_CONNECT_TIMEOUT_S)
    except _NOT_YET:
        return False
    await connection.close()
    return True


def _programs(owner: Owner) -> Path:
    """The wheel's programs, or a copy of them where `owner` can reach it."""
    programs = bundled()
    if owner.uid == os.geteuid() or reachable(programs / "postgres", owner):
        return programs
    make(SYSTEM_STATE)
    return copied(programs, SYSTEM_STATE)
