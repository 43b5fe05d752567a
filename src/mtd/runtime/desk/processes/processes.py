"""Processes at the desk: what is deployed, who runs on it, and how many orders stand where."""

from collections.abc import Iterable, Mapping

import msgspec

from mtd.core.process.definition import Definition
from mtd.core.process.telling import label
from mtd.runtime.counts.counting import placed
from mtd.runtime.desk.desk import Desk
from mtd.runtime.desk.people.person import Person
from mtd.runtime.desk.processes import heating
from mtd.runtime.desk.processes.heating import Heat
from mtd.runtime.operations import deploying
from mtd.runtime.operations.operations import NotFound
from mtd.store.counts import elements, figures
from mtd.store.counts.elements import Standing
from mtd.store.deployed.definitions import Listed, Unknown

VERSION_MAX = 2**31 - 1


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a process."""

    listed: Listed
    latest: bool
    """New orders take it."""
    running: int
    """Instances that have a token in its drawing."""
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
    """Tokens that stand there now."""
    overdue: int
    """Of them: their task is overdue."""
    failing: int
    """Orders with an open exception."""
    heat: Heat | None
    """How hot it was; None: it was not asked for, or there is nothing to tell."""


class Crowd(msgspec.Struct, frozen=True, kw_only=True):
    """Who runs on versions, by `name@version`."""

    running: Mapping[str, int]
    """Instances that have a token in its drawing."""
    troubled: Mapping[str, int]
    """Orders with an open exception."""


async def crowd(desk: Desk, person: Person) -> Crowd:
    """Who runs on each version, in the stores that the person sees: counted over all of them."""
    person.must("processes.see")
    async with desk.app.store.window(desk.tenant) as connection:
        running = await elements.running(connection, desk.tenant, person.stores)
        troubled = _by_owner(await elements.troubled(connection, desk.tenant, person.stores))
    return Crowd(
        running=running, troubled={owner: sum(some.values()) for owner, some in troubled.items()}
    )


async def versions(
    desk: Desk, person: Person, counted: Crowd, name: str | None = None
) -> list[Version]:
    """Every version of every process, or of the one called `name`; the newest first."""
    person.must("processes.see")
    listed = await deploying.listed(desk.app, desk.tenant)
    mine = [one for one in listed if one.kind == "process" and name in (None, one.name)]
    latest = {one.name: one.version for one in mine}
    found = [
        Version(
            listed=one,
            latest=latest[one.name] == one.version,
            running=counted.running.get(f"{one.name}@{one.version}", 0),
            troubled=counted.troubled.get(f"{one.name}@{one.version}", 0),
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


async def spots(
    desk: Desk, person: Person, shown: Definition, mode: str = "", period: str = heating.USUAL
) -> list[Spot]:
    """The elements of `shown`, whoever calls it, those where most is first.

    `mode`: one of heating.MODES; empty: who stands where. Raises Forbidden, NotFound.
    """
    person.must("processes.see")
    person.must("orders.see")
    if (mode and mode not in heating.MODES) or period not in heating.PERIODS:
        raise NotFound(f"there is no heat {mode!r} of {period!r}")
    async with desk.app.store.window(desk.tenant) as connection:
        troubled = await elements.troubled(connection, desk.tenant, person.stores)
        waiting = await figures.waiting(
            connection, desk.tenant, desk.app.clock.now(), person.stores, shown.id
        )
    failing = _by_owner(troubled).get(shown.id, {})
    standing = {one.element: one for one in waiting}
    heats = await heating.heats(desk, person, shown, mode, period) if mode else {}
    found = [
        Spot(
            element=id_,
            name=label(shown, id_),
            kind=one.kind,
            waiting=standing[id_].waiting if id_ in standing else 0,
            overdue=standing[id_].overdue_now if id_ in standing else 0,
            failing=failing.get(id_, 0),
            heat=heats.get(id_),
        )
        for id_, one in shown.elements.items()
        if id_ not in shown.linked and id_ != shown.root
    ]
    return sorted(found, key=_hottest)


def _hottest(one: Spot) -> tuple[float, int, int]:
    return (-one.heat.value if one.heat else 0.0, -one.failing, -one.waiting)


def _by_owner(standings: Iterable[Standing]) -> Mapping[str, dict[str, int]]:
    """Orders by the version whose drawing it is, and the element's id there."""
    found: dict[str, dict[str, int]] = {}
    for one in standings:
        owner, element = placed(one.definition, one.element)
        known = found.setdefault(owner, {})
        known[element] = known.get(element, 0) + one.orders
    return found
