"""Issuers: the taxpayers of a customer's file, as documents and authorisations name them."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from mtd.connectors.tax.settings import (
    CHILE,
    PERU,
    ChileanOptions,
    IssuerSettings,
    PeruvianOptions,
)
from mtd.core.tax.countries.cl.authority_keys import SII_KEYS
from mtd.core.tax.countries.cl.practice import practice as chilean
from mtd.core.tax.countries.pe.practice import practice as peruvian
from mtd.core.tax.practice import Practice
from mtd.core.tax.request import FiscalKind, Place, Transport
from mtd.core.tax.vouchers import VoucherPolicy

SIMULATED = "simulated"


class NativeIssuer(msgspec.Struct, frozen=True, kw_only=True):
    """A taxpayer whose documents MTD makes itself."""

    name: str
    """Key of its settings."""
    provider: str
    environment: str
    practice: Practice
    public_url: str
    """Where buyers read its documents; empty: nowhere."""
    transport: Transport = Transport()
    """What a dispatch guide says of the vehicle and driver where its step does not."""
    branches: dict[str, Place] = {}
    """Where goods are fetched from, by the order's name of the branch."""
    elsewhere: frozenset[FiscalKind] = frozenset()
    """Kinds that another system of the taxpayer issues: nothing is to be done here."""
    authority_keys: dict[int, RSAPublicKey] = {}
    """Those whose authorisations of folios are good."""

    @property
    def tax_id(self) -> str:
        """As its documents have it."""
        return self.practice.tax_id


class Issuers(msgspec.Struct, frozen=True, kw_only=True):
    """Who issues for which store, and by which provider."""

    native: dict[str, NativeIssuer]
    providers: dict[str, str]
    """By issuer."""
    of_store: dict[str, str]
    """The issuer of each store that is not its own."""
    policies: dict[str, VoucherPolicy] = {}
    """Whether a card's voucher already is the receipt, by issuer."""

    def name(self, store: str) -> str:
        """The issuer of a store."""
        return self.of_store.get(store, store)

    def provider(self, store: str) -> str | None:
        """By whom a store's documents are issued; None: by nobody that the settings know."""
        return self.providers.get(self.name(store))

    def voucher_policy(self, store: str) -> VoucherPolicy:
        """Whether a card's voucher already is the receipt of a store's sale."""
        return self.policies.get(self.name(store), VoucherPolicy.RECEIPT_ALWAYS)


def issuers_of(settings: Mapping[str, IssuerSettings], of_store: Mapping[str, str]) -> Issuers:
    """The issuers of settings that have been checked."""
    return Issuers(
        native=native_issuers(settings),
        providers={name: one.provider for name, one in settings.items()},
        of_store=dict(of_store),
        policies={
            name: VoucherPolicy(policy)
            for name, one in settings.items()
            if (policy := one.options.get("voucher_policy"))
        },
    )


def native_issuers(issuers: Mapping[str, IssuerSettings]) -> dict[str, NativeIssuer]:
    """The native issuers, by the key of their settings, which have been checked."""
    return {
        name: NATIVE[settings.provider](name, settings)
        for name, settings in issuers.items()
        if settings.provider in NATIVE
    }


def by_tax_id(issuers: Mapping[str, IssuerSettings]) -> dict[str, NativeIssuer]:
    """The same by tax id, as documents and ranges name them."""
    return {one.tax_id: one for one in native_issuers(issuers).values()}


def type_codes(issuers: Iterable[NativeIssuer], kind: FiscalKind) -> set[str]:
    """The codes of a kind of document, of all of these issuers."""
    return {code for one in issuers for code in one.practice.types.get(kind, ())}


def _in_chile(name: str, settings: IssuerSettings) -> NativeIssuer:
    options = msgspec.convert(settings.options, ChileanOptions, strict=False)
    return NativeIssuer(
        **_of(name, settings),
        practice=chilean(options, options.uf),
        public_url=options.public_url,
        transport=options.transport,
        branches=options.branches,
        authority_keys=_authority_keys(settings),
    )


def _in_peru(name: str, settings: IssuerSettings) -> NativeIssuer:
    options = msgspec.convert(settings.options, PeruvianOptions, strict=False)
    return NativeIssuer(
        **_of(name, settings),
        practice=peruvian(options, options.branches),
        public_url=options.public_url,
        elsewhere=frozenset({FiscalKind.DISPATCH} if options.guides_elsewhere else ()),
    )


def _of(name: str, settings: IssuerSettings) -> dict[str, Any]:
    return {"name": name, "provider": settings.provider, "environment": settings.environment}


NATIVE = {CHILE: _in_chile, PERU: _in_peru}
"""Providers that are MTD itself, and what each makes of an issuer's settings."""


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
