"""Changing: modification and migration of running instances, shown first and then asked for.

What is shown is what the turn would do now: the same pure functions on the instance as its journal
tells it. The turn decides again when it comes to it; what it refuses stands in the journal, and
nothing of it is done.
"""

import os
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from mtd.core.process.advance import Moved, advance, migrate
from mtd.core.process.counterparts import mapped
from mtd.core.process.definition import Definition
from mtd.core.process.facts import Opened
from mtd.core.process.instance import Instance, State
from mtd.core.process.label import folded
from mtd.core.process.trigger import Modified, Redefined, Trigger
from mtd.runtime.app import App
from mtd.runtime.operations.following import Line, would_follow
from mtd.runtime.operations.operations import Conflict, NotFound
from mtd.runtime.operations.tracing import awaited, label
from mtd.store.arriving.arrival import ForInstance, Receipt
from mtd.store.ids import uuid7
from mtd.store.orders import dossier, trace

INSTANCES_MAX = 10_000
"""Instances of one migration; who has more asks again."""
CHUNK = 200
"""Instances whose journals are read at once."""
OPERATOR = "operator"


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A modification, in the words of who wants it: labels or ids."""

    moves: Sequence[tuple[str, str]] = ()
    adds: Sequence[str] = ()
    drops: Sequence[str] = ()
    variables: dict[str, Any] = {}


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What would become of an instance."""

    instance: str
    key: str
    refused: str | None
    """Why it may not be; None: it may."""
    closes: tuple[str, ...] = ()
    """What would not be awaited any more, in words."""
    opens: tuple[str, ...] = ()
    """What would be awaited then."""
    stands: tuple[str, ...] = ()
    """Labels of the elements at which tokens would rest."""
    ends: bool = False
    told: tuple[Line, ...] = ()
    """The same as keys and values, for who tells it in another language."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A migration: where elements go, and which instances can follow."""

    old: str
    new: str
    mapping: dict[str, str | None]
    """Ids of the old version's elements to those of the new one; None: it has no counterpart."""
    instances: tuple[Preview, ...]
    asked: int = 0
    """Instances that were told to follow."""


async def stands(app: App, tenant: int, instance: str) -> tuple[Definition, Instance]:
    """An instance as its journal tells it, and what it runs on. Raises NotFound."""
    async with app.store.window(tenant) as connection:
        known = await dossier.stands(connection, tenant, instance)
    if known is None:
        raise NotFound(f"instance {instance} has not begun")
    return await app.library.definition(tenant, known.definition), known


async def all_stand(app: App, tenant: int, instances: Sequence[str]) -> dict[str, Instance]:
    """Those of these instances that have begun, as their journals tell them, CHUNK at most."""
    async with app.store.window(tenant) as connection:
        return await dossier.all_stand(connection, tenant, instances[:CHUNK])


async def previewed(app: App, tenant: int, instance: str, wanted: Wanted) -> Preview:
    """What a modification would do now. Raises NotFound, and Conflict for a name of nothing."""
    definition, known = await stands(app, tenant, instance)
    trigger = _modified(app, definition, wanted, "", "")
    return _preview(definition, definition, known, advance(definition, known, trigger))


async def dry_run(
    app: App, tenant: int, instance: str, trigger: Trigger, known: Instance | None = None
) -> Preview:
    """What `trigger` would do to an instance now. Raises NotFound, and definitions.Unknown.

    `known`: the instance as it stands, where it was read already.
    """
    if known is None:
        _, known = await stands(app, tenant, instance)
    definition = await app.library.definition(tenant, known.definition)
    if not isinstance(trigger, Redefined):
        return _preview(definition, definition, known, advance(definition, known, trigger))
    after = await app.library.definition(tenant, trigger.to)
    return _preview(definition, after, known, migrate(definition, after, known, trigger))


async def modify(
    app: App, tenant: int, instance: str, wanted: Wanted, actor: str, reason: str
) -> Receipt:
    """Ask for a modification. Raises NotFound; Conflict: it would be refused, and why."""
    definition, known = await stands(app, tenant, instance)
    trigger = _modified(app, definition, wanted, actor, reason)
    shown = _preview(definition, definition, known, advance(definition, known, trigger))
    if shown.refused is not None:
        raise Conflict(shown.refused)
    (receipt,) = await _deliver(app, tenant, [(instance, trigger)])
    return receipt


async def planned(
    app: App,
    tenant: int,
    old: str,
    new: str,
    mapping: Mapping[str, str],
    chosen: Sequence[str] = (),
) -> Plan:
    """The plan to migrate the running instances of `old`, or the `chosen` ones, to `new`.

    Both are `name@version`. Raises definitions.Unknown.
    """
    before = await app.library.definition(tenant, old)
    after = await app.library.definition(tenant, new)
    places = mapped(before, after, mapping)
    asked = Redefined(at=app.clock.now(), to=new, mapping=dict(mapping))
    previews: list[Preview] = []
    ids = [id_.lower() for id_ in chosen] or await _running(app, tenant, old)
    for first in range(0, len(ids), CHUNK):
        some = ids[first : first + CHUNK]
        known = await all_stand(app, tenant, some)
        for id_ in some:
            if (instance := known.get(id_)) is None:
                raise NotFound(f"instance {id_} has not begun")
            previews.append(_followed(before, after, instance, asked, places))
    return Plan(
        old=old,
        new=new,
        mapping={id_: places.get(id_) for id_ in before.elements},
        instances=tuple(previews),
    )


def _followed(
    before: Definition,
    after: Definition,
    instance: Instance,
    asked: Redefined,
    places: Mapping[str, str],
) -> Preview:
    if instance.definition != before.id:
        refused = f"it runs on {instance.definition}"
        return Preview(instance=instance.id, key=instance.key, refused=refused)
    return _preview(before, after, instance, migrate(before, after, instance, asked, places))


async def migrated(
    app: App, tenant: int, plan: Plan, mapping: Mapping[str, str], actor: str, reason: str
) -> Plan:
    """Let those follow that can, each by itself in its next turn."""
    follow = [one.instance for one in plan.instances if one.refused is None]
    trigger = Redefined(
        at=app.clock.now(), to=plan.new, mapping=dict(mapping), actor=actor, reason=reason
    )
    await _deliver(app, tenant, [(instance, trigger) for instance in follow])
    return msgspec.structs.replace(plan, asked=len(follow))


def _modified(
    app: App, definition: Definition, wanted: Wanted, actor: str, reason: str
) -> Modified:
    return Modified(
        at=app.clock.now(),
        moves=tuple((_id(definition, a), _id(definition, b)) for a, b in wanted.moves),
        adds=tuple(_id(definition, word) for word in wanted.adds),
        drops=tuple(_id(definition, word) for word in wanted.drops),
        variables=wanted.variables,
        actor=actor,
        reason=reason,
    )


def _id(definition: Definition, word: str) -> str:
    """The element that people mean by its id or label. Raises Conflict."""
    if word in definition.elements:
        return word
    found = [e.id for e in definition.elements.values() if folded(e.name) == folded(word)]
    if len(found) == 1:
        return found[0]
    if not found:
        raise Conflict(f"{definition.id} has no element {word!r}")
    raise Conflict(f"{len(found)} elements are called {word!r}: name it by its id, {found[0]} …")


def _preview(old: Definition, new: Definition, before: Instance, moved: Moved) -> Preview:
    facts = moved.facts
    if moved.refused is not None:
        return Preview(instance=before.id, key=before.key, refused=moved.refused)
    after = moved.instance
    closed = [wait for id_, wait in before.waits.items() if id_ not in after.waits]
    fresh = [f.wait for f in facts if isinstance(f, Opened) and f.wait.id not in before.waits]
    opened = [wait for wait in fresh if wait.id in after.waits]
    return Preview(
        instance=before.id,
        key=before.key,
        refused=None,
        closes=tuple(awaited(old, wait) for wait in closed),
        opens=tuple(awaited(new, wait) for wait in opened),
        stands=tuple(sorted({label(new, token.at) for token in after.tokens.values()})),
        ends=after.state is not State.RUNNING,
        told=tuple(would_follow(old, new, before, after, opened)),
    )


async def _running(app: App, tenant: int, definition: str) -> list[str]:
    async with app.store.window(tenant) as connection:
        return await trace.running(connection, tenant, definition, INSTANCES_MAX)


async def _deliver(app: App, tenant: int, triggers: Sequence[tuple[str, Trigger]]) -> list[Receipt]:
    arrivals: list[ForInstance] = []
    for instance, trigger in triggers:
        id_ = uuid7(app.clock.now(), os.urandom(10))
        arrivals.append(
            ForInstance(
                tenant=tenant,
                id=id_,
                instance=instance,
                trigger=msgspec.json.Encoder(decimal_format="number").encode(trigger),
                source=OPERATOR,
                message_id=id_,
            )
        )
    return list(await app.store.deliver(arrivals)) if arrivals else []
