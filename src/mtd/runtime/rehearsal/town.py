"""The town: the simulated legacy systems as a process of their own, and orders given to it."""

import asyncio
import json
import sys
from collections.abc import Mapping
from typing import Any, Self
from urllib.parse import urlsplit

import aiohttp

from mtd.connectors.settings import LegacySettings

OPENS_S = 20.0
REGISTRY = "/WSREGISTRORECLAMODTECERT/registroreclamodteservice"
"""Where buyers' receipts and claims are read."""


class Town:
    """The running simulators; they end with whoever opened them."""

    def __init__(self, process: asyncio.subprocess.Process, told: Mapping[str, Any]) -> None:
        self._process = process
        self.urls: dict[str, str] = dict(told["urls"])
        """Where each system is, by name."""
        self._control_url: str = told["control_url"]
        self._session = aiohttp.ClientSession(trust_env=False)

    @classmethod
    async def open(cls, settings: Mapping[str, Any]) -> Self:
        """Start the simulators as `settings` say (`simulators.settings.TownSettings`)."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "mtd.simulators", "--until-eof", "--config", json.dumps(settings)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdout is not None
        async with asyncio.timeout(OPENS_S):
            line = await process.stdout.readline()
        return cls(process, json.loads(line))

    async def close(self) -> None:
        """End the simulators."""
        await self._session.close()
        if self._process.returncode is None:
            self._process.terminate()
            await self._process.wait()

    async def tell(self, system: str, command: Mapping[str, Any]) -> None:
        """Order something of a system: faults, an outage, a pace."""
        url = f"{self._control_url}/{system}/__control"
        async with self._session.post(url, json=command) as answer:
            if answer.status != 200:
                raise RuntimeError(f"{system}: {await answer.text()}")

    async def described(self, system: str) -> dict[str, Any]:
        """A system's counters."""
        async with self._session.get(f"{self._control_url}/{system}/__control") as answer:
            return await answer.json()

    async def page(self, system: str, page: str) -> Any:
        """A page that a system's control has for itself alone, such as `caf?issuer=…`."""
        url = f"{self._control_url}/{system}/__control/{page}"
        async with self._session.get(url) as answer:
            if answer.status != 200:
                raise RuntimeError(f"{system}: {await answer.text()}")
            return await answer.json()

    async def ledger(self, system: str) -> list[dict[str, Any]]:
        """Every attempt and effect that a system saw."""
        entries: list[dict[str, Any]] = []
        while True:
            url = f"{self._control_url}/{system}/__control/ledger?after={len(entries)}"
            async with self._session.get(url) as answer:
                page = (await answer.json())["entries"]
            if not page:
                return entries
            entries += page


def environment(urls: Mapping[str, str], legacy: Mapping[str, LegacySettings]) -> dict[str, str]:
    """The settings that lead every connector to the town, with what it takes to be let in.

    Only the origin of an address changes: a service's path is the customer's to say.
    """
    places = {
        f"MTD__LEGACY__{name.upper()}__BASE_URL": urls[name] + urlsplit(settings.base_url).path
        for name, settings in legacy.items()
        if name in urls
    }
    if "sii" in legacy:
        places |= {
            "MTD__LEGACY__SII__OPTIONS__API_URL": urls["sii_api"],
            "MTD__LEGACY__SII__OPTIONS__UPLOAD_URL": urls["sii_upload"],
            "MTD__LEGACY__SII__OPTIONS__REGISTRY_URL": urls["sii_registry"] + REGISTRY,
        }
    return {**places, "PAPERLESS_LOGIN": "mtd", "PAPERLESS_PASSWORD": "simulated"}
