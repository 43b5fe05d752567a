"""How a connector speaks SOAP 1.1 to a legacy system, whose answers are not trusted."""

from collections.abc import Mapping
from html import escape

import msgspec
from lxml import etree

from mtd.connectors.wire.wire import Response, Wire
from mtd.core.process.outcome import Failed, Unknown

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
MESSAGE_MAX = 500
NODES_MAX = 2_000_000

Element = etree._Element  # pyright: ignore[reportPrivateUsage] lxml has no public name for it


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a service is beside the legacy's base URL, and how it wants to be addressed."""

    path: str = ""
    origin: str | None = None
    headers: Mapping[str, str] = {}
    qualified: bool = True
    """Whether arguments stand in the operation's namespace; RPC/literal wants them in none."""
    secret: bool = False
    """The answer is itself a secret, and no part of it is kept."""


HERE = Place()


async def call(
    wire: Wire,
    namespace: str,
    operation: str,
    arguments: Mapping[str, str],
    *,
    safe: bool = False,
    place: Place = HERE,
) -> Element | Failed | Unknown:
    """The content of the answer's body; a fault of the client's certainly had no effect.

    `safe` says that the operation changes nothing: then nothing is ever Unknown.
    """
    headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{operation}"'}
    body = _envelope(namespace, operation, arguments, "q:" if place.qualified else "")
    got = await wire.request(
        "POST",
        place.path,
        headers={**headers, **place.headers},
        body=body,
        safe=safe,
        origin=place.origin,
        secret=place.secret,
    )
    if not isinstance(got, Response):
        return got
    content = _content(got.body)
    if content is None:
        message = f"{got.status}, but the answer is not a SOAP envelope"
        return Failed(message) if safe or got.status >= 400 else Unknown(message)
    if local_name(content) == "Fault":
        return Failed(f"{got.status}: {child_text(content, 'faultstring')[:MESSAGE_MAX]}")
    if got.status >= 400:
        return Failed(f"{got.status}: refused")
    return content


def parse(text: bytes) -> Element | None:
    """The root of a trusted-by-nobody XML text: no DOCTYPE, entity or network; None if bad."""
    if b"<!DOCTYPE" in text or text.count(b"<") > NODES_MAX:
        return None
    try:
        return etree.fromstring(text, _parser())
    except etree.XMLSyntaxError:
        return None


def local_name(element: Element) -> str:
    """The element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def child_text(element: Element, name: str) -> str:
    """The text of the first child of this local name, in any namespace; empty without one."""
    for child in element:
        if local_name(child) == name:
            return (child.text or "").strip()
    return ""


def _envelope(namespace: str, operation: str, arguments: Mapping[str, str], prefix: str) -> bytes:
    fields = "".join(
        f"<{prefix}{name}>{escape(value, quote=False)}</{prefix}{name}>"
        for name, value in arguments.items()
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="{ENVELOPE}"'
        f' xmlns:q="{escape(namespace)}"><soapenv:Body><q:{operation}>{fields}</q:{operation}>'
        "</soapenv:Body></soapenv:Envelope>"
    ).encode()


def _content(body: bytes) -> Element | None:
    envelope = parse(body)
    if envelope is None or envelope.tag != f"{{{ENVELOPE}}}Envelope":
        return None
    content = envelope.find(f"{{{ENVELOPE}}}Body")
    return content[0] if content is not None and len(content) == 1 else None


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
