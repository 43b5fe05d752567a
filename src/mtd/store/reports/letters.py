"""Letters of the daily report: one for each day and recipient, and what came of it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Literal

import msgspec

from mtd.store.sessions import Connection, structs
from mtd.store.statements import statements

State = Literal["PENDING", "SENT", "FAILED"]
CLAIMED_MAX = 20

_SQL = statements("reports/letters")


class Claimed(msgspec.Struct, frozen=True, kw_only=True):
    """A letter that is due."""

    day: date
    recipient: str
    attempts: int
    """This one is the first: 1."""
    made_at: datetime
    content: bytes


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What came of an attempt."""

    day: date
    recipient: str
    state: State
    said: str
    due_at: datetime | None = None
    """PENDING: when to try again."""


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """A letter, as people see it."""

    recipient: str
    state: State
    attempts: int
    made_at: datetime
    settled_at: datetime | None
    said: str


async def told(connection: Connection, tenant: int, day: date) -> set[str]:
    """Who is told, or was, of a day."""
    rows = await connection.fetch(*_SQL["told"](tenant=tenant, day=day))
    return {row["recipient"] for row in rows}


async def add(
    connection: Connection, tenant: int, day: date, contents: Mapping[str, bytes], now: datetime
) -> None:
    """Have a day told, by recipient; whoever is told of it already stays so."""
    await connection.execute(
        *_SQL["add"](
            tenant=tenant,
            day=day,
            now=now,
            recipients=list(contents),
            contents=list(contents.values()),
        )
    )


async def claim(
    connection: Connection, tenant: int, now: datetime, again_at: datetime
) -> list[Claimed]:
    """What is due, at most CLAIMED_MAX; at `again_at` again, unless what came of it is known."""
    rows = await connection.fetch(
        *_SQL["claim"](tenant=tenant, now=now, again_at=again_at, page=CLAIMED_MAX)
    )
    return structs(Claimed, rows)


async def settle(
    connection: Connection, tenant: int, verdicts: Sequence[Verdict], now: datetime
) -> None:
    """What came of attempts."""
    await connection.execute(
        *_SQL["settle"](
            tenant=tenant,
            now=now,
            days=[one.day for one in verdicts],
            recipients=[one.recipient for one in verdicts],
            states=[one.state for one in verdicts],
            said=[one.said for one in verdicts],
            due_ats=[one.due_at for one in verdicts],
        )
    )


async def of(connection: Connection, tenant: int, day: date) -> list[Letter]:
    """Whom a day was mailed to."""
    return structs(Letter, await connection.fetch(*_SQL["of"](tenant=tenant, day=day)))
