"""The portal's pages, a module each; none knows another."""

from typing import Any

from mtd.faces.portal.pages import (
    alerts,
    attempts,
    audit,
    bulk,
    clients,
    daily,
    exceptions,
    files,
    journey,
    live_stream,
    order,
    orders,
    overview,
    password,
    pauses,
    people,
    processes,
    provider,
    releases,
    roles,
    sign_in,
    statistics,
    system,
    tasks,
    versions,
)

PAGES: tuple[Any, ...] = (
    sign_in.ROUTER, live_stream.ROUTER, overview.ROUTER, orders.ROUTER, order.ROUTER,
    exceptions.ROUTER, files.ROUTER, tasks.ROUTER, bulk.ROUTER, pauses.ROUTER, alerts.ROUTER,
    statistics.ROUTER, attempts.ROUTER, daily.ROUTER, processes.ROUTER, journey.ROUTER,
    versions.ROUTER, releases.ROUTER, audit.ROUTER, people.ROUTER, roles.ROUTER, clients.ROUTER,
    system.ROUTER, password.ROUTER, provider.ROUTER,
)  # fmt: skip
"""What the application serves; a new page is a module and a name here."""
