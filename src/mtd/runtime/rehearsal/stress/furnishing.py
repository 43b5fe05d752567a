"""Furnishing: what issuers need before they may issue, of a rehearsal's own authority."""

from collections.abc import Mapping

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from mtd.connectors.tax.issuers import native_issuers
from mtd.core.tax.countries.cl.content import ZONE
from mtd.runtime.app import TENANT, App
from mtd.runtime.rehearsal.forging import (
    Authority,
    caf_file,
    certificate,
    new_key,
    pkcs12_file,
)
from mtd.runtime.tax.authorising import Certified, Taken, certify, take_in

TYPES = ("33", "34", "39", "41", "52", "56", "61")
SENDER = "12345678-5"
PASSWORD = b"soak"
ACTOR = "rehearsal"


def public_key(by: Authority) -> str:
    """What its CAFs verify with, PEM."""
    key = by.key.public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def trusting(by: Authority, issuers: Mapping[str, object]) -> dict[str, str]:
    """The environment in which the CAFs of that authority are good."""
    pem = public_key(by)
    return {f"MTD__ISSUERS__{name.upper()}__AUTHORITY_KEYS__{by.idk}": pem for name in issuers}


async def furnish(app: App, by: Authority, last: int) -> None:
    """Folios 1 to `last` of every type, and a certificate, for each native issuer.

    Raises RuntimeError when one is not taken in.
    """
    key, now = new_key(2048), app.clock.now()
    file = pkcs12_file(key, certificate(key, SENDER, now), PASSWORD)
    for name, issuer in native_issuers(app.settings.issuers).items():
        for code in TYPES:
            caf = caf_file(by, issuer.tax_id, code, (1, last), now.astimezone(ZONE).date())
            taken = await take_in(app, TENANT, caf, ACTOR)
            if not isinstance(taken, Taken):
                raise RuntimeError(f"{name}: a range of type {code}: {taken.reason}")
        certified = await certify(app, TENANT, name, file, PASSWORD, ACTOR)
        if not isinstance(certified, Certified):
            raise RuntimeError(f"{name}: the certificate: {certified.reason}")
