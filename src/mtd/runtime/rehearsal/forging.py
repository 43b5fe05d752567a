"""A rehearsal's own tax authority: CAFs and certificates as real ones are made, of no worth."""

from base64 import b64encode
from datetime import UTC, date, datetime, timedelta
from xml.sax.saxutils import escape

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    pkcs12,
)
from cryptography.x509.oid import NameOID
from msgspec import Struct

AUTHORITY_IDK = 999
"""No authority's number."""

HOLDER_RUT = x509.ObjectIdentifier("1.3.6.1.4.1.8321.1")


class Authority(Struct, frozen=True):
    """Somebody who authorises folios in a rehearsal."""

    idk: int
    key: RSAPrivateKey

    @property
    def keys(self) -> dict[int, RSAPublicKey]:
        """What those who check its CAFs are given."""
        return {self.idk: self.key.public_key()}


def authority(bits: int = 1024, idk: int = AUTHORITY_IDK) -> Authority:
    """A new one; the library makes no keys below 1024 bits."""
    return Authority(idk, new_key(bits))


def new_key(bits: int) -> RSAPrivateKey:
    """A new RSA key."""
    return generate_private_key(65537, bits)


def caf_file(
    by: Authority,
    issuer: str,
    type_code: str,
    folios: tuple[int, int],
    on: date,
    *,
    name: str = "Comercial Ensayo SpA",
    key: RSAPrivateKey | None = None,
) -> bytes:
    """A CAF as the SII's page hands it out: no encoding declared, ISO-8859-1 inside."""
    stamping = key or new_key(1024)
    numbers = stamping.public_key().public_numbers()
    shown = escape(name, {"'": "&apos;", '"': "&quot;"})
    signed = (
        f"<DA><RE>{issuer}</RE><RS>{shown}</RS><TD>{type_code}</TD>"
        f"<RNG><D>{folios[0]}</D><H>{folios[1]}</H></RNG><FA>{on.isoformat()}</FA>"
        f"<RSAPK><M>{_number(numbers.n)}</M><E>{_number(numbers.e)}</E></RSAPK>"
        f"<IDK>{by.idk}</IDK></DA>"
    )
    signing = by.key.sign(signed.encode("iso-8859-1"), PKCS1v15(), SHA1())  # noqa: S303 the law's
    proof = b64encode(signing).decode()
    private = stamping.private_bytes(
        Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()
    ).decode()
    public = (
        stamping.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    )
    spaced = signed.replace("><", ">\n<")
    return (
        f'<?xml version="1.0"?>\n<AUTORIZACION>\n<CAF version="1.0">\n{spaced}\n'
        f'<FRMA algoritmo="SHA1withRSA">{proof}</FRMA>\n</CAF>\n'
        f"<RSASK>{private}</RSASK>\n\n<RSAPUBK>{public}</RSAPUBK>\n</AUTORIZACION>\n"
    ).encode("iso-8859-1")


def certificate(
    key: RSAPrivateKey, rut: str, at: datetime, *, days: int = 365, alternative: bool = True
) -> x509.Certificate:
    """A person's certificate; the RUT among the alternative names, as the accredited issuers do."""
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, "Persona de Ensayo"),
            *([] if alternative else [x509.NameAttribute(NameOID.SERIAL_NUMBER, rut)]),
        ]
    )
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at.astimezone(UTC) - timedelta(days=days))
        .not_valid_after(at.astimezone(UTC) + timedelta(days=days))
    )
    if alternative:
        text = rut.encode("ascii")
        other = x509.OtherName(HOLDER_RUT, bytes([0x16, len(text)]) + text)
        built = built.add_extension(x509.SubjectAlternativeName([other]), critical=False)
    return built.sign(key, SHA256())


def pkcs12_file(key: RSAPrivateKey, of: x509.Certificate, password: bytes) -> bytes:
    """Both in one file under a password."""
    return pkcs12.serialize_key_and_certificates(
        b"ensayo", key, of, None, BestAvailableEncryption(password)
    )


def _number(number: int) -> str:
    return b64encode(number.to_bytes((number.bit_length() + 7) // 8)).decode()
