"""MTD's client of the tax authority, talking to the simulated one."""

import re
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from mtd.connectors.settings import LegacySettings
from mtd.connectors.sii import Channel, Identity, Parcel, Standing, Tokens, standing
from mtd.connectors.wire import Wire, Wires
from mtd.core.tax.countries.cl.xml import ENCODING
from tests.core.tax.countries.cl.asking import ISSUER, NOON
from tests.core.tax.countries.cl.sealing import in_envelope, the_signer
from tests.simulators.client import Client
from tests.simulators.sii.caller import ON_THEIR_WAY, PATIENCE_S, authority

REGISTRY = "/WSREGISTRORECLAMODTECERT/registroreclamodteservice"


class Talk:
    """One process's line to the authority."""

    def __init__(self, client: Client, wires: Wires) -> None:
        self.client = client
        self._wires = wires
        self.tokens = Tokens(time.monotonic)
        self.signer = the_signer()

    @property
    def wire(self) -> Wire:
        return self._wires.wire("sii")

    async def script(self, host: str, *faults: str, operation: str = "upload") -> None:
        script = [{"fault": fault, "operation": operation} for fault in faults]
        await self.client.control(host, script=script)

    async def judged(self, channel: Channel, track: str) -> Standing:
        """Where an envelope stands, once it is no longer on its way."""
        until_s = time.monotonic() + PATIENCE_S
        while time.monotonic() < until_s:
            found = await standing(self.wire, self.tokens, channel, self.signer, ISSUER.rut, track)
            assert isinstance(found, Standing), found
            if found.state not in ON_THEIR_WAY:
                return found
        raise TimeoutError(track)


def parcel(*documents: bytes) -> Parcel:
    """A signed envelope of these documents."""
    return Parcel(
        issuer=ISSUER.rut,
        name="envio.xml",
        content=in_envelope(*documents),
        documents=tuple(map(identity, documents)),
    )


def identity(document: bytes) -> Identity:
    text = document.decode(ENCODING)
    tags = ("TipoDTE", "Folio", "RUTRecep", "FchEmis", "MntTotal")
    code, folio, buyer, day, total = (_one(text, tag) for tag in tags)
    return Identity(
        issuer=ISSUER.rut,
        type_code=code,
        folio=int(folio),
        buyer=buyer,
        day=day,
        total=int(total),
    )


def _one(text: str, tag: str) -> str:
    found = re.search(rf"<{tag}>([^<]*)</{tag}>", text)
    assert found
    return found[1]


def legacy(urls: dict[str, str], **more: Any) -> LegacySettings:
    """The simulated hosts as a customer's file would name them."""
    options = {
        "api_url": urls["sii_api"],
        "upload_url": urls["sii_upload"],
        "registry_url": urls["sii_registry"] + REGISTRY,
    }
    return LegacySettings(base_url=urls["sii"], options=options, **more)


@asynccontextmanager
async def talk(**settings: Any) -> AsyncGenerator[Talk]:
    timeout_s = settings.pop("timeout_s", 5.0)
    async with authority(**settings) as caller:
        found = {"sii": legacy(caller.client.town.urls, timeout_s=timeout_s)}
        wires = Wires(found, environment={}, now=lambda: NOON)
        try:
            yield Talk(caller.client, wires)
        finally:
            await wires.close()
