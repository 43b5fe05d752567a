"""Serving: a face on Granian, in this process, until told to stop."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from granian.constants import Interfaces
from granian.server.embed import Server
from litestar import Litestar
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from mtd.runtime.settings.layers import BadSettings
from mtd.runtime.settings.parts import ApiSettings
from mtd.runtime.settings.portal import PortalSettings

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
BACKLOG = 1024
UNREAD_MAX_BYTES = 64 * 1024 * 1024
"""What is read and thrown away of one request, at most."""
UNREAD_MAX_S = 5.0


async def serve(
    application: Litestar, settings: ApiSettings | PortalSettings, stopping: asyncio.Event
) -> None:
    """Listen where `settings` say. Raises BadSettings: elsewhere than on loopback, without TLS."""
    if settings.host not in LOOPBACK and not settings.tls_certificate:
        raise BadSettings(f"host {settings.host}: elsewhere than on loopback TLS is required")
    server = Server(
        HearingOut(application),
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        log_enabled=False,
        backlog=BACKLOG,
        websockets=False,
        ssl_cert=Path(settings.tls_certificate) if settings.tls_certificate else None,
        ssl_key=Path(settings.tls_key) if settings.tls_key else None,
    )
    serving = asyncio.create_task(server.serve())
    await stopping.wait()
    server.stop()
    await serving


class HearingOut:
    """A face that lets a client finish speaking before it is refused.

    A server that answers and closes while the client still sends resets the connection, and the
    client sees that instead of the answer (RFC 9112, section 9.6).
    """

    def __init__(self, face: ASGIApp) -> None:
        self._face = face

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; a refusal waits until it was sent whole, within the bounds above."""
        if scope["type"] != "http":
            return await self._face(scope, receive, send)
        body = _Body(receive, more=not _waits_to_send(scope))

        async def answered(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] >= 400:
                await body.thrown_away()
            await send(message)

        return await self._face(scope, body.read, answered)


class _Body:
    """A request's body, of which the rest can be thrown away."""

    def __init__(self, receive: Receive, more: bool) -> None:
        self._receive = receive
        self._more = more

    async def read(self) -> Any:
        message = await self._receive()
        self._more = bool(message.get("more_body", False))
        return message

    async def thrown_away(self) -> None:
        left = UNREAD_MAX_BYTES
        try:
            async with asyncio.timeout(UNREAD_MAX_S):
                while self._more and left > 0:
                    left -= len((await self.read()).get("body", b""))
        except TimeoutError:
            return


def _waits_to_send(scope: Mapping[str, Any]) -> bool:
    """Whether the client sends nothing before it was asked to (RFC 9110, section 10.1.1)."""
    return any(
        name == b"expect" and value.lower() == b"100-continue" for name, value in scope["headers"]
    )
