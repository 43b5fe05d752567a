"""A conversation with the simulated provider, through settings that are all it is known by."""

import tomllib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from copy import deepcopy
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

from mtd.connectors.contract import Attempt
from mtd.connectors.generic import CONNECTORS, Asked, Issued, find, issue
from mtd.connectors.settings import LegacySettings
from mtd.connectors.wire import Wire, Wires
from mtd.core.money import Currency
from mtd.core.orders.purchase_order import PurchaseOrder
from mtd.core.process.outcome import Answer
from mtd.core.tax.issuing import FiscalNumber, Known
from mtd.core.tax.request import (
    Allowance,
    Buyer,
    FiscalKind,
    FiscalRequest,
    RequestLine,
    TaxCategory,
)
from mtd.simulators.settings import TownSettings
from mtd.simulators.town import Running, serve

PROVIDER = tomllib.loads((Path(__file__).parent / "provider.toml").read_text())["generic"]
PATIENCE_S = 10.0
HURRY_S = 1.0
"""Where no answer ever comes."""
QUIET = {"latency_scale": 0, "time_scale": 0, "default_faults": False, "run": "t"}
BUYER = Buyer(tax_id="900373115-1", name="Comercio de los Andes S.A.S.")
FIRST = FiscalNumber("DIAN", "TIQ", 1)


def wanted(order: str = "CO-1", **more: Any) -> FiscalRequest:
    """A sale in pesos of Colombia, at prices with tax."""
    given: dict[str, Any] = {
        "country": "CO",
        "issuer": "co",
        "order": order,
        "kind": FiscalKind.RECEIPT,
        "occurred_at": datetime(2026, 11, 27, 12, 0, tzinfo=UTC),
        "currency": Currency.COP,
        "lines": (
            RequestLine(
                description="Camisa",
                quantity=Decimal(2),
                unit_price=Decimal("59900.50"),
                price_includes_tax=True,
                allowances=(Allowance(amount=Decimal(1000)), Allowance(amount=Decimal("0.5"))),
            ),
            RequestLine(
                description="Libro", unit_price=Decimal(30_000), category=TaxCategory.EXEMPT
            ),
        ),
    }
    return FiscalRequest(**(given | more))


TOTAL = Decimal("148800.50")


class Talk:
    """A conversation with the simulated provider."""

    def __init__(self, town: Running, wires: Wires, session: aiohttp.ClientSession) -> None:
        self.town = town
        self._wires = wires
        self._session = session
        self.wire: Wire = wires.wire("generic")

    async def issue(
        self, request: FiscalRequest | None = None, *, sent_before: bool = False
    ) -> Issued:
        self.wire = self._wires.wire("generic")
        asked = Asked(key="i:e:1", request=request or wanted(), sent_before=sent_before)
        return await issue(self.wire, asked)

    async def find(self, request: FiscalRequest | None = None) -> tuple[Known, Issued | None]:
        self.wire = self._wires.wire("generic")
        found, issued = await find(self.wire, Asked(key="i:e:1", request=request or wanted()))
        return found.known, issued

    async def step(
        self, name: str, order: PurchaseOrder, *, sent_before: bool = False, **inputs: Any
    ) -> Answer:
        connector = next(one for one in CONNECTORS if one.name == f"generic.{name}")
        self.wire = self._wires.wire("generic")
        attempt = Attempt(
            key="i:e:1", order=order, inputs=inputs, number=1, sent_before=sent_before
        )
        return await connector.run(attempt, self.wire)

    async def befall(self, *faults: str) -> None:
        url = f"{self.town.control_url}/invoicer/__control"
        script = [{"fault": fault} for fault in faults]
        async with self._session.post(url, json={"script": script}) as answer:
            assert answer.status == 200, await answer.text()

    def issued(self) -> int:
        return len(self.town.stations["invoicer"].ledger.effects())


@asynccontextmanager
async def talking(
    options: dict[str, Any] | None = None, timeout_s: float = PATIENCE_S, **changes: Any
) -> AsyncGenerator[Talk]:
    provider = {"account": "ACC-7", "honours_keys": False, **(options or {})}
    settings = {**QUIET, "systems": {"invoicer": {"options": provider}}}
    running = await serve(msgspec.convert(settings, TownSettings))
    legacy = deepcopy(PROVIDER) | {
        "base_url": running.urls["invoicer"],
        "timeout_s": timeout_s,
    }
    legacy["options"] |= changes
    wires = Wires(
        {"generic": msgspec.convert(legacy, LegacySettings)},
        environment={},
        now=lambda: datetime.now(UTC),
    )
    async with aiohttp.ClientSession() as session:
        try:
            yield Talk(running, wires, session)
        finally:
            await wires.close()
            await running.close()


def patience_s(fault: str) -> float:
    """How long to wait for an answer that may never come."""
    return HURRY_S if fault == "timeout_after" else PATIENCE_S
