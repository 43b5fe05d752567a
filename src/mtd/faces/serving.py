"""Serving: a face on Granian, in this process, until told to stop."""

import asyncio
from pathlib import Path

from granian.constants import Interfaces
from granian.server.embed import Server
from litestar import Litestar

from mtd.runtime.settings.layers import BadSettings
from mtd.runtime.settings.portal import PortalSettings
from mtd.runtime.settings.settings import ApiSettings

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
BACKLOG = 1024


async def serve(
    application: Litestar, settings: ApiSettings | PortalSettings, stopping: asyncio.Event
) -> None:
    """Listen where `settings` say. Raises BadSettings: elsewhere than on loopback, without TLS."""
    if settings.host not in LOOPBACK and not settings.tls_certificate:
        raise BadSettings(f"host {settings.host}: elsewhere than on loopback TLS is required")
    server = Server(
        application,
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
