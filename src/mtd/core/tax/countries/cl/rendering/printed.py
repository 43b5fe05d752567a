"""What is printed of a signed document, in the words and figures that people read."""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from msgspec import Struct

from mtd.core.tax.countries.cl.formats.boleta import LINES_MAX
from mtd.core.tax.countries.cl.issuer import ANONYMOUS_BUYER, Issuer
from mtd.core.tax.countries.cl.parts import inside, named, value
from mtd.core.tax.countries.cl.profile import CHILE
from mtd.core.tax.countries.cl.verifying.filing import filed
from mtd.core.tax.country import document_type
from mtd.core.tax.issuing import Part
from mtd.core.tax.markup import Unreadable

BOLETAS = ("39", "41")
_MONTHS = (
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
).split()
_TERMS = {"1": "Contado", "2": "Crédito", "3": "Sin costo (entrega gratuita)"}
_MEANS = {
    "CH": "Cheque",
    "CF": "Cheque a fecha",
    "LT": "Letra",
    "EF": "Efectivo",
    "PE": "Transferencia",
    "TC": "Tarjeta",
    "OT": "Otro",
}
_TRANSFERS = {
    "1": "Operación constituye venta",
    "2": "Venta por efectuar",
    "3": "Consignación",
    "4": "Entrega gratuita",
    "5": "Traslado interno",
    "6": "Otro traslado que no es venta",
    "7": "Guía de devolución",
    "8": "Traslado para exportación",
    "9": "Venta para exportación",
}
_CARRIAGE = {
    "1": "Por cuenta del receptor",
    "2": "Por cuenta del emisor",
    "3": "Por cuenta del emisor",
}
_REFERRED = {
    "30": "Factura",
    "35": "Boleta",
    "46": "Factura de compra electrónica",
    "50": "Guía de despacho",
    "801": "Orden de compra",
    "802": "Nota de pedido",
    "803": "Contrato",
    "HES": "Hoja de entrada de servicio",
}
_CORRECTS = {"1": "Anula el documento", "2": "Corrige texto", "3": "Corrige montos"}

Row = tuple[str, str]
"""A label and what stands beside it."""


class Item(Struct, frozen=True):
    """One line of the detail."""

    code: str
    name: str
    detail: str
    quantity: str
    unit: str
    price: str
    moved: str
    """Discount or surcharge, with its sign."""
    amount: str
    exempt: bool


class Look(Struct, frozen=True, kw_only=True):
    """What is printed that the document itself does not say."""

    sii_office: str
    resolution_number: int
    resolution_year: int
    stamp: bool = True
    """On boletas the printed stamp is optional since 2026-01-01 (Res. Ex. 207/2025)."""
    transferable: bool = False
    """The copy that may be ceded, with the receipt of goods (Law 19.983)."""


class Printed(Struct, frozen=True, kw_only=True):
    """A document ready to be laid out."""

    type_code: str
    title: str
    number: str
    issuer_rut: str
    issuer: tuple[str, ...]
    """Name first, then a line each."""
    day: str
    facts: tuple[Row, ...]
    references: tuple[str, ...]
    items: tuple[Item, ...]
    moves: tuple[Row, ...]
    totals: tuple[Row, ...]
    """The last is what is to be paid."""
    stamp: bytes
    """The whole TED in ISO-8859-1, as the barcode holds it."""


def look_of(issuer: Issuer, *, transferable: bool = False) -> Look:
    """The look of an issuer's documents."""
    return Look(
        sii_office=issuer.sii_office,
        resolution_number=issuer.resolution_number,
        resolution_year=issuer.resolution_date.year,
        transferable=transferable,
    )


def printed(content: bytes) -> Printed | Unreadable:
    """A signed DTE's bytes as they are laid out; nothing is computed anew."""
    file = filed(content)
    if isinstance(file, Unreadable):
        return file
    document = file.documents[0]
    parts = document.parts
    code = document.type_code
    kind = document_type(CHILE, code)
    header = inside(parts, "Encabezado")
    ted = _TED.search(document.source.decode())
    day = document.day
    return Printed(
        type_code=code,
        title=(kind.name if kind else f"Documento {code}").upper(),
        number=document.folio,
        issuer_rut=dotted(document.issuer),
        issuer=tuple(filter(None, _issuer(inside(header, "Emisor")))),
        day=_spoken(day) if day else "",
        facts=tuple(row for row in _facts(code, header) if row[1]),
        references=tuple(_references(parts)),
        items=tuple(_item(line.parts) for line in named(parts, "Detalle")[:LINES_MAX]),
        moves=tuple(_moves(parts)),
        totals=tuple(_totals(code, inside(header, "Totales"))),
        stamp=ted[0].encode("iso-8859-1", "replace") if ted else b"",
    )


def dotted(rut: str) -> str:
    """`76.111.111-6`."""
    number, _, digit = rut.partition("-")
    return f"{grouped(number)}-{digit}" if number.isdecimal() else rut


def grouped(number: str) -> str:
    """A figure as Chile writes it: points between thousands, a comma before decimals."""
    whole, _, decimals = number.strip().partition(".")
    sign = "-" if whole.startswith("-") else ""
    digits = whole.removeprefix("-")
    if not digits.isdecimal():
        return number
    return f"{sign}{int(digits):,}".replace(",", ".") + (f",{decimals}" if decimals else "")


_TED = re.compile(r"<TED\b.*</TED>", re.DOTALL)


def _spoken(day: date) -> str:
    return f"{day.day} de {_MONTHS[day.month - 1]} de {day.year}"


def _issuer(emitter: Sequence[Part]) -> Iterator[str]:
    yield value(emitter, "RznSoc") or value(emitter, "RznSocEmisor")
    yield value(emitter, "GiroEmis") or value(emitter, "GiroEmisor")
    place = (value(emitter, tag) for tag in ("DirOrigen", "CmnaOrigen", "CiudadOrigen"))
    yield ", ".join(filter(None, place))
    yield " · ".join(part.text for part in emitter if part.name in ("Telefono", "CorreoEmisor"))


def _facts(code: str, header: Sequence[Part]) -> Iterator[Row]:
    buyer, document = inside(header, "Receptor"), inside(header, "IdDoc")
    rut = value(buyer, "RUTRecep")
    if rut != ANONYMOUS_BUYER:
        yield "Señor(es)", value(buyer, "RznSocRecep")
        yield "R.U.T.", dotted(rut)
    yield "Giro", value(buyer, "GiroRecep")
    yield "Dirección", value(buyer, "DirRecep")
    yield "Comuna", value(buyer, "CmnaRecep")
    yield "Ciudad", value(buyer, "CiudadRecep")
    yield "Contacto", value(buyer, "Contacto")
    if code not in BOLETAS:
        yield "Condición", _TERMS.get(value(document, "FmaPago"), "")
        yield "Medio de pago", _MEANS.get(value(document, "MedioPago"), "")
        yield "Vencimiento", _short(value(document, "FchVenc"))
    yield "Traslado", _TRANSFERS.get(value(document, "IndTraslado"), "")
    yield "Despacho", _CARRIAGE.get(value(document, "TipoDespacho"), "")
    yield from _transport(inside(header, "Transporte"))


def _transport(transport: Sequence[Part]) -> Iterator[Row]:
    plates = (value(transport, tag) for tag in ("Patente", "PatenteCarro"))
    yield "Patente", " / ".join(filter(None, plates))
    yield "Transportista", dotted(value(transport, "RUTTrans"))
    driver = (
        value(transport, "Chofer", "NombreChofer"),
        dotted(value(transport, "Chofer", "RUTChofer")),
    )
    yield "Chofer", ", ".join(filter(None, driver))
    place = (value(transport, tag) for tag in ("DirDest", "CmnaDest", "CiudadDest"))
    yield "Destino", ", ".join(filter(None, place))
    yield (
        "Salida",
        " ".join(
            (_short(value(transport, "FchSalida")), value(transport, "HraSalida")[:5])
        ).strip(),
    )
    yield "Llegada", _short(value(transport, "FchLlegada"))


def _short(day: str) -> str:
    year, _, rest = day.partition("-")
    month, _, number = rest.partition("-")
    return f"{number}-{month}-{year}" if number else day


def _references(parts: Sequence[Part]) -> Iterator[str]:
    for reference in named(parts, "Referencia"):
        code = value(reference.parts, "TpoDocRef")
        kind = document_type(CHILE, code)
        name = kind.name if kind else _REFERRED.get(code, f"Documento {code}" if code else "")
        number = value(reference.parts, "FolioRef")
        said = (
            " ".join(filter(None, (name, f"N° {number}" if number else ""))),
            _short(value(reference.parts, "FchRef")),
            _CORRECTS.get(value(reference.parts, "CodRef"), ""),
            value(reference.parts, "RazonRef"),
        )
        yield " · ".join(filter(None, said))


def _item(line: Sequence[Part]) -> Item:
    discount, surcharge = value(line, "DescuentoMonto"), value(line, "RecargoMonto")
    moved = f"-{grouped(discount)}" if discount else f"+{grouped(surcharge)}" if surcharge else ""
    return Item(
        code=value(line, "CdgItem", "VlrCodigo"),
        name=value(line, "NmbItem"),
        detail=value(line, "DscItem"),
        quantity=grouped(value(line, "QtyItem")),
        unit=value(line, "UnmdItem"),
        price=grouped(value(line, "PrcItem")),
        moved=moved,
        amount=grouped(value(line, "MontoItem")),
        exempt=value(line, "IndExe") == "1",
    )


def _moves(parts: Sequence[Part]) -> Iterator[Row]:
    for move in named(parts, "DscRcgGlobal"):
        discount = value(move.parts, "TpoMov") == "D"
        name = value(move.parts, "GlosaDR") or ("Descuento" if discount else "Recargo")
        percent = value(move.parts, "TpoValor") == "%"
        figure = grouped(value(move.parts, "ValorDR"))
        sign = "-" if discount else "+"
        exempt = " (exento)" if value(move.parts, "IndExeDR") == "1" else ""
        yield f"{name}{exempt}", f"{sign}{figure} %" if percent else f"{sign}$ {figure}"


def _totals(code: str, totals: Sequence[Part]) -> Iterator[Row]:
    rate = grouped(value(totals, "TasaIVA")) or "19"
    rows = (
        ("Monto neto", "MntNeto"),
        ("Monto exento", "MntExe"),
        (f"IVA {rate} %", "IVA"),
        ("Monto no facturable", "MontoNF"),
    )
    told = "El IVA incluido en esta boleta es de" if code in BOLETAS else ""
    for label, tag in rows:
        if amount := value(totals, tag):
            yield (told if told and tag == "IVA" else label), f"$ {grouped(amount)}"
    yield "TOTAL", f"$ {grouped(value(totals, 'MntTotal'))}"
