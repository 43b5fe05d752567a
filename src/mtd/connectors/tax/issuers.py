"""Issuers: the taxpayers of a customer's file, as documents and authorisations name them."""

from collections.abc import Mapping

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from mtd.connectors.tax.settings import NATIVE, IssuerSettings, NativeOptions
from mtd.core.tax.countries.cl.authority_keys import SII_KEYS

SIMULATED = "simulated"


class NativeIssuer(msgspec.Struct, frozen=True, kw_only=True):
    """A taxpayer whose documents MTD makes itself."""

    name: str
    """Key of its settings."""
    environment: str
    options: NativeOptions
    authority_keys: dict[int, RSAPublicKey]
    """Those whose authorisations of folios are good."""


class Issuers(msgspec.Struct, frozen=True, kw_only=True):
    """Who issues for which store, and by which provider."""

    native: dict[str, NativeIssuer]
    providers: dict[str, str]
    """By issuer."""
    of_store: dict[str, str]
    """The issuer of each store that is not its own."""

    def name(self, store: str) -> str:
        """The issuer of a store."""
        return self.of_store.get(store, store)

    def provider(self, store: str) -> str | None:
        """By whom a store's documents are issued; None: by nobody that the settings know."""
        return self.providers.get(self.name(store))


def issuers_of(settings: Mapping[str, IssuerSettings], of_store: Mapping[str, str]) -> Issuers:
    """The issuers of settings that have been checked."""
    return Issuers(
        native=native_issuers(settings),
        providers={name: one.provider for name, one in settings.items()},
        of_store=dict(of_store),
    )


def native_issuers(issuers: Mapping[str, IssuerSettings]) -> dict[str, NativeIssuer]:
    """The native issuers, by the key of their settings, which have been checked."""
    return {
        name: NativeIssuer(
            name=name,
            environment=settings.environment,
            options=msgspec.convert(settings.options, NativeOptions, strict=False),
            authority_keys=_authority_keys(settings),
        )
        for name, settings in issuers.items()
        if settings.provider == NATIVE
    }


def issuer_faults(settings: IssuerSettings) -> list[tuple[str, str]]:
    """What of an issuer's settings cannot be used: key and reason."""
    if settings.environment != SIMULATED:
        if settings.authority_keys:
            return [("authority_keys", "only a simulated authority brings its own")]
        return []
    return [
        (f"authority_keys.{idk}", "is no RSA public key in PEM")
        for idk, pem in settings.authority_keys.items()
        if _public_key(pem) is None
    ]


def _authority_keys(settings: IssuerSettings) -> dict[int, RSAPublicKey]:
    """The SII's two keys; in a simulated environment those of its authority and no other."""
    if settings.environment != SIMULATED:
        return SII_KEYS
    found = {int(idk): _public_key(pem) for idk, pem in settings.authority_keys.items()}
    return {idk: key for idk, key in found.items() if key is not None}


def _public_key(pem: str) -> RSAPublicKey | None:
    try:
        key = load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm):
        return None
    return key if isinstance(key, RSAPublicKey) else None
