"""History: orders of years that never were, written in sets, for a benchmark to look through."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import msgspec

from mtd.core.process.journal import VERSION, Ignored, Record, encode
from mtd.store.ids import SLOTS, least_id
from mtd.store.sessions import Connection, Session
from mtd.store.statements import statements

KEYS = 4
"""What an order is mostly searched by: its number, and its buyer's tax id, mail and telephone."""
SAME = encode(Record(VERSION, ["bench", ""], [Ignored("made up: it changes nothing")]))
"""A row that may follow any other, itself too."""

_SQL = statements("counts/history")


class History(msgspec.Struct, frozen=True, kw_only=True):
    """What is made up."""

    tenant: int
    total: int
    """Orders."""
    running: int
    """Of them: the last ones are not over."""
    straggler: int
    """Of the others, every so manieth is not over either."""
    until: datetime
    every: timedelta
    """Between two orders."""
    definition: str
    elements: tuple[str, ...]
    """Where they stand, and what they went through."""
    zone: str
    """Where days begin."""

    def at(self, number: int) -> datetime:
        """When order `number`, from 1, was received."""
        return self.until - (self.total - number) * self.every

    def ids(self, first: int, last: int) -> dict[str, str]:
        """The bounds of the ids of these orders."""
        half = self.every / 2
        return {
            "from": least_id(self.at(first) - half),
            "to": least_id(self.at(last) + half),
        }


async def orders(connection: Connection, history: History, first: int, last: int) -> None:
    """Orders `first` to `last`, and their search keys; the connection is a door's."""
    await connection.execute(
        *_SQL["orders"](
            tenant=history.tenant,
            first=first,
            last=last,
            total=history.total,
            running=history.running,
            straggler=history.straggler,
            until=history.until,
            every_s=history.every.total_seconds(),
            keys=KEYS,
        )
    )


async def courses(engine: Session, history: History, first: int, last: int) -> None:
    """What would have become of them, and been counted."""
    where = {"tenant": history.tenant, **history.ids(first, last)}
    more = {"definition": history.definition, "zone": history.zone}
    elements = {"elements": list(history.elements)}
    for name, given in (
        ("instances", {"definition": history.definition, "slots": SLOTS}),
        ("order_tallies", more),
        ("promise_tallies", {"zone": history.zone}),
        ("settled", {}),
        ("open", {}),
        ("resting", {"definition": history.definition, **elements}),
    ):
        await engine.fetch(*_SQL[name](**where, **given))


async def steps(engine: Session, history: History, since: datetime, until: datetime) -> None:
    """What would have been counted of the steps in a span of time."""
    await engine.fetch(
        *_SQL["step_tallies"](
            tenant=history.tenant,
            since=since,
            until=until,
            definition=history.definition,
            elements=list(history.elements),
            zone=history.zone,
        )
    )


async def journals(
    engine: Session, history: History, real: Sequence[str], first: int, last: int
) -> None:
    """Orders `first` to `last` each get the journal, and the calls, of one of the `real` ones."""
    where = {"tenant": history.tenant, "real": list(real), **history.ids(first, last)}
    await engine.fetch(*_SQL["journals"](**where))
    await engine.fetch(*_SQL["calls"](**where))


async def lengthen(engine: Session, tenant: int, instance: str, rows: int) -> None:
    """The journal of `instance` goes on for so many rows, which can be read like any."""
    await engine.fetch(*_SQL["long"](tenant=tenant, instance=instance, rows=rows, payload=SAME))


async def troubles(engine: Session, history: History, tasks: int) -> None:
    """Open incidents of the orders with an exception, and work for people at others."""
    elements = list(history.elements)
    await engine.fetch(*_SQL["incidents"](tenant=history.tenant, elements=elements))
    await engine.fetch(*_SQL["tasks"](tenant=history.tenant, elements=elements, count=tasks))


async def files(connection: Connection, tenant: int, count: int) -> None:
    """Order files that wait for people; the connection is a door's."""
    await connection.execute(*_SQL["files"](tenant=tenant, count=count))


@asynccontextmanager
async def writing(owner: Session) -> AsyncGenerator[None]:
    """Meanwhile, very much is written: search keys without their index, which is then made.

    The session is the tables' owner's, and patient.
    """
    async with owner.use() as connection:
        await connection.execute(*_SQL["begin"]())
        yield
        await connection.execute(*_SQL["end"]())


TIDIED = ("tidy_orders", "tidy_keys", "tidy_journals")


async def tidy(owner: Session, what: str) -> None:
    """Leave what TIDIED names as autovacuum would; the session is the owner's, and patient."""
    await owner.fetch(*_SQL[what]())
