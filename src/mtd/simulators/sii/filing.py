"""What was uploaded: the form, the envelope in it, its cover and its documents cut out."""

import re
from collections.abc import Mapping

import msgspec

from mtd.simulators.sii.sealed import Element, Unreadable, parsed

SII = "http://www.sii.cl/SiiDte"
DOCUMENTS_MAX = 2_000
FIELDS_MAX = 20
_BOUNDARY = re.compile(r'boundary="?([^";]{1,100})"?')
_NAME = re.compile(rb'[;\s]name="([^"]{1,100})"')
_FILE = re.compile(rb'filename="([^"]{0,200})"')
_DECLARED = re.compile(rb"\A<\?xml[^>]{0,100}encoding\s*=\s*[\"']([A-Za-z0-9-]{1,20})[\"']")
_DTE = re.compile(rb"<DTE[\s>].*?</DTE>", re.DOTALL)


class BadFiling(Exception):
    """An envelope that cannot be read; the message says why."""


class Form(msgspec.Struct, frozen=True):
    """A multipart form (RFC 7578): its fields, and its one file."""

    fields: dict[str, str]
    file_name: str
    content: bytes


class Paper(msgspec.Struct, frozen=True, kw_only=True):
    """One document as it stands in its envelope."""

    content: bytes
    """Its bytes, cut out."""
    issuer: str
    code: str
    folio: int
    buyer: str
    day: str
    """ISO 8601."""
    total: int

    @property
    def identity(self) -> tuple[str, str, int]:
        """No two documents share it."""
        return self.issuer, self.code, self.folio


class Filing(msgspec.Struct, frozen=True, kw_only=True):
    """An envelope as it was uploaded."""

    root: Element
    is_boletas: bool
    cover: dict[str, str]
    counted: dict[str, int]
    """Documents of each type, as the cover counts them."""
    papers: tuple[Paper, ...]


def read_form(headers: Mapping[str, str], body: bytes) -> Form | None:
    """The form; None when the request holds none with a file."""
    boundary = _BOUNDARY.search(headers.get("Content-Type", ""))
    if boundary is None:
        return None
    fields: dict[str, str] = {}
    file: tuple[str, bytes] | None = None
    for part in body.split(b"--" + boundary[1].encode())[1 : FIELDS_MAX + 1]:
        head, blank, content = part.partition(b"\r\n\r\n")
        name = _NAME.search(head)
        if not blank or name is None:
            continue
        content = content.removesuffix(b"\r\n")
        filed = _FILE.search(head)
        if filed is None:
            fields[name[1].decode("latin-1")] = content.decode("latin-1")
        else:
            file = (filed[1].decode("latin-1"), content)
    return None if file is None else Form(fields, *file)


def read_filing(content: bytes) -> Filing:
    """The envelope; raises BadFiling."""
    declared = _DECLARED.match(content)
    if declared is None or declared[1].upper() != b"ISO-8859-1":
        raise BadFiling("ENV-3-0: la codificacion no es ISO-8859-1")
    try:
        root = parsed(content)
    except Unreadable as error:
        raise BadFiling(str(error)) from error
    if root.tag not in (f"{{{SII}}}EnvioDTE", f"{{{SII}}}EnvioBOLETA"):
        raise BadFiling(f"{str(root.tag)[:60]} no es un envio")
    body = root.find(_q("SetDTE"))
    cover = root.find(f"{_q('SetDTE')}/{_q('Caratula')}")
    if body is None or cover is None:
        raise BadFiling("sin SetDTE o sin Caratula")
    cut = [found[0] for found in _DTE.finditer(content)]
    if not 0 < len(cut) <= DOCUMENTS_MAX or len(cut) != len(body.findall(_q("DTE"))):
        raise BadFiling(f"{len(cut)} documentos no se pueden leer")
    return Filing(
        root=root,
        is_boletas=str(root.tag).endswith("EnvioBOLETA"),
        cover={_local(each): (each.text or "").strip() for each in cover if len(each) == 0},
        counted={
            text(each, "TpoDTE"): number(text(each, "NroDTE"))
            for each in cover.findall(_q("SubTotDTE"))
        },
        papers=tuple(map(_paper, body.findall(_q("DTE")), cut)),
    )


def text(element: Element | None, *path: str) -> str:
    """The text at a path of local names below `element`; empty without one."""
    found = None if element is None else element.find("/".join(map(_q, path)))
    return "" if found is None else (found.text or "").strip()


def number(written: str) -> int:
    """A whole number; -1 when it is none."""
    return int(written) if re.fullmatch(r"[0-9]{1,18}", written) else -1


def _paper(dte: Element, content: bytes) -> Paper:
    document = dte.find(_q("Documento"))
    header = ("Encabezado", "Totales", "MntTotal")
    return Paper(
        content=content,
        issuer=text(document, "Encabezado", "Emisor", "RUTEmisor"),
        code=text(document, "Encabezado", "IdDoc", "TipoDTE"),
        folio=number(text(document, "Encabezado", "IdDoc", "Folio")),
        buyer=text(document, "Encabezado", "Receptor", "RUTRecep"),
        day=text(document, "Encabezado", "IdDoc", "FchEmis"),
        total=number(text(document, *header)),
    )


def _q(name: str) -> str:
    return f"{{{SII}}}{name}"


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
