"""The intake folder: what lies in it, and how it is put away without losing what comes meanwhile.

intake/{country}/{store}/{channel}/*.xml          what arrives
done/ waiting/ rejected/  beside it, same paths   what became of it
"""

import filecmp
import os
import shutil
from collections.abc import Iterable, Iterator
from errno import EEXIST, EMLINK, ENOTSUP, EPERM, EXDEV
from itertools import islice
from pathlib import Path

import msgspec
import structlog

LOG = structlog.get_logger()
LOOK_MAX = 50_000
"""Files found in one look; the others are found when these have been put away."""
SUFFIX = ".xml"
TAKEN = ".taken-"
"""Prefix of a folder that holds one file on its way out of the intake folder."""
STEM_BYTES_MAX = 230
"""Of a name that gets a hash: a name has at most 255 bytes on the usual file systems."""

Identity = tuple[int, int, int, int]
"""Device, inode, size in bytes, time of change in ns: the same, so nothing was written."""


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """Something with the name of an order file."""

    path: str
    """`{country}/{store}/{channel}/{name}`, printable: bytes that are no UTF-8 are escaped."""
    relative: Path
    """The same as the file system has it."""
    location: Path
    identity: Identity

    @property
    def changed_ns(self) -> int:
        """When it was last written."""
        return self.identity[3]


def identity(stat: os.stat_result) -> Identity:
    """What tells one state of a file from another."""
    return (stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns)


def look(root: Path) -> list[Found]:
    """What lies in the channels' folders below `root`, oldest first. Blocks."""
    found = islice((one for folder in channels(root) for one in _files(root, folder)), LOOK_MAX)
    return sorted(found, key=lambda one: (one.changed_ns, one.identity[1], one.path))


def channels(root: Path) -> Iterator[Path]:
    """The folders `{country}/{store}/{channel}` below `root`."""
    for country in _folders(root):
        for store in _folders(country):
            yield from _folders(store)


def levels(root: Path) -> list[Path]:
    """`root` and its folders down to the channels': where something may appear."""
    folders = [root]
    for country in _folders(root):
        folders.append(country)
        for store in _folders(country):
            folders += [store, *_folders(store)]
    return folders


def put_away(found: Found, hash_: bytes, folder: Path) -> None:
    """Move a file below `folder`, beside others of its name; what replaced it meanwhile stays.

    May be repeated after a crash at any point: what is on its way out is found again by `look`.
    Blocks; raises OSError.
    """
    location = found.location
    if not location.parent.name.startswith(TAKEN):
        place = location.parent / f"{TAKEN}{os.urandom(8).hex()}"
        place.mkdir(mode=0o700)
        try:
            # The sender may replace the file until here; from now on we have one of the two.
            location = location.rename(place / location.name)
        except FileNotFoundError:
            place.rmdir()
            return
    if identity(location.lstat()) != found.identity:
        return
    _linked(location, folder / found.relative, hash_)
    location.unlink(missing_ok=True)
    location.parent.rmdir()


def original_path(path: str, hash_: bytes) -> str:
    """The path before a file's name got its hash in it for another one's sake."""
    stem, _, mark = path[: -len(SUFFIX)].rpartition(".")
    return f"{stem}{path[-len(SUFFIX) :]}" if mark == _mark(hash_) else path


def names_of(path: str, hash_: bytes) -> tuple[str, str]:
    """Where a file of this path may lie in a folder that it was put into."""
    place, _, name = path.rpartition("/")
    return path, f"{place}/{_marked(name, _mark(hash_))}"


def _linked(source: Path, target: Path, hash_: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    for name in (target.name, _marked(target.name, _mark(hash_))):
        candidate = target.with_name(name)
        try:
            os.link(source, candidate, follow_symlinks=False)
        except FileExistsError:
            if _same(source, candidate):
                return
            continue
        except OSError as error:
            if error.errno not in (EXDEV, EPERM, ENOTSUP, EMLINK):
                raise
            if candidate.exists():
                if _same(source, candidate):
                    return
                continue
            part = candidate.with_name(f".{os.urandom(8).hex()}")
            shutil.copy2(source, part)
            part.rename(candidate)
        return
    raise FileExistsError(EEXIST, "both names are taken by other files", str(target))


def _mark(hash_: bytes) -> str:
    return hash_.hex()[:16]


def _marked(name: str, mark: str) -> str:
    stem = os.fsencode(name[: -len(SUFFIX)])[:STEM_BYTES_MAX]
    return f"{os.fsdecode(stem)}.{mark}{name[-len(SUFFIX) :]}"


def _same(one: Path, other: Path) -> bool:
    """Whether two files hold the same bytes."""
    return other.is_file() and filecmp.cmp(one, other, shallow=False)


def _folders(folder: Path) -> list[Path]:
    """The folders in `folder`, by name; links are not followed, hidden ones left out."""
    return sorted(
        Path(entry)
        for entry in _entries(folder)
        if entry.is_dir(follow_symlinks=False) and not entry.name.startswith(".")
    )


def _files(root: Path, channel: Path) -> Iterator[Found]:
    where = channel.relative_to(root)
    for entry in _entries(channel):
        if entry.name.startswith(TAKEN) and entry.is_dir(follow_symlinks=False):
            yield from _found(where, _entries(Path(entry)))
        elif entry.name.lower().endswith(SUFFIX) and not entry.name.startswith("."):
            yield from _found(where, [entry])


def _found(where: Path, entries: Iterable["os.DirEntry[str]"]) -> Iterator[Found]:
    for entry in entries:
        relative = where / entry.name
        path = os.fsencode(relative).decode("utf-8", "backslashreplace")
        try:
            stat = entry.stat(follow_symlinks=False)
        except FileNotFoundError:
            continue  # its sender took it back, or another process put it away
        yield Found(path=path, relative=relative, location=Path(entry), identity=identity(stat))


def _entries(folder: Path) -> list["os.DirEntry[str]"]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except FileNotFoundError:
        return []
    except OSError as error:
        LOG.warning("a folder cannot be looked into", error=error.strerror)
        return []
