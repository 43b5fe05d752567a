"""The desk, opened: what pages ask for and do goes through here, checked and recorded."""

import os
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from structlog import get_logger

from mtd.runtime.app import App
from mtd.runtime.desk.audit.checking import Checks
from mtd.runtime.desk.people.accounts import Accounts
from mtd.runtime.desk.people.keys import Keys
from mtd.runtime.desk.people.people import People
from mtd.runtime.desk.people.person import Person
from mtd.runtime.operations.operations import NotFound, Operations
from mtd.store.ids import uuid7
from mtd.store.orders.orders import Order
from mtd.store.people import audit

LOG = get_logger()
_ENCODER = msgspec.json.Encoder(decimal_format="number")


class Desk:
    """What the portal's people work at."""

    def __init__(self, operations: Operations) -> None:
        self.operations = operations
        self.accounts = Accounts(operations.app, operations.tenant)
        self.people = People(self.accounts)
        self.keys = Keys(operations.app, operations.tenant)
        self.checks = Checks(operations.app, operations.tenant)

    @property
    def app(self) -> App:
        """What this process has open."""
        return self.operations.app

    @property
    def tenant(self) -> int:
        """Whose desk it is."""
        return self.operations.tenant

    @property
    def zone(self) -> ZoneInfo:
        """Where people's days begin."""
        return ZoneInfo(self.app.settings.time_zone)

    async def warm(self) -> None:
        """Compile what new orders run through, so that nobody's first page waits for it."""
        for id_ in self.app.library.latest(self.tenant).values():
            try:
                await self.app.library.definition(self.tenant, id_)
            except Exception as error:  # noqa: BLE001 its orders are shown by ids then
                LOG.warning("a definition cannot be had", definition=id_, problem=str(error))

    async def record(
        self,
        person: Person,
        action: str,
        subject: str,
        reason: str = "",
        before: Any = None,
        after: Any = None,
    ) -> None:
        """Append to the audit what `person` is about to do: nothing is done unrecorded."""
        entry = audit.NewEntry(
            id=self.new_id(),
            actor=person.login,
            origin=person.origin,
            action=action,
            subject=subject,
            reason=reason,
            before="" if before is None else _ENCODER.encode(before).decode(),
            after="" if after is None else _ENCODER.encode(after).decode(),
        )
        async with self.app.store.door(self.tenant) as connection:
            await audit.add(connection, self.tenant, entry)

    async def order(self, person: Person, name: str) -> Order:
        """The order with this id, key or external id. Raises NotFound: none that they may see."""
        person.must("orders.see")
        order = await self.operations.order(name)
        if not person.sees(order.store):
            raise NotFound(f"there is no order {name!r}")
        return order

    async def check_record(self, person: Person) -> None:
        """Begin to check the whole chain of the record; it goes on by itself. Raises Forbidden."""
        person.must_everywhere("audit.see")
        await self.record(person, "audit.check", "")
        self.checks.begin(person.login)

    def new_id(self) -> str:
        """A fresh UUIDv7."""
        return uuid7(self.app.clock.now(), os.urandom(10))
