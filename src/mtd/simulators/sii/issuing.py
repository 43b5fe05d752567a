"""What the authority hands out for tests: ranges of folios (CAF) and a person's certificate."""

from base64 import b64encode
from datetime import UTC, date, datetime, timedelta
from xml.sax.saxutils import escape

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
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

from mtd.simulators.sii.sealed import HOLDER_RUT

IDK = 900
"""The number of this authority's key: no real one's."""
KEY_BITS = 1_024
CERTIFICATE_DAYS = 365


class Issued(msgspec.Struct, frozen=True):
    """A range that was handed out."""

    issuer: str
    code: str
    first: int
    last: int
    on: date


class Office:
    """Keeps the authority's key, and a register of the ranges."""

    def __init__(self) -> None:
        self._key = generate_private_key(65537, KEY_BITS)
        self.issued: list[Issued] = []
        self._next: dict[tuple[str, str], int] = {}

    @property
    def public_key(self) -> str:
        """What CAFs of this authority verify with, PEM."""
        public = self._key.public_key()
        return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    @property
    def key(self) -> RSAPrivateKey:
        """The key that signs ranges."""
        return self._key

    def caf(self, issuer: str, name: str, code: str, count: int, on: date) -> bytes:
        """The next `count` folios of that type: a CAF as the real page hands it out."""
        first = self._next.get((issuer, code), 1)
        last = first + count - 1
        self._next[issuer, code] = last + 1
        self.issued.append(Issued(issuer, code, first, last, on))
        stamping = generate_private_key(65537, KEY_BITS)
        numbers = stamping.public_key().public_numbers()
        signed = (
            f"<DA><RE>{issuer}</RE><RS>{escape(name)}</RS><TD>{code}</TD>"
            f"<RNG><D>{first}</D><H>{last}</H></RNG><FA>{on.isoformat()}</FA>"
            f"<RSAPK><M>{_number(numbers.n)}</M><E>{_number(numbers.e)}</E></RSAPK>"
            f"<IDK>{IDK}</IDK></DA>"
        )
        proof = self._key.sign(signed.encode("iso-8859-1"), PKCS1v15(), SHA1())  # noqa: S303
        private = stamping.private_bytes(
            Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()
        ).decode()
        public = stamping.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        spaced = signed.replace("><", ">\n<")
        return (
            f'<?xml version="1.0"?>\n<AUTORIZACION>\n<CAF version="1.0">\n{spaced}\n'
            f'<FRMA algoritmo="SHA1withRSA">{b64encode(proof).decode()}</FRMA>\n</CAF>\n'
            f"<RSASK>{private}</RSASK>\n\n<RSAPUBK>{public.decode()}</RSAPUBK>\n</AUTORIZACION>\n"
        ).encode("iso-8859-1")


def certificate(rut: str, password: str, at: datetime) -> bytes:
    """A person's key and certificate (PKCS#12), the RUT among the alternative names."""
    key = generate_private_key(65537, 2_048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Persona de Prueba")])
    written = rut.encode("ascii")
    holder = x509.OtherName(HOLDER_RUT, bytes([0x16, len(written)]) + written)
    moment = at.astimezone(UTC)
    of = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment - timedelta(days=1))
        .not_valid_after(moment + timedelta(days=CERTIFICATE_DAYS))
        .add_extension(x509.SubjectAlternativeName([holder]), critical=False)
        .sign(key, SHA256())
    )
    return pkcs12.serialize_key_and_certificates(
        b"prueba", key, of, None, BestAvailableEncryption(password.encode())
    )


def _number(number: int) -> str:
    return b64encode(number.to_bytes((number.bit_length() + 7) // 8)).decode()
