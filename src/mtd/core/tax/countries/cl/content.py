"""The document's parts from the request: header, lines, allowances, references, in order."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from mtd.core.rut import plain_rut
from mtd.core.tax.countries.cl.amounts import MovedBy, PricedLine, Sums
from mtd.core.tax.countries.cl.formats import LENGTHS
from mtd.core.tax.countries.cl.formats.transport import since_2026
from mtd.core.tax.countries.cl.issuer import ANONYMOUS_BUYER, Issuer
from mtd.core.tax.countries.cl.latin import latin
from mtd.core.tax.countries.cl.parts import filled, group, leaf, optional
from mtd.core.tax.countries.cl.pesos import plain
from mtd.core.tax.countries.cl.profile import CHILE
from mtd.core.tax.countries.cl.references import reference_parts
from mtd.core.tax.issuing import FiscalFault, Part
from mtd.core.tax.request import (
    Buyer,
    Carriage,
    Direction,
    Dispatch,
    FiscalRequest,
    Payment,
    PaymentMeans,
    Place,
    TaxCategory,
    Transfer,
    Transport,
)

ZONE = ZoneInfo(CHILE.time_zone)
"""Fiscal days are days in Chile."""

BOLETAS = ("39", "41")
_CARRIAGE = {Carriage.BUYER: 1, Carriage.ISSUER_TO_BUYER: 2, Carriage.ISSUER_ELSEWHERE: 3}
_TRANSFER = {
    Transfer.SALE: 1,
    Transfer.SALE_TO_COME: 2,
    Transfer.CONSIGNMENT: 3,
    Transfer.FREE_DELIVERY: 4,
    Transfer.INTERNAL: 5,
    Transfer.OTHER: 6,
    Transfer.RETURN: 7,
}
_MEANS = {
    PaymentMeans.CARD: "TC",
    PaymentMeans.CASH: "EF",
    PaymentMeans.TRANSFER: "PE",
    PaymentMeans.CHEQUE: "CH",
}
SALES_AND_SERVICES = 3
"""IndServicio of a boleta (EnvioBOLETA_v11.xsd)."""


class Draft:
    """A document being composed; a text that had to be cut leaves a warning."""

    def __init__(self, type_code: str, request: FiscalRequest, issuer: Issuer, day: date) -> None:
        self.type_code = type_code
        self.request = request
        self.issuer = issuer
        self.day = day
        self.lengths = LENGTHS[type_code]
        self.warnings: list[FiscalFault] = []

    def text(self, tag: str, text: str, line: int | None = None) -> Part | None:
        """A text in ISO-8859-1 within its length; None when it is empty."""
        fitting = latin(text)
        length = self.lengths[tag]
        if len(fitting) > length:
            self.warnings.append(FiscalFault(tag, f"was cut to {length} characters", line))
            fitting = fitting[:length].rstrip()
        return optional(tag, fitting)


def content(
    draft: Draft, lines: Sequence[PricedLine], sums: Sums, *, gross: bool, rate: Decimal
) -> tuple[Part, ...]:
    """All parts up to the references, without folio; `gross` when an invoice's prices hold tax."""
    request = draft.request
    references = reference_parts(request, draft.day, draft.lengths)
    return (
        group(
            "Encabezado",
            (
                _document(draft, sums, gross=gross),
                _issuer(draft),
                _buyer(draft, request.buyer),
                _transport(draft, request.dispatch),
                _totals(draft.type_code, sums, rate),
            ),
        ),
        *(_line(draft, number, line) for number, line in enumerate(lines, start=1)),
        *(_allowance(draft, number, move) for number, move in enumerate(sums.moves, start=1)),
        *references,
    )


def _document(draft: Draft, sums: Sums, *, gross: bool) -> Part:
    head = (leaf("TipoDTE", draft.type_code), leaf("FchEmis", draft.day.isoformat()))
    if draft.type_code in BOLETAS:
        return group("IdDoc", (*head, leaf("IndServicio", SALES_AND_SERVICES)))
    dispatch = draft.request.dispatch
    carriage = dispatch.carriage if dispatch else None
    transfer = dispatch.transfer if dispatch and draft.type_code == "52" else None
    parts = (
        *head,
        optional("TipoDespacho", _CARRIAGE[carriage] if carriage else None),
        optional("IndTraslado", _TRANSFER[transfer] if transfer else None),
        optional("MntBruto", 1 if gross else None),
    )
    paid = _payment_parts(draft, sums) if draft.type_code in ("33", "34") else ()
    return group("IdDoc", (*parts, *paid))


def _payment_parts(draft: Draft, sums: Sums) -> Iterator[Part | None]:
    """FmaPago is owed by 33 and 34, and absent it would mean credit (v2.2 p. 3, 2017-05-31)."""
    payments = draft.request.payments
    due = [payment.due_on for payment in payments if payment.due_on]
    credit = any(day > draft.day for day in due) or not payments
    yield leaf("FmaPago", 3 if not sums.total else 2 if credit else 1)
    yield optional("MedioPago", _means(payments))
    yield optional("FchVenc", max(due).isoformat() if due and sums.total else None)


def _means(payments: Iterable[Payment]) -> str:
    """One code for all: `OT` when they differ or the format has none (field 23)."""
    codes = {_MEANS.get(payment.means, "OT") for payment in payments}
    return codes.pop() if len(codes) == 1 else "OT" if codes else ""


def _issuer(draft: Draft) -> Part:
    issuer = draft.issuer
    branch = optional("CdgSIISucur", issuer.branch_code)
    place = _place(draft, issuer.place, "Origen")
    rut = leaf("RUTEmisor", plain_rut(issuer.rut) or issuer.rut)
    if draft.type_code in BOLETAS:
        name = draft.text("RznSocEmisor", issuer.name)
        business = draft.text("GiroEmisor", issuer.business_line)
        return group("Emisor", (rut, name, business, branch, *place))
    return group(
        "Emisor",
        (
            rut,
            draft.text("RznSoc", issuer.name),
            draft.text("GiroEmis", issuer.business_line),
            *(draft.text("Telefono", telephone) for telephone in issuer.telephones),
            draft.text("CorreoEmisor", issuer.email),
            *(leaf("Acteco", activity) for activity in issuer.activities),
            draft.text("Sucursal", issuer.branch_name),
            branch,
            *place,
        ),
    )


def _buyer(draft: Draft, buyer: Buyer | None) -> Part:
    if buyer is None:
        anonymous = draft.type_code in BOLETAS
        return group("Receptor", (optional("RUTRecep", ANONYMOUS_BUYER if anonymous else None),))
    invoice = draft.type_code not in BOLETAS
    return group(
        "Receptor",
        (
            optional("RUTRecep", plain_rut(buyer.tax_id) or latin(buyer.tax_id)),
            draft.text("RznSocRecep", buyer.name),
            draft.text("GiroRecep", buyer.business_line) if invoice else None,
            draft.text("Contacto", buyer.contact),
            draft.text("CorreoRecep", buyer.email) if invoice else None,
            *_place(draft, buyer.place, "Recep"),
        ),
    )


def _place(draft: Draft, place: Place, of: str) -> tuple[Part | None, ...]:
    return (
        draft.text(f"Dir{of}", place.street),
        draft.text(f"Cmna{of}", place.district),
        draft.text(f"Ciudad{of}", place.city),
    )


def _transport(draft: Draft, dispatch: Dispatch | None) -> Part | None:
    if dispatch is None or draft.type_code not in ("33", "34", "52"):
        return None
    given = dispatch.transport
    new = draft.type_code == "52" and since_2026(draft.day)
    driver = (_rut("RUTChofer", given.driver_tax_id), draft.text("NombreChofer", given.driver_name))
    return filled(
        "Transporte",
        (
            optional("Patente", latin(given.vehicle_plate)),
            optional("PatenteCarro", latin(given.trailer_plate)) if new else None,
            _rut("RUTTrans", given.carrier_tax_id),
            filled("Chofer", driver),
            *_place(draft, given.destination, "Dest"),
            *(_journey(given) if new else ()),
        ),
    )


def _journey(given: Transport) -> Iterator[Part | None]:
    departs = given.departs_at.astimezone(ZONE) if given.departs_at else None
    yield optional("FchSalida", departs.date().isoformat() if departs else None)
    yield optional("HraSalida", departs.strftime("%H:%M:%S") if departs else None)
    yield optional("FchLlegada", given.arrives_on.isoformat() if given.arrives_on else None)


def _rut(tag: str, text: str) -> Part | None:
    return optional(tag, plain_rut(text) or latin(text))


def _totals(type_code: str, sums: Sums, rate: Decimal) -> Part:
    taxed = type_code not in ("34", "41") and (sums.net or sums.tax)
    boleta = type_code in BOLETAS
    return group(
        "Totales",
        (
            leaf("MntNeto", sums.net) if taxed else None,
            leaf("MntExe", sums.exempt) if sums.exempt or type_code in ("34", "41") else None,
            leaf("TasaIVA", plain(rate)) if taxed and not boleta else None,
            leaf("IVA", sums.tax) if taxed else None,
            leaf("MntTotal", sums.total),
        ),
    )


def _line(draft: Draft, number: int, line: PricedLine) -> Part:
    given = line.request
    name = latin(given.description)
    # What does not fit in the name goes on in the description: nothing is lost.
    detail = latin(given.detail) if given.detail else ""
    if len(name) > draft.lengths["NmbItem"]:
        detail = f"{name} {detail}".rstrip()
        name = name[: draft.lengths["NmbItem"]].rstrip()
    percents = {
        direction: [a.percent for a in given.allowances if a.direction is direction]
        for direction in Direction
    }
    exempt = given.category is TaxCategory.EXEMPT and draft.type_code != "34"
    return group(
        "Detalle",
        (
            leaf("NroLinDet", number),
            *(_code(draft, number, code.scheme, code.code) for code in given.codes),
            leaf("IndExe", 1) if exempt else None,
            optional("NmbItem", name),
            draft.text("DscItem", detail, number),
            leaf("QtyItem", plain(given.quantity)),
            draft.text("UnmdItem", given.unit, number),
            leaf("PrcItem", plain(line.price)) if line.price else None,
            *_moved(percents[Direction.DISCOUNT], line.discount, "Descuento"),
            *_moved(percents[Direction.SURCHARGE], line.surcharge, "Recargo"),
            leaf("MontoItem", line.amount),
        ),
    )


def _code(draft: Draft, number: int, scheme: str, code: str) -> Part:
    parts = (draft.text("TpoCodigo", scheme, number), optional("VlrCodigo", latin(code)))
    return group("CdgItem", parts)


def _moved(percents: Sequence[Decimal | None], pesos: int, of: str) -> Iterator[Part | None]:
    """A percentage is told when it is the only one; its amount always (fields b29 to b34)."""
    alone = percents[0] if len(percents) == 1 and pesos else None
    yield optional(f"{of}Pct", plain(alone) if alone is not None else None)
    yield optional(f"{of}Monto", pesos or None)


def _allowance(draft: Draft, number: int, move: MovedBy) -> Part:
    percent = move.percent
    return group(
        "DscRcgGlobal",
        (
            leaf("NroLinDR", number),
            leaf("TpoMov", "D" if move.direction is Direction.DISCOUNT else "R"),
            draft.text("GlosaDR", move.reason, number),
            leaf("TpoValor", "$" if percent is None else "%"),
            leaf("ValorDR", move.amount if percent is None else plain(percent)),
            leaf("IndExeDR", 1) if move.category is TaxCategory.EXEMPT else None,
        ),
    )
