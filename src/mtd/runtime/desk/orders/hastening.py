"""Hastening at the desk: an attempt that is put off is made now, by who may retry."""

from mtd.runtime.desk.desk import Desk
from mtd.runtime.desk.orders.dossier import accepted
from mtd.runtime.desk.orders.outlook import put_off
from mtd.runtime.desk.people.person import Person
from mtd.runtime.desk.reasons import given
from mtd.runtime.operations.changing import stands
from mtd.runtime.operations.operations import Conflict
from mtd.store.orders.orders import Order


async def hasten(desk: Desk, person: Person, order: Order, wait: int | None, reason: str) -> None:
    """Make the attempt of `wait` now, or (None) every one that is put off.

    Raises Forbidden, and Conflict: no reason, or nothing of that is put off any more.
    """
    person.must("orders.retry")
    reason = given(reason)
    definition, instance = await stands(desk.app, desk.tenant, order.id)
    found = [
        one
        for one in put_off(definition, instance, desk.app.clock.now())
        if wait in (None, one.wait)
    ]
    if not found:
        raise Conflict("no attempt is put off any more: it was made, or the order went on")
    steps = [f"{one.where} ({one.number})" for one in found]
    await desk.record(person, "order.hasten", order.key, reason, after={"attempts": steps})
    accepted(await desk.operations.hasten(order, wait, person.login, reason))
