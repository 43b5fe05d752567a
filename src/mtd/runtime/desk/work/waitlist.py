"""The list of the waiting queue: narrowed by store and cause, counted whole, shown in pages."""

from collections.abc import Sequence
from datetime import timedelta

import msgspec

from mtd.runtime.bulk.asked import ITEMS_MAX
from mtd.runtime.desk.desk import Desk
from mtd.runtime.desk.people.person import Person
from mtd.store.arriving import discards, waitlist
from mtd.store.arriving.discards import Request
from mtd.store.arriving.intake import File
from mtd.store.arriving.waitlist import PAGE_MAX, Wanted

AGES = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4), timedelta(days=1))
"""Bounds of the classes of the histogram."""


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A file that waits, and what is asked of it."""

    file: File
    store: str
    request: Request | None


class Narrowed(msgspec.Struct, frozen=True, kw_only=True):
    """What a file of the list is asked to be; None: whatever it is."""

    store: str | None = None
    cause: str | None = None
    stores_out: tuple[str, ...] = ()
    causes_out: tuple[str, ...] = ()


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the list, and how many files are in all of it."""

    files: list[Waiting]
    """The oldest first."""
    after: str | None
    """Where the next page begins; None: there is none."""
    count: int
    causes: dict[str, int]
    """How many wait for each cause, by its name."""
    ages: tuple[int, ...]
    """How many wait for less than each of AGES, and how many for longer."""


async def listing(
    desk: Desk, person: Person, narrowed: Narrowed, after: str | None = None
) -> Listing:
    """Files that wait, from after the file `after` on; the counts are of all. Raises Forbidden."""
    person.must("files.see")
    wanted = _wanted(person, narrowed)
    now = desk.app.clock.now()
    arrived = [now - bound for bound in AGES]
    async with desk.app.store.window(desk.tenant) as connection:
        found = await waitlist.page(
            connection, desk.tenant, wanted, after=after, limit=PAGE_MAX + 1
        )
        page = found[:PAGE_MAX]
        tallies = await waitlist.tallies(connection, desk.tenant, wanted, arrived)
        asked = await discards.open_of(connection, desk.tenant, [one.id for one in page])
    causes: dict[str, int] = {}
    ages = [0] * (len(AGES) + 1)
    for tally in tallies:
        causes[tally.cause] = causes.get(tally.cause, 0) + tally.files
        ages[tally.age] += tally.files
    return Listing(
        files=[Waiting(file=one, store=store_of(one), request=asked.get(one.id)) for one in page],
        after=page[-1].id if len(found) > PAGE_MAX else None,
        count=sum(ages),
        causes=causes,
        ages=tuple(ages),
    )


async def count(desk: Desk, person: Person, narrowed: Narrowed) -> int:
    """How many files such a list has. Raises Forbidden."""
    person.must("files.see")
    async with desk.app.store.window(desk.tenant) as connection:
        tallies = await waitlist.tallies(connection, desk.tenant, _wanted(person, narrowed), [])
    return sum(one.files for one in tallies)


async def chosen(
    desk: Desk, person: Person, narrowed: Narrowed, ids: Sequence[str] | None
) -> list[str]:
    """Which of these (None: all) are in the list now; one beyond ITEMS_MAX tells of too many."""
    async with desk.app.store.window(desk.tenant) as connection:
        return await waitlist.ids(
            connection, desk.tenant, _wanted(person, narrowed), among=ids, limit=ITEMS_MAX + 1
        )


def store_of(file: File) -> str:
    """The store whose folder the file came in."""
    parts = file.path.split("/")
    return parts[1] if len(parts) > 1 else ""


def _wanted(person: Person, narrowed: Narrowed) -> Wanted:
    return Wanted(sees=person.stores, **msgspec.structs.asdict(narrowed))
