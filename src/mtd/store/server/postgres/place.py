"""Where an embedded PostgreSQL lives: its folders, its socket, and the user that owns them."""

import contextlib
import hashlib
import os
import pwd
import secrets
import stat
from pathlib import Path

import msgspec

SOCKET_PATH_MAX = 107
"""Bytes of a Unix socket's path (`sun_path` holds 108 with its end, unix(7))."""

SYSTEM_STATE = Path("/var/lib/mtd")
"""For data of a root whose own folders nobody else may enter (FHS 3.0 §5.8)."""

UNPRIVILEGED = ("postgres", "nobody")
"""Users that a server started by root may run as, the first that exists."""

PORT = 5432
"""Only the name of the socket; no port is opened."""

_SHORT = Path("/tmp")  # noqa: S108 the folder's owner and mode are verified
_SOCKET_NAME = f".s.PGSQL.{PORT}"


class PlaceRefused(Exception):
    """A folder cannot serve; the message names it and says why."""


class Owner(msgspec.Struct, frozen=True):
    """The operating system's user that a server runs as."""

    name: str
    uid: int
    gid: int


class Place(msgspec.Struct, frozen=True):
    """The folders of one server; `data` and `socket` belong to `owner` alone."""

    folder: Path
    data: Path
    socket: Path
    owner: Owner


def place(home: Path) -> Place:
    """The place of the server that belongs to MTD's folder `home`; makes what is missing.

    Root's server runs as somebody else. Where that user cannot reach `home`, the data goes below
    SYSTEM_STATE and `home/pg.place` says where; no existing folder is opened wider. Only for who
    holds the lock of `home`. Raises PlaceRefused.
    """
    home = home.resolve()
    try:
        folder = chosen(home)
        owner = _owner(folder / "data")
        if owner.uid != os.geteuid() and not reachable(home, owner):
            folder = _elsewhere(home)
            owner = _owner(folder / "data")
        make(folder)
        if not reachable(folder, owner):
            raise PlaceRefused(f"{folder}: user {owner.name} may not enter it or one above it")
        socket = private_folder(socket_folder(folder), owner)
        return Place(folder, folder / "data", socket, owner)
    except OSError as error:
        raise PlaceRefused(f"{error.filename or home}: {error.strerror or error}") from error


def chosen(home: Path) -> Path:
    """The folder of the server of `home`: inside it, or where `pg.place` says."""
    noted = home / "pg.place"
    return Path(noted.read_text(encoding="utf-8").strip()) if noted.exists() else home / "pg"


def socket_folder(folder: Path) -> Path:
    """Where the socket of the server in `folder` lies: there, or where its name is short enough."""
    inside = folder / "socket"
    if len(os.fsencode(inside / _SOCKET_NAME)) <= SOCKET_PATH_MAX:
        return inside
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    return _SHORT / f"mtd-{digest}"


def make(folder: Path) -> None:
    """Make `folder` and what is missing above it; what exists is left as it is.

    Nobody else may look into them; root's may be passed through, or its server could not start.
    """
    mode = 0o711 if os.geteuid() == 0 else 0o700
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        path.mkdir(exist_ok=True)
        path.chmod(mode)


def user(uid: int) -> Owner:
    """The user `uid` by name, which PostgreSQL insists on; raises PlaceRefused without one."""
    try:
        found = pwd.getpwuid(uid)
    except KeyError as error:
        raise PlaceRefused(
            f"user {uid} has no name on this system, and PostgreSQL wants one: add it to"
            " /etc/passwd, or set MTD_DATABASE_URL"
        ) from error
    return Owner(found.pw_name, found.pw_uid, found.pw_gid)


def reachable(path: Path, who: Owner) -> bool:
    """Whether `who` may enter `path` and each folder above it (or execute it, for a file)."""
    real = path.resolve()
    return all(_may_search(folder.stat(), who) for folder in (real, *real.parents))


def private_folder(path: Path, owner: Owner) -> Path:
    """`path`, made for `owner` alone; raises PlaceRefused if it exists and is anything else."""
    try:
        path.mkdir(mode=0o700)
        if owner.uid != os.geteuid():
            os.chown(path, owner.uid, owner.gid)
    except FileExistsError:
        pass
    found = path.lstat()
    private = stat.S_ISDIR(found.st_mode) and not stat.S_IMODE(found.st_mode) & 0o077
    if not private or found.st_uid != owner.uid:
        raise PlaceRefused(f"{path}: not a private folder of user {owner.name}")
    return path


def _owner(data: Path) -> Owner:
    """Who a server of the folder `data` runs as: whoever runs this, unless that is root."""
    uid = os.geteuid()
    if uid == 0 and data.exists():
        uid = data.stat().st_uid
    if uid != 0:
        return user(uid)
    for name in UNPRIVILEGED:
        with contextlib.suppress(KeyError):
            found = pwd.getpwnam(name)
            if found.pw_uid != 0:
                return Owner(name, found.pw_uid, found.pw_gid)
    raise PlaceRefused(f"root may not run PostgreSQL, and there is no user of {UNPRIVILEGED}")


def _elsewhere(home: Path) -> Path:
    """A folder of the system for a root whose own is closed to others, noted in `home`.

    It is new with each new `home`: who deletes that begins with nothing.
    """
    noted = home / "pg.place"
    if not noted.exists():
        draft = home / "pg.place.new"
        draft.write_text(f"{SYSTEM_STATE / f'pg-{secrets.token_hex(6)}'}\n", encoding="utf-8")
        draft.rename(noted)
    return chosen(home)


def _may_search(found: os.stat_result, who: Owner) -> bool:
    if found.st_uid == who.uid:
        return bool(found.st_mode & stat.S_IXUSR)
    if found.st_gid == who.gid:
        return bool(found.st_mode & stat.S_IXGRP)
    return bool(found.st_mode & stat.S_IXOTH)
