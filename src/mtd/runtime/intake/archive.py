"""The archive: the raw bytes of every file that came, durable and under their own hash."""

import hashlib
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from pathlib import Path
from stat import S_ISDIR, S_ISREG

import msgspec

from mtd.runtime.intake.folder import Found, Identity, identity

FOLDER = "archive"
ARCHIVED_MAX_BYTES = 256_000_000
"""A larger file is not even kept: it is no order, and would fill the disk."""
CHUNK_BYTES = 1 << 20
WRITERS_MAX = 8
"""Files written at a time, so that their fsyncs share the disk's."""


class NotReadable(Exception):
    """A file that cannot be read where it lies; the words say why."""


class Damaged(Exception):
    """An archived copy that is not what was archived."""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A file that is in the archive."""

    hash: bytes
    size_bytes: int
    archive: str
    """Below the home folder: `archive/yyyy/mm/dd/<hash>`."""


class Archive:
    """The archive below `home`."""

    def __init__(self, home: Path) -> None:
        self._home = home

    def keep(self, found: Sequence[Found], at: datetime) -> list[Kept | NotReadable | None]:
        """Copy what was found, durably; None of what vanished or changed meanwhile.

        Blocks; raises OSError when the archive cannot be written.
        """
        day = f"{FOLDER}/{at:%Y/%m/%d}"
        folder = self._home / day
        _made(folder, self._home)
        with ThreadPoolExecutor(min(WRITERS_MAX, max(1, len(found)))) as writers:
            kept = list(writers.map(partial(_keep, folder=folder, day=day), found))
        _sync(folder)
        return kept

    def read(self, archive: str, hash_: bytes) -> bytes:
        """The bytes of an archived file. Blocks; raises OSError, and Damaged."""
        body = (self._home / archive).read_bytes()
        if hashlib.sha256(body).digest() != hash_:
            raise Damaged("the archived copy is not what was archived")
        return body


def hash_of(path: Path) -> bytes:
    """SHA-256 of a file's bytes. Blocks; raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def _keep(found: Found, folder: Path, day: str) -> Kept | NotReadable | None:
    try:
        # Neither a link out of the folder is followed nor a pipe waited for.
        source = os.open(found.location, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    except OSError as error:
        return NotReadable(error.strerror or type(error).__name__)
    target = folder / f".{os.urandom(8).hex()}"
    try:
        mode = os.fstat(source).st_mode
        if not S_ISREG(mode) and not S_ISDIR(mode):
            return NotReadable("is no regular file")
        return _copied(source, found.identity, target, day)
    finally:
        os.close(source)
        target.unlink(missing_ok=True)


def _copied(source: int, expected: Identity, target: Path, day: str) -> Kept | NotReadable | None:
    digest = hashlib.sha256()
    size_bytes = 0
    copy = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(copy, "wb") as archived:  # noqa: PTH123 of a descriptor
        while True:
            chunk = _chunk(source)
            if isinstance(chunk, NotReadable):
                return chunk
            if not chunk:
                break
            size_bytes += len(chunk)
            if size_bytes > ARCHIVED_MAX_BYTES:
                return NotReadable(f"is larger than {ARCHIVED_MAX_BYTES:,} bytes")
            digest.update(chunk)
            archived.write(chunk)
        if identity(os.fstat(source)) != expected:
            return None
        archived.flush()
        os.fsync(archived.fileno())
    name = digest.hexdigest()
    # What lies there under this name is the same, or was damaged and is healed.
    target.replace(target.with_name(name))
    return Kept(hash=digest.digest(), size_bytes=size_bytes, archive=f"{day}/{name}")


def _chunk(source: int) -> bytes | NotReadable:
    try:
        return os.read(source, CHUNK_BYTES)
    except OSError as error:
        return NotReadable(error.strerror or type(error).__name__)


def _made(folder: Path, home: Path) -> None:
    """Make the day's folder, for us alone, and its names durable."""
    if folder.is_dir():
        return
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (home / FOLDER).chmod(0o700)
    for parent in folder.parents:
        _sync(parent)
        if parent == home:
            break


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
