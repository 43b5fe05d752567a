"""Pausing: a step, a store, a channel or a counterpart stands still until somebody lifts that."""

from collections.abc import Iterable
from difflib import get_close_matches

from mtd.core.orders.purchase_order import Channel
from mtd.core.process.definition import Definition, Element, Person, Service
from mtd.core.process.label import folded
from mtd.runtime.operations.operations import Conflict, NotFound, Operations
from mtd.store.operations import pauses
from mtd.store.operations.pauses import Held, Kind, Listed, Pause


async def pause(
    operations: Operations, kind: Kind, name: str, actor: str, reason: str, process: str = ""
) -> Listed:
    """Pause what `name` names; of a step, an element of `process` by id or label.

    Raises NotFound, and Conflict for what is paused already or cannot be.
    """
    known, label = await _named(operations, kind, name, process)
    id_ = operations.new_id()
    begun = Pause(
        tenant=operations.tenant,
        id=id_,
        kind=kind,
        process=process if kind == "step" else "",
        name=known,
        label=label,
        at=operations.app.clock.now(),
        actor=actor,
        reason=reason,
    )
    async with operations.app.store.door(operations.tenant) as connection:
        if not await pauses.begin(connection, operations.tenant, [begun]):
            raise Conflict(f"{kind} {label!r} is paused already")
        (listed,) = await pauses.listing(connection, operations.tenant, ids=[id_])
    return listed


async def lift(operations: Operations, id_: str, actor: str, reason: str) -> Listed:
    """Let what was paused go on. Raises NotFound, and Conflict when it did already."""
    tenant = operations.tenant
    async with operations.app.store.door(tenant) as connection:
        lifted = await pauses.lift(connection, tenant, [id_], actor=actor, reason=reason)
        found = await pauses.listing(connection, tenant, ids=[id_])
    if not found:
        raise NotFound(f"there is no pause {id_}")
    if not lifted:
        raise Conflict(f"it was lifted at {found[0].lifted_at:%Y-%m-%d %H:%M:%S}Z")
    return found[0]


async def listing(operations: Operations, *, only_open: bool) -> list[Listed]:
    """Pauses, newest first, with how many instances wait for the end of each."""
    async with operations.app.store.window(operations.tenant) as connection:
        return await pauses.listing(connection, operations.tenant, only_open=only_open)


async def one(operations: Operations, id_: str) -> Listed:
    """A pause. Raises NotFound."""
    async with operations.app.store.window(operations.tenant) as connection:
        found = await pauses.listing(connection, operations.tenant, ids=[id_])
    if not found:
        raise NotFound(f"there is no pause {id_}")
    return found[0]


async def held(operations: Operations, id_: str, after: str | None, limit: int) -> list[Held]:
    """Who waits for the end of a pause, oldest first; a page. Raises NotFound."""
    await one(operations, id_)
    async with operations.app.store.window(operations.tenant) as connection:
        return await pauses.held(connection, operations.tenant, id_, after=after, limit=limit)


async def _named(operations: Operations, kind: Kind, name: str, process: str) -> tuple[str, str]:
    """What is meant, as the engine and as people call it."""
    settings = operations.app.settings
    match kind:
        case "step":
            await operations.app.library.look(operations.tenant)
            latest = operations.app.library.latest(operations.tenant)
            if process not in latest:
                raise NotFound(f"there is no process {process!r}{_near(process, latest)}")
            id_ = latest[process]
            element = step(await operations.app.library.definition(operations.tenant, id_), name)
            return element.id, element.name or element.id
        case "store":
            return _one_of(kind, name, {key: one.name for key, one in settings.stores.items()})
        case "channel":
            return _one_of(kind, name, {channel.value: channel.value for channel in Channel})
        case "counterpart":
            return _one_of(kind, name, {key: key for key in settings.legacy})


def step(definition: Definition, word: str) -> Element:
    """The step that people mean by its id or label. Raises NotFound, and Conflict."""
    own = {id_: e for id_, e in definition.elements.items() if id_ not in definition.linked}
    known = [own[word]] if word in own else []
    known = known or [one for one in own.values() if folded(one.name) == folded(word)]
    if not known:
        labels = [one.name or one.id for one in own.values()]
        raise NotFound(f"{definition.id} has no step {word!r}{_near(word, labels)}")
    if len(known) > 1:
        raise Conflict(f"{len(known)} steps are called {word!r}: name one by its id, {known[0].id}")
    if not isinstance(known[0].work, Service | Person):
        raise Conflict(
            f"{word!r} calls no system and asks no person, and does not wait: pause what follows it"
        )
    return known[0]


def _one_of(kind: str, name: str, known: dict[str, str]) -> tuple[str, str]:
    if name not in known:
        raise NotFound(f"there is no {kind} {name!r}{_near(name, known)}")
    return name, known[name]


def _near(word: str, known: Iterable[str]) -> str:
    close = get_close_matches(word, list(known))
    return f"; there is {', '.join(close)}" if close else ""
