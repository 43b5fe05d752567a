"""Lifetimes: how long a message waits to be awaited, by its name and whoever sends it."""

from collections.abc import Mapping
from datetime import timedelta

import msgspec

from mtd.core.process.compiler.timing import duration

USUAL_S = 7 * 24 * 3600.0
"""Of a message of which nothing is said."""


class Lifetimes(msgspec.Struct, frozen=True):
    """Seconds by the names of messages."""

    seconds: Mapping[str, float] = {}

    def of_s(self, name: str) -> float:
        """How long a message of this name waits; 0: it is to be awaited already."""
        return self.seconds.get(name, USUAL_S)


USUAL = Lifetimes()


def lifetimes(ttl: Mapping[str, str]) -> Lifetimes:
    """Those of a customer's `message_ttl`, whose durations the settings have checked."""
    return Lifetimes({name: _seconds(text) for name, text in ttl.items()})


def _seconds(text: str) -> float:
    ttl = duration(text)
    assert isinstance(ttl, timedelta), "settings refuse months here"
    return ttl.total_seconds()
