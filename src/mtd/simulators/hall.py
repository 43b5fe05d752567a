"""The town hall: every system's `/__control` in one place that is never down."""

from collections.abc import Mapping

from aiohttp import web

from mtd.simulators.listener import SHUTDOWN_S, read_body
from mtd.simulators.port import Port
from mtd.simulators.station import Station
from mtd.simulators.system import encoded


class Hall:
    """`GET /` describes all systems; `/<system>/__control…` is that system's control."""

    def __init__(self, stations: Mapping[str, Station]) -> None:
        self._stations = stations
        self._server = web.Server(self._serve, access_log=None)
        self.port = Port(self._server, lambda: None)

    async def close(self) -> None:
        """Stop listening."""
        await self.port.close()
        await self._server.shutdown(SHUTDOWN_S)

    async def _serve(self, request: web.BaseRequest) -> web.StreamResponse:
        body = await read_body(request)
        if body is None:
            return web.Response(status=413)
        name, _, page = request.path.lstrip("/").partition("/")
        station = self._stations.get(name)
        if station is not None and page.startswith("__control"):
            return await station.control(request, body)
        if not name:
            described = {name: each.description() for name, each in self._stations.items()}
            return web.Response(body=encoded(described), content_type="application/json")
        return web.Response(status=404, text=f"systems: {', '.join(self._stations)}")
