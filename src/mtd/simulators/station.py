"""One simulated system while it runs: its faults, its ledger, its pace, and its `/__control`."""

import asyncio
from typing import Annotated, Any

import msgspec
from aiohttp import web
from msgspec import Meta

from mtd.simulators.announcer import TROUBLES, Announcer
from mtd.simulators.chance import chance, lognormal_s
from mtd.simulators.faults import SCRIPTS_MAX, Down, Faults, Outage, Scripted
from mtd.simulators.ledger import Ledger
from mtd.simulators.port import Port
from mtd.simulators.settings import Callback, Seconds, Share
from mtd.simulators.system import Asked, Reply, System, encoded

PAGE_MAX = 10_000
SLOW_S = 3.0


class Pace(msgspec.Struct):
    """How fast a system answers; the only thing here that changes while it runs."""

    latency_scale: float
    median_ms: float
    p99_ms: float
    slow_s: float = SLOW_S


class Command(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be posted to `/__control`; every part is optional."""

    clear: bool = False
    """First forget shares, scripts and the outage."""
    shares: dict[str, Share] = {}
    """New shares; those not named stay."""
    script: Annotated[list[Scripted], Meta(max_length=SCRIPTS_MAX)] = []
    outage: Outage | None = None
    latency_scale: Seconds | None = None
    median_ms: Seconds | None = None
    p99_ms: Seconds | None = None
    slow_s: Seconds | None = None
    callback: Callback | None = None
    """Where events go from now on, for the whole town."""
    system: dict[str, Any] = {}
    """Commands of this system alone."""


class Station:
    """What a listener and the control have in common."""

    def __init__(
        self,
        *,
        system: System,
        seed: int,
        faults: Faults,
        ledger: Ledger,
        pace: Pace,
        announcer: Announcer,
    ) -> None:
        self.system = system
        self.faults = faults
        self.ledger = ledger
        self.pace = pace
        self.announcer = announcer
        self.port: Port | None = None
        self._seed = seed
        self._served = 0

    def act(self, asked: Asked, fault: str | None) -> Reply:
        """Do what was asked, and write it down before anybody is answered."""
        reply = asked.act(fault if fault in self.system.verdicts else None)
        self.ledger.record(
            asked.operation,
            asked.order,
            asked.key,
            asked.payload,
            reply.outcome,
            status=reply.status,
            fault=fault,
            subject=reply.subject,
            undoes=reply.undoes,
        )
        return reply

    async def pause(self, operation: str) -> None:
        """Take as long as this system usually takes."""
        pace = self.pace
        if pace.latency_scale <= 0:
            return
        self._served += 1
        uniform = chance(self._seed, self.system.name, operation, "latency", self._served)
        await asyncio.sleep(pace.latency_scale * lognormal_s(pace.median_ms, pace.p99_ms, uniform))

    async def control(self, request: web.BaseRequest, body: bytes) -> web.Response:
        """Answer a request below `/__control`."""
        page = request.path.rpartition("/__control")[2]
        if request.method == "GET" and page == "/ledger":
            return self._ledger_page(request)
        if request.method == "GET" and page == "/duplicates":
            return _json(self.ledger.duplicates)
        if (own := self.system.pages.get(page.removeprefix("/"))) is not None:
            try:
                return _json(own(request.query))
            except ValueError as error:
                return _json({"message": str(error)}, status=400)
        if page != "":
            return _json({"message": f"no page {page}"}, status=404)
        if request.method == "POST":
            try:
                await self._obey(msgspec.json.decode(body, type=Command))
            except (msgspec.DecodeError, ValueError) as error:
                return _json({"message": str(error)}, status=400)
        return _json(self.description())

    def description(self) -> dict[str, Any]:
        """Settings and counters."""
        return {
            "system": self.system.name,
            "shares": {**self.faults.shares, **self.announcer.shares},
            "scripted": self.faults.scripted,
            "down": self.faults.down(),
            "pace": self.pace,
            "requests": len(self.ledger.entries),
            "operations": self.ledger.counters,
            "faults": self.ledger.faults,
            "duplicates": len(self.ledger.duplicates),
            "events": self.announcer.counters,
            "state": {} if self.system.state is None else self.system.state(),
        }

    async def _obey(self, command: Command) -> None:
        self._check(command)
        if command.clear:
            self.faults.clear()
            self.announcer.shares.clear()
        for name, share in command.shares.items():
            place = self.announcer.shares if name in TROUBLES else self.faults.shares
            place[name] = share
        for scripted in command.script:
            self.faults.script(scripted)
        for name in ("latency_scale", "median_ms", "p99_ms", "slow_s"):
            if (value := getattr(command, name)) is not None:
                setattr(self.pace, name, value)
        if command.callback is not None:
            self.announcer.post.callback = command.callback
        if command.system and self.system.command is not None:
            self.system.command(command.system)
        await self._be_down(command.outage, clear=command.clear)

    def _check(self, command: Command) -> None:
        known = self.faults.known
        for name in command.shares:
            if name not in known and name not in TROUBLES:
                raise ValueError(f"shares.{name}: not one of {', '.join(sorted(known | TROUBLES))}")
        for i, scripted in enumerate(command.script):
            if scripted.fault not in known and scripted.fault != "none":
                raise ValueError(f"script[{i}].fault: not one of {', '.join(sorted(known))}, none")
        if command.system and self.system.command is None:
            raise ValueError(f"system: {self.system.name} has no commands of its own")

    async def _be_down(self, outage: Outage | None, *, clear: bool) -> None:
        if outage is not None:
            self.faults.fail(outage)
        if self.port is None:
            return
        if outage is not None and outage.mode is Down.REFUSE:
            await self.port.refuse(outage.seconds)
        elif clear and not self.port.listening:
            await self.port.refuse(0)

    def _ledger_page(self, request: web.BaseRequest) -> web.Response:
        try:
            after = max(0, int(request.query.get("after", "0")))
            limit = min(PAGE_MAX, max(1, int(request.query.get("limit", "1000"))))
        except ValueError:
            return _json({"message": "after, limit: whole numbers"}, status=400)
        order = request.query.get("order")
        entries = self.ledger.entries[after : after + limit]
        following = after + len(entries) if after + limit < len(self.ledger.entries) else None
        if order is not None:
            entries = [entry for entry in self.ledger.entries if entry.order == order][:PAGE_MAX]
            following = None
        return _json({"entries": entries, "next": following})


def _json(value: Any, status: int = 200) -> web.Response:
    return web.Response(body=encoded(value), status=status, content_type="application/json")
