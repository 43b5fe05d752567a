"""The stamp and its CAF: whether they verify, and whether they speak of this document."""

import re
from base64 import b64decode
from binascii import Error as NoBase64
from collections.abc import Iterator, Mapping
from datetime import date

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from mtd.core.tax.countries.cl.caf import (
    BadCaf,
    Caf,
    authenticity_fault,
    caf_of,
    flattened,
    usage_fault,
)
from mtd.core.tax.countries.cl.parts import value
from mtd.core.tax.countries.cl.rsa import verified
from mtd.core.tax.countries.cl.verifying.filing import Document, child_text, first, local
from mtd.core.tax.countries.cl.xml import ENCODING
from mtd.core.tax.locating import spans

_NAMESPACE = re.compile(r' xmlns(?::\w+)?="[^"]*"')


def stamp_fault(document: Document) -> str | None:
    """Why the TED does not prove the document."""
    caf = _caf(document)
    if isinstance(caf, BadCaf):
        return caf.reason
    described = _described(document)
    ted = first(document.body, "TED")
    try:
        signed = b64decode("".join(child_text(ted, "FRMT").split()), validate=True)
    except (NoBase64, ValueError):
        return "its FRMT is not base64"
    if not verified(caf.public_key, signed, described.encode(ENCODING, "replace")):
        return "its FRMT is not the signature of its CAF's key over its DD"
    return next(_differences(document), None)


def caf_fault(document: Document, keys: Mapping[int, RSAPublicKey]) -> str | None:
    """Why the folio was not authorised."""
    caf = _caf(document)
    if isinstance(caf, BadCaf):
        return caf.reason
    if wrong := authenticity_fault(caf, keys):
        return wrong
    signed_at = document.signed_at
    day = signed_at.date() if signed_at else document.day
    folio = int(document.folio) if document.folio.isdecimal() else 0
    return usage_fault(caf, document.issuer, document.type_code, folio, day or date.min)


def _differences(document: Document) -> Iterator[str]:
    """What the stamp says otherwise than the document."""
    header = "Encabezado"
    pairs = (
        ("RE", (header, "Emisor", "RUTEmisor")),
        ("TD", (header, "IdDoc", "TipoDTE")),
        ("F", (header, "IdDoc", "Folio")),
        ("FE", (header, "IdDoc", "FchEmis")),
        ("RR", (header, "Receptor", "RUTRecep")),
        ("MNT", (header, "Totales", "MntTotal")),
    )
    told = first(first(document.body, "TED"), "DD")
    for tag, path in pairs:
        stamped, stated = child_text(told, tag), value(document.parts, *path).strip()
        if stamped != stated:
            yield f"it says {tag} {stamped[:40]!r}, the document {path[-1]} {stated[:40]!r}"


def _caf(document: Document) -> Caf | BadCaf:
    return caf_of(_described(document))


def _described(document: Document) -> str:
    """DD as it was signed: flattened, without namespaces."""
    path = ("DTE", local(document.body), "TED", "DD")
    places = spans(document.source, path)
    if len(places) != 1:
        return ""
    return _NAMESPACE.sub("", flattened(document.source[slice(*places[0])].decode()))
