"""Furnishing: what native issuers of a rehearsal need of an authority, forged and taken in."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from msgspec.structs import replace

from mtd.connectors.tax.issuers import SIMULATED, NativeIssuer, native_issuers
from mtd.connectors.tax.settings import CHILE, PAPERLESS
from mtd.core.tax.countries.cl.content import ZONE
from mtd.core.tax.countries.cl.formats import TYPE_CODES
from mtd.runtime.app import TENANT, App
from mtd.runtime.rehearsal.forging import (
    AUTHORITY_IDK,
    Authority,
    authority,
    caf_file,
    certificate,
    new_key,
    pkcs12_file,
)
from mtd.runtime.settings.settings import Settings
from mtd.runtime.tax.authorising import NotTaken, Standing, certify, standings, take_in
from mtd.runtime.tax.declaring import Declaration, declare
from mtd.store.tax import folios

KEY_FILE = "authority.pem"
SENDER = "12345678-5"
"""Who signs in a rehearsal."""
PASSWORD = b"rehearsal"
FOLIOS = 1_000_000
FOLIOS_MIN = 100_000
"""Where fewer are left, more are authorised at the next start."""
IN_FORCE = timedelta(days=30)
FORGER = "rehearsal"


class Told(Protocol):
    """The simulated systems: where they are, and how they are told things."""

    urls: dict[str, str]

    async def tell(self, system: str, command: Mapping[str, Any]) -> None:
        """Order something of a system."""
        ...


class Unfurnished(Exception):
    """What was forged was not taken in; a bug of ours."""


def authority_of(home: Path) -> Authority:
    """The rehearsals' authority of this home: its key is made at the first start and kept."""
    path = home / KEY_FILE
    if path.exists():
        key = load_pem_private_key(path.read_bytes(), None)
        assert isinstance(key, RSAPrivateKey), "we wrote it"
        return Authority(AUTHORITY_IDK, key)
    by = authority()
    home.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_bytes(by.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return by


def trusting(settings: Settings, by: Authority) -> dict[str, str]:
    """What makes other processes with these settings trust the authority's folios."""
    return {
        f"MTD__ISSUERS__{name.upper()}__AUTHORITY_KEYS__{by.idk}": _public(by)
        for name, one in _simulated(settings).items()
        if one.practice.stamp is not None
    }


async def furnish(app: App, town: Told) -> dict[str, str]:
    """Folios of every type and a certificate for each simulated issuer that lacks them.

    The town's authority trusts the folios from now on. What other processes need to do so too.
    """
    if not (lacking := _simulated(app.settings)):
        return {}
    by = authority_of(app.home)
    trust = {str(by.idk): _public(by)}
    stamped = {name for name, one in lacking.items() if one.practice.stamp is not None}
    known = {
        name: replace(one, authority_keys=trust) if name in stamped else one
        for name, one in app.settings.issuers.items()
    }
    trusted = replace(app, settings=replace(app.settings, issuers=known))
    found = await standings(trusted, TENANT)
    led: dict[str, str] = {}
    for issuer in lacking.values():
        if issuer.practice.own_series:
            led |= await _declare(trusted, issuer, found)
        else:
            for code in sorted(TYPE_CODES):
                await _authorise(trusted, by, issuer, code, found)
        await _certify(trusted, issuer)
    if "sii" in town.urls:
        await town.tell("sii", {"system": {"trust": trust}})
    return trusting(app.settings, by) | led


async def _declare(app: App, issuer: NativeIssuer, found: list[Standing]) -> dict[str, str]:
    """Every series of an issuer's own, and the account by which the town lets it in."""
    known = {(one.range.issuer, one.range.type_code, one.range.series) for one in found}
    for code, series in issuer.practice.own_series:
        if (issuer.tax_id, code, series) not in known:
            of = Declaration(issuer=issuer.name, type_code=code, series=series)
            done = await declare(app, TENANT, of, FORGER)
            if isinstance(done, NotTaken):
                raise Unfurnished(done.reason)
    return {"SOL_USER": f"{issuer.tax_id}MODDATOS", "SOL_PASSWORD": "simulated"}


async def _authorise(
    app: App, by: Authority, issuer: NativeIssuer, code: str, found: list[Standing]
) -> None:
    rut = issuer.tax_id
    mine = [one for one in found if (one.range.issuer, one.range.type_code) == (rut, code)]
    if mine and mine[0].left_of_series >= FOLIOS_MIN:
        return
    first = max((one.range.last for one in mine), default=0) + 1
    day = app.clock.now().astimezone(ZONE).date()
    file = caf_file(
        by, rut, code, (first, first + FOLIOS - 1), day, name=issuer.practice.party.name
    )
    taken = await take_in(app, TENANT, file, FORGER)
    if isinstance(taken, NotTaken):
        raise Unfurnished(taken.reason)


async def _certify(app: App, issuer: NativeIssuer) -> None:
    now = app.clock.now()
    async with app.store.door(TENANT) as connection:
        known = await folios.certificates(connection, TENANT)
    if any(c.issuer == issuer.tax_id and c.not_after > now + IN_FORCE for c in known):
        return
    key = new_key(2048)
    file = pkcs12_file(key, certificate(key, SENDER, now), PASSWORD)
    done = await certify(app, TENANT, issuer.name, file, PASSWORD, FORGER)
    if isinstance(done, NotTaken):
        raise Unfurnished(done.reason)


def by_paperless(settings: Settings) -> dict[str, str]:
    """What lets Paperless issue for every Chilean issuer of these settings."""
    return {
        f"MTD__ISSUERS__{name.upper()}__PROVIDER": PAPERLESS
        for name, one in settings.issuers.items()
        if one.provider == CHILE
    }


def _simulated(settings: Settings) -> dict[str, NativeIssuer]:
    """The native issuers in a simulated environment, by name."""
    native = native_issuers(settings.issuers)
    return {name: one for name, one in native.items() if one.environment == SIMULATED}


def _public(by: Authority) -> str:
    public = by.key.public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
