"""The portal's pages, a module each; none knows another."""

from typing import Any

from mtd.faces.portal.pages import (
    alerts,
    bulk,
    exceptions,
    files,
    journey,
    live_stream,
    order,
    orders,
    overview,
    pauses,
    processes,
    releases,
    sign_in,
    statistics,
    tasks,
    versions,
)

PAGES: tuple[Any, ...] = (
    sign_in.ROUTER, live_stream.ROUTER, overview.ROUTER, orders.ROUTER, order.ROUTER,
    exceptions.ROUTER, files.ROUTER, tasks.ROUTER, bulk.ROUTER, pauses.ROUTER,
    processes.ROUTER, journey.ROUTER, versions.ROUTER, releases.ROUTER,
    statistics.ROUTER,
    alerts.ROUTER,
)  # fmt: skip
"""What the application serves; a new page is a module and a name here."""
