"""The postbox: pooled SMTP connections to one mail provider."""

import asyncio
from collections import deque
from urllib.parse import urlsplit

import aiosmtplib
import msgspec

from mtd.connectors.settings import LegacySettings
from mtd.core.process.outcome import Failed, Unknown

IDLE_MAX = 16
"""Connections kept open between two letters."""
THROTTLED_S = 5.0
"""Pause after the provider says that it takes no more letters for now (RFC 5321 §4.2.1, 4yz)."""


class Receipt(msgspec.Struct, frozen=True):
    """The provider's last word on a letter: taken (2yz), or refused for good (5yz)."""

    code: int
    reply: str

    @property
    def taken(self) -> bool:
        """Whether the letter is the provider's now."""
        return self.code < 300


class Lost(msgspec.Struct, frozen=True):
    """No last word."""

    message: str
    sent: bool
    """The whole letter may have arrived."""
    code: int | None = None
    retry_after_s: float | None = None

    @property
    def sound(self) -> bool:
        """Whether the provider answered at all."""
        return self.code is not None

    def answer(self) -> Failed | Unknown:
        """What it is to the engine."""
        return Unknown(self.message) if self.sent else Failed(self.message, self.retry_after_s)


class Postbox:
    """Sends letters one after the other over each of its connections."""

    def __init__(self, settings: LegacySettings, login: str | None, password: str | None) -> None:
        place = urlsplit(settings.base_url)
        self._tls = place.scheme == "smtps"
        self._host = place.hostname or ""
        self._port = place.port or (465 if self._tls else 25)
        self._settings = settings
        self._login = login
        self._password = password
        self._idle: deque[aiosmtplib.SMTP] = deque()

    async def send(self, sender: str, recipient: str, content: bytes) -> Receipt | Lost:
        """One letter. A kept connection that has died meanwhile is replaced before anything."""
        try:
            async with asyncio.timeout(self._settings.timeout_s):
                return await self._send(sender, recipient, content)
        except TimeoutError:
            return Lost(f"no answer within {self._settings.timeout_s} s", sent=True)

    async def close(self) -> None:
        """Say goodbye on every kept connection."""
        while self._idle:
            self._idle.popleft().close()

    async def _send(self, sender: str, recipient: str, content: bytes) -> Receipt | Lost:
        client: aiosmtplib.SMTP | None = None
        try:
            client = await self._begun(sender)
            await client.rcpt(recipient)
            data_began = False
            try:
                data_began = True
                reply = await client.data(content)
            except aiosmtplib.SMTPResponseException as error:
                return self._spoken(client, error)
            except (aiosmtplib.SMTPException, OSError) as error:
                client.close()
                return Lost(f"no last word: {_words(error)}", sent=data_began)
            except BaseException:
                client.close()
                raise
        except aiosmtplib.SMTPResponseException as error:
            return self._spoken(client, error)
        except (aiosmtplib.SMTPException, OSError) as error:
            if client is not None:
                client.close()
            return Lost(f"no connection: {_words(error)}", sent=False)
        self._keep(client)
        return Receipt(reply.code, reply.message)
