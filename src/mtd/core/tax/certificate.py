"""Certificates that sign, whichever the country: their key, their dates, their faults."""

from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509 import Certificate
from msgspec import Struct

KEY_BITS_MAX = 8192


class Signing(Struct, frozen=True, kw_only=True):
    """A key and how long its certificate holds; never written anywhere."""

    key: RSAPrivateKey
    holder: str
    """Who holds it, as people know them: in Chile a RUT, else the certificate's subject."""
    not_before: datetime
    not_after: datetime

    def __repr__(self) -> str:
        """Without the key."""
        return f"{type(self).__name__}(until {self.not_after:%Y-%m-%d})"


class BadCertificate(Struct, frozen=True):
    """Why a file is no certificate to sign with."""

    reason: str


def opened(content: bytes, password: bytes) -> tuple[RSAPrivateKey, Certificate] | BadCertificate:
    """The key and the certificate in a `.p12` or `.pfx` file (RFC 7292)."""
    try:
        key, certificate, _ = pkcs12.load_key_and_certificates(content, password)
    except (ValueError, TypeError):
        return BadCertificate("is no PKCS#12 file, or the password is wrong")
    if not isinstance(key, RSAPrivateKey) or certificate is None:
        return BadCertificate("needs an RSA key and its certificate")
    return key, certificate


def fault(key: RSAPrivateKey, certificate: Certificate, bits_min: int) -> BadCertificate | None:
    """What keeps the two from signing; None: nothing."""
    public = certificate.public_key()
    if not isinstance(public, RSAPublicKey) or public.public_numbers() != (
        key.public_key().public_numbers()
    ):
        return BadCertificate("is not that of the key")
    if not bits_min <= key.key_size <= KEY_BITS_MAX:
        return BadCertificate(f"has a key of {key.key_size} bits")
    return None


def in_force(signing: Signing, at: datetime) -> bool:
    """Whether the certificate may sign at that moment."""
    return signing.not_before <= at <= signing.not_after
