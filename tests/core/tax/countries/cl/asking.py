"""Requests and an issuer that the tests of Chile's documents begin with."""

from datetime import UTC, date, datetime
from decimal import Decimal

from mtd.core.money import Currency
from mtd.core.tax.countries.cl.issuer import Issuer
from mtd.core.tax.countries.cl.planning import plan
from mtd.core.tax.issuing import FiscalPlan, Invalid
from mtd.core.tax.request import (
    Buyer,
    Carriage,
    Correction,
    Dispatch,
    FiscalKind,
    FiscalRequest,
    Payment,
    PaymentMeans,
    Place,
    Reference,
    RequestLine,
    TaxCategory,
    Transfer,
    Transport,
)

NOON = datetime(2026, 11, 27, 15, 0, tzinfo=UTC)

ISSUER = Issuer(
    rut="76111111-6",
    name="Comercial Ñandú SpA",
    business_line="Venta al por menor",
    activities=(477399,),
    place=Place(street="Av. Providencia 1234", district="Providencia", city="Santiago"),
    branch_code=81234567,
    resolution_number=0,
    resolution_date=date(2026, 1, 15),
    sii_office="Santiago Oriente",
)

BUYER = Buyer(
    tax_id="12345678-5",
    name="María José Pérez Muñoz",
    business_line="Servicios de ingeniería",
    place=Place(street="Los Leones 55", district="Ñuñoa", city="Santiago"),
)

TRANSPORT = Transport(
    vehicle_plate="ABCD12",
    carrier_tax_id="11111111-1",
    driver_tax_id="12345678-5",
    driver_name="Juan Soto",
    destination=Place(street="Los Leones 55", district="Ñuñoa", city="Santiago"),
    departs_at=datetime(2026, 11, 27, 16, 30, tzinfo=UTC),
    arrives_on=date(2026, 11, 28),
)


def line(
    price: int | str,
    quantity: int | str = 1,
    *,
    gross: bool = True,
    exempt: bool = False,
    **more: object,
) -> RequestLine:
    return RequestLine(
        description=str(more.pop("description", "Zapatilla")),
        quantity=Decimal(quantity),
        unit_price=Decimal(price),
        price_includes_tax=gross and not exempt,
        category=TaxCategory.EXEMPT if exempt else TaxCategory.STANDARD,
        **more,  # pyright: ignore[reportArgumentType]
    )


def request(kind: FiscalKind, *lines: RequestLine, **more: object) -> FiscalRequest:
    fields: dict[str, object] = {
        "country": "CL",
        "issuer": "nandu",
        "order": "PO-1",
        "kind": kind,
        "occurred_at": NOON,
        "currency": Currency.CLP,
        "lines": lines,
        **more,
    }
    return FiscalRequest(**fields)  # pyright: ignore[reportArgumentType]


def receipt(*lines: RequestLine, **more: object) -> FiscalRequest:
    return request(FiscalKind.RECEIPT, *lines, **more)


def invoice(*lines: RequestLine, **more: object) -> FiscalRequest:
    total = sum(each.unit_price * each.quantity for each in lines)
    paid = (Payment(means=PaymentMeans.CARD, amount=Decimal(total)),)
    return request(FiscalKind.INVOICE, *lines, **{"buyer": BUYER, "payments": paid, **more})


def note(
    *lines: RequestLine,
    kind: FiscalKind = FiscalKind.CREDIT_NOTE,
    correction: Correction = Correction.CORRECTS_AMOUNTS,
    **more: object,
) -> FiscalRequest:
    original = Reference(
        type_code="33", number="7", issued_on=date(2026, 11, 20), correction=correction, reason="x"
    )
    return request(kind, *lines, **{"buyer": BUYER, "references": (original,), **more})


def guide(*lines: RequestLine, **more: object) -> FiscalRequest:
    dispatch = Dispatch(
        transfer=Transfer.SALE, carriage=Carriage.ISSUER_TO_BUYER, transport=TRANSPORT
    )
    return request(FiscalKind.DISPATCH, *lines, **{"buyer": BUYER, "dispatch": dispatch, **more})


EVERY_TYPE: dict[str, FiscalRequest] = {
    "33": invoice(line(11_900), line(5_990, "1.5", description="Tela «fina» & liviana")),
    "34": invoice(line(20_000, exempt=True)),
    "39": receipt(line(9_990, 2), line(1_000, exempt=True)),
    "41": receipt(line(5_000, exempt=True)),
    "52": guide(line(11_900, 3)),
    "56": note(line(1_350, gross=False), kind=FiscalKind.DEBIT_NOTE),
    "61": note(line(11_900), correction=Correction.ANNULS),
}
"""One request for each type."""


def planned(asked: FiscalRequest, uf: Decimal | None = Decimal(41_000)) -> FiscalPlan:
    found = plan(asked, ISSUER, uf)
    assert isinstance(found, FiscalPlan), [str(fault) for fault in found.faults]
    return found


def refused(asked: FiscalRequest, issuer: Issuer = ISSUER, uf: Decimal | None = None) -> list[str]:
    found = plan(asked, issuer, uf)
    assert isinstance(found, Invalid)
    return [str(fault) for fault in found.faults]
