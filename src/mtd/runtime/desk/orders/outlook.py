"""The outlook of an order: what it waits for now, and what calling it off would undo."""

from collections.abc import Container, Iterator
from datetime import datetime

import msgspec

from mtd.core.orders.states import FINAL
from mtd.core.process.definition import Definition
from mtd.core.process.effect import Call
from mtd.core.process.instance import Instance, State
from mtd.core.process.telling import label
from mtd.runtime.desk.desk import Desk
from mtd.runtime.operations.following import Line, awaited
from mtd.store.orders import dossier
from mtd.store.orders.orders import Order
from mtd.store.sessions import Connection

AWAITED_MAX = 20
ROWS_MAX = 1_000
"""Rows of a journal that are folded for it; where the snapshot is older, it is empty."""


class PutOff(msgspec.Struct, frozen=True, kw_only=True):
    """An attempt that waits for its time."""

    wait: int
    service: str
    where: str
    number: int
    """Of the attempt."""
    at: datetime


class Outlook(msgspec.Struct, frozen=True, kw_only=True):
    """How an order's process stands; of one that is over, nothing."""

    awaited: tuple[Line, ...] = ()
    """The soonest first, at most AWAITED_MAX: a person, at an exception; nothing put off."""
    put_off: tuple[PutOff, ...] = ()
    """Attempts that are made by themselves later, the soonest first, at most AWAITED_MAX."""
    undone: tuple[str, ...] = ()
    """Labels of the steps that compensation would take, in their order."""


async def outlook_of(desk: Desk, connection: Connection, order: Order) -> Outlook:
    """What the order's process waits for, and what it would undo."""
    if order.state in FINAL:
        return Outlook()
    try:
        instance = await dossier.stands(connection, desk.tenant, order.id, ROWS_MAX)
    except ValueError:  # the exception that it then has says what is wrong with its journal
        return Outlook()
    if instance is None or instance.state is not State.RUNNING:
        return Outlook()
    definition = await desk.app.library.definition(desk.tenant, instance.definition)
    later = sorted(put_off(definition, instance, desk.app.clock.now()), key=lambda one: one.at)
    lines = [*awaited_now(definition, instance, {one.wait for one in later})]
    dated = sorted((line for line in lines if line.at), key=lambda line: str(line.at))
    return Outlook(
        awaited=tuple([*(line for line in lines if line.at is None), *dated][:AWAITED_MAX]),
        put_off=tuple(later[:AWAITED_MAX]),
        undone=tuple(undone(definition, instance)),
    )


def awaited_now(
    definition: Definition, instance: Instance, later: Container[int]
) -> Iterator[Line]:
    """A person for each exception, and what waits without one, save the waits put off till later.

    A wait below an exception is for nothing any more until somebody settles it.
    """
    incidents = instance.incidents.values()
    for one in incidents:
        where = label(definition, one.element) if one.element else instance.definition
        yield Line(key="decides_person", what=one.code, where=where)
    stuck = {one.wait for one in incidents}
    for wait in instance.waits.values():
        if wait.id not in later and wait.id not in stuck:
            yield from awaited(wait.effect, label(definition, wait.element))


def put_off(definition: Definition, instance: Instance, now: datetime) -> Iterator[PutOff]:
    """Attempts that are not to be made yet; what stands below an exception is none of them."""
    stuck = {one.wait for one in instance.incidents.values()}
    for wait in instance.waits.values():
        call = wait.effect
        if not isinstance(call, Call) or call.not_before is None or wait.id in stuck:
            continue
        if call.not_before > now:
            yield PutOff(
                wait=wait.id,
                service=call.service,
                where=label(definition, wait.element),
                number=call.attempt,
                at=call.not_before,
            )


def undone(definition: Definition, instance: Instance) -> Iterator[str]:
    """What compensation of the whole would do, the last completed first (BPMN 2.0.2 §13.5.5)."""
    ended = {one.inside for scope in instance.completed.values() for one in scope}
    for scope in sorted(instance.completed.keys() - ended, reverse=True):
        yield from _undone(definition, instance, scope)


def _undone(definition: Definition, instance: Instance, scope: int) -> Iterator[str]:
    """The handlers of what completed in one scope; a sub-process without one is looked into."""
    for completion in reversed(instance.completed.get(scope, ())):
        element = definition.elements[completion.element]
        if completion.whole and element.compensated_by is not None:
            yield label(definition, element.compensated_by)
        elif completion.inside is None:
            continue
        elif element.compensation is not None:
            yield label(definition, definition.elements[element.compensation].parent or "")
        else:
            yield from _undone(definition, instance, completion.inside)
