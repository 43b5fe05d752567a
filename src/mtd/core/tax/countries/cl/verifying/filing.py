"""The file taken apart: its envelope, and each document as a document of its own."""

from collections.abc import Iterator
from datetime import date, datetime

from lxml import etree
from msgspec import Struct

from mtd.core.rut import plain_rut
from mtd.core.tax.countries.cl.formats.fields import DAY_MAX, DAY_MIN
from mtd.core.tax.countries.cl.parts import value
from mtd.core.tax.countries.cl.xml import SII
from mtd.core.tax.issuing import Part
from mtd.core.tax.locating import spans
from mtd.core.tax.markup import Element, Unreadable, read

ENVELOPES = ("EnvioDTE", "EnvioBOLETA")
BOLETAS = ("39", "41")
BODIES = ("Documento", "Liquidacion", "Exportaciones")
DOCUMENTS_MAX = 2_000
"""EnvioDTE_v10.xsd."""

_AFTER_THE_PARTS = ("TED", "TmstFirma")


class Document(Struct, frozen=True, kw_only=True):
    """One DTE, standing by itself."""

    source: bytes
    """UTF-8, from `<DTE` to `</DTE>`, as it stands in the file."""
    root: Element
    body: Element
    """`Documento`, or what stands in its place."""
    parts: tuple[Part, ...]
    type_code: str
    folio: str
    issuer: str

    @property
    def subject(self) -> str:
        """What the table calls it."""
        return f"{self.type_code or '?'}/{self.folio or '?'} of {self.issuer or '?'}"

    @property
    def day(self) -> date | None:
        """The day of issue, if it is one."""
        return _day(value(self.parts, "Encabezado", "IdDoc", "FchEmis"))

    @property
    def signed_at(self) -> datetime | None:
        """`TmstFirma`: local time in Chile, without offset."""
        return _moment(child_text(self.body, "TmstFirma"))


class File(Struct, frozen=True, kw_only=True):
    """What a file holds."""

    root: Element
    envelope: str | None
    """Its name, when it is one."""
    documents: tuple[Document, ...]
    encoding: str

    @property
    def signed_at(self) -> datetime | None:
        """`TmstFirmaEnv` of an envelope."""
        cover = first(first(self.root, "SetDTE"), "Caratula")
        return _moment(child_text(cover, "TmstFirmaEnv"))

    @property
    def sender(self) -> str:
        """`RutEnvia` of an envelope: whose certificate signs it."""
        return child_text(first(first(self.root, "SetDTE"), "Caratula"), "RutEnvia").upper()


def filed(content: bytes) -> File | Unreadable:
    """The file's envelope and documents, or why it has none that can be read."""
    found = read(content)
    if isinstance(found, Unreadable):
        return found
    name = local(found.root)
    if name not in ("DTE", *ENVELOPES):
        return Unreadable(f"is a {name[:40]}, neither DTE, EnvioDTE nor EnvioBOLETA")
    envelope = name if name in ENVELOPES else None
    source = found.source
    path = (name, "SetDTE", "DTE") if envelope else (name,)
    places = spans(source, path)
    if not 0 < len(places) <= DOCUMENTS_MAX:
        return Unreadable(f"holds {len(places)} documents, not 1 to {DOCUMENTS_MAX:,}")
    standing = (source[slice(*place)] for place in places)
    documents = [_document(namespaced(each) if envelope else each) for each in standing]
    for document in documents:
        if isinstance(document, Unreadable):
            return document
    return File(
        root=found.root,
        envelope=envelope,
        documents=tuple(d for d in documents if isinstance(d, Document)),
        encoding=found.encoding,
    )


def local(element: Element) -> str:
    """The element's name without its namespace; empty of comments and instructions."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def children(element: Element | None, name: str) -> Iterator[Element]:
    """The children of that local name."""
    return iter(()) if element is None else (each for each in element if local(each) == name)


def first(element: Element | None, name: str) -> Element | None:
    """The first child of that local name."""
    return next(children(element, name), None)


def child_text(element: Element | None, name: str) -> str:
    """The text of the first child of that local name; empty when there is none."""
    child = first(element, name)
    return "" if child is None else _content(child).strip()


def namespaced(source: bytes) -> bytes:
    """A document taken out of its envelope: the default namespace, and no other, is in scope."""
    head, rest = source.split(b">", 1)
    if b"xmlns=" in head:
        return source
    return head.replace(b"<DTE", f'<DTE xmlns="{SII}"'.encode(), 1) + b">" + rest


def _document(source: bytes) -> Document | Unreadable:
    found = read(source)
    if isinstance(found, Unreadable):
        return Unreadable(f"holds a document that cannot stand by itself: it {found.reason}")
    bodies = [element for element in found.root if local(element) in BODIES]
    if len(bodies) != 1:
        return Unreadable(f"holds a DTE with {len(bodies)} bodies (Documento)")
    parts = tuple(_parts(bodies[0]))
    header = ("Encabezado", "IdDoc")
    return Document(
        source=source,
        root=found.root,
        body=bodies[0],
        parts=tuple(part for part in parts if part.name not in _AFTER_THE_PARTS),
        type_code=value(parts, *header, "TipoDTE")[:3],
        folio=value(parts, *header, "Folio")[:10],
        issuer=plain_rut(value(parts, "Encabezado", "Emisor", "RUTEmisor")) or "",
    )


def _parts(element: Element) -> Iterator[Part]:
    for child in element:
        if name := local(child):
            inner = tuple(_parts(child))
            yield Part(name, "" if inner else _content(child), inner)


def _content(element: Element) -> str:
    """An element's own text, also where comments stand in between: they are not signed."""
    return (element.text or "") + "".join(each.tail or "" for each in element)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _moment(text: str) -> datetime | None:
    """The moment, if it is one of those years that dates of the format are of."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if DAY_MIN <= moment.date() <= DAY_MAX else None
