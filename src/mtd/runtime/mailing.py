"""Mailing: letters to the customer's own people leave by the server of `[legacy.mail]`.

A letter's Message-ID is the same for every attempt at it: who gets one twice can tell.
"""

import asyncio
from collections.abc import Awaitable, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

import msgspec

from mtd.connectors.mail.letter import message, message_id
from mtd.connectors.mail.settings import Options
from mtd.connectors.mail.templates import NoTemplate, written
from mtd.connectors.settings import BadLegacySettings, LegacySettings, resolved
from mtd.connectors.wire.postbox import Postbox, Receipt
from mtd.runtime.app import App

TIMEOUT_S = 10.0
"""Of one attempt."""
CLAIM = timedelta(seconds=60)
"""Who claimed a letter and has not said what came of it until then was cut off."""
BACKOFF_S = 15.0
BACKOFF_MAX_S = 3_600.0
GIVEN_UP = timedelta(days=1)
"""What could not be told until then is not news any more."""
SAID_MAX = 300
MAIL = "mail"
"""The legacy system by whose server letters leave."""


class Unsent(Exception):
    """It did not arrive, or nobody knows; `final`: and never will."""

    def __init__(self, said: str, *, final: bool = False) -> None:
        super().__init__(said)
        self.final = final


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be written to whom."""

    key: str
    """The same for every attempt."""
    kind: str
    """Name of its templates."""
    store: str
    """Folder of templates of their own; else the default ones."""
    language: str
    address: str
    at: datetime
    context: Mapping[str, Any]


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came of an attempt."""

    state: Literal["PENDING", "SENT", "FAILED"]
    said: str
    due_at: datetime | None = None
    """PENDING: when to try again."""


class Mailing:
    """A way to the mail server."""

    def __init__(self, app: App, environment: Mapping[str, str]) -> None:
        self._app = app
        self._environment = environment
        self._postbox: Postbox | None = None

    async def close(self) -> None:
        """Let go of the connection."""
        if self._postbox is not None:
            await self._postbox.close()

    async def send(self, letter: Letter) -> str:
        """What the server said as it took it. Raises Unsent."""
        sender = self._app.settings.alerts.sender
        legacy = self._legacy()
        folder = msgspec.convert(legacy.options, Options, strict=False).folder()
        try:
            text = written(folder, letter.store, letter.kind, letter.language, letter.context)
        except NoTemplate as error:
            raise Unsent(str(error), final=True) from error
        mail_id = message_id(letter.key, sender.partition("@")[2])
        content = message(
            sender=("MTD", sender),
            recipient=("", letter.address),
            subject=text.subject,
            mail_id=mail_id,
            at=letter.at,
            headers={"X-Mail-Kind": letter.kind, "X-Correlation-Key": mail_id},
            plain=text.plain,
            html=text.html,
        )
        got = await self._box(legacy).send(sender, (letter.address,), content)
        if not isinstance(got, Receipt):
            raise Unsent(got.message)
        if not got.taken:
            raise Unsent(f"{got.code} {got.reply}", final=True)
        return f"{got.code} {got.reply}"

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


async def attempted(
    sending: Awaitable[str], now: datetime, made_at: datetime, attempts: int
) -> Outcome:
    """One attempt, of TIMEOUT_S at most, and what follows from what came of it."""
    try:
        async with asyncio.timeout(TIMEOUT_S):
            said = await sending
    except Exception as error:  # noqa: BLE001 one recipient must not silence the others
        final = isinstance(error, Unsent) and error.final
        words = (str(error) if isinstance(error, Unsent) else type(error).__name__)[:SAID_MAX]
        if final or now - made_at >= GIVEN_UP:
            return Outcome(state="FAILED", said=words)
        again_s = min(BACKOFF_S * 2.0 ** min(attempts - 1, 16), BACKOFF_MAX_S)
        return Outcome(state="PENDING", said=words, due_at=now + timedelta(seconds=again_s))
    return Outcome(state="SENT", said=said[:SAID_MAX])


def portal_link(app: App) -> str:
    """The portal's address, as people reach it."""
    portal = app.settings.portal
    scheme = "https" if portal.tls_certificate else "http"
    return app.settings.alerts.link.rstrip("/") or f"{scheme}://{portal.host}:{portal.port}"


def clock(moment: datetime, zone: str) -> str:
    """The time of day there, as `16:05`."""
    return f"{moment.astimezone(ZoneInfo(zone)):%H:%M}"


def _patient(settings: LegacySettings) -> LegacySettings:
    """An attempt at a letter ends before the attempt at what it is of does."""
    return msgspec.structs.replace(settings, timeout_s=min(settings.timeout_s, TIMEOUT_S - 1.0))
