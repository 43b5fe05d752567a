"""What the authority finds in an envelope: schema, cover, both signatures, stamps, totals."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from lxml import etree

from mtd.simulators.sii.filing import SII, Filing, Paper, number, text
from mtd.simulators.sii.sealed import (
    Element,
    Unreadable,
    parsed,
    rut_of,
    signature_fault,
    signer_of,
)
from mtd.simulators.sii.stamps import range_faults, stamp_faults
from mtd.simulators.unit import is_rut

AUTHORITY_RUT = "60803000-K"
NOT_SIGNED = "DTE-3-505"
TOTALS = "HED-3-200"
"""Totals that do not add up; a number of this simulator's own."""
BUYER = "HED-3-201"
"""A RUT that is none; a number of this simulator's own."""
BOLETAS = frozenset({"39", "41"})
BOLETAS_MAX = 500
TAGS_2026 = frozenset({"PatenteCarro", "FchSalida", "HraSalida", "FchLlegada"})
"""Fields of dispatch guides since 2026-11-01, which no public schema has yet."""
DECLARATION = b'<?xml version="1.0" encoding="ISO-8859-1"?>\n'
ROUNDED = 1
"""Pesos by which each rounded figure may be off."""


class Schemas:
    """The authority's schemas, where this machine has them."""

    def __init__(self, folder: str | None) -> None:
        """Raises OSError or lxml's XMLSchemaParseError when the folder named has none."""
        self._by_root: dict[bool, etree.XMLSchema] = {}
        for is_boletas, name in ((False, "EnvioDTE_v10.xsd"), (True, "EnvioBOLETA_v11.xsd")):
            if folder is not None:
                file = Path(folder) / name
                root = etree.fromstring(file.read_bytes(), base_url=str(file.resolve()))
                self._by_root[is_boletas] = etree.XMLSchema(root)

    @property
    def at_hand(self) -> bool:
        """Whether envelopes are held against them."""
        return bool(self._by_root)

    def fault(self, filing: Filing) -> str | None:
        """What of the envelope breaks its schema first; None also where there is no schema."""
        schema = self._by_root.get(filing.is_boletas)
        if schema is None:
            return None
        root = _without_2026(filing.root) if "52" in filing.counted else filing.root
        if schema.validate(root):
            return None
        error = schema.error_log[0]
        return f"linea {error.line}: {error.message}"[:300]


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """What came of the checks that need no memory of other envelopes."""

    refusal: tuple[str, str] | None = None
    """RSC, RFR or RCT, and why: then no document was looked at."""
    faults: tuple[tuple[str, ...], ...] = ()
    """Of each document, in its order; empty: nothing."""


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """Who sent an envelope by which channel."""

    sender: str
    company: str
    by_rest: bool


def judged(
    filing: Filing,
    upload: Upload,
    *,
    schemas: Schemas,
    keys: Mapping[int, RSAPublicKey],
    today: date,
) -> Judgement:
    """Everything that is wrong with it. Pure: may run in a thread."""
    if filing.is_boletas is not upload.by_rest:
        return Judgement(refusal=("RSC", "el envio no es de este canal"))
    if wrong := schemas.fault(filing):
        return Judgement(refusal=("RSC", wrong))
    if wrong := _cover_fault(filing, upload):
        return Judgement(refusal=("RCT", wrong))
    certificate = signer_of(filing.root)
    if wrong := signature_fault(filing.root, filing.root.find(f"{{{SII}}}SetDTE")):
        return Judgement(refusal=("RFR", wrong))
    if certificate is None or rut_of(certificate) != filing.cover.get("RutEnvia"):
        return Judgement(refusal=("RFR", "el certificado no es de RutEnvia"))
    return Judgement(
        faults=tuple(tuple(_paper_faults(paper, keys, today)) for paper in filing.papers)
    )


def _cover_fault(filing: Filing, upload: Upload) -> str | None:
    cover, papers = filing.cover, filing.papers
    told = {code: sum(p.code == code for p in papers) for code in {p.code for p in papers}}
    checks = (
        (cover.get("RutReceptor") == AUTHORITY_RUT, "RutReceptor no es el SII"),
        (cover.get("RutEmisor") == upload.company, "RutEmisor no es la empresa del envio"),
        (all(p.issuer == upload.company for p in papers), "un documento es de otro emisor"),
        (cover.get("RutEnvia") == upload.sender, "RutEnvia no es quien envia"),
        (filing.counted == told, "los subtotales no cuadran con los documentos"),
        (all((p.code in BOLETAS) is filing.is_boletas for p in papers), "un tipo de otro canal"),
        (not filing.is_boletas or len(papers) <= BOLETAS_MAX, "mas de 500 boletas"),
    )
    return next((message for holds, message in checks if not holds), None)


def _paper_faults(paper: Paper, keys: Mapping[int, RSAPublicKey], today: date) -> list[str]:
    """In the authority's order: CAF, stamp, signature, content; an early fault hides later ones."""
    if faults := range_faults(paper, keys, today) or stamp_faults(paper):
        return faults
    try:
        root = parsed(_alone(paper.content))
    except Unreadable:
        return [NOT_SIGNED]
    body = root.find(f"{{{SII}}}Documento")
    if body is None or signature_fault(root, body):
        return [NOT_SIGNED]
    if not is_rut(paper.buyer) or not is_rut(paper.issuer):
        return [BUYER]
    return [] if _adds_up(body) else [TOTALS]


def _alone(content: bytes) -> bytes:
    """The document taken out of its envelope, with the default namespace alone in scope."""
    head, _, _ = content.partition(b">")
    if b"xmlns=" not in head:
        content = content.replace(b"<DTE", f'<DTE xmlns="{SII}"'.encode(), 1)
    return DECLARATION + content


def _adds_up(body: Element) -> bool:
    """Whether the total follows from its parts, and the parts from the lines."""
    totals = ("Encabezado", "Totales")
    net, exempt, tax, total = (
        max(0, number(text(body, *totals, name) or "0"))
        for name in ("MntNeto", "MntExe", "IVA", "MntTotal")
    )
    code = text(body, "Encabezado", "IdDoc", "TipoDTE")
    if code == "52" and not (net or exempt or tax):
        return True  # a guide need not say what its total is made of (v2.2, fields 107 to 112)
    if total != net + exempt + tax:
        return False
    if code in ("56", "61") and not total:
        return True  # it corrects a text (CodRef 2)
    gross = code in BOLETAS or text(body, "Encabezado", "IdDoc", "MntBruto") == "1"
    rate = _decimal(text(body, *totals, "TasaIVA") or "19")
    if not gross and abs(Decimal(net) * rate / 100 - tax) > ROUNDED:
        return False
    moves = body.findall(f"{{{SII}}}DscRcgGlobal")
    due = sum((_sum(body, moves, mark) for mark in ("", "1")), Decimal(0))
    return abs(due - (total if gross else net + exempt)) <= ROUNDED * (1 + len(moves))


def _sum(body: Element, moves: list[Element], mark: str) -> Decimal:
    """What the lines of one category come to: taxed, or exempt (IndExe 1)."""
    lines = body.findall(f"{{{SII}}}Detalle")
    of = [_decimal(text(line, "MontoItem")) for line in lines if text(line, "IndExe") == mark]
    amount = sum(of, Decimal(0))
    moved = [move for move in moves if text(move, "IndExeDR") == mark]
    return amount + sum((_moved(move, amount) for move in moved), Decimal(0))


def _moved(move: Element, lines: Decimal) -> Decimal:
    value = _decimal(text(move, "ValorDR"))
    amount = lines * value / 100 if text(move, "TpoValor") == "%" else value
    return -amount if text(move, "TpoMov") == "D" else amount


def _decimal(written: str) -> Decimal:
    try:
        return Decimal(written)
    except InvalidOperation:
        return Decimal(0)


def _without_2026(root: Element) -> Element:
    left = etree.fromstring(etree.tostring(root))
    for transport in left.iter(f"{{{SII}}}Transporte"):
        for field in [each for each in transport if str(each.tag).rpartition("}")[2] in TAGS_2026]:
            transport.remove(field)
    return left
