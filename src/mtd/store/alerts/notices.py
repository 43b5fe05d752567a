"""Notices: who is to be told of which event of an alert, and what came of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import msgspec

from mtd.store.sessions import Connection, structs
from mtd.store.statements import statements

State = Literal["PENDING", "SENT", "FAILED", "SPARED"]
CLAIMED_MAX = 50
PAGE_MAX = 500

_SQL = statements("alerts/notices")


class NewNotice(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody is to be told."""

    alert: str
    n: int
    """Of the event."""
    recipient: str
    made_at: datetime
    due_at: datetime
    content: bytes
    """JSON: the alert as it stood then."""


class Claimed(msgspec.Struct, frozen=True, kw_only=True):
    """A notice that is due."""

    alert: str
    n: int
    recipient: str
    attempts: int
    """This one is the first: 1."""
    made_at: datetime
    content: bytes


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What came of an attempt."""

    alert: str
    n: int
    recipient: str
    state: State
    said: str
    due_at: datetime | None = None
    """PENDING: when to try again."""


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """A notice, as people see it."""

    n: int
    recipient: str
    state: State
    attempts: int
    made_at: datetime
    due_at: datetime
    settled_at: datetime | None
    said: str


async def add(connection: Connection, tenant: int, notices: Sequence[NewNotice]) -> None:
    """Have these told."""
    await connection.execute(
        *_SQL["add"](
            tenant=tenant,
            ids=[one.alert for one in notices],
            ns=[one.n for one in notices],
            recipients=[one.recipient for one in notices],
            made_ats=[one.made_at for one in notices],
            due_ats=[one.due_at for one in notices],
            contents=[one.content for one in notices],
        )
    )


async def spare(
    connection: Connection, tenant: int, alerts: Sequence[str], now: datetime
) -> set[tuple[str, str]]:
    """What was put off is told no more, for the alerts are over; alert and recipient of each."""
    rows = await connection.fetch(*_SQL["spare"](tenant=tenant, ids=alerts, now=now))
    return {(row["alert"], row["recipient"]) for row in rows}


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
            ids=[one.alert for one in verdicts],
            ns=[one.n for one in verdicts],
            recipients=[one.recipient for one in verdicts],
            states=[one.state for one in verdicts],
            said=[one.said for one in verdicts],
            due_ats=[one.due_at for one in verdicts],
        )
    )


async def again(connection: Connection, tenant: int, alert: str, now: datetime) -> int:
    """Try anew what failed of an alert; how many."""
    return len(await connection.fetch(*_SQL["again"](tenant=tenant, id=alert, now=now)))


async def of(connection: Connection, tenant: int, alert: str) -> list[Notice]:
    """Who was told what of an alert, in order."""
    rows = await connection.fetch(*_SQL["of"](tenant=tenant, id=alert, page=PAGE_MAX))
    return structs(Notice, rows)


async def lately(connection: Connection, tenant: int, since: datetime) -> dict[str, int]:
    """How many notices are pending, and of those made since then, in each other state."""
    rows = await connection.fetch(*_SQL["lately"](tenant=tenant, since=since))
    return {row["state"]: row["count"] for row in rows}
