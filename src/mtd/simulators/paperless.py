"""The tax document issuer (Paperless): SOAP service `Online`, folios, and the SII behind it.

It has no idempotency key: issuing an order twice makes two documents, which the ledger shows.
"""

from collections.abc import Callable, Mapping
from functools import partial
from html import escape
from typing import Any

import msgspec

from mtd.simulators.announcer import Event
from mtd.simulators.archive import Archive, Issued
from mtd.simulators.clock import now_s
from mtd.simulators.documents import as_pdf, as_xml
from mtd.simulators.folios import FOLIOS, Folios, Range
from mtd.simulators.ledger import Outcome
from mtd.simulators.paperless_answers import Codigo, document_row, envelope_content, no, yes
from mtd.simulators.soap import fault, read_call
from mtd.simulators.system import Asked, Incoming, Malformed, Reply, System
from mtd.simulators.tax_authority import Decision, Envelope, TaxAuthority
from mtd.simulators.unit import CREDIT_NOTE, GUIDE, BadUnit, Unit, read_unit
from mtd.simulators.world import World

PATH = "/axis2/services/Online"
DOCUMENTS = "/documents/"
ISSUE = "OnlineGenerationDte"
MANUAL = "2"
"""`folioType`: the caller brings the folio; any other value takes the next one."""
AS_XML, AS_PDF = "1", "2"
"""`returnType`: what `Mensaje` links to; any other value says the folio."""
REFUSALS = {
    "schema": (Codigo.SCHEMA, "Documento no cumple el esquema"),
    "no_folio": (Codigo.NO_FOLIO, "Sin folios disponibles"),
    "signature": (Codigo.SIGNATURE, "No se pudo firmar el documento"),
    "buyer_data": (Codigo.BUYER, "Datos del receptor invalidos"),
}
LEDGER_NAMES = {CREDIT_NOTE: "issue/credit_note", GUIDE: "issue/guide"}

Values = Mapping[str, str]


class Issuer:
    """Issues documents, and answers for them afterwards."""

    def __init__(self, world: World) -> None:
        self._announcer = world.announcer
        self._credentials = (
            world.option("login", str, ""),
            world.option("password", str, ""),
        )
        first = world.option("first_folio", int, _fresh_folio())
        self._folios = Folios(first, world.option("folios", int, FOLIOS))
        self._authority = TaxAuthority(world)
        self._archive = Archive(world)
        self._strangers: set[str] = set()
        """Buyers whom the tax authority does not know: it rejects what is made out to them."""
        self._operations: dict[str, Callable[[str, Values], Reply]] = {
            "OnlineRecovery": self._recover,
            "OnlineRecovery2": self._recover,
            "consultaEmitidosPorDia": self._list_day,
            "consult": self._tell_state,
            "anulaFolioBoleta": self._void,
        }

    def read(self, incoming: Incoming) -> Asked:
        """The operation that is asked for; raises Malformed."""
        if incoming.method == "GET" and incoming.path.startswith(DOCUMENTS):
            return self._asked_link(incoming.path.removeprefix(DOCUMENTS))
        if (incoming.method, incoming.path) != ("POST", PATH):
            raise Malformed(404, f"nothing at {incoming.path}")
        name, values = read_call(incoming.body)
        if name != ISSUE and name not in self._operations:
            raise Malformed(400, f"no operation {name}")
        if self._credentials[0] and self._credentials != (values.get("login"), values.get("pass")):
            return _asked(name, "", incoming.body, no(name, Codigo.ACCESS, "Acceso denegado"))
        if name == ISSUE:
            return self._asked_issue(values, incoming.body)
        found = self._find(values)
        return Asked(
            operation=name,
            order="" if found is None else found.unit.order,
            payload=incoming.body,
            act=lambda _verdict: self._operations[name](name, values),
        )

    def command(self, command: dict[str, Any]) -> None:
        """`{"load_folios": {…}}`, `{"exhaust": {"issuer", "kind"}}`, `{"authority_down": bool}`,
        `{"strangers": [RUT, …]}`.
        """
        try:
            if "load_folios" in command:
                self._folios.load(msgspec.convert(command["load_folios"], Range))
            if "exhaust" in command:
                exhausted = command["exhaust"]
                self._folios.exhaust(str(exhausted["issuer"]), int(exhausted["kind"]))
            if "authority_down" in command:
                self._authority.be_down(bool(command["authority_down"]))
            if "strangers" in command:
                self._strangers = set(msgspec.convert(command["strangers"], list[str]))
        except (msgspec.ValidationError, KeyError, TypeError) as error:
            raise ValueError(f"system: {error}") from error

    def state(self) -> dict[str, Any]:
        """Folios left and documents by state."""
        return {"folios_left": self._folios.left(), "documents": self._archive.states()}

    def _asked_issue(self, values: Values, body: bytes) -> Asked:
        """The order is named in the unit; one that cannot be read is refused with its code."""
        try:
            unit = read_unit(values.get("unitRaw", ""))
        except BadUnit as bad:
            return _asked("issue", "", body, no(ISSUE, bad.code, bad.message))
        return Asked(
            operation=LEDGER_NAMES.get(unit.kind, "issue/sale"),
            order=unit.order,
            payload=body,
            act=partial(self._issue, values, unit),
        )

    def _issue(self, values: Values, unit: Unit, verdict: str | None) -> Reply:
        issuer = values.get("rut", "")
        if unit.issuer_rut.partition("-")[0] != issuer:
            return no(ISSUE, Codigo.SCHEMA, "FH.issuer_rut: not the caller's")
        if verdict in REFUSALS:
            return no(ISSUE, *REFUSALS[verdict])
        if unit.kind == CREDIT_NOTE and not self._all_stand(issuer, unit):
            return no(ISSUE, Codigo.REFERENCE, "RE: documento no existe o no vale")
        if values.get("folioType") == MANUAL:
            return self._issue_manually(values, unit, verdict)
        folio = self._folios.take(issuer, unit.kind)
        if folio is None:
            return no(ISSUE, *REFUSALS["no_folio"])
        return self._made(values, self._archive.keep(issuer, unit, folio), verdict)

    def _issue_manually(self, values: Values, unit: Unit, verdict: str | None) -> Reply:
        """A folio may be used once, and again for the order whose document the SII rejected."""
        if unit.folio is None:
            return no(ISSUE, Codigo.SCHEMA, "FH.folio: missing")
        issuer = values["rut"]
        before = self._archive.find(issuer, str(unit.kind), str(unit.folio))
        if before is not None:
            corrects = before.state == Decision.REJECTED and before.unit.order == unit.order
            if not corrects:
                return no(ISSUE, Codigo.FOLIO_TAKEN, "Folio ya utilizado")
        undoes = () if before is None else ("issue/sale",)
        return self._made(values, self._archive.keep(issuer, unit, unit.folio), verdict, undoes)

    def _all_stand(self, issuer: str, unit: Unit) -> bool:
        """Whether every document that a credit note corrects exists, and is valid."""
        corrected = [
            self._archive.find(issuer, reference["kind"], reference["folio"])
            for reference in unit.references
        ]
        return all(one and one.state not in (Decision.REJECTED, "VOIDED") for one in corrected)

    def _made(
        self, values: Values, made: Issued, verdict: str | None, undoes: tuple[str, ...] = ()
    ) -> Reply:
        if made.unit.kind == CREDIT_NOTE:
            undoes = (*undoes, "issue/sale")
        if made.unit.buyer_rut in self._strangers:
            verdict = "rejected"
        self._authority.submit(
            made.track_id, made.unit.order, verdict, partial(self._decided, made)
        )
        content = f"<TrackId>{made.track_id}</TrackId>"
        return yes(ISSUE, self._message(made, values), content, Outcome.APPLIED, undoes)

    def _decided(self, made: Issued, envelope: Envelope) -> None:
        """The authority has decided: the document's state changes, and MTD is told."""
        assert envelope.decision is not None
        made.state = str(envelope.decision)
        accepted, objected, rejected = envelope.counts
        payload = {
            "order_id": made.unit.order,
            "track_id": made.track_id,
            "document_type": made.unit.kind,
            "folio": made.folio,
            "document_state": made.state,
            "sii_code": envelope.code,
            "accepted": accepted,
            "objected": objected,
            "rejected": rejected,
        }
        event = Event(name="DteStatusChanged", key=made.track_id, payload=payload, after_s=0)
        self._announcer.tell(made.track_id, [event])

    def _recover(self, name: str, values: Values) -> Reply:
        """The document of a folio; `OnlineRecovery2` wants its total to be right as well."""
        found = self._find(values)
        total = values.get("total") if name == "OnlineRecovery2" else None
        if found is None or total not in (None, str(found.unit.total)):
            return no(name, Codigo.UNKNOWN, "Documento no existe", Outcome.READ)
        content = f"<TrackId>{found.track_id}</TrackId><Orden>{escape(found.unit.order)}</Orden>"
        return yes(name, self._message(found, values), content)

    def _list_day(self, name: str, values: Values) -> Reply:
        documents = self._archive.of_day(
            values.get("rut", ""), values.get("type", ""), values.get("date", "")
        )
        return yes(name, "", f"<Documentos>{''.join(map(document_row, documents))}</Documentos>")

    def _tell_state(self, name: str, values: Values) -> Reply:
        found = self._find(values)
        if found is None:
            return no(name, Codigo.UNKNOWN, "Documento no existe", Outcome.READ)
        envelope = self._authority.state(found.track_id) or Envelope(found.track_id)
        return yes(name, str(found.folio), envelope_content(found, envelope))

    def _void(self, name: str, values: Values) -> Reply:
        """Throw the folio away: the document never counts."""
        found = self._find(values)
        if found is None or found.state == "VOIDED":
            return no(name, Codigo.UNKNOWN, "Documento no existe")
        found.state = "VOIDED"
        return yes(name, str(found.folio), "", Outcome.APPLIED, ("issue/sale", name))

    def _asked_link(self, name: str) -> Asked:
        token, _, extension = name.partition(".")
        found = self._archive.linked(token)
        if found is None or extension not in ("pdf", "xml"):
            raise Malformed(404, "no such document")
        as_xml_or_pdf, kind = {
            "xml": (as_xml, "application/xml"),
            "pdf": (as_pdf, "application/pdf"),
        }[extension]
        body = as_xml_or_pdf(found.unit, found.folio)
        reply = Reply(body=body, content_type=kind, outcome=Outcome.READ)
        return _asked(extension, found.unit.order, b"", reply)

    def _message(self, document: Issued, values: Values) -> str:
        extension = {AS_XML: "xml", AS_PDF: "pdf"}.get(values.get("returnType", ""))
        if extension is None:
            return str(document.folio)
        return f"{DOCUMENTS}{self._archive.link(document)}.{extension}"

    def _find(self, values: Values) -> Issued | None:
        """By `trackId` where that is given, else by kind and folio."""
        issuer = values.get("rut", "")
        if "trackId" in values:
            return self._archive.tracked(issuer, values["trackId"])
        return self._archive.find(issuer, values.get("docType", ""), values.get("folio", ""))


def paperless(world: World) -> System:
    """The issuer."""
    issuer = Issuer(world)
    return System(
        name="paperless",
        median_ms=400,
        p99_ms=6_000,
        shares={
            "error": 0.01,
            "rejected": 0.005,
            "timeout_after": 0.002,
            "event_late": 0.01,
            "event_repeated": 0.02,
        },
        verdicts=frozenset({*REFUSALS, "rejected", "objected"}),
        read=issuer.read,
        malformed=fault,
        command=issuer.command,
        state=issuer.state,
    )


def _fresh_folio() -> int:
    """A first folio that no run of the last 115 days has reached at 100 documents a second."""
    return int(now_s() % 1e7) * 100 + 1


def _asked(operation: str, order: str, payload: bytes, reply: Reply) -> Asked:
    return Asked(operation=operation, order=order, payload=payload, act=lambda _verdict: reply)
