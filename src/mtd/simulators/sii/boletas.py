"""The boletas' channel: "API SII - V1" 1.0.5, asked at one host and uploaded to at another."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from mtd.simulators.ledger import Outcome
from mtd.simulators.sii.archive import PROCESSED, Envelope, Fate
from mtd.simulators.sii.authority import UPLOAD_VERDICTS, Authority
from mtd.simulators.sii.checking import Upload
from mtd.simulators.sii.filing import Form, number, read_form
from mtd.simulators.sii.gate import Denied
from mtd.simulators.sii.invoices import (
    BROWSER,
    answered,
    denied_page,
    header,
    page_of,
    rut,
    silent,
    token_of,
    unauthorised,
)
from mtd.simulators.system import Asked, Incoming, Malformed, Reply, encoded, refused, told

ROOT = "/recursos/v1/boleta.electronica"
VERDICTS = frozenset({"expired_token", "stale", "denied"})
UPLOADS = UPLOAD_VERDICTS | {"expired_token"}
_ENVELOPE = re.compile(r"/([0-9]{1,9})-([0-9K])-([0-9]{1,15})")
_DOCUMENT = re.compile(r"/([0-9]{1,9})-([0-9K])-([0-9]{2})-([0-9]{1,10})/estado")
_CODE = re.compile(r"([A-Z]{2,4})-([0-9])-([0-9]{1,5})")

Act = Callable[[str | None], Reply]


class BoletaDesk:
    """Reads what comes to the host that answers questions."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority
        self._gate = authority.gates[True]

    def read(self, incoming: Incoming) -> Asked:
        """The operation that is asked for; raises Malformed."""
        if not incoming.headers.get("User-Agent", "").startswith(BROWSER):
            raise Malformed(401, "No Autorizado")
        path = incoming.path.removeprefix(ROOT)
        token = token_of(incoming)
        if (incoming.method, path) == ("GET", ".semilla"):
            return _asked("seed", "", b"", lambda _verdict: self._seed())
        if (incoming.method, path) == ("POST", ".token"):
            content = incoming.body
            return _asked("token", "", content, lambda _verdict: self._token(content))
        if incoming.method == "GET" and path != incoming.path:
            if found := _ENVELOPE.fullmatch(path.removeprefix(".envio")):
                company = f"{found[1]}-{found[2]}"
                return self._guarded(
                    "envelope", company, token, lambda v: self._envelope(company, found[3], v)
                )
            if found := _DOCUMENT.fullmatch(path):
                identity = (f"{found[1]}-{found[2]}", found[3], int(found[4]))
                return self._guarded(
                    "document",
                    identity[0],
                    token,
                    lambda _verdict: self._document(identity, incoming.query),
                )
        raise Malformed(403, "Acceso Denegado")

    def _seed(self) -> Reply:
        content = f"<SII:RESP_BODY><SEMILLA>{self._gate.seed()}</SEMILLA></SII:RESP_BODY>"
        return _xml(answered(header("<ESTADO>00</ESTADO>"), content))

    def _token(self, content: bytes) -> Reply:
        got = self._gate.token(content)
        if isinstance(got, Denied):
            return _xml(answered(header(f"<ESTADO>{got.state}</ESTADO>"), ""), Outcome.REFUSED)
        told_ = f"<SII:RESP_BODY><TOKEN>{got}</TOKEN></SII:RESP_BODY>"
        return _xml(answered(header("<ESTADO>00</ESTADO>"), told_))

    def _guarded(self, operation: str, company: str, token: str, act: Act) -> Asked:
        """A question that only a living token of this channel may ask."""

        def guarded(verdict: str | None) -> Reply:
            if verdict == "expired_token":
                self._gate.expire(token)
            if verdict == "denied":
                return denied_page()
            return unauthorised() if self._gate.holder(token) is None else act(verdict)

        return _asked(operation, company, b"", guarded)

    def _envelope(self, company: str, track: str, verdict: str | None) -> Reply:
        found = self._authority.envelope(company, track, by_rest=True)
        if found is None:
            return refused(404, "404", "no existe")
        state = "REC" if verdict == "stale" else self._authority.state_of(found)
        answer: dict[str, Any] = {
            "rut_emisor": found.company,
            "rut_envia": found.sender,
            "trackid": int(found.track),
            "estado": state,
        }
        if state == PROCESSED:
            answer |= {"estadistica": _statistics(found), "detalle_rep_rech": _details(found)}
        return told(answer)

    def _document(self, identity: tuple[str, str, int], query: Mapping[str, str]) -> Reply:
        day = query.get("fechaEmision", "")
        state = self._authority.document_state(
            identity,
            f"{query.get('rut_receptor', '')}-{query.get('dv_receptor', '')}",
            f"{day[6:]}-{day[3:5]}-{day[:2]}",
            number(query.get("monto", "")),
        )
        return told({"codigo": state, "descripcion": ""})


class BoletaUploadDesk:
    """Reads what comes to the host that takes uploads, and nothing else."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority
        self._gate = authority.gates[True]

    def read(self, incoming: Incoming) -> Asked:
        """The upload; raises Malformed."""
        if (incoming.method, incoming.path) != ("POST", f"{ROOT}.envio"):
            raise Malformed(403, "Acceso Denegado")
        if not incoming.headers.get("User-Agent", "").startswith(BROWSER):
            raise Malformed(401, "No Autorizado")
        form, token = read_form(incoming.headers, incoming.body), token_of(incoming)
        company = "" if form is None else rut(form.fields, "rutCompany", "dvCompany")
        return _asked(
            "upload", company, incoming.body, lambda verdict: self._upload(form, token, verdict)
        )

    def _upload(self, form: Form | None, token: str, verdict: str | None) -> Reply:
        if verdict == "expired_token":
            self._gate.expire(token)
        if (page := page_of(verdict)) is not None:
            return page
        holder = self._gate.holder(token)
        if holder is None:
            return unauthorised()
        if form is None:
            return refused(400, "400", "sin archivo")
        upload = Upload(
            sender=rut(form.fields, "rutSender", "dvSender"),
            company=rut(form.fields, "rutCompany", "dvCompany"),
            by_rest=True,
        )
        if holder != upload.sender or not self._authority.may_send(holder, upload.company):
            return refused(403, "403", "no autorizado para la empresa")
        if not form.content.rstrip().endswith(b">"):
            return refused(400, "400", "archivo incompleto")
        if verdict == "stored_late":
            self._authority.take_later(upload, form.content)
            return silent(self._authority.silence_s)
        envelope = self._authority.take(upload, form.content, verdict)
        answer = {
            "rut_emisor": upload.company,
            "rut_envia": upload.sender,
            "trackid": int(envelope.track),
            "fecha_recepcion": f"{self._authority.clock.now():%d/%m/%Y %H:%M:%S}",
            "estado": "REC",
            "file": form.file_name,
        }
        return Reply(body=encoded(answer), outcome=Outcome.APPLIED, subject=envelope.track)


def malformed(problem: Malformed) -> Reply:
    """A page, whatever it is."""
    return unauthorised() if problem.status == 401 else denied_page()


def _statistics(envelope: Envelope) -> list[dict[str, int]]:
    return [
        {
            "tipo": int(code),
            "informados": informed,
            "aceptados": accepted,
            "rechazados": rejected,
            "reparos": objected,
        }
        for code, (informed, accepted, rejected, objected) in envelope.counts().items()
    ]


def _details(envelope: Envelope) -> list[dict[str, Any]]:
    return [_detail(fate) for fate in envelope.fates if fate.state != "DOK"]


def _detail(fate: Fate) -> dict[str, Any]:
    errors = [
        {
            "seccion": found[1],
            "linea": 0,
            "nivel": int(found[2]),
            "codigo": int(found[3]),
            "descripcion": "",
            "detalle": "",
        }
        for code in fate.codes
        if (found := _CODE.fullmatch(code))
    ]
    return {
        "tipo": int(fate.paper.code),
        "folio": fate.paper.folio,
        "estado": fate.state,
        "descripcion": "",
        "error": errors,
    }


def _xml(text: str, outcome: Outcome = Outcome.READ) -> Reply:
    return Reply(body=text.encode(), content_type="application/xml", outcome=outcome)


def _asked(operation: str, order: str, payload: bytes, act: Act) -> Asked:
    return Asked(operation=operation, order=order, payload=payload, act=act)
