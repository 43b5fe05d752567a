"""Key services: what wraps the master key, so that only the same service opens it again."""

import os
import subprocess
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12
SERVICE = "MTD_KMS"
FOR = b"mtd master key"
"""What the key is bound to: nothing else that the same service wrapped opens as one."""
PROGRAM_S = 30.0


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
