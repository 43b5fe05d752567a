"""A plant that issues natively and sends to a simulated authority nearby."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from mtd.connectors import connectors
from mtd.connectors.settings import LegacySettings
from mtd.core.process.definition import Definition
from mtd.runtime.settings.settings import issuers as who_issues
from tests.connectors.sii.talking import legacy
from tests.core.tax.countries.cl.schemas import SCHEMAS
from tests.runtime.conftest import Founded
from tests.runtime.plant import PATIENCE_S, Plant, chain
from tests.runtime.tax.issuers import BY, furnished, issuers
from tests.simulators.client import Client, town

TYPES = ("33", "34", "39", "41", "52", "61")
QUICK = {
    "documents": 10,
    "age_s": 0.3,
    "look_s": 0.05,
    "ask_s": 0.1,
    "ask_again_s": 0.1,
    "ask_max_s": 0.5,
    "doubt_s": 0.3,
    "again_s": 0.1,
    "stuck_s": 60.0,
    "lease_s": 1.0,
}
"""A pace of a hundredth."""
HOSTS = ("sii", "sii_api", "sii_upload")


class Mail:
    """The plant, and the authority that its mail goes to."""

    def __init__(self, plant: Plant, client: Client) -> None:
        self.plant = plant
        self.client = client

    async def script(self, *faults: str, operation: str = "upload") -> None:
        """The next uploads on both channels, or questions, suffer this."""
        script = [{"fault": fault, "operation": operation} for fault in faults]
        hosts = ("sii", "sii_upload") if operation == "upload" else ("sii", "sii_api")
        for host in hosts:
            await self.client.control(host, script=script)

    async def until_settled(self, count: int, state: str = "ACCEPTED") -> None:
        """So many documents are in that state."""
        await self.plant.until(
            "SELECT count(*) >= $1 FROM tax_document WHERE state = $2", count, state
        )

    async def held(self) -> dict[tuple[str, str, int], dict[str, Any]]:
        """What the authority holds, by issuer, type and folio."""
        found = await self.client.page("sii", "/documents")
        return {(one["issuer"], one["type"], one["folio"]): one for one in found}

    async def taken_in(self) -> int:
        """How many uploads the authority has taken in."""
        described = [await self.client.page(host, "") for host in ("sii", "sii_upload")]
        return sum(one["operations"].get("upload", {}).get("applied", 0) for one in described)

    async def check(self, orders: int) -> None:
        """Every order has one accepted document, which the authority holds to the peso.

        Each document that reached an end was told exactly once.
        """
        rows = await self.plant.rows("SELECT * FROM tax_document")
        held = await self.held()
        ours = {
            (row["issuer"], row["type_code"], row["folio"]): row
            for row in rows
            if row["state"] in ("ACCEPTED", "ACCEPTED_WITH_OBJECTIONS")
        }
        assert {place for place, one in held.items() if not one["foreign"]} == set(ours)
        assert all(held[place]["total"] == row["total"] for place, row in ours.items())
        assert len({row["instance_id"] for row in ours.values()}) == orders
        told = await self.plant.rows(
            "SELECT key, count(*) AS times FROM message WHERE name = 'DteStatusChanged'"
            " GROUP BY key"
        )
        ended = [row for row in rows if row["state"] not in ("SIGNED", "SENT")]
        assert {row["key"]: row["times"] for row in told} == {
            f"{row['issuer'].partition('-')[0]}-{row['type_code']}-{row['folio']}": 1
            for row in ended
        }


def trusted() -> dict[str, str]:
    """The tests' own authority of folios, as the simulated one is told of it."""
    key = BY.key.public_key()
    return {str(BY.idk): key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()}


@asynccontextmanager
async def mail(
    found: Founded,
    definition: Definition | None = None,
    pace: Mapping[str, float] = {},
    timeout_s: float = 2.0,
    types: Sequence[str] = TYPES,
    **delays_s: float,
) -> AsyncGenerator[Mail]:
    """A plant whose issuers' mail goes to an authority with these delays."""
    options = {"schemas": str(SCHEMAS)} if SCHEMAS.is_dir() else {}
    given = {"sii": {"options": options, "delays_s": {"stage": 0.01, **delays_s}}}
    async with town(systems=given, time_scale=1) as client:
        await client.control("sii", system={"trust": trusted()})
        usual = legacy(client.town.urls)
        settings = LegacySettings(
            base_url=usual.base_url,
            timeout_s=timeout_s,
            options={**usual.options, "pace": {**QUICK, **pace}},
        )
        process = definition or chain("sale", ["tax.issue"])
        plant: Plant = await found(process, issuers=issuers(), legacy={"sii": settings})
        await furnished(plant.app, *types)
        plant.connectors.update(connectors(who_issues(plant.app.settings)))
        yield Mail(plant, client)


async def settled_for_good(mail: Mail, seconds: float = 1.0) -> None:
    """Nothing more happens."""
    await mail.plant.until("SELECT count(*) = 0 FROM envelope WHERE state <> 'CLOSED'")
    await asyncio.sleep(min(seconds, PATIENCE_S))
