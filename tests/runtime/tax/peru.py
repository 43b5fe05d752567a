"""A plant with a shop in Lima: its series, its certificate, and the simulated SUNAT nearby."""

import os
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from mtd.connectors import connectors
from mtd.connectors.settings import LegacySettings
from mtd.connectors.tax.settings import PERU, IssuerSettings
from mtd.core.money import Currency
from mtd.core.orders.purchase_order import (
    BuyerDocument,
    Customer,
    DocumentKind,
    Payment,
    PaymentMethod,
    PurchaseOrder,
    Totals,
)
from mtd.core.process.definition import Definition
from mtd.runtime.app import App
from mtd.runtime.receiving import Receiving
from mtd.runtime.rehearsal.forging import certificate, new_key, pkcs12_file
from mtd.runtime.settings.settings import issuers as who_issues
from mtd.runtime.tax.authorising import Certified, certify
from mtd.runtime.tax.declaring import Declaration, Declared, declare
from tests.core.orders.examples import ADDRESS, plain_line, plain_order
from tests.runtime.conftest import Founded
from tests.runtime.plant import Plant, chain
from tests.simulators.client import Client, town

RUC, COMPANY = "20100070970", "20131312955"
SERIES = (("01", "F001"), ("03", "B001"), ("07", "FC01"), ("07", "BC01"))
BRANCH_SERIES = (("01", "F002"), ("03", "B002"), ("07", "FC02"), ("07", "BC02"))
OPTIONS: dict[str, Any] = {
    "ruc": RUC,
    "name": "Tiendas Lima S.A.C.",
    "ubigeo": "150131",
    "place": {"street": "Av. Aviación 2405", "district": "San Borja", "city": "Lima"},
    "branches": {
        "miraflores": {
            "invoice": "F002",
            "receipt": "B002",
            "invoice_credit": "FC02",
            "receipt_credit": "BC02",
        }
    },
}
ISSUERS = {"lima": IssuerSettings(provider=PERU, environment="simulated", options=OPTIONS)}
QUICK = {"look_s": 0.05, "doubt_s": 0.2, "again_s": 0.1, "ask_max_s": 0.5, "lease_s": 1.0}
"""A pace of a hundredth."""


def an_order(n: int = 1, *, invoice: bool = False, **changes: Any) -> PurchaseOrder:
    """Two shirts for S/ 120 less S/ 2; the buyer has a DNI, or a company's RUC for its invoice."""
    now = datetime.now(UTC).replace(microsecond=0)
    document = BuyerDocument(kind=DocumentKind.RECEIPT)
    if invoice:
        document = BuyerDocument(
            kind=DocumentKind.INVOICE,
            tax_id=COMPANY,
            legal_name="Compañía de los Andes S.A.",
            business_line="Comercio",
            address=ADDRESS,
        )
    fields: dict[str, Any] = {
        "external_id": f"PE-{n}",
        "country": "PE",
        "currency": Currency.PEN,
        "store": "lima",
        "branch": "centro",
        "placed_at": now,
        "promised_at": now + timedelta(days=3),
        "customer": Customer(
            name="José Quispe",
            tax_id="45678901",
            email="jose@correo.example",
            phone="+51 987654321",
        ),
        "buyer_document": document,
        "lines": (plain_line(unit_price=Decimal("60.00"), discount=Decimal("2.00")),),
        "totals": Totals(
            net=Decimal("100.00"),
            tax=Decimal("18.00"),
            discounts=Decimal("2.00"),
            grand_total=Decimal("118.00"),
        ),
        "payments": (Payment(method=PaymentMethod.CARD, amount=Decimal("118.00")),),
    }
    return plain_order(**(fields | changes))


class Lima:
    """The plant, and the SUNAT that its documents go to."""

    def __init__(self, plant: Plant, client: Client) -> None:
        self.plant = plant
        self.client = client

    async def place(self, orders: Sequence[PurchaseOrder], process: str = "sale") -> list[str]:
        """Take these orders in; their ids."""
        receiving = Receiving(
            tenant=1,
            settings=self.plant.app.settings,
            vault=self.plant.app.vault,
            latest=lambda _: f"{process}@1",
            now=self.plant.app.clock.now,
            chance=os.urandom,
        )
        arrivals = [receiving.arrival(order, "test", None) for order in orders]
        await self.plant.app.store.deliver(arrivals)
        return [arrival.id for arrival in arrivals]

    async def befall(self, *faults: str, operation: str = "sendBill") -> None:
        """The next calls of this operation suffer these."""
        script = [{"fault": fault, "operation": operation} for fault in faults]
        await self.client.control("sunat", script=script)

    async def until_settled(self, count: int, state: str = "ACCEPTED") -> None:
        """So many documents are in that state."""
        await self.plant.until(
            "SELECT count(*) >= $1 FROM tax_document WHERE state = $2", count, state
        )

    def held(self) -> dict[str, str]:
        """What the SUNAT registered: names of documents, each once, with its total."""
        ledger = self.client.town.stations["sunat"].ledger
        assert not ledger.duplicates
        return {entry.order: entry.subject for entry in ledger.effects()}

    async def check(self, orders: int) -> None:
        """Every order has one accepted document, which the SUNAT holds and nothing besides."""
        rows = await self.plant.rows(
            "SELECT type_code, series, folio, instance_id FROM tax_document"
            " WHERE state IN ('ACCEPTED', 'ACCEPTED_WITH_OBJECTIONS')"
        )
        names = {f"{RUC}-{row['type_code']}-{row['series']}-{row['folio']}" for row in rows}
        assert len(names) == len({row["instance_id"] for row in rows}) == orders
        assert set(self.held()) >= names
        described = await self.client.page("sunat", "")
        assert described["state"]["documents"]["accepted"] == orders
        told = await self.plant.rows(
            "SELECT key, count(*) AS times FROM message WHERE name = 'DteStatusChanged'"
            " GROUP BY key"
        )
        assert all(row["times"] == 1 for row in told)


async def declared(app: App, *series: tuple[str, str], last: int | None = None) -> None:
    """These series of the shop."""
    for code, named in series:
        of = Declaration(issuer="lima", type_code=code, series=named, last=last)
        done = await declare(app, 1, of, "test")
        assert isinstance(done, Declared), done


async def certified(app: App) -> None:
    """A certificate that signs for the shop."""
    key = new_key(2048)
    file = pkcs12_file(key, certificate(key, "12345678-5", datetime.now(UTC)), b"secret")
    assert isinstance(await certify(app, 1, "lima", file, b"secret", "test"), Certified)


@asynccontextmanager
async def lima(
    found: Founded,
    definition: Definition | None = None,
    series: Sequence[tuple[str, str]] = (*SERIES, *BRANCH_SERIES),
    pace: Mapping[str, float] = {},
    timeout_s: float = 2.0,
) -> AsyncGenerator[Lima]:
    """A plant whose shop's documents go to a simulated SUNAT."""
    account = {"user": f"{RUC}MODDATOS", "password": "p"}
    async with town(systems={"sunat": {"options": account}}, time_scale=0) as client:
        os.environ.update(SOL_USER=account["user"], SOL_PASSWORD=account["password"])
        settings = LegacySettings(
            base_url=client.town.urls["sunat"],
            login="env:SOL_USER",
            password="env:SOL_PASSWORD",
            timeout_s=timeout_s,
            options={"environment": "simulated", "pace": {**QUICK, **pace}},
        )
        process = definition or chain("sale", ["tax.issue"])
        plant: Plant = await found(process, issuers=ISSUERS, legacy={"sunat": settings})
        await declared(plant.app, *series)
        await certified(plant.app)
        plant.connectors.update(connectors(who_issues(plant.app.settings)))
        yield Lima(plant, client)
