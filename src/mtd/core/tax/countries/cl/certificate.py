"""The certificate that signs, and the RUT of the person who holds it."""

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import (
    Certificate,
    DuplicateExtension,
    ExtensionNotFound,
    NameOID,
    ObjectIdentifier,
    OtherName,
    SubjectAlternativeName,
    UnsupportedGeneralNameType,
)

from mtd.core.rut import plain_rut
from mtd.core.tax.certificate import BadCertificate, Signing, fault, opened
from mtd.core.tax.countries.cl.xml import base64, base64_lines

HOLDER_RUT = ObjectIdentifier("1.3.6.1.4.1.8321.1")
"""The other name that holds the holder's RUT (Chile's accredited certification policy)."""

KEY_BITS_MIN = 1024


class Signer(Signing, frozen=True, kw_only=True):
    """A key and its certificate; never written anywhere."""

    rut: str
    """`RutEnvia`: the holder, whom the issuer has authorised at the SII."""
    key_info: str
    """What every signature says of the key."""

    def __repr__(self) -> str:
        """Without the key."""
        return f"Signer({self.rut}, until {self.not_after:%Y-%m-%d})"


def from_pkcs12(content: bytes, password: bytes) -> Signer | BadCertificate:
    """The signer in a `.p12` or `.pfx` file."""
    pair = opened(content, password)
    return pair if isinstance(pair, BadCertificate) else signer(*pair)


def signer(key: RSAPrivateKey, certificate: Certificate) -> Signer | BadCertificate:
    """The signer of a key and its certificate."""
    if bad := fault(key, certificate, KEY_BITS_MIN):
        return bad
    rut = holder_rut(certificate)
    if rut is None:
        return BadCertificate("names no RUT of its holder")
    return Signer(
        key=key,
        holder=rut,
        rut=rut,
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        key_info=_key_info(key.public_key(), certificate),
    )


def holder_rut(certificate: Certificate) -> str | None:
    """The holder's RUT: of the alternative names, else of the subject's serial number."""
    try:
        names = certificate.extensions.get_extension_for_class(SubjectAlternativeName).value
        others = names.get_values_for_type(OtherName)
    except (ExtensionNotFound, DuplicateExtension, UnsupportedGeneralNameType, ValueError):
        others = []
    for other in others:
        if other.type_id == HOLDER_RUT and (rut := _rut(_der_text(other.value))):
            return rut
    serials = certificate.subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER)
    return next((rut for serial in serials if (rut := _rut(str(serial.value)))), None)


def _rut(text: str) -> str | None:
    return plain_rut(text.strip().lstrip("0"))


def _der_text(value: bytes) -> str:
    """The text of a DER string of less than 128 bytes: tag, length, characters (X.690 §8.1.3)."""
    if len(value) < 2 or value[1] != len(value) - 2:
        return ""
    return value[2:].decode("ascii", "replace")


def _key_info(public: RSAPublicKey, certificate: Certificate) -> str:
    """`KeyValue`, then `X509Data` (xmldsignature_v10.xsd)."""
    numbers = public.public_numbers()
    modulus, exponent = (
        number.to_bytes((number.bit_length() + 7) // 8) for number in (numbers.n, numbers.e)
    )
    encoded = base64_lines(certificate.public_bytes(Encoding.DER))
    return (
        f"<KeyInfo><KeyValue><RSAKeyValue><Modulus>{base64_lines(modulus)}</Modulus>"
        f"<Exponent>{base64(exponent)}</Exponent></RSAKeyValue></KeyValue>"
        f"<X509Data><X509Certificate>{encoded}</X509Certificate></X509Data></KeyInfo>"
    )
