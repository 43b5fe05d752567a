"""Moving: an order is led past a step, or to another one, by who may; what follows is shown first.

Which steps it may be led to is asked of the engine itself: each is tried in memory, on the order as
its journal tells it now.
"""

import asyncio
from collections.abc import Iterator
from datetime import datetime

import msgspec

from mtd.core.process.advance import Moved, advance
from mtd.core.process.definition import Definition
from mtd.core.process.instance import Instance, State
from mtd.core.process.telling import label
from mtd.core.process.trigger import Modified
from mtd.runtime.desk.desk import Desk
from mtd.runtime.desk.orders.dossier import accepted
from mtd.runtime.desk.people.person import Person
from mtd.runtime.desk.reasons import given
from mtd.runtime.operations.changing import Wanted, modify, stands
from mtd.runtime.operations.following import Line, lines
from mtd.runtime.operations.operations import Conflict
from mtd.store.orders.orders import Order

SOURCES_MAX = 20
"""Steps at which an order rests; one with more is moved by the command line."""
TARGETS_MAX = 200
"""Steps of one process that are tried."""


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """A step to which an order may be led."""

    element: str
    name: str
    kind: str
    follows: bool
    """It is what the drawing has next."""


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """A step at which an order rests."""

    element: str
    name: str
    kind: str
    targets: tuple[Target, ...]
    """What the drawing has next first."""


class Consequences(msgspec.Struct, frozen=True, kw_only=True):
    """What leading an order from one step to another would do now."""

    source: str
    target: str
    names: tuple[str, str]
    stops: tuple[str, ...]
    """Labels of the elements where something would be awaited no more."""
    told: tuple[Line, ...]
    """What would follow."""
    stands: tuple[str, ...]
    """Labels of the elements where it would rest then."""
    ends: bool


async def sources(desk: Desk, person: Person, order: Order) -> list[Source]:
    """Where the order rests, and where it may be led from there."""
    person.must("orders.move")
    definition, known = await stands(desk.app, desk.tenant, order.id)
    if known.state is not State.RUNNING:
        return []
    now = desk.app.clock.now()
    # A large drawing has a hundred steps to try: the pages of others do not wait for that.
    found = await asyncio.to_thread(_sources, definition, known, now)
    return [one for one in found if one.targets]


async def consequences(
    desk: Desk, person: Person, order: Order, source: str, target: str
) -> Consequences:
    """What would follow. Raises Forbidden, and Conflict: it may not be, and why."""
    person.must("orders.move")
    definition, known = await stands(desk.app, desk.tenant, order.id)
    moved = _tried(definition, known, source, target, desk.app.clock.now())
    if moved.refused is not None:
        raise Conflict(moved.refused)
    gone = [wait for id_, wait in known.waits.items() if id_ not in moved.instance.waits]
    after = dict.fromkeys(token.at for token in moved.instance.tokens.values())
    return Consequences(
        source=source,
        target=target,
        names=(label(definition, source), label(definition, target)),
        stops=tuple(dict.fromkeys(label(definition, wait.element) for wait in gone)),
        told=tuple(lines(definition, moved.facts)),
        stands=tuple(label(definition, id_) for id_ in after),
        ends=moved.instance.state is not State.RUNNING,
    )


async def move(
    desk: Desk, person: Person, order: Order, source: str, target: str, reason: str
) -> Consequences:
    """Do it, as it was shown. Raises Forbidden, and Conflict: it may not be any more."""
    reason = given(reason)
    shown = await consequences(desk, person, order, source, target)
    done = {"from": source, "to": target}
    await desk.record(person, "order.move", order.key, reason, after=done)
    wanted = Wanted(moves=[(source, target)])
    accepted(await modify(desk.app, desk.tenant, order.id, wanted, person.login, reason))
    return shown


def _sources(definition: Definition, known: Instance, now: datetime) -> list[Source]:
    resting = dict.fromkeys(token.at for token in known.tokens.values() if not token.inner)
    return [
        Source(
            element=id_,
            name=label(definition, id_),
            kind=definition.elements[id_].kind,
            targets=tuple(_targets(definition, known, id_, now)),
        )
        for id_ in list(resting)[:SOURCES_MAX]
    ]


def _targets(
    definition: Definition, known: Instance, source: str, now: datetime
) -> Iterator[Target]:
    """The steps beside `source` at which a token may begin."""
    here = definition.elements[source]
    following = {way.target for way in here.outgoing}
    beside = [id_ for id_, one in definition.elements.items() if one.parent == here.parent]
    for id_ in sorted(beside[:TARGETS_MAX], key=lambda id_: id_ not in following):
        if id_ == source or _tried(definition, known, source, id_, now).refused is not None:
            continue
        yield Target(
            element=id_,
            name=label(definition, id_),
            kind=definition.elements[id_].kind,
            follows=id_ in following,
        )


def _tried(
    definition: Definition, known: Instance, source: str, target: str, now: datetime
) -> Moved:
    return advance(definition, known, Modified(at=now, moves=((source, target),)))
