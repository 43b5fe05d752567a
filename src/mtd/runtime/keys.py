"""Where the master key comes from: the environment, a file, or a key service that wraps it.

Everything that is sealed is sealed with keys that the master key wraps. With a key service (KMS)
the master key lies beside the data only as that service has wrapped it, and is asked for at start.
"""

import contextlib
import os
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12
MASTER_KEY, SERVICE = "MTD_MASTER_KEY", "MTD_KMS"
WRAPPED = "master.key.wrapped"
FOR = b"mtd master key"
"""What the key is bound to: nothing else that the same service wrapped opens as one."""
PROGRAM_S = 30.0
WRAPPED_BYTES_MAX = 10_000


class NoMasterKey(Exception):
    """The master key cannot be had; the message says from where, and never what it is."""


class KeyService(Protocol):
    """Wraps a key so that only the same service opens it again."""

    def wrap(self, key: bytes) -> bytes:
        """The key, to be kept beside the data. Raises NoMasterKey."""
        ...

    def unwrap(self, wrapped: bytes) -> bytes:
        """The key again. Raises NoMasterKey."""
        ...


class FileService:
    """A key in a file on another disk, such as a mounted secret: AES-256-GCM."""

    def __init__(self, path: Path) -> None:
        try:
            key = bytes.fromhex(path.read_text(encoding="ascii").strip())
        except (OSError, ValueError) as error:
            raise NoMasterKey(f"{SERVICE}: {path} holds no key in hexadecimal") from error
        if len(key) != KEY_BYTES:
            raise NoMasterKey(f"{SERVICE}: {path} holds {len(key)} bytes, not {KEY_BYTES}")
        self._cipher = AESGCM(key)

    def wrap(self, key: bytes) -> bytes:
        """The key, sealed."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, key, FOR)

    def unwrap(self, wrapped: bytes) -> bytes:
        """The key again."""
        try:
            return self._cipher.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], FOR)
        except (InvalidTag, ValueError) as error:
            raise NoMasterKey(f"{SERVICE}: the wrapped master key does not open") from error


class ProgramService:
    """A program of the operator's, `PROGRAM wrap|unwrap`, bytes in and out, that asks a service."""

    def __init__(self, program: Path) -> None:
        self._program = program

    def wrap(self, key: bytes) -> bytes:
        """What the program answers to the key."""
        return self._run("wrap", key)

    def unwrap(self, wrapped: bytes) -> bytes:
        """What the program answers to the wrapped key."""
        return self._run("unwrap", wrapped)

    def _run(self, verb: str, content: bytes) -> bytes:
        try:
            done = subprocess.run(  # noqa: S603 the operator's own program, named in full
                [self._program, verb],
                input=content,
                capture_output=True,
                timeout=PROGRAM_S,
                check=True,
            )
        except (OSError, subprocess.SubprocessError) as error:
            kind = type(error).__name__
            raise NoMasterKey(f"{SERVICE}: {self._program} {verb}: {kind}") from error
        return done.stdout


def master_key(home: Path, environment: Mapping[str, str]) -> bytes:
    """The key that wraps all others.

    `MTD_MASTER_KEY` (hexadecimal); else, with `MTD_KMS` (`file:/path` or `program:/path`), the
    one in `home` that this service wrapped; else a file in `home`. The latter two are made at the
    first start. Raises NoMasterKey.
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
        own = path.with_name(f"{path.name}.{os.getpid()}")
        own.touch(mode=0o600)
        own.write_bytes(fresh())
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
    if not place.startswith("/") or kind not in ("file", "program"):
        raise NoMasterKey(f"{SERVICE}: say file:/path or program:/path")
    return FileService(Path(place)) if kind == "file" else ProgramService(Path(place))
