"""The portal: its pages, guard and assets put together."""

import asyncio
import os
from typing import Any

from litestar import Litestar
from litestar.config.compression import CompressionConfig
from litestar.datastructures import CacheControlHeader
from litestar.di import Provide
from litestar.static_files import (
    create_static_files_router,  # pyright: ignore[reportUnknownVariableType]
)

from mtd.connectors.settings import resolved
from mtd.faces.portal.assets import assets
from mtd.faces.portal.guarding import FORM_BYTES_MAX, Seating, form_of, guard, headed
from mtd.faces.portal.live import Pulse
from mtd.faces.portal.needs import OPEN
from mtd.faces.portal.pages import PAGES
from mtd.faces.portal.provided import Asked
from mtd.faces.portal.refusals import handlers
from mtd.faces.portal.rendering import Painter
from mtd.runtime.building import DIST
from mtd.runtime.desk.desk import Desk
from mtd.runtime.desk.orders.views import Tallies
from mtd.runtime.desk.people.person import Person
from mtd.runtime.desk.people.provider import Provider
from mtd.runtime.desk.people.vouching import Vouching
from mtd.runtime.desk.processes.gallery import Gallery
from mtd.runtime.desk.sharing import Shared

YEAR_S = 31_536_000
COMPRESSED_MIN_BYTES = 800
COMPRESSED_LEVEL = 5
"""Of nine: half the time of the last one, for a page that is a few hundredths longer."""


def application(desk: Desk, stopping: asyncio.Event) -> Litestar:
    """The portal as an ASGI application; its streams end when `stopping` is set."""
    pulse = Pulse(desk, stopping)
    tallies = Tallies()
    gallery = Gallery(desk)
    shared = Shared()
    vouching = _vouching(desk)
    painter = Painter(desk, pulse, assets(DIST))
    return Litestar(
        route_handlers=[*PAGES, *_static()],
        dependencies={
            "desk": Provide(lambda: desk, sync_to_thread=False),
            "tallies": Provide(lambda: tallies, sync_to_thread=False),
            "gallery": Provide(lambda: gallery, sync_to_thread=False),
            "shared": Provide(lambda: shared, sync_to_thread=False),
            "pulse": Provide(lambda: pulse, sync_to_thread=False),
            "painter": Provide(lambda: painter, sync_to_thread=False),
            "vouching": Provide(lambda: vouching, sync_to_thread=False),
            "person": Provide(_person, sync_to_thread=False),
            "form": Provide(form_of),
        },
        guards=[guard],
        middleware=[Seating(desk.accounts, desk.app.settings.portal)],
        before_send=[headed(secure=bool(desk.app.settings.portal.tls_certificate))],
        exception_handlers=handlers(painter),
        compression_config=CompressionConfig(
            backend="gzip",
            gzip_compress_level=COMPRESSED_LEVEL,
            minimum_size=COMPRESSED_MIN_BYTES,
            exclude=["/live"],
        ),
        request_max_body_size=FORM_BYTES_MAX,
        openapi_config=None,
        logging_config=None,
    )


def _vouching(desk: Desk) -> Vouching | None:
    """The way in by the provider that the settings name. Raises BadLegacySettings."""
    settings = desk.app.settings.portal.oidc
    if settings is None:
        return None
    place, named = "portal.oidc.client_secret", settings.client_secret
    secret = None if named is None else resolved(named, os.environ, place)
    return Vouching(Provider(settings, secret, desk.app.clock), desk.accounts)


def _person(request: Asked) -> Person:
    return request.scope["state"]["person"]


def _static() -> list[Any]:
    """The built assets, whose names change with their content; none before they are built."""
    if not DIST.is_dir():
        return []
    kept = CacheControlHeader(public=True, max_age=YEAR_S, immutable=True)
    return [
        create_static_files_router(
            path="/assets", directories=[DIST], cache_control=kept, opt={"needs": OPEN}
        )
    ]
