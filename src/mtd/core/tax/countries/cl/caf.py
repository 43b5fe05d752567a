"""The CAF: the SII's authorisation of a range of folios, and whether it truly is the SII's."""

import re
from base64 import b64decode
from binascii import Error as NoBase64
from calendar import monthrange
from collections.abc import Mapping
from datetime import date

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPublicKey,
    RSAPublicNumbers,
)
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from msgspec import Struct

from mtd.core.rut import plain_rut
from mtd.core.tax.certificate import KEY_BITS_MAX
from mtd.core.tax.countries.cl.authority_keys import CERTIFICATION_IDK, PRODUCTION_IDK
from mtd.core.tax.countries.cl.formats.fields import DAY_MAX, DAY_MIN
from mtd.core.tax.countries.cl.rsa import verified
from mtd.core.tax.countries.cl.xml import ENCODING, escaped, unquoted
from mtd.core.tax.markup import Element, Unreadable, read

EXPIRY_MONTHS = 6
"""Res. Ex. SII 58/2017; past it the SII answers CAF-3-517."""

TEXT_MAX = 20_000
"""Characters of a CAF file or of a stamp: a real one has some 2,000."""

KEY_BYTES_MAX = 8_192
"""A CAF's private key is some 500 bytes of PEM."""


class Caf(Struct, frozen=True, kw_only=True):
    """One authorised range; nothing in it is secret."""

    issuer: str
    name: str
    type_code: str
    first: int
    last: int
    authorised_on: date
    authority: int
    """IDK: which of the SII's keys signed it."""
    modulus: bytes
    exponent: bytes
    signature: bytes
    """FRMA, over the range's description."""
    signed: str
    """The DA element as it was signed."""
    text: str
    """The CAF element as the authority wrote it, flattened: what a stamp carries."""

    @property
    def environment(self) -> str:
        """`production`, `certification`, or the number of an authority that is neither."""
        known = {PRODUCTION_IDK: "production", CERTIFICATION_IDK: "certification"}
        return known.get(self.authority, f"authority {self.authority}")

    @property
    def public_key(self) -> RSAPublicKey:
        """The key that the stamps of this range verify with."""
        return _public_key(self.modulus, self.exponent)


class CafFile(Struct, frozen=True):
    """A CAF as the operator downloads it. The key is a secret: seal it at once, show it never."""

    caf: Caf
    private_key: bytes
    """PEM. Whoever has it can stamp documents in the issuer's name."""

    def __repr__(self) -> str:
        """Without the key."""
        return f"CafFile({self.caf!r})"


class BadCaf(Struct, frozen=True):
    """Why a file is no CAF that may be used."""

    reason: str


def imported(content: bytes, authority_keys: Mapping[int, RSAPublicKey]) -> CafFile | BadCaf:
    """The CAF and its private key, if the authority's signature and the key's other half hold."""
    found = read(content)
    if isinstance(found, Unreadable) and "as it claims" in found.reason:
        # The SII's own files declare no encoding and are written in ISO-8859-1.
        found = read(DECLARED_LATIN + _UNDECLARED.sub(b"", content, count=1))
    if isinstance(found, Unreadable):
        return BadCaf(f"the file {found.reason}")
    if found.root.tag != "AUTORIZACION":
        return BadCaf(f"is a {_shown(found.root.tag)}, not an AUTORIZACION")
    caf = caf_of(found.source.decode())
    if isinstance(caf, BadCaf):
        return caf
    if wrong := authenticity_fault(caf, authority_keys) or _carriage_fault(caf):
        return BadCaf(wrong)
    pem = (found.root.findtext("RSASK") or "").strip().encode(ENCODING, "replace")
    key = stamp_key(pem)
    if isinstance(key, BadCaf):
        return key
    if key.public_key().public_numbers() != caf.public_key.public_numbers():
        return BadCaf("its private key (RSASK) is not that of its public key (RSAPK)")
    return CafFile(caf, pem)


def stamp_key(pem: bytes) -> RSAPrivateKey | BadCaf:
    """The range's private key; the SII's are RSA of 512 bits."""
    if len(pem) > KEY_BYTES_MAX:
        return BadCaf("its private key (RSASK) is too long to be one")
    try:
        key = load_pem_private_key(pem, None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        # Not told further: the message of a library may quote what it was given.
        return BadCaf("its private key (RSASK) cannot be read")
    return key if isinstance(key, RSAPrivateKey) else BadCaf("its private key is not RSA")


def caf_of(text: str) -> Caf | BadCaf:
    """The first CAF written in `text`, a whole file or a document's stamp; nothing is verified."""
    if len(text) > TEXT_MAX:
        return BadCaf(f"its CAF stands in {len(text):,} characters; at most {TEXT_MAX:,} are read")
    found = _CAF.search(text)
    if not found:
        return BadCaf("has no CAF element")
    flat = flattened(found[0])
    signed = _DA.search(flat)
    element = read(flat.encode())
    if isinstance(element, Unreadable) or signed is None:
        return BadCaf("its CAF element cannot be read by itself")
    try:
        return _caf(element.root, flat, signed[0])
    except ValueError as error:
        return BadCaf(f"its CAF element has no good {error}")


def authenticity_fault(caf: Caf, authority_keys: Mapping[int, RSAPublicKey]) -> str | None:
    """Why the range was not authorised by the authority; None when FRMA verifies over DA."""
    key = authority_keys.get(caf.authority)
    if key is None:
        return f"no key of the authority with the number {caf.authority} (IDK) is known"
    if not verified(key, caf.signature, caf.signed.encode(ENCODING, "replace")):
        return f"its FRMA is not the signature of the authority's key {caf.authority} over its DA"
    return None


def expires_on(caf: Caf) -> date:
    """The first day on which its folios may no longer be used."""
    month = caf.authorised_on.month - 1 + EXPIRY_MONTHS
    year, month = caf.authorised_on.year + month // 12, month % 12 + 1
    day = min(caf.authorised_on.day, monthrange(year, month)[1])
    return date(year, month, day)


def usage_fault(caf: Caf, issuer: str, type_code: str, folio: int, day: date) -> str | None:
    """Why this folio may not be stamped on `day`; None when it may."""
    if caf.issuer != issuer:
        return f"is of {caf.issuer}, not of {issuer}"
    if caf.type_code != type_code:
        return f"is for type {caf.type_code}, not {type_code}"
    if not caf.first <= folio <= caf.last:
        return f"holds the folios {caf.first} to {caf.last}, not {folio}"
    if day < caf.authorised_on:
        return f"was authorised on {caf.authorised_on}, after {day}"
    if day >= expires_on(caf):
        return f"expired on {expires_on(caf)} (CAF-3-517)"
    return None


def flattened(text: str) -> str:
    """Without the spaces between elements: the form that is signed."""
    return _BETWEEN.sub("><", text)


DECLARED_LATIN = b'<?xml version="1.0" encoding="ISO-8859-1"?>'
_UNDECLARED = re.compile(rb"\A\s*<\?xml[^>]{0,100}\?>")
_BETWEEN = re.compile(r">\s+<")
_CAF = re.compile(r"<CAF\b[^>]{0,100}>.+?</CAF>", re.DOTALL)
_DA = re.compile(r"<DA>.*</DA>", re.DOTALL)


def _carriage_fault(caf: Caf) -> str | None:
    """Why a stamp could not carry it: its text must be canonical XML but for quotation marks."""
    element = read(caf.text.encode())
    plain = isinstance(element, Unreadable) or _canonical(element.root) != unquoted(caf.text)
    return "is written in a form that a stamp cannot carry unchanged" if plain else None


def _caf(root: Element, flat: str, signed: str) -> Caf:
    issuer = plain_rut(_text(root, "DA/RE"))
    first, last = _count(root, "DA/RNG/D"), _count(root, "DA/RNG/H")
    if issuer is None:
        raise ValueError("RE")
    if not 0 < first <= last:
        raise ValueError("RNG: its folios run from 1 on, and not backwards")
    modulus, exponent = _bytes(root, "DA/RSAPK/M"), _bytes(root, "DA/RSAPK/E")
    _public_key(modulus, exponent)
    return Caf(
        issuer=issuer,
        name=_text(root, "DA/RS"),
        type_code=str(_count(root, "DA/TD")),
        first=first,
        last=last,
        authorised_on=_day(root, "DA/FA"),
        authority=_count(root, "DA/IDK"),
        modulus=modulus,
        exponent=exponent,
        signature=_bytes(root, "FRMA"),
        signed=signed,
        text=flat,
    )


def _canonical(element: Element) -> str:
    """The element without namespace, as the canonical writer would have written it."""
    attributes = "".join(f' {name}="{escaped(text)}"' for name, text in sorted(element.items()))
    inner = "".join(map(_canonical, element)) if len(element) else escaped(element.text or "")
    return f"<{element.tag}{attributes}>{inner}</{element.tag}>"


def _text(root: Element, path: str) -> str:
    text = root.findtext(path)
    if not text or not text.strip():
        raise ValueError(path.rpartition("/")[2])
    return text.strip()


def _count(root: Element, path: str) -> int:
    text = _text(root, path)
    if not (text.isdecimal() and text.isascii() and len(text) <= 10):
        raise ValueError(path.rpartition("/")[2])
    return int(text)


def _day(root: Element, path: str) -> date:
    try:
        day = date.fromisoformat(_text(root, path))
    except ValueError:
        raise ValueError(path.rpartition("/")[2]) from None
    if not DAY_MIN <= day <= DAY_MAX:
        raise ValueError(path.rpartition("/")[2])
    return day


def _bytes(root: Element, path: str) -> bytes:
    try:
        return b64decode("".join(_text(root, path).split()), validate=True)
    except NoBase64:
        raise ValueError(path.rpartition("/")[2]) from None


def _public_key(modulus: bytes, exponent: bytes) -> RSAPublicKey:
    """Raises ValueError when these numbers are no key, or one that takes for ever to use."""
    if len(modulus) * 8 > KEY_BITS_MAX:
        raise ValueError("RSAPK")
    try:
        return RSAPublicNumbers(int.from_bytes(exponent), int.from_bytes(modulus)).public_key()
    except ValueError:
        raise ValueError("RSAPK") from None


def _shown(tag: object) -> str:
    return str(tag)[:40]
