"""SOAP as the simulated systems read and write it: one operation in, one answer out."""

from html import escape

from lxml import etree

from mtd.simulators.ledger import Outcome
from mtd.simulators.system import Malformed, Reply

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
XML = "text/xml; charset=utf-8"
_PARSER = etree.XMLParser(
    encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, remove_pis=True
)


def read_call(body: bytes) -> tuple[str, dict[str, str]]:
    """The operation's name and its arguments by local name; raises Malformed with 400."""
    if b"<!" in body or b"\0" in body:
        raise Malformed(400, "no DOCTYPE, comment or CDATA is read here")
    try:
        envelope = etree.fromstring(body, _PARSER)
    except etree.XMLSyntaxError as error:
        raise Malformed(400, f"not XML: {error}") from error
    content = envelope.find(f"{{{ENVELOPE}}}Body")
    if envelope.tag != f"{{{ENVELOPE}}}Envelope" or content is None or len(content) != 1:
        raise Malformed(400, "not a SOAP 1.1 envelope with one operation")
    return _local(content[0]), {_local(each): each.text or "" for each in content[0]}


def answer(namespace: str, element: str, content: str) -> bytes:
    """An envelope with `<element>` of `namespace` around `content`, which is XML already."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="{ENVELOPE}">'
        f'<soapenv:Body><{element} xmlns="{namespace}">{content}</{element}>'
        "</soapenv:Body></soapenv:Envelope>"
    ).encode()


def fault(malformed: Malformed) -> Reply:
    """A SOAP fault (SOAP 1.1 §4.4): the client's fault, HTTP status as given."""
    content = f"<faultcode>soapenv:Client</faultcode><faultstring>{escape(malformed.message)}"
    body = (
        f'<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="{ENVELOPE}">'
        f"<soapenv:Body><soapenv:Fault>{content}</faultstring></soapenv:Fault>"
        "</soapenv:Body></soapenv:Envelope>"
    ).encode()
    return Reply(status=malformed.status, body=body, content_type=XML, outcome=Outcome.MALFORMED)


def _local(element: etree._Element) -> str:  # pyright: ignore[reportPrivateUsage] no public name
    return str(element.tag).rpartition("}")[2]
