"""Issuers of the runtime's tests: a simulated authority, its folios, and a certificate."""

from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from mtd.connectors.tax.settings import IssuerSettings
from mtd.core.tax.countries.cl.content import ZONE
from mtd.runtime.app import App, open_app
from mtd.runtime.rehearsal.forging import authority, caf_file, certificate, new_key, pkcs12_file
from mtd.runtime.settings.parts import Route
from mtd.runtime.settings.settings import Settings
from mtd.runtime.tax.authorising import Certified, Taken, certify, take_in

RUT = "76111111-6"
RUTS = {"paris": RUT, "umbrale": "76222222-1", "carters": "76333333-7"}
"""Of the shops that generated orders come from."""
TODAY = datetime.now(UTC).astimezone(ZONE).date()
"""In Chile, where it is still yesterday for some hours of each day."""
BY = authority()
SENDER = "12345678-5"


def options(rut: str, **other: Any) -> dict[str, Any]:
    """A taxpayer."""
    return {
        "rut": rut,
        "name": "Comercial Ensayo SpA",
        "business_line": "Venta al por menor",
        "activities": [477399],
        "place": {"street": "Av. Providencia 1", "district": "Providencia", "city": "Santiago"},
        "resolution_number": 0,
        "resolution_date": date(2026, 1, 15),
        "sii_office": "Santiago Oriente",
        "transport": {
            "vehicle_plate": "ABCD12",
            "driver_tax_id": "12345678-5",
            "driver_name": "Juan Soto",
        },
        **other,
    }


def issuers(names: Iterable[str] = RUTS, **other: Any) -> dict[str, IssuerSettings]:
    """Native ones in the simulated environment of `BY`."""
    public = BY.key.public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    return {
        name: IssuerSettings(
            environment="simulated",
            authority_keys={str(BY.idk): pem},
            options=options(RUTS[name], **other),
        )
        for name in names
    }


@asynccontextmanager
async def issuing_app(
    database: str, home: Path, issuers: Mapping[str, IssuerSettings]
) -> AsyncGenerator[App]:
    """An app on this database that has nothing but these issuers."""
    settings = Settings(
        customer="test", processes=[], routes=[Route(process="any")], stores={},
        issuers=dict(issuers),
    )  # fmt: skip
    app = await open_app(settings, home, database)
    yield app
    await app.close()


async def authorised(app: App, *types: str, first: int = 1, last: int = 1_000) -> None:
    """Folios of these types for every issuer."""
    for name in app.settings.issuers:
        for code in types:
            file = caf_file(BY, RUTS[name], code, (first, last), TODAY)
            taken = await take_in(app, 1, file, "test")
            assert isinstance(taken, Taken), taken


async def furnished(app: App, *types: str, first: int = 1, last: int = 1_000) -> None:
    """Folios, and a certificate that signs, for every issuer."""
    await authorised(app, *types, first=first, last=last)
    key = new_key(2048)
    file = pkcs12_file(key, certificate(key, SENDER, datetime.now(UTC)), b"secret")
    for name in app.settings.issuers:
        assert isinstance(await certify(app, 1, name, file, b"secret", "test"), Certified)
