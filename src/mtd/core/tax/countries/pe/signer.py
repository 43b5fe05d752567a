"""The certificate that signs, as the issuer registered it at the SUNAT."""

from base64 import b64encode

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import Certificate

from mtd.core.tax.certificate import BadCertificate, Signing, fault, opened

KEY_BITS_MIN = 2048
"""R.S. 097-2012 and the guide on signatures: at least 2,048 bits for new certificates."""


class Signer(Signing, frozen=True, kw_only=True):
    """A key and its certificate; never written anywhere."""

    certificate: str
    """In base64, as every signature carries it."""


def from_pkcs12(content: bytes, password: bytes) -> Signer | BadCertificate:
    """The signer in a `.p12` or `.pfx` file."""
    pair = opened(content, password)
    return pair if isinstance(pair, BadCertificate) else signer(*pair)


def signer(key: RSAPrivateKey, certificate: Certificate) -> Signer | BadCertificate:
    """The signer of a key and its certificate."""
    if bad := fault(key, certificate, KEY_BITS_MIN):
        return bad
    return Signer(
        key=key,
        holder=certificate.subject.rfc4514_string(),
        certificate=b64encode(certificate.public_bytes(Encoding.DER)).decode(),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
    )
