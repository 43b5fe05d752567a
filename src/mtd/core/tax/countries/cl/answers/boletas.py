"""The boleta service's answers (API SII V1 1.0.5): one envelope, each of its documents' fate."""

from collections.abc import Iterable
from typing import TypeVar

import msgspec
from msgspec import Struct, field

from mtd.core.tax.countries.cl.answers.documents import document_finding, document_outcome
from mtd.core.tax.countries.cl.answers.envelopes import PROCESSED, Counts, envelope_outcome
from mtd.core.tax.issuing import (
    Finding,
    FiscalOutcome,
    Known,
    OutcomeState,
    Submission,
    SubmissionState,
)

BYTES_MAX = 4 * 1024 * 1024
"""500 documents, each with its errors."""

DocumentKey = tuple[str, str]
"""Type and folio."""


class Fault(Struct, frozen=True):
    """One thing that the SII found in a document: `DTE`, 3 and 505 make `DTE-3-505`."""

    codigo: str | int = ""
    nivel: str | int = ""
    seccion: str = ""

    @property
    def code(self) -> str:
        """As it is written everywhere else."""
        code = str(self.codigo)
        whole = bool(self.seccion) and code.isdecimal()
        return f"{self.seccion}-{self.nivel}-{code}" if whole else code


class Judged(Struct, frozen=True):
    """A document that was objected to or rejected."""

    tipo: str | int = ""
    folio: str | int = ""
    estado: str = ""
    error: tuple[Fault, ...] = ()


class Statistics(Struct, frozen=True):
    """Counts of one type."""

    tipo: str | int = ""
    informados: int = 0
    aceptados: int = 0
    rechazados: int = 0
    reparos: int = 0


class Received(Struct, frozen=True):
    """The answer to `POST boleta.electronica.envio`."""

    trackid: str | int = ""
    estado: str = ""


class Told(Struct, frozen=True):
    """The answer to `GET boleta.electronica/{rut}-{dv}-{tipo}-{folio}/estado`."""

    codigo: str = ""


class Standing(Struct, frozen=True):
    """The answer to `GET boleta.electronica.envio/{rut}-{dv}-{trackid}`."""

    estado: str = ""
    estadistica: tuple[Statistics, ...] | None = ()
    judged: tuple[Judged, ...] | None = field(name="detalle_rep_rech", default=())


def boleta_outcomes(
    content: bytes, documents: Iterable[DocumentKey]
) -> dict[DocumentKey, FiscalOutcome]:
    """How each of the envelope's documents stands.

    One that is not named is accepted only if its type's counts leave no other fate: every document
    judged, and every rejected or objected one named. An answer that is none leaves all unknown.
    """
    asked = tuple(documents)
    standing = _decoded(content, Standing)
    if standing is None:
        unknown = FiscalOutcome(state=OutcomeState.UNKNOWN, message="the answer is no status")
        return dict.fromkeys(asked, unknown)
    if standing.estado.strip().upper() != PROCESSED:
        return dict.fromkeys(asked, envelope_outcome(standing.estado))
    named = {(str(each.tipo), str(each.folio)): each for each in standing.judged or ()}
    return {key: _outcome(key, named, standing) for key in asked}


def boleta_upload_answer(content: bytes) -> Submission:
    """What an answer to the upload says; one without a track id says nothing, so is unknown."""
    received = _decoded(content, Received)
    track = "" if received is None else str(received.trackid)
    if received is None or not (track.isdecimal() and track.isascii()):
        return Submission(state=SubmissionState.UNKNOWN, message="the answer has no track id")
    codes = (received.estado,) if received.estado else ()
    return Submission(state=SubmissionState.PENDING, reference=track, codes=codes)


def boleta_finding(content: bytes) -> Finding:
    """What the answer on one boleta says."""
    told = _decoded(content, Told)
    return Finding(Known.CANNOT_TELL) if told is None else document_finding(told.codigo)


def boleta_standing(content: bytes) -> str | None:
    """The envelope's state; None when the answer is none."""
    standing = _decoded(content, Standing)
    return (standing.estado.strip().upper() or None) if standing is not None else None


Shape = TypeVar("Shape", bound=Struct)


def _decoded(content: bytes, shape: type[Shape]) -> Shape | None:
    if len(content) > BYTES_MAX:
        return None
    try:
        return msgspec.json.decode(content, type=shape)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def _outcome(
    key: DocumentKey, named: dict[DocumentKey, Judged], standing: Standing
) -> FiscalOutcome:
    if (judged := named.get(key)) is not None:
        codes = (fault.code for fault in judged.error)
        return document_outcome(judged.estado, filter(None, codes))
    counts = _counts(key[0], standing)
    told = [document_outcome(each.estado).state for of, each in named.items() if of[0] == key[0]]
    all_named = counts is not None and (
        told.count(OutcomeState.REJECTED) >= counts.rejected
        and told.count(OutcomeState.ACCEPTED_WITH_OBJECTIONS) >= counts.objected
    )
    if counts is not None and counts.complete and all_named and counts.accepted:
        return FiscalOutcome(state=OutcomeState.ACCEPTED, codes=(PROCESSED,))
    return FiscalOutcome(
        state=OutcomeState.UNKNOWN,
        codes=(PROCESSED,),
        message="not named, and the counts leave room for another fate",
    )


def _counts(code: str, standing: Standing) -> Counts | None:
    for each in standing.estadistica or ():
        if str(each.tipo) == code:
            return Counts(
                informed=each.informados,
                accepted=each.aceptados,
                rejected=each.rechazados,
                objected=each.reparos,
            )
    return None
