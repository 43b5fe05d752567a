"""The API: routes, guard and description put together."""

from typing import Any

from litestar import Litestar, MediaType, Request, Response, get
from litestar.di import Provide
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from mtd import __version__
from mtd.core.orders.json import BODY_MAX_BYTES
from mtd.faces.api import (
    alerts,
    books,
    breakers,
    bulk,
    corrections,
    definitions,
    documents,
    erasures,
    facts,
    folios,
    instances,
    kept,
    messages,
    orders,
    pauses,
    records,
    releases,
    remarks,
    repairs,
    reports,
    schedules,
    tasks,
    tax_documents,
    waiting,
)
from mtd.faces.api.describing import COMPONENTS, SECURITY, described, operation_id
from mtd.faces.api.guarding import Counting, Guard
from mtd.faces.api.page import page
from mtd.faces.api.problems import HANDLERS
from mtd.faces.api.provided import Served
from mtd.runtime.alerts.gauging import alert_gauges
from mtd.runtime.alerts.handling import figures
from mtd.runtime.desk.desk import Desk
from mtd.runtime.intake.lying import lying
from mtd.runtime.operations.operations import Operations
from mtd.runtime.operations.papers import Papers
from mtd.runtime.sii_verifying import Verifying
from mtd.runtime.tax.forecasting import folio_gauges, forecasts
from mtd.runtime.telemetry import intake_gauges
from mtd.store.operations.census import Backlog, Health
from mtd.store.sessions import Unavailable

METRICS, _, _ = CONTENT_TYPE_LATEST.rpartition("; charset=")
"""The framework adds the character set."""


@get(
    "/health",
    summary="Whether orders are taken in and worked on",
    tags=["operation"],
    security=[{}],
)
async def health(operations: Served) -> Health:
    """503 when the database cannot be reached."""
    return await operations.health()


@get("/counts", summary="Orders by state, and files by state", tags=["operation"])
async def counts(operations: Served) -> dict[str, dict[str, int]]:
    """`orders` and `files`; received is the sum of the files."""
    return await operations.counts()


@get("/backlog", summary="What waits to be done", tags=["operation"])
async def backlog(operations: Served) -> Backlog:
    """Arrivals, messages, tasks, incidents, conflicts and waiting files."""
    return await operations.backlog()


@get("/metrics", summary="Prometheus", tags=["operation"], media_type=METRICS)
async def metrics(operations: Served) -> Response[bytes]:
    """Every process's meters; and while the database answers, what lies in the intake, and what
    is left of the folios.
    """
    app, tenant = operations.app, operations.tenant
    body = generate_latest(app.meters.collected())
    try:
        found = await lying(app, tenant)
        folios_left = await forecasts(app, tenant)
    except Unavailable:
        return Response(body, media_type=METRICS)
    raised = alert_gauges(await figures(app, tenant))
    registries = (intake_gauges(app.clock.now(), found), folio_gauges(folios_left), raised)
    return Response(body + b"".join(map(generate_latest, registries)), media_type=METRICS)


@get("/openapi.json", include_in_schema=False)
async def description(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """The description for machines: OpenAPI 3.1."""
    return described(request.app.openapi_schema.to_schema())


@get(["/", "/docs"], include_in_schema=False, media_type=MediaType.HTML)
async def docs(request: Request[Any, Any, Any]) -> str:
    """The description for people; it loads nothing from elsewhere."""
    return page(described(request.app.openapi_schema.to_schema()))


def application(operations: Operations) -> Litestar:
    """The API as an ASGI application."""
    desk = Desk(operations)
    return Litestar(
        route_handlers=[
            orders.ROUTER, corrections.ROUTER, documents.ROUTER, folios.ROUTER,
            tax_documents.router(
                Papers(operations.app, operations.tenant), Verifying(operations.app)
            ),
            repairs.ROUTER,
            messages.ROUTER, books.ROUTER,
            tasks.ROUTER, waiting.ROUTER,
            definitions.ROUTER, schedules.ROUTER, pauses.ROUTER, breakers.ROUTER, bulk.ROUTER,
            facts.ROUTER, instances.ROUTER, alerts.ROUTER,
            remarks.ROUTER, erasures.ROUTER, releases.ROUTER, records.ROUTER, kept.ROUTER,
            reports.ROUTER,
            health, counts, backlog, metrics, description, docs,
        ],
        dependencies={
            "operations": Provide(lambda: operations, sync_to_thread=False),
            "desk": Provide(lambda: desk, sync_to_thread=False),
        },
        guards=[Guard(operations)],
        middleware=[Counting(operations.app.meters.registry)],
        exception_handlers=HANDLERS,
        request_max_body_size=BODY_MAX_BYTES + 1,
        openapi_config=OpenAPIConfig(
            title="MTD",
            version=__version__,
            path="/schema",
            render_plugins=[JsonRenderPlugin()],
            operation_id_creator=operation_id,
            components=COMPONENTS,
            security=SECURITY,
        ),
        logging_config=None,
    )  # fmt: skip
