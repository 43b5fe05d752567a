"""The HTTP door of one simulated system: reads, draws what befalls, answers, keeps the ledger."""

import asyncio
import hmac

from aiohttp import web

from mtd.simulators.faults import BEFORE_EFFECT, Down, Fault
from mtd.simulators.ledger import Outcome
from mtd.simulators.port import Port
from mtd.simulators.station import Station
from mtd.simulators.system import Asked, Incoming, Malformed, Reply

BODY_MAX_BYTES = 5_000_000
HANG_S = 120.0
"""How long a request that is never answered is held before its connection is cut."""
SHUTDOWN_S = 0.02
"""How long requests under way may take when the town closes."""
RETRY_AFTER_S = 1
_CUT = frozenset({Fault.RESET, Fault.LOST_REPLY})
_GARBAGE = b"<!DOCTYPE html><html><body><h1>It works!</h1></body></html>"


class Listener:
    """One system on one port.

    An effect takes place when its request has arrived, and the latency delays only the answer:
    whoever gives up waiting may ask afterwards and gets a decisive answer.
    """

    def __init__(self, station: Station, token: str | None) -> None:
        self._station = station
        self._token = None if token is None else f"Bearer {token}".encode()
        self._server = web.Server(self._serve, handler_cancellation=True, access_log=None)
        self.port = Port(self._server, self._cut_all)

    async def close(self) -> None:
        """Stop listening and let go of every connection."""
        await self.port.close()
        await self._server.shutdown(SHUTDOWN_S)

    def _cut_all(self) -> None:
        for connection in self._server.connections:
            if connection.transport is not None:
                connection.transport.abort()

    async def _serve(self, request: web.BaseRequest) -> web.StreamResponse:
        station = self._station
        body = await read_body(request)
        if body is None:
            return web.Response(status=413, text=f"larger than {BODY_MAX_BYTES} bytes")
        if request.path.startswith("/__control"):
            return await station.control(request, body)
        down = station.faults.down()
        if down is Down.HANG:
            return await _hang(request)
        if down is Down.ERROR:
            return web.Response(status=503, text="down")
        try:
            asked = self._read(request, body)
        except Malformed as malformed:
            reply = station.system.malformed(malformed)
            station.ledger.record(
                "", malformed.order, "", body, Outcome.MALFORMED, status=reply.status
            )
            return _response(reply)
        return await self._answer(request, asked)

    def _read(self, request: web.BaseRequest, body: bytes) -> Asked:
        if self._token is not None:
            given = request.headers.get("Authorization", "").encode()
            if not hmac.compare_digest(given, self._token):
                raise Malformed(401, "Authorization: missing or wrong")
        incoming = Incoming(request.method, request.path, request.query, request.headers, body)
        return self._station.system.read(incoming)

    async def _answer(self, request: web.BaseRequest, asked: Asked) -> web.StreamResponse:
        station = self._station
        fault = station.faults.draw(asked.operation, asked.order)
        if fault is not None and fault in BEFORE_EFFECT:
            self._fail(asked, fault)
            return _failure(request, fault)
        reply = station.act(asked, fault)
        await station.pause(asked.operation)
        if reply.after_s > 0:
            await asyncio.sleep(reply.after_s)
        if fault == Fault.SLOW:
            await asyncio.sleep(station.pace.slow_s)
        if fault == Fault.TIMEOUT_AFTER:
            return await _hang(request)
        if fault == Fault.HALF_BODY:
            return _half(request, reply)
        if fault == Fault.ERROR_AFTER:
            return web.Response(status=500, text="internal error")
        if fault == Fault.GARBAGE:
            return web.Response(body=_GARBAGE, content_type="text/html")
        return _cut(request) if fault in _CUT else _response(reply)

    def _fail(self, asked: Asked, fault: str) -> None:
        self._station.ledger.record(
            asked.operation,
            asked.order,
            asked.key,
            asked.payload,
            Outcome.FAILED,
            status={Fault.ERROR: 503, Fault.THROTTLE: 429}.get(Fault(fault), 0),
            fault=fault,
        )


async def read_body(request: web.BaseRequest) -> bytes | None:
    """The whole body; None when it is larger than BODY_MAX_BYTES."""
    if not request.can_read_body:
        return b""
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.content.iter_any():
        size += len(chunk)
        if size > BODY_MAX_BYTES:
            return None
        chunks.append(chunk)
    return b"".join(chunks)


def _failure(request: web.BaseRequest, fault: str) -> web.StreamResponse:
    if fault == Fault.RESET:
        return _cut(request)
    if fault == Fault.THROTTLE:
        return web.Response(
            status=429, text="too many requests", headers={"Retry-After": str(RETRY_AFTER_S)}
        )
    return web.Response(status=503, text="service unavailable")


async def _hang(request: web.BaseRequest) -> web.StreamResponse:
    await asyncio.sleep(HANG_S)
    return _cut(request)


def _half(request: web.BaseRequest, reply: Reply) -> web.StreamResponse:
    """The head and half of the body, then the end of the connection."""
    head = (
        f"HTTP/1.1 {reply.status} OK\r\nContent-Type: {reply.content_type}\r\n"
        f"Content-Length: {len(reply.body)}\r\n\r\n"
    )
    transport = request.transport
    if transport is not None:
        transport.write(head.encode() + reply.body[: len(reply.body) // 2])
        transport.close()
    raise asyncio.CancelledError


def _cut(request: web.BaseRequest) -> web.StreamResponse:
    transport = request.transport
    if transport is not None:
        transport.abort()
    raise asyncio.CancelledError


def _response(reply: Reply) -> web.Response:
    headers = {"Content-Type": reply.content_type, **reply.headers}
    return web.Response(body=reply.body, status=reply.status, headers=headers)
