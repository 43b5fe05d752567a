"""What the SII's services write: `RESPUESTA` with a state and a body, and nothing is trusted."""

from msgspec import Struct

from mtd.core.tax.countries.cl.answers.envelopes import Counts
from mtd.core.tax.countries.cl.verifying.filing import child_text, children, first, local
from mtd.core.tax.markup import Unreadable, read

BYTES_MAX = 1024 * 1024
TOKEN_MAX = 200
CREATED = "00"


class Reply(Struct, frozen=True, kw_only=True):
    """One `RESPUESTA`."""

    state: str
    """ESTADO: such as `EPR`, `DOK`, or of seeds and tokens `00`."""
    message: str
    """GLOSA."""
    values: dict[str, str]
    """What its body says, the first of each name."""
    counts: dict[str, Counts]
    """By type of document, where it tells any (OIFE 2005, consulta estado de envío)."""


def reply_of(content: bytes) -> Reply | None:
    """The answer; None when it is none, such as a page of HTML."""
    found = Unreadable("too large") if len(content) > BYTES_MAX else read(content)
    if isinstance(found, Unreadable) or local(found.root) != "RESPUESTA":
        return None
    header, body = first(found.root, "RESP_HDR"), first(found.root, "RESP_BODY")
    state = child_text(header, "ESTADO").upper()
    if not state:
        return None
    parts = [(local(each), (each.text or "").strip()) for each in (() if body is None else body)]
    return Reply(
        state=state,
        message=child_text(header, "GLOSA") or child_text(header, "GLOSA_ESTADO"),
        values=dict(reversed(parts)),
        counts=_counts(parts),
    )


def seed_of(content: bytes) -> str | None:
    """The seed in an answer to `getSeed`."""
    reply = reply_of(content)
    seed = "" if reply is None else reply.values.get("SEMILLA", "")
    return seed if seed.isdecimal() and seed.isascii() and len(seed) <= TOKEN_MAX else None


def token_of(content: bytes) -> str | None:
    """The token in an answer to `getToken`; None when it was refused."""
    reply = reply_of(content)
    if reply is None or reply.state != CREATED:
        return None
    token = reply.values.get("TOKEN", "")
    return token if token.isalnum() and token.isascii() and len(token) <= TOKEN_MAX else None


class Event(Struct, frozen=True, kw_only=True):
    """What a buyer, or the SII itself, recorded of an invoice."""

    code: str
    """ACD, RCD, ERM, RFP, RFT of the buyer; NCA, ENC of credit notes."""
    description: str
    by: str
    """RUT."""
    at: str
    """Local time, `dd-mm-yyyy hh:mm:ss`."""


class Register(Struct, frozen=True, kw_only=True):
    """The register's answer on one document (manual v1.2, p. 11 and 12)."""

    code: int
    message: str
    events: tuple[Event, ...] = ()


LISTED, NONE_YET = 15, 16


def register_of(content: bytes) -> Register | None:
    """The answer to `listarEventosHistDoc`; None when it is none."""
    found = Unreadable("too large") if len(content) > BYTES_MAX else read(content)
    if isinstance(found, Unreadable):
        return None
    answer = first(found.root, "return")
    answer = found.root if answer is None else answer
    code = child_text(answer, "codResp")
    if not code.removeprefix("-").isdecimal() or len(code) > 4:
        return None
    events = tuple(
        Event(
            code=child_text(each, "codEvento"),
            description=child_text(each, "descEvento"),
            by=f"{child_text(each, 'rutResponsable')}-{child_text(each, 'dvResponsable')}",
            at=child_text(each, "fechaEvento"),
        )
        for each in children(answer, "listaEventosDoc")
    )
    return Register(code=int(code), message=child_text(answer, "descResp"), events=events)


def _counts(parts: list[tuple[str, str]]) -> dict[str, Counts]:
    """The groups that begin with TIPO_DOCTO, one after the other in the body."""
    groups: dict[str, dict[str, int]] = {}
    code = ""
    for name, text in parts:
        if name == "TIPO_DOCTO":
            code = text
            groups[code] = {}
        elif code and text.isdecimal() and len(text) <= 9:
            groups[code][name] = int(text)
    return {
        code: Counts(
            informed=told.get("INFORMADOS", 0),
            accepted=told.get("ACEPTADOS", 0),
            rejected=told.get("RECHAZADOS", 0),
            objected=told.get("REPAROS", 0),
        )
        for code, told in groups.items()
    }
