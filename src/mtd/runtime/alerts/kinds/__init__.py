"""The kinds of rules, a module each: a new one is a condition, a module and a line here."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import msgspec

from mtd.runtime.alerts.kinds import (
    attempts,
    claims,
    folios,
    letters,
    price,
    promise,
    stuck,
    volume,
    waiting,
    workers,
)
from mtd.runtime.alerts.measuring import History, Measure, Sight
from mtd.runtime.settings import alerts as conditions


class Kind(msgspec.Struct, frozen=True):
    """How a kind of rule is measured."""

    measure: Callable[[Sight, Any], Awaitable[list[Measure]]]
    """Now: each scope of which something is known."""
    past: Callable[[Sight, Any, datetime, datetime], Awaitable[History]]
    """Between two moments."""
    reads: Callable[[Any], str] | None = None
    """Under which name its readings are kept; None: something else keeps a history of it."""


KINDS: dict[type, Kind] = {
    conditions.Volume: Kind(volume.measure, volume.past),
    conditions.Stuck: Kind(stuck.measure, stuck.past, stuck.reads),
    conditions.Waiting: Kind(waiting.measure, waiting.past),
    conditions.ErrorRate: Kind(attempts.rate, attempts.rate_past),
    conditions.CounterpartDown: Kind(attempts.down, attempts.down_past),
    conditions.Price: Kind(price.measure, price.past),
    conditions.FoliosLow: Kind(folios.measure, folios.past, folios.reads),
    conditions.Promise: Kind(promise.measure, promise.past, promise.reads),
    conditions.Bounced: Kind(letters.measure, letters.past),
    conditions.ClaimsUnheard: Kind(claims.measure, claims.past),
    conditions.WorkersMissing: Kind(workers.measure, workers.past, workers.reads),
}
