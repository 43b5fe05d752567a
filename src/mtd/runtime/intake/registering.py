"""Registering: what is complete is archived, registered, and put away when it is settled."""

import asyncio
import os
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec
import structlog

from mtd.runtime.app import App
from mtd.runtime.clock import elapsed_s
from mtd.runtime.intake.archive import Archive, Kept, NotReadable, hash_of
from mtd.runtime.intake.folder import Found, Identity, look, original_path, put_away
from mtd.runtime.intake.insisting import insist
from mtd.store.arriving import intake
from mtd.store.arriving.intake import File, NewFile
from mtd.store.ids import uuid7
from mtd.store.sessions import Connection

T = TypeVar("T")

LOG = structlog.get_logger()
SOURCE = "folder"
BATCH_MAX = 200
"""Files archived and registered together."""
FOLDERS = {"DONE": "done", "DUPLICATE": "done", "WAITING": "waiting", "REJECTED": "rejected"}
"""Where a settled file lies, beside the intake folder."""


class _Lying(msgspec.Struct, frozen=True):
    """A file in the folder, of which it is known what it is."""

    found: Found
    id: str | None
    """As registered; None: no file of ours."""


class Registering:
    """The files of one intake folder; another process may look at the same ones."""

    def __init__(self, app: App, tenant: int, root: Path, settle_s: float) -> None:
        self._app = app
        self._tenant = tenant
        self._root = root
        self.settle_s = settle_s
        self.looked_s = 0.0
        """How long the last look took."""
        self._archive = Archive(app.home)
        self._growing: dict[Path, tuple[Identity, float]] = {}
        """What may still be written, and since when it has looked the same."""
        self._lying: dict[Path, _Lying] = {}
        self._where: dict[str, list[Path]] = {}
        self._leaving: deque[str] = deque()

    @property
    def settling(self) -> bool:
        """Whether there is something that may be complete soon."""
        return bool(self._growing)

    async def register(self, registered: Callable[[], None]) -> None:
        """Look once, and take in what is complete; `registered` is called after each batch.

        Raises OSError when the archive cannot be written: nothing is lost then.
        """
        began_s = elapsed_s()
        found = await asyncio.to_thread(look, self._root)
        complete = self._complete(found)
        self.looked_s = elapsed_s() - began_s
        for i in range(0, len(complete), BATCH_MAX):
            files = await self._register(complete[i : i + BATCH_MAX])
            registered()
            await self._put_away(files)
            await self.put_away()
        await self.put_away()

    async def tidy(self) -> None:
        """Put away what others settled, and what was decided about files that waited."""
        found = await asyncio.to_thread(look, self._root.parent / FOLDERS["WAITING"])
        self._forget_all_but({one.location for one in found}, arriving=False)
        for waiting in found:
            known = self._lying.get(waiting.location)
            if known is None or known.found.identity != waiting.identity:
                await self._recognise(waiting)
        self.settled(self._where)
        await self.put_away()

    def settled(self, ids: Iterable[str]) -> None:
        """Have these files put away after the next look, those of them that are settled."""
        self._leaving.extend(ids)

    async def put_away(self) -> None:
        """Move what is settled to where such files lie."""
        while self._leaving:
            page = [self._leaving.popleft() for _ in range(min(len(self._leaving), BATCH_MAX))]
            there = [id_ for id_ in page if id_ in self._where]
            if there:
                await self._put_away(
                    await self._ask(lambda c, ids=there: intake.by_ids(c, self._tenant, ids))
                )

    async def archived(self, file: File) -> File:
        """A file that could not be read when it was registered: read now, if it can be.

        Raises NotReadable, and OSError when the archive cannot be written.
        """
        found = [one for one in await asyncio.to_thread(look, self._root) if one.path == file.path]
        now = self._app.clock.now()
        kept = await asyncio.to_thread(self._archive.keep, found[:1], now)
        if not kept or kept[0] is None:
            raise NotReadable("is not there, or is being written")
        if isinstance(kept[0], NotReadable):
            raise kept[0]
        new = self._new(found[0], kept[0], 0)
        await self._ask(lambda connection: intake.adopt(connection, self._tenant, [new]))
        of_path = await self._ask(
            lambda c: intake.known(c, self._tenant, [(SOURCE, new.path, new.hash)])
        )
        return of_path[0]

    def _complete(self, found: Sequence[Found]) -> list[Found]:
        """Those that are new and have not changed for as long as a complete file does."""
        now_s = elapsed_s()
        growing: dict[Path, tuple[Identity, float]] = {}
        complete: list[Found] = []
        for one in found:
            known = self._lying.get(one.location)
            if known is not None and known.found.identity == one.identity:
                continue
            seen, since_s = self._growing.get(one.location, (one.identity, now_s))
            if seen != one.identity:
                since_s = now_s
            growing[one.location] = (one.identity, since_s)
            if now_s - since_s >= self.settle_s:
                complete.append(one)
        self._growing = growing
        self._forget_all_but({one.location for one in found}, arriving=True)
        return complete

    async def _register(self, found: Sequence[Found]) -> list[File]:
        now = self._app.clock.now()
        kept = await asyncio.to_thread(self._archive.keep, found, now)
        new = [
            (one, self._new(one, copy, i))
            for i, (one, copy) in enumerate(zip(found, kept, strict=True))
            if copy is not None
        ]
        files = await self._ask(lambda c: self._taken_in(c, [file for _, file in new]))
        by_content = {(file.path, file.hash): file for file in files}
        for one, file in new:
            known = by_content.get((file.path, file.hash))
            if known is not None:  # else it was read elsewhere just now: the next look sees it so
                self._remember(one, known.id)
                self._app.meters.files_found.inc(known.id == file.id)
        return files

    async def _taken_in(self, connection: Connection, files: Sequence[NewFile]) -> list[File]:
        """Registered in one transaction; known ones too, as they stand."""
        readable = [file for file in files if file.archive]
        await intake.adopt(connection, self._tenant, readable)
        await intake.register(connection, self._tenant, files)
        contents = [(file.source, file.path, file.hash) for file in files]
        return await intake.known(connection, self._tenant, contents)

    def _new(self, found: Found, copy: Kept | NotReadable, n: int) -> NewFile:
        # The counter in front of the chance keeps a batch in sequence (RFC 9562 §6.2, method 1).
        chance = n.to_bytes(2, "big") + os.urandom(8)
        read = isinstance(copy, Kept)
        return NewFile(
            id=uuid7(self._app.clock.now(), chance),
            source=SOURCE,
            path=found.path,
            hash=copy.hash if read else b"",
            size_bytes=copy.size_bytes if read else 0,
            archive=copy.archive if read else "",
        )

    async def _recognise(self, waiting: Found) -> None:
        """Which file it is that lies in `waiting/`."""
        try:
            hash_ = await asyncio.to_thread(hash_of, waiting.location)
        except OSError:
            return
        content = (SOURCE, original_path(waiting.path, hash_), hash_)
        files = await self._ask(lambda c: intake.known(c, self._tenant, [content]))
        self._remember(waiting, files[0].id if files else None)

    async def _put_away(self, files: Iterable[File]) -> None:
        leaving = [
            (file, location, self._root.parent / FOLDERS[file.state])
            for file in files
            if file.state in FOLDERS and file.archive  # else under way, or to be put right there
            for location in self._where.get(file.id, ())
        ]
        moves = [
            (file.id, self._lying[location].found, file.hash, folder)
            for file, location, folder in leaving
            if not location.is_relative_to(folder)
        ]
        for found in await asyncio.to_thread(_moved, moves):
            self._forget(found.location)

    def _remember(self, found: Found, id_: str | None) -> None:
        self._forget(found.location)
        self._growing.pop(found.location, None)
        self._lying[found.location] = _Lying(found, id_)
        if id_ is not None:
            self._where.setdefault(id_, []).append(found.location)

    def _forget(self, location: Path) -> None:
        known = self._lying.pop(location, None)
        if known is not None and known.id is not None:
            self._where[known.id].remove(location)
            if not self._where[known.id]:
                del self._where[known.id]

    def _forget_all_but(self, there: set[Path], *, arriving: bool) -> None:
        """Forget what has left the intake folder, or else `waiting/`."""
        for location in [at for at in self._lying if at not in there]:
            if location.is_relative_to(self._root) == arriving:
                self._forget(location)

    async def _ask(self, ask: Callable[[Connection], Awaitable[T]]) -> T:
        return await insist(self._app.store, self._tenant, ask)


def _moved(moves: Sequence[tuple[str, Found, bytes, Path]]) -> list[Found]:
    """Put files away; those that have left their place. Blocks."""
    moved: list[Found] = []
    for id_, found, hash_, folder in moves:
        try:
            put_away(found, hash_, folder)
        except OSError as error:
            LOG.warning("a file cannot be put away", file=id_, error=error.strerror)
        else:
            moved.append(found)
    return moved
