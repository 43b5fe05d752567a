"""What comes in: a SOAP envelope with a UsernameToken, and a zip with one XML file."""

import binascii
import io
import zipfile
from base64 import b64decode

import msgspec
from lxml import etree

from mtd.simulators.soap import ENVELOPE
from mtd.simulators.sunat.filed import Refusal
from mtd.simulators.system import Malformed

WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
XML_MAX_BYTES = 2_000_000
"""Of the file in the zip: what unpacks to more is refused before it is unpacked."""


class Request(msgspec.Struct, frozen=True):
    """One call: who asks, for what, with which arguments."""

    operation: str
    values: dict[str, str]
    user: str
    password: str


def read_request(body: bytes) -> Request:
    """The operation, its arguments and the header's UsernameToken; raises Malformed."""
    if b"<!" in body or b"\0" in body:
        raise Malformed(400, "no DOCTYPE, comment or CDATA is read here")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_pis=True)
    try:
        envelope = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise Malformed(400, f"not XML: {error}") from error
    content = envelope.find(f"{{{ENVELOPE}}}Body")
    if envelope.tag != f"{{{ENVELOPE}}}Envelope" or content is None or len(content) != 1:
        raise Malformed(400, "not a SOAP 1.1 envelope with one operation")
    token = f"{{{ENVELOPE}}}Header/{{{WSSE}}}Security/{{{WSSE}}}UsernameToken/{{{WSSE}}}"
    called = content[0]
    return Request(
        operation=_local(str(called.tag)),
        values={_local(str(each.tag)): each.text or "" for each in called},
        user=envelope.findtext(f"{token}Username", ""),
        password=envelope.findtext(f"{token}Password", ""),
    )


def unzipped(text: str, name: str) -> bytes:
    """The one file of the zip, which bears the zip's own name; raises Refusal."""
    try:
        packed = b64decode("".join(text.split()), validate=True)
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            files = [each for each in archive.infolist() if not each.is_dir()]
            if not files:
                raise Refusal("0157")
            if len(files) > 1:
                raise Refusal("0158")
            if files[0].filename != f"{name}.xml":
                raise Refusal("0161", files[0].filename)
            if files[0].file_size > XML_MAX_BYTES:
                raise Refusal("0305", f"larger than {XML_MAX_BYTES} bytes")
            return archive.read(files[0])
    except (binascii.Error, zipfile.BadZipFile, zipfile.LargeZipFile, ValueError) as error:
        raise Refusal("0155" if not text.strip() else "0156") from error


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
