"""What it takes to seal documents in the tests: an authority, folios, a certificate, made once."""

from datetime import date
from functools import cache

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from mtd.core.tax.countries.cl.building import build
from mtd.core.tax.countries.cl.caf import CafFile, imported, stamp_key
from mtd.core.tax.countries.cl.certificate import Signer, signer
from mtd.core.tax.countries.cl.envelope import Cover, enveloped
from mtd.core.tax.countries.cl.stamp import StampKey
from mtd.core.tax.issuing import SignedArtifact
from mtd.core.tax.request import FiscalRequest
from mtd.runtime.rehearsal.forging import Authority, authority, caf_file, certificate, new_key
from tests.core.tax.countries.cl.asking import EVERY_TYPE, ISSUER, NOON, planned

SENDER = "12345678-5"
CAF_DAY = date(2026, 11, 1)
NAME = 'D\'Or & Ñandú "SpA"'
"""With all that a CAF's own text may spell as entities."""


@cache
def the_authority() -> Authority:
    return authority()


@cache
def the_signer() -> Signer:
    key = new_key(2048)
    found = signer(key, certificate(key, SENDER, NOON))
    assert isinstance(found, Signer)
    return found


@cache
def folios(code: str) -> StampKey:
    file = caf_file(the_authority(), ISSUER.rut, code, (1, 1_000), CAF_DAY, name=NAME)
    found = imported(file, the_authority().keys)
    assert isinstance(found, CafFile), found
    key = stamp_key(found.private_key)
    assert isinstance(key, RSAPrivateKey)
    return StampKey(found.caf, key)


def sealed(asked: FiscalRequest, folio: int = 5) -> SignedArtifact:
    plan = planned(asked, None)
    found = build(plan, folio, folios(plan.type_code), the_signer(), NOON)
    assert isinstance(found, SignedArtifact), found
    return found


@cache
def of_type(code: str) -> SignedArtifact:
    """The document of that type; the same at each call."""
    return sealed(EVERY_TYPE[code])


def in_envelope(*documents: bytes) -> bytes:
    cover = Cover(
        issuer=ISSUER.rut,
        resolution_date=ISSUER.resolution_date,
        resolution_number=ISSUER.resolution_number,
    )
    return enveloped(documents, cover, the_signer(), NOON)
