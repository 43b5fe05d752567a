"""Settings of the tax document issuers: who issues, by which provider, in which environment."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from mtd.core.rut import plain_rut
from mtd.core.tax.countries.cl.issuer import Issuer
from mtd.core.tax.request import Place, Transport

NATIVE = "cl.native"
PAPERLESS = "cl.paperless"
GENERIC = "http.generic"

Environment = Literal["certification", "production", "simulated"]


class IssuerSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[issuers.<name>]`: one taxpayer that issues documents."""

    provider: str = NATIVE
    environment: Environment = "certification"
    authority_keys: dict[Annotated[str, Meta(pattern=r"^[0-9]{1,9}\Z")], str] = {}
    """Public keys (PEM) by IDK that authorise folios; of a simulated environment alone."""
    options: dict[str, Any] = {}
    """What the provider must know; it says what may stand here."""


class Nothing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Options of a provider whose settings are its legacy system's."""


class NativeOptions(Issuer, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[issuers.<name>.options]`: the taxpayer, and how its goods move."""

    public_url: str = ""
    """Where buyers read them, such as `https://dte.example/documents`; empty: nowhere."""
    transport: Transport = Transport()
    """What a dispatch guide says of the vehicle and driver where its step does not."""
    branches: dict[str, Place] = msgspec.field(default_factory=dict[str, Place])
    """Where the branches are that goods are fetched from, by the order's name of them."""

    def __post_init__(self) -> None:
        """Raises ValueError, which msgspec tells with its place."""
        if plain_rut(self.rut) != self.rut:
            raise ValueError(f"rut: {self.rut!r} is not a RUT such as 76111111-6")


OPTIONS: dict[str, type[msgspec.Struct]] = {
    NATIVE: NativeOptions,
    PAPERLESS: NativeOptions,
    GENERIC: Nothing,
}
"""What the options of each provider must be; of ours, who the taxpayer is."""
