"""Processes at the desk: what is deployed, who runs on it, and how many orders stand where."""

from collections.abc import Iterable, Mapping

import msgspec

from mtd.core.process.definition import Definition
from mtd.core.process.linking import SEPARATOR
from mtd.core.process.telling import label
from mtd.runtime.desk.desk import Desk
from mtd.runtime.desk.person import Person
from mtd.runtime.operations import deploying
from mtd.runtime.operations.operations import NotFound
from mtd.store import elements
from mtd.store.definitions import Listed, Unknown
from mtd.store.elements import Standing
from mtd.store.sessions import Fault, fault

VERSION_MAX = 2**31 - 1
COUNTING_MS = 250
"""A count that takes longer is not shown."""


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a process."""

    listed: Listed
    latest: bool
    """New orders take it."""
    running: int | None
    """Instances; None: counting them would take too long."""
    troubled: int
    """Orders with an open exception."""

    @property
    def id(self) -> str:
        """`name@version`"""
        return f"{self.listed.name}@{self.listed.version}"


class Spot(msgspec.Struct, frozen=True, kw_only=True):
    """An element of a drawing, and who stands there."""

    element: str
    name: str
    kind: str
    waiting: int
    """Orders for which a person is awaited."""
    failing: int
    """Orders with an open exception."""


async def versions(desk: Desk, person: Person, name: str | None = None) -> list[Version]:
    """Every version of every process, or of the one called `name`; the newest first."""
    person.must("processes.see")
    listed = await deploying.listed(desk.app, desk.tenant)
    mine = [one for one in listed if one.kind == "process" and name in (None, one.name)]
    latest = {one.name: one.version for one in mine}
    running = await _running(desk)
    async with desk.app.store.door(desk.tenant) as connection:
        troubled = _by_owner(await elements.troubled(connection, desk.tenant, person.stores))
    found = [
        Version(
            listed=one,
            latest=latest[one.name] == one.version,
            running=None if running is None else running.get(f"{one.name}@{one.version}", 0),
            troubled=sum(troubled.get(f"{one.name}@{one.version}", {}).values()),
        )
        for one in mine
    ]
    return sorted(found, key=lambda one: (one.listed.name, -one.listed.version))


async def definition(desk: Desk, person: Person, name: str, version: int) -> Definition:
    """A version that can be run. Raises Forbidden, and NotFound."""
    person.must("processes.see")
    if not 0 < version <= VERSION_MAX:
        raise NotFound(f"there is no process {name}@{version}")
    try:
        return await desk.app.library.definition(desk.tenant, f"{name}@{version}")
    except (Unknown, LookupError) as error:
        raise NotFound(f"there is no process {name}@{version}") from error


async def spots(desk: Desk, person: Person, shown: Definition) -> list[Spot]:
    """The elements of `shown`, whoever calls it, those where somebody stands first."""
    person.must("processes.see")
    async with desk.app.store.door(desk.tenant) as connection:
        waiting = _by_owner(await elements.asked(connection, desk.tenant, person.stores))
        failing = _by_owner(await elements.troubled(connection, desk.tenant, person.stores))
    asked, troubled = waiting.get(shown.id, {}), failing.get(shown.id, {})
    found = [
        Spot(
            element=id_,
            name=label(shown, id_),
            kind=one.kind,
            waiting=asked.get(id_, 0),
            failing=troubled.get(id_, 0),
        )
        for id_, one in shown.elements.items()
        if id_ not in shown.linked and id_ != shown.root
    ]
    return sorted(found, key=lambda one: (-one.failing, -one.waiting))


def owned(definition: str, element: str) -> tuple[str, str]:
    """Whose drawing an element is in, `name@version`, and its id there."""
    owner, _, own = element.partition(SEPARATOR)
    return (owner, own) if own and "@" in owner else (definition, element)


def _by_owner(standings: Iterable[Standing]) -> Mapping[str, dict[str, int]]:
    """Orders by the version whose drawing it is, and the element's id there."""
    found: dict[str, dict[str, int]] = {}
    for one in standings:
        owner, element = owned(one.definition, one.element)
        known = found.setdefault(owner, {})
        known[element] = known.get(element, 0) + one.orders
    return found


async def _running(desk: Desk) -> dict[str, int] | None:
    try:
        async with desk.app.store.door(desk.tenant) as connection:
            return await elements.running(connection, desk.tenant, COUNTING_MS)
    except Exception as error:
        if fault(error) is Fault.AGAIN:
            return None
        raise
