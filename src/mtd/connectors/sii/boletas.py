"""The boletas' channel: "API SII - V1" 1.0.5, with tokens and an upload host of its own."""

from collections.abc import Mapping

from mtd.connectors.sii.form import Identity, Parcel, form, halves
from mtd.connectors.sii.invoices import Standing, TokenRefused, posted
from mtd.connectors.sii.settings import Hosts
from mtd.connectors.wire import Response, Wire
from mtd.core.process.outcome import Failed, Unknown
from mtd.core.tax.countries.cl.answers.boletas import (
    boleta_finding,
    boleta_standing,
    boleta_upload_answer,
)
from mtd.core.tax.countries.cl.answers.replies import reply_of, seed_of, token_of
from mtd.core.tax.countries.cl.certificate import Signer
from mtd.core.tax.countries.cl.xmldsig import token_request
from mtd.core.tax.issuing import Finding, Known, Submission

OK = 200
ROOT = "/recursos/v1/boleta.electronica"


async def fetch_token(
    wire: Wire, hosts: Hosts, headers: Mapping[str, str], signer: Signer
) -> str | Failed:
    """A new token: seed, signed seed, token."""
    got = await wire.request(
        "GET", f"{ROOT}.semilla", headers=headers, origin=hosts.api, safe=True, secret=True
    )
    seed = seed_of(got.body) if isinstance(got, Response) else None
    if not isinstance(got, Response) or seed is None:
        return Failed(f"semilla: {_words(got)}")
    got = await wire.request(
        "POST",
        f"{ROOT}.token",
        headers={**headers, "Content-Type": "application/xml"},
        body=token_request(seed, signer),
        origin=hosts.api,
        safe=True,
        secret=True,
    )
    if not isinstance(got, Response):
        return Failed(f"token: {_words(got)}")
    token = token_of(got.body)
    if token is not None:
        return token
    reply = reply_of(got.body)
    return Failed(f"token: {reply.state} {reply.message}" if reply else f"token: {_words(got)}")


async def upload(
    wire: Wire, hosts: Hosts, headers: Mapping[str, str], parcel: Parcel, sender: str
) -> Submission | TokenRefused:
    """Send it; what the answer does not say for certain is unknown."""
    path = f"{ROOT}.envio"
    got = await posted(wire, hosts.upload, path, headers, form(parcel, sender))
    if not isinstance(got, Response):
        return got
    return boleta_upload_answer(got.body)


async def standing(
    wire: Wire, hosts: Hosts, headers: Mapping[str, str], issuer: str, track: str
) -> Standing | Failed | TokenRefused:
    """Where the envelope stands, and what became of each document in it."""
    path = f"{ROOT}.envio/{issuer}-{track}"
    got = await wire.request("GET", path, headers=headers, origin=hosts.api, safe=True)
    if isinstance(got, Response) and got.status == 401:
        return TokenRefused()
    if not isinstance(got, Response) or got.status != OK:
        return Failed(f"envio: {_words(got)}")
    state = boleta_standing(got.body)
    if state is None:
        return Failed("envio: an answer without estado")
    return Standing(state=state, content=got.body)


async def find(
    wire: Wire, hosts: Hosts, headers: Mapping[str, str], document: Identity
) -> Finding | Failed | TokenRefused:
    """What the authority holds of one boleta."""
    number, digit = halves(document.buyer)
    year, month, day = document.day.split("-")
    query = {
        "rut_receptor": number,
        "dv_receptor": digit,
        "monto": str(document.total),
        "fechaEmision": f"{day}-{month}-{year}",
    }
    path = f"{ROOT}/{document.issuer}-{document.type_code}-{document.folio}/estado"
    got = await wire.request("GET", path, query=query, headers=headers, origin=hosts.api, safe=True)
    if isinstance(got, Response) and got.status == 401:
        return TokenRefused()
    if not isinstance(got, Response) or got.status != OK:
        return Failed(f"estado: {_words(got)}")
    finding = boleta_finding(got.body)
    return (
        Failed("estado: no codigo that is known") if finding.known is Known.CANNOT_TELL else finding
    )


def _words(got: Response | Failed | Unknown) -> str:
    return f"{got.status}" if isinstance(got, Response) else got.message
