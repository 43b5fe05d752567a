"""All simulated systems in one process: `serve` opens them, `Running` says where they are."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from mtd.simulators.announcer import TROUBLES, Announcer, Post
from mtd.simulators.clock import now_s
from mtd.simulators.eom import eom
from mtd.simulators.faults import Faults
from mtd.simulators.giftcard import giftcard
from mtd.simulators.hall import Hall
from mtd.simulators.invoicer import invoicer
from mtd.simulators.ledger import Ledger
from mtd.simulators.listener import Listener
from mtd.simulators.logistics import logistics
from mtd.simulators.loyalty import loyalty
from mtd.simulators.mail import MailListener, mail
from mtd.simulators.objectstore import objectstore
from mtd.simulators.paperless import paperless
from mtd.simulators.payment import payment
from mtd.simulators.pos import pos
from mtd.simulators.salessupport import salessupport
from mtd.simulators.settings import BadSettings, SystemSettings, TownSettings
from mtd.simulators.sii import systems as tax_authority
from mtd.simulators.station import Pace, Station
from mtd.simulators.sunat import sunat
from mtd.simulators.system import System
from mtd.simulators.world import World

SYNC_EVERY_S = 0.5
LATE_S = 30.0
"""How much later a late or repeated event comes, before `time_scale`."""

SYSTEMS: dict[str, Callable[[World], System]] = {
    "giftcard": giftcard,
    "payment": payment,
    "eom": eom,
    "paperless": paperless,
    "pos": pos,
    "salessupport": salessupport,
    "logistics": logistics,
    "loyalty": loyalty,
    "objectstore": objectstore,
    "sunat": sunat,
    "invoicer": invoicer,
}
MAIL = "mail"
"""The one that does not speak HTTP."""


class Running:
    """The open town."""

    def __init__(self, settings: TownSettings) -> None:
        self._settings = settings
        self._run = f"{int(now_s()):x}" if settings.run is None else settings.run
        self._post = Post(settings.callback)
        self._doors: list[Listener | MailListener] = []
        self._hall: Hall | None = None
        self._syncing: asyncio.Task[None] | None = None
        self._builders = {**SYSTEMS, **tax_authority()}
        self.stations: dict[str, Station] = {}
        self.urls: dict[str, str] = {}
        """Where each system is, by name; `mail` is `smtp://…`."""
        self.control_url = ""
        """`<control_url>/<system>/__control` answers even while the system is down."""

    async def open(self) -> None:
        """Open every door; raises BadSettings before anything is open."""
        settings = self._settings
        unknown = sorted(settings.systems.keys() - self._builders.keys() - {MAIL})
        if unknown:
            known = ", ".join([*self._builders, MAIL])
            raise BadSettings(f"systems.{unknown[0]}: unknown; there are {known}")
        for name, build in self._builders.items():
            world = self._world(name)
            station = self._station(build(world), world)
            self._doors.append(Listener(station, self._of(name).token))
        world = self._world(MAIL)
        system, office = mail(world)
        self._doors.append(MailListener(self._station(system, world), office))
        await self._listen()
        self._syncing = asyncio.get_running_loop().create_task(self._sync())

    async def close(self) -> None:
        """Close every door, tell nothing more, and write the ledgers to the disk."""
        if self._syncing is not None:
            self._syncing.cancel()
        for door in self._doors:
            await door.close()
        if self._hall is not None:
            await self._hall.close()
        for station in self.stations.values():
            await station.announcer.close()
            station.ledger.close()
        await self._post.close()

    async def _listen(self) -> None:
        host = self._settings.host
        for (name, station), door in zip(self.stations.items(), self._doors, strict=True):
            await door.port.open(host, self._of(name).port)
            station.port = door.port
            scheme = "smtp" if name == MAIL else "http"
            self.urls[name] = f"{scheme}://{host}:{door.port.number}"
        self._hall = Hall(self.stations)
        await self._hall.port.open(host, 0)
        self.control_url = f"http://{host}:{self._hall.port.number}"

    def _of(self, name: str) -> SystemSettings:
        return self._settings.systems.get(name, SystemSettings())

    def _world(self, name: str) -> World:
        announcer = Announcer(
            seed=self._settings.seed,
            system=name,
            post=self._post,
            shares={},
            late_s=LATE_S * self._settings.time_scale,
        )
        return World(
            seed=self._settings.seed,
            name=name,
            run=self._run,
            settings=self._of(name),
            time_scale=self._settings.time_scale,
            announcer=announcer,
        )

    def _station(self, system: System, world: World) -> Station:
        world.check()
        settings = self._of(system.name)
        given = dict(system.shares) if self._settings.default_faults else {}
        shares = given | settings.shares
        faults = Faults(self._settings.seed, system.name, shares, system.verdicts)
        for name in shares:
            if name not in faults.known and name not in TROUBLES:
                known = ", ".join(sorted(faults.known | TROUBLES))
                raise BadSettings(f"systems.{system.name}.shares.{name}: not one of {known}")
        world.announcer.shares.update(
            {name: share for name, share in shares.items() if name in TROUBLES}
        )
        median_ms = system.median_ms if settings.median_ms is None else settings.median_ms
        p99_ms = system.p99_ms if settings.p99_ms is None else settings.p99_ms
        station = Station(
            system=system,
            seed=self._settings.seed,
            faults=faults,
            ledger=Ledger(self._ledger_path(system.name)),
            pace=Pace(self._settings.latency_scale, median_ms, p99_ms),
            announcer=world.announcer,
        )
        self.stations[system.name] = station
        return station

    def _ledger_path(self, name: str) -> Path | None:
        if self._settings.ledger_folder is None:
            return None
        folder = Path(self._settings.ledger_folder)
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{name}.jsonl"

    async def _sync(self) -> None:
        """The ledgers' lines reach the disk in groups, away from the answering thread."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(SYNC_EVERY_S)
            for station in self.stations.values():
                await loop.run_in_executor(None, station.ledger.sync)


async def serve(settings: TownSettings) -> Running:
    """Open all systems on `settings.host`; raises BadSettings naming the key."""
    running = Running(settings)
    try:
        await running.open()
    except BaseException:
        await running.close()
        raise
    return running
