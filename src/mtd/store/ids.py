"""Ids and slots: UUIDv7 made of a time and of chance that the caller brings."""

import hashlib
from datetime import UTC, datetime, timedelta

SLOTS = 64
"""How many shares the work is cut into; an instance belongs to one for ever."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def uuid7(at: datetime, chance: bytes) -> str:
    """A UUIDv7 (RFC 9562 §5.7) of the millisecond `at` and ten bytes of `chance`.

    Raises ValueError for fewer than ten bytes.
    """
    if len(chance) < 10:
        raise ValueError("a UUIDv7 takes ten bytes of chance")
    moment_ms = (at - _EPOCH) // timedelta(milliseconds=1)
    digits = (moment_ms.to_bytes(6, "big") + chance[:10]).hex()
    variant = "89ab"[chance[2] >> 6]
    return f"{digits[:8]}-{digits[8:12]}-7{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"


def least_id(at: datetime) -> str:
    """The least id of what is made at the millisecond `at` or later. `at` is not before 1970."""
    return uuid7(at, bytes(10))


def derived(at: datetime, *origin: str | int) -> str:
    """The UUIDv7 of the millisecond `at` that this `origin` always has: no chance in it."""
    name = "\0".join(map(str, origin))
    return uuid7(at, hashlib.sha256(name.encode()).digest())


def slot_of(instance: str) -> int:
    """The slot of an instance: the last six bits of its id, which are chance."""
    return int(instance[-2:], 16) % SLOTS
