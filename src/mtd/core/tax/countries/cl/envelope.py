"""Envelopes: EnvioDTE and EnvioBOLETA around documents whose bytes stay as they were signed."""

import re
from collections.abc import Sequence
from datetime import date, datetime

from msgspec import Struct

from mtd.core.tax.countries.cl.certificate import Signer
from mtd.core.tax.countries.cl.content import BOLETAS, ZONE
from mtd.core.tax.countries.cl.issuer import AUTHORITY_RUT
from mtd.core.tax.countries.cl.stamp import moment_of
from mtd.core.tax.countries.cl.xml import DECLARATION, ENCODING, SII, XSI, unquoted
from mtd.core.tax.countries.cl.xmldsig import signed

BOLETAS_MAX = 500
"""EnvioBOLETA_v11.xsd."""
INVOICES_MAX = 2_000
"""EnvioDTE_v10.xsd."""

SET_ID = "SetDoc"


class Cover(Struct, frozen=True, kw_only=True):
    """Who sends to whom under which resolution (`Caratula`)."""

    issuer: str
    resolution_date: date
    resolution_number: int
    """0 in certification."""
    receiver: str = AUTHORITY_RUT
    """The buyer's RUT, when the documents are sent to the buyer."""


def enveloped(documents: Sequence[bytes], cover: Cover, signer: Signer, at: datetime) -> bytes:
    """The envelope of signed documents, all boletas or none; the same arguments, the same bytes.

     Its signature is made in the envelope's own context: `xmlns:xsi` enters the canonical forms
    . The documents' bytes are put in unchanged.
    """
    texts = [document.decode(ENCODING).removeprefix(DECLARATION) for document in documents]
    codes = [_type_of(text) for text in texts]
    root = _root_of(codes)
    inner = f"{_cover(codes, cover, signer.rut, at)}\n" + "\n".join(texts) + "\n</SetDTE>"
    told = unquoted(inner).replace(_OPEN, _OPEN_INSIDE)
    scope = f' xmlns:xsi="{XSI}"'
    head = f'<SetDTE xmlns="{SII}"{scope} ID="{SET_ID}">\n'
    proof = signed(head + told, f"#{SET_ID}", signer, scope)
    schema = f"{SII} {root}_{'v11' if root == 'EnvioBOLETA' else 'v10'}.xsd"
    text = (
        f'<{root} xmlns="{SII}"{scope} version="1.0" xsi:schemaLocation="{schema}">\n'
        f'<SetDTE ID="{SET_ID}">\n{inner}\n{proof}\n</{root}>'
    )
    return f"{DECLARATION}{text}".encode(ENCODING)


_OPEN = f'<DTE xmlns="{SII}" version="1.0">'
_OPEN_INSIDE = '<DTE version="1.0">'
"""Within an envelope the default namespace is declared already, and canonical XML says it once."""

_TYPE = re.compile(r"<TipoDTE>([0-9]{2,3})</TipoDTE>")


def _type_of(text: str) -> str:
    found = _TYPE.search(text)
    if not text.startswith(_OPEN) or not found:
        raise ValueError("an envelope holds documents that `build` made")
    return found[1]


def _root_of(codes: Sequence[str]) -> str:
    boletas = sum(code in BOLETAS for code in codes)
    if 0 < boletas == len(codes) <= BOLETAS_MAX:
        return "EnvioBOLETA"
    if boletas == 0 and 0 < len(codes) <= INVOICES_MAX:
        return "EnvioDTE"
    raise ValueError(
        f"an envelope holds 1 to {BOLETAS_MAX} boletas or 1 to {INVOICES_MAX} others, not"
        f" {boletas} boletas and {len(codes) - boletas} others"
    )


def _cover(codes: Sequence[str], cover: Cover, sender: str, at: datetime) -> str:
    counts = "".join(
        f"<SubTotDTE><TpoDTE>{code}</TpoDTE><NroDTE>{codes.count(code)}</NroDTE></SubTotDTE>"
        for code in sorted(set(codes))
    )
    return (
        f'<Caratula version="1.0"><RutEmisor>{cover.issuer}</RutEmisor>'
        f"<RutEnvia>{sender}</RutEnvia><RutReceptor>{cover.receiver}</RutReceptor>"
        f"<FchResol>{cover.resolution_date.isoformat()}</FchResol>"
        f"<NroResol>{cover.resolution_number}</NroResol>"
        f"<TmstFirmaEnv>{moment_of(at.astimezone(ZONE))}</TmstFirmaEnv>{counts}</Caratula>"
    )
