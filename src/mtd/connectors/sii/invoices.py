"""The invoices' channel: seed, token, upload, the envelope's state and one document's."""

from collections.abc import Mapping

import msgspec

from mtd.connectors.sii.form import Identity, Parcel, form, halves
from mtd.connectors.sii.settings import Hosts
from mtd.connectors.wire import Response, Wire
from mtd.connectors.wire.soap import Place, call, child_text
from mtd.core.process.outcome import Failed, Unknown
from mtd.core.tax.countries.cl.answers.documents import document_finding
from mtd.core.tax.countries.cl.answers.envelopes import Counts
from mtd.core.tax.countries.cl.answers.replies import Reply, reply_of, seed_of, token_of
from mtd.core.tax.countries.cl.answers.upload import upload_answer
from mtd.core.tax.countries.cl.certificate import Signer
from mtd.core.tax.countries.cl.xmldsig import token_request
from mtd.core.tax.issuing import Finding, Known, Submission, SubmissionState

SERVICES = "/DTEWS/{}.jws"
UPLOAD = "/cgi_dte/UPL/DTEUpload"
DEAD_TOKENS = frozenset({"001", "002", "003", "-3"})
"""ESTADO of a question whose token is not, or no longer, one."""
UNAUTHORISED = "401"
"""How a failure begins that says the same by its HTTP status."""


class TokenRefused(msgspec.Struct, frozen=True):
    """The token is dead: fetch another and ask again."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Where an envelope stands."""

    state: str
    """Such as REC or EPR."""
    message: str = ""
    counts: Mapping[str, Counts] = {}
    """By type, once it is processed."""
    content: bytes = b""
    """The answer itself, which of boletas names each document."""


async def fetch_token(
    wire: Wire, hosts: Hosts, headers: Mapping[str, str], signer: Signer
) -> str | Failed:
    """A new token: seed, signed seed, token."""
    got = await _asked(wire, hosts, headers, "CrSeed", "getSeed", {}, secret=True)
    if isinstance(got, Failed):
        return got
    seed = seed_of(got)
    if seed is None:
        return Failed("getSeed: an answer without a seed")
    asked = {"pszXml": token_request(seed, signer).decode("ascii")}
    got = await _asked(wire, hosts, headers, "GetTokenFromSeed", "getToken", asked, secret=True)
    if isinstance(got, Failed):
        return got
    token = token_of(got)
    if token is not None:
        return token
    reply = reply_of(got)
    return Failed(f"getToken: {reply.state} {reply.message}" if reply else "getToken: no answer")


async def upload(
    wire: Wire, hosts: Hosts, headers: Mapping[str, str], parcel: Parcel, sender: str
) -> Submission | TokenRefused:
    """Send it; what the answer does not say for certain is unknown."""
    got = await posted(wire, hosts.invoices, UPLOAD, headers, form(parcel, sender))
    if not isinstance(got, Response):
        return got
    said = upload_answer(got.body)
    return TokenRefused() if said.codes == ("5",) else said


async def posted(
    wire: Wire, origin: str, path: str, headers: Mapping[str, str], sent: tuple[str, bytes]
) -> Response | Submission | TokenRefused:
    """The answer to a form's media type and body; or what is certain of it where none was given."""
    media_type, body = sent
    got = await wire.request(
        "POST", path, headers={**headers, "Content-Type": media_type}, body=body, origin=origin
    )
    if isinstance(got, Failed):
        return Submission(state=SubmissionState.NOT_SENT, message=got.message)
    if isinstance(got, Unknown):
        return Submission(state=SubmissionState.UNKNOWN, message=got.message)
    if got.status == 401:
        return TokenRefused()
    if got.status >= 400:
        return Submission(state=SubmissionState.NOT_SENT, message=f"{got.status}: refused")
    return got


async def standing(
    wire: Wire, hosts: Hosts, headers: Mapping[str, str], token: str, issuer: str, track: str
) -> Standing | Failed | TokenRefused:
    """Where the envelope stands."""
    number, digit = halves(issuer)
    asked = {"RutCompania": number, "DvCompania": digit, "TrackId": track, "Token": token}
    reply = await _replied(wire, hosts, headers, "QueryEstUp", "getEstUp", asked)
    if not isinstance(reply, Reply):
        return reply
    return Standing(state=reply.state, message=reply.message, counts=reply.counts)


async def find(
    wire: Wire, hosts: Hosts, headers: Mapping[str, str], token: str, document: Identity, rut: str
) -> Finding | Failed | TokenRefused:
    """What the authority holds of one document; `rut` is who asks."""
    asked = dict(
        zip(
            ("RutConsultante", "DvConsultante", "RutCompania", "DvCompania"),
            (*halves(rut), *halves(document.issuer)),
            strict=True,
        )
    )
    buyer, digit = halves(document.buyer)
    year, month, day = document.day.split("-")
    asked |= {
        "RutReceptor": buyer,
        "DvReceptor": digit,
        "TipoDte": document.type_code,
        "FolioDte": str(document.folio),
        "FechaEmisionDte": f"{day}{month}{year}",
        "MontoDte": str(document.total),
        "Token": token,
    }
    reply = await _replied(wire, hosts, headers, "QueryEstDte", "getEstDte", asked)
    if not isinstance(reply, Reply):
        return reply
    finding = document_finding(reply.state)
    if finding.known is Known.CANNOT_TELL:
        return Failed(f"getEstDte: {reply.state} {reply.message}")
    return finding


async def _replied(
    wire: Wire,
    hosts: Hosts,
    headers: Mapping[str, str],
    service: str,
    operation: str,
    arguments: Mapping[str, str],
) -> Reply | Failed | TokenRefused:
    got = await _asked(wire, hosts, headers, service, operation, arguments)
    if isinstance(got, Failed):
        return TokenRefused() if got.message.startswith(UNAUTHORISED) else got
    reply = reply_of(got)
    if reply is None:
        return Failed(f"{operation}: an answer without ESTADO")
    if reply.state in DEAD_TOKENS:
        return TokenRefused()
    if not reply.state.isalpha():
        return Failed(f"{operation}: {reply.state} {reply.message}")
    return reply


async def _asked(
    wire: Wire,
    hosts: Hosts,
    headers: Mapping[str, str],
    service: str,
    operation: str,
    arguments: Mapping[str, str],
    *,
    secret: bool = False,
) -> bytes | Failed:
    """The text that the answer carries; every one of these operations may be repeated."""
    place = Place(
        path=SERVICES.format(service),
        origin=hosts.invoices,
        headers=headers,
        qualified=False,
        secret=secret,
    )
    namespace = f"{hosts.invoices}{place.path}"
    got = await call(wire, namespace, operation, arguments, safe=True, place=place)
    if isinstance(got, Failed | Unknown):
        return Failed(got.message)
    return child_text(got, f"{operation}Return").encode()
