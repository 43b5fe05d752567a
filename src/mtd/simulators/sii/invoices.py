"""The invoices' channel: SOAP services for seed, token and questions, and the upload's form."""

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from mtd.simulators.ledger import Outcome
from mtd.simulators.sii.archive import PROCESSED, Envelope
from mtd.simulators.sii.authority import UPLOAD_VERDICTS, Authority
from mtd.simulators.sii.checking import Upload
from mtd.simulators.sii.filing import Form, number, read_form
from mtd.simulators.sii.gate import Denied
from mtd.simulators.soap import XML, answer, fault, read_call
from mtd.simulators.system import Asked, Incoming, Malformed, Reply

UPLOAD = "/cgi_dte/UPL/DTEUpload"
SERVICES = {
    "/DTEWS/CrSeed.jws": ("getSeed", "seed"),
    "/DTEWS/GetTokenFromSeed.jws": ("getToken", "token"),
    "/DTEWS/QueryEstUp.jws": ("getEstUp", "envelope"),
    "/DTEWS/QueryEstDte.jws": ("getEstDte", "document"),
}
STORED = "status_9_stored"
STATUSES = {f"status_{n}": n for n in (1, 2, 3, 5, 6, 7, 8, 9, 99)} | {STORED: 9}
"""Verdicts on an upload: it is answered so, and stored only where the name says it."""
VERDICTS = UPLOAD_VERDICTS | frozenset(STATUSES) | {"expired_token", "stale"}
BROWSER = "Mozilla/"
NAMESPACE = "http://www.sii.cl/XMLSchema"

Values = Mapping[str, str]


class InvoiceDesk:
    """Reads what comes to the invoices' host."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority
        self._gate = authority.gates[False]
        self._operations: dict[str, Callable[[Values, str | None], Reply]] = {
            "getSeed": self._seed,
            "getToken": self._token,
            "getEstUp": self._envelope,
            "getEstDte": self._document,
        }

    def read(self, incoming: Incoming) -> Asked:
        """The operation that is asked for; raises Malformed."""
        if incoming.method != "POST" or incoming.path not in (*SERVICES, UPLOAD):
            raise Malformed(403, "Acceso Denegado")
        if not incoming.headers.get("User-Agent", "").startswith(BROWSER):
            raise Malformed(401, "No Autorizado")
        if incoming.path == UPLOAD:
            return self._asked_upload(incoming)
        operation, name = SERVICES[incoming.path]
        called, values = read_call(incoming.body)
        if called != operation:
            raise Malformed(400, f"no operation {called} at {incoming.path}")
        return Asked(
            operation=name,
            order=rut(values, "RutCompania", "DvCompania"),
            payload=incoming.body,
            act=lambda verdict: self._operations[operation](values, verdict),
        )

    def _seed(self, _values: Values, _verdict: str | None) -> Reply:
        content = f"<SII:RESP_BODY><SEMILLA>{self._gate.seed()}</SEMILLA></SII:RESP_BODY>"
        return said("getSeed", header("<ESTADO>00</ESTADO>"), content)

    def _token(self, values: Values, _verdict: str | None) -> Reply:
        got = self._gate.token(values.get("pszXml", "").encode())
        if isinstance(got, Denied):
            told = f"<ESTADO>{got.state}</ESTADO><GLOSA>{escape(got.message)}</GLOSA>"
            return said("getToken", header(told), "", Outcome.REFUSED)
        head = header("<ESTADO>00</ESTADO><GLOSA>Token Creado</GLOSA>")
        return said("getToken", head, f"<SII:RESP_BODY><TOKEN>{got}</TOKEN></SII:RESP_BODY>")

    def _envelope(self, values: Values, verdict: str | None) -> Reply:
        if refusal := self._refused("getEstUp", values, verdict):
            return refusal
        company = rut(values, "RutCompania", "DvCompania")
        track = values.get("TrackId", "")
        found = self._authority.envelope(company, track, by_rest=False)
        if found is None:
            return said("getEstUp", header("<ESTADO>-11</ESTADO><GLOSA>No existe</GLOSA>"), "")
        state = "REC" if verdict == "stale" else self._authority.state_of(found)
        told = f"<TRACKID>{found.track}</TRACKID><ESTADO>{state}</ESTADO>"
        told += f"<GLOSA>{escape(found.reason)}</GLOSA><NUM_ATENCION>1</NUM_ATENCION>"
        return said("getEstUp", header(told), _counts(found) if state == PROCESSED else "")

    def _document(self, values: Values, verdict: str | None) -> Reply:
        if refusal := self._refused("getEstDte", values, verdict):
            return refusal
        identity = (
            rut(values, "RutCompania", "DvCompania"),
            values.get("TipoDte", ""),
            number(values.get("FolioDte", "")),
        )
        day = values.get("FechaEmisionDte", "")
        state = self._authority.document_state(
            identity,
            rut(values, "RutReceptor", "DvReceptor"),
            f"{day[4:]}-{day[2:4]}-{day[:2]}",
            number(values.get("MontoDte", "")),
        )
        told = f"<ESTADO>{state}</ESTADO><GLOSA_ESTADO></GLOSA_ESTADO><ERR_CODE>0</ERR_CODE>"
        return said("getEstDte", header(f"{told}<GLOSA_ERR></GLOSA_ERR>"), "")

    def _refused(self, operation: str, values: Values, verdict: str | None) -> Reply | None:
        """Why a question is not answered: no token, or one of another channel or time."""
        token = values.get("Token", "")
        if verdict == "expired_token":
            self._gate.expire(token)
            return unauthorised()
        if verdict == "denied":
            return denied_page()
        if self._gate.holder(token) is None:
            told = "<ESTADO>001</ESTADO><GLOSA>TOKEN NO EXISTE</GLOSA>"
            return said(operation, header(told), "", Outcome.REFUSED)
        return None

    def _asked_upload(self, incoming: Incoming) -> Asked:
        form = read_form(incoming.headers, incoming.body)
        token = token_of(incoming)
        company = "" if form is None else rut(form.fields, "rutCompany", "dvCompany")
        return Asked(
            operation="upload",
            order=company,
            payload=incoming.body,
            act=lambda verdict: self._upload(form, token, verdict),
        )

    def _upload(self, form: Form | None, token: str, verdict: str | None) -> Reply:
        if verdict == "expired_token":
            self._gate.expire(token)
            return unauthorised()
        if (page := page_of(verdict)) is not None:
            return page
        holder = self._gate.holder(token)
        if form is None:
            return _received(form, 2)
        upload = Upload(
            sender=rut(form.fields, "rutSender", "dvSender"),
            company=rut(form.fields, "rutCompany", "dvCompany"),
            by_rest=False,
        )
        if status := self._status(form, upload, holder):
            return _received(form, status)
        if verdict == "stored_late":
            self._authority.take_later(upload, form.content)
            return silent(self._authority.silence_s)
        if verdict in STATUSES and verdict != STORED:
            return _received(form, STATUSES[verdict])
        envelope = self._authority.take(upload, form.content, verdict)
        return _received(form, STATUSES.get(verdict or "", 0), envelope.track)

    def _status(self, form: Form, upload: Upload, holder: str | None) -> int:
        """STATUS of what is wrong with the upload itself; 0 when nothing is."""
        if holder is None:
            return 5
        if not self._authority.admits(upload.company):
            return 6
        if holder != upload.sender or not self._authority.may_send(holder, upload.company):
            return 1
        if not form.content.rstrip().endswith(b">"):
            return 3
        return 99 if self._authority.archive.received_before(upload.company, form.content) else 0


def header(content: str) -> str:
    """The answer's header."""
    return f"<SII:RESP_HDR>{content}</SII:RESP_HDR>"


def answered(head: str, content: str) -> str:
    """An answer as all services of the authority write it."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<SII:RESPUESTA xmlns:SII="{NAMESPACE}">{head}{content}</SII:RESPUESTA>'
    )


def said(operation: str, head: str, content: str, outcome: Outcome = Outcome.READ) -> Reply:
    """The same, as text within a SOAP answer."""
    inside = f"<{operation}Return>{escape(answered(head, content))}</{operation}Return>"
    body = answer("https://maullin.sii.cl/DTEWS", f"{operation}Response", inside)
    return Reply(body=body, content_type=XML, outcome=outcome)


def token_of(incoming: Incoming) -> str:
    """The token in the request's cookie."""
    for part in incoming.headers.get("Cookie", "").split(";"):
        name, _, value = part.strip().partition("=")
        if name == "TOKEN":
            return value
    return ""


def rut(values: Values, number_name: str, digit_name: str) -> str:
    """A RUT that comes in two parts."""
    return f"{values.get(number_name, '')}-{values.get(digit_name, '').upper()}"


def page_of(verdict: str | None) -> Reply | None:
    """The pages that come in place of an answer, with nothing stored."""
    if verdict == "page":
        body = b"<html><head><title>SII</title></head><body>Servicio en mantencion</body></html>"
        return Reply(body=body, content_type="text/html", outcome=Outcome.FAILED)
    return denied_page() if verdict == "denied" else None


def denied_page() -> Reply:
    """What the wrong host says."""
    body = b"<html><body><h1>Acceso Denegado</h1></body></html>"
    return Reply(status=403, body=body, content_type="text/html", outcome=Outcome.REFUSED)


def unauthorised() -> Reply:
    """What a dead token is told."""
    body = b"<html><body><h1>No Autorizado</h1></body></html>"
    return Reply(status=401, body=body, content_type="text/html", outcome=Outcome.REFUSED)


def silent(seconds: float) -> Reply:
    """Nothing for a long while, and then nothing that anybody waits for."""
    return Reply(status=504, body=b"", outcome=Outcome.FAILED, after_s=seconds)


def malformed(problem: Malformed) -> Reply:
    """A page where the door is closed, a fault where the call makes no sense."""
    if problem.status == 403:
        return denied_page()
    return unauthorised() if problem.status == 401 else fault(problem)


def state(authority: Authority) -> dict[str, Any]:
    """What `/__control` tells."""
    archive = authority.archive
    states: dict[str, int] = {}
    for envelope in archive.envelopes.values():
        standing = authority.state_of(envelope)
        states[standing] = states.get(standing, 0) + 1
    return {
        "envelopes": states,
        "documents": len(archive.documents),
        "rejected": len(archive.rejected),
        "schemas": "checked" if authority.schemas.at_hand else "not checked",
        "ahead_s": authority.clock.ahead_s,
    }


def _received(form: Form | None, status: int, track: str = "") -> Reply:
    name = "" if form is None else escape(form.file_name)
    tracked = f"<TRACKID>{track}</TRACKID>" if track and status == 0 else ""
    body = (
        f'<?xml version="1.0"?><RECEPCIONDTE><FILE>{name}</FILE>'
        f"<STATUS>{status}</STATUS>{tracked}</RECEPCIONDTE>"
    )
    outcome = Outcome.APPLIED if track else Outcome.REFUSED
    return Reply(body=body.encode(), content_type=XML, outcome=outcome, subject=track)


def _counts(envelope: Envelope) -> str:
    told = "".join(
        f"<TIPO_DOCTO>{code}</TIPO_DOCTO><INFORMADOS>{informed}</INFORMADOS>"
        f"<ACEPTADOS>{accepted}</ACEPTADOS><RECHAZADOS>{rejected}</RECHAZADOS>"
        f"<REPAROS>{objected}</REPAROS>"
        for code, (informed, accepted, rejected, objected) in envelope.counts().items()
    )
    return f"<SII:RESP_BODY>{told}</SII:RESP_BODY>"
