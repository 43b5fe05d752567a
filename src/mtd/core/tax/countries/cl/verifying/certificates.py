"""The certificate in a signature: whose it is, and whether it was one to sign with."""

from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import Certificate, InvalidVersion, load_der_x509_certificate

from mtd.core.tax.countries.cl.certificate import holder_rut
from mtd.core.tax.countries.cl.content import ZONE


def certificate_of(encoded: bytes) -> Certificate | None:
    """The certificate (DER), if it is one."""
    try:
        return load_der_x509_certificate(encoded)
    except (ValueError, InvalidVersion):
        return None


def key_of(certificate: Certificate) -> RSAPublicKey | None:
    """Its key, if it is one of RSA. Parts of a certificate are read when they are asked for."""
    try:
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        return None
    return key if isinstance(key, RSAPublicKey) else None


def certificate_fault(
    certificate: Certificate | None, signed_at: datetime | None, sender: str | None = None
) -> str | None:
    """Why the certificate is not one to sign with at that local moment.

    `sender`: whose it has to be, of an envelope's, which says who sends it (`RutEnvia`).

    Whether an accredited authority issued it and has not revoked it is not asked here; what says
    that it issued itself can be asked whether it did.
    """
    if certificate is None:
        return "cannot be read"
    try:
        return _fault(certificate, signed_at, sender)
    except ValueError:
        return "cannot be read"


def _fault(certificate: Certificate, signed_at: datetime | None, sender: str | None) -> str | None:
    rut = holder_rut(certificate)
    if rut is None:
        return "names no RUT of its holder"
    if sender is not None and rut != sender:
        return f"is of {rut}, but RutEnvia is {sender:.12}"
    if certificate.issuer == certificate.subject and not _issued_itself(certificate):
        return f"of {rut} was changed: it names itself as its issuer, and did not sign this"
    if signed_at is None:
        return "the moment of signing cannot be read"
    moment = signed_at.replace(tzinfo=signed_at.tzinfo or ZONE).astimezone(UTC)
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if not begins <= moment <= ends:
        return (
            f"of {rut} was in force from {begins:%Y-%m-%d} to {ends:%Y-%m-%d}, not when it signed"
        )
    return None


def _issued_itself(certificate: Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(certificate)
    except (InvalidSignature, UnsupportedAlgorithm, TypeError):
        return False
    return True
