"""Authorising: folios and certificates come in, are checked off line, sealed and stored."""

import os
from datetime import UTC, date, datetime, timedelta

import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    pkcs12,
)
from cryptography.x509 import load_pem_x509_certificate

from mtd.connectors.tax.authorisations import authorised
from mtd.connectors.tax.issuers import by_tax_id, native_issuers
from mtd.core.tax.certificate import BadCertificate, Signing
from mtd.core.tax.practice import Practice
from mtd.runtime.app import App
from mtd.runtime.tax.forecasting import LOW_SHARE, Forecast, forecast
from mtd.runtime.tax.resuming import resume
from mtd.store.ids import uuid7
from mtd.store.tax import folios
from mtd.store.tax.folios import NewCertificate, NewRange, Range

EXPIRES_SOON = timedelta(days=7)
ANNULLED_WITHIN = timedelta(days=60)
"""So long it is said that folios of an expired range are to be annulled."""
FOLIO_KEY = "folio key"
SIGNING_KEY = "signing key"
"""Kinds of secret: what is sealed as the one does not open as the other."""


class NotTaken(msgspec.Struct, frozen=True):
    """Why a file was not taken in; nothing of it was stored."""

    reason: str


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """A range that folios may be taken of from now on."""

    issuer: str
    type_code: str
    first: int
    last: int
    environment: str
    expires_on: date
    resumed: int
    """Orders that stood still for want of folios, and go on."""


class Certified(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate that signs for an issuer from now on."""

    issuer: str
    holder: str
    not_after: datetime


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A range and its series, and what is to be done about them."""

    range: Range
    left_of_series: int
    """Folios of all usable ranges of this issuer and type."""
    days_left: float | None
    """Until those are gone, at the pace of the last seven days; None: nothing was used."""
    warnings: tuple[str, ...]


async def take_in(app: App, tenant: int, content: bytes, actor: str) -> Taken | NotTaken:
    """Open the range of a CAF file, if it truly is the authority's, and ours, and new.

    Its private key is sealed before it is stored, and is told to nobody. Whoever stood still for
    want of such folios goes on.
    """
    now = app.clock.now()
    given = authorised(content, by_tax_id(app.settings.issuers), now)
    if isinstance(given, str):
        return NotTaken(given)
    id_ = uuid7(now, os.urandom(10))
    new = NewRange(
        id=id_,
        issuer=given.issuer.tax_id,
        type_code=given.type_code,
        first=given.first,
        last=given.last,
        environment=given.issuer.environment,
        authorised_on=given.authorised_on,
        expires_on=given.expires_on,
        authorisation=given.text,
        sealed_key=app.vault.seal_secret(tenant, FOLIO_KEY, id_, given.private_key),
    )
    if wrong := await opened(app, tenant, new, actor):
        return NotTaken(wrong)
    return Taken(
        issuer=new.issuer,
        type_code=new.type_code,
        first=new.first,
        last=new.last,
        environment=new.environment,
        expires_on=given.expires_on,
        resumed=await resume(app, tenant, new, actor),
    )


async def opened(app: App, tenant: int, new: NewRange, actor: str) -> str | None:
    """Let folios of the range be taken; why it cannot be, where it overlaps with a known one."""
    async with app.store.door(tenant) as connection:
        if others := await folios.overlapping(connection, tenant, new):
            return _overlap(new, others)
        if not await folios.open_range(connection, tenant, new, actor):
            return _overlap(new, [(new.first, new.last)])
    return None


async def certify(
    app: App, tenant: int, issuer: str, content: bytes, password: bytes, actor: str
) -> Certified | NotTaken:
    """Let the certificate of a PKCS#12 file sign for the issuer of that name in the settings."""
    known = native_issuers(app.settings.issuers).get(issuer)
    if known is None:
        return NotTaken(f"there is no native issuer {issuer!r} in the settings")
    try:
        key, certificate, _ = pkcs12.load_key_and_certificates(content, password)
    except (ValueError, TypeError):
        return NotTaken("is no PKCS#12 file, or the password is wrong")
    if key is None or certificate is None:
        return NotTaken("needs a key and its certificate")
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    pem += certificate.public_bytes(Encoding.PEM)
    signing = signer_of(known.practice, pem)
    if isinstance(signing, BadCertificate):
        return NotTaken(signing.reason)
    now = app.clock.now()
    if signing.not_after <= now:
        return NotTaken(f"expired at {signing.not_after:%Y-%m-%d %H:%M}")
    id_ = uuid7(now, os.urandom(10))
    new = NewCertificate(
        id=id_,
        issuer=known.tax_id,
        holder=signing.holder,
        not_before=signing.not_before,
        not_after=signing.not_after,
        fingerprint=certificate.fingerprint(SHA256()),
        sealed=app.vault.seal_secret(tenant, SIGNING_KEY, id_, pem),
    )
    async with app.store.door(tenant) as connection:
        if not await folios.certify(connection, tenant, new, actor):
            return NotTaken("is known already")
    return Certified(issuer=issuer, holder=signing.holder, not_after=signing.not_after)


def signer_of(practice: Practice, pem: bytes) -> Signing | BadCertificate:
    """The signer in a key and its certificate, one PEM after the other."""
    try:
        key, certificate = load_pem_private_key(pem, None), load_pem_x509_certificate(pem)
    except (ValueError, TypeError):
        # Not told further: the message of a library may quote what it was given.
        return BadCertificate("cannot be read")
    if not isinstance(key, RSAPrivateKey):
        return BadCertificate("needs an RSA key")
    return practice.signer(key, certificate)


async def standings(app: App, tenant: int) -> list[Standing]:
    """Every range: what is left, for how long that lasts, and what to look after."""
    now = app.clock.now()
    async with app.store.door(tenant) as connection:
        found = await folios.ranges(connection, tenant)
        series = {_series(one): one for one in await forecast(app, connection, tenant)}
    zones = {tax_id: one.practice.zone for tax_id, one in by_tax_id(app.settings.issuers).items()}
    return [
        _standing(one, series[_series(one)], now.astimezone(zones.get(one.issuer, UTC)).date())
        for one in found
    ]


def _standing(one: Range, of: Forecast, today: date) -> Standing:
    warnings: list[str] = []
    if of.left == 0:
        warnings.append("no folio is left")
    elif of.is_low:
        warnings.append(f"{of.left} of {of.size} folios are left, less than {LOW_SHARE:.0%}")
    unused = one.left + one.given_up
    if one.expires_on is not None and unused > 0:
        if today >= one.expires_on + ANNULLED_WITHIN:
            pass
        elif _is_over(one, today):
            warnings.append(f"expired on {one.expires_on} with {unused} unused: annul them")
        elif one.left and one.expires_on - today <= EXPIRES_SOON:
            warnings.append(f"expires on {one.expires_on} with {one.left} unused")
    return Standing(
        range=one,
        left_of_series=of.left,
        days_left=of.days_left,
        warnings=tuple(warnings),
    )


def _series(one: Range | Forecast) -> tuple[str, str, str, str]:
    return one.issuer, one.type_code, one.series, one.environment


def _is_over(one: Range, today: date) -> bool:
    return one.expires_on is not None and one.expires_on <= today


def _overlap(new: NewRange, others: list[tuple[int, int]]) -> str:
    named = "-".join(filter(None, (new.type_code, new.series)))
    if (new.first, new.last) in others:
        return f"the range {new.first} to {new.last} of type {named} is known already"
    told = ", ".join(f"{first} to {last}" for first, last in others)
    return f"its folios {new.first} to {new.last} overlap with {told} of type {named}"
