"""The app: settings and what they open, shared by every part of a process."""

import os
from pathlib import Path

import msgspec

from mtd.connectors import NAMES
from mtd.core.process.compiler import Surroundings
from mtd.core.process.compiler.timing import Duration, duration
from mtd.core.time.calendars import Calendars
from mtd.runtime.clock import Clock
from mtd.runtime.definitions.beginning import Beginning
from mtd.runtime.definitions.conditions import Conditions
from mtd.runtime.definitions.library import Library
from mtd.runtime.folio_book import FolioBook, folder_of
from mtd.runtime.keys import master_key
from mtd.runtime.receiving import Receiving
from mtd.runtime.settings.calendars import business_calendar
from mtd.runtime.settings.lifetimes import Lifetimes, lifetimes
from mtd.runtime.settings.settings import Settings
from mtd.runtime.telemetry import Meters
from mtd.runtime.vault import Vault
from mtd.store.ids import uuid7
from mtd.store.sessions import DOOR
from mtd.store.store import Store

TENANT = 1
"""The one tenant, `default`."""


class App(msgspec.Struct, frozen=True, kw_only=True):
    """What a process of MTD has open."""

    settings: Settings
    home: Path
    store: Store
    library: Library
    vault: Vault
    clock: Clock
    meters: Meters
    book: FolioBook | None = None
    """What folios leave beside the database; None: a restore would not know of any."""

    async def receiving(self) -> Receiving:
        """What makes arrivals of orders, for the latest drawings from now on."""
        await self.library.look(TENANT)
        self.library.watch(TENANT)
        return Receiving(
            tenant=TENANT,
            settings=self.settings,
            vault=self.vault,
            latest=lambda name: self.library.latest(TENANT)[name],
            now=self.clock.now,
            chance=os.urandom,
        )

    def at_risk(self) -> Duration:
        """How long before it is due a task is at risk."""
        return duration(self.settings.task_at_risk, self.library.surroundings.calendars.of({}))

    def lifetimes(self) -> Lifetimes:
        """How long messages wait to be awaited."""
        return lifetimes(self.settings.message_ttl)

    def beginning(self) -> Beginning:
        """What begins instances by itself."""
        return Beginning(
            tenant=TENANT,
            store=self.store,
            library=self.library,
            clock=self.clock,
            routed=[route.process for route in self.settings.routes],
        )

    def conditions(self) -> Conditions:
        """What begins instances when a condition over facts becomes true."""
        return Conditions(tenant=TENANT, store=self.store, library=self.library, clock=self.clock)

    async def close(self) -> None:
        """Close what is open."""
        await self.library.close()
        await self.store.close()


async def open_app(
    settings: Settings, home: Path, dsn: str, sessions: dict[str, str] = DOOR
) -> App:
    """Open the store at `dsn`, migrated already, and everything that needs it.

    `sessions`: how its doors connect.
    """
    store = await Store.open(dsn, settings=sessions)
    clock, meters = Clock(), Meters()
    return App(
        settings=settings,
        home=home,
        store=store,
        library=Library(store, surroundings(settings), meters.metered),
        vault=Vault(master_key(home, os.environ), os.urandom),
        clock=clock,
        meters=meters,
        book=FolioBook(folder_of(home, os.environ), uuid7(clock.now(), os.urandom(10))),
    )


def surroundings(settings: Settings) -> Surroundings:
    """What this customer's drawings may refer to."""
    return Surroundings(
        connectors=NAMES,
        durations=settings.durations,
        cycles=settings.cycles,
        retries=settings.retry,
        calendars=calendars(settings),
    )


def calendars(settings: Settings) -> Calendars:
    """The business calendars that this customer's instances may count in."""
    return Calendars(
        known={name: business_calendar(name, c) for name, c in settings.calendars.items()},
        default=settings.calendar,
        zone=settings.time_zone,
    )
