"""Measuring: what a rule is measured by, and what came of it, now or in the past."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import msgspec

from mtd.runtime.app import App
from mtd.store.operations.standings import Filter
from mtd.store.sessions import Connection

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
READ_EVERY_S = 300
"""What is measured and kept nowhere else is kept as the most and the least of so long."""


class Sight(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule looks through: a connection that reads, and the moment."""

    connection: Connection
    tenant: int
    now: datetime
    app: App
    judged: dict[tuple[str, str], tuple[str, ...]]
    """What was found in orders that were looked into before, by rule and order; shared."""


class Remedy(msgspec.Struct, frozen=True, kw_only=True):
    """The bulk action that may put it right, and for whom."""

    action: Literal["retry", "push"]
    filter: Filter


class Measure(msgspec.Struct, frozen=True, kw_only=True):
    """A rule's condition in one scope at one moment."""

    scope: str = ""
    observed: float
    bound: float
    fires: bool
    read_as: str | None = None
    """The scope of its reading, where that is another than its own."""
    affected: int = 0
    """Orders, files, attempts or letters that it is about."""
    facts: Mapping[str, str | float | None] = {}
    """What else is told of it."""
    path: str = ""
    """The portal's page that shows them."""
    remedy: Remedy | None = None


class Point(msgspec.Struct, frozen=True):
    """What a rule would have found at a moment of the past."""

    scope: str
    at: datetime
    until: datetime
    observed: float
    fires: bool


class History(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule would have found, from when on that can be told."""

    points: Sequence[Point]
    since: datetime | None
    """None: nothing is kept of what it looks at."""
    complete: bool = True
    """False: there was more than is looked through."""


def counted(count: int, more_than: int, **told: Any) -> Measure:
    """So many where no more than `more_than` may be; `told`: the other fields of a measure."""
    return Measure(observed=count, bound=more_than, fires=count > more_than, affected=count, **told)


def bucket_at(bucket: int, window_s: float) -> datetime:
    """When a window that is numbered from the epoch begins."""
    return EPOCH + timedelta(seconds=bucket * window_s)


def minute(moment: datetime) -> datetime:
    """The minute in which it is."""
    return moment.replace(second=0, microsecond=0)


def windowed(scope: str, bucket: int, window_s: float, observed: float, *, fires: bool) -> Point:
    """What was found at the end of a window that is numbered from the epoch."""
    at = bucket_at(bucket, window_s)
    return Point(scope, at, at + timedelta(seconds=window_s), observed, fires)
