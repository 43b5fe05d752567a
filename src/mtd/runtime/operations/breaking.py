"""Breaking: which systems workers stopped calling by themselves, and having them called again."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from mtd.runtime.operations.operations import NotFound, Operations
from mtd.store.operations import breakers, census
from mtd.store.operations.breakers import Closing, Open, State


class Breaker(msgspec.Struct, frozen=True, kw_only=True):
    """The breakers of all workers before one system."""

    counterpart: str
    state: State
    """The worst of them: `open`, nobody calls; `half_open`, one probes; `closed`."""
    since: datetime | None
    """When the first of those that are not closed opened."""
    workers: int
    """That live."""
    opened: tuple[Open, ...]
    """Those that are not closed."""
    waiting: int
    """Tokens that stand at steps which call it: what grows while nobody calls."""
    open_s: float
    """So long after it opened, or after a probe failed, the next one probes."""
    last_closing: Closing | None
    """When somebody last had it closed, and why."""


async def listing(operations: Operations, stores: Sequence[str] | None = None) -> list[Breaker]:
    """Every system of the settings; those that are not closed come first.

    `stores`: whose waiting tokens are counted; None: all.
    """
    app, tenant = operations.app, operations.tenant
    async with app.store.window(tenant) as connection:
        opened = await breakers.opened(connection)
        waiting = await breakers.waiting(connection, tenant, stores)
        last = await breakers.last(connection, tenant)
        health = await census.health(connection)
    found: list[Breaker] = []
    for name, settings in app.settings.legacy.items():
        mine = tuple(one for one in opened if one.legacy == name)
        found.append(
            Breaker(
                counterpart=name,
                state=worst([one.state for one in mine]),
                since=min((one.since for one in mine), default=None),
                workers=health.workers,
                opened=mine,
                waiting=waiting.get(name, 0),
                open_s=settings.breaker_open_s,
                last_closing=last.get(name),
            )
        )
    return sorted(found, key=lambda one: (_RANKS[one.state], one.counterpart))


async def close(operations: Operations, counterpart: str, actor: str, reason: str) -> Breaker:
    """Every worker closes its breaker within two seconds. Raises NotFound.

    One that goes on failing opens it again.
    """
    if counterpart not in operations.app.settings.legacy:
        raise NotFound(f"there is no counterpart {counterpart!r}")
    async with operations.app.store.door(operations.tenant) as connection:
        await breakers.close(connection, operations.tenant, counterpart, actor=actor, reason=reason)
    return next(one for one in await listing(operations) if one.counterpart == counterpart)


def worst(states: Sequence[State]) -> State:
    """Of several, the one that lets the least through."""
    return min(states, key=lambda one: _RANKS[one]) if states else "closed"


_RANKS: dict[State, int] = {"open": 0, "half_open": 1, "closed": 2}
