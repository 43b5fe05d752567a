"""Steps: throughput, durations and failures of each step, and of each counterpart called."""

from collections.abc import Iterable

import msgspec

from mtd.runtime.counts.sketch import merged, quantile_ms
from mtd.runtime.desk.desk import Desk
from mtd.runtime.desk.figures import figures
from mtd.runtime.desk.figures.figures import ElementFigures
from mtd.runtime.desk.orders import board
from mtd.runtime.desk.people.person import Person
from mtd.runtime.operations.breaking import worst
from mtd.store.counts import figures as rows
from mtd.store.counts.figures import Duration, Scope
from mtd.store.operations import breakers, pauses
from mtd.store.operations.breakers import State

ROWS_MAX = 200
SLOW_MS = 1_000.0
"""A step at which tokens stand longer than that is of interest, whoever works there."""


class StepLine(msgspec.Struct, frozen=True, kw_only=True):
    """A step of a definition."""

    definition: str
    label: str
    service: str
    """What it calls, `legacy.operation`; empty: nothing."""
    figures: ElementFigures

    @property
    def failing(self) -> float | None:
        """The attempts that failed, from 0 to 1; None: none were made."""
        return share(self.figures.failures, self.figures.attempts)


class Counterpart(msgspec.Struct, frozen=True, kw_only=True):
    """One of the others' systems, in a span of time."""

    name: str
    attempts: int
    refusals: int
    failures: int
    took_p50_ms: float | None
    took_p95_ms: float | None
    paused: bool
    """A person lets it stand still."""
    standing: int
    """Orders that stand at a step which calls it, at this moment."""
    breaker: State
    """The worst of all workers': open, nobody calls it."""

    @property
    def failing(self) -> float | None:
        """The attempts that failed, from 0 to 1; None: none were made."""
        return share(self.failures, self.attempts)


async def steps(
    desk: Desk, person: Person, scope: Scope
) -> tuple[list[StepLine], list[Counterpart]]:
    """The steps with the most failures first, at most ROWS_MAX, and the counterparts by name.

    A counterpart's figures are those of the stores that the person sees.
    """
    person.must("statistics.see")
    now = desk.app.clock.now()
    async with desk.app.store.window(desk.tenant) as connection:
        counts = await rows.steps(connection, desk.tenant, scope)
        durations = await rows.durations(connection, desk.tenant, scope)
        waiting = await rows.waiting(connection, desk.tenant, now, scope.stores)
        services = await rows.services(connection, desk.tenant)
        stopped = await pauses.listing(connection, desk.tenant, only_open=True)
        opened = await breakers.opened(connection)
        standing = await breakers.standing(connection, desk.tenant, scope.stores)
    told = figures.together(counts, durations, waiting)
    called = {(one.definition, one.element): one.service for one in services}
    lines = [
        StepLine(
            definition=definition,
            label=await board.step(desk, definition, element),
            service=called.get((definition, element), ""),
            figures=one,
        )
        for (definition, element), one in told.items()
        if _matters(one)
    ]
    lines.sort(key=lambda line: (-line.figures.failures, -line.figures.attempts, line.label))
    paused = {one.name for one in stopped if one.kind == "counterpart"}
    broken: dict[str, list[State]] = {}
    for one in opened:
        broken.setdefault(one.legacy, []).append(one.state)
    return lines[:ROWS_MAX], counterparts(told, durations, called, paused, broken, standing)


def counterparts(
    told: dict[tuple[str, str], ElementFigures],
    durations: Iterable[Duration],
    called: dict[tuple[str, str], str],
    paused: set[str],
    broken: dict[str, list[State]],
    standing: dict[str, int],
) -> list[Counterpart]:
    """The figures of all steps that call the same system, together."""
    sketches: dict[str, list[dict[int, int]]] = {}
    for one in durations:
        service = called.get((one.definition, one.element))
        if one.kind == "took" and service:
            sketches.setdefault(system_of(service), []).append({one.bucket: one.n})
    parts: dict[str, list[ElementFigures]] = {}
    for key, one in told.items():
        if one.attempts and key in called:
            parts.setdefault(system_of(called[key]), []).append(one)
    found: list[Counterpart] = []
    for name, some in sorted(parts.items()):
        whole = merged(sketches.get(name, []))
        found.append(
            Counterpart(
                name=name,
                attempts=sum(one.attempts for one in some),
                refusals=sum(one.refusals for one in some),
                failures=sum(one.failures for one in some),
                took_p50_ms=quantile_ms(whole, 0.5),
                took_p95_ms=quantile_ms(whole, 0.95),
                paused=name in paused,
                standing=standing.get(name, 0),
                breaker=worst(broken.get(name, ())),
            )
        )
    return found


def system_of(service: str) -> str:
    """The legacy system of `legacy.operation`."""
    return service.partition(".")[0]


def share(part: int, whole: int) -> float | None:
    """`part` of `whole`, from 0 to 1; None of nothing."""
    return part / whole if whole else None


def _matters(one: ElementFigures) -> bool:
    """Whether it is a step at which something was done, or took time: no gateway passed by."""
    happened = one.attempts or one.incidents or one.overdue or one.waiting
    return bool(happened) or (one.rest_p95_ms or 0.0) > SLOW_MS
