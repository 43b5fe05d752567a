"""Sweeping: the raw bytes of a person's order files are removed, wherever MTD put them."""

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

import structlog

from mtd.runtime.app import App
from mtd.runtime.desk.work.queue import RETURNED
from mtd.runtime.intake.archive import hash_of
from mtd.runtime.intake.folder import names_of
from mtd.runtime.intake.registering import FOLDERS
from mtd.store.arriving.intake import File
from mtd.store.orders import persons

LOG = structlog.get_logger()


async def sweep(app: App, tenant: int, files: Sequence[File]) -> int:
    """Remove these files' bytes; how many there were.

    Of a file whose archive is on another machine nothing is noted: it is found again there.
    """
    beside = (app.home / app.settings.intake.folder).parent
    places = [*(beside / name for name in dict.fromkeys(FOLDERS.values())), app.home / RETURNED]
    gone = await asyncio.to_thread(_removed, app.home, places, files)
    async with app.store.door(tenant) as connection:
        await persons.empty(connection, tenant, gone)
    return len(gone)


def _removed(home: Path, places: Sequence[Path], files: Sequence[File]) -> list[str]:
    """Those that are gone. Blocks."""
    gone: list[str] = []
    for file in files:
        archived = home / file.archive
        if not archived.parent.is_dir():
            continue
        try:
            for copy in _copies(places, file):
                copy.unlink(missing_ok=True)
            archived.unlink(missing_ok=True)
        except OSError as error:
            LOG.warning("a file cannot be removed", file=file.id, error=error.strerror)
        else:
            gone.append(file.id)
    return gone


def _copies(places: Sequence[Path], file: File) -> Iterator[Path]:
    """Where the file was put, by the same bytes: another may have its name."""
    for place in places:
        for name in names_of(file.path, file.hash):
            copy = (place / name).resolve()
            ours = copy.is_relative_to(place.resolve()) and copy.is_file()
            if ours and hash_of(copy) == file.hash:
                yield copy
