"""Settings of the tax document issuers: who issues, by which provider, in which environment."""

from datetime import date
from decimal import Decimal
from itertools import chain
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from mtd.core.rut import plain_rut
from mtd.core.tax.countries.cl.issuer import Issuer as ChileanIssuer
from mtd.core.tax.countries.pe.faults import issuer_faults, series_faults
from mtd.core.tax.countries.pe.issuer import Issuer as PeruvianIssuer
from mtd.core.tax.countries.pe.issuer import Series
from mtd.core.tax.countries.pe.ruc import plain_ruc
from mtd.core.tax.request import Place, Transport
from mtd.core.tax.vouchers import VoucherPolicy

CHILE, PERU = "cl.native", "pe.native"
PAPERLESS = "cl.paperless"
GENERIC = "http.generic"

Environment = Literal["certification", "production", "simulated"]


class IssuerSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[issuers.<name>]`: one taxpayer that issues documents."""

    provider: str = CHILE
    environment: Environment = "certification"
    authority_keys: dict[Annotated[str, Meta(pattern=r"^[0-9]{1,9}\Z")], str] = {}
    """Public keys (PEM) by IDK that authorise folios; of a simulated environment alone."""
    options: dict[str, Any] = {}
    """What the provider must know; it says what may stand here."""


class ProviderOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Options of an issuer whose provider is told all else by its legacy system's settings."""

    voucher_policy: VoucherPolicy = VoucherPolicy.RECEIPT_ALWAYS


class ChileanOptions(ChileanIssuer, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[issuers.<name>.options]` in Chile: the taxpayer, and how its goods move."""

    public_url: str = ""
    """Where buyers read them, such as `https://dte.example/documents`; empty: nowhere."""
    transport: Transport = Transport()
    """What a dispatch guide says of the vehicle and driver where its step does not."""
    branches: dict[str, Place] = msgspec.field(default_factory=dict[str, Place])
    """Where the branches are that goods are fetched from, by the order's name of them."""

    uf: dict[date, Decimal] = msgspec.field(default_factory=dict[date, Decimal])
    """The UF in pesos by day (Banco Central de Chile), for what is owed above 135 of them."""

    def __post_init__(self) -> None:
        """Raises ValueError, which msgspec tells with its place."""
        if plain_rut(self.rut) != self.rut:
            raise ValueError(f"rut: {self.rut!r} is not a RUT such as 76111111-6")


class PeruvianOptions(PeruvianIssuer, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[issuers.<name>.options]` in Peru: the taxpayer, and the series of its branches."""

    public_url: str = ""
    """As Chile's."""
    branches: dict[str, Series] = msgspec.field(default_factory=dict[str, Series])
    """Series of the branches that number by themselves, by the order's name of them."""
    guides_elsewhere: bool = False
    """Another system issues the guides (*guía de remisión*): a step for one does nothing."""

    def __post_init__(self) -> None:
        """Raises ValueError, which msgspec tells with its place."""
        if plain_ruc(self.ruc) != self.ruc:
            raise ValueError(f"ruc: {self.ruc!r} is not a RUC such as 20100070970")
        of_branches = chain.from_iterable(map(series_faults, self.branches.values()))
        for wrong in (*issuer_faults(self), *of_branches):
            raise ValueError(str(wrong))


OPTIONS: dict[str, type[msgspec.Struct]] = {
    CHILE: ChileanOptions,
    PERU: PeruvianOptions,
    PAPERLESS: ChileanOptions,
    GENERIC: ProviderOptions,
}
"""What the options of each provider must be; of ours, who the taxpayer is."""
