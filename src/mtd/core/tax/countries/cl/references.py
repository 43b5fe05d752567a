"""References to other documents, and what a note may do to the one it corrects."""

from collections.abc import Iterator, Sequence
from datetime import date

from mtd.core.rut import plain_rut
from mtd.core.tax.countries.cl.latin import clipped, latin
from mtd.core.tax.countries.cl.parts import group, leaf, optional
from mtd.core.tax.issuing import FiscalFault, Part
from mtd.core.tax.request import Correction, FiscalKind, FiscalRequest, Reference

CODES = {
    Correction.ANNULS: 1,
    Correction.CORRECTS_TEXT: 2,
    Correction.CORRECTS_AMOUNTS: 3,
}
"""CodRef (Formato DTE v2.2, field e8)."""

_NOTES = (FiscalKind.CREDIT_NOTE, FiscalKind.DEBIT_NOTE)
_CREDIT_NOTES = frozenset({"60", "61"})
"""On paper and electronic (Formato DTE v2.2, field e2)."""


def reference_parts(request: FiscalRequest, day: date, lengths: dict[str, int]) -> Iterator[Part]:
    """The references in order; a boleta's say less (EnvioBOLETA_v11.xsd)."""
    for number, reference in enumerate(request.references, start=1):
        if request.kind is FiscalKind.RECEIPT:
            yield _of_boleta(number, reference, lengths)
        else:
            yield _of_invoice(number, reference, day, lengths)


def reference_faults(request: FiscalRequest) -> Iterator[FiscalFault]:
    """What the field table cannot see: how references and what they do fit together."""
    corrections = [given.correction for given in request.references if given.correction]
    alone = {Correction.ANNULS, Correction.CORRECTS_TEXT} & set(corrections)
    if alone and len(request.references) > 1:
        yield FiscalFault("Referencia/CodRef", "a note that annuls or corrects text names one only")
    for number, reference in enumerate(request.references, start=1):
        if reference.correction and request.kind not in _NOTES:
            yield FiscalFault("Referencia/CodRef", "only a note corrects a document", number)
        if wrong := _not_for(request.kind, reference):
            yield FiscalFault("Referencia/CodRef", wrong, number)
        if reference.issuer_tax_id and plain_rut(reference.issuer_tax_id) is None:
            yield FiscalFault("Referencia/RUTOtr", "is no RUT", number)
        if (
            _is_tributary(reference.type_code)
            and reference.number
            and not _is_folio(reference.number)
        ):
            yield FiscalFault("Referencia/FolioRef", "is no folio of a tax document", number)


def _not_for(kind: FiscalKind, reference: Reference) -> str:
    """Why a note of this kind may not do this to that document (Formato DTE v2.2, field e8, a-c).

    A credit note annuls a sale's document or a debit note; a debit note annuls a credit note; and
    texts are corrected by credit notes alone.
    """
    of_credit = reference.type_code in _CREDIT_NOTES
    match kind, reference.correction:
        case FiscalKind.DEBIT_NOTE, Correction.ANNULS if not of_credit:
            return "a debit note annuls a credit note only"
        case FiscalKind.DEBIT_NOTE, Correction.CORRECTS_TEXT:
            return "a debit note corrects no text"
        case FiscalKind.CREDIT_NOTE, Correction.ANNULS if of_credit:
            return "a credit note is annulled by a debit note"
        case _:
            return ""


def corrects_text(references: Sequence[Reference]) -> bool:
    """Whether the note only corrects words, and so moves no money."""
    return any(given.correction is Correction.CORRECTS_TEXT for given in references)


def _of_invoice(number: int, given: Reference, day: date, lengths: dict[str, int]) -> Part:
    issuer = plain_rut(given.issuer_tax_id) or given.issuer_tax_id
    return group(
        "Referencia",
        (
            leaf("NroLinRef", number),
            optional("TpoDocRef", latin(given.type_code)),
            optional("IndGlobal", "1" if given.covers_many else None),
            # Field e4: zero, and only then, when the reference stands for many documents.
            optional("FolioRef", "0" if given.covers_many else latin(given.number)),
            optional("RUTOtr", issuer),
            leaf("FchRef", (given.issued_on or day).isoformat()),
            optional("CodRef", CODES[given.correction] if given.correction else None),
            optional("RazonRef", clipped(given.reason, lengths["RazonRef"])),
        ),
    )


def _of_boleta(number: int, given: Reference, lengths: dict[str, int]) -> Part:
    reason = " ".join(filter(None, (given.reason, given.type_code, given.number)))
    return group(
        "Referencia",
        (leaf("NroLinRef", number), leaf("RazonRef", clipped(reason, lengths["RazonRef"]))),
    )


def _is_tributary(type_code: str) -> bool:
    """Below 800 are the authority's own documents (Formato DTE v2.2, field e2)."""
    return _figures(type_code, 3) and int(type_code) < 800


def _is_folio(text: str) -> bool:
    return _figures(text, 10) and int(text) > 0


def _figures(text: str, most: int) -> bool:
    return text.isdecimal() and text.isascii() and len(text) <= most
