"""Requests, an issuer and a signer that the tests of Peru's documents begin with."""

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from mtd.core.money import Currency
from mtd.core.tax.countries.pe.building import AUTHORITY, build
from mtd.core.tax.countries.pe.issuer import Issuer
from mtd.core.tax.countries.pe.planning import plan, series_of
from mtd.core.tax.countries.pe.signer import Signer, signer
from mtd.core.tax.issuing import FiscalNumber, FiscalPlan, Invalid, SignedArtifact
from mtd.core.tax.request import (
    Allowance,
    Buyer,
    Correction,
    Direction,
    FiscalKind,
    FiscalRequest,
    Payment,
    PaymentMeans,
    Place,
    Reference,
    RequestLine,
    TaxCategory,
)
from mtd.runtime.rehearsal.forging import certificate, new_key

NOON = datetime(2026, 11, 27, 17, 0, tzinfo=UTC)
"""Noon in Lima."""

ISSUER = Issuer(
    ruc="20100070970",
    name="Tiendas Vicuña & Hijos S.A.C.",
    ubigeo="150131",
    place=Place(street='Av. Aviación 2405 "B"', district="San Borja", city="Lima"),
    department="Lima",
)

COMPANY = Buyer(
    tax_id="20131312955",
    name="Compañía de los Andes S.A.",
    place=Place(street="Jr. Puno 120", district="Lima", city="Lima"),
)
PERSON = Buyer(tax_id="45678901", name="José Quispe Mamani")


def line(price: str, **more: Any) -> RequestLine:
    """One article at a price with tax."""
    given: dict[str, Any] = {"description": "Zapatilla urbana", "price_includes_tax": True, **more}
    return RequestLine(unit_price=Decimal(price), **given)


def receipt(*lines: RequestLine, **more: Any) -> FiscalRequest:
    """A receipt that names nobody."""
    given: dict[str, Any] = {
        "country": "PE",
        "issuer": "pe",
        "order": "PE-1",
        "kind": FiscalKind.RECEIPT,
        "occurred_at": NOON,
        "currency": Currency.PEN,
        "lines": lines or (line("118"),),
    }
    return FiscalRequest(**(given | more))


def invoice(*lines: RequestLine, **more: Any) -> FiscalRequest:
    """An invoice to a company."""
    return receipt(*lines, **{"kind": FiscalKind.INVOICE, "buyer": COMPANY, **more})


def credit_note(*lines: RequestLine, **more: Any) -> FiscalRequest:
    """A note that annuls receipt B001-5."""
    reference = Reference(
        type_code="03", number="B001-5", correction=Correction.ANNULS, reason="Devolución total"
    )
    kind = FiscalKind.CREDIT_NOTE
    return receipt(*lines, **{"kind": kind, "references": (reference,), "buyer": PERSON, **more})


def off(percent: str | None = None, amount: str | None = None, **more: Any) -> Allowance:
    """A discount."""
    return Allowance(
        percent=None if percent is None else Decimal(percent),
        amount=None if amount is None else Decimal(amount),
        **more,
    )


def _instalment(amount: str, due_on: date) -> Payment:
    return Payment(means=PaymentMeans.TRANSFER, amount=Decimal(amount), due_on=due_on)


EVERY_SHAPE: dict[str, FiscalRequest] = {
    "receipt": receipt(line("59.90", quantity=Decimal(3)), line("10")),
    "named receipt": receipt(line("999.99"), buyer=PERSON),
    "invoice": invoice(
        line("100", price_includes_tax=False), line("7.77", price_includes_tax=False)
    ),
    "gross invoice": invoice(line("33.33", quantity=Decimal("1.5"), unit="KGM"), line("0.05")),
    "on credit": invoice(
        line("118"),
        payments=(
            _instalment("50", date(2026, 12, 27)),
            _instalment("68", date(2027, 1, 27)),
        ),
    ),
    "untaxed": receipt(
        line("20", category=TaxCategory.EXEMPT),
        line("30", category=TaxCategory.OUT_OF_SCOPE),
        line("50"),
    ),
    "discounts": receipt(
        line("100", allowances=(off("10"), off(amount="3.33"))),
        line("40", allowances=(off(amount="5", direction=Direction.SURCHARGE),)),
        line("15", category=TaxCategory.EXEMPT),
        allowances=(off("7.5"), off(amount="1", category=TaxCategory.EXEMPT)),
    ),
    "gift": invoice(
        line("80"), line("12.50", quantity=Decimal(2), allowances=(off("100"),)), buyer=COMPANY
    ),
    "note on receipt": credit_note(line("59.90")),
    "note on invoice": credit_note(
        line("118"),
        buyer=COMPANY,
        references=(
            Reference(
                type_code="01",
                number="F001-8",
                correction=Correction.CORRECTS_AMOUNTS,
                reason="Menor valor",
            ),
        ),
    ),
    "many lines": receipt(*(line("9.99") for _ in range(200)), buyer=PERSON),
    "guide along": invoice(line("1"), references=(Reference(type_code="09", number="T001-44"),)),
}


def planned(request: FiscalRequest, issuer: Issuer = ISSUER) -> FiscalPlan:
    """The plan of a request that is in order."""
    found = plan(request, issuer)
    assert isinstance(found, FiscalPlan), found
    return found


def faults_of(request: FiscalRequest, issuer: Issuer = ISSUER) -> dict[tuple[str, int | None], str]:
    """What is wrong with a request, by field and line."""
    found = plan(request, issuer)
    assert isinstance(found, Invalid), found
    return {(fault.field, fault.line): fault.message for fault in found.faults}


@cache
def the_signer() -> Signer:
    """A signer of no worth."""
    key = new_key(2048)
    found = signer(key, certificate(key, "", NOON, alternative=False))
    assert isinstance(found, Signer)
    return found


def sealed(request: FiscalRequest, number: int = 7) -> SignedArtifact:
    """The signed document of a request that is in order."""
    made = planned(request)
    taken = FiscalNumber(AUTHORITY, series_of(made, ISSUER), number)
    found = build(made, taken, the_signer(), NOON)
    assert isinstance(found, SignedArtifact), found
    return found
