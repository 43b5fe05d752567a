"""Figures of steps: what happened at the elements of a drawing, and who stands there now."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, tzinfo

import msgspec

from mtd.runtime.counts.sketch import Histogram, quantile_ms
from mtd.runtime.counts.tally import DAY, HOUR, day_of
from mtd.runtime.desk.desk import Desk
from mtd.runtime.desk.people.person import Person
from mtd.store.counts import figures
from mtd.store.counts.figures import Duration, Scope, StepCounts, Waiting

HOURS_MAX = 49
"""Longer spans are told by days: two whole days, and the hour by which one may be longer."""
EVER = datetime(2000, 1, 1, tzinfo=UTC)


class ElementFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What happened at an element of a definition in a span of time, and who stands there now.

    Durations are at most 4.8 % beside the true ones (`runtime/counts/sketch`).
    """

    element: str
    """Its id, as it is drawn."""
    visits: int = 0
    """Tokens that came."""
    leaves: int = 0
    """Tokens that went on, or ended there."""
    attempts: int = 0
    """Calls that came back, or were given up."""
    refusals: int = 0
    """Of them: answered by a business no."""
    failures: int = 0
    """Of them: failed, or without an answer."""
    incidents: int = 0
    overdue: int = 0
    """Tokens that left after their task was due."""
    rest_p50_ms: float | None = None
    rest_p95_ms: float | None = None
    took_p50_ms: float | None = None
    took_p95_ms: float | None = None
    waiting: int = 0
    """Tokens that stand there now."""
    overdue_now: int = 0
    """Of them: their task is overdue."""


async def elements(
    desk: Desk,
    person: Person,
    definition: str,
    since: datetime | None = None,
    until: datetime | None = None,
) -> dict[str, ElementFigures]:
    """By its id, each element of `name@version` at which something happened, or somebody stands.

    `since` is cut down to where its hour, or in longer spans its day, began. Of called processes
    the elements are counted for the called definition. The person's stores alone.
    """
    person.must("orders.see")
    now = desk.app.clock.now()
    scope = scope_of(since or EVER, until or now, desk.zone, person.stores)
    async with desk.app.store.window(desk.tenant) as connection:
        counts = await figures.steps(connection, desk.tenant, scope, definition)
        durations = await figures.durations(connection, desk.tenant, scope, definition)
        waiting = await figures.waiting(connection, desk.tenant, now, person.stores, definition)
    told = together(counts, durations, waiting)
    return {element: one for (_, element), one in told.items()}


async def counted_until(desk: Desk) -> datetime | None:
    """Until when the journal is counted; None: nothing was counted yet."""
    async with desk.app.store.window(desk.tenant) as connection:
        return await figures.read_at(connection)


def scope_of(
    since: datetime, until: datetime, zone: tzinfo, stores: tuple[str, ...] | None
) -> Scope:
    """The counts of a span of time: of hours while there are few, else of days."""
    if until - since <= timedelta(hours=HOURS_MAX):
        began = since.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        return Scope(grain=HOUR, since=began, until=until, stores=stores)
    return Scope(grain=DAY, since=day_of(since, zone), until=until, stores=stores)


def together(
    counts: Iterable[StepCounts], durations: Iterable[Duration], waiting: Iterable[Waiting]
) -> dict[tuple[str, str], ElementFigures]:
    """What is told of each element of a definition."""
    rests: dict[tuple[str, str], Histogram] = {}
    tooks: dict[tuple[str, str], Histogram] = {}
    for one in durations:
        kind = rests if one.kind == "rest" else tooks
        kind.setdefault((one.definition, one.element), {})[one.bucket] = one.n
    happened = {(one.definition, one.element): one for one in counts}
    standing = {(one.definition, one.element): one for one in waiting}
    found: dict[tuple[str, str], ElementFigures] = {}
    for key in happened.keys() | standing.keys():
        counted, now = happened.get(key), standing.get(key)
        found[key] = ElementFigures(
            element=key[1],
            **({} if counted is None else _numbers(counted)),
            rest_p50_ms=quantile_ms(rests.get(key, {}), 0.5),
            rest_p95_ms=quantile_ms(rests.get(key, {}), 0.95),
            took_p50_ms=quantile_ms(tooks.get(key, {}), 0.5),
            took_p95_ms=quantile_ms(tooks.get(key, {}), 0.95),
            waiting=0 if now is None else now.waiting,
            overdue_now=0 if now is None else now.overdue_now,
        )
    return found


def _numbers(counted: StepCounts) -> dict[str, int]:
    values = msgspec.structs.asdict(counted)
    return {name: n for name, n in values.items() if name not in ("definition", "element")}
