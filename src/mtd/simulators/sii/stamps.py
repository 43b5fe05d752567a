"""Stamps and ranges of folios: TED and CAF, verified with the authority's own keys."""

import re
from base64 import b64decode
from binascii import Error as NoBase64
from calendar import monthrange
from collections.abc import Mapping
from datetime import date

import msgspec
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA1

from mtd.simulators.sii.filing import Paper

MONTHS = 6
"""A CAF's life (Res. Ex. SII 58/2017)."""
EXPIRED = "CAF-3-517"
OUTSIDE = "CAF-3-516"
"""A folio outside of its range; a number of this simulator's own."""
FORGED = "CAF-3-511"
"""FRMA does not verify; a number of this simulator's own."""
STAMP = "TED-3-510"
"""The stamp does not prove the document; a number of this simulator's own."""
KEY_BITS = range(512, 4_097)


class Range(msgspec.Struct, frozen=True, kw_only=True):
    """What a stamp's CAF says."""

    issuer: str
    code: str
    first: int
    last: int
    authorised_on: date
    key: RSAPublicKey
    idk: int
    signed: bytes
    signature: bytes

    @property
    def expires_on(self) -> date:
        """The first day on which it is worth nothing."""
        month = self.authorised_on.month - 1 + MONTHS
        year, month = self.authorised_on.year + month // 12, month % 12 + 1
        return date(year, month, min(self.authorised_on.day, monthrange(year, month)[1]))


def range_faults(paper: Paper, keys: Mapping[int, RSAPublicKey], today: date) -> list[str]:
    """What is wrong with the folio's range; an expired one is told before anything else."""
    found = _range(_flat(paper.content))
    if found is None:
        return [FORGED]
    authority = keys.get(found.idk)
    if today >= found.expires_on:
        return [EXPIRED]
    if authority is None or not _verified(authority, found.signature, found.signed):
        return [FORGED]
    told = (found.issuer, found.code) == (paper.issuer, paper.code)
    return [] if told and found.first <= paper.folio <= found.last else [OUTSIDE]


def stamp_faults(paper: Paper) -> list[str]:
    """What is wrong with the stamp itself: its signature, or what it says of the document."""
    flat = _flat(paper.content)
    found, described, signed = _range(flat), _DD.search(flat), _FRMT.search(flat)
    if found is None or described is None or signed is None:
        return [STAMP]
    if not _verified(found.key, _decoded(signed[1]), described[0]):
        return [STAMP]
    told = tuple(_tag(described[0], name) for name in ("RE", "TD", "F", "FE", "RR", "MNT"))
    stated = (
        paper.issuer,
        paper.code,
        str(paper.folio),
        paper.day,
        paper.buyer,
        str(paper.total),
    )
    return [] if told == stated else [STAMP]


_BETWEEN = re.compile(rb">\s+<")
_TED = re.compile(rb"<TED[ >].*</TED>", re.DOTALL)
_DD = re.compile(rb"<DD>.*</DD>", re.DOTALL)
_DA = re.compile(rb"<DA>.*</DA>", re.DOTALL)
_FRMA = re.compile(rb"<FRMA[^>]*>([^<]+)</FRMA>")
_FRMT = re.compile(rb"<FRMT[^>]*>([^<]+)</FRMT>")


def _flat(content: bytes) -> bytes:
    """The stamp without the spaces between its elements: the form that is signed."""
    found = _TED.search(content)
    return b"" if found is None else _BETWEEN.sub(b"><", found[0])


def _range(flat: bytes) -> Range | None:
    signed, proof = _DA.search(flat), _FRMA.search(flat)
    if signed is None or proof is None:
        return None
    said = signed[0]
    try:
        modulus, exponent = (int.from_bytes(_decoded(_raw(said, name))) for name in ("M", "E"))
        key = RSAPublicNumbers(exponent, modulus).public_key()
        if key.key_size not in KEY_BITS:
            return None
        return Range(
            issuer=_tag(said, "RE"),
            code=_tag(said, "TD"),
            first=int(_tag(said, "D")),
            last=int(_tag(said, "H")),
            authorised_on=date.fromisoformat(_tag(said, "FA")),
            key=key,
            idk=int(_tag(said, "IDK")),
            signed=said,
            signature=_decoded(proof[1]),
        )
    except ValueError:
        return None


def _raw(said: bytes, name: str) -> bytes:
    found = re.search(rb"<%b>([^<]*)</%b>" % (name.encode(), name.encode()), said)
    return b"" if found is None else found[1]


def _tag(said: bytes, name: str) -> str:
    return _raw(said, name).decode("latin-1").strip()


def _decoded(written: bytes) -> bytes:
    try:
        return b64decode(b"".join(written.split()), validate=True)
    except (NoBase64, ValueError):
        return b""


def _verified(key: RSAPublicKey, signature: bytes, content: bytes) -> bool:
    try:
        key.verify(signature, content, PKCS1v15(), SHA1())  # noqa: S303 the law's choice
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return True
