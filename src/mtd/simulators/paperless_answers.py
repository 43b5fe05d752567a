"""What the simulated issuer answers: `Codigo` and `Mensaje`, as text inside a SOAP return."""

from enum import IntEnum
from html import escape

from mtd.simulators.archive import Issued
from mtd.simulators.ledger import Outcome
from mtd.simulators.soap import XML, answer
from mtd.simulators.system import Reply
from mtd.simulators.tax_authority import Envelope

NAMESPACE = "http://webservices.online.webapp.paperless.cl"


class Codigo(IntEnum):
    """0 is done, all others are refusals."""

    OK = 0
    ACCESS = 1
    SCHEMA = 2
    NO_FOLIO = 3
    SIGNATURE = 4
    BUYER = 5
    UNKNOWN = 6
    FOLIO_TAKEN = 7
    REFERENCE = 8


def yes(
    operation: str,
    message: str,
    content: str = "",
    outcome: Outcome = Outcome.READ,
    undoes: tuple[str, ...] = (),
) -> Reply:
    """Done; `content` is XML already."""
    return _reply(operation, Codigo.OK, message, content, outcome, undoes)


def no(operation: str, code: int, message: str, outcome: Outcome = Outcome.REFUSED) -> Reply:
    """Refused."""
    return _reply(operation, code, message, "", outcome, ())


def document_row(document: Issued) -> str:
    """A document in the list of a day."""
    return (
        f"<Documento><Folio>{document.folio}</Folio><Total>{document.unit.total}</Total>"
        f"<Orden>{escape(document.unit.order)}</Orden>"
        f"<TrackId>{document.track_id}</TrackId></Documento>"
    )


def envelope_content(document: Issued, envelope: Envelope) -> str:
    """Where the document's envelope stands at the tax authority."""
    accepted, objected, rejected = envelope.counts
    return (
        f"<Estado>{envelope.code}</Estado><Aceptados>{accepted}</Aceptados>"
        f"<Reparos>{objected}</Reparos><Rechazados>{rejected}</Rechazados>"
        f"<TipoDocumento>{document.unit.kind}</TipoDocumento>"
        f"<TrackId>{document.track_id}</TrackId>"
    )


def _reply(
    operation: str,
    code: int,
    message: str,
    content: str,
    outcome: Outcome,
    undoes: tuple[str, ...],
) -> Reply:
    """The product answers HTTP 200 whatever it says."""
    text = (
        f"<Respuesta><Codigo>{int(code)}</Codigo><Mensaje>{escape(message)}</Mensaje>"
        f"{content}</Respuesta>"
    )
    body = answer(NAMESPACE, f"{operation}Response", f"<return>{escape(text)}</return>")
    return Reply(body=body, content_type=XML, outcome=outcome, undoes=undoes)
