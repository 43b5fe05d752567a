"""A legacy system as all its wires see it: settings, secrets, pooled connections."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeVar

import aiohttp
import msgspec

from mtd.connectors.settings import LegacySettings
from mtd.connectors.wire.postbox import Postbox

Options = TypeVar("Options", bound=msgspec.Struct)


class Legacy:
    """One of them; what is opened is opened when it is first needed."""

    def __init__(
        self,
        name: str,
        settings: LegacySettings,
        secrets: Mapping[str, str],
        now: Callable[[], datetime],
    ) -> None:
        self.name = name
        self.settings = settings
        self.secrets = secrets
        """By reference; `token`, `login` and `password` of the settings among them."""
        self.now = now
        self._options: msgspec.Struct | None = None
        self._session: aiohttp.ClientSession | None = None
        self._postbox: Postbox | None = None

    def options(self, shape: type[Options]) -> Options:
        """The legacy's own options; raises msgspec.ValidationError when they are not of `shape`."""
        if not isinstance(self._options, shape):
            self._options = msgspec.convert(self.settings.options, shape, strict=False)
        return self._options

    def secret(self, reference: str | None) -> str | None:
        """The secret behind a reference of the settings or the options."""
        return None if reference is None else self.secrets[reference]

    def session(self) -> aiohttp.ClientSession:
        """The pooled HTTP client, opened when it is first needed."""
        if self._session is None:
            settings = self.settings
            token = self.secret(settings.token)
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=15.0),
                timeout=aiohttp.ClientTimeout(
                    total=settings.timeout_s, sock_connect=settings.connect_timeout_s
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"Authorization": f"Bearer {token}"} if token else None,
                skip_auto_headers=("Accept-Encoding",),
                auto_decompress=False,
                trust_env=False,
            )
        return self._session

    def postbox(self) -> Postbox:
        """The pool of SMTP connections, opened when it is first needed."""
        if self._postbox is None:
            settings = self.settings
            self._postbox = Postbox(
                settings, self.secret(settings.login), self.secret(settings.password)
            )
        return self._postbox

    async def close(self) -> None:
        """Let go of every connection."""
        if self._session is not None:
            await self._session.close()
        if self._postbox is not None:
            await self._postbox.close()
