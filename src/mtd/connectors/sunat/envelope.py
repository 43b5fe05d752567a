"""SOAP 1.1 with a UsernameToken (WS-Security 1.0), as the SUNAT's services want it."""

from collections.abc import Mapping
from html import escape

import msgspec

from mtd.connectors.sunat.settings import Options
from mtd.connectors.wire import Response, Wire
from mtd.connectors.wire.soap import ENVELOPE, MESSAGE_MAX, Element, child_text, local_name, parse
from mtd.core.process.outcome import Failed, Unknown

SERVICE = "http://service.sunat.gob.pe"
WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"


class Fault(msgspec.Struct, frozen=True):
    """The service's own no."""

    code: str
    message: str


async def call(
    wire: Wire, ruc: str, path: str, operation: str, arguments: Mapping[str, str], *, safe: bool
) -> Element | Fault | Failed | Unknown:
    """The content of the answer's body; `safe` says that the operation changes nothing.

    `ruc`: the taxpayer in whose name it is called.
    """
    headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"urn:{operation}"'}
    got = await wire.request(
        "POST",
        path,
        headers=headers,
        body=_envelope(wire, ruc, operation, arguments),
        safe=safe,
        faults_are_answers=True,
    )
    if not isinstance(got, Response):
        return got
    content = _content(got.body)
    if content is None:
        message = f"{got.status}, but the answer is not a SOAP envelope"
        return Failed(message) if safe else Unknown(message)
    if local_name(content) == "Fault":
        code, message = child_text(content, "faultcode"), child_text(content, "faultstring")
        return Fault(code, message[:MESSAGE_MAX])
    return content


def _envelope(wire: Wire, ruc: str, operation: str, arguments: Mapping[str, str]) -> bytes:
    legacy = wire.legacy
    who = legacy.options(Options).accounts.get(ruc, legacy.settings)
    user = legacy.secret(who.login) or ""
    password = legacy.secret(who.password) or ""
    fields = "".join(
        f"<{name}>{escape(value, quote=False)}</{name}>" for name, value in arguments.items()
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="{ENVELOPE}"'
        f' xmlns:ser="{SERVICE}" xmlns:wsse="{WSSE}"><soapenv:Header><wsse:Security>'
        f"<wsse:UsernameToken><wsse:Username>{escape(user, quote=False)}</wsse:Username>"
        f"<wsse:Password>{escape(password, quote=False)}</wsse:Password></wsse:UsernameToken>"
        f"</wsse:Security></soapenv:Header><soapenv:Body><ser:{operation}>{fields}"
        f"</ser:{operation}></soapenv:Body></soapenv:Envelope>"
    ).encode()


def _content(body: bytes) -> Element | None:
    envelope = parse(body)
    if envelope is None or envelope.tag != f"{{{ENVELOPE}}}Envelope":
        return None
    content = envelope.find(f"{{{ENVELOPE}}}Body")
    return content[0] if content is not None and len(content) == 1 else None
