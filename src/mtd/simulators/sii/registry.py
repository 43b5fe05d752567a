"""The register of receipts and claims: what buyers say of invoices (manual v1.2 of 2017-08-07)."""

from collections.abc import Mapping

import msgspec

from mtd.simulators.ledger import Outcome
from mtd.simulators.sii.archive import Identity
from mtd.simulators.sii.authority import Authority
from mtd.simulators.sii.filing import number
from mtd.simulators.sii.invoices import BROWSER, rut, token_of, unauthorised
from mtd.simulators.soap import XML, answer, read_call
from mtd.simulators.system import Asked, Incoming, Malformed, Reply

PATHS = frozenset(
    {
        "/WSREGISTRORECLAMODTE/registroreclamodteservice",
        "/WSREGISTRORECLAMODTECERT/registroreclamodteservice",
    }
)
NAMESPACE = "http://ws.registroreclamodte.diii.sdi.sii.cl"
KINDS = frozenset({"33", "34", "43"})
DAYS = 8
CLAIMS = frozenset({"RCD", "RFP", "RFT"})
EVENTS = {
    "ACD": "Acepta Contenido del Documento",
    "RCD": "Reclamo al Contenido del Documento",
    "ERM": "Otorga Recibo de Mercaderias o Servicios",
    "RFP": "Reclamo por Falta Parcial de Mercaderias",
    "RFT": "Reclamo por Falta Total de Mercaderias",
}
LIST, ENTER = "listarEventosHistDoc", "ingresarAceptacionReclamoDoc"


class Said(msgspec.Struct, frozen=True):
    """One thing that the buyer said of a document."""

    code: str
    by: str
    at_s: float


class Saying(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A command: let the buyer say this of a document."""

    issuer: str
    code: str
    folio: int
    event: str


class RegistryDesk:
    """Reads what comes to the register's host."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority
        self._said: dict[Identity, list[Said]] = {}

    def read(self, incoming: Incoming) -> Asked:
        """The operation that is asked for; raises Malformed."""
        if incoming.method != "POST" or incoming.path not in PATHS:
            raise Malformed(403, "Acceso Denegado")
        if not incoming.headers.get("User-Agent", "").startswith(BROWSER):
            raise Malformed(401, "No Autorizado")
        operation, values = read_call(incoming.body)
        acts = {LIST: self._list, ENTER: self._enter}
        if operation not in acts:
            raise Malformed(400, f"no operation {operation}")
        token = token_of(incoming)

        def act(verdict: str | None) -> Reply:
            if verdict == "expired_token":
                self._authority.gates[False].expire(token)
            holder = self._authority.gates[False].holder(token)
            return unauthorised() if holder is None else acts[operation](values, holder)

        return Asked(operation=operation, order=_issuer(values), payload=incoming.body, act=act)

    def say(self, saying: Saying) -> None:
        """The buyer says it, by the rules of the register; raises ValueError with its answer."""
        identity = (saying.issuer, saying.code, saying.folio)
        code, message = self._register(identity, saying.event, None)
        if code != 0:
            raise ValueError(f"buyer: {code} {message}")

    def _list(self, values: Mapping[str, str], holder: str) -> Reply:
        identity = _identity(values)
        held = self._authority.held(identity)
        if identity[1] not in KINDS:
            return _answer(LIST, 3, "Tipo de documento no corresponde")
        if held is None:
            return _answer(LIST, 18, "Documento no ha sido recibido")
        if not self._authority.may_send(holder, identity[0]) and holder != held.paper.buyer:
            return _answer(LIST, 14, "Accion autorizada solo para empresa receptora o emisora")
        said = self._said.get(identity, [])
        if not said:
            message = "Documento no presenta eventos de reclamos o acuse de recibo"
            return _answer(LIST, 16, message)
        content = "".join(map(self._event, said))
        return _answer(LIST, 15, "Listado de eventos del documento", content)

    def _enter(self, values: Mapping[str, str], holder: str) -> Reply:
        code, message = self._register(_identity(values), values.get("accionDoc", ""), holder)
        return _answer(ENTER, code, message, applied=code == 0)

    def _register(self, identity: Identity, event: str, holder: str | None) -> tuple[int, str]:
        """The rules of the manual, p. 4 to 6; `holder` None is the buyer in person."""
        held = self._authority.held(identity)
        if event not in EVENTS:
            return 4, "Accion invalida"
        if identity[1] not in KINDS:
            return 3, "Tipo de documento no corresponde"
        if held is None:
            return 18, "Documento no ha sido recibido"
        if holder is not None and holder != held.paper.buyer:
            return 17, "Accion autorizada solo para empresa receptora"
        now_s = self._authority.clock.now_s()
        if now_s - held.received_s > DAYS * 86_400:
            return 8, "Pasados 8 dias despues de la recepcion no es posible registrar"
        said = self._said.setdefault(identity, [])
        codes = {each.code for each in said}
        claimed = next(iter(sorted(codes & CLAIMS)), None)
        if event in codes:
            return 7, "Evento registrado previamente"
        if claimed and event == "ERM":
            return 6, f"No se puede acusar recibo de DTE previamente reclamado por {claimed}"
        if claimed and event == "ACD":
            return 12, f"No se puede dar por aceptado DTE previamente reclamado por {claimed}"
        if event in CLAIMS and "ACD" in codes:
            return 11, "No se puede reclamar DTE previamente aceptado"
        if event in CLAIMS and "ERM" in codes:
            return 13, "No se puede reclamar DTE previamente registrado con acuse de recibo"
        said.append(Said(event, held.paper.buyer, now_s))
        return 0, "Accion Completada OK"

    def _event(self, said: Said) -> str:
        number_, _, digit = said.by.partition("-")
        at = self._authority.clock.local(said.at_s)
        return (
            f"<listaEventosDoc><codEvento>{said.code}</codEvento>"
            f"<descEvento>{EVENTS[said.code]}</descEvento>"
            f"<rutResponsable>{number_}</rutResponsable><dvResponsable>{digit}</dvResponsable>"
            f"<fechaEvento>{at:%d-%m-%Y %H:%M:%S}</fechaEvento></listaEventosDoc>"
        )


def _issuer(values: Mapping[str, str]) -> str:
    return rut(values, "rutEmisor", "dvEmisor")


def _identity(values: Mapping[str, str]) -> Identity:
    return _issuer(values), values.get("tipoDoc", ""), number(values.get("folio", ""))


def _answer(
    operation: str, code: int, message: str, content: str = "", *, applied: bool = False
) -> Reply:
    inside = f"<codResp>{code}</codResp><descResp>{message}</descResp>{content}"
    body = answer(NAMESPACE, f"{operation}Response", f'<return xmlns="">{inside}</return>')
    outcome = Outcome.APPLIED if applied else Outcome.READ
    return Reply(body=body, content_type=XML, outcome=outcome)
