"""Letters and notices are claimed by one alone, even when two look for them at once."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from mtd.store.alerts import notices
from mtd.store.reports import letters
from mtd.store.sessions import Connection, Session
from mtd.store.store import Store
from tests.store.making import count, new_id
from tests.store.watching import until

NOW = datetime(2030, 3, 2, 7, tzinfo=UTC)
AGAIN = NOW + timedelta(minutes=1)
PATIENCE_S = 20.0
ALERT = new_id()
DAY = date(2030, 3, 1)
BLOCKED = "datname = current_database() AND wait_event_type = 'Lock'"


class Post(msgspec.Struct, frozen=True):
    """One of the tables that mail is sent from, with one row of it."""

    table: str
    fill: Callable[[Connection], Awaitable[None]]
    claim: Callable[..., Awaitable[Sequence[Any]]]
    settle: Callable[[Connection], Awaitable[None]]
    """It was sent."""


async def _letter(connection: Connection) -> None:
    await letters.add(connection, 1, DAY, {"boss": b"{}"}, NOW)


async def _letter_sent(connection: Connection) -> None:
    sent = letters.Verdict(day=DAY, recipient="boss", state="SENT", said="250")
    await letters.settle(connection, 1, [sent], AGAIN)


async def _notice(connection: Connection) -> None:
    new = notices.NewNotice(
        alert=ALERT, n=1, recipient="boss", made_at=NOW, due_at=NOW, content=b"{}"
    )
    await notices.add(connection, 1, [new])


async def _notice_sent(connection: Connection) -> None:
    sent = notices.Verdict(alert=ALERT, n=1, recipient="boss", state="SENT", said="250")
    await notices.settle(connection, 1, [sent], AGAIN)


POSTS = {
    "letters": Post("daily_letter", _letter, letters.claim, _letter_sent),
    "notices": Post("alert_notice", _notice, notices.claim, _notice_sent),
}


@pytest.fixture(params=sorted(POSTS))
async def post(request: pytest.FixtureRequest, store: Store) -> Post:
    wanted = POSTS[request.param]
    async with store.door(1) as connection:
        await wanted.fill(connection)
    return wanted


async def _claimed(store: Store, post: Post, now: datetime) -> Sequence[Any]:
    """What somebody else gets that claims at that time."""
    async with store.door(1) as connection:
        return await post.claim(connection, 1, now, now + timedelta(minutes=1))


async def _blocked(admin: Session) -> None:
    """Somebody waits for a row that is not committed yet."""

    async def waits() -> bool:
        return await count(admin, "pg_stat_activity", BLOCKED) == 1

    await until(waits, PATIENCE_S)


async def test_who_waited_for_the_claim_of_another_gets_nothing(
    store: Store, admin: Session, post: Post
) -> None:
    async with store.door(1) as first:
        assert len(await post.claim(first, 1, NOW, AGAIN)) == 1
        second = asyncio.create_task(_claimed(store, post, NOW))
        await _blocked(admin)
    assert not await second
    assert await count(admin, post.table, "attempts = 1 AND due_at = $1", AGAIN) == 1
    assert [one.attempts for one in await _claimed(store, post, AGAIN)] == [2]


async def test_what_is_settled_while_another_would_claim_it_is_not_sent_again(
    store: Store, admin: Session, post: Post
) -> None:
    assert len(await _claimed(store, post, NOW)) == 1
    async with store.door(1) as late:
        await post.settle(late)
        heir = asyncio.create_task(_claimed(store, post, AGAIN))
        await _blocked(admin)
    assert not await heir
    assert await count(admin, post.table, "attempts = 1 AND state = 'SENT'") == 1
