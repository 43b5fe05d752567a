"""Authorising: folios and certificates come in, are checked off line, sealed and stored."""

import os
from datetime import date, datetime, timedelta

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

from mtd.connectors.tax.issuers import SIMULATED, NativeIssuer, native_issuers
from mtd.core.tax.certificate import BadCertificate
from mtd.core.tax.countries.cl.caf import BadCaf, Caf, expires_on, imported
from mtd.core.tax.countries.cl.certificate import Signer, signer
from mtd.core.tax.countries.cl.content import ZONE
from mtd.core.tax.countries.cl.formats import TYPE_CODES
from mtd.runtime.app import App
from mtd.runtime.tax.resuming import resume
from mtd.store import folios
from mtd.store.folios import NewCertificate, NewRange, Range
from mtd.store.ids import uuid7

LATELY = timedelta(days=7)
"""The use that a forecast rests on."""
LOW_SHARE = 0.20
"""Below this part of what was authorised, folios are running out."""
EXPIRES_SOON = timedelta(days=7)
FOLIO_KEY = "folio key"
SIGNING_KEY = "signing key"
"""Kinds of secret: what is sealed as the one does not open as the other."""
EXPIRED = "the range expired"


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
    known = {one.options.rut: one for one in native_issuers(app.settings.issuers).values()}
    keys = {idk: key for one in known.values() for idk, key in one.authority_keys.items()}
    file = imported(content, keys)
    if isinstance(file, BadCaf):
        return NotTaken(file.reason)
    caf = file.caf
    now = app.clock.now()
    if wrong := _fault(caf, known.get(caf.issuer), now.astimezone(ZONE).date()):
        return NotTaken(wrong)
    id_ = uuid7(now, os.urandom(10))
    new = NewRange(
        id=id_,
        issuer=caf.issuer,
        type_code=caf.type_code,
        first=caf.first,
        last=caf.last,
        environment=known[caf.issuer].environment,
        authorised_on=caf.authorised_on,
        expires_on=expires_on(caf),
        authorisation=caf.text,
        sealed_key=app.vault.seal_secret(tenant, FOLIO_KEY, id_, file.private_key),
    )
    async with app.store.door(tenant) as connection:
        if others := await folios.overlapping(connection, tenant, new):
            return NotTaken(_overlap(caf, others))
        if not await folios.open_range(connection, tenant, new, actor):
            return NotTaken(_overlap(caf, [(caf.first, caf.last)]))
    resumed = await resume(app, tenant, caf.issuer, caf.type_code, caf.first, actor)
    return Taken(
        issuer=caf.issuer,
        type_code=caf.type_code,
        first=caf.first,
        last=caf.last,
        environment=new.environment,
        expires_on=expires_on(caf),
        resumed=resumed,
    )


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
    signing = signer_of(pem)
    if isinstance(signing, BadCertificate):
        return NotTaken(signing.reason)
    now = app.clock.now()
    if signing.not_after <= now:
        return NotTaken(f"expired at {signing.not_after:%Y-%m-%d %H:%M}")
    id_ = uuid7(now, os.urandom(10))
    new = NewCertificate(
        id=id_,
        issuer=known.options.rut,
        holder=signing.rut,
        not_before=signing.not_before,
        not_after=signing.not_after,
        fingerprint=certificate.fingerprint(SHA256()),
        sealed=app.vault.seal_secret(tenant, SIGNING_KEY, id_, pem),
    )
    async with app.store.door(tenant) as connection:
        if not await folios.certify(connection, tenant, new, actor):
            return NotTaken("is known already")
    return Certified(issuer=issuer, holder=signing.rut, not_after=signing.not_after)


def signer_of(pem: bytes) -> Signer | BadCertificate:
    """The signer in a key and its certificate, one PEM after the other."""
    try:
        key, certificate = load_pem_private_key(pem, None), load_pem_x509_certificate(pem)
    except (ValueError, TypeError):
        # Not told further: the message of a library may quote what it was given.
        return BadCertificate("cannot be read")
    if not isinstance(key, RSAPrivateKey):
        return BadCertificate("needs an RSA key")
    return signer(key, certificate)


async def standings(app: App, tenant: int) -> list[Standing]:
    """Every range: what is left, for how long that lasts, and what to look after."""
    now = app.clock.now()
    async with app.store.door(tenant) as connection:
        found = await folios.ranges(connection, tenant, now - LATELY)
    today = now.astimezone(ZONE).date()
    return [_standing(one, found, today) for one in found]


def _standing(one: Range, found: list[Range], today: date) -> Standing:
    mates = [mate for mate in found if _series(mate) == _series(one)]
    usable = [mate for mate in mates if mate.left > 0 and not _is_over(mate, today)]
    left = sum(mate.left for mate in usable)
    size = sum(mate.size for mate in usable)
    a_day = sum(mate.used_lately for mate in mates) / LATELY.days
    warnings: list[str] = []
    if left == 0:
        warnings.append("no folio is left")
    elif left < LOW_SHARE * size:
        warnings.append(f"{left} of {size} folios are left, less than {LOW_SHARE:.0%}")
    if one.expires_on is not None and one.left > 0:
        if _is_over(one, today):
            warnings.append(f"expired on {one.expires_on} with {one.left} unused: annul them")
        elif one.expires_on - today <= EXPIRES_SOON:
            warnings.append(f"expires on {one.expires_on} with {one.left} unused")
    return Standing(
        range=one,
        left_of_series=left,
        days_left=left / a_day if a_day else None,
        warnings=tuple(warnings),
    )


def _series(one: Range) -> tuple[str, str, str, str]:
    return one.issuer, one.type_code, one.series, one.environment


def _is_over(one: Range, today: date) -> bool:
    return one.expires_on is not None and one.expires_on <= today


def _fault(caf: Caf, issuer: NativeIssuer | None, today: date) -> str | None:
    """Why a genuine range is not ours to use."""
    if issuer is None:
        return f"is of {caf.issuer}, who is no native issuer in the settings"
    if caf.authority not in issuer.authority_keys:
        return f"is of {caf.environment}, whose folios {issuer.name} does not use"
    expected = issuer.environment
    if expected != SIMULATED and caf.environment != expected:
        return f"is of {caf.environment}, but {issuer.name} issues in {expected}"
    if caf.type_code not in TYPE_CODES:
        return f"is for type {caf.type_code}, which MTD does not issue"
    if today < caf.authorised_on:
        return f"was authorised on {caf.authorised_on}, which is still to come"
    if today >= expires_on(caf):
        return f"expired on {expires_on(caf)}"
    return None


def _overlap(caf: Caf, others: list[tuple[int, int]]) -> str:
    if (caf.first, caf.last) in others:
        return f"the range {caf.first} to {caf.last} of type {caf.type_code} is known already"
    told = ", ".join(f"{first} to {last}" for first, last in others)
    return f"its folios {caf.first} to {caf.last} overlap with {told} of type {caf.type_code}"
