"""Passwords: hashed as argon2id, a few at once, and tried in the same time whether known or not."""

import asyncio
import secrets
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

PASSWORD_MIN = 12
PASSWORD_MAX = 1_000
"""Characters; a longer one would only cost time to hash."""
HASHED_AT_ONCE_MAX = 2
"""Each takes 64 MiB while it lasts."""
ONCE = timedelta(hours=24)
"""How long a word that opens once may be used."""
ONCE_BYTES = 15

_HASHER = PasswordHasher()
"""Argon2id with the parameters of RFC 9106 §4 for memory-constrained environments."""
_NOBODY = _HASHER.hash(secrets.token_urlsafe(16))
"""Verified where there is no such account, so that it takes as long."""


class BadPassword(Exception):
    """A password that cannot be one; the message says why."""


class Passwords:
    """Hashes and tries passwords."""

    def __init__(self) -> None:
        self._hashing = asyncio.Semaphore(HASHED_AT_ONCE_MAX)

    async def hashed(self, password: str) -> str:
        """How a password is kept. Raises BadPassword."""
        if not PASSWORD_MIN <= len(password) <= PASSWORD_MAX:
            raise BadPassword(f"a password has {PASSWORD_MIN} to {PASSWORD_MAX} characters")
        async with self._hashing:
            return await asyncio.to_thread(_HASHER.hash, password)

    async def right(self, secret: str, password: str) -> bool:
        """Whether it is the one that is kept as `secret`; empty: never, and it takes as long."""
        async with self._hashing:
            found = await asyncio.to_thread(_verify, secret or _NOBODY, password[:PASSWORD_MAX])
        return found and bool(secret)


def word() -> str:
    """A word that nobody guesses, to be told to somebody and used once."""
    return secrets.token_urlsafe(ONCE_BYTES)


def _verify(secret: str, password: str) -> bool:
    try:
        return _HASHER.verify(secret, password)
    except (VerificationError, InvalidHashError):
        return False
