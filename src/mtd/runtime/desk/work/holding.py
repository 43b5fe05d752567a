"""Holding: what stands still by somebody's word, and the word that lets it go on."""

import msgspec

from mtd.core.orders.purchase_order import Channel
from mtd.core.process.definition import Person as AsksPerson
from mtd.core.process.definition import Service
from mtd.runtime.desk.desk import Desk
from mtd.runtime.desk.people.person import Person
from mtd.runtime.desk.reasons import given
from mtd.runtime.operations import pausing
from mtd.runtime.operations.operations import Conflict, NotFound
from mtd.store.operations.pauses import Kind, Listed

MANAGE = "pauses.manage"
KINDS: tuple[Kind, ...] = ("counterpart", "step", "store", "channel")


class Step(msgspec.Struct, frozen=True):
    """A step that can be paused."""

    process: str
    element: str
    label: str


class Choices(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody may pause."""

    counterparts: tuple[str, ...]
    stores: tuple[str, ...]
    channels: tuple[str, ...]
    steps: tuple[Step, ...]


async def listing(desk: Desk, person: Person) -> list[Listed]:
    """Pauses, the open ones first, then the newest; each with how many wait for its end."""
    person.must("orders.see")
    found = await pausing.listing(desk.operations, only_open=False)
    return sorted(found, key=lambda one: one.lifted_at is not None)


async def choices(desk: Desk, person: Person) -> Choices:
    """What there is to be paused, by the latest version of each process."""
    person.must(MANAGE)
    settings = desk.app.settings
    await desk.app.library.look(desk.tenant)
    steps: list[Step] = []
    for process, id_ in sorted(desk.app.library.latest(desk.tenant).items()):
        definition = await desk.app.library.definition(desk.tenant, id_)
        steps += [
            Step(process, key, element.name or key)
            for key, element in definition.elements.items()
            if key not in definition.linked and isinstance(element.work, Service | AsksPerson)
        ]
    return Choices(
        counterparts=tuple(sorted(settings.legacy)),
        stores=tuple(store for store in settings.stores if person.sees(store)),
        channels=tuple(channel.value for channel in Channel),
        steps=tuple(steps),
    )


async def pause(
    desk: Desk, person: Person, kind: str, name: str, process: str, reason: str
) -> Listed:
    """Let it stand still. Raises Forbidden, NotFound, and Conflict: it does already."""
    person.must(MANAGE)
    known: Kind | None = next((one for one in KINDS if one == kind), None)
    if known is None or (known == "store" and not person.sees(name)):
        raise NotFound(f"there is no {kind} {name!r}")
    _whole_of(person, known)
    reason = given(reason)
    await desk.record(person, "pause.begin", f"{kind} {name}", reason, after={"process": process})
    return await pausing.pause(desk.operations, known, name, person.login, reason, process)


async def lift(desk: Desk, person: Person, id_: str, reason: str) -> Listed:
    """Let it go on. Raises Forbidden, NotFound, and Conflict: it does already."""
    person.must(MANAGE)
    found = await pausing.one(desk.operations, id_)
    if found.kind == "store" and not person.sees(found.name):
        raise NotFound(f"there is no pause {id_}")
    _whole_of(person, found.kind)
    reason = given(reason)
    await desk.record(person, "pause.lift", f"{found.kind} {found.name}", reason)
    return await pausing.lift(desk.operations, id_, person.login, reason)


def _whole_of(person: Person, kind: str) -> None:
    """Who sees some stores alone rules over those alone: the rest belongs to every store."""
    if kind != "store" and person.stores is not None:
        raise Conflict("what belongs to all stores is paused by who sees all of them")
