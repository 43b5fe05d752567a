"""Delivering: notices leave by mail and by HTTP, at least once, under an id that never changes.

A letter's Message-ID, and a post's `X-MTD-Notice`, are the same for every attempt: whoever gets a
notice twice can tell. An attempt that is cut off is made again; what cannot be told in a day has
failed, and is shown.
"""

import asyncio
import hashlib
import hmac
import os
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import aiohttp
import msgspec
import structlog

from mtd.connectors.settings import BadLegacySettings, resolved
from mtd.runtime.alerts.telling import Told
from mtd.runtime.app import App
from mtd.runtime.mailing import (
    CLAIM,
    Letter,
    Mailing,
    Unsent,
    attempted,
    clock,
    portal_link,
)
from mtd.runtime.rounds import rounds
from mtd.runtime.settings.alerts import Recipient
from mtd.store.alerts import notices
from mtd.store.alerts.notices import Claimed, Verdict

LOG = structlog.get_logger()

LOOK_S = 1.0
STORE = "alerts"
"""Folder of templates of their own; else the default ones."""
SIGNATURE = "X-MTD-Signature"
"""`sha256=` and the HMAC of the body, in hexadecimal, keyed with the recipient's secret."""
NOTICE = "X-MTD-Notice"


async def keep_delivering(app: App, tenant: int, stopping: asyncio.Event) -> None:
    """Send what is due until told to stop."""
    delivering = Delivering(app, tenant, os.environ)
    try:
        await rounds(delivering.look, LOOK_S, stopping, "notices of alerts wait")
    finally:
        await delivering.close()


class Delivering:
    """What sends the notices of a tenant, beside others that do."""

    def __init__(self, app: App, tenant: int, environment: Mapping[str, str]) -> None:
        self._app = app
        self._tenant = tenant
        self._environment = environment
        self._mailing = Mailing(app, environment)
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Let go of every connection."""
        await self._mailing.close()
        if self._session is not None:
            await self._session.close()

    async def look(self, now: datetime | None = None) -> int:
        """Send what is due, and keep what came of it; how many attempts were made."""
        now = now or self._app.clock.now()
        async with self._app.store.door(self._tenant) as connection:
            due = await notices.claim(connection, self._tenant, now, now + CLAIM)
        if not due:
            return 0
        verdicts = await asyncio.gather(*(self._tried(one, now) for one in due))
        async with self._app.store.door(self._tenant) as connection:
            await notices.settle(connection, self._tenant, verdicts, now)
        return len(due)

    async def _tried(self, one: Claimed, now: datetime) -> Verdict:
        """One attempt at one notice, and what follows from what came of it."""
        about: dict[str, Any] = {"alert": one.alert, "n": one.n, "recipient": one.recipient}
        came = await attempted(self._sent(one), now, one.made_at, one.attempts)
        if came.state == "FAILED":
            LOG.error("nobody was told of an alert", problem=came.said, **about)
        return Verdict(state=came.state, said=came.said, due_at=came.due_at, **about)

    async def _sent(self, one: Claimed) -> str:
        recipient = self._app.settings.alerts.recipients.get(one.recipient)
        if recipient is None:
            raise Unsent("the settings have no such recipient any more", final=True)
        told = msgspec.json.decode(one.content, type=Told)
        if recipient.mail is not None:
            return await self._mailed(told, recipient, recipient.mail)
        return await self._posted(one, recipient)

    async def _mailed(self, told: Told, recipient: Recipient, address: str) -> str:
        return await self._mailing.send(
            Letter(
                key=told.id,
                kind="alert_closed" if told.event == "CLOSED" else "alert_opened",
                store=STORE,
                language=recipient.language,
                address=address,
                at=told.at,
                context={
                    **msgspec.structs.asdict(told),
                    "link": f"{portal_link(self._app)}/alerts/{told.alert}",
                    "zone": self._app.settings.time_zone,
                    "clock": clock,
                    "number": _number,
                },
            )
        )

    async def _posted(self, one: Claimed, recipient: Recipient) -> str:
        assert recipient.webhook is not None
        told = msgspec.json.decode(one.content)
        body = msgspec.json.encode({**told, "link": f"{portal_link(self._app)}/alerts/{one.alert}"})
        headers = {
            "Content-Type": "application/json",
            NOTICE: str(told["id"]),
            SIGNATURE: signature(self._secret(recipient), body),
        }
        if self._session is None:
            self._session = aiohttp.ClientSession(trust_env=False)
        asked = self._session.post(
            recipient.webhook, data=body, headers=headers, allow_redirects=False
        )
        try:
            async with asked as answer:
                status = answer.status
        except aiohttp.ClientError as error:
            raise Unsent(f"no answer: {type(error).__name__}") from error
        if 200 <= status < 300:
            return str(status)
        # What asks us to come back, or fails, may take it another time; other refusals are final.
        raise Unsent(f"answered {status}", final=400 <= status < 500 and status not in (408, 429))

    def _secret(self, recipient: Recipient) -> str:
        try:
            return resolved(recipient.secret or "", self._environment, "alerts.recipients")
        except BadLegacySettings as error:
            raise Unsent(str(error)) from error


def signature(secret: str, body: bytes) -> str:
    """What a webhook's post is signed with (HMAC-SHA256, RFC 2104)."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _number(number: float) -> str:
    """As short as it can be said: `3`, `0.25`."""
    return f"{number:.10g}" if number == int(number) else f"{number:.3g}"
