"""Speaks to the simulated authority as its manuals say, without MTD's own clients."""

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from html import escape, unescape
from typing import Any

import aiohttp
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from mtd.core.tax.countries.cl.xmldsig import token_request
from tests.core.tax.countries.cl.asking import BUYER, ISSUER, NOON
from tests.core.tax.countries.cl.schemas import SCHEMAS
from tests.core.tax.countries.cl.sealing import SENDER, the_authority, the_signer
from tests.simulators.client import Client, Hearing, town

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
BOLETAS = "/recursos/v1/boleta.electronica"
BROWSER = "Mozilla/5.0 (compatible; MTD)"
PATIENCE_S = 10.0
ON_THEIR_WAY = frozenset({"REC", "SOK", "CRT", "FOK", "PDR"})


class Caller:
    """A person with a certificate, at the authority's doors."""

    def __init__(self, client: Client, session: aiohttp.ClientSession) -> None:
        self.client = client
        self._session = session
        self.agent = BROWSER

    async def soap(self, path: str, operation: str, **values: str) -> tuple[int, str]:
        fields = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in values.items())
        body = (
            f'<s:Envelope xmlns:s="{SOAP}"><s:Body><q:{operation} xmlns:q="urn:x">{fields}'
            f"</q:{operation}></s:Body></s:Envelope>"
        )
        return await self.send("sii", "POST", f"/DTEWS/{path}.jws", data=body.encode())

    async def send(
        self, system: str, method: str, path: str, token: str = "", **more: Any
    ) -> tuple[int, str]:
        headers = {"User-Agent": self.agent, "Cookie": f"TOKEN={token}"}
        url = self.client.town.urls[system] + path
        async with self._session.request(method, url, headers=headers, **more) as answer:
            return answer.status, unescape(await answer.text())

    async def invoice_token(self) -> str:
        _, seed = await self.soap("CrSeed", "getSeed")
        asked = token_request(one(seed, "SEMILLA"), the_signer()).decode()
        _, said = await self.soap("GetTokenFromSeed", "getToken", pszXml=asked)
        return one(said, "TOKEN")

    async def boleta_token(self) -> str:
        _, seed = await self.send("sii_api", "GET", f"{BOLETAS}.semilla")
        asked = token_request(one(seed, "SEMILLA"), the_signer())
        _, said = await self.send("sii_api", "POST", f"{BOLETAS}.token", data=asked)
        return one(said, "TOKEN")

    async def upload(self, content: bytes, token: str, **changed: str) -> tuple[int, str]:
        return await self.send(
            "sii", "POST", "/cgi_dte/UPL/DTEUpload", token, data=form(content, **changed)
        )

    async def upload_boletas(self, content: bytes, token: str) -> tuple[int, str]:
        path = f"{BOLETAS}.envio"
        return await self.send("sii_upload", "POST", path, token, data=form(content))

    async def judged(self, track: str, token: str) -> str:
        """The answer on an envelope of invoices, once it says more than that it is on its way."""
        number, digit = ISSUER.rut.split("-")
        values = {"RutCompania": number, "DvCompania": digit, "TrackId": track, "Token": token}
        async with asyncio.timeout(PATIENCE_S):
            while True:
                _, said = await self.soap("QueryEstUp", "getEstUp", **values)
                if one(said, "ESTADO") not in ON_THEIR_WAY:
                    return said
                await asyncio.sleep(0.01)

    async def judged_boletas(self, track: str, token: str) -> str:
        async with asyncio.timeout(PATIENCE_S):
            while True:
                path = f"{BOLETAS}.envio/{ISSUER.rut}-{track}"
                _, said = await self.send("sii_api", "GET", path, token)
                found = re.search(r'"estado":"(\w+)"', said)
                if found and found[1] not in ON_THEIR_WAY:
                    return said
                await asyncio.sleep(0.01)

    async def document(self, token: str, code: str, folio: int, total: int) -> str:
        issuer, buyer = ISSUER.rut.split("-"), BUYER.tax_id.split("-")
        _, said = await self.soap(
            "QueryEstDte",
            "getEstDte",
            RutCompania=issuer[0],
            DvCompania=issuer[1],
            RutReceptor=buyer[0],
            DvReceptor=buyer[1],
            TipoDte=code,
            FolioDte=str(folio),
            FechaEmisionDte="27112026",
            MontoDte=str(total),
            Token=token,
        )
        return one(said, "ESTADO")


def form(content: bytes, **changed: str) -> aiohttp.FormData:
    sender, company = SENDER.split("-"), ISSUER.rut.split("-")
    fields = {
        "rutSender": sender[0],
        "dvSender": sender[1],
        "rutCompany": company[0],
        "dvCompany": company[1],
        **changed,
    }
    written = aiohttp.FormData(fields)
    written.add_field("archivo", content, filename="envio.xml", content_type="text/xml")
    return written


def one(text: str, tag: str) -> str:
    found = re.search(rf"<{tag}>([^<]*)</{tag}>", text)
    assert found, text
    return found[1]


@asynccontextmanager
async def authority(ear: Hearing | None = None, **settings: Any) -> AsyncGenerator[Caller]:
    """The authority at noon of the tests' day, who trusts the tests' CAFs."""
    options = {"schemas": str(SCHEMAS)} if SCHEMAS.is_dir() else {}
    systems: dict[str, Any] = {"sii": {"options": options}}
    key = the_authority().key.public_key()
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    async with (
        town(ear, **{"systems": systems, **settings}) as client,
        aiohttp.ClientSession() as session,
    ):
        ahead_s = (NOON - datetime.now(UTC)).total_seconds()
        trust = {str(the_authority().idk): pem}
        await client.control("sii", system={"ahead_s": ahead_s, "trust": trust})
        yield Caller(client, session)
