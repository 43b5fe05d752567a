"""Where the master key comes from: the environment, a file, or a key service that wraps it.

Everything that is sealed is sealed with keys that the master key wraps. With a key service (KMS)
the master key lies beside the data only as that service has wrapped it, and is asked for at start.
"""

import contextlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path

from mtd.runtime.keys.aws import AwsService
from mtd.runtime.keys.service import (
    KEY_BYTES,
    SERVICE,
    FileService,
    KeyService,
    NoMasterKey,
    ProgramService,
)

MASTER_KEY = "MTD_MASTER_KEY"
WRAPPED = "master.key.wrapped"
WRAPPED_BYTES_MAX = 10_000


def master_key(home: Path, environment: Mapping[str, str]) -> bytes:
    """The key that wraps all others.

    `MTD_MASTER_KEY` (hexadecimal); else, with `MTD_KMS` (`aws:KEY`, `file:/path` or
    `program:/path`), the one in `home` that this service wrapped; else a file in `home`. The latter
    two are made at the first start. Raises NoMasterKey.
    """
    given = environment.get(MASTER_KEY)
    if given:
        try:
            key = bytes.fromhex(given)
        except ValueError as error:
            raise NoMasterKey(f"{MASTER_KEY} is not in hexadecimal") from error
        return _sound(key, MASTER_KEY)
    service = environment.get(SERVICE)
    if not service:
        return _sound(_kept(home / "master.key", lambda: os.urandom(KEY_BYTES)), "master.key")
    keeper = service_of(service)
    wrapped = _kept(home / WRAPPED, lambda: keeper.wrap(os.urandom(KEY_BYTES)))
    return _sound(keeper.unwrap(wrapped), SERVICE)


def _kept(path: Path, fresh: Callable[[], bytes]) -> bytes:
    """What the file holds; made once, whoever else starts at the same moment."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        content = fresh()
        own = path.with_name(f"{path.name}.{os.getpid()}")
        own.touch(mode=0o600)
        own.write_bytes(content)
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(own)
        own.unlink()
    content = path.read_bytes()
    if len(content) > WRAPPED_BYTES_MAX:
        raise NoMasterKey(f"{path} is too large to be a key")
    return content


def _sound(key: bytes, place: str) -> bytes:
    if len(key) != KEY_BYTES:
        raise NoMasterKey(f"{place}: {len(key)} bytes are no master key, which has {KEY_BYTES}")
    return key


def service_of(text: str) -> KeyService:
    """The service that `MTD_KMS` names. Raises NoMasterKey."""
    kind, _, place = text.partition(":")
    if kind == "aws" and place:
        return AwsService(place)
    if not place.startswith("/") or kind not in ("file", "program"):
        raise NoMasterKey(f"{SERVICE}: say aws:KEY, file:/path or program:/path")
    return FileService(Path(place)) if kind == "file" else ProgramService(Path(place))
