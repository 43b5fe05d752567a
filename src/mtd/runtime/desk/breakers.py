"""Breakers at the desk: systems that workers stopped calling, and the word that has them called."""

from mtd.runtime.desk.desk import Desk
from mtd.runtime.desk.people.person import Person
from mtd.runtime.desk.reasons import given
from mtd.runtime.desk.work.holding import MANAGE
from mtd.runtime.operations import breaking
from mtd.runtime.operations.breaking import Breaker


async def listing(desk: Desk, person: Person) -> list[Breaker]:
    """Breakers before the others' systems; what waits there is of the stores that they see."""
    person.must("orders.see")
    return await breaking.listing(desk.operations, person.stores)


async def close(desk: Desk, person: Person, counterpart: str, reason: str) -> Breaker:
    """Have every worker call it again. Raises Forbidden, and NotFound."""
    person.must_everywhere(MANAGE)
    reason = given(reason)
    await desk.record(person, "breaker.close", counterpart, reason)
    return await breaking.close(desk.operations, counterpart, person.login, reason)
