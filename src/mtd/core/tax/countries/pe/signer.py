"""The certificate that signs: loaded from PKCS#12, as the issuer registered it at the SUNAT."""

from base64 import b64encode
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12
from cryptography.x509 import Certificate
from msgspec import Struct

KEY_BITS_MIN = 2048
"""R.S. 097-2012 and the guide on signatures: at least 2,048 bits for new certificates."""
KEY_BITS_MAX = 8192


class Signer(Struct, frozen=True, kw_only=True):
    """A key and its certificate; never written anywhere."""

    key: RSAPrivateKey
    certificate: str
    """In base64, as every signature carries it."""
    not_before: datetime
    not_after: datetime

    def __repr__(self) -> str:
        """Without the key."""
        return f"Signer(until {self.not_after:%Y-%m-%d})"


class BadCertificate(Struct, frozen=True):
    """Why a file is no certificate to sign with."""

    reason: str


def from_pkcs12(content: bytes, password: bytes) -> Signer | BadCertificate:
    """The signer in a `.p12` or `.pfx` file."""
    try:
        key, certificate, _ = pkcs12.load_key_and_certificates(content, password)
    except (ValueError, TypeError):
        return BadCertificate("is no PKCS#12 file, or the password is wrong")
    if not isinstance(key, RSAPrivateKey) or certificate is None:
        return BadCertificate("needs an RSA key and its certificate")
    return signer(key, certificate)


def signer(key: RSAPrivateKey, certificate: Certificate) -> Signer | BadCertificate:
    """The signer of a key and its certificate."""
    public = certificate.public_key()
    if not isinstance(public, RSAPublicKey) or public.public_numbers() != (
        key.public_key().public_numbers()
    ):
        return BadCertificate("is not that of the key")
    if not KEY_BITS_MIN <= key.key_size <= KEY_BITS_MAX:
        return BadCertificate(f"has a key of {key.key_size} bits")
    return Signer(
        key=key,
        certificate=b64encode(certificate.public_bytes(Encoding.DER)).decode(),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
    )


def in_force(signing: Signer, at: datetime) -> bool:
    """Whether the certificate may sign at that moment."""
    return signing.not_before <= at <= signing.not_after
