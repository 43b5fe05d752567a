"""Guarding: who may call, and what is counted of each call."""

import time
from typing import Any, cast

from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.exceptions import NotAuthorizedException
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from prometheus_client import CollectorRegistry, Counter, Histogram

from mtd.runtime.operations.operations import Operations
from mtd.runtime.telemetry import BUCKETS_S

OPEN = ("/health", "/openapi.json", "/docs", "/")
"""What anybody may read."""
KNOWN_MAX = 1_000
"""API keys remembered between two looks into the store."""
KNOWN_S = 30.0
OPEN_BELOW = "/public/"
"""Links that bear their own seal."""
CLIENT = "mtd_client"
"""Where in a request's scope the name of its client stands, once it is known."""
NOBODY = "none"
"""The client of a request that showed no key, or one that opens nothing."""
CLIENTS_MAX = 100
"""Clients counted by name; the requests of the others are counted together, as OTHER."""
OTHER = "other"


class Guard:
    """Lets in whoever shows a key that the store knows and has not revoked."""

    def __init__(self, operations: Operations) -> None:
        self._operations = operations
        self._known: dict[str, tuple[str, float]] = {}
        """The names of clients by their keys, and until when they are believed."""

    async def __call__(self, connection: ASGIConnection[Any, Any, Any, Any], _: Any) -> None:
        """Raises NotAuthorizedException: 401."""
        if connection.scope["path"] in OPEN or connection.scope["path"].startswith(OPEN_BELOW):
            return
        scheme, _, key = connection.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not key:
            raise NotAuthorizedException("an API key is needed: Authorization: Bearer …")
        cast("dict[str, Any]", connection.scope)[CLIENT] = await self._client(key)

    async def _client(self, key: str) -> str:
        name, until_s = self._known.get(key, ("", 0.0))
        if until_s > time.monotonic():
            return name
        client = await self._operations.client(key)
        if client is None:
            raise NotAuthorizedException("this API key is not known, or was revoked")
        if len(self._known) >= KNOWN_MAX:
            self._known.clear()
        self._known[key] = client, time.monotonic() + KNOWN_S
        return client


class Counting(ASGIMiddleware):
    """The five metrics of each route and client: count, latencies, 4xx, 5xx (REQ-68)."""

    scopes = (ScopeType.HTTP,)

    def __init__(self, registry: CollectorRegistry) -> None:
        labels = ["method", "route", "client"]
        self._clients: set[str] = {NOBODY, OTHER}
        self._count = Counter("mtd_api_requests", "Requests", labels, registry=registry)
        self._latency_s = Histogram(
            "mtd_api_latency_seconds", "Request to answer", labels,
            buckets=BUCKETS_S, registry=registry,
        )  # fmt: skip
        self._integration_s = Histogram(
            "mtd_api_integration_latency_seconds", "Time in the operation behind the route", labels,
            buckets=BUCKETS_S, registry=registry,
        )  # fmt: skip
        self._client_errors = Counter("mtd_api_4xx", "Refused", labels, registry=registry)
        self._server_errors = Counter("mtd_api_5xx", "Failed", labels, registry=registry)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Count one request."""
        began_s = time.perf_counter()
        read_s = began_s
        status = 500

        async def read() -> Any:
            nonlocal read_s
            message = await receive()
            read_s = time.perf_counter()
            return message

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await next_app(scope, read, watched)
        finally:
            self._kept(scope, status, began_s, read_s)

    def _kept(self, scope: Scope, status: int, began_s: float, read_s: float) -> None:
        about = cast("dict[str, Any]", scope)
        labels = (
            str(about.get("method", "")),
            str(about.get("path_template") or "unknown"),
            self._named(str(about.get(CLIENT, NOBODY))),
        )
        now_s = time.perf_counter()
        self._count.labels(*labels).inc()
        self._latency_s.labels(*labels).observe(now_s - began_s)
        self._integration_s.labels(*labels).observe(now_s - read_s)
        if 400 <= status < 500:
            self._client_errors.labels(*labels).inc()
        if status >= 500:
            self._server_errors.labels(*labels).inc()

    def _named(self, client: str) -> str:
        if client not in self._clients:
            if len(self._clients) >= CLIENTS_MAX:
                return OTHER
            self._clients.add(client)
        return client
