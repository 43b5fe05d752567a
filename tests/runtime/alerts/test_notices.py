"""Notices: each opening, escalation and closing is told once, by real mail and real HTTP."""

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from aiohttp import web

from mtd.connectors.settings import LegacySettings
from mtd.runtime.alerts import handling
from mtd.runtime.alerts.delivering import Delivering, keep_delivering, signature
from mtd.runtime.alerts.rules import Author
from mtd.runtime.alerts.telling import after_quiet
from mtd.runtime.settings.alerts import Recipient, Waiting
from mtd.simulators.settings import TownSettings
from mtd.simulators.town import Running, serve
from tests.runtime.alerts.conftest import Set
from tests.runtime.alerts.scene import Scene, a_rule

ANA = Author(actor="ana", reason="it is known")
SECRET = "a-secret-that-signs"
SENDERS = {"default": {"address": "no-responder@paris.example", "name": "París"}}


class Hook:
    """Takes posts; answers as it is told to."""

    def __init__(self) -> None:
        self.posts: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []
        self.url = ""

    async def take(self, request: web.BaseRequest) -> web.StreamResponse:
        self.posts.append((dict(request.headers), await request.read()))
        status = self.answers.pop(0) if self.answers else 200
        location = {"Location": self.url} if status == 302 else {}
        return web.Response(status=status, headers=location)

    def told(self) -> list[Any]:
        return [msgspec.json.decode(body) for _, body in self.posts]


@asynccontextmanager
async def a_hook() -> AsyncGenerator[Hook]:
    hook = Hook()
    runner = web.ServerRunner(web.Server(hook.take))
    await runner.setup()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    await web.TCPSite(runner, "127.0.0.1", port).start()
    hook.url = f"http://127.0.0.1:{port}/alarms"
    yield hook
    await runner.cleanup()


@asynccontextmanager
async def a_post() -> AsyncGenerator[Running]:
    town = await serve(TownSettings(latency_scale=0, default_faults=False))
    try:
        yield town
    finally:
        await town.close()


async def opened(one: Scene) -> str:
    await one.waits()
    [alert] = await one.fires()
    return str(alert["id"])


async def over(one: Scene) -> None:
    await one.rows("UPDATE intake_file SET state = 'NEW'")
    assert not await one.fires(1)


def to_hook(hook: Hook) -> dict[str, Any]:
    return {"recipients": {"ops": Recipient(webhook=hook.url, secret="env:HOOK")}}


async def test_a_webhook_is_told_of_each_event_once_and_signed(scene: Set) -> None:
    async with a_hook() as hook:
        one = await scene(to_hook(hook), waiting=a_rule(Waiting(), recipients=("ops",)))
        sending = Delivering(one.app, 1, {"HOOK": SECRET})
        id_ = await opened(one)
        await one.look(20)
        await asyncio.gather(*(sending.look(one.now) for _ in range(3)))
        await over(one)
        assert await sending.look(one.now) == 1
        assert await sending.look(one.now + timedelta(hours=1)) == 0
        await sending.close()
    assert [one["event"] for one in hook.told()] == ["OPENED", "CLOSED"]
    headers, body = hook.posts[0]
    assert headers["X-MTD-Signature"] == signature(SECRET, body)
    assert headers["X-MTD-Notice"] == f"{id_}:1:ops"
    assert hook.told()[0]["affected"] == 1 and hook.told()[0]["link"].endswith(f"/alerts/{id_}")


async def test_what_fails_is_tried_again_under_its_id_and_what_is_refused_is_shown(
    scene: Set,
) -> None:
    async with a_hook() as hook:
        one = await scene(to_hook(hook), waiting=a_rule(Waiting(), recipients=("ops",)))
        sending = Delivering(one.app, 1, {"HOOK": SECRET})
        id_ = await opened(one)
        hook.answers = [503, 429, 302, 404]
        at = one.now
        for wait_s in (0, 16, 31, 61):
            at += timedelta(seconds=wait_s)
            assert await sending.look(at) == 1
            assert await sending.look(at) == 0  # not before its time
        [notice] = (await handling.shown(one.app, 1, id_)).notices
        assert (notice.state, notice.attempts, notice.said) == ("FAILED", 4, "answered 404")
        assert (await handling.figures(one.app, 1)).notices == {"FAILED": 1}
        assert await handling.tell_again(one.app, 1, id_, ANA) == 1
        assert await sending.look(at + timedelta(hours=1)) == 1
        await sending.close()
    assert len({headers["X-MTD-Notice"] for headers, _ in hook.posts}) == 1
    assert len({body for _, body in hook.posts}) == 1
    [notice] = (await handling.shown(one.app, 1, id_)).notices
    assert notice.state == "SENT"


async def test_who_was_cut_off_in_the_middle_is_followed_by_another_attempt(scene: Set) -> None:
    async with a_hook() as hook:
        one = await scene(to_hook(hook), waiting=a_rule(Waiting(), recipients=("ops",)))
        await opened(one)
        killed = Delivering(one.app, 1, {"HOOK": SECRET})
        task = asyncio.create_task(killed.look(one.now))
        async with asyncio.timeout(10):
            while not hook.posts:  # noqa: ASYNC110 it waits
                await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await killed.close()
        await one.rows("UPDATE alert_notice SET state = 'PENDING', settled_at = NULL")
        heir = Delivering(one.app, 1, {"HOOK": SECRET})
        assert await heir.look(one.now + timedelta(seconds=30)) == 0
        assert await heir.look(one.now + timedelta(seconds=90)) == 1
        await heir.close()
    first, second = hook.posts
    assert first[0]["X-MTD-Notice"] == second[0]["X-MTD-Notice"]


async def test_a_day_is_long_enough_and_a_missing_secret_is_said(scene: Set) -> None:
    async with a_hook() as hook:
        one = await scene(to_hook(hook), waiting=a_rule(Waiting(), recipients=("ops",)))
        sending = Delivering(one.app, 1, {})
        id_ = await opened(one)
        await sending.look(one.now)
        [notice] = (await handling.shown(one.app, 1, id_)).notices
        assert notice.state == "PENDING" and "HOOK is not set" in notice.said
        await sending.look(one.now + timedelta(days=2))
        [notice] = (await handling.shown(one.app, 1, id_)).notices
        assert notice.state == "FAILED" and not hook.posts
        await sending.close()


async def test_letters_leave_in_the_readers_language_with_one_id_each(scene: Set) -> None:
    async with a_post() as post:
        mail = LegacySettings(base_url=post.urls["mail"], options={"senders": SENDERS})
        more = {
            "recipients": {
                "jefe": Recipient(mail="jefe@paris.example"),
                "boss": Recipient(mail="boss@paris.example", language="en"),
            },
            "legacy": {"mail": mail},
        }
        rule = a_rule(
            Waiting(), title="Archivos en espera", severity="critical", recipients=("jefe",),
            escalate_after_s=600, escalate_to=("boss",),
        )  # fmt: skip
        one = await scene(more, waiting=rule)
        sending = Delivering(one.app, 1, {})
        await opened(one)
        assert await sending.look(one.now) == 1
        await one.look(700)
        assert await sending.look(one.now) == 2
        await one.rows("UPDATE alert_notice SET state = 'PENDING', due_at = $1", one.now)
        assert await sending.look(one.now) == 3  # the same letters, as after a lost reply
        await over(one)
        assert await sending.look(one.now) == 2
        await sending.close()
        state = post.stations["mail"].system.state
        assert state is not None
        letters: list[Any] = state()["recent"]
    assert [(letter.recipient, letter.subject) for letter in letters] == [
        ("jefe@paris.example", "[CRÍTICA] Archivos en espera"),
        ("jefe@paris.example", "[CRÍTICA] Archivos en espera"),
        ("boss@paris.example", "[CRITICAL] Archivos en espera"),
        ("jefe@paris.example", "[Cerrada] Archivos en espera"),
        ("boss@paris.example", "[Closed] Archivos en espera"),
    ]
    assert len({letter.mail_id for letter in letters}) == 5


async def test_muted_nobody_is_told_until_that_is_over(scene: Set) -> None:
    async with a_hook() as hook:
        one = await scene(to_hook(hook), waiting=a_rule(Waiting(), recipients=("ops",)))
        sending = Delivering(one.app, 1, {"HOOK": SECRET})
        id_ = await opened(one)
        await sending.look(one.now)
        await handling.mute(one.app, 1, id_, 600, ANA)
        await one.look(300)
        assert await sending.look(one.now) == 0
        await one.look(400)
        assert await sending.look(one.now) == 1
        await handling.mute(one.app, 1, id_, 3_000, ANA)
        await over(one)
        assert await sending.look(one.now) == 0
        await sending.close()
    assert [each["event"] for each in hook.told()] == ["OPENED", "UNMUTED"]


async def test_in_quiet_hours_only_what_is_critical_is_told(scene: Set) -> None:
    async with a_hook() as hook:
        zone = ZoneInfo("America/Santiago")
        quiet = a_rule(Waiting(), recipients=("ops",), quiet="22:00-07:00")
        loud = a_rule(Waiting(), recipients=("ops",), quiet="22:00-07:00", severity="critical")
        one = await scene(to_hook(hook), quiet=quiet, loud=loud)
        sending = Delivering(one.app, 1, {"HOOK": SECRET})
        one.now = datetime(2030, 3, 1, 23, 30, tzinfo=zone).astimezone(UTC)
        await one.waits()
        assert len(await one.fires()) == 2
        assert await sending.look(one.now) == 1
        await over(one)
        assert await sending.look(one.now) == 1  # of the loud one: nobody heard of the other
        await one.waits()
        await one.look(7_200)
        await sending.look(one.now)
        await one.rows("UPDATE alert_watch SET due_at = 'infinity'")
        assert await sending.look(one.now.replace(hour=10, minute=1)) == 1
        await sending.close()
    told = [(each["event"], each["rule"]) for each in hook.told()]
    assert told[:2] == [("OPENED", "loud"), ("CLOSED", "loud")]
    assert told[-1] == ("OPENED", "quiet")
    states = await one.rows("SELECT state FROM alert_notice WHERE state = 'SPARED'")
    assert len(states) == 1


@pytest.mark.parametrize(
    ("quiet", "at", "due"),
    [
        ("", "2030-03-01T23:00", "2030-03-01T23:00"),
        ("22:00-07:00", "2030-03-01T21:59", "2030-03-01T21:59"),
        ("22:00-07:00", "2030-03-01T22:00", "2030-03-02T07:00"),
        ("22:00-07:00", "2030-03-02T06:59", "2030-03-02T07:00"),
        ("22:00-07:00", "2030-03-02T07:00", "2030-03-02T07:00"),
        ("13:00-14:00", "2030-03-01T13:30", "2030-03-01T14:00"),
        ("13:00-14:00", "2030-03-01T14:30", "2030-03-01T14:30"),
        ("07:00-07:00", "2030-03-01T07:00", "2030-03-01T07:00"),
    ],
)
def test_quiet_hours_end(quiet: str, at: str, due: str) -> None:
    zone = ZoneInfo("America/Santiago")
    moment, wanted = (datetime.fromisoformat(text).replace(tzinfo=zone) for text in (at, due))
    assert after_quiet(quiet, moment.astimezone(UTC), zone) == wanted


async def test_it_is_told_while_the_command_runs(
    scene: Set, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOOK", SECRET)
    async with a_hook() as hook:
        one = await scene(to_hook(hook), waiting=a_rule(Waiting(), recipients=("ops",)))
        stopping = asyncio.Event()
        task = asyncio.create_task(keep_delivering(one.app, 1, stopping))
        one.now = one.app.clock.now() - timedelta(seconds=1)
        await opened(one)
        async with asyncio.timeout(20):
            while not hook.posts:  # noqa: ASYNC110 it waits
                await asyncio.sleep(0.05)
        stopping.set()
        await task
