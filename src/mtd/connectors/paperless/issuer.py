"""The SOAP service `Online` of the issuer, one function for each operation that MTD uses."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

import msgspec

from mtd.connectors.paperless.settings import Issuer, Options
from mtd.connectors.wire import Wire
from mtd.connectors.wire.soap import Element, call, child_text, local_name, parse
from mtd.core.process.outcome import Failed, Unknown

OK = "0"
AUTOMATIC, MANUAL = "1", "2"
"""`folioType`."""
AS_XML, AS_PDF, AS_FOLIO = "1", "2", "6"
"""`returnType`."""

STATES = {
    **dict.fromkeys(("REC", "SOK", "FOK", "PDR", "PRD", "CRT"), "SENT"),
    **dict.fromkeys(("RLV", "RPR"), "ACCEPTED_WITH_OBJECTIONS"),
    **dict.fromkeys(("RSC", "RFR", "RCT", "RCH", "RCO", "RPT", "VOF"), "REJECTED"),
    "DOK": "ACCEPTED",
    "FAN": "VOIDED",
}
"""Codes of the SII that decide by themselves; `EPR` is decided by its counts."""


class Said(msgspec.Struct, frozen=True):
    """The issuer's answer: its code, its message, and the whole of it."""

    code: str
    message: str
    answer: Element


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """A document that the issuer has."""

    kind: int
    folio: int
    track_id: str


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A document as the issuer's list of a day has it."""

    document: Document
    order: str
    total: str
    """As the issuer writes it."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What the tax authority thinks of a document."""

    state: str
    """Of TaxDocumentState (reference processes §5.1 c)."""
    sii_code: str
    track_id: str


class Service(msgspec.Struct, frozen=True):
    """The service as one issuer uses it in one attempt."""

    wire: Wire
    options: Options
    issuer: Issuer

    def today(self) -> str:
        """The date of a document issued now, where the issuer is."""
        zone = ZoneInfo(self.options.time_zone)
        return self.wire.legacy.now().astimezone(zone).date().isoformat()


async def generate(service: Service, unit_raw: str, folio: int | None) -> Said | Failed | Unknown:
    """Issue the document; not to be repeated, because it would issue another."""
    arguments = {
        "unitRaw": unit_raw,
        "folioType": AUTOMATIC if folio is None else MANUAL,
        "returnType": AS_FOLIO,
    }
    return await _asked(service, "OnlineGenerationDte", arguments, safe=False)


def document_of(service: Service, kind: int, said: Said) -> Document:
    """The document that was just issued; without a track id it is tracked by its number."""
    folio = int(said.message)
    track_id = child_text(said.answer, "TrackId") or f"{service.issuer.number}-{kind}-{folio}"
    return Document(kind=kind, folio=folio, track_id=track_id)


async def recover(service: Service, document: Document, return_type: str) -> Said | Failed:
    """The document by its folio: `message` is the folio, or a link."""
    arguments = {
        "docType": str(document.kind),
        "folio": str(document.folio),
        "returnType": return_type,
    }
    return _known(await _asked(service, "OnlineRecovery", arguments, safe=True))


async def issued_on(service: Service, kind: int, day: str, order: str) -> list[Document] | Failed:
    """The documents of that day for this order, lowest folio first."""
    listed = await listed_on(service, kind, day)
    if isinstance(listed, Failed):
        return listed
    found = [one.document for one in listed if one.order == order]
    return sorted(found, key=lambda document: document.folio)


async def listed_on(service: Service, kind: int, day: str) -> list[Listed] | Failed:
    """All documents of that kind and day."""
    arguments = {"type": str(kind), "date": day}
    said = _known(await _asked(service, "consultaEmitidosPorDia", arguments, safe=True))
    if isinstance(said, Failed):
        return said
    if said.code != OK:
        return Failed(f"list of {day}: {said.code} {said.message}")
    return [
        Listed(
            document=Document(kind=kind, folio=int(folio), track_id=child_text(row, "TrackId")),
            order=child_text(row, "Orden"),
            total=child_text(row, "Total"),
        )
        for row in said.answer.iter()
        if local_name(row) == "Documento"
        for folio in [child_text(row, "Folio")]
        if folio.isdecimal()
    ]


async def standing(service: Service, document: Document) -> Standing | Failed:
    """What the tax authority thinks of it; Failed when that cannot be known."""
    arguments = {"docType": str(document.kind), "folio": str(document.folio)}
    said = _known(await _asked(service, "consult", arguments, safe=True))
    if isinstance(said, Failed):
        return said
    if said.code != OK:
        return Failed(f"state of folio {document.folio}: {said.code} {said.message}")
    code = child_text(said.answer, "Estado")
    state = _processed(said.answer) if code == "EPR" else STATES.get(code)
    if state is None:
        return Failed(f"state of folio {document.folio}: {code!r} is not a code of the SII")
    return Standing(state=state, sii_code=code, track_id=child_text(said.answer, "TrackId"))


def _processed(answer: Element) -> str:
    """`EPR` says only that the envelope was processed: its counts decide (SII, consulta UP)."""
    if child_text(answer, "Rechazados") not in ("", "0"):
        return "REJECTED"
    if child_text(answer, "Reparos") not in ("", "0"):
        return "ACCEPTED_WITH_OBJECTIONS"
    return "ACCEPTED" if child_text(answer, "Aceptados") not in ("", "0") else "SENT"


async def _asked(
    service: Service, operation: str, arguments: Mapping[str, str], *, safe: bool
) -> Said | Failed | Unknown:
    legacy, issuer = service.wire.legacy, service.issuer
    credentials = {
        "rut": issuer.number,
        "login": legacy.secret(issuer.login) or "",
        "pass": legacy.secret(issuer.password) or "",
    }
    namespace = service.options.namespace
    got = await call(service.wire, namespace, operation, credentials | dict(arguments), safe=safe)
    if isinstance(got, Failed | Unknown):
        return got
    answer = parse(child_text(got, "return").encode())
    if answer is None or not child_text(answer, "Codigo"):
        message = f"{operation}: an answer without Codigo"
        return Failed(message) if safe else Unknown(message)
    return Said(child_text(answer, "Codigo"), child_text(answer, "Mensaje"), answer)


def _known(said: Said | Failed | Unknown) -> Said | Failed:
    return Failed(said.message) if isinstance(said, Unknown) else said
