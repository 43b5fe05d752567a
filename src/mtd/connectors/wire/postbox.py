"""The postbox: pooled SMTP connections to one mail provider."""

import asyncio
from collections import deque
from collections.abc import Sequence
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

    async def send(self, sender: str, recipients: Sequence[str], content: bytes) -> Receipt | Lost:
        """One letter. A kept connection that has died meanwhile is replaced before anything.

        The first recipient decides; a further one that is refused for good misses the letter.
        """
        client: aiosmtplib.SMTP | None = None
        sent = False
        try:
            async with asyncio.timeout(self._settings.timeout_s):
                client = await self._begun(sender)
                await client.rcpt(recipients[0])
                for further in recipients[1:]:
                    await _copied(client, further)
                sent = True
                reply = await client.data(content)
        except aiosmtplib.SMTPResponseException as error:
            _drop(client)
            return _spoken(error)
        except (aiosmtplib.SMTPException, TimeoutError, OSError) as error:
            _drop(client)
            return Lost(f"no last word: {type(error).__name__}: {error}", sent)
        except BaseException:
            _drop(client)
            raise
        self._keep(client)
        return Receipt(reply.code, reply.message)

    async def close(self) -> None:
        """Let go of every kept connection."""
        while self._idle:
            self._idle.popleft().close()

    async def _begun(self, sender: str) -> aiosmtplib.SMTP:
        """A connection on which a letter from `sender` has begun."""
        while self._idle:  # bounded by IDLE_MAX: each turn takes one away
            client = self._idle.pop()
            try:
                await client.mail(sender)
            except (aiosmtplib.SMTPException, OSError):
                client.close()
            else:
                return client
        client = aiosmtplib.SMTP(
            hostname=self._host,
            port=self._port,
            username=self._login,
            password=self._password,
            use_tls=self._tls,
            timeout=self._settings.connect_timeout_s,
        )
        try:
            await client.connect()
            client.timeout = self._settings.timeout_s
            await client.mail(sender)
        except BaseException:
            client.close()
            raise
        return client

    def _keep(self, client: aiosmtplib.SMTP) -> None:
        if len(self._idle) < IDLE_MAX:
            self._idle.append(client)
        else:
            client.close()


async def _copied(client: aiosmtplib.SMTP, recipient: str) -> None:
    try:
        await client.rcpt(recipient)
    except aiosmtplib.SMTPResponseException as error:
        if not 500 <= error.code < 600:
            raise


def _drop(client: aiosmtplib.SMTP | None) -> None:
    if client is not None:
        client.close()


def _spoken(error: aiosmtplib.SMTPResponseException) -> Receipt | Lost:
    """The provider said no: for now (4yz), for good (5yz), or nothing that can be understood."""
    if 500 <= error.code < 600:
        return Receipt(error.code, error.message)
    said = f"{error.code} {error.message}"
    if 400 <= error.code < 500:
        return Lost(said, sent=False, code=error.code, retry_after_s=THROTTLED_S)
    return Lost(said, sent=True)
