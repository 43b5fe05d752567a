"""Bulk actions at the desk: looked at, started, held and repeated by who may do what they do."""

from mtd.runtime.bulk import acting
from mtd.runtime.bulk.acting import BulkView, Shown
from mtd.runtime.desk.desk import Desk
from mtd.runtime.desk.people.person import Person
from mtd.runtime.operations.operations import NotFound
from mtd.store.operations import bulk as rows
from mtd.store.operations.bulk import Ruling

LISTED_MAX = 50
NEEDS = {
    "retry": "orders.retry", "cancel": "orders.cancel", "push": "files.push",
    "migrate": "processes.migrate",
}  # fmt: skip
"""What each action takes; the others take correcting orders."""


async def listing(desk: Desk, person: Person) -> list[BulkView]:
    """The latest bulk actions that are for nothing of a store that they do not see."""
    person.must("orders.see")
    return await acting.listing(desk.operations, LISTED_MAX, person.stores)


async def shown(desk: Desk, person: Person, id_: str) -> Shown:
    """One with its preview and progress. Raises NotFound: none that they may see."""
    person.must("orders.see")
    await _theirs(desk, person, id_)
    return await acting.shown(desk.operations, id_)


async def rule(desk: Desk, person: Person, id_: str, ruling: Ruling, reason: str) -> None:
    """Start, pause, resume or abort it. Raises Forbidden, NotFound, Conflict."""
    bulk = (await shown(desk, person, id_)).bulk
    person.must(NEEDS.get(bulk.action, "orders.correct"))
    reason = reason.strip() or bulk.reason
    await desk.record(person, f"bulk.{ruling.lower()}", bulk.name, reason)
    await acting.rule(desk.operations, id_, ruling, person.login, reason)


async def again(desk: Desk, person: Person, id_: str) -> Shown:
    """Preview it for those alone that failed. Raises Forbidden, NotFound, Conflict."""
    bulk = (await shown(desk, person, id_)).bulk
    person.must(NEEDS.get(bulk.action, "orders.correct"))
    await desk.record(person, "bulk.again", bulk.name, bulk.reason)
    return await acting.again(desk.operations, id_, person.login, bulk.reason)


async def table(desk: Desk, person: Person, id_: str) -> str:
    """What came of each, as CSV. Raises NotFound."""
    person.must("orders.export")
    await _theirs(desk, person, id_)
    await desk.record(person, "bulk.export", id_)
    return await acting.table(desk.operations, id_)


async def _theirs(desk: Desk, person: Person, id_: str) -> None:
    """Raises NotFound: it is for something of a store that they do not see."""
    async with desk.app.store.window(desk.tenant) as connection:
        if not await rows.listing(connection, desk.tenant, id_=id_, stores=person.stores):
            raise NotFound(f"there is no bulk action {id_}")
