"""Delivering: notices leave by mail and by HTTP, at least once, under an id that never changes.

A letter's Message-ID, and a post's `X-MTD-Notice`, are the same for every attempt: whoever gets a
notice twice can tell. An attempt that is cut off is made again; what cannot be told in a day has
failed, and is shown.
"""

import asyncio
import contextlib
import hashlib
import hmac
import os
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import msgspec
import structlog

from mtd.connectors.mail.letter import message, message_id
from mtd.connectors.mail.settings import Options
from mtd.connectors.mail.templates import NoTemplate, written
from mtd.connectors.settings import BadLegacySettings, LegacySettings, resolved
from mtd.connectors.wire.postbox import Postbox, Receipt
from mtd.runtime.alerts.telling import Told
from mtd.runtime.app import App
from mtd.runtime.settings.alerts import Recipient
from mtd.store.alerts import notices
from mtd.store.alerts.notices import Claimed, Verdict

LOG = structlog.get_logger()

LOOK_S = 1.0
ATTEMPT = timedelta(seconds=60)
"""Who claimed a notice and has not said what came of it until then was cut off."""
TIMEOUT_S = 10.0
"""Of one attempt."""
BACKOFF_S = 15.0
BACKOFF_MAX_S = 3_600.0
GIVEN_UP = timedelta(days=1)
"""What could not be told until then is not news any more."""
SAID_MAX = 300
MAIL = "mail"
"""The legacy system by whose server letters leave."""
STORE = "alerts"
"""Folder of templates of their own; else the default ones."""
SIGNATURE = "X-MTD-Signature"
"""`sha256=` and the HMAC of the body, in hexadecimal, keyed with the recipient's secret."""
NOTICE = "X-MTD-Notice"


class Unsent(Exception):
    """It did not arrive, or nobody knows; `final`: and never will."""

    def __init__(self, said: str, *, final: bool = False) -> None:
        super().__init__(said)
        self.final = final


async def keep_delivering(app: App, tenant: int, stopping: asyncio.Event) -> None:
    """Send what is due until told to stop."""
    delivering = Delivering(app, tenant, os.environ)
    try:
        while not stopping.is_set():
            try:
                await delivering.look()
            except Exception as error:  # noqa: BLE001 whatever it is, the next look tells
                problem = f"{type(error).__name__}: {error}"
                LOG.warning("notices of alerts wait", problem=problem)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), LOOK_S)
    finally:
        await delivering.close()


class Delivering:
    """What sends the notices of a tenant, beside others that do."""

    def __init__(self, app: App, tenant: int, environment: Mapping[str, str]) -> None:
        self._app = app
        self._tenant = tenant
        self._environment = environment
        self._postbox: Postbox | None = None
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Let go of every connection."""
        if self._postbox is not None:
            await self._postbox.close()
        if self._session is not None:
            await self._session.close()

    async def look(self, now: datetime | None = None) -> int:
        """Send what is due, and keep what came of it; how many attempts were made."""
        now = now or self._app.clock.now()
        async with self._app.store.door(self._tenant) as connection:
            due = await notices.claim(connection, self._tenant, now, now + ATTEMPT)
        if not due:
            return 0
        verdicts = await asyncio.gather(*(self._tried(one, now) for one in due))
        async with self._app.store.door(self._tenant) as connection:
            await notices.settle(connection, self._tenant, verdicts, now)
        return len(due)

    async def _tried(self, one: Claimed, now: datetime) -> Verdict:
        """One attempt at one notice, and what follows from what came of it."""
        about: dict[str, Any] = {"alert": one.alert, "n": one.n, "recipient": one.recipient}
        try:
            async with asyncio.timeout(TIMEOUT_S):
                said = await self._sent(one)
        except Exception as error:  # noqa: BLE001 one recipient must not silence the others
            final = isinstance(error, Unsent) and error.final
            words = str(error) if isinstance(error, Unsent) else type(error).__name__
            late = now - one.made_at >= GIVEN_UP
            if final or late:
                LOG.error("nobody was told of an alert", problem=words, **about)
                return Verdict(state="FAILED", said=words[:SAID_MAX], **about)
            again_s = min(BACKOFF_S * 2.0 ** min(one.attempts - 1, 16), BACKOFF_MAX_S)
            again_at = now + timedelta(seconds=again_s)
            return Verdict(state="PENDING", said=words[:SAID_MAX], due_at=again_at, **about)
        return Verdict(state="SENT", said=said[:SAID_MAX], **about)

    async def _sent(self, one: Claimed) -> str:
        recipient = self._app.settings.alerts.recipients.get(one.recipient)
        if recipient is None:
            raise Unsent("the settings have no such recipient any more", final=True)
        told = msgspec.json.decode(one.content, type=Told)
        if recipient.mail is not None:
            return await self._mailed(told, recipient, recipient.mail)
        return await self._posted(one, recipient)

    async def _mailed(self, told: Told, recipient: Recipient, address: str) -> str:
        settings = self._app.settings.alerts
        context = {
            **msgspec.structs.asdict(told),
            "link": f"{self._link()}/alerts/{told.alert}",
            "zone": self._app.settings.time_zone,
            "clock": _clock,
            "number": _number,
        }
        kind = "alert_closed" if told.event == "CLOSED" else "alert_opened"
        legacy = self._legacy()
        folder = msgspec.convert(legacy.options, Options, strict=False).folder()
        try:
            text = written(folder, STORE, kind, recipient.language, context)
        except NoTemplate as error:
            raise Unsent(str(error), final=True) from error
        mail_id = message_id(told.id, settings.sender.partition("@")[2])
        content = message(
            sender=("MTD", settings.sender),
            recipient=("", address),
            subject=text.subject,
            mail_id=mail_id,
            at=told.at,
            headers={"X-Mail-Kind": kind, "X-Correlation-Key": mail_id},
            plain=text.plain,
            html=text.html,
        )
        got = await self._box(legacy).send(settings.sender, (address,), content)
        if not isinstance(got, Receipt):
            raise Unsent(got.message)
        if not got.taken:
            raise Unsent(f"{got.code} {got.reply}", final=True)
        return f"{got.code} {got.reply}"

    async def _posted(self, one: Claimed, recipient: Recipient) -> str:
        assert recipient.webhook is not None
        told = msgspec.json.decode(one.content)
        body = msgspec.json.encode({**told, "link": f"{self._link()}/alerts/{one.alert}"})
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

    def _legacy(self) -> LegacySettings:
        """The mail provider."""
        found = self._app.settings.legacy.get(MAIL)
        if found is None:
            raise Unsent(f"the settings have no [legacy.{MAIL}]")
        return found

    def _box(self, legacy: LegacySettings) -> Postbox:
        if self._postbox is None:
            try:
                login, password = (
                    None if one is None else resolved(one, self._environment, f"legacy.{MAIL}")
                    for one in (legacy.login, legacy.password)
                )
            except BadLegacySettings as error:
                raise Unsent(str(error)) from error
            self._postbox = Postbox(_patient(legacy), login, password)
        return self._postbox

    def _link(self) -> str:
        settings = self._app.settings
        portal = settings.portal
        scheme = "https" if portal.tls_certificate else "http"
        return settings.alerts.link.rstrip("/") or f"{scheme}://{portal.host}:{portal.port}"


def signature(secret: str, body: bytes) -> str:
    """What a webhook's post is signed with (HMAC-SHA256, RFC 2104)."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _clock(moment: datetime, zone: str) -> str:
    """The time of day there, as `16:05`."""
    return f"{moment.astimezone(ZoneInfo(zone)):%H:%M}"


def _number(number: float) -> str:
    """As short as it can be said: `3`, `0.25`."""
    return f"{number:.10g}" if number == int(number) else f"{number:.3g}"


def _patient(settings: LegacySettings) -> LegacySettings:
    """An attempt at a letter ends before the attempt at its notice does."""
    return msgspec.structs.replace(settings, timeout_s=min(settings.timeout_s, TIMEOUT_S - 1.0))
